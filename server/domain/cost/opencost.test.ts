import { describe, expect, it } from "vitest";
import { type AllocatedNode, type AllocatedPod, allocate } from "./allocate.ts";
import { GIB_BYTES, priceNode } from "./node-price.ts";
import { toExportedRows } from "./opencost-prices.ts";
import { openPriceBook, type PriceRow } from "./price-book.ts";
import { chargeVolumes } from "./volume-costs.ts";

const ON = "2026-11-10";
let nextId = 1;
const row = (over: Partial<PriceRow>): PriceRow => ({
  id: nextId++,
  provider: "any",
  region: "",
  kind: "resource",
  key: "cpu",
  unit: "core-hour",
  price: 0.031611,
  currency: "USD",
  validFrom: "2025-01-01",
  validTo: null,
  origin: "shipped",
  source: "OpenCost default price file",
  ...over,
});
/** configs/default.json of OpenCost: CPU 0.031611 a core-hour, RAM 0.004237 a GiB-hour, storage 0.04 a GiB-month at 730 h. */
const DEFAULTS = [
  row({}),
  row({ key: "memory", unit: "GiB-hour", price: 0.004237 }),
  row({ key: "gpu", unit: "hour", price: 0.95 }),
];
const aNode = { name: "n", region: null, capacityType: null, gpuCount: 0, gpuModel: null } as const;

/**
 * The specification's own words: asset cost = CPU + RAM + GPU cost; workload cost = max(request, usage) × hours × price; idle cost =
 * asset cost − workload cost; PersistentVolumes by requested capacity.
 */
describe("OpenCost's formula on worked examples", () => {
  it("prices a node without a row of its own by its cores and GiB", () => {
    const book = openPriceBook(DEFAULTS, "USD");
    const price = priceNode({ ...aNode, instanceType: null, cpuCores: 4, memoryBytes: 16 * GIB_BYTES }, null, book, ON);
    // 4 × 0.031611 + 16 × 0.004237
    expect(price?.costPerHour).toBeCloseTo(0.194236, 9);
  });
  it("splits a node's price in the ratio of the resource prices, so that cores × CPU + GiB × RAM is the node (appendix A)", () => {
    const book = openPriceBook(
      [...DEFAULTS, row({ provider: "aws", kind: "node", key: "m6i.xlarge", unit: "hour", price: 0.192 })],
      "USD",
    );
    const price = priceNode(
      { ...aNode, instanceType: "m6i.xlarge", cpuCores: 4, memoryBytes: 16 * GIB_BYTES },
      "aws",
      book,
      ON,
    );
    const scale = 0.192 / 0.194236;
    expect(price?.parts.cpu?.costPerHour).toBeCloseTo(4 * 0.031611 * scale, 9);
    expect(price?.parts.memory?.costPerHour).toBeCloseTo(16 * 0.004237 * scale, 9);
    expect((price?.parts.cpu?.costPerHour ?? 0) + (price?.parts.memory?.costPerHour ?? 0)).toBeCloseTo(0.192, 12);
  });
  it("charges max(request, usage) and calls the rest idle", () => {
    // One node of 4 cores and 16 GiB at the default prices; workload a requests 2 cores and uses 0.5, b requests 0.5 and uses 1.
    const node: AllocatedNode = {
      name: "n",
      resources: {
        cpu: { capacity: 4, allocatable: 4, costPerHour: 4 * 0.031611 },
        memory: { capacity: 16, allocatable: 16, costPerHour: 16 * 0.004237 },
        gpu: null,
      },
    };
    const pod = (owner: string, cpu: [number, number], memory: [number, number]): AllocatedPod => ({
      owner,
      nodeName: "n",
      demands: {
        cpu: { requested: cpu[0], used: cpu[1] },
        memory: { requested: memory[0], used: memory[1] },
        gpu: null,
      },
    });
    const lines = allocate([node], [pod("a", [2, 0.5], [4, 3]), pod("b", [0.5, 1], [1, 2])]);
    const cost = (owner: string | null) =>
      lines.filter((line) => line.owner === owner).reduce((sum, line) => sum + (line.costPerHour ?? 0), 0);
    // a: 2 cores and 4 GiB; b: 1 core and 2 GiB; idle: 1 core and 10 GiB.
    expect(cost("a")).toBeCloseTo(2 * 0.031611 + 4 * 0.004237, 12);
    expect(cost("b")).toBeCloseTo(1 * 0.031611 + 2 * 0.004237, 12);
    expect(cost(null)).toBeCloseTo(1 * 0.031611 + 10 * 0.004237, 12);
    expect(cost("a") + cost("b") + cost(null)).toBeCloseTo(0.194236, 12);
  });
  it("charges a volume by its provisioned capacity, a whole month costing the monthly price", () => {
    const book = openPriceBook([row({ kind: "storage", key: "default", unit: "GiB-month", price: 0.04 })], "USD");
    const charge = (on: string) =>
      chargeVolumes(
        [
          {
            name: "pv",
            storageClassName: "slow",
            classParameters: {},
            region: null,
            bytes: 100 * GIB_BYTES,
            claim: { namespace: "shop", name: "data" },
          },
        ],
        { mounting: () => ["a"], claiming: () => "claim" },
        { book, provider: null, cluster: "one", on, timeZone: "UTC" },
      )[0]?.costPerHour;
    // OpenCost takes 730 h for every month; a month of 30 days has 720, so that its hours add up to the price.
    expect((charge(ON) ?? 0) * 720).toBeCloseTo(4, 9);
    expect((charge("2026-02-03") ?? 0) * 672).toBeCloseTo(4, 9);
  });
});

