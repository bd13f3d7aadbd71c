import type { ClusterSummary } from "../contract/clusters.ts";
import type { Evidence, UnknownReason } from "../contract/common.ts";
import { minorOf } from "../domain/gates/version.ts";
import type { ClusterNodesRow } from "../store/sql/read-cluster-figures.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";
import type { ReadStateRow, SourceCountRow } from "../store/sql/read-reads.ts";
import { costUnit, sumFigure, unknownFigure, valueFigure } from "./figures.ts";
import { reasonOf, toReadStates } from "./read-state.ts";

export type SummaryRows = {
  readonly nodes: readonly ClusterNodesRow[];
  readonly pods: readonly { readonly clusterId: number; readonly podCount: number }[];
  readonly states: readonly ReadStateRow[];
  readonly sources: readonly SourceCountRow[];
};

const NO_SOURCES = { ok: 0, partial: 0, failed: 0, notServed: 0, skipped: 0 };

/** One cluster as lists and its own page show it. Without a good inventory every count is unknown, not 0. */
export function toClusterSummary(cluster: ClusterRow, rows: SummaryRows, currency: string, now: Date): ClusterSummary {
  const reads = toReadStates(cluster, rows.states, now);
  const inventory = reads.find((read) => read.kind === "inventory");
  const nodes = rows.nodes.find((row) => row.clusterId === cluster.id);
  const pods = rows.pods.find((row) => row.clusterId === cluster.id);
  const sources = rows.sources.find((row) => row.clusterId === cluster.id);
  const at = inventory?.freshness.takenAt ? new Date(inventory.freshness.takenAt) : null;
  const reason = reasonOf(inventory);
  const count = (value: number | undefined, ref: string) => countFigure(value, ref, at, reason);
  return {
    name: cluster.name,
    provider: cluster.provider,
    isDemo: cluster.isDemo,
    uid: cluster.uid,
    gitVersion: cluster.gitVersion,
    minor: cluster.gitVersion === null ? null : minorOf(cluster.gitVersion),
    nodeCount: count(nodes?.nodeCount, "GET /api/v1/nodes"),
    readyNodeCount: count(nodes?.readyCount, "GET /api/v1/nodes status.conditions[Ready]"),
    podCount: count(pods?.podCount, "GET /api/v1/pods"),
    costPerHour:
      at === null
        ? unknownFigure(costUnit(currency), reason)
        : sumFigure(
            nodes?.costPerHour ?? null,
            { covered: nodes?.pricedCount ?? 0, of: nodes?.nodeCount ?? 0 },
            costUnit(currency),
            "not-configured",
            { at, evidence: nodes === undefined ? [] : [priceEvidence(nodes, at)] },
          ),
    reads,
    sources: sources === undefined ? NO_SOURCES : withoutCluster(sources),
  };
}

function countFigure(value: number | undefined, ref: string, at: Date | null, reason: UnknownReason) {
  if (at === null) return unknownFigure("count", reason);
  const observed = value ?? 0;
  const evidence: Evidence = { kind: "api", ref, subject: "", observed: String(observed), at: at.toISOString() };
  return valueFigure(observed, "count", { at, evidence: [evidence] });
}

function priceEvidence(nodes: ClusterNodesRow, at: Date): Evidence {
  return {
    kind: "price",
    ref: "price book: rows of the cluster's nodes",
    subject: "",
    observed: `${nodes.pricedCount} of ${nodes.nodeCount} nodes have a price row`,
    at: at.toISOString(),
  };
}

function withoutCluster({ clusterId: _clusterId, ...counts }: SourceCountRow): ClusterSummary["sources"] {
  return counts;
}
