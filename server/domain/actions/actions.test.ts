import { describe, expect, it } from "vitest";
import { chooseActions } from "./choose-actions.ts";
import { rightSize, type WorkloadUse } from "./right-size.ts";

const use = (over: Partial<WorkloadUse> = {}): WorkloadUse => ({
  cpuCoresRequested: 10,
  memoryBytesRequested: 1000,
  cpuCoresP95: 2,
  memoryBytesMax: 400,
  cpuWaitingRatioMax: 0.01,
  cpuThrottledRatioMax: 0,
  memoryWaitingRatioMax: 0,
  oomKillCount: 0,
  hourCount: 400,
  ...over,
});

describe("right-sizing", () => {
  it("leaves room above what was used", () => {
    expect(rightSize(use())).toEqual({
      cpuCores: 2.4,
      memoryBytes: 500,
      confidence: "high",
      risk: "medium",
      guards: [],
    });
  });
  it.each<[string, Partial<WorkloadUse>, Partial<ReturnType<typeof rightSize>>]>([
    ["CPU while tasks wait for it", { cpuWaitingRatioMax: 0.3 }, { cpuCores: null, guards: ["cpu-waits"] }],
    ["CPU while it is throttled", { cpuThrottledRatioMax: 0.2 }, { cpuCores: null, guards: ["cpu-throttled"] }],
    [
      "memory while tasks wait for it",
      { memoryWaitingRatioMax: 0.05 },
      { memoryBytes: null, guards: ["memory-waits"] },
    ],
    ["memory after a kill", { oomKillCount: 1 }, { memoryBytes: null, guards: ["oom"] }],
    ["what was not measured", { cpuCoresP95: null }, { cpuCores: null }],
    ["what has no request", { memoryBytesRequested: null }, { memoryBytes: null }],
    ["a cut below a fifth", { memoryBytesMax: 700 }, { memoryBytes: null }],
  ])("does not cut %s", (_, over, expected) => expect(rightSize(use(over))).toMatchObject(expected ?? {}));
  it("says nothing from a few hours", () => expect(rightSize(use({ hourCount: 10 }))).toBeNull());
  it("trusts a week less than two", () => expect(rightSize(use({ hourCount: 200 }))?.confidence).toBe("medium"));
});

describe("choosing actions that do not overlap", () => {
  it("takes the one that brings more of two that touch the same", () => {
    const chosen = chooseActions([
      { id: "shrink", touches: ["a"], costPerMonth: 5 },
      { id: "release", touches: ["a"], costPerMonth: 20 },
      { id: "other", touches: ["b"], costPerMonth: 1 },
    ]);
    expect([...chosen].sort()).toEqual(["other", "release"]);
  });
});
