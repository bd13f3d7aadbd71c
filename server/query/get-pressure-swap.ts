import type { Evidence } from "../contract/common.ts";
import type { PressureSource } from "../contract/pressure.ts";
import type { OomKillRow, PressureSwap, PressureSwapQuery, SwapContainerRow } from "../contract/pressure-swap.ts";
import type { Viewer } from "../contract/viewer.ts";
import { limitedSwapBytes } from "../domain/pressure/limited-swap.ts";
import {
  ASSUMED_SWAP_SHARE,
  absorbedBySwap,
  GROWTH_SECONDS,
  policyBreaches,
} from "../domain/pressure/swap-absorption.ts";
import { DEFAULT_THRESHOLDS } from "../domain/pressure/thresholds.ts";
import { getStore } from "../store/client.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";
import { readPressureSources } from "../store/sql/read-pressure.ts";
import { readUnframed } from "../store/sql/read-pressure-frames.ts";
import {
  type SwapContainerRow as ContainerRow,
  type OomKillRow as KillRow,
  type SwapNodeRow as NodeRow,
  readOomKills,
  readSwapContainers,
  readSwapNodes,
} from "../store/sql/read-pressure-swap.ts";
import { readReadStates } from "../store/sql/read-reads.ts";
import { computeCoverage } from "./coverage.ts";
import { valueFigure } from "./figures.ts";
import { readSwapBehaviors } from "./kubelet-swap.ts";
import { quantityFigure, shareFigure, specFigure } from "./pressure-figures.ts";
import { toPressureSource } from "./pressure-sources.ts";
import { planWindow } from "./pressure-window.ts";
import { boundFleet } from "./scope.ts";

const NEAR_RATIO = 0.8;
const MAX_CONTAINERS = 100;
/** Container samples are five minutes apart. */
const NEWEST_SECONDS = 900;

type Fleet = {
  readonly clusters: ReadonlyMap<number, ClusterRow>;
  readonly sources: ReadonlyMap<number, PressureSource>;
  readonly behaviors: ReadonlyMap<number, ReadonlyMap<string, string>>;
};

/**
 * Swap over the fleet: nodes with their policy and rates, containers by how near they are to their limit, and OOM kills that
 * LimitedSwap might have absorbed – an estimate (domain/pressure/swap-absorption.ts). Errors: `not-found` for a foreign cluster.
 */
export async function getPressureSwap(
  viewer: Viewer,
  query: PressureSwapQuery,
  now = new Date(),
): Promise<PressureSwap> {
  const { pool } = getStore();
  const { clusters, scope } = await boundFleet(viewer, query);
  const plan = planWindow(query.window, now);
  const ranked = { basis: plan.rankBasis, from: plan.rankFrom, to: plan.to };
  const [behaviors, unframed] = await Promise.all([
    readSwapBehaviors(scope, now),
    readUnframed(pool, scope, { level: "node", ...ranked }),
  ]);
  const named = [...behaviors].flatMap(([clusterId, of]) =>
    [...of].flatMap(([name, behavior]) => (behavior === "LimitedSwap" ? [{ clusterId, name }] : [])),
  );
  const recent = { from: new Date(plan.to.getTime() - NEWEST_SECONDS * 1000), to: plan.to };
  const [nodes, containers, kills, sourceRows, states] = await Promise.all([
    readSwapNodes(pool, scope, { ...ranked, named, isFramed: unframed.length === 0 }),
    readSwapContainers(pool, scope, recent),
    readOomKills(pool, scope, GROWTH_SECONDS),
    readPressureSources(pool, scope, recent),
    readReadStates(pool, scope),
  ]);
  const sources = new Map(
    clusters.map((cluster) => [
      cluster.id,
      toPressureSource(
        cluster,
        sourceRows.find(({ clusterId }) => clusterId === cluster.id),
      ),
    ]),
  );
  const fleet: Fleet = { clusters: new Map(clusters.map((cluster) => [cluster.id, cluster])), sources, behaviors };
  const rows = containers.map((row) => toContainer(row, fleet, nodes)).sort(byNearness);
  return {
    range: { from: plan.rankFrom.toISOString(), to: plan.to.toISOString() },
    nodes: toNodes(nodes, fleet),
    containers: rows.slice(0, MAX_CONTAINERS),
    containerCount: rows.length,
    oomKills: kills.map((row) => toKill(row, fleet, nodes)),
    nearRatio: NEAR_RATIO,
    assumedSwapShare: ASSUMED_SWAP_SHARE,
    growthSeconds: GROWTH_SECONDS,
    sources: [...sources.values()],
    coverage: computeCoverage("metrics", clusters, states, sourceRows, now),
  };
}

