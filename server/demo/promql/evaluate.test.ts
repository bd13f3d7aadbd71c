import { describe, expect, it } from "vitest";
import { blockSeries, sourceOf } from "./contract-series.ts";
import { Labels } from "./labels.ts";
import { PromqlError } from "./promql-error.ts";
import { type QueryOptions, runInstantQuery, runRangeQuery } from "./run-query.ts";
import type { SampleSpan, SourceSeries } from "./series-source.ts";

const MINUTE = 60_000;

function options(changes: Partial<QueryOptions> = {}): QueryOptions {
  return {
    lookbackMs: 5 * MINUTE,
    subqueryStepMs: MINUTE,
    maxSamples: 1e6,
    deadlineMs: Infinity,
    signal: undefined,
    now: () => 0,
    ...changes,
  };
}

/** One sample a minute from minute 0. */
function minutes(labels: Readonly<Record<string, string>>, ...values: readonly number[]): SourceSeries {
  return blockSeries(labels, { timesMs: values.map((_, index) => index * MINUTE), values });
}

async function at(minute: number, query: string, ...series: readonly SourceSeries[]): Promise<Record<string, number>> {
  const { result } = await runInstantQuery(sourceOf(series), query, minute * MINUTE, options());
  if (result.type === "scalar") return { scalar: result.value };
  if (result.type !== "vector") throw new Error(`got ${result.type}`);
  return Object.fromEntries(result.rows.map(({ labels, value }) => [String(labels), value]));
}

const counter = minutes({ __name__: "c_total", a: "1" }, 0, 60, 120, 180, 30, 90, 150);
const gauge = minutes({ __name__: "g", a: "1" }, 5, -1, 4, Number.NaN, 2, 2, 8);

describe("functions over ranges", () => {
  it.each([
    // change 60+60+60+30+60+60 = 330 over 360 s, window fully covered
    ["increase(c_total[6m])", 330],
    ["rate(c_total[6m])", 330 / 360],
    ["irate(c_total[6m])", 1],
    ["delta(c_total[6m])", 150],
    ["idelta(c_total[6m])", 60],
    ["resets(c_total[6m])", 1],
    ["changes(g[6m])", 5],
    ["count_over_time(g[2m])", 3], // both ends belong to the window
    ["sum_over_time(g[2m])", 12],
    ["avg_over_time(g[2m])", 4],
    ["min_over_time(g[6m])", -1],
    ["max_over_time(g[6m])", 8],
    ["stddev_over_time(g[2m])", Math.sqrt(8)],
    ["stdvar_over_time(g[2m])", 8],
    ["quantile_over_time(0.5, g[2m])", 2],
    ["present_over_time(g[6m])", 1],
    ["deriv(c_total[2m])", 1],
    ["predict_linear(c_total[2m], 60)", 210],
  ])("%s", async (query, expected) => {
    const result = await at(6, query, counter, gauge);
    expect(Object.keys(result)).toEqual(['{a="1"}']);
    expect(result['{a="1"}']).toBeCloseTo(expected, 9);
  });

  it("keep the name where they only move a sample in time", async () => {
    expect(await at(6, "last_over_time(g[6m])", gauge)).toEqual({ 'g{a="1"}': 8 });
  });

  it("extrapolate by half an interval when samples are far from the window's edge", async () => {
    const late = blockSeries(
      { __name__: "x" },
      { timesMs: [4, 5, 6].map((minute) => minute * MINUTE), values: [90, 100, 110] },
    );
    expect((await at(6, "increase(x[6m])", late))["{}"]).toBeCloseTo(20 * (150 / 120), 12);
  });

  it("do not extrapolate a counter below zero", async () => {
    const young = blockSeries({ __name__: "x" }, { timesMs: [MINUTE, 2 * MINUTE], values: [6, 66] });
    // 6 is reached 6 s before the first sample at this pace
    expect((await at(2, "increase(x[2m])", young))["{}"]).toBeCloseTo(66, 12);
  });

  it("need two samples for a change", async () => {
    expect(await at(0, "rate(c_total[5m])", counter)).toEqual({});
  });

  it("give the same rate whether a reset-free span is read in full or at its ends", async () => {
    const span: SampleSpan = { startMs: 0, intervalMs: 15_000, count: 400, valueAt: (index) => 7 + index * index };
    const labels = Labels.from({ __name__: "x" });
    const range = { startMs: 0, endMs: 100 * MINUTE, stepMs: 47_000 };
    const answers = await Promise.all(
      [span, { ...span, isMonotonic: () => true }].map((one) =>
        runRangeQuery(sourceOf([{ labels, spans: [one] }]), "rate(x[7m])", range, options()),
      ),
    );
    expect(answers[0]).toEqual(answers[1]);
  });
});

describe("instant selectors", () => {
  it("look back five minutes, both ends included, and no further", async () => {
    const single = blockSeries({ __name__: "x" }, { timesMs: [0], values: [1] });
    expect(await at(5, "x", single)).toEqual({ x: 1 });
    expect(await at(5.001, "x", single)).toEqual({});
  });

  it("end at a staleness marker", async () => {
    const gone = blockSeries({ __name__: "x" }, { timesMs: [0, MINUTE], values: [1, 0], isStale: [false, true] });
    expect(await at(0.9, "x", gone)).toEqual({ x: 1 });
    expect(await at(1, "x", gone)).toEqual({});
    expect(await at(1, "count_over_time(x[5m])", gone)).toEqual({ "{}": 1 });
  });
});

