import { describe, expect, it } from "vitest";
import { type DeviceOffer, type HolderHours, rankWaste } from "./waste.ts";

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
  isHeldNow: true,
  sharing: "exclusive",
  profile: null,
  memoryUsedBytes: 4e9,
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

describe("a cheaper place", () => {
  const offer = (over: Partial<DeviceOffer>): DeviceOffer => ({
    cluster: "c",
    vendor: "nvidia",
    model: "A100",
    profile: null,
    memoryBytes: 80e9,
    costPerHour: 4,
    ...over,
  });
  const lazy = holder({ activityRatio: 0.08, cost: 100 });
  const a10 = offer({ model: "A10", memoryBytes: 24e9, costPerHour: 1 });
  const verbOf = (own: HolderHours, offers: readonly DeviceOffer[]) => rankWaste([own], offers)[0];

  it("is the cheapest model that the memory fits, without a figure: its speed is not known", () => {
    const l4 = offer({ model: "L4", memoryBytes: 24e9, costPerHour: 0.7 });
    expect(verbOf(lazy, [offer({}), a10, l4])).toMatchObject({
      verb: "cheaper-model",
      wastedCost: null,
      noFigure: "other-model",
      target: { model: "L4", costPerHour: 0.7 },
    });
  });
  it.each<[string, Partial<HolderHours>, DeviceOffer]>([
    ["too little memory", { memoryUsedBytes: 22e9 }, a10],
    ["memory that nobody told", { memoryUsedBytes: null }, a10],
    ["a price that is hardly lower", {}, { ...a10, costPerHour: 3.5 }],
    ["no price", {}, { ...a10, costPerHour: null }],
    ["another cluster", {}, { ...a10, cluster: "d" }],
    ["another vendor", {}, { ...a10, vendor: "amd" }],
    ["too much work", { activityRatio: 0.2 }, a10],
  ])("is not one with %s: then sharing is left", (_, over, other) => {
    expect(verbOf({ ...lazy, ...over }, [offer({}), other])?.verb).toBe("share");
  });
  it("is a smaller instance of the card, and what it saves follows from the slices", () => {
    const mig = holder({ sharing: "mig", profile: "3g.20gb", activityRatio: 0.1, cost: 90, memoryUsedBytes: 6e9 });
    const offers = [
      offer({ profile: "2g.10gb", memoryBytes: 10e9 }),
      offer({ profile: "1g.5gb", memoryBytes: 5e9 }),
      offer({ profile: "4g.20gb", memoryBytes: 20e9 }),
    ];
    const found = verbOf(mig, offers);
    expect(found).toMatchObject({ verb: "cheaper-model", target: { profile: "2g.10gb" }, noFigure: null });
    expect(found?.wastedCost).toBeCloseTo(30, 9);
    expect(rankWaste([{ ...mig, memoryUsedBytes: 9e9 }], offers)).toEqual([]);
  });
  it("is not offered to those who share in turns already", () => {
    for (const sharing of ["time-slicing", "mps", "shared-claim"] as const)
      expect(rankWaste([{ ...lazy, sharing }], [offer({}), a10])).toEqual([]);
  });
});

describe("a claim that no pod uses", () => {
  it("is to be fixed, and everything it cost is lost, whatever the device says", () => {
    const claim = holder({
      kind: "ResourceClaim",
      name: "left-over",
      hours: { "held-unknown": 24 },
      cost: 72,
      activityRatio: null,
    });
    expect(rankWaste([claim])[0]).toMatchObject({ verb: "fix-claim", wastedCost: 72 });
    expect(rankWaste([{ ...claim, cost: null }])[0]).toMatchObject({ wastedCost: null, noFigure: "no-price" });
  });
});
