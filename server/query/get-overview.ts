import { UnknownReason } from "../contract/common.ts";
import type { HotSpot, Overview, OverviewPressure, OverviewQuery } from "../contract/overview.ts";
import { Verdict } from "../contract/verdict.ts";
import type { Viewer } from "../contract/viewer.ts";
import { dayIn } from "../domain/cost/billing-day.ts";
import { FEATURE_CHECKS } from "../domain/features/checks/index.ts";
import type { MetricId } from "../domain/metrics.ts";
import { DEFAULT_THRESHOLDS, severityOf } from "../domain/pressure/thresholds.ts";
import { getStore } from "../store/client.ts";
import { type ClusterNodesRow, readClusterNodes } from "../store/sql/read-cluster-figures.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";
import { readCostSplit } from "../store/sql/read-cost-split.ts";
import { type HotSpotRow, readHotSpots, readMeasuredNodes } from "../store/sql/read-hot-spots.ts";
import {
  type ReadStateRow,
  readReadStates,
  readSourceCounts,
  readSourceStates,
  type SourceStateRow,
} from "../store/sql/read-reads.ts";
import { readEvaluatedClusters, readVerdictCounts, type VerdictCountRow } from "../store/sql/read-verdicts.ts";
import { computeOverviewCost } from "./compute-cost.ts";
import { loadCostBesideNodes } from "./cost-beside-nodes.ts";
import { computeCoverage, unreadBecause } from "./coverage.ts";
import { figureOrUnknown } from "./figures.ts";
import { loadInstallation } from "./installation.ts";
import { reasonOf, toReadStates, toSourceState } from "./read-state.ts";
import { boundFleet } from "./scope.ts";

/** Costed hours older than this say little about today's owners. */
const SPLIT_WINDOW_MS = 26 * 3_600_000;
/** The newest reading of each cluster counts while it is this young; an older one would not mean "now". */
const PRESSURE_WINDOW_MS = 15 * 60_000;
const HOT_SPOTS = 8;
const GAPS = 50;
/** Gates without a check of their own have a verdict too; they belong to the gate matrix, not to the overview. */
const named = new Map(FEATURE_CHECKS.map((check) => [check.id, check.words]));
const GAP_STATUSES = ["failed", "partial", "skipped"];

/** What it costs, what hurts, what is ready, what we cannot see. */
export async function getOverview(viewer: Viewer, query: OverviewQuery, now = new Date()): Promise<Overview> {
  const { pool } = getStore();
  const { clusters, scope } = await boundFleet(viewer, query);
  const window = { from: new Date(now.getTime() - PRESSURE_WINDOW_MS), to: new Date(now.getTime() + 1) };
  const hour = { from: new Date(now.getTime() - SPLIT_WINDOW_MS), to: window.to };
  const spots = { ...window, limit: HOT_SPOTS };
  const [nodes, states, shares, hotNodes, hotWorkloads, measured, verdicts, evaluated, gaps, counts] =
    await Promise.all([
      readClusterNodes(pool, scope),
      readReadStates(pool, scope),
      readCostSplit(pool, scope, hour),
      readHotSpots(pool, scope, { ...spots, level: "node" }),
      readHotSpots(pool, scope, { ...spots, level: "workload" }),
      readMeasuredNodes(pool, scope, window),
      readVerdictCounts(pool, scope),
      readEvaluatedClusters(pool, scope),
      readSourceStates(pool, scope, { statuses: GAP_STATUSES, limit: GAPS }),
      readSourceCounts(pool, scope),
    ]);
  const { currency, timeZone } = await loadInstallation();
  const besideNodes = await loadCostBesideNodes(pool, scope, clusters, { currency, today: dayIn(timeZone, now) });
  const names = new Map(clusters.map((cluster) => [cluster.id, cluster.name]));
  const name = (id: number) => names.get(id) ?? "";
  const coverage = computeCoverage("inventory", clusters, states, nodes, now);
  return {
    at: now.toISOString(),
    currency,
    timeZone,
    coverage,
    cost: {
      ...computeOverviewCost(clusters, nodes, shares, currency, scope.teams !== null, unreadBecause(coverage)),
      besideNodes,
    },
    pressure: {
      from: window.from.toISOString(),
      to: now.toISOString(),
      nodes: hotNodes.map((row) => toHotSpot(row, "node", name(row.clusterId))),
      workloads: hotWorkloads.map((row) => toHotSpot(row, "workload", name(row.clusterId))),
      ...toMeasured(clusters, nodes, measured, states, gaps, now),
    },
    readiness: {
      features: toReadiness(verdicts),
      evaluated: { covered: evaluated.length, of: clusters.length },
    },
    gaps: {
      items: gaps.map((row) => ({ ...toSourceState(row), cluster: name(row.clusterId) })),
      total: counts.reduce((sum, row) => sum + row.failed + row.partial + row.skipped, 0),
    },
  };
}

