import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AllocatedNode, type AllocatedPod, allocate } from "./allocate.ts";
import { GIB_BYTES, gpuPriceKeys, type PricedNode, priceNode } from "./node-price.ts";
import { openPriceBook, type PriceRow } from "./price-book.ts";

let nextId = 1;
const row = (over: Partial<PriceRow>): PriceRow => ({
  id: nextId++,
  provider: "aws",
  region: "",
  kind: "node",
  key: "m6i.xlarge",
  unit: "hour",
  price: 0.2,
  currency: "USD",
  validFrom: "2026-01-01",
  validTo: null,
  origin: "shipped",
  source: "test",
  ...over,
});
const ask = { provider: "aws", region: "us-east-1", kind: "node", key: "m6i.xlarge", on: "2026-11-22" } as const;

describe("the price book", () => {
  it.each([
    ["the region's row before the provider's", [row({ price: 1 }), row({ region: "us-east-1", price: 2 })], 2],
    ["the provider's before anybody's", [row({ provider: "any", price: 1 }), row({ price: 2 })], 2],
    [
      "an edited row before a shipped one",
      [row({ price: 1 }), row({ price: 2, origin: "edited", validFrom: "2025-01-01" })],
      2,
    ],
    ["of two the one that began last", [row({ price: 1 }), row({ price: 2, validFrom: "2026-06-01" })], 2],
    ["no row that has ended", [row({ price: 1, validTo: "2026-11-22" })], null],
    ["no row that has not begun", [row({ price: 1, validFrom: "2026-11-23" })], null],
    ["keys in any case", [row({ key: "M6I.XLARGE", price: 3 })], 3],
  ])("finds %s", (_, rows, expected) => {
    expect(openPriceBook(rows, "USD").find(ask)?.price ?? null).toBe(expected);
  });
  it("converts only through a dated exchange row", () => {
    const euro = row({ currency: "EUR", price: 10 });
    const rate = row({ provider: "any", kind: "exchange", key: "EUR", price: 1.1, unit: "exchange" });
    expect(openPriceBook([euro], "USD").amount(euro, ask.on)).toBeNull();
    expect(openPriceBook([euro, rate], "USD").amount(euro, ask.on)).toBeCloseTo(11);
  });
});

describe("a node's price", () => {
  const node: PricedNode = {
    name: "n",
    instanceType: "m6i.xlarge",
    region: "us-east-1",
    capacityType: "on-demand",
    cpuCores: 4,
    memoryBytes: 16 * GIB_BYTES,
    gpuCount: 0,
    gpuModel: null,
  };
  const resources = [
    row({ kind: "resource", key: "cpu", price: 0.03 }),
    row({ kind: "resource", key: "memory", price: 0.005 }),
  ];

  it("is its instance type's, split by the resources' ratio", () => {
    const price = priceNode(node, "aws", openPriceBook([row({ price: 0.4 }), ...resources], "USD"), ask.on);
    expect(price).toMatchObject({ basis: "instance-type", costPerHour: 0.4 });
    expect(price?.parts.cpu?.costPerHour).toBeCloseTo(0.24);
    expect(price?.parts.memory?.costPerHour).toBeCloseTo(0.16);
  });
  it("is put together from resources when its type is unknown, and says so", () => {
    const price = priceNode({ ...node, instanceType: null }, "aws", openPriceBook(resources, "USD"), ask.on);
    expect(price?.basis).toBe("per-resource");
    expect(price?.costPerHour).toBeCloseTo(0.2);
  });
  it("is unknown, not 0, without any row, and for spot without a spot row", () => {
    expect(priceNode(node, "aws", openPriceBook([], "USD"), ask.on)).toBeNull();
    const book = openPriceBook([row({ price: 0.4 }), ...resources], "USD");
    expect(priceNode({ ...node, capacityType: "spot" }, "aws", book, ask.on)).toBeNull();
  });
});

describe("allocation", () => {
  const node = (over: Partial<AllocatedNode["resources"]> = {}): AllocatedNode => ({
    name: "n",
    resources: { cpu: { capacity: 10, allocatable: 9, costPerHour: 1 }, memory: null, gpu: null, ...over },
  });
  const pod = (owner: string, requested: number, used: number | null): AllocatedPod => ({
    owner,
    nodeName: "n",
    demands: { cpu: { requested, used }, memory: null, gpu: null },
  });
  const shares = (pods: AllocatedPod[]) =>
    Object.fromEntries(
      allocate([node()], pods).map((line) => [
        `${line.share}/${line.owner ?? ""}`,
        Math.round(line.fraction * 1e6) / 1e6,
      ]),
    );

  it("charges the larger of request and use and keeps the rest apart", () => {
    expect(shares([pod("a", 4, 1), pod("b", 1, 2)])).toEqual({
      "used/a": 0.1,
      "requested-unused/a": 0.3,
      "used/b": 0.2,
      "overhead/": 0.1,
      "unallocated/": 0.3,
    });
  });
  it("does not call unmeasured requests unused", () => {
    expect(shares([pod("a", 4, null)])).toEqual({
      "requested-unmeasured/a": 0.4,
      "overhead/": 0.1,
      "unallocated/": 0.5,
    });
  });
  it("squeezes an over-committed node into what it costs", () => {
    expect(shares([pod("a", 9, 9), pod("b", 0, 9)])).toEqual({ "used/a": 0.45, "used/b": 0.45, "overhead/": 0.1 });
  });
  it("adds up to the node whatever its pods do", () => {
    const amount = fc.double({ min: 0, max: 30, noNaN: true });
    const pods = fc.array(
      fc.record({ owner: fc.constantFrom("a", "b", "c"), requested: amount, used: fc.option(amount) }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(
        pods,
        fc.double({ min: 0.1, max: 20, noNaN: true }),
        fc.double({ min: 0, max: 20, noNaN: true }),
        (given, capacity, allocatable) => {
          const lines = allocate(
            [node({ cpu: { capacity, allocatable, costPerHour: 3.7 } })],
            given.map((entry) => pod(entry.owner, entry.requested, entry.used)),
          );
          expect(lines.reduce((sum, line) => sum + line.fraction, 0)).toBeCloseTo(1, 9);
          expect(lines.reduce((sum, line) => sum + (line.costPerHour ?? 0), 0)).toBeCloseTo(3.7, 9);
          expect(lines.every((line) => line.fraction >= 0)).toBe(true);
        },
      ),
    );
  });
  it("without a price the parts are known and the cost is not", () => {
    const [line] = allocate([node({ cpu: { capacity: 10, allocatable: 10, costPerHour: null } })], []);
    expect(line).toMatchObject({ fraction: 1, costPerHour: null });
  });
});

describe("names of device models in a price book", () => {
  it.each([
    ["NVIDIA-A100-SXM4-40GB", "NVIDIA A100 40GB"],
    ["NVIDIA-H100-80GB-HBM3", "NVIDIA H100 80GB"],
    ["NVIDIA-A100-SXM4-40GB-MIG-1g.5gb", "NVIDIA A100 40GB"],
    ["NVIDIA-A10G-SHARED", "NVIDIA A10G"],
    ["Tesla-T4", "Tesla T4"],
    ["AMD_Instinct_MI300X_OAM", "AMD Instinct MI300X"],
  ])("finds %s as %s", (model, key) => {
    expect(gpuPriceKeys(model)).toContain(key);
    expect(gpuPriceKeys(model)[0]).toBe(model);
  });
});
