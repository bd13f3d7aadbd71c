import { describe, expect, it } from "vitest";
import { listShippedPrices } from "../collect/prices/shipped-prices.ts";
import { formatPriceFile, parsePriceFile } from "./price-file.ts";

describe("a price file", () => {
  const good =
    "prices:\n  - { kind: node, key: m6i.xlarge, unit: hour, price: 0.12, currency: USD, validFrom: 2026-01-01, provider: aws }\n";
  it("is read with its defaults", () => {
    expect(parsePriceFile(good, "prices.yaml")).toEqual([
      expect.objectContaining({ provider: "aws", region: "", price: 0.12, validFrom: "2026-01-01", validTo: null }),
    ]);
  });
  it("is refused with row and field, all problems at once", () => {
    const bad = `${good}  - { kind: nodes, key: x, unit: hour, price: -1, currency: USD, validFrom: 2026-01-01 }\n  - { kind: node, key: x, unit: hour, price: 1, currency: dollars, validFrom: 2026-01-01, discount: 3 }\n`;
    expect(() => parsePriceFile(bad, "prices.yaml")).toThrowError(/row 2, kind.*row 2, price.*row 3/s);
  });
  it("may be CSV with the same fields, and the same refusals", () => {
    const head = "provider,kind,key,unit,price,currency,validFrom,source";
    const csv = `\uFEFF${head}\r\naws,node,m6i.xlarge,hour,0.12,USD,2026-01-01,"contract ""A"", 2026"\r\n\r\n`;
    expect(parsePriceFile(csv, "Prices.CSV")).toEqual([
      expect.objectContaining({
        provider: "aws",
        region: "",
        price: 0.12,
        source: 'contract "A", 2026',
        validTo: null,
      }),
    ]);
    const bad = `${head}\naws,node,a,hour,free,USD,2026-01-01,x\naws,node,b,hour,1,USD,2026-02-30,x,more\n`;
    expect(() => parsePriceFile(bad, "p.csv")).toThrowError(/^p\.csv: row 1, price: .*row 2, validFrom: .*column 9/s);
    expect(() => parsePriceFile("", "p.csv")).toThrowError(/first line/);
  });
  it.each([
    ["unit: gb", "unit"],
    ["unit: GB-month", "unit"],
    ["unit: hour, validTo: 2026-01-01", "validTo"],
  ])("with %s is refused", (field, name) => {
    const text = `prices:\n  - { kind: node, key: x, price: 1, currency: USD, validFrom: 2026-01-01, ${field} }\n`;
    expect(() => parsePriceFile(text, "p.yaml")).toThrowError(new RegExp(`row 1, ${name}`));
  });
  it("that is no YAML is refused by name", () => {
    expect(() => parsePriceFile("prices: [", "prices.yaml")).toThrowError(/^prices\.yaml: /);
  });
});

describe("a written price file", () => {
  it.each(["csv", "yaml"] as const)("is read back as it was (%s)", (format) => {
    const rows = [
      ...listShippedPrices(),
      {
        provider: "aws",
        region: "",
        kind: "discount" as const,
        key: "all",
        unit: "percent" as const,
        price: 12.5,
        currency: "USD",
        validFrom: "2026-01-01",
        validTo: "2027-01-01",
        source: 'contract "A", signed',
        sourceDate: null,
      },
    ];
    expect(parsePriceFile(formatPriceFile(rows.map(asEntry), format), `p.${format}`)).toEqual(rows);
  });
  it.each([
    ["kind: discount, unit: hour, price: 10"],
    ["kind: discount, unit: percent, price: 101"],
    ["kind: node, unit: percent, price: 10"],
  ])("refuses %s", (fields) => {
    const text = `prices:\n  - { key: all, currency: USD, validFrom: 2026-01-01, ${fields} }\n`;
    expect(() => parsePriceFile(text, "p.yaml")).toThrowError(/row 1, unit/);
  });
});

/** Shipped rows are units of a price file; the test above them says so. */
function asEntry(row: ReturnType<typeof listShippedPrices>[number]) {
  const [entry] = parsePriceFile(JSON.stringify({ prices: [row] }), "row.yaml");
  if (entry === undefined) throw new Error("not read");
  return entry;
}