describe("aggregation", () => {
  const series = [1, 2, Number.NaN].map((value, index) =>
    minutes({ __name__: "g", n: String(index), half: index < 2 ? "a" : "b" }, value),
  );
  it.each([
    ["sum by (half) (g)", { '{half="a"}': 3, '{half="b"}': Number.NaN }],
    ["max(g)", { "{}": 2 }],
    ["min(g)", { "{}": 1 }],
    ["count(g)", { "{}": 3 }],
    ["group without (n) (g)", { '{half="a"}': 1, '{half="b"}': 1 }],
    ["topk(1, g)", { 'g{half="a", n="1"}': 2 }],
    ["bottomk(1, g)", { 'g{half="a", n="0"}': 1 }],
    ["avg by (half) (g)", { '{half="a"}': 1.5, '{half="b"}': Number.NaN }],
    ["stdvar by (half) (g)", { '{half="a"}': 0.25, '{half="b"}': Number.NaN }],
    ["quantile(1, g)", { "{}": 2 }],
    ['count_values("v", g)', { '{v="1"}': 1, '{v="2"}': 1, '{v="NaN"}': 1 }],
  ])("%s", async (query, expected) => expect(await at(0, query, ...series)).toEqual(expected));
});

describe("vector matching", () => {
  const pods = ["p0", "p1"].map((pod, index) => minutes({ __name__: "pod", pod, node: "n" }, index + 1));
  const node = minutes({ __name__: "node", node: "n", zone: "z" }, 4);

  it("copies labels of the one side", async () => {
    expect(await at(0, "pod / on (node) group_left (zone) node", ...pods, node)).toEqual({
      '{node="n", pod="p0", zone="z"}': 0.25,
      '{node="n", pod="p1", zone="z"}': 0.5,
    });
  });

  it("keeps the name when a comparison only filters", async () => {
    expect(await at(0, "pod > 1", ...pods)).toEqual({ 'pod{node="n", pod="p1"}': 2 });
    expect(await at(0, "1 < bool pod", ...pods)).toEqual({ '{node="n", pod="p0"}': 0, '{node="n", pod="p1"}': 1 });
  });

  it("refuses what is ambiguous, in Prometheus' words", async () => {
    await expect(at(0, "node / on (node) pod", ...pods, node)).rejects.toThrow(
      'found duplicate series for the match group {node="n"} on the right hand-side of the operation',
    );
    await expect(at(0, "pod / on (node) node", ...pods, node)).rejects.toThrow("many-to-one matching must be explicit");
    await expect(at(0, 'label_replace(pod, "pod", "", "", "")', ...pods)).rejects.toThrow("same labelset");
  });

  it("joins sets step by step", async () => {
    expect(await at(0, "pod unless on (node) node", ...pods, node)).toEqual({});
    expect(Object.keys(await at(0, "node or on (node) pod", ...pods, node))).toEqual(['node{node="n", zone="z"}']);
  });
});

describe("histogram_quantile", () => {
  const bucket = (le: string, count: number) => minutes({ __name__: "b", le }, count);
  it("interpolates inside the bucket and stops at the last finite bound", async () => {
    const buckets = [bucket("1", 10), bucket("2", 30), bucket("+Inf", 40)];
    expect(await at(0, "histogram_quantile(0.5, b)", ...buckets)).toEqual({ "{}": 1.5 });
    expect(await at(0, "histogram_quantile(0.9, b)", ...buckets)).toEqual({ "{}": 2 });
    expect(await at(0, "histogram_quantile(0.5, b)", bucket("1", 10), bucket("2", 30))).toEqual({ "{}": Number.NaN });
  });
});

describe("dates", () => {
  it.each([
    ["day_of_week", 4],
    ["day_of_month", 29],
    ["day_of_year", 60],
    ["days_in_month", 29],
    ["month", 2],
    ["year", 2024],
    ["hour", 23],
    ["minute", 59],
  ])("%s of the end of 29 February 2024", async (name, expected) => {
    expect(await at(0, `${name}(vector(1709251199))`)).toEqual({ "{}": expected });
  });
});

describe("limits", () => {
  const range = { startMs: 0, endMs: 100 * MINUTE, stepMs: MINUTE };

  it("refuses to hold more samples than allowed", async () => {
    const query = runRangeQuery(sourceOf([counter]), "c_total", range, options({ maxSamples: 5 }));
    await expect(query).rejects.toMatchObject({
      errorType: "execution",
      message: expect.stringContaining("too many samples"),
    });
  });

  it("gives up after the deadline", async () => {
    let clock = 0;
    const now = () => (clock += 1000);
    const query = runRangeQuery(sourceOf([counter]), "rate(c_total[5m])", range, options({ now, deadlineMs: 1500 }));
    await expect(query).rejects.toMatchObject({ errorType: "timeout" });
  });

  it("stops when the reader has gone", async () => {
    let clock = 0;
    const gone = { signal: AbortSignal.abort(), now: () => (clock += 1000) };
    const query = runRangeQuery(sourceOf([counter]), "rate(c_total[5m])", range, options(gone));
    await expect(query).rejects.toBeInstanceOf(PromqlError);
  });
});
