import { describe, expect, it } from "vitest";
import { limitedSwapBytes } from "./limited-swap.ts";

const GIB = 1024 ** 3;
const node = { memoryCapacityBytes: 16 * GIB, swapCapacityBytes: 8 * GIB, swapBehavior: "LimitedSwap" };
const container = { memoryRequestedBytes: 4 * GIB, memoryLimitBytes: 6 * GIB };
const burstable = { qosClass: "Burstable", isCritical: false };

describe("the kubelet's limit of swap for a container", () => {
  it("is its request's share of the node's memory, taken of the swap", () => {
    expect(limitedSwapBytes(container, burstable, node)).toBe(2 * GIB);
  });
  it.each([
    ["a guaranteed pod", container, { ...burstable, qosClass: "Guaranteed" }, node],
    ["a best-effort pod", container, { ...burstable, qosClass: "BestEffort" }, node],
    ["a critical pod", container, { ...burstable, isCritical: true }, node],
    ["a request that equals the limit", { ...container, memoryLimitBytes: 4 * GIB }, burstable, node],
    ["a limit without a request", { memoryRequestedBytes: null, memoryLimitBytes: 4 * GIB }, burstable, node],
    ["neither request nor limit", { memoryRequestedBytes: null, memoryLimitBytes: null }, burstable, node],
    ["a node with NoSwap", container, burstable, { ...node, swapBehavior: "NoSwap" }],
  ])("is 0 for %s", (_, given, pod, on) => {
    expect(limitedSwapBytes(given, pod, on)).toBe(0);
  });
  it("is not known while the kubelet's policy or the node's size is not", () => {
    expect(limitedSwapBytes(container, burstable, { ...node, swapBehavior: null })).toBeNull();
    expect(limitedSwapBytes(container, burstable, { ...node, memoryCapacityBytes: null })).toBeNull();
    expect(limitedSwapBytes(container, burstable, { ...node, swapBehavior: null, swapCapacityBytes: 0 })).toBe(0);
  });
});
