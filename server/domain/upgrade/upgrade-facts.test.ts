import { describe, expect, it } from "vitest";
import { aKubelet, aNode, anEvent, aPod, aSnapshot, aTemplate, TEST_NOW } from "../../testing/builders/index.ts";
import { evaluateGates } from "../gates/gate-state.ts";
import { planUpgrade } from "./plan.ts";
import { toUpgradeFacts } from "./upgrade-facts.ts";

describe("the facts of the planner", () => {
  const nodes = Array.from({ length: 60 }, (_, index) =>
    aNode({ name: `node-${index}`, kernelVersion: index % 2 === 0 ? "4.18.0" : "6.8.0" }),
  );
  it("tell equal nodes once, and the plan still counts every one", () => {
    const snapshot = aSnapshot({
      nodes,
      kubelets: nodes.map(({ name }) => aKubelet({ nodeName: name, cgroupVersion: 2 })),
    });
    const facts = toUpgradeFacts(snapshot);
    expect(facts.nodes.map((group) => [group.count, group.names.length])).toEqual([
      [30, 20],
      [30, 20],
    ]);
    const gateStates = evaluateGates(snapshot, "1.35");
    const plan = planUpgrade({ facts, gateStates, target: "1.35", now: TEST_NOW });
    const old = plan.items.find((item) => item.key === "kernel-old");
    expect(old).toMatchObject({ count: 30, evidenceTotal: 30 });
    expect(old?.evidence).toHaveLength(20);
    expect(plan.effort.parts.find((part) => part.key === "effort-node-tens")?.count).toBe(6);
  });
  it("take a warning event for cgroup v1 where the kubelet was not read", () => {
    const event = anEvent({ reason: "CgroupV1", involved: { kind: "Node", namespace: "", name: "node-a" } });
    const [group] = toUpgradeFacts(
      aSnapshot({ nodes: [aNode({ name: "node-a" })], kubelets: [], events: [event] }),
    ).nodes;
    expect(group).toMatchObject({ cgroupVersion: 1, names: ["node-a"] });
  });
  it("count pods that a drain would lose without keeping them", () => {
    const bare = Array.from({ length: 50 }, (_, index) => aPod({ name: `bare-${index}`, owner: null }));
    const scratch = aPod({ template: aTemplate({ hasEmptyDir: true }) });
    const facts = toUpgradeFacts(aSnapshot({ pods: [...bare, scratch] }));
    expect(facts.barePods).toMatchObject({ total: 50 });
    expect(facts.barePods.named).toHaveLength(20);
    expect(facts.scratchPodCount).toBe(1);
  });
  it("say which parts were not read, and a day later that they are old", () => {
    const snapshot = aSnapshot({}, { podDisruptionBudgets: "forbidden" });
    const facts = toUpgradeFacts(snapshot);
    expect(facts.parts.podDisruptionBudgets).toMatchObject({ isRead: false, why: "forbidden" });
    const later = new Date(snapshot.takenAt.getTime() + 30 * 3_600_000);
    const plan = planUpgrade({ facts, gateStates: evaluateGates(snapshot, "1.35"), target: "1.35", now: later });
    expect(plan.items.find((item) => item.key === "facts-stale")).toMatchObject({
      severity: "unknown",
      params: { hours: 30 },
    });
  });
});
