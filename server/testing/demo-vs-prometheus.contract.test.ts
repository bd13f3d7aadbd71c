import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { runBackfillChunk } from "../collect/prometheus/backfill.ts";
import { planBackfill } from "../collect/prometheus/backfill-plan.ts";
import { PrometheusClient } from "../collect/prometheus/client.ts";
import { collectMetrics } from "../collect/prometheus/collect-metrics.ts";
import { newMetricsCache } from "../collect/prometheus/metrics-cache.ts";
import { QueryBudget } from "../collect/prometheus/query-budget.ts";
import { buildFleet } from "../demo/fleet/build-fleet.ts";
import type { DemoCluster } from "../demo/fleet/types.ts";
import { closeServer, listen } from "../demo/listen.ts";
import { openMetricsDump } from "../demo/open-metrics-dump.ts";
import { createPrometheusHandler } from "../demo/promql/http-handler.ts";
import { demoSeries } from "../demo/series-source.ts";
import { findPrometheus } from "./filled-prometheus.ts";

/**
 * The demo's evaluator against a real Prometheus that holds the same samples: every query that the collectors send to
 * the demo, instant and range, is recorded on its way and asked again on both.
 */
const ANCHOR = 1_795_320_000;
const NOW = ANCHOR + 20 * 60;
/** Longest window of the catalogue (an hour) and two hours of range queries before it. */
const DUMP_SECONDS = 3.5 * 3600;
const RANGE_SECONDS = 2 * 3600;
/** Both sides compute in doubles, in another order of additions. */
const TOLERANCE = 1e-6;

const run = promisify(execFile);
const hasPrometheus = await findPrometheus();
if (!hasPrometheus && process.env.CI === "true") throw new Error("prometheus and promtool must be installed in CI");

type Asked = { readonly path: string; readonly form: string };
const cleanups: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** The demo's Prometheus, noting what it is asked. */
async function startDemoPrometheus(cluster: DemoCluster, asked: Asked[]): Promise<string> {
  const engine = createPrometheusHandler({
    source: demoSeries({ cluster, anchor: ANCHOR, nowSeconds: () => NOW }),
    now: () => NOW * 1000,
  });
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://demo");
      const form = `${url.searchParams}${Buffer.concat(chunks)}`;
      if (/\/query(_range)?$/.test(url.pathname)) asked.push({ path: url.pathname, form });
      // The body is read: the engine gets its parameters in the address.
      request.method = "GET";
      request.url = `${url.pathname}?${form}`;
      engine(request, response);
    });
  });
  const port = await listen(server, 0, "127.0.0.1");
  cleanups.push(() => closeServer(server));
  return `http://127.0.0.1:${port}`;
}

async function askEverything(url: string, cluster: DemoCluster): Promise<void> {
  const selector = cluster.prometheus.label === "cluster" ? `cluster="${cluster.name}"` : undefined;
  const client = new PrometheusClient({ url, selector });
  const nodes = cluster.nodes.map((node) => ({
    name: node.name,
    zone: node.zone,
    addresses: [{ type: "InternalIP", address: node.address }],
  }));
  const budget = new QueryBudget(1000);
  const read = await collectMetrics(
    client,
    { nodes, podOwner: () => null, podByIp: () => null, cache: newMetricsCache(), now: new Date(NOW * 1000), budget },
    undefined,
  );
  expect(read.sources.filter((source) => source.status === "failed")).toEqual([]);
  if (read.presence === null) throw new Error("the presence probe failed");
  const plan = planBackfill({
    nowSeconds: NOW,
    historySeconds: RANGE_SECONDS,
    presence: read.presence,
    nodeCount: nodes.length,
  });
  for (const chunk of plan.chunks) {
    await runBackfillChunk(client, chunk, { resolveNode: () => null, workloadByName: () => null, budget }, undefined);
  }
  await client.close();
}

