import { describe, expect, it } from "vitest";
import { aKubelet, aNode, anEvent, aSnapshot } from "../../../testing/builders/index.ts";
import { judge } from "../../../testing/builders/judge.ts";
import { cgroupV2 as check } from "./cgroup-v2.ts";

const nodes = [aNode({ name: "node-a" }), aNode({ name: "node-b" })];
const kubelets = (...versions: (1 | 2 | null)[]) =>
  versions.map((cgroupVersion, at) => aKubelet({ nodeName: nodes[at]?.name ?? "", cgroupVersion }));

describe("cgroup v2", () => {
  it.each([
    ["on every node", [2, 2], "effective"],
    ["on some nodes", [2, 1], "in-use"],
    ["on no node", [1, 1], "ready-unused"],
    ["on nodes that do not tell", [null, null], "unknown"],
  ] as const)("%s", (_what, versions, verdict) => {
    expect(judge(check, aSnapshot({ nodes, kubelets: kubelets(...versions) })).verdict).toBe(verdict);
  });
  it("names the nodes that will not start from 1.35 on", () => {
    const outcome = judge(check, aSnapshot({ nodes, kubelets: kubelets(2, 1) }));
    expect(outcome.blockers).toMatchObject([
      { key: "v1-nodes", severity: "blocking", evidence: [{ subject: "node/node-b" }] },
      { key: "v1-tolerated" },
    ]);
  });
  it("takes the kubelet's warning event for a v1 node", () => {
    const events = [anEvent({ reason: "CgroupV1", involved: { kind: "Node", namespace: "", name: "node-a" } })];
    expect(judge(check, aSnapshot({ nodes, kubelets: kubelets(null, 2), events })).adoption).toMatchObject({
      numerator: 1,
      denominator: 2,
    });
  });
  it("is not applicable without Linux nodes and unknown without kubelets", () => {
    expect(judge(check, aSnapshot({ nodes: [aNode({ operatingSystem: "windows" })] })).verdict).toBe("not-applicable");
    expect(judge(check, aSnapshot({ nodes }, { kubelets: "not-configured" })).stages.adopted.unknownReason).toBe(
      "kubelets: not-configured",
    );
  });
});
