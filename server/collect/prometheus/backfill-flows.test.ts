import { describe, expect, it } from "vitest";
import { planFlowBackfill } from "./backfill-flows.ts";
import type { Presence } from "./presence.ts";

const HOUR = 3_600;
const presence = (counts: Readonly<Record<string, number>>): Presence => ({
  counts: { byName: new Map(Object.entries(counts)), rootRows: null, podRows: null, containerRows: null },
  intervalSeconds: new Map([["flows", 60]]),
  shards: null,
});
const plan = (counts: Readonly<Record<string, number>>, historySeconds = 30 * 86_400) =>
  planFlowBackfill({ nowSeconds: 1_795_330_000, historySeconds, presence: presence(counts) });

describe("the past of the flows", () => {
  it("is planned in whole hours without gap or overlap, newest first, for thirty days", () => {
    const chunks = plan({ beyla_network_flow_bytes_total: 300 });
    const hours = chunks.flatMap((chunk) => {
      const list: number[] = [];
      for (let at = chunk.endSeconds; at >= chunk.startSeconds; at -= HOUR) list.push(at);
      return list;
    });
    expect(hours.every((at) => at % HOUR === 0)).toBe(true);
    expect(hours.every((at, index) => index === 0 || (hours[index - 1] ?? 0) - at === HOUR)).toBe(true);
    expect(hours.length).toBeGreaterThanOrEqual(718);
    expect(hours.length).toBeLessThanOrEqual(720);
    expect(chunks[0]?.parts[0]?.promql).toContain("[3600s]");
  });
  it("asks the one source that live reads use", () => {
    const chunks = plan({
      netobserv_workload_ingress_bytes_total: 10,
      netobserv_workload_egress_bytes_total: 10,
      netobserv_agent_sampling_rate: 3,
    });
    expect(new Set(chunks.map((chunk) => chunk.adapter))).toEqual(new Set(["netobserv"]));
    expect(chunks[0]?.parts.map((part) => part.id)).toContain("samplingRate");
  });
  it("is empty where there is no source", () => expect(plan({ up: 3 })).toEqual([]));
  it("shrinks windows and spans for a large cluster, and reads at most five million samples at once", () => {
    const chunks = plan({ beyla_network_flow_bytes_total: 150_000 });
    const first = chunks[0];
    const points = first === undefined ? 0 : (first.endSeconds - first.startSeconds) / HOUR + 1;
    const window = Number(/\[(\d+)s\]/.exec(first?.parts[0]?.promql ?? "")?.[1]);
    expect(points).toBeGreaterThan(0);
    expect(150_000 * (window / 60) * points).toBeLessThanOrEqual(5_000_000);
  });
});
