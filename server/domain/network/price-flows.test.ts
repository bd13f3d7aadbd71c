import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openPriceBook, type PriceRow } from "../cost/price-book.ts";
import { bothEnds, priceDays, priceFlow, priceSpans, scopeOfPlaces } from "./price-flows.ts";

let nextId = 0;
const row = (provider: string, key: string, price: number, unit: string, over: Partial<PriceRow> = {}): PriceRow => ({
  id: ++nextId,
  provider,
  region: "",
  kind: "traffic",
  key,
  unit,
  price,
  currency: "USD",
  validFrom: "2025-01-01",
  validTo: null,
  origin: "shipped",
  source: "list",
  ...over,
});
const book = openPriceBook(
  [
    row("aws", "cross-zone-out", 0.01, "GB"),
    row("aws", "cross-zone-in", 0.01, "GB"),
    row("gcp", "cross-zone-out", 0.01, "GiB"),
    row("gcp", "cross-zone-in", 0, "GiB"),
    row("azure", "cross-zone-out", 0, "GB"),
    row("azure", "cross-zone-in", 0, "GB"),
    row("aws", "cross-zone-out", 0.005, "GB", { origin: "edited", validFrom: "2026-11-10" }),
    row("other", "cross-zone-out", 1, "GB", { currency: "EUR" }),
  ],
  "USD",
);
const per = (provider: string | null, bytes: number, on = "2026-11-01", scope = "cross-zone" as const) => {
  const perByte = bothEnds(priceFlow({ provider, region: null, scope, on }, book));
  return perByte === null ? null : perByte * bytes;
};

describe("the price of a byte between zones", () => {
  it("is charged at both ends on AWS, per 10⁹ bytes", () => expect(per("aws", 1e12)).toBeCloseTo(20, 9));
  it("is the sender's on GCP, per 2³⁰ bytes", () => expect(per("gcp", 1024 ** 4)).toBeCloseTo(10.24, 9));
  it("is nothing on Azure", () => expect(per("azure", 1e15)).toBe(0));
  it("is unknown where the book has no row, not 0", () => expect(per(null, 1e9)).toBeNull());
  it("is unknown in a currency without an exchange row", () => expect(per("other", 1e9)).toBeNull());
  it("follows the row in force that day", () => {
    expect(per("aws", 1e12, "2026-11-09")).toBeCloseTo(20, 9);
    expect(per("aws", 1e12, "2026-11-10")).toBeCloseTo(15, 9);
  });
});

describe("other traffic", () => {
  const at = (scope: Parameters<typeof priceFlow>[0]["scope"]) =>
    bothEnds(priceFlow({ provider: "aws", region: "us-east-1", scope, on: "2026-11-01" }, book));
  it("costs nothing inside a zone", () => expect(at("same-zone")).toBe(0));
  it.each(["unknown", "internet", "cross-region"] as const)("has no price when %s", (scope) => {
    expect(at(scope)).toBeNull();
  });
});

describe("a pair of places", () => {
  const place = (zone: string, region: string | null) => ({ zone, region });
  const rows = [
    row("aws", "cross-zone-out", 0.01, "GB"),
    row("aws", "cross-zone-in", 0.01, "GB"),
    row("aws", "cross-zone-out", 0.02, "GB", { region: "af-south-1" }),
    row("aws", "cross-zone-out/us-1a>us-1b", 0.004, "GB"),
    row("aws", "cross-region-out", 0.09, "GB"),
    row("aws", "cross-region-in", 0, "GB"),
    row("aws", "cross-region-out/us-east-1>us-east-2", 0.01, "GB"),
  ];
  const pairs = openPriceBook(rows, "USD");
  const per = (from: ReturnType<typeof place>, to: ReturnType<typeof place>) => {
    const price = priceFlow({ provider: "aws", region: null, from, to, scope: "cross-zone", on: "2026-11-01" }, pairs);
    return [price.outPerByte, price.inPerByte].map((perByte) => (perByte === null ? null : Math.round(perByte * 1e12)));
  };
  it("has its own row before the provider's, in its direction only", () => {
    expect(per(place("us-1a", "us-east-1"), place("us-1b", "us-east-1"))).toEqual([4, 10]);
    expect(per(place("us-1b", "us-east-1"), place("us-1a", "us-east-1"))).toEqual([10, 10]);
  });
  it("is charged at the price of the region of the end that pays", () => {
    expect(per(place("af-1a", "af-south-1"), place("af-1b", "af-south-1"))).toEqual([20, 10]);
  });
  it("of two regions is cross-region, by the pair of regions first", () => {
    expect(per(place("us-1a", "us-east-1"), place("us-2a", "us-east-2"))).toEqual([10, 0]);
    expect(per(place("us-2a", "us-east-2"), place("us-1a", "us-east-1"))).toEqual([90, 0]);
    expect(scopeOfPlaces("cross-zone", place("a", "r"), place("b", null))).toBe("cross-zone");
  });
  it("keeps its price over spans of days, cut where a row begins or ends", () => {
    const dated = [
      row("aws", "cross-zone-out", 0.01, "GB", { validTo: "2026-11-10" }),
      row("aws", "cross-zone-out", 0.02, "GB", { validFrom: "2026-11-10" }),
      row("aws", "cross-zone-in", 0, "GB"),
      row("gcp", "cross-zone-out", 0.01, "GiB", { validFrom: "2026-11-05" }),
    ];
    const days = priceDays(dated, "2026-11-01", "2026-11-30");
    expect(days).toEqual(["2026-11-01", "2026-11-05", "2026-11-10"]);
    const question = { provider: "aws", region: null, scope: "cross-zone" as const };
    expect(
      priceSpans(question, days, "2026-11-30", openPriceBook(dated, "USD")).map(({ firstDay, lastDay, price }) => [
        firstDay,
        lastDay,
        price.outRow?.price,
      ]),
    ).toEqual([
      ["2026-11-01", "2026-11-09", 0.01],
      ["2026-11-10", "2026-11-30", 0.02],
    ]);
  });
});

it("charges the parts of a flow what it charges the whole", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1e12 }), { maxLength: 50 }), (parts) => {
      const whole = per(
        "aws",
        parts.reduce((sum, bytes) => sum + bytes, 0),
      );
      const sum = parts.reduce((total, bytes) => total + (per("aws", bytes) ?? Number.NaN), 0);
      expect(Math.abs(sum - (whole ?? Number.NaN))).toBeLessThanOrEqual(1e-9 * Math.max(1, sum));
    }),
  );
});