async function startRealPrometheus(cluster: DemoCluster, asked: readonly Asked[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-demo-prometheus-"));
  const input = join(directory, "input.txt");
  const queries = asked.map((one) => new URLSearchParams(one.form).get("query") ?? "").join("\n");
  const file = createWriteStream(input);
  const dump = openMetricsDump({
    cluster,
    anchor: ANCHOR,
    nowSeconds: () => NOW,
    fromSeconds: NOW - DUMP_SECONDS,
    toSeconds: NOW,
    keeps: (name) => queries.includes(name),
  });
  for (const piece of dump) if (!file.write(piece)) await once(file, "drain");
  file.end();
  await once(file, "finish");
  const data = join(directory, "data");
  await run("promtool", ["tsdb", "create-blocks-from", "openmetrics", input, data], { maxBuffer: 64 * 1024 * 1024 });
  await rm(input);
  await writeFile(join(directory, "prometheus.yml"), "scrape_configs: []\n");
  const probe = createServer();
  const port = await listen(probe, 0, "127.0.0.1");
  await closeServer(probe);
  const child = spawn(
    "prometheus",
    [
      `--config.file=${join(directory, "prometheus.yml")}`,
      `--storage.tsdb.path=${data}`,
      "--storage.tsdb.retention.time=100y",
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: "ignore" },
  );
  cleanups.push(async () => {
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    await gone;
    await rm(directory, { recursive: true, force: true });
  });
  const url = `http://127.0.0.1:${port}`;
  for (let tried = 0; tried < 600; tried += 1) {
    const isReady = await fetch(`${url}/-/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) return url;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("Prometheus did not become ready");
}

type Row = {
  readonly metric: Record<string, string>;
  readonly value?: [number, string];
  readonly values?: [number, string][];
};

async function ask(base: string, one: Asked): Promise<Map<string, (readonly [number, number])[]>> {
  const answer = await fetch(`${base}${one.path}`, { method: "POST", body: new URLSearchParams(one.form) });
  const body = (await answer.json()) as { status: string; error?: string; data: { result: Row[] } };
  expect(body.status, `${one.form}\n${body.error}`).toBe("success");
  return new Map(
    body.data.result.map((row) => [
      JSON.stringify(Object.entries(row.metric).sort()),
      (row.values ?? (row.value === undefined ? [] : [row.value])).map(([at, text]) => [at, Number(text)] as const),
    ]),
  );
}

function compare(ours: Map<string, (readonly [number, number])[]>, theirs: typeof ours): string[] {
  const problems: string[] = [];
  for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
    const left = ours.get(key);
    const right = theirs.get(key);
    if (left === undefined || right === undefined) {
      problems.push(`${key} only ${left === undefined ? "in Prometheus" : "in the demo"}`);
      continue;
    }
    const byTime = new Map(right);
    if (left.length !== right.length) problems.push(`${key}: ${left.length} points, not ${right.length}`);
    for (const [at, value] of left) {
      const other = byTime.get(at);
      const isSame =
        other !== undefined &&
        (Object.is(value, other) ||
          Math.abs(value - other) <= TOLERANCE * Math.max(Math.abs(value), Math.abs(other), 1e-3));
      if (!isSame) problems.push(`${key} at ${at}: ${value}, not ${other}`);
    }
  }
  return problems;
}

const fleet = buildFleet({ seed: 42, size: "small", anchor: ANCHOR });
const clusters = fleet.clusters.filter((cluster) => cluster.prometheus.downSince === null);

describe.runIf(hasPrometheus)("the demo's evaluator agrees with a real Prometheus", () => {
  it.each(clusters.map((cluster) => [cluster.name, cluster] as const))(
    "%s: every query of the collectors",
    async (_name, cluster) => {
      const asked: Asked[] = [];
      const demo = await startDemoPrometheus(cluster, asked);
      await askEverything(demo, cluster);
      const queries = asked.splice(0);
      expect(queries.filter((one) => one.path.endsWith("query")).length).toBeGreaterThan(10);
      expect(queries.filter((one) => one.path.endsWith("query_range")).length).toBeGreaterThan(10);
      const real = await startRealPrometheus(cluster, queries);
      for (const one of queries) {
        const problems = compare(await ask(demo, one), await ask(real, one));
        expect(problems.slice(0, 5), new URLSearchParams(one.form).get("query") ?? "").toEqual([]);
      }
    },
    300_000,
  );
});
