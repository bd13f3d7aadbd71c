import { describe, expect, it } from "vitest";
import { type StageMap, saySentence, stageReached, toFunnelSteps } from "./feature-sentence.ts";

const met = { state: "met", met: null, of: null } as const;
const ALL_MET: StageMap = { available: met, enabled: met, ready: met, adopted: met, effective: met };

describe("the funnel of a cell", () => {
  it("marks an inferred stage and counts it as met", () => {
    const steps = toFunnelSteps({ ...ALL_MET, ready: { state: "inferred", met: null, of: null } });
    expect(steps[2]).toMatchObject({ stage: "ready", state: "met", isInferred: true });
  });

  it("does not call a stage unmet that was never reached because the feature is off", () => {
    const steps = toFunnelSteps({
      ...ALL_MET,
      enabled: { state: "not-met", met: 0, of: 3 },
      adopted: { state: "not-met", met: 0, of: 9 },
      effective: { state: "unknown", met: null, of: null },
    });
    expect(steps.map(({ state }) => state)).toEqual(["met", "not-met", "met", "not-reached", "not-reached"]);
  });

  it("keeps unknown apart from unmet where nothing before is false", () => {
    const steps = toFunnelSteps({ ...ALL_MET, effective: { state: "unknown", met: null, of: null } });
    expect(steps[4]?.state).toBe("unknown");
  });
});

describe("the stage that a feature has reached", () => {
  it("is the last before one that is known false", () => {
    expect(stageReached({ ...ALL_MET, effective: { state: "not-met", met: 0, of: 3 } })).toBe("adopted");
    expect(stageReached({ ...ALL_MET, available: { state: "not-met", met: null, of: null } })).toBeNull();
  });
  it("passes over a stage that could not be read when a later one is met", () => {
    expect(stageReached({ ...ALL_MET, ready: { state: "unknown", met: null, of: null } })).toBe("effective");
  });
});

describe("a sentence of the rules", () => {
  const words = {
    en: { share: "{met} of {of} {unit}", pods: "pods" },
    zh: { share: "{of} 个{unit}中有 {met} 个", pods: "Pod" },
  };
  it("fills its places and translates the unit", () => {
    expect(saySentence(words, "share", { met: 1, of: 4, unit: "pods" }, "zh-CN")).toBe("4 个Pod中有 1 个");
  });
  it("counts in words: one in the singular, and bytes with their unit", () => {
    const counted = {
      en: { waits: "{count} {count|claim waits|claims wait} for {bytes}; {of} {unit}", pods: "{of|pod|pods}" },
      zh: {},
    };
    const say = (count: number) =>
      saySentence(counted, "waits", { count, bytes: 3 * 2 ** 30, of: count, unit: "pods" }, "en");
    expect(say(1)).toBe("1 claim waits for 3 GiB; 1 pod");
    expect(say(2)).toBe("2 claims wait for 3 GiB; 2 pods");
  });
  it("leaves a place without a value in sight", () => {
    expect(saySentence(words, "share", { met: 1, unit: "pods" }, "en")).toBe("1 of {of} pods");
  });
});
