import { describe, expect, it } from "vitest";
import { absorbedBySwap, policyBreaches } from "./swap-absorption.ts";

const GIB = 1024 ** 3;
const node = { memoryCapacityBytes: 16 * GIB, swapCapacityBytes: 8 * GIB, swapBehavior: "NoSwap" };
const facts = {
  container: { memoryRequestedBytes: 2 * GIB, memoryLimitBytes: 4 * GIB },
  pod: { qosClass: "Burstable", isCritical: false },
  node,
  growthBytesPerSecond: GIB / 600,
};

describe("an OOM kill that LimitedSwap might have absorbed", () => {
  it("is told with the swap that the rule allows and the time that it buys", () => {
    expect(absorbedBySwap(facts)).toEqual({
      verdict: "might",
      swapBytes: GIB,
      isAssumedSwap: false,
      boughtSeconds: 600,
    });
  });
  it("assumes a quarter of the memory as swap where the node has none, and says so", () => {
    expect(absorbedBySwap({ ...facts, node: { ...node, swapCapacityBytes: 0 } })).toMatchObject({
      swapBytes: GIB / 2,
      isAssumedSwap: true,
      boughtSeconds: 300,
    });
  });
  it("promises no time where memory did not grow or was not measured", () => {
    expect(absorbedBySwap({ ...facts, growthBytesPerSecond: null })).toMatchObject({ boughtSeconds: null });
    expect(absorbedBySwap({ ...facts, growthBytesPerSecond: -5 })).toMatchObject({ boughtSeconds: null });
  });
  it("is not one where it could swap already", () => {
    expect(absorbedBySwap({ ...facts, node: { ...node, swapBehavior: "LimitedSwap" } })).toEqual({
      verdict: "had-swap",
      swapBytes: GIB,
    });
  });
  it.each([
    ["qos", { pod: { qosClass: "Guaranteed", isCritical: false } }],
    ["critical", { pod: { qosClass: "Burstable", isCritical: true } }],
    ["request-is-limit", { container: { memoryRequestedBytes: null, memoryLimitBytes: 4 * GIB } }],
    ["no-request", { container: { memoryRequestedBytes: null, memoryLimitBytes: null } }],
  ])("is not one for %s", (reason, change) => {
    expect(absorbedBySwap({ ...facts, ...change })).toEqual({ verdict: "not-eligible", reason });
  });
  it("is not known without the class of the pod or the size of the node", () => {
    expect(absorbedBySwap({ ...facts, pod: { qosClass: null, isCritical: false } })).toEqual({ verdict: "unknown" });
    expect(absorbedBySwap({ ...facts, node: { ...node, memoryCapacityBytes: null } })).toEqual({ verdict: "unknown" });
  });
});

describe("nodes off their policy", () => {
  const on = (behavior: string | null, swapCapacityBytes: number | null = GIB, pool = "a") => ({
    pool,
    behavior,
    swapCapacityBytes,
    swapUsedBytes: 0,
  });
  it("are those that differ from most of their pool, not from other pools", () => {
    expect(policyBreaches([on("LimitedSwap"), on("LimitedSwap"), on("NoSwap"), on("NoSwap", GIB, "b")])).toEqual([
      null,
      null,
      "differs-from-pool",
      null,
    ]);
  });
  it("are not told where half of a pool has each", () => {
    expect(policyBreaches([on("LimitedSwap"), on("NoSwap")])).toEqual([null, null]);
  });
  it("are those with a policy and no swap, or swap and no known policy", () => {
    expect(policyBreaches([on("LimitedSwap", 0), on(null), on(null, 0)])).toEqual([
      "limited-without-swap",
      "policy-unknown",
      null,
    ]);
  });
});
