import type { Action, ActionList, ActionQuery } from "../contract/actions.ts";
import type { Figure } from "../contract/common.ts";
import type { GpuWaste } from "../contract/gpu.ts";
import type { Viewer } from "../contract/viewer.ts";
import { chooseActions } from "../domain/actions/choose-actions.ts";
import { resizeManifest } from "../domain/actions/resize-manifest.ts";
import { type RightSize, rightSize } from "../domain/actions/right-size.ts";
import { type RepackNode, type RepackPod, type RepackResult, repackNodes } from "../domain/cost/repack-nodes.ts";
import { FEATURE_CHECKS } from "../domain/features/checks/index.ts";
import { getStore } from "../store/client.ts";
import {
  type DecisionRow,
  readDecisions,
  readRepackNodes,
  readRepackPods,
  readWorkloadRates,
  readWorkloadUse,
  type WorkloadUseRow,
} from "../store/sql/read-actions.ts";
import { readClusterNodes } from "../store/sql/read-cluster-figures.ts";
import { readReadStates } from "../store/sql/read-reads.ts";
import { readVerdicts } from "../store/sql/read-verdicts.ts";
import { addDays, toCostPeriod } from "./cost-period.ts";
import { computeCoverage } from "./coverage.ts";
import { RUN_RATE_HOURS_PER_MONTH, unknownFigure, valueFigure } from "./figures.ts";
import { getGpu } from "./get-gpu.ts";
import { loadInstallation } from "./installation.ts";
import { boundFleet, boundTeams } from "./scope.ts";

const USE_DAYS = 14;
const RATE_DAYS = 7;
const DAY_MS = 86_400_000;
/** Repacking is done for each of the dearest; what comes after is too small to take a node away. */
const REPACKED_ALONE = 40;
const ITEM_LIMIT = 500;
/** Below a cent an hour nobody is served by a line. */
const LEAST_COST_PER_MONTH = 1;

type Draft = {
  readonly action: Omit<Action, "cashPerMonth" | "removedNodes" | "isCounted">;
  /** What is freed, for ranking; null = no price. */
  readonly freed: number | null;
  readonly touches: readonly string[];
  /** Nodes that go with it, where that is the action itself. */
  readonly removed?: readonly string[];
  /** What the packing looks like once it is done. */
  readonly change: { readonly workload: string; readonly cpuRatio: number; readonly memoryRatio: number } | null;
};

/**
 * Everything that would bring something, in one list, dearest first.
 *
 * Basis: freed is capacity at what it cost in the last week, 730 hours a month; cash is the cost of the nodes that go when the pods that
 * remain are moved together, beyond those that could go already. The total is computed anew with all counted actions applied at once.
 * A viewer of some teams sees the actions of those; moving pods needs everybody's, and of theirs only the number of nodes is told.
 */
