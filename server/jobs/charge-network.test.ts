import { describe, expect, it } from "vitest";
import { openPriceBook, type PriceRow } from "../domain/cost/price-book.ts";
import type { CrossingEnd } from "../store/cost-network.ts";
import { networkLines } from "./charge-network.ts";

const row = (id: number, key: string, price: number): PriceRow => ({
  id,
  provider: "aws",
  region: "",
  kind: "traffic",
  key,
  unit: "GB",
  price,
  currency: "USD",
  validFrom: "2025-01-01",
  validTo: null,
  origin: "shipped",
  source: "list",
});
const prices = {
  book: openPriceBook(
    [row(1, "cross-zone-out", 0.01), row(2, "cross-zone-in", 0.01), row(3, "cross-zone-out/a>b", 0.5)],
    "USD",
  ),
  provider: "aws",
  day: "2026-11-22",
  regionOf: () => "here",
};
const end = (direction: "out" | "in", zone: string, peerZone: string): CrossingEnd => ({
  at: new Date("2026-11-22T10:00:00Z"),
  direction,
  scope: "cross-zone",
  namespace: "shop",
  kind: "Deployment",
  name: direction,
  zone,
  peerZone,
  team: "shop",
  bytes: 2e9,
});
const costs = (ends: readonly CrossingEnd[]) =>
  networkLines(ends, prices).map(({ workloadName, priceRowId, cost }) => [workloadName, priceRowId, cost]);

describe("charging both ends of crossing traffic", () => {
  it("takes the row of each direction", () => {
    expect(costs([end("out", "b", "c"), end("in", "c", "b")])).toEqual([
      ["out", 1, 0.02],
      ["in", 2, 0.02],
    ]);
  });
  it("takes the row of the pair before it, from the side that sends, as the network page does", () => {
    expect(costs([end("out", "a", "b"), end("in", "b", "a")])).toEqual([
      ["out", 3, 1],
      ["in", 2, 0.02],
    ]);
    expect(costs([end("out", "b", "a")])).toEqual([["out", 1, 0.02]]);
  });
});
