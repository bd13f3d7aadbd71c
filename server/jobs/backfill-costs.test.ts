import { describe, expect, it } from "vitest";
import { openPriceBook, type PriceRow } from "../domain/cost/price-book.ts";
import type { PastUse } from "../store/cost-history.ts";
import { aNode, aPod } from "../testing/builders/objects.ts";
import { aSnapshot } from "../testing/builders/snapshot.ts";
import { chargeHour } from "./backfill-costs.ts";
import { indexOwners } from "./owners.ts";
import { priceNodesOn } from "./price-nodes.ts";

const AT = new Date("2026-11-10T06:00:00Z");
const price = (key: string, amount: number, id: number, kind: PriceRow["kind"]): PriceRow => ({
  id,
  provider: "any",
  region: "",
  kind,
  key,
  unit: "hour",
  price: amount,
  currency: "USD",
  validFrom: "2026-01-01",
  validTo: null,
  origin: "shipped",
  source: "test",
});
const nodes = [aNode({ name: "n1", instanceType: "big" }), aNode({ name: "n2", instanceType: "big" })];
const pods = [
  aPod({
    name: "p",
    namespace: "shop",
    nodeName: "n1",
    workload: { kind: "Deployment", namespace: "shop", name: "web" },
  }),
];
const snapshot = aSnapshot({ nodes, pods });
const book = openPriceBook(
  [price("big", 2, 7, "node"), price("cpu", 0.03, 1, "resource"), price("memory", 0.004, 2, "resource")],
  "USD",
);
const prices = priceNodesOn(snapshot, book, "2026-11-10");
const facts = { owners: indexOwners([], snapshot.parts), devices: new Map(), nodes, pods };
const seen = (level: "node" | "workload", name: string, cpuCores = 0.1): PastUse => ({
  level,
  namespace: level === "node" ? "" : "shop",
  kind: level === "node" ? "" : "Deployment",
  name,
  team: null,
  cpuCores,
  memoryBytes: 1e8,
});
const costOf = (use: readonly PastUse[]) =>
  chargeHour(facts, AT, use, prices).reduce((sum, line) => sum + (line.cost ?? 0), 0);

describe("a past hour", () => {
  it("costs what the nodes cost that reported, whoever held them", () => {
    expect(costOf([seen("node", "n1"), seen("node", "n2"), seen("workload", "web")])).toBeCloseTo(4);
    expect(costOf([seen("node", "n1")])).toBeCloseTo(2);
  });
  it("charges use of a workload that has no pod today to its name", () => {
    const lines = chargeHour(facts, AT, [seen("node", "n1"), seen("workload", "gone")], prices);
    expect(lines.some((line) => line.workloadName === "gone" && line.share === "used")).toBe(true);
    expect(lines.reduce((sum, line) => sum + (line.cost ?? 0), 0)).toBeCloseTo(2);
  });
  it("keeps the hour of a node that is gone, without a price", () => {
    const lines = chargeHour(facts, AT, [seen("node", "n1"), seen("node", "old")], prices);
    expect(lines.filter((line) => line.cost === null)).toMatchObject([{ quantity: 1, share: "unallocated" }]);
  });
});
