import { describe, expect, it } from "vitest";
import type { PressureSeries } from "#server/contract/pressure-places.ts";
import { eventMoments, pathOf, toLanes } from "./timeline-lanes.ts";

const pair = { attention: 0.1, critical: 0.4 };
const both = { waiting: pair, stalled: pair };
const limits = { cpu: both, memory: both, io: both };
const series = (metric: PressureSeries["metric"], values: readonly (number | null)[]): PressureSeries => ({
  metric,
  container: "",
  values: [...values],
});
const lanes = (...list: PressureSeries[]) => toLanes({ series: list, limits }, { cpuCores: 2, memoryBytes: 100 });

describe("lanes of one time axis", () => {
  it("say how far a stall went by its limits, and leave holes open", () => {
    const [lane] = lanes(series("memoryWaitingRatio", [0, 0.05, 0.1, 0.5, null]));
    expect(lane).toMatchObject({ id: "memory", levels: [0, 1, 2, 3, null], peak: 0.5, peakIndex: 3 });
  });
  it("measure use against its bound, and leave the lane out where there is none", () => {
    const use = series("memoryWorkingSetBytes", [50, 75, 95, 100]);
    expect(lanes(use)[0]).toMatchObject({ id: "memory-use", values: [0.5, 0.75, 0.95, 1], levels: [0, 1, 2, 3] });
    expect(toLanes({ series: [use], limits }, { cpuCores: null, memoryBytes: null })).toEqual([]);
  });
  it("draw every kill in full, whatever its rate", () => {
    expect(lanes(series("oomKillsPerSecond", [0, 0.0001, 0]))[0]?.levels).toEqual([0, 3, 0]);
  });
  it("add swap in and out up without making a hole a zero", () => {
    const [lane] = lanes(
      series("swapInBytesPerSecond", [1, null, null]),
      series("swapOutBytesPerSecond", [2, 4, null]),
    );
    expect(lane?.values).toEqual([3, 4, null]);
  });
  it("leave out what has no sample at all", () => {
    expect(lanes(series("ioWaitingRatio", [null, null]))).toEqual([]);
  });
});

describe("a lane's drawing", () => {
  it("joins neighbours of one level into one box", () => {
    expect(pathOf([3, 3, 0, 3], 3)).toBe("M0 0h2v1h-2zM3 0h1v1h-1z");
    expect(pathOf([0, null], 2)).toBe("");
  });
});

describe("marks of events", () => {
  it("stand at the first step of each run", () => {
    expect(eventMoments([0, 1, 1, null, 2, 0], 1000, 60)).toEqual([61_000, 241_000]);
    expect(eventMoments(undefined, 0, 60)).toEqual([]);
  });
});
