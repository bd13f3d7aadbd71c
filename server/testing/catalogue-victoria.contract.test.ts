import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PrometheusClient } from "../collect/prometheus/client.ts";
import { collectMetrics, type MetricsCollection } from "../collect/prometheus/collect-metrics.ts";
import { newMetricsCache } from "../collect/prometheus/metrics-cache.ts";
import { namesToProbe } from "../collect/prometheus/presence.ts";
import { QueryBudget } from "../collect/prometheus/query-budget.ts";
import { buildFleet } from "../demo/fleet/build-fleet.ts";
import { openMetricsDump } from "../demo/open-metrics-dump.ts";
import { missingPrograms, type RealServer, startVictoriaMetrics } from "./real-prometheus.ts";

/** VictoriaMetrics answers the same API with its own ideas of rates and windows: a smoke run of the whole catalogue. */
const NOW = Math.floor(Date.now() / 60_000) * 60 - 120; // it refuses samples of the far past
const fleet = buildFleet({ seed: 42, size: "small", anchor: NOW - 1_200 });
const cluster = fleet.clusters.find((candidate) => candidate.name === "prod-us");
const wanted = new Set(namesToProbe());
const missing = await missingPrograms("victoria-metrics");

describe.runIf(missing.length === 0)("the catalogue on VictoriaMetrics", () => {
  let server: RealServer;
  let read: MetricsCollection;

  beforeAll(async () => {
    if (cluster === undefined) throw new Error("the demo has no prod-us");
    server = await startVictoriaMetrics({
      openMetrics: linesOf(
        openMetricsDump({
          cluster,
          anchor: NOW - 1_200,
          nowSeconds: () => NOW,
          fromSeconds: NOW - 1_200,
          toSeconds: NOW,
          keeps: (name) => wanted.has(name) || wanted.has(name.replace(/_(bucket|sum|count)$/, "")),
        }),
      ),
    });
    const client = new PrometheusClient({ url: server.url });
    const nodes = cluster.nodes.map((node) => ({
      name: node.name,
      zone: node.zone,
      addresses: [{ type: "InternalIP", address: node.address }],
    }));
    read = await collectMetrics(
      client,
      {
        nodes,
        podOwner: () => null,
        podByIp: () => null,
        cache: newMetricsCache(),
        now: new Date(NOW * 1000),
        budget: new QueryBudget(1_000),
      },
      undefined,
    );
    await client.close();
  });
  afterAll(() => server?.stop());

  it("answers every query", () => {
    expect(read.sources.filter((source) => source.status === "failed")).toEqual([]);
    expect(read.sources.filter((source) => source.status === "ok").length).toBeGreaterThan(5);
  });
  it("gives every node its use and its pressure", () => {
    const nodes = read.samples.filter((sample) => sample.entity.level === "node");
    expect(nodes.length).toBe(cluster?.nodes.length);
    for (const node of nodes) expect(node.values.cpuUsedCores, node.entity.name).toBeGreaterThan(0);
    // Nodes of the half-done rollout expose no pressure in the demo; every other one does, as a share of time.
    const waiting = nodes.flatMap((node) => node.values.memoryWaitingRatio ?? []);
    expect(waiting.length).toBeGreaterThanOrEqual(nodes.length / 2);
    expect(waiting.every((ratio) => ratio >= 0 && ratio <= 1)).toBe(true);
  });
  it("finds devices and flows", () => {
    expect(read.gpu.length).toBeGreaterThan(0);
    expect(read.flows?.samples.length ?? 0).toBeGreaterThan(0);
  });
});

/** The dump comes in large pieces of whole lines; the import takes lines. */
function* linesOf(pieces: Iterable<string>): Generator<string> {
  for (const piece of pieces) for (const line of piece.split("\n")) if (line !== "") yield `${line}\n`;
}
