import { Fix, type UnknownReason, UnknownReason as UnknownReasonSchema } from "../contract/common.ts";
import type { PressureSource } from "../contract/pressure.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";
import type { PressureSourceRow } from "../store/sql/read-pressure.ts";
import { isoOrNull } from "./figures.ts";

/**
 * Where a cluster's pressure figures come from, or why it has none: a failed or missing Prometheus is unknown with its reason;
 * a source that answered without pressure series is not exposed, which is not calm either.
 */
export function toPressureSource(cluster: ClusterRow, row: PressureSourceRow | undefined): PressureSource {
  const base = {
    cluster: cluster.name,
    measuredNodeCount: row?.measuredCount ?? 0,
    nodeCount: row?.nodeCount ?? 0,
    unexposedNodes: row?.unexposedNodes ?? [],
    newestAt: isoOrNull(row?.newestAt ?? null),
  };
  const failed = UnknownReasonSchema.safeParse(row?.failedReason);
  const fix = row?.failedFix == null ? null : (Fix.safeParse(row.failedFix).data ?? null);
  if (row === undefined) {
    return { ...base, state: "unknown", reason: "not-yet-read", detail: null, fix: { code: "wait" }, source: null };
  }
  if (row.measuredCount > 0) {
    return {
      ...base,
      state: row.measuredCount < row.nodeCount ? "partly" : "measured",
      reason: null,
      detail: null,
      fix: null,
      source: row.hasPrometheus ? "prometheus" : "kubelet-summary",
    };
  }
  if (row.failedReason !== null && !row.hasPrometheus) {
    const reason: UnknownReason = failed.success ? failed.data : "malformed";
    return {
      ...base,
      state: "unknown",
      reason,
      detail: row.failedDetail,
      fix: fix ?? { code: reason === "not-configured" ? "configure-prometheus" : "check-address" },
      source: row.hasSummary ? "kubelet-summary" : null,
    };
  }
  if (row.newestAt === null) {
    return { ...base, state: "unknown", reason: "not-yet-read", detail: null, fix: { code: "wait" }, source: null };
  }
  return {
    ...base,
    state: "not-exposed",
    reason: null,
    detail: null,
    fix: { code: "enable-exporter" },
    source: row.hasPrometheus ? "prometheus" : "kubelet-summary",
  };
}
