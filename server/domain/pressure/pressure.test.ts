import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AlertRule, type AlertState, nextAlert, QUIET } from "./alerting.ts";
import { DEFAULT_SCALING, replayAutoscaling } from "./autoscale-replay.ts";
import { classifyPressure, looksIdleButStalls } from "./classify.ts";
import { type Series, summarize } from "./series.ts";
import { pearson, rankSuspects } from "./suspects.ts";

const START = new Date("2026-11-22T00:00:00Z");
const series = (values: (number | null)[], stepSeconds = 60): Series => ({ startAt: START, stepSeconds, values });
const times = (count: number, value: number | null) => Array.from({ length: count }, () => value);

describe("pressure pattern", () => {
  it.each([
    ["calm below the limit", times(60, 0.01), "calm"],
    ["a spike is short", [...times(50, 0), 0.9, 0.9, ...times(8, 0)], "spike"],
    ["three runs recur", [0.9, 0, 0, 0.9, 0, 0, 0.9, ...times(20, 0)], "recurring"],
    ["a quarter of an hour lasts", [...times(40, 0), ...times(15, 0.5)], "lasting"],
    ["above half of the time lasts", [0.5, 0, 0.5, 0.5], "lasting"],
    ["a gap ends a run", [...times(8, 0.5), null, ...times(8, 0.5), ...times(40, 0)], "spike"],
    ["mostly gaps say nothing", [...times(30, null), 0, 0], "unknown"],
    ["no samples say nothing", [], "unknown"],
  ])("%s", (_, values, expected) => {
    expect(classifyPressure(series(values), 0.2).pattern).toBe(expected);
  });
});

describe("looks idle but stalls", () => {
  const limits = { memory: 0.05, io: 0.1 };
  it("is true when CPU is low and I/O waits", () => {
    expect(
      looksIdleButStalls({ cpuUsedCores: 1, cpuCapacityCores: 16, memoryWaitingRatio: 0, ioWaitingRatio: 0.4 }, limits),
    ).toBe(true);
  });
  it("is unknown without a CPU figure", () => {
    expect(
      looksIdleButStalls(
        { cpuUsedCores: null, cpuCapacityCores: 16, memoryWaitingRatio: 0, ioWaitingRatio: 0.4 },
        limits,
      ),
    ).toBeNull();
  });
});

describe("summaries", () => {
  it("count gaps as gaps", () => {
    expect(summarize(series([1, null, 3]))).toMatchObject({ coveredSeconds: 120, mean: 2, max: 3 });
    expect(summarize(series([null]))).toMatchObject({ coveredSeconds: 0, mean: null, max: null });
  });
});

describe("suspects", () => {
  const stall = series([0, 0, 0.5, 0.6, 0, 0, 0.7, 0.5, 0, 0]);
  it("names the neighbour that worked while the victim waited", () => {
    const noisy = { id: "noisy", usage: series([1, 1, 8, 9, 1, 1, 9, 8, 1, 1]) };
    const steady = { id: "steady", usage: series([4, 4.1, 4, 4.1, 4, 4.1, 4, 4, 4.1, 4]) };
    const [first] = rankSuspects(stall, [steady, noisy], 0.2);
    expect(first).toMatchObject({ id: "noisy", strength: "strong", usageDuringStall: 8.5, usageOtherwise: 1 });
  });
  it("says nothing on too few common samples", () => {
    expect(rankSuspects(stall, [{ id: "x", usage: series([1, 2, 3]) }], 0.2)).toEqual([]);
  });
  it("keeps r within −1 and 1", () => {
    const pair = fc.tuple(
      fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
      fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
    );
    fc.assert(
      fc.property(fc.array(pair, { minLength: 2, maxLength: 40 }), (pairs) => {
        const r = pearson(pairs);
        expect(r === null || (r >= -1 && r <= 1)).toBe(true);
      }),
    );
  });
});

describe("replaying an autoscaler", () => {
  const settings = { ...DEFAULT_SCALING, minReplicas: 2, maxReplicas: 10, targetRatio: 0.2 };
  const replicas = (count: number, stepSeconds = 60) => series(times(count, 2), stepSeconds);

  it("scales on lasting pressure up to what spreads it below the target", () => {
    const replay = replayAutoscaling(series(times(30, 0.6)), replicas(30), settings);
    expect(replay.events[0]).toMatchObject({ from: 2, to: 6 });
    expect(replay.peakReplicas).toBe(6);
  });
  it("a stabilisation window keeps one spike from buying replicas", () => {
    const spike = series([...times(10, 0.1), 0.9, ...times(30, 0.1)]);
    expect(replayAutoscaling(spike, replicas(41), settings).peakReplicas).toBe(9);
    const calm = { ...settings, scaleUpStabilizationSeconds: 180 };
    expect(replayAutoscaling(spike, replicas(41), calm).events).toEqual([]);
  });
  it("scales down only after the window has passed", () => {
    const replay = replayAutoscaling(series([...times(5, 0.6), ...times(20, 0)]), replicas(25), settings);
    const down = replay.events.find((event) => event.to < event.from);
    expect(down?.at.getTime()).toBe(START.getTime() + 10 * 60_000);
  });
  it("holds still where samples are missing and says how many", () => {
    const replay = replayAutoscaling(series([0.6, null, null]), replicas(3), settings);
    expect(replay.missingSteps).toBe(2);
    expect(replay.replicas).toEqual([6, 6, 6]);
  });
  it("never leaves its bounds", () => {
    const ratios = fc.array(fc.option(fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 60 });
    fc.assert(
      fc.property(ratios, (values) => {
        const replay = replayAutoscaling(series(values), replicas(values.length), settings);
        expect(replay.replicas.every((count) => count >= 2 && count <= 10)).toBe(true);
      }),
    );
  });
});

describe("an alert", () => {
  const rule: AlertRule = { id: "r", fireAt: 0.2, clearAt: 0.1, forSeconds: 120 };
  const run = (values: (number | null)[]) => {
    let state: AlertState = QUIET;
    return values.map((value, minute) => {
      const step = nextAlert(rule, state, value, new Date(START.getTime() + minute * 60_000));
      state = step.state;
      return step.change;
    });
  };
  it("fires once after its wait and clears once below the lower limit", () => {
    expect(run([0.3, 0.3, 0.3, 0.3, 0.15, 0.05, 0.05, 0.05])).toEqual([
      null,
      null,
      "fired",
      null,
      null,
      null,
      null,
      "cleared",
    ]);
  });
  it("is not fired by a spike and not cleared by silence", () => {
    expect(run([0.3, 0.1, 0.3])).toEqual([null, null, null]);
    expect(run([0.3, 0.3, 0.3, null, null, null, null])).toEqual([null, null, "fired", null, null, null, null]);
  });
});
