import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PrometheusClient } from "./client.ts";
import { collectMetrics } from "./collect-metrics.ts";
import { type MetricsCache, newMetricsCache } from "./metrics-cache.ts";
import { QueryBudget } from "./query-budget.ts";

type Answer = { readonly status: number; readonly body: unknown };
const vector = (...rows: readonly (readonly [Record<string, string>, number])[]): Answer => ({
  status: 200,
  body: {
    status: "success",
    data: { resultType: "vector", result: rows.map(([metric, value]) => ({ metric, value: [1, String(value)] })) },
  },
});
const failed = (status: number, errorType: string): Answer => ({
  status,
  body: { status: "error", errorType, error: "x" },
});

const NOW = new Date("2026-11-22T12:00:00Z");
const PRESENT = [
  "container_cpu_usage_seconds_total",
  "container_memory_working_set_bytes",
  "node_pressure_io_waiting_seconds_total",
];
let server: Server;
let client: PrometheusClient;
let queries: string[];
let answer: (promql: string) => Answer;

beforeEach(async () => {
  queries = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const promql = new URLSearchParams(Buffer.concat(chunks).toString()).get("query") ?? "";
      queries.push(promql);
      const { status, body } = promql.startsWith("count by (__name__)")
        ? vector(...PRESENT.map((name) => [{ __name__: name }, 2] as const))
        : promql.includes("ten.") || promql.includes("rows:")
          ? vector([{ sluice_part: "rows:pod" }, 2], [{ sluice_part: "rows:container" }, 2])
          : answer(promql);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  client = new PrometheusClient({
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
  });
});
afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const collect = (cache: MetricsCache = newMetricsCache(), budget = new QueryBudget(), now = NOW) =>
  collectMetrics(
    client,
    { nodes: [{ name: "n", addresses: [] }], podOwner: () => null, podByIp: () => null, cache, now, budget },
    undefined,
  );
const NODE_ROW = [{ sluice_part: "ioWaitingRatio.nodeExporter", node: "n" }, 0.25] as const;
const POD_ROW = [{ sluice_part: "memoryWorkingSetBytes", namespace: "s", pod: "p" }, 7] as const;

describe("a metrics read", () => {
  it("keeps what answered when one query fails, and says what and why", async () => {
    answer = (promql) => (promql.includes("node_pressure") ? failed(503, "timeout") : vector(POD_ROW));
    const read = await collect();
    const record = (id: string) => read.sources.find(({ source }) => source === `query:${id}`);
    expect(record("nodes")).toMatchObject({ status: "failed", reason: "timed-out", fix: { code: "raise-limits" } });
    expect(record("podUse")).toMatchObject({ status: "ok", objectCount: 1, queryCount: 1 });
    expect(record("gpuDevices")).toMatchObject({
      status: "not-served",
      reason: null,
      fix: { code: "enable-exporter" },
    });
    expect(read.samples.map(({ entity }) => entity.name)).toContain("p");
  });
  it("asks in halves when the server cannot evaluate the whole", async () => {
    answer = (promql) => {
      const isCpu = promql.includes("container_cpu_usage");
      if (isCpu) return failed(422, "execution");
      return promql.includes("node_pressure") ? vector(NODE_ROW) : vector(POD_ROW);
    };
    const read = await collect();
    const use = read.sources.find(({ source }) => source === "query:podUse");
    expect(use).toMatchObject({ status: "partial", queryCount: 3 });
    expect(read.samples.find(({ entity }) => entity.level === "pod")?.values).toEqual({ memoryWorkingSetBytes: 7 });
  });
  it("keeps warnings as partial", async () => {
    answer = () => ({ status: 200, body: { ...(vector(POD_ROW).body as object), warnings: ["store missing"] } });
    const read = await collect();
    expect(read.sources.find(({ source }) => source === "query:podUse")).toMatchObject({
      status: "partial",
      reason: "partial",
    });
  });
  it("never sends more than its budget; what did not fit is skipped with its reason and due again", async () => {
    answer = () => vector(NODE_ROW);
    const cache = newMetricsCache();
    const read = await collect(cache, new QueryBudget(3));
    expect(queries).toHaveLength(3);
    expect(read.sources.find(({ source }) => source === "query:podUse")).toMatchObject({
      status: "skipped",
      reason: "partial",
      fix: { code: "wait" },
    });
    expect(cache.askedAt.has("nodes")).toBe(true);
    expect(cache.askedAt.has("podUse")).toBe(false);
  });
  it("probes once an hour and keeps the last probe when a new one fails", async () => {
    answer = () => vector(NODE_ROW);
    const cache = newMetricsCache();
    await collect(cache);
    const probes = () => queries.filter((promql) => promql.startsWith("count by (__name__)")).length;
    await collect(cache, new QueryBudget(), new Date(NOW.getTime() + 60_000));
    expect(probes()).toBe(1);
    const later = await collect(cache, new QueryBudget(), new Date(NOW.getTime() + 3_600_000));
    expect(probes()).toBe(2);
    expect(later.presence).not.toBeNull();
  });
  it("without an answer to the probe has no samples, and the reason", async () => {
    const gone = new PrometheusClient({ url: "http://127.0.0.1:1" });
    const read = await collectMetrics(
      gone,
      {
        nodes: [],
        podOwner: () => null,
        podByIp: () => null,
        cache: newMetricsCache(),
        now: NOW,
        budget: new QueryBudget(),
      },
      undefined,
    );
    await gone.close();
    expect(read.samples).toEqual([]);
    expect(read.sources).toMatchObject([{ source: "query:presence", status: "failed", reason: "unreachable" }]);
  });
});
