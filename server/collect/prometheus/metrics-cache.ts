import type { Presence } from "./presence.ts";

/**
 * What one process remembers of one Prometheus between reads. Losing it costs a few queries, nothing else; the caller
 * keeps one per cluster and drops it when the connection changes.
 */
export type MetricsCache = {
  presence: { readonly value: Presence; readonly readAt: Date } | null;
  /** When each catalogue query was last asked. */
  readonly askedAt: Map<string, Date>;
  /** cgroup version by node, from the kubelets' own metrics. */
  readonly cgroupVersion: Map<string, 1 | 2>;
};

export function newMetricsCache(): MetricsCache {
  return { presence: null, askedAt: new Map(), cgroupVersion: new Map() };
}
