import { describe, expect, it } from "vitest";
import { listShippedPrices } from "../collect/prices/shipped-prices.ts";
import { openPriceBook } from "../domain/cost/price-book.ts";
import type { NodeFacts } from "../domain/snapshot.ts";
import { aDevice, amounts, aNode, aResourceSlice, aSnapshot } from "../testing/builders/index.ts";
import { priceDevices } from "./gpu-devices.ts";
import { priceNodesOn } from "./price-nodes.ts";

const GIB = 2 ** 30;
const book = openPriceBook(
  listShippedPrices().map((entry, id) => ({ ...entry, id, origin: "shipped" })),
  "USD",
);
const node = (over: Partial<NodeFacts> = {}): NodeFacts =>
  aNode({
    name: "n1",
    instanceType: null,
    labels: {},
    capacity: amounts({ cpuCores: 96, memoryBytes: 1024 * GIB }),
    ...over,
  });
/** As AMD's driver publishes: a type of its own, the product's name with underscores, no UUID, size 0. */
const published = (names: readonly string[], type: string, more: Record<string, string> = {}, driver = "gpu.amd.com") =>
  aResourceSlice({
    driver,
    poolName: "n1",
    nodeName: "n1",
    devices: names.map((name) =>
      aDevice({
        name,
        attributes: { type, productName: "AMD_Instinct_MI300X_OAM", ...more },
        capacity: { memory: 0 },
      }),
    ),
  });
const priced = (one: NodeFacts, slices: readonly ReturnType<typeof published>[]) => {
  const prices = priceNodesOn(aSnapshot({ nodes: [one], resourceSlices: [...slices] }), book, "2026-11-22");
  return { node: prices.detailOf("n1"), device: priceDevices([one], slices, prices).get("n1") ?? null };
};
const shipped = (key: string) => listShippedPrices().find((entry) => entry.key === key)?.price ?? Number.NaN;

describe("devices that only a DRA driver publishes", () => {
  it("have the price of their model, and their node that of all of them", () => {
    const found = priced(node(), [published(["gpu-0-128", "gpu-1-129"], "amdgpu")]);
    expect(found.device?.costPerHour).toBe(shipped("AMD Instinct MI300X"));
    expect(found.node?.parts.gpu?.costPerHour).toBe(2 * shipped("AMD Instinct MI300X"));
  });
  it("are counted as cards where partitions are published", () => {
    const bus = { "resource.kubernetes.io/pciBusID": "0000:11:00.0" };
    const found = priced(node(), [published(["gpu-0-128", "gpu-1-129"], "amdgpu-partition", bus)]);
    expect(found.node?.parts.gpu?.costPerHour).toBe(shipped("AMD Instinct MI300X"));
  });
  it("of a model that the book does not have take the price of any device, as a plugin's do", () => {
    const slice = published(["gpu-0"], "amdgpu", { productName: "AMD Radeon Fictional" });
    expect(priced(node(), [slice]).device?.costPerHour).toBe(
      priced(node({ capacity: amounts({ cpuCores: 96, memoryBytes: 1024 * GIB, extended: { "amd.com/gpu": 1 } }) }), [])
        .device?.costPerHour,
    );
  });
  it("leave a node's own price as it is and take the share of it that their price weighs", () => {
    const found = priced(node({ instanceType: "m6i.24xlarge" }), []);
    expect(found.node?.parts.gpu).toBeNull();
    const snapshot = aSnapshot({ nodes: [node({ instanceType: "p5.48xlarge" })] });
    const aws = { ...snapshot, cluster: { ...snapshot.cluster, provider: "aws" } };
    const slices = [published(["gpu-0"], "gpu", { productName: "NVIDIA H100 80GB HBM3" }, "gpu.nvidia.com")];
    const before = priceNodesOn(aws, book, "2026-11-22").detailOf("n1");
    const after = priceNodesOn(aSnapshotWith(aws, slices), book, "2026-11-22").detailOf("n1");
    expect(after?.costPerHour).toBe(before?.costPerHour);
    expect(before?.parts.gpu).toBeNull();
    expect(after?.parts.gpu?.costPerHour).toBeGreaterThan(0);
  });
  it("of drivers of other things change nothing", () => {
    expect(priced(node(), [published(["nic-0"], "nic", {}, "dra.net")]).node?.parts.gpu).toBeNull();
  });
});

function aSnapshotWith(
  snapshot: ReturnType<typeof aSnapshot>,
  slices: readonly ReturnType<typeof published>[],
): ReturnType<typeof aSnapshot> {
  return {
    ...snapshot,
    parts: { ...snapshot.parts, resourceSlices: aSnapshot({ resourceSlices: [...slices] }).parts.resourceSlices },
  };
}
