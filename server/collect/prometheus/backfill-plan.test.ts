import { describe, expect, it } from "vitest";
import { backfillProgress, nextChunk, planBackfill, toHistorySeconds } from "./backfill-plan.ts";
import { MAX_SAMPLES_PER_QUERY } from "./estimate.ts";
import { namesToProbe, type Presence } from "./presence.ts";

const DAY = 86_400;
const NOW = 1_795_262_437; // not on a step
function presenceOf(nodes: number, pods: number, interval: number): Presence {
  return {
    counts: {
      byName: new Map(namesToProbe().map((name) => [name, name.startsWith("container_") ? pods * 3 : nodes])),
      rootRows: nodes,
      podRows: pods,
      containerRows: pods * 2,
    },
    intervalSeconds: new Map([
      ["kubelet", interval],
      ["nodeExporter", interval],
    ]),
    shards: null,
  };
}
const plan = (nodes: number, pods: number, interval = 30, historySeconds = 90 * DAY) =>
  planBackfill({ nowSeconds: NOW, historySeconds, presence: presenceOf(nodes, pods, interval), nodeCount: nodes });

describe.each([
  ["a small cluster", 5, 50, 30],
  ["5,000 nodes and 150,000 pods", 5000, 150_000, 30],
  ["the same scraped every 10 s", 5000, 150_000, 10],
])("the backfill of %s", (_, nodes, pods, interval) => {
  const { chunks, left } = plan(nodes, pods, interval);

  it("covers 30 days of each quantity, every step once", () => {
    expect(left).toEqual([]);
    const steps = new Map<string, number[]>();
    for (const chunk of chunks) {
      const moments = steps.get(`${chunk.level}/${chunk.metric}`) ?? [];
      for (let at = chunk.startSeconds; at <= chunk.endSeconds; at += chunk.stepSeconds) moments.push(at);
      steps.set(`${chunk.level}/${chunk.metric}`, moments);
    }
    expect(new Set(chunks.map(({ level }) => level))).toEqual(new Set(["node", "namespace", "workload"]));
    for (const moments of steps.values()) {
      expect(new Set(moments).size).toBe(moments.length);
      expect(moments.length).toBe((2 * DAY) / 300 + (28 * DAY) / 3600);
      expect(Math.max(...moments)).toBe(Math.floor(NOW / 300) * 300);
      expect(Math.min(...moments)).toBeGreaterThan(NOW - 30 * DAY - 3600);
    }
  });
  it("keeps each chunk within points and samples, aligned, newest first", () => {
    const wrong = chunks.filter(
      (chunk) =>
        (chunk.endSeconds - chunk.startSeconds) / chunk.stepSeconds + 1 > 11_000 ||
        chunk.estimatedSamples > MAX_SAMPLES_PER_QUERY ||
        chunk.startSeconds % chunk.stepSeconds !== 0 ||
        chunk.endSeconds % chunk.stepSeconds !== 0 ||
        chunk.windowSeconds < 4 * interval ||
        /\$(window|top|names)/.test(chunk.promql),
    );
    expect(wrong).toEqual([]);
    const ends = chunks.map(({ endSeconds }) => endSeconds);
    expect(ends).toEqual([...ends].sort((a, b) => b - a));
  });
});

it.each([0, 1, 22, 25, 55, 56, 59])("leaves no hour without a point when asked at minute %i", (minute) => {
  const nowSeconds = Math.floor(NOW / 3600) * 3600 + minute * 60 + 7;
  const input = { nowSeconds, historySeconds: 90 * DAY, presence: presenceOf(5, 50, 30), nodeCount: 5 };
  const hours = new Set<number>();
  for (const chunk of planBackfill(input).chunks) {
    if (chunk.level !== "node" || chunk.metric !== "cpuUsedCores") continue;
    for (let at = chunk.startSeconds; at <= chunk.endSeconds; at += chunk.stepSeconds)
      hours.add(chunk.stepSeconds === 3600 ? at / 3600 - 1 : Math.floor(at / 3600));
  }
  const sorted = [...hours].sort((a, b) => a - b);
  expect(sorted.length).toBeGreaterThan(29 * 24);
  // The hour that has just begun has its first point after five minutes.
  expect(sorted.at(-1)).toBeGreaterThanOrEqual(Math.floor((nowSeconds - 300) / 3600));
  expect(sorted.filter((hour, index) => index > 0 && hour - (sorted[index - 1] ?? 0) !== 1)).toEqual([]);
});

describe("a backfill that was interrupted", () => {
  it("goes on with what is open, and the plan stays the same", () => {
    const first = plan(5, 50);
    expect(plan(5, 50).chunks.map(({ id }) => id)).toEqual(first.chunks.map(({ id }) => id));
    expect(new Set(first.chunks.map(({ id }) => id)).size).toBe(first.chunks.length);
    const done = new Set(first.chunks.slice(0, 3).map(({ id }) => id));
    expect(nextChunk(first, done)).toBe(first.chunks[3]);
    expect(backfillProgress(first, done)).toMatchObject({ doneCount: 3, totalCount: first.chunks.length });
    expect(backfillProgress({ chunks: [], left: [] }, done).doneRatio).toBe(1);
  });
  it("asks no further back than there is data", () => {
    const { chunks } = plan(5, 50, 30, 6 * 3600);
    expect(Math.min(...chunks.map(({ startSeconds }) => startSeconds))).toBeGreaterThan(NOW - 6 * 3600 - 300);
    expect(toHistorySeconds([{ labels: { sluice_part: "168" } }, { labels: { sluice_part: "24" } }])).toBe(7 * DAY);
    expect(toHistorySeconds([])).toBe(0);
  });
  it("names the quantities that this Prometheus cannot fill", () => {
    const presence: Presence = {
      ...presenceOf(5, 50, 30),
      counts: { byName: new Map([["node_memory_SwapTotal_bytes", 5]]), rootRows: 0, podRows: 0, containerRows: 0 },
    };
    const { left } = planBackfill({ nowSeconds: NOW, historySeconds: DAY, presence, nodeCount: 5 });
    expect(left).toContainEqual({ level: "workload", metric: "cpuUsedCores", why: "no-series" });
  });
});
