import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toOpenMetrics } from "../../testing/open-metrics.ts";
import { missingPrograms, type RealServer, startRealPrometheus } from "../../testing/real-prometheus.ts";
import { remoteWrite } from "../../testing/remote-write.ts";
import { INSTANT_QUERIES, REFUSED_QUERIES, SHARED_QUERIES } from "./contract-queries.ts";
import {
  blockSeries,
  CONTRACT_END_MS,
  CONTRACT_START_MS,
  contractSeries,
  sourceOf,
  staleSeries,
} from "./contract-series.ts";
import { parseFloatText } from "./go-text.ts";
import { createPrometheusHandler } from "./http-handler.ts";
import type { SeriesSource } from "./series-source.ts";

/** Relative difference that rounding may leave: sums are added in another order than Prometheus adds them. */
const TOLERANCE = 1e-9;

const missing = await missingPrograms("prometheus", "promtool");
if (missing.length > 0) console.warn(`skipped, not installed: ${missing.join(", ")}`);

interface Answer {
  readonly status: string;
  readonly errorType?: string;
  readonly error?: string;
  readonly data?: { readonly resultType: string; readonly result: unknown };
}

async function ask(url: string, path: string, parameters: Readonly<Record<string, string>>): Promise<Answer> {
  const response = await fetch(`${url}/api/v1/${path}`, { method: "POST", body: new URLSearchParams(parameters) });
  return (await response.json()) as Answer;
}

interface Row {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** Every sample of an answer under "labels at time"; vectors in any order. */
function samplesOf(answer: Answer): Map<string, number | string> {
  const { resultType, result } = answer.data ?? { resultType: "none", result: [] };
  const samples = new Map<string, number | string>();
  if (resultType === "scalar" || resultType === "string") {
    const [time, value] = result as [number, string];
    samples.set(`at ${time}`, resultType === "scalar" ? (parseFloatText(value) ?? value) : value);
    return samples;
  }
  for (const { metric, value, values } of result as Row[]) {
    const name = JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)));
    for (const [time, text] of values ?? (value === undefined ? [] : [value])) {
      samples.set(`${name} at ${time}`, parseFloatText(text) ?? text);
    }
  }
  return samples;
}

function isClose(a: number | string | undefined, b: number | string | undefined): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (typeof a !== "number" || typeof b !== "number") return false;
  return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b), 1e-6);
}

function differences(ours: Answer, theirs: Answer): string[] {
  if (ours.status !== theirs.status || ours.data?.resultType !== theirs.data?.resultType) {
    return [`ours ${JSON.stringify(ours).slice(0, 300)} theirs ${JSON.stringify(theirs).slice(0, 300)}`];
  }
  const [own, real] = [samplesOf(ours), samplesOf(theirs)];
  const keys = new Set([...own.keys(), ...real.keys()]);
  return [...keys]
    .filter((key) => !isClose(own.get(key), real.get(key)))
    .slice(0, 5)
    .map((key) => `${key}: ours ${own.get(key)} theirs ${real.get(key)}`);
}

