import { runBackfillChunk } from "../collect/prometheus/backfill.ts";
import { planFlowBackfill, runFlowChunk } from "../collect/prometheus/backfill-flows.ts";
import { planGateBackfill, runGateChunk } from "../collect/prometheus/backfill-gates.ts";
import { planGpuBackfill, runGpuChunk } from "../collect/prometheus/backfill-gpu.ts";
import { planBackfill } from "../collect/prometheus/backfill-plan.ts";
import { CATALOGUE } from "../collect/prometheus/catalogue.ts";
import { PrometheusClient } from "../collect/prometheus/client.ts";
import { collectMetrics } from "../collect/prometheus/collect-metrics.ts";
import { newMetricsCache } from "../collect/prometheus/metrics-cache.ts";
import { QueryBudget } from "../collect/prometheus/query-budget.ts";
import type { DemoCluster } from "../demo/fleet/types.ts";
import type { Asked } from "./recording-prometheus.ts";

export type AskOptions = {
  readonly cluster: DemoCluster;
  /** Moments at which everything is read as a metrics read does; the last is the present. */
  readonly moments: readonly number[];
  /** How far the backfill goes back from the last moment. */
  readonly historySeconds: number;
};

/**
 * Asks a Prometheus what Sluice asks: a first metrics read at each moment (probes and every catalogue query with a source) and the
 * whole backfill of metrics, gates, flows and accelerators. Throws when a source fails or a chunk is refused.
 */
export async function askLikeCollectors(url: string, { cluster, moments, historySeconds }: AskOptions): Promise<void> {
  const selector = cluster.prometheus.label === "cluster" ? `cluster="${cluster.name}"` : undefined;
  const client = new PrometheusClient({ url, selector });
  const nodes = cluster.nodes.map((node) => ({
    name: node.name,
    zone: node.zone,
    addresses: [{ type: "InternalIP", address: node.address }],
  }));
  const nobody = { resolveNode: () => null, podOwner: () => null, podByIp: () => null, zoneOfNode: () => null };
  try {
    for (const moment of moments) {
      const cache = newMetricsCache();
      const now = new Date(moment * 1000);
      const budget = new QueryBudget(1000);
      const read = await collectMetrics(client, { ...nobody, nodes, cache, now, budget }, undefined);
      const failed = read.sources.filter((source) => source.status === "failed");
      if (failed.length > 0 || read.presence === null) throw new Error(JSON.stringify(failed));
      if (moment !== moments.at(-1)) continue;
      const input = { nowSeconds: moment, historySeconds, presence: read.presence };
      for (const chunk of planBackfill({ ...input, nodeCount: nodes.length }).chunks)
        await runBackfillChunk(client, chunk, { ...nobody, workloadByName: () => null, budget }, undefined);
      for (const chunk of planGateBackfill(input)) await runGateChunk(client, chunk, { ...nobody, budget }, undefined);
      for (const chunk of planFlowBackfill(input)) await runFlowChunk(client, chunk, { ...nobody, budget }, undefined);
      for (const chunk of planGpuBackfill({ ...input, liveFromSeconds: null }))
        await runGpuChunk(client, chunk, { ...nobody, budget }, undefined);
    }
  } finally {
    await client.close();
  }
}

/**
 * Every part of every catalogue query in every variant, also those without a source in the demo: once at a moment and once over a
 * range that ends there. No row is cut: which of equal rows a `topk` keeps is nobody's promise.
 */
export function everyCatalogueQuery(options: {
  readonly atSeconds: number;
  readonly windowSeconds: number;
  readonly rangeSeconds: number;
  readonly stepSeconds: number;
  readonly gateNames: readonly string[];
}): Asked[] {
  const { atSeconds, rangeSeconds, stepSeconds } = options;
  const exprs = CATALOGUE.flatMap(({ parts }) => parts).flatMap(({ variants }) => variants.map(({ expr }) => expr));
  return [...new Set(exprs)].flatMap((expr) => {
    const query = expr
      .replaceAll("$window", `${options.windowSeconds}s`)
      .replaceAll("$top", "1000000")
      .replaceAll("$names", options.gateNames.join("|"));
    const instant = { query, time: String(atSeconds) };
    const range = { query, start: String(atSeconds - rangeSeconds), end: String(atSeconds), step: String(stepSeconds) };
    return [
      { path: "/api/v1/query", form: String(new URLSearchParams(instant)) },
      { path: "/api/v1/query_range", form: String(new URLSearchParams(range)) },
    ];
  });
}