function toNodes(rows: readonly NodeRow[], fleet: Fleet): PressureSwap["nodes"] {
  const facts = rows.map((row) => ({
    // Pools of two clusters may share a name.
    pool: `${row.clusterId}/${row.pool ?? ""}`,
    behavior: behaviorOf(fleet, row.clusterId, row.name),
    swapCapacityBytes: row.swapBytes,
    swapUsedBytes: row.swapUsedBytes,
  }));
  const breaches = policyBreaches(facts);
  return rows.map((row, index) => {
    const source = fleet.sources.get(row.clusterId);
    const cluster = nameOf(fleet, row.clusterId);
    const swaps = (row.swapIn ?? 0) + (row.swapOut ?? 0) > 0;
    return {
      cluster,
      name: row.name,
      pool: row.pool,
      zone: row.zone,
      behavior: facts[index]?.behavior ?? null,
      breach: breaches[index] ?? null,
      capacity: quantityFigure(row.swapBytes, "bytes", source),
      used: quantityFigure(row.swapUsedBytes, "bytes", source),
      swapIn: quantityFigure(row.swapIn, "bytes/s", source),
      swapOut: quantityFigure(row.swapOut, "bytes/s", source),
      memoryWaiting: shareFigure(row.memoryWaiting, { source }),
      memoryWaitingPeak: shareFigure(row.memoryWaitingPeak, { source }),
      stallsWithSwap: swaps && (row.memoryWaitingPeak ?? 0) >= DEFAULT_THRESHOLDS.memory.waiting.attention,
      evidence:
        row.newestAt === null
          ? []
          : [evidence("nodes", `${cluster}/${row.name}`, `${row.swapUsedBytes ?? "-"}`, row.newestAt)],
    };
  });
}

function toContainer(row: ContainerRow, fleet: Fleet, nodes: readonly NodeRow[]): SwapContainerRow {
  const { clusterId, nodeName } = row;
  const node = nodes.find((candidate) => candidate.clusterId === clusterId && candidate.name === nodeName);
  const behavior = nodeName === null ? null : behaviorOf(fleet, clusterId, nodeName);
  const byRule = limitedSwapBytes(
    row,
    { qosClass: row.qosClass, isCritical: isCritical(row) },
    {
      memoryCapacityBytes: row.nodeMemoryBytes,
      swapCapacityBytes: node?.swapBytes ?? null,
      swapBehavior: behavior,
    },
  );
  const limit = row.limitBytes ?? byRule;
  const usedRatio = limit === null || limit <= 0 ? null : row.usedBytes / limit;
  const cluster = nameOf(fleet, clusterId);
  return {
    cluster,
    namespace: row.namespace,
    pod: row.pod,
    container: row.container,
    team: row.team,
    nodeName,
    used: valueFigure(row.usedBytes, "bytes"),
    limit: limit === null ? { state: "unknown", unit: "bytes", reason: "not-yet-read" } : valueFigure(limit, "bytes"),
    limitBasis: row.limitBytes !== null ? "measured" : byRule === null ? null : "rule",
    usedRatio,
    isNearLimit: usedRatio !== null && usedRatio >= NEAR_RATIO,
    takenAt: row.at.toISOString(),
    evidence: [
      evidence(
        "containerPressure",
        `${cluster}/${row.namespace}/${row.pod}/${row.container}`,
        `swapUsedBytes ${row.usedBytes}`,
        row.at,
      ),
    ],
  };
}

function toKill(row: KillRow, fleet: Fleet, nodes: readonly NodeRow[]): OomKillRow {
  const measured = nodes.find(({ clusterId, name }) => clusterId === row.clusterId && name === row.nodeName);
  const absorption = absorbedBySwap({
    container: row,
    pod: { qosClass: row.qosClass, isCritical: isCritical(row) },
    node: {
      memoryCapacityBytes: row.nodeMemoryBytes,
      swapCapacityBytes: measured?.swapBytes ?? row.nodeSwapBytes,
      swapBehavior: row.nodeName === null ? null : behaviorOf(fleet, row.clusterId, row.nodeName),
    },
    growthBytesPerSecond: row.growthBytesPerSecond,
  });
  return {
    cluster: nameOf(fleet, row.clusterId),
    namespace: row.namespace,
    pod: row.pod,
    container: row.container,
    team: row.team,
    nodeName: row.nodeName,
    workloadKind: row.workloadKind,
    workloadName: row.workloadName,
    killedAt: row.killedAt?.toISOString() ?? null,
    memoryRequested: specFigure(row.memoryRequestedBytes, "bytes"),
    memoryLimit: specFigure(row.memoryLimitBytes, "bytes"),
    verdict: absorption.verdict,
    reason: absorption.verdict === "not-eligible" ? absorption.reason : null,
    swapBytes: "swapBytes" in absorption ? absorption.swapBytes : null,
    isAssumedSwap: absorption.verdict === "might" && absorption.isAssumedSwap,
    growthBytesPerSecond: row.growthBytesPerSecond,
    boughtSeconds: absorption.verdict === "might" ? absorption.boughtSeconds : null,
  };
}

/** Nearest to its limit first; those without one after them, by use. */
function byNearness(a: SwapContainerRow, b: SwapContainerRow): number {
  const used = (row: SwapContainerRow) => (row.used.state === "value" ? row.used.value : 0);
  return (b.usedRatio ?? -1) - (a.usedRatio ?? -1) || used(b) - used(a);
}

/** Static pods of the control plane; the class of priority is not kept with pods. */
function isCritical({ namespace, workloadKind }: { readonly namespace: string; readonly workloadKind: string | null }) {
  return namespace === "kube-system" && workloadKind === "Node";
}

function behaviorOf({ behaviors }: Fleet, clusterId: number, name: string): string | null {
  return behaviors.get(clusterId)?.get(name) ?? null;
}

function nameOf({ clusters }: Fleet, clusterId: number): string {
  return clusters.get(clusterId)?.name ?? "";
}

function evidence(ref: string, subject: string, observed: string, at: Date): Evidence {
  return { kind: "query", ref, subject, observed, at: at.toISOString() };
}