export async function listActions(viewer: Viewer, query: ActionQuery, now = new Date()): Promise<ActionList> {
  const { pool } = getStore();
  const { clusters, scope } = await boundFleet(viewer, query);
  const { currency, timeZone } = await loadInstallation();
  const { today } = toCostPeriod("month", now, timeZone);
  const isWhole = scope.teams === null;
  const [use, rates, nodes, pods, gpu, verdicts, decisions, clusterNodes, states] = await Promise.all([
    readWorkloadUse(pool, scope, { from: new Date(now.getTime() - USE_DAYS * DAY_MS), to: now }),
    readWorkloadRates(pool, scope, { from: addDays(today, -RATE_DAYS), to: today }),
    readRepackNodes(pool, scope.clusterIds),
    readRepackPods(pool, scope.clusterIds),
    getGpu(viewer, query, now),
    isWhole
      ? readVerdicts(
          pool,
          scope,
          FEATURE_CHECKS.map((check) => check.id),
        )
      : [],
    readDecisions(
      pool,
      clusters.map((cluster) => cluster.name),
      boundTeams(viewer, query.team),
    ),
    readClusterNodes(pool, scope),
    readReadStates(pool, scope),
  ]);
  const names = new Map(clusters.map((cluster) => [cluster.id, cluster.name]));
  const clusterName = (id: number) => names.get(id) ?? "";
  const rateOf = new Map(rates.map((row) => [rateKey(row), row.costPerHour]));
  const places: RepackNode[] = nodes.map((node) => ({ ...node, name: nodeKey(node), podCount: 110 }));
  const drafts: Draft[] = [
    ...use.flatMap((row) => toRightSize(row, rateOf, clusterName(row.clusterId), currency, now)),
    ...gpu.waste.flatMap((row) => toRelease(row, gpu.from, gpu.to, currency)),
    ...verdicts.flatMap((row) =>
      row.verdict === "ready-unused" ? [toFeature(row.feature, clusterName(row.clusterId), currency)] : [],
    ),
  ];
  const repack = (applied: readonly Draft[]): RepackResult => repackNodes(places, applyTo(pods, applied));
  const base = repack([]);
  if (isWhole) drafts.push(...clusters.flatMap((cluster) => toConsolidate(cluster, base, places, currency)));
  const decided = new Map(decisions.map((row) => [row.actionId, row]));
  const isOpen = ({ action }: Draft) => {
    const status = statusOf(decided.get(action.id), now);
    return status === "open" || status === "accepted";
  };
  const chosen = chooseActions(
    drafts
      .filter((draft) => isOpen(draft) && draft.action.kind !== "use-feature")
      .map((draft) => ({ id: draft.action.id, touches: draft.touches, costPerMonth: draft.freed ?? 0 })),
  );
  const ranked = drafts.toSorted((a, b) => (b.freed ?? -1) - (a.freed ?? -1) || (a.action.id < b.action.id ? -1 : 1));
  const items = ranked.slice(0, ITEM_LIMIT).map((draft, index): Action => {
    const decision = decided.get(draft.action.id);
    return {
      ...draft.action,
      ...cashOf(draft, base, index < REPACKED_ALONE ? repack : null, isWhole, currency),
      isCounted: chosen.has(draft.action.id),
      status: statusOf(decision, now),
      decision:
        decision === undefined
          ? null
          : {
              decision: decision.decision,
              reason: decision.reason,
              untilAt: decision.untilAt?.toISOString() ?? null,
              decidedAt: decision.decidedAt.toISOString(),
              decidedBy: decision.decidedBy,
            },
    };
  });
  const counted = drafts.filter((draft) => chosen.has(draft.action.id));
  const all = repack(counted);
  const proposed = new Set(drafts.map((draft) => draft.action.id));
  const unit = `money:${currency}` as const;
  return {
    at: now.toISOString(),
    currency,
    coverage: computeCoverage("inventory", clusters, states, clusterNodes, now),
    total: {
      freedCostPerMonth: valueFigure(
        counted.reduce((sum, draft) => sum + (draft.action.kind === "consolidate-nodes" ? 0 : (draft.freed ?? 0)), 0),
        unit,
        { part: { covered: counted.filter((draft) => draft.freed !== null).length, of: counted.length } },
      ),
      cashPerMonth: isWhole
        ? valueFigure(all.costPerHour * RUN_RATE_HOURS_PER_MONTH, unit, {
            part: { covered: all.removed.length - all.unpricedCount, of: all.removed.length },
          })
        : valueFigure(Math.max(0, all.costPerHour - base.costPerHour) * RUN_RATE_HOURS_PER_MONTH, unit),
      removedNodeCount: isWhole ? all.removed.length : Math.max(0, all.removed.length - base.removed.length),
    },
    items,
    done: decisions
      .filter((row) => row.decision === "accepted" && !proposed.has(row.actionId))
      .map((row) => ({
        id: row.actionId,
        kind: row.kind,
        name: row.name,
        cluster: row.cluster,
        decidedAt: row.decidedAt.toISOString(),
      })),
  };
}

type Owned = { readonly clusterId: number; readonly namespace: string; readonly kind: string; readonly name: string };
const workloadKey = (row: Owned) => `${row.clusterId}/${row.namespace}/${row.kind}/${row.name}`;
const rateKey = (row: Owned & { readonly resource: string }) => `${workloadKey(row)}/${row.resource}`;
const nodeKey = (row: { readonly clusterId: number; readonly name: string }) => `${row.clusterId}/${row.name}`;
type PodRow = Awaited<ReturnType<typeof readRepackPods>>[number];

/** The pods as they would be: smaller requests for the workloads that change. */
function applyTo(pods: readonly PodRow[], applied: readonly Draft[]): RepackPod[] {
  const changes = new Map(applied.flatMap(({ change }) => (change === null ? [] : [[change.workload, change]])));
  return pods.map((pod) => {
    const change = changes.get(workloadKey(pod));
    return {
      nodeName: `${pod.clusterId}/${pod.nodeName}`,
      cpuCores: pod.cpuCores * (change?.cpuRatio ?? 1),
      memoryBytes: pod.memoryBytes * (change?.memoryRatio ?? 1),
      isMovable: pod.isMovable,
    };
  });
}