const RESOURCES = ["cpu", "memory", "io"] as const;
type Resource = (typeof RESOURCES)[number];

function toHotSpot(row: HotSpotRow, level: HotSpot["level"], cluster: string): HotSpot {
  const resource = worstResource(row);
  const subject = level === "node" ? `node/${row.name}` : `${row.kind}/${row.namespace}/${row.name}`;
  const measure = (id: MetricId & keyof HotSpotRow, unit: "ratio" | "cores" | "bytes") => {
    const value = row[id];
    if (typeof value !== "number") return figureOrUnknown(null, unit, "partial");
    const at = row.at.toISOString();
    const evidence = [{ kind: "metric" as const, ref: id, subject, observed: String(value), at }];
    return figureOrUnknown(value, unit, "partial", { at: row.at, evidence });
  };
  return {
    cluster,
    level,
    namespace: row.namespace,
    kind: row.kind,
    name: row.name,
    team: row.team,
    pool: row.pool,
    resource,
    severity: severityOf(row[`${resource}WaitingRatio`] ?? 0, DEFAULT_THRESHOLDS[resource].waiting),
    waitingRatio: measure(`${resource}WaitingRatio`, "ratio"),
    stalledRatio: measure(`${resource}StalledRatio`, "ratio"),
    cpuUsedCores: measure("cpuUsedCores", "cores"),
    memoryWorkingSetBytes: measure("memoryWorkingSetBytes", "bytes"),
  };
}

function worstResource(row: HotSpotRow): Resource {
  const waiting = (resource: Resource) => row[`${resource}WaitingRatio`] ?? -1;
  return RESOURCES.reduce((worst, resource) => (waiting(resource) > waiting(worst) ? resource : worst));
}

/** Nodes without a pressure sample are named with the reason of their cluster: silence is not calm. */
function toMeasured(
  clusters: readonly ClusterRow[],
  nodes: readonly ClusterNodesRow[],
  measured: readonly { readonly clusterId: number; readonly nodeCount: number }[],
  states: readonly ReadStateRow[],
  gaps: readonly SourceStateRow[],
  now: Date,
): Pick<OverviewPressure, "measuredNodes" | "missing"> {
  const missing: OverviewPressure["missing"] = [];
  const counts = { covered: 0, of: 0 };
  for (const cluster of clusters) {
    const of = nodes.find((row) => row.clusterId === cluster.id)?.nodeCount ?? 0;
    const covered = Math.min(of, measured.find((row) => row.clusterId === cluster.id)?.nodeCount ?? 0);
    counts.covered += covered;
    counts.of += of;
    if (covered > 0 && covered === of) continue;
    if (covered > 0) {
      missing.push({ cluster: cluster.name, reason: "partial", detail: null });
      continue;
    }
    const metrics = toReadStates(cluster, states, now).find((state) => state.kind === "metrics");
    const gap = gaps.find((row) => row.clusterId === cluster.id && row.readKind === "metrics");
    const reason = UnknownReason.safeParse(gap?.reason);
    missing.push({
      cluster: cluster.name,
      reason: reason.success ? reason.data : reasonOf(metrics),
      detail: gap?.detail ?? metrics?.detail ?? null,
    });
  }
  return { measuredNodes: counts, missing };
}

function toReadiness(rows: readonly VerdictCountRow[]): Overview["readiness"]["features"] {
  return [...Map.groupBy(rows, (row) => row.feature)].flatMap(([feature, own]) => {
    const words = named.get(feature);
    if (words === undefined) return [];
    return [
      {
        feature,
        title: { en: words.en.title, zh: words.zh.title },
        byVerdict: Object.fromEntries(own.map((row) => [Verdict.parse(row.verdict), row.clusterCount])),
        clusterCount: own.reduce((sum, row) => sum + row.clusterCount, 0),
        adoptedCount: sumKnown(own.map((row) => row.adoptedCount)),
        adoptableCount: sumKnown(own.map((row) => row.adoptableCount)),
      },
    ];
  });
}

function sumKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}
