import { describe, expect, it } from "vitest";
import { type HolderHours, rankWaste } from "./waste.ts";

const holder = (over: Partial<HolderHours>): HolderHours => ({
  cluster: "c",
  namespace: "ml",
  kind: "Deployment",
  name: "w",
  team: "ml",
  model: "A100",
  deviceCount: 1,
  hours: { active: 10 },
  cost: 30,
  idleCost: 0,
  activityRatio: 0.8,
  ...over,
});

describe("waste of held devices", () => {
  it.each([
    ["idle all the time: release", { hours: { "held-idle": 24 }, idleCost: 72, activityRatio: 0 }, "release", 72],
    [
      "several, half of them idle: shrink",
      { deviceCount: 4, hours: { active: 50, "held-idle": 46 }, idleCost: 138 },
      "shrink",
      138,
    ],
    ["busy at a fifth: share, at most the unused part", { activityRatio: 0.2, cost: 100 }, "share", 80],
    [
      "silent: find out, without a figure",
      { hours: { "held-unknown": 24 }, idleCost: null, activityRatio: null },
      "find-out",
      null,
    ],
  ] as const)("%s", (_, over, verb, wastedCost) => {
    expect(rankWaste([holder(over)])[0]).toMatchObject({ verb, wastedCost });
  });
  it("leaves a busy holder and one seen for a moment alone", () => {
    expect(rankWaste([holder({}), holder({ hours: { "held-idle": 0.01 } })])).toEqual([]);
  });
  it("ranks the dearest first and what has no figure last", () => {
    const rows = [
      holder({ name: "silent", hours: { "held-unknown": 9 } }),
      holder({ name: "cheap", hours: { "held-idle": 9 }, idleCost: 1 }),
      holder({ name: "dear", hours: { "held-idle": 9 }, idleCost: 9 }),
    ];
    expect(rankWaste(rows).map((row) => row.name)).toEqual(["dear", "cheap", "silent"]);
  });
});
