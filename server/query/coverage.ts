import type { Coverage, UnknownReason } from "../contract/common.ts";
import type { ClusterNodesRow } from "../store/sql/read-cluster-figures.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";
import type { ReadStateRow } from "../store/sql/read-reads.ts";
import { isoOrNull } from "./figures.ts";
import { reasonOf, type SnapshotKind, toReadStates } from "./read-state.ts";

/**
 * What an answer that stands on readings of one kind covers.
 *
 * Shape: clusters with a fresh reading of all, nodes in them of all known nodes, and who is missing with its reason.
 * Basis: the newest good reading of the kind; a cluster that was never read counts in `of` with no nodes.
 */
export function computeCoverage(
  kind: SnapshotKind,
  clusters: readonly ClusterRow[],
  states: readonly ReadStateRow[],
  nodes: readonly Pick<ClusterNodesRow, "clusterId" | "nodeCount">[],
  now: Date,
): Coverage {
  const missing: Coverage["missing"] = [];
  let oldest: Date | null = null;
  let newest: Date | null = null;
  const nodeCounts = { covered: 0, of: 0 };
  for (const cluster of clusters) {
    const nodeCount = nodes.find((row) => row.clusterId === cluster.id)?.nodeCount ?? 0;
    nodeCounts.of += nodeCount;
    const state = toReadStates(cluster, states, now).find((candidate) => candidate.kind === kind);
    const takenAt = state?.freshness.takenAt ? new Date(state.freshness.takenAt) : null;
    if (takenAt !== null && (oldest === null || takenAt < oldest)) oldest = takenAt;
    if (takenAt !== null && (newest === null || takenAt > newest)) newest = takenAt;
    if (state?.freshness.state === "fresh") {
      nodeCounts.covered += nodeCount;
    } else {
      missing.push({ cluster: cluster.name, reason: reasonOf(state), detail: state?.detail ?? null });
    }
  }
  return {
    clusters: { covered: clusters.length - missing.length, of: clusters.length },
    nodes: nodeCounts,
    missing,
    oldestAt: isoOrNull(oldest),
    newestAt: isoOrNull(newest),
    isDemo: clusters.some((cluster) => cluster.isDemo),
  };
}

/** Why nothing at all was ever read; `null` once anything was. An installation without clusters has nothing to read. */
export function unreadBecause(coverage: Coverage): UnknownReason | null {
  if (coverage.newestAt !== null) return null;
  return coverage.clusters.of === 0 ? "not-configured" : (coverage.missing[0]?.reason ?? "not-yet-read");
}
