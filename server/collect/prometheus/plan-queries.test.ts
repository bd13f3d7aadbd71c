import { describe, expect, it } from "vitest";
import { CATALOGUE } from "./catalogue.ts";
import { nodeQuery } from "./catalogue-nodes.ts";
import { podEventQuery, podPressureQuery, podUseQuery } from "./catalogue-pods.ts";
import type { Family } from "./catalogue-types.ts";
import { estimateSamples, MAX_SAMPLES_PER_QUERY, type SeriesCounts, samplesOf, windowFor } from "./estimate.ts";
import { planQueries, splitQuery } from "./plan-queries.ts";
import { intervalFrom, isThere, namesToProbe, type Presence, presenceQueries, toPresence } from "./presence.ts";
import { listSelectors } from "./selector.ts";

/** A cluster of so many nodes whose Prometheus has everything, scraped every `interval` seconds. */
function presenceOf(nodes: number, podsPerNode: number, interval: number): Presence {
  const pods = nodes * podsPerNode;
  const byName = new Map(
    namesToProbe()
      // Recorded series are there only where somebody applied the offered rules.
      .filter((name) => !name.includes(":"))
      .map((name) => [name, name.startsWith("container_") ? nodes + pods * 3 : nodes] as const),
  );
  byName.set("node_cpu_seconds_total", nodes * 64 * 8);
  const families: readonly Family[] = [
    "kubelet",
    "nodeExporter",
    "kubeStateMetrics",
    "gpu",
    "flows",
    "controlPlane",
    "prices",
  ];
  return {
    counts: { byName, rootRows: nodes, podRows: pods, containerRows: pods * 2 },
    intervalSeconds: new Map(families.map((family) => [family, interval])),
    shards: { label: "node", values: Array.from({ length: nodes }, (_, at) => `node-${at}`) },
  };
}

describe("the arithmetic of samples", () => {
  it.each([
    [1000, 300, 30, 10_000],
    [1000, 100, 30, 4000], // a started interval counts
    [1000, null, 30, 1000],
    [0, 300, 30, 0],
    [10, 10, 60, 10], // a window below the interval still reads one sample
  ])("%i series over %s s every %i s", (series, window, interval, expected) => {
    expect(samplesOf(series, window, interval)).toBe(expected);
  });
  it("adds every selector, and windows only where there is one", () => {
    const counts: SeriesCounts = {
      byName: new Map([
        ["a_total", 100],
        ["b", 10],
        ["container_x_total", 1000],
      ]),
      rootRows: 5,
      podRows: 300,
      containerRows: 600,
    };
    expect(estimateSamples("sum(rate(a_total[2m])) / count(b)", counts, 120, 30)).toBe(410);
    expect(estimateSamples('rate(container_x_total{id="/"}[2m])', counts, 120, 30)).toBe(20);
    expect(estimateSamples('rate(container_x_total{pod!="",container=""}[2m])', counts, 120, 30)).toBe(1200);
    expect(estimateSamples('count({__name__=~"a_total|b"})', counts, 120, 30)).toBe(110);
  });
  it.each([
    [15, 60, 60],
    [30, 60, 120],
    [60, 60, 240],
    [10, 300, 300],
    [24, 60, 105], // rounded up to 15 s
  ])("a scrape every %i s with a floor of %i s gets a window of %i s", (interval, floor, expected) => {
    expect(windowFor(interval, floor)).toBe(expected);
  });
  it.each([
    [20, 4, 30],
    [600 / 15, 8, 15],
    [10, 2, 60],
    [5, 1, 120],
    [6, 6, 20], // scraped for two minutes only
    [undefined, undefined, null],
  ])("%s samples in ten minutes and %s in two", (ten, two, expected) => {
    expect(intervalFrom(ten, two)).toBe(expected);
  });
});

