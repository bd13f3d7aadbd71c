import { describe, expect, it } from "vitest";
import { aNode, aPod, aSnapshot } from "../testing/builders/index.ts";
import { refuseImplausible } from "./plausible.ts";

describe("an implausible inventory", () => {
  it("loses the part that cannot be true and nothing else", () => {
    const { parts } = aSnapshot({ namespaces: [], nodes: [], pods: [aPod({ nodeName: "n1" })] });
    const kept = refuseImplausible(parts);
    expect(kept.namespaces).toMatchObject({ state: "unknown", reason: "malformed" });
    expect(kept.nodes).toMatchObject({ state: "unknown", reason: "malformed" });
    expect(kept.pods).toBe(parts.pods);
  });
  it("passes a cluster whose nodes have all gone", () => {
    const { parts } = aSnapshot({ nodes: [], pods: [aPod({ nodeName: null })] });
    expect(refuseImplausible(parts).nodes).toMatchObject({ state: "value", value: [] });
  });
  it("passes an ordinary one unchanged", () => {
    const { parts } = aSnapshot({ nodes: [aNode()] });
    expect(refuseImplausible(parts)).toEqual(parts);
  });
});
