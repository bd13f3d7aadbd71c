import { describe, expect, it } from "vitest";
import type { EntityLevel, MetricId } from "../../domain/metrics.ts";
import { SampleTable } from "./entity-samples.ts";
import type { PodOwner } from "./labels.ts";

const owner = (name: string, nodeName = "new"): PodOwner => ({
  workload: { kind: "Deployment", namespace: "shop", name },
  nodeName,
  isHostNetwork: false,
  holdsDevice: null,
});
const OWNERS: Readonly<Record<string, PodOwner>> = {
  a1: owner("a"),
  a2: owner("a"),
  b1: owner("b"),
  v1: owner("v", "old"),
};
const open = () =>
  new SampleTable({
    resolveNode: ({ node }) => node ?? null,
    podOwner: (_, pod) => OWNERS[pod] ?? null,
    hasPressure: (node) => (node === "new" ? true : node === "old" ? false : null),
  });
const pod = (name: string, value: number) => ({ labels: { namespace: "shop", pod: name }, value });
const read = (table: SampleTable, level: EntityLevel, name: string, metric: MetricId) =>
  table.finish().samples.find(({ entity }) => entity.level === level && entity.name === name)?.values[metric];

describe("workloads from pods", () => {
  it("add up what is used and take the worst of what stalls", () => {
    const table = open();
    table.addPodRows("cpuUsedCores", [pod("a1", 1), pod("a2", 2), pod("b1", 4), pod("stranger", 8)], null);
    table.addPodRows("memoryWaitingRatio", [pod("a1", 0.1), pod("a2", 0.3)], null);
    expect(read(table, "workload", "a", "cpuUsedCores")).toBe(3);
    expect(read(table, "namespace", "shop", "cpuUsedCores")).toBe(15); // the stranger has no owner but a namespace
    expect(read(table, "workload", "a", "memoryWaitingRatio")).toBe(0.3);
  });
  it("get no sum from a list that was cut, but the worst is still right", () => {
    const table = open();
    table.addPodRows("swapUsedBytes", [pod("a1", 100)], 50);
    table.addPodRows("ioWaitingRatio", [pod("a1", 0.4)], 0.2);
    expect(read(table, "pod", "a1", "swapUsedBytes")).toBe(100);
    expect(read(table, "workload", "a", "swapUsedBytes")).toBeUndefined();
    expect(read(table, "workload", "a", "ioWaitingRatio")).toBe(0.4);
    expect(table.finish().cuts).toEqual([
      { metric: "swapUsedBytes", level: "pod", belowValue: 50, keptCount: 1 },
      { metric: "ioWaitingRatio", level: "pod", belowValue: 0.2, keptCount: 1 },
    ]);
  });
  it("get their sum when all that was cut off is zero", () => {
    const table = open();
    table.addPodRows("swapUsedBytes", [pod("a1", 100), pod("a2", 0)], 0);
    expect(read(table, "workload", "a", "swapUsedBytes")).toBe(100);
  });
});

describe("what is not a measurement", () => {
  it("is a zero of pressure on cgroup v1, while a real zero stays", () => {
    const table = open();
    table.addPodRows("cpuWaitingRatio", [pod("v1", 0), pod("a1", 0)], null);
    expect(read(table, "pod", "v1", "cpuWaitingRatio")).toBeUndefined();
    expect(read(table, "pod", "a1", "cpuWaitingRatio")).toBe(0);
    table.addNodeRows("ioWaitingRatio", true, [
      { labels: { node: "old" }, value: 0 },
      { labels: { node: "new" }, value: 0 },
      { labels: { node: "unheard-of" }, value: 0 },
    ]);
    expect(["old", "new", "unheard-of"].map((name) => read(table, "node", name, "ioWaitingRatio"))).toEqual([
      undefined,
      0,
      undefined,
    ]);
  });
  it("is a negative or infinite value, and a row without a node: left out and counted", () => {
    const table = open();
    table.addNodeRows("cpuUsedCores", false, [
      { labels: { node: "new" }, value: Number.POSITIVE_INFINITY },
      { labels: { node: "old" }, value: -1 },
      { labels: {}, value: 1 },
    ]);
    expect(table.finish().samples).toEqual([]);
    expect(table.unplacedCount).toBe(3);
  });
});

it("the first source with a value for a node wins, and shares of time end at 1", () => {
  const table = open();
  table.addNodeRows("memoryWaitingRatio", false, [{ labels: { node: "new" }, value: 1.02 }]);
  table.addNodeRows("memoryWaitingRatio", true, [
    { labels: { node: "new" }, value: 0.5 },
    { labels: { node: "old" }, value: 0.6 },
  ]);
  expect(read(table, "node", "new", "memoryWaitingRatio")).toBe(1);
  expect(read(table, "node", "old", "memoryWaitingRatio")).toBe(0.6);
});