describe("prices that OpenCost exports", () => {
  const exported = (over = {}) => ({
    instanceType: "n2-standard-4",
    isSpot: false,
    costPerHour: 0.2,
    costPerCoreHour: 0.03,
    costPerGibHour: 0.005,
    costPerGpuHour: null,
    ...over,
  });
  const rows = toExportedRows(
    "prod",
    [exported(), exported({ costPerHour: 0.4 }), exported({ isSpot: true, costPerHour: 0.05 })],
    [{ storageClassName: "ssd", costPerGibHour: 0.0002 }],
  );
  it("become rows of their cluster alone, spot apart, the mean where nodes differ", () => {
    expect(rows.map(({ kind, key, price, unit }) => [kind, key, price, unit])).toEqual([
      ["node", "n2-standard-4", 0.3, "hour"],
      ["resource", "cpu", 0.03, "core-hour"],
      ["resource", "memory", 0.005, "GiB-hour"],
      ["node", "n2-standard-4:spot", 0.05, "hour"],
      ["storage", "ssd", 0.0002, "GiB-hour"],
    ]);
    expect(rows.every(({ source }) => source.startsWith("OpenCost in prod: "))).toBe(true);
  });
  it("leave out a price of 0, which OpenCost writes for what it does not know", () => {
    expect(toExportedRows("prod", [exported({ costPerHour: 0, costPerGpuHour: 0 })], [])).not.toContainEqual(
      expect.objectContaining({ kind: "node" }),
    );
  });
  it("stand between what people entered and the shipped list", () => {
    const list = row({ provider: "gcp", kind: "node", key: "n2-standard-4", unit: "hour", price: 0.19 });
    const own = rows.map((entry) => row({ ...entry, origin: "opencost" }));
    const edited = row({ ...list, id: 99, price: 0.11, origin: "edited" });
    const ask = { provider: "gcp", region: "us", kind: "node", key: "n2-standard-4", on: ON } as const;
    const book = openPriceBook([list, ...own], "USD");
    expect(book.find({ ...ask, cluster: "prod" })?.price).toBe(0.3);
    expect(book.find({ ...ask, cluster: "other" })?.price).toBe(0.19);
    expect(book.find(ask)?.price).toBe(0.19);
    expect(openPriceBook([list, ...own, edited], "USD").find({ ...ask, cluster: "prod" })?.price).toBe(0.11);
  });
});

describe("a discount", () => {
  const list = row({ provider: "aws", kind: "node", key: "m6i.xlarge", unit: "hour", price: 0.2 });
  const discount = (key: string, price: number, over: Partial<PriceRow> = {}) =>
    row({ provider: "aws", kind: "discount", key, unit: "percent", price, origin: "edited", ...over });
  it.each<[string, PriceRow[], number]>([
    ["of everything", [discount("all", 10)], 0.18],
    ["of a kind before that of everything", [discount("all", 10), discount("node", 20)], 0.16],
    ["of one name before that of its kind", [discount("node", 20), discount("m6i.xlarge", 50)], 0.1],
    ["that has not begun", [discount("all", 10, { validFrom: "2027-01-01" })], 0.2],
    ["that is over", [discount("all", 10, { validTo: "2026-11-10" })], 0.2],
    ["of another provider", [discount("all", 10, { provider: "gcp" })], 0.2],
  ])("%s", (_, discounts, expected) => {
    expect(openPriceBook([list, ...discounts], "USD").amount(list, ON)).toBeCloseTo(expected, 12);
  });
  it("is not taken off a price that was entered: that one is agreed already", () => {
    const edited = { ...list, origin: "edited" };
    expect(openPriceBook([edited, discount("all", 10)], "USD").amount(edited, ON)).toBe(0.2);
  });
  it("comes before the exchange of currencies", () => {
    const rate = row({ kind: "exchange", key: "USD", unit: "exchange", price: 0.5, currency: "EUR", origin: "edited" });
    expect(openPriceBook([list, rate, discount("all", 10)], "EUR").amount(list, ON)).toBeCloseTo(0.09, 12);
  });
});
