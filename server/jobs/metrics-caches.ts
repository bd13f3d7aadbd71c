import { type MetricsCache, newMetricsCache } from "../collect/prometheus/metrics-cache.ts";

const caches = new Map<string, MetricsCache>();

/** What this process remembers of one cluster's Prometheus between reads. */
export function metricsCacheOf(cluster: string): MetricsCache {
  let cache = caches.get(cluster);
  if (cache === undefined) {
    cache = newMetricsCache();
    caches.set(cluster, cache);
  }
  return cache;
}