function statusOf(decision: DecisionRow | undefined, now: Date): Action["status"] {
  if (decision === undefined) return "open";
  if (decision.decision === "snoozed" && (decision.untilAt === null || decision.untilAt <= now)) return "open";
  return decision.decision;
}

function cashOf(
  draft: Draft,
  base: RepackResult,
  repack: ((applied: readonly Draft[]) => RepackResult) | null,
  isWhole: boolean,
  currency: string,
): Pick<Action, "cashPerMonth" | "removedNodes"> {
  const unit = `money:${currency}` as const;
  const none = { cashPerMonth: valueFigure(0, unit), removedNodes: [] };
  const tell = (names: readonly string[]) => (isWhole ? names.map((name) => name.slice(name.indexOf("/") + 1)) : []);
  if (draft.action.kind === "consolidate-nodes")
    return { cashPerMonth: draft.action.freedCostPerMonth, removedNodes: [...(draft.removed ?? [])] };
  if (draft.action.kind === "use-feature") return { cashPerMonth: { state: "not-applicable", unit }, removedNodes: [] };
  // A freed device leaves its node standing: other pods are on it.
  if (draft.change === null || repack === null) return none;
  const known = new Set(base.removed);
  const result = repack([draft]);
  const gained = result.removed.filter((name) => !known.has(name));
  return {
    cashPerMonth: valueFigure(Math.max(0, result.costPerHour - base.costPerHour) * RUN_RATE_HOURS_PER_MONTH, unit),
    removedNodes: tell(gained),
  };
}

function toRightSize(
  row: WorkloadUseRow,
  rateOf: ReadonlyMap<string, number | null>,
  cluster: string,
  currency: string,
  now: Date,
): Draft[] {
  const size = rightSize(row);
  if (size === null) return [];
  const ratio = (wanted: number | null, requested: number | null) =>
    wanted === null || requested === null || requested <= 0 ? 1 : wanted / requested;
  const cpuRatio = ratio(size.cpuCores, row.cpuCoresRequested);
  const memoryRatio = ratio(size.memoryBytes, row.memoryBytesRequested);
  const cpuRate = rateOf.get(rateKey({ ...row, resource: "cpu" })) ?? null;
  const memoryRate = rateOf.get(rateKey({ ...row, resource: "memory" })) ?? null;
  const freed =
    cpuRate === null && memoryRate === null
      ? null
      : ((cpuRate ?? 0) * (1 - cpuRatio) + (memoryRate ?? 0) * (1 - memoryRatio)) * RUN_RATE_HOURS_PER_MONTH;
  if (freed !== null && freed < LEAST_COST_PER_MONTH) return [];
  return [
    {
      freed,
      touches: [`${workloadKey(row)}/requests`],
      change: { workload: workloadKey(row), cpuRatio, memoryRatio },
      action: {
        id: `right-size/${cluster}/${row.namespace}/${row.kind}/${row.name}`,
        kind: "right-size",
        cluster,
        namespace: row.namespace,
        objectKind: row.kind,
        name: row.name,
        team: row.team,
        freedCostPerMonth: moneyOrUnknown(freed, currency),
        confidence: size.confidence,
        risk: size.risk,
        facts: rightSizeFacts(row, size),
        guards: [...size.guards],
        evidence: evidenceOf(row, now),
        manifest: resizeManifest({ ...row, cpuCores: size.cpuCores, memoryBytes: size.memoryBytes }),
        status: "open",
        decision: null,
      },
    },
  ];
}

function rightSizeFacts(row: WorkloadUseRow, size: RightSize): Action["facts"] {
  return {
    cpuCoresRequested: row.cpuCoresRequested,
    cpuCoresWanted: size.cpuCores,
    memoryBytesRequested: row.memoryBytesRequested,
    memoryBytesWanted: size.memoryBytes,
    podCount: row.podCount,
    hourCount: row.hourCount,
  };
}

function evidenceOf(row: WorkloadUseRow, now: Date): Action["evidence"] {
  const subject = `${row.kind}/${row.namespace}/${row.name}`;
  const at = now.toISOString();
  const saw = (ref: string, value: number | null) =>
    value === null ? [] : [{ kind: "metric" as const, ref, subject, observed: String(value), at }];
  return [
    ...saw("cpuUsedCores, 95th percentile of hours", row.cpuCoresP95),
    ...saw("memoryWorkingSetBytes, largest hour", row.memoryBytesMax),
    ...saw("cpuWaitingRatio, largest hour", row.cpuWaitingRatioMax),
    ...saw("cpuThrottledRatio, largest hour", row.cpuThrottledRatioMax),
    ...saw("memoryWaitingRatio, largest hour", row.memoryWaitingRatioMax),
    ...saw("oomKills", row.oomKillCount),
  ];
}

