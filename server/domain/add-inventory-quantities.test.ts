import { describe, expect, it } from "vitest";
import { addInventoryQuantities } from "./add-inventory-quantities.ts";
import type { EntitySample } from "./metrics.ts";

const node = (name: string, values: EntitySample["values"]): EntitySample => ({
  entity: { level: "node", namespace: "", kind: "", name, container: "" },
  values,
});
const capacity = (name: string) => ({ name, cpuCores: 4, memoryBytes: 100, swapBytes: null });
const request = (nodeName: string, name: string, cpuCores: number | null) => ({
  nodeName,
  namespace: "shop",
  kind: "Deployment",
  name,
  cpuCores,
  memoryBytes: null,
  podCount: 2,
});

describe("samples with requests and capacity", () => {
  const result = addInventoryQuantities(
    [node("a", { cpuUsedCores: 1 }), node("b", {})],
    [capacity("a"), capacity("b")],
    [request("a", "web", 2), request("b", "web", 1), request("b", "bare", null)],
  );
  const find = (level: string, name: string) =>
    result.find((sample) => sample.entity.level === level && sample.entity.name === name)?.values;

  it("carry both at the node", () => {
    expect(find("node", "a")).toEqual({
      cpuUsedCores: 1,
      cpuCapacityCores: 4,
      memoryCapacityBytes: 100,
      cpuRequestedCores: 2,
      memoryRequestedBytes: 0,
    });
  });
  it("add requests and pods up per workload, requests per namespace", () => {
    expect(find("workload", "web")).toEqual({ cpuRequestedCores: 3, replicaCount: 4 });
    expect(find("namespace", "shop")).toEqual({ cpuRequestedCores: 3 });
    expect(find("workload", "bare")).toEqual({ replicaCount: 2 });
  });
  it("give the cluster only sums that every node has", () => {
    expect(find("cluster", "")).toEqual({
      cpuCapacityCores: 8,
      memoryCapacityBytes: 200,
      cpuRequestedCores: 3,
      memoryRequestedBytes: 0,
    });
  });
});
