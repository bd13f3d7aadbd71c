import type { FeatureRow } from "#server/contract/features.ts";

export const FEATURE_GROUPS = ["accelerators", "nodes", "network", "security", "storage", "jobs", "pods"] as const;
export type FeatureGroup = (typeof FEATURE_GROUPS)[number];

const GROUP_OF: Readonly<Record<string, FeatureGroup>> = {
  "dynamic-resource-allocation": "accelerators",
  "node-swap": "nodes",
  "pressure-stall-information": "nodes",
  "cgroup-v2": "nodes",
  "memory-qos": "nodes",
  "cpu-burst": "nodes",
  "traffic-distribution": "network",
  "mutating-admission-policy": "security",
  "authorize-with-selectors": "security",
  "service-account-image-pull-tokens": "security",
  "anonymous-auth": "security",
  "app-armor-fields": "security",
  "volume-attributes-class": "storage",
  "pv-last-phase-transition": "storage",
  "job-pod-failure-policy": "jobs",
  "job-backoff-limit-per-index": "jobs",
  "job-success-policy": "jobs",
  "job-pod-replacement-policy": "jobs",
};

/** Where a feature stands on the page. A new check without a place of its own stands with the pods. */
export function groupOf(feature: string): FeatureGroup {
  return GROUP_OF[feature] ?? "pods";
}

/** The groups that have a row, in the order of the page; rows keep their order. */
export function groupFeatures(rows: readonly FeatureRow[]): { group: FeatureGroup; rows: readonly FeatureRow[] }[] {
  const byGroup = Map.groupBy(rows, (row) => groupOf(row.feature));
  return FEATURE_GROUPS.flatMap((group) => {
    const own = byGroup.get(group);
    return own === undefined ? [] : [{ group, rows: own }];
  });
}