describe("a plan", () => {
  it("of a small cluster asks each catalogue entry once", () => {
    const presence = presenceOf(20, 30, 30);
    for (const query of CATALOGUE) {
      const plan = planQueries(query, presence, 20, { names: "KubeletPSI" });
      expect([query.id, plan.queries.length, plan.tooHeavy.length]).toEqual([query.id, 1, 0]);
    }
  });
  it("of 5,000 nodes and 150,000 pods stays below the limit of samples, query by query and read by read", () => {
    const presence = presenceOf(5000, 30, 30);
    const fast = CATALOGUE.filter(({ cadence, level }) => cadence === "fast" && level !== "flow");
    const plans = fast.map((query) => planQueries(query, presence, 5000));
    const queries = plans.flatMap((plan) => plan.queries);
    expect(queries.every(({ estimatedSamples }) => estimatedSamples <= MAX_SAMPLES_PER_QUERY)).toBe(true);
    expect(plans.flatMap(({ tooHeavy }) => tooHeavy)).toEqual([]);
    expect(queries.length).toBeLessThanOrEqual(20);
  });
  it("divides by node what is too much for one query, every node exactly once", () => {
    const plan = planQueries(podUseQuery, presenceOf(5000, 30, 30), 5000);
    const cpu = plan.queries.filter(({ parts }) => parts[0]?.part.id === "cpuUsedCores");
    expect(cpu.length).toBeGreaterThan(1);
    const nodes = cpu.flatMap(({ promql }) =>
      listSelectors(promql).flatMap(
        ({ matchers }) => matchers.find(({ label }) => label === "node")?.value.split("|") ?? [],
      ),
    );
    expect(nodes).toHaveLength(5000);
    expect(new Set(nodes).size).toBe(5000);
  });
  it("says so when it cannot divide", () => {
    const presence = { ...presenceOf(5000, 200, 5), shards: null };
    expect(planQueries(podPressureQuery, presence, 5000).tooHeavy).toHaveLength(6);
  });
  it("asks for recorded shares where the rules run, at one sample per pod", () => {
    const plain = presenceOf(5000, 30, 30);
    const byName = new Map(plain.counts.byName);
    for (const name of namesToProbe()) if (name.includes(":")) byName.set(name, 150_000);
    const recorded = { ...plain, counts: { ...plain.counts, byName } };
    const samples = (presence: Presence) =>
      planQueries(podPressureQuery, presence, 5000).queries.reduce((sum, query) => sum + query.estimatedSamples, 0);
    expect(samples(recorded)).toBe(6 * 150_000);
    expect(samples(plain)).toBe(4 * samples(recorded));
    expect(planQueries(podPressureQuery, recorded, 5000).queries[0]?.promql).not.toContain("rate(");
  });
  it("takes the first source that is there and names what has none", () => {
    const only = toPresence(new Map([["container_oom_events_total", 10]]), []);
    const plan = planQueries(podEventQuery, only, 1);
    expect(plan.queries[0]?.promql).toContain("container_oom_events_total");
    expect(plan.withoutSource.map(({ id }) => id)).toEqual(["restartsPerSecond"]);
  });
  it("leaves the costly CPU figure out where cAdvisor speaks for all nodes", () => {
    const asks = (presence: Presence) =>
      planQueries(nodeQuery, presence, 20).queries.some(({ promql }) => promql.includes("node_cpu_seconds_total"));
    const all = presenceOf(20, 30, 30);
    expect(asks(all)).toBe(false);
    expect(asks({ ...all, counts: { ...all.counts, rootRows: 0 } })).toBe(true);
  });
  it("can be halved when the server chokes on one part", () => {
    const [whole] = planQueries(podPressureQuery, presenceOf(2, 2, 30), 2).queries;
    if (whole === undefined) throw new Error("nothing planned");
    const halves = splitQuery(podPressureQuery, whole);
    expect(halves?.flatMap(({ parts }) => parts.map(({ part }) => part.id))).toEqual(
      whole.parts.map(({ part }) => part.id),
    );
  });
});

describe("the presence probe", () => {
  it("asks small clusters once and large ones in parts, for every name once", () => {
    expect(presenceQueries(20)).toHaveLength(1);
    const parts = presenceQueries(5000);
    expect(parts).toHaveLength(4);
    const names = parts.flatMap((expr) => listSelectors(expr)[0]?.matchers[0]?.value.split("|") ?? []);
    expect([...names].sort()).toEqual([...namesToProbe()]);
  });
  it("tells kinds of rows, intervals and batches from the shape", () => {
    const row = (part: string, value: number, labels = {}) => ({ labels: { sluice_part: part, ...labels }, value });
    const presence = toPresence(new Map([["container_memory_working_set_bytes", 9]]), [
      row("rows:pod", 3),
      row("ten.kubelet", 20),
      row("targets", 1, { instance: "10.0.0.1:10250" }),
      row("targets", 1, { instance: "10.0.0.2:10250" }),
    ]);
    expect(isThere(presence, "rows:pod")).toBe(true);
    expect(isThere(presence, "rows:root")).toBe(false); // the stack drops the node's own rows
    expect(presence.intervalSeconds.get("kubelet")).toBe(30);
    expect(presence.shards).toEqual({ label: "instance", values: ["10.0.0.1:10250", "10.0.0.2:10250"] });
  });
});

describe("the catalogue", () => {
  it("uses nothing newer than PromQL 2.42", () => {
    const newer =
      /\b(limitk|limit_ratio|info|double_exponential_smoothing|sort_by_label|mad_over_time|histogram_avg|ts_of_|@ (start|end)|fill)\b/;
    for (const { parts } of CATALOGUE)
      for (const { variants } of parts) for (const { expr } of variants) expect(expr).not.toMatch(newer);
  });
  it("has every entry in two languages with its sources, and part ids that are unique", () => {
    for (const { id, title, needs, sources, parts } of CATALOGUE) {
      expect([title.en, title.zh, needs.en, needs.zh, sources[0]].every((text) => (text ?? "").length > 0)).toBe(true);
      expect([id, new Set(parts.map((part) => part.id)).size]).toEqual([id, parts.length]);
    }
    expect(new Set(CATALOGUE.map(({ id }) => id)).size).toBe(CATALOGUE.length);
  });
  it("never adds up shares of time", () => {
    const shares = CATALOGUE.flatMap(({ parts }) => parts).filter(
      ({ metric }) => metric?.endsWith("WaitingRatio") || metric?.endsWith("StalledRatio"),
    );
    expect(shares.length).toBeGreaterThan(15);
    for (const { variants } of shares) for (const { expr } of variants) expect(expr).not.toMatch(/\bsum\b/);
  });
});
