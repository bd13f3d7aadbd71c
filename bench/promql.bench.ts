import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PrometheusClient } from "../server/collect/prometheus/client.ts";
import { collectMetrics } from "../server/collect/prometheus/collect-metrics.ts";
import { MAX_SAMPLES_PER_QUERY } from "../server/collect/prometheus/estimate.ts";
import { newMetricsCache } from "../server/collect/prometheus/metrics-cache.ts";
import { QUERIES_PER_READ, QueryBudget } from "../server/collect/prometheus/query-budget.ts";
import { buildFleet } from "../server/demo/fleet/build-fleet.ts";
import type { DemoCluster } from "../server/demo/fleet/types.ts";
import { openMetricsDump } from "../server/demo/open-metrics-dump.ts";
import { startRealPrometheus } from "../server/testing/real-prometheus.ts";
import { atMost, type Bench } from "./harness.ts";

const CONTAINERS = 30_000;
const ANCHOR = 1_795_320_000;
const NOW = ANCHOR + 20 * 60;
const DUMP_SECONDS = 1.5 * 3600;
/** What the collector counts before it plans; the cluster pretends to be as large as it is scaled to. */
const COUNTING = /^count by \(__name__\) \(/;
const isCountedRow = (part: string | undefined): boolean => part?.startsWith("rows:") === true;

type Measured = { readonly samples: number; readonly query: string };

/**
 * What the queries of a metrics read make a real Prometheus read, by its own statistics: the small demo cluster, its counts told
 * as of 30,000 containers, so that queries are planned and cut as they would be there; samples are scaled by the same factor.
 */
export const promqlBench: Bench = {
  name: "promql",
  async run() {
    const fleet = buildFleet({ seed: 42, size: "small", anchor: ANCHOR });
    const cluster = fleet.clusters.find((one) => one.prometheus.downSince === null);
    if (cluster === undefined) throw new Error("no cluster with a Prometheus");
    const containerCount = cluster.pods.reduce((sum, pod) => sum + pod.containers.length, 0);
    const factor = CONTAINERS / containerCount;
    const real = await startRealPrometheus({
      openMetrics: openMetricsDump({
        cluster,
        anchor: ANCHOR,
        nowSeconds: () => NOW,
        fromSeconds: NOW - DUMP_SECONDS,
        toSeconds: NOW,
        keeps: () => true,
      }),
    });
    const measured: Measured[] = [];
    const proxy = await startCountingProxy(real.url, factor, (one) => measured.push(one));
    try {
      await readTwice(proxy.url, cluster, () => measured.splice(0));
      const scaled = measured.map((one) => one.samples * factor);
      const heaviest = measured.toSorted((a, b) => b.samples - a.samples)[0];
      const sum = scaled.reduce((total, samples) => total + samples, 0);
      const detail = `${containerCount} containers scaled by ${factor.toFixed(0)}`;
      return [
        {
          ...atMost("samples of the heaviest query", [Math.max(...scaled)], "samples", MAX_SAMPLES_PER_QUERY),
          detail: `${detail}; ${heaviest?.query.slice(0, 80)}`,
        },
        { ...atMost("queries of a read", [measured.length], "queries", QUERIES_PER_READ), detail },
        { ...atMost("samples of a whole read", [sum], "samples", MAX_SAMPLES_PER_QUERY * QUERIES_PER_READ), detail },
      ];
    } finally {
      await proxy.stop();
      await real.stop();
    }
  },
};

/** The first read looks what is there; the second is the one of every minute after it. */
async function readTwice(url: string, cluster: DemoCluster, onFirst: () => void): Promise<void> {
  const selector = cluster.prometheus.label === "cluster" ? `cluster="${cluster.name}"` : undefined;
  const client = new PrometheusClient({ url, selector });
  const nodes = cluster.nodes.map((node) => ({
    name: node.name,
    zone: node.zone,
    addresses: [{ type: "InternalIP", address: node.address }],
  }));
  const nobody = { resolveNode: () => null, podOwner: () => null, podByIp: () => null, zoneOfNode: () => null };
  const cache = newMetricsCache();
  try {
    for (const read of [0, 1]) {
      const now = new Date(NOW * 1000);
      const result = await collectMetrics(
        client,
        { ...nobody, nodes, cache, now, budget: new QueryBudget() },
        undefined,
      );
      const failed = result.sources.filter((source) => source.status === "failed");
      if (failed.length > 0) throw new Error(`the read failed: ${JSON.stringify(failed.slice(0, 3))}`);
      if (read === 0) onFirst();
    }
  } finally {
    await client.close();
  }
}

type Envelope = {
  readonly data?: {
    readonly result?: { metric?: Readonly<Record<string, string>>; value?: [number, string] }[];
    readonly stats?: { readonly samples?: { readonly totalQueryableSamples?: number } };
  };
};

async function startCountingProxy(target: string, factor: number, onQuery: (one: Measured) => void) {
  const server = createServer((request, response) => {
    let form = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      form += chunk;
    });
    request.on("end", async () => {
      const parameters = new URLSearchParams(form);
      const query = parameters.get("query");
      if (query !== null) parameters.set("stats", "all");
      const init = request.method === "POST" ? { method: "POST", body: parameters } : {};
      const answer = await fetch(`${target}${request.url}`, init).catch(() => null);
      const text = (await answer?.text()) ?? "";
      const body = query === null ? null : (JSON.parse(text) as Envelope); // what Prometheus documents
      if (query !== null) onQuery({ query, samples: body?.data?.stats?.samples?.totalQueryableSamples ?? 0 });
      const isCount = query !== null && COUNTING.test(query);
      const rows = body?.data?.result ?? [];
      const counts = rows.filter((row) => isCount || isCountedRow(row.metric?.sluice_part));
      for (const { value } of counts) if (value !== undefined) value[1] = String(Math.round(Number(value[1]) * factor));
      response.writeHead(answer?.status ?? 502, { "content-type": "application/json" });
      response.end(counts.length > 0 ? JSON.stringify(body) : text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // listening on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
