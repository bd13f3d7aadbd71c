import type { DemoCluster } from "./fleet/types.ts";
import { scrapeTargets } from "./scrape-targets.ts";
import { SCRAPE_SECONDS } from "./series-source.ts";

/** Members of `/api/v1/targets` `activeTargets`, as Prometheus shows them. */
export function activeTargets(
  cluster: DemoCluster,
  anchor: number,
  seconds: number,
): readonly Readonly<Record<string, unknown>>[] {
  const lastScrape = new Date(Math.floor(seconds / SCRAPE_SECONDS) * SCRAPE_SECONDS * 1000).toISOString();
  return scrapeTargets(cluster, anchor).map((target) => {
    const path = target.labels.metrics_path ?? "/metrics";
    const isTls = target.job === "kubelet" || target.job === "apiserver";
    const url = `${isTls ? "https" : "http"}://${target.instance}${path}`;
    return {
      discoveredLabels: {
        __address__: target.instance,
        __metrics_path__: path,
        __scheme__: isTls ? "https" : "http",
        __scrape_interval__: "1m",
        __scrape_timeout__: "10s",
        job: target.job,
      },
      labels: { instance: target.instance, job: target.job, ...target.labels },
      scrapePool: target.job,
      scrapeUrl: url,
      globalUrl: url,
      lastError: "",
      lastScrape,
      lastScrapeDuration: 0.018,
      health: "up",
      scrapeInterval: "1m",
      scrapeTimeout: "10s",
    };
  });
}