function toRelease(row: GpuWaste, from: string, to: string, currency: string): Draft[] {
  if (row.verb === "find-out") return [];
  const heldHours = Object.values(row.hours).reduce((sum, hours) => sum + hours, 0);
  const hours = Math.min((Date.parse(to) - Date.parse(from)) / 3_600_000, heldHours / Math.max(1, row.deviceCount));
  const freed =
    row.wastedCost.state === "value" && hours > 0 ? (row.wastedCost.value / hours) * RUN_RATE_HOURS_PER_MONTH : null;
  const subject = `${row.kind}/${row.namespace}/${row.name}`;
  return [
    {
      freed,
      touches: [`${row.cluster}/${row.namespace}/${row.kind}/${row.name}/devices`],
      change: null,
      action: {
        id: `devices/${row.cluster}/${row.namespace}/${row.kind}/${row.name}/${row.model}`,
        kind: "release-devices",
        cluster: row.cluster,
        namespace: row.namespace,
        objectKind: row.kind,
        name: row.name,
        team: row.team,
        freedCostPerMonth: moneyOrUnknown(freed, currency),
        confidence: hours >= 24 ? "high" : hours >= 6 ? "medium" : "low",
        risk: row.verb === "release" ? "low" : "medium",
        facts: {
          verb: row.verb,
          model: row.model,
          deviceCount: row.deviceCount,
          idleHours: row.idleHours,
          idleRatio: row.idleRatio,
        },
        guards: [],
        evidence: [
          {
            kind: "metric",
            ref: "gpu_hourly",
            subject,
            observed: `${row.idleHours.toFixed(1)} idle device-hours`,
            at: to,
          },
        ],
        manifest: null,
        status: "open",
        decision: null,
      },
    },
  ];
}

function toFeature(feature: string, cluster: string, currency: string): Draft {
  return {
    freed: null,
    touches: [`${cluster}/${feature}`],
    change: null,
    action: {
      id: `feature/${cluster}/${feature}`,
      kind: "use-feature",
      cluster,
      namespace: null,
      objectKind: "Feature",
      name: feature,
      team: null,
      freedCostPerMonth: { state: "not-applicable", unit: `money:${currency}` },
      confidence: "high",
      risk: "low",
      facts: { feature },
      guards: [],
      evidence: [],
      manifest: null,
      status: "open",
      decision: null,
    },
  };
}

/** The nodes of one cluster that could go today, as they are. */
function toConsolidate(
  cluster: { readonly id: number; readonly name: string },
  base: RepackResult,
  places: readonly RepackNode[],
  currency: string,
): Draft[] {
  const prefix = `${cluster.id}/`;
  const own = new Set(base.removed.filter((name) => name.startsWith(prefix)));
  if (own.size === 0) return [];
  const removed = places.filter((node) => own.has(node.name));
  const priced = removed.filter((node) => node.costPerHour !== null);
  const freed =
    priced.length === 0
      ? null
      : priced.reduce((sum, node) => sum + (node.costPerHour ?? 0), 0) * RUN_RATE_HOURS_PER_MONTH;
  const part = { covered: priced.length, of: removed.length };
  return [
    {
      freed,
      touches: [`${cluster.name}/packing`],
      change: null,
      removed: removed.map((node) => node.name.slice(prefix.length)),
      action: {
        id: `consolidate/${cluster.name}`,
        kind: "consolidate-nodes",
        cluster: cluster.name,
        namespace: null,
        objectKind: "Node",
        name: cluster.name,
        team: null,
        freedCostPerMonth:
          freed === null ? moneyOrUnknown(null, currency) : valueFigure(freed, `money:${currency}`, { part }),
        confidence: "medium",
        risk: "medium",
        facts: { nodeCount: removed.length, unpricedCount: removed.length - priced.length },
        guards: [],
        evidence: [],
        manifest: null,
        status: "open",
        decision: null,
      },
    },
  ];
}

function moneyOrUnknown(amount: number | null, currency: string): Figure {
  const unit = `money:${currency}` as const;
  return amount === null ? unknownFigure(unit, "not-configured") : valueFigure(amount, unit);
}