async function serve(source: SeriesSource): Promise<{ server: Server; url: string }> {
  const server = createServer(createPrometheusHandler({ source, now: () => CONTRACT_END_MS }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Off the sample grid on purpose; the third moment is past the end of all data, within the lookback. */
const MOMENTS_MS = [CONTRACT_START_MS + 3_607_000, CONTRACT_START_MS + 25 * 60_000 + 1, CONTRACT_END_MS + 120_500];

describe.skipIf(missing.length > 0)("the evaluator and a real Prometheus", () => {
  let real: RealServer;
  let own: { server: Server; url: string };

  beforeAll(async () => {
    const source = sourceOf(contractSeries());
    own = await serve(source);
    real = await startRealPrometheus({ openMetrics: toOpenMetrics(source, CONTRACT_START_MS, CONTRACT_END_MS) });
  });
  afterAll(async () => {
    own?.server.close();
    await real?.stop();
  });

  async function compare(path: string, parameters: Readonly<Record<string, string>>): Promise<string[]> {
    const [ours, theirs] = await Promise.all([ask(own.url, path, parameters), ask(real.url, path, parameters)]);
    expect(theirs.status, theirs.error).toBe("success");
    return differences(ours, theirs);
  }

  it.each([...SHARED_QUERIES, ...INSTANT_QUERIES])("agree on the instant query %s", async (query) => {
    for (const moment of MOMENTS_MS) {
      expect(await compare("query", { query, time: String(moment / 1000) }), `at ${moment}`).toEqual([]);
    }
  });

  it.each(SHARED_QUERIES)("agree on the range query %s", async (query) => {
    const start = String((CONTRACT_START_MS - 180_000) / 1000);
    const end = String((CONTRACT_END_MS + 420_000) / 1000);
    for (const step of ["47", "7m"]) {
      expect(await compare("query_range", { query, start, end, step }), `step ${step}`).toEqual([]);
    }
  });

  it.each(REFUSED_QUERIES)("refuse %s for the same reason", async (query) => {
    const parameters = { query, time: String((CONTRACT_START_MS + 3_600_000) / 1000) };
    const [ours, theirs] = await Promise.all([ask(own.url, "query", parameters), ask(real.url, "query", parameters)]);
    expect(theirs.status).toBe("error");
    expect(ours).toMatchObject({ status: theirs.status, errorType: theirs.errorType });
  });

  it("put sorted and best values in the same order", async () => {
    for (const query of ["sort(temperature)", "sort_desc(http_requests_total)", "topk(4, http_requests_total)"]) {
      const parameters = { query, time: String((CONTRACT_START_MS + 3_600_000) / 1000) };
      const [ours, theirs] = await Promise.all([ask(own.url, "query", parameters), ask(real.url, "query", parameters)]);
      const order = (answer: Answer) => ((answer.data?.result ?? []) as Row[]).map(({ metric }) => metric);
      expect(order(ours), query).toEqual(order(theirs));
    }
  });

  it("count the same samples", async () => {
    for (const query of ["rate(http_requests_total[5m])", "sum(temperature)", "gappy[10m]"]) {
      const parameters = { query, time: String((CONTRACT_START_MS + 3_600_000) / 1000), stats: "all" };
      const [ours, theirs] = await Promise.all([ask(own.url, "query", parameters), ask(real.url, "query", parameters)]);
      const count = (answer: Answer) =>
        (answer.data as unknown as { stats: { samples: { totalQueryableSamples: number } } }).stats.samples;
      expect(count(ours).totalQueryableSamples, query).toBe(count(theirs).totalQueryableSamples);
    }
  });

  it("list the same series, label names and label values", async () => {
    const window = { start: String(CONTRACT_START_MS / 1000), end: String(CONTRACT_END_MS / 1000) };
    const get = async (url: string, path: string) => {
      const response = await fetch(
        `${url}/api/v1/${path}${path.includes("?") ? "&" : "?"}${new URLSearchParams(window)}`,
      );
      const { data } = (await response.json()) as { data: readonly unknown[] };
      return data.map((item) => JSON.stringify(item)).sort();
    };
    const selector = `match[]=${encodeURIComponent('{__name__=~"node_.*|special",node!="n2"}')}`;
    for (const path of [
      `series?${selector}`,
      `labels?${selector}`,
      "labels",
      "label/__name__/values",
      `label/kind/values?${selector}`,
    ]) {
      expect(await get(own.url, path), path).toEqual(await get(real.url, path));
    }
  });
});

describe.skipIf(missing.length > 0)("staleness markers, against a real Prometheus", () => {
  let real: RealServer;
  let own: { server: Server; url: string };
  const startMs = Math.floor(Date.now() / 60_000) * 60_000 - 1_800_000; // remote write wants the recent past

  beforeAll(async () => {
    const series = staleSeries(startMs);
    own = await serve(sourceOf(series.map(({ labels, block }) => blockSeries(labels, block))));
    real = await startRealPrometheus();
    await remoteWrite(real.url, series);
  });
  afterAll(async () => {
    own?.server.close();
    await real?.stop();
  });

  it.each([
    "restarted_total",
    "restarted_total offset 2m",
    "rate(restarted_total[2m])",
    "increase(restarted_total[5m])",
    "count_over_time(restarted_total[1m])",
    "last_over_time(restarted_total[3m])",
    'absent(restarted_total{pod="p"})',
    "max_over_time(restarted_total[5m:20s])",
    "sum(restarted_total)",
  ])("agree on %s", async (query) => {
    const range = { start: String(startMs / 1000), end: String(startMs / 1000 + 1600), step: "5" };
    const parameters = { query, ...range };
    const [ours, theirs] = await Promise.all([
      ask(own.url, "query_range", parameters),
      ask(real.url, "query_range", parameters),
    ]);
    expect(samplesOf(theirs).size).toBeGreaterThan(0);
    expect(differences(ours, theirs)).toEqual([]);
  });
});
