import { describe, expect, it } from "vitest";
import { type GpuChunk, planGpuBackfill, runGpuChunk } from "./backfill-gpu.ts";
import type { Presence } from "./presence.ts";
import { QueryBudget } from "./query-budget.ts";

const HOUR = 3_600;
const NOW = 1_795_330_000;
const presence = (counts: Readonly<Record<string, number>>): Presence => ({
  counts: { byName: new Map(Object.entries(counts)), rootRows: null, podRows: null, containerRows: null },
  intervalSeconds: new Map([["gpu", 30]]),
  shards: null,
});
const plan = (
  counts: Readonly<Record<string, number>>,
  over: { historySeconds?: number; liveFromSeconds?: number } = {},
) =>
  planGpuBackfill({
    nowSeconds: NOW,
    historySeconds: 30 * 86_400,
    liveFromSeconds: null,
    presence: presence(counts),
    ...over,
  });
const hoursOf = (chunks: readonly GpuChunk[]) =>
  chunks.flatMap((chunk) => {
    const list: number[] = [];
    for (let at = chunk.endSeconds; at >= chunk.startSeconds; at -= HOUR) list.push(at);
    return list;
  });

describe("the past of accelerators", () => {
  it("is planned in whole hours without gap or overlap, newest first, for thirty days", () => {
    const hours = hoursOf(plan({ DCGM_FI_PROF_GR_ENGINE_ACTIVE: 64, DCGM_FI_DEV_GPU_UTIL: 64 }));
    expect(hours.every((at, index) => at % HOUR === 0 && (index === 0 || (hours[index - 1] ?? 0) - at === HOUR))).toBe(
      true,
    );
    expect(hours.length).toBeGreaterThanOrEqual(718);
    expect(hours.length).toBeLessThanOrEqual(720);
  });
  it("ends where live recording began, so that no hour is written twice", () => {
    const liveFromSeconds = Math.floor(NOW / HOUR) * HOUR - 5 * HOUR;
    expect(hoursOf(plan({ DCGM_FI_DEV_GPU_UTIL: 8 }, { liveFromSeconds }))[0]).toBe(liveFromSeconds);
  });
  it("reaches no further back than Prometheus does", () => {
    expect(hoursOf(plan({ DCGM_FI_DEV_GPU_UTIL: 8 }, { historySeconds: 6 * HOUR })).length).toBeLessThanOrEqual(6);
  });
  it("asks every activity that live reads use, AMD's under the prefix that is there", () => {
    const parts = plan({ DCGM_FI_PROF_SM_ACTIVE: 4, DCGM_FI_DEV_GPU_UTIL: 4, amd_gpu_gfx_activity: 8 })[0]?.parts ?? [];
    expect(parts.map((part) => part.id)).toEqual(["nvidia.smActive", "nvidia.util", "amd.activity"]);
    expect(parts[2]?.promql).toContain("avg_over_time(amd_gpu_gfx_activity[3600s])");
  });
  it("is empty where no exporter is", () => expect(plan({ up: 3 })).toEqual([]));
  it("shrinks windows and spans for many devices", () => {
    const first = plan({ DCGM_FI_PROF_GR_ENGINE_ACTIVE: 100_000, DCGM_FI_DEV_GPU_UTIL: 100_000 })[0];
    expect(first?.parts[0]?.promql).not.toContain("[3600s]");
    expect(((first?.endSeconds ?? 0) - (first?.startSeconds ?? 0)) / HOUR + 1).toBeLessThan(3);
  });
  it("tells devices of each hour apart by the rules of live reads", async () => {
    const [chunk] = plan({ DCGM_FI_PROF_GR_ENGINE_ACTIVE: 2 }, { historySeconds: 3 * HOUR });
    if (chunk === undefined) throw new Error("a chunk is due");
    const at = chunk.endSeconds;
    const row = (pod: string, points: [number, number][]) => ({
      labels: {
        UUID: "GPU-1",
        gpu: "0",
        Hostname: "n1",
        exported_pod: pod,
        exported_namespace: "ml",
        pod: "dcgm-exporter-x",
        namespace: "gpu",
      },
      points,
    });
    const answer = [
      row("train-0", [[at - HOUR, 0.5]]),
      row("train-1", [
        [at - HOUR, 0.5],
        [at, Number.NaN],
      ]),
      row("serve-0", [[at, 0.9]]),
    ];
    const hours = await runGpuChunk(
      {
        range: async () => ({
          data: answer,
          noValueCount: 0,
          malformedCount: 0,
          partial: null,
          receivedBytes: 0,
          durationSeconds: 0,
        }),
      },
      chunk,
      { resolveNode: () => "n1", podOwner: () => null, budget: new QueryBudget() },
      undefined,
    );
    expect(
      hours.map((hour) => [
        (hour.hourAtSeconds - at) / HOUR,
        hour.samples.map((device) => [device.activityRatio, device.holders.map((holder) => holder.pod)]),
      ]),
    ).toEqual([
      [-2, [[0.5, ["train-0", "train-1"]]]],
      [-1, [[0.9, ["serve-0"]]]],
    ]);
  });
});
