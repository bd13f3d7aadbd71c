import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type RepackNode, type RepackPod, repackNodes } from "./repack-nodes.ts";

const aNode = (name: string, over: Partial<RepackNode> = {}): RepackNode => ({
  name,
  group: "general",
  cpuCores: 10,
  memoryBytes: 10,
  podCount: 110,
  costPerHour: 1,
  isRemovable: true,
  ...over,
});
const aPod = (nodeName: string, size: number, over: Partial<RepackPod> = {}): RepackPod => ({
  nodeName,
  cpuCores: size,
  memoryBytes: size,
  isMovable: true,
  ...over,
});

describe("repacking nodes", () => {
  it("takes away the node whose pods fit elsewhere, and says what it cost", () => {
    const result = repackNodes([aNode("a"), aNode("b")], [aPod("a", 5), aPod("b", 2), aPod("b", 2)]);
    expect(result).toEqual({ removed: ["b"], costPerHour: 1, unpricedCount: 0 });
  });
  it("frees nothing when no node can go", () => {
    expect(repackNodes([aNode("a"), aNode("b")], [aPod("a", 6), aPod("b", 6)]).removed).toEqual([]);
  });
  it.each<[string, RepackNode[], RepackPod[]]>([
    ["another pool's room", [aNode("a"), aNode("b", { group: "memory" })], [aPod("a", 1), aPod("b", 1)]],
    [
      "a node with a pod that must stay",
      [aNode("a"), aNode("b")],
      [aPod("a", 8.5), aPod("b", 1, { isMovable: false })],
    ],
    ["the last node of a group", [aNode("a")], []],
    ["a node that must stay", [aNode("a", { isRemovable: false }), aNode("b", { isRemovable: false })], []],
    [
      "room for a tenth pod in nine",
      [aNode("a", { podCount: 1 }), aNode("b", { podCount: 1 })],
      [aPod("a", 1), aPod("b", 1)],
    ],
  ])("does not use %s", (_, nodes, pods) => {
    const { removed } = repackNodes(nodes, pods);
    expect(removed).toEqual([]);
  });
  it("counts a node without a price apart from the money", () => {
    expect(repackNodes([aNode("a", { costPerHour: null }), aNode("b")], [aPod("b", 1)])).toMatchObject({
      removed: ["a"],
      costPerHour: 0,
      unpricedCount: 1,
    });
  });
  it("never removes so much that the pods would not fit, and smaller requests never free less", () => {
    const fleet = fc.record({
      count: fc.integer({ min: 1, max: 8 }),
      sizes: fc.array(fc.tuple(fc.nat(7), fc.double({ min: 0.1, max: 2, noNaN: true })), { maxLength: 30 }),
    });
    fc.assert(
      fc.property(fleet, ({ count, sizes }) => {
        const nodes = Array.from({ length: count }, (_, index) => aNode(`n${index}`));
        const pods = sizes.map(([index, size]) => aPod(`n${index % count}`, size));
        const left = count - repackNodes(nodes, pods).removed.length;
        expect(left).toBeGreaterThanOrEqual(1);
        const load = pods.reduce((sum, pod) => sum + pod.cpuCores, 0);
        // Nodes that were over-full before stay as they are; everything else is at most nine tenths full.
        if (left < count) expect(left * 20).toBeGreaterThanOrEqual(load);
        const empty = repackNodes(nodes, []);
        expect(empty.removed.length).toBe(count - 1);
      }),
    );
  });
});
