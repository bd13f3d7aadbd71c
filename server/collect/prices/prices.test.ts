import { describe, expect, it } from "vitest";
import { parsePriceFile } from "./parse-price-file.ts";
import { listShippedPrices } from "./shipped-prices.ts";

describe("shipped prices", () => {
  const rows = listShippedPrices();
  it("name each thing once, with unit, day and source", () => {
    const keys = rows.map((row) => `${row.provider}/${row.region}/${row.kind}/${row.key}/${row.validFrom}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(rows.every((row) => row.unit !== "" && row.source !== "" && row.price >= 0)).toBe(true);
  });
  it("use only units that a price file may use, and name the region of their list", () => {
    const text = JSON.stringify({ prices: rows }); // JSON is YAML
    expect(parsePriceFile(text, "shipped.yaml")).toHaveLength(rows.length);
    const nodes = rows.filter(({ kind }) => kind === "node");
    expect(nodes.every(({ source }) => /list price of (us-east-1|us-central1|eastus)/.test(source))).toBe(true);
  });
  it("charge traffic between zones as each provider does", () => {
    const traffic = (provider: string) =>
      rows
        .filter((row) => row.provider === provider && row.kind === "traffic")
        .map((row) => [row.key, row.price, row.unit]);
    expect(traffic("aws")).toEqual([
      ["cross-zone-out", 0.01, "GB"],
      ["cross-zone-in", 0.01, "GB"],
    ]);
    expect(traffic("gcp")).toEqual([
      ["cross-zone-out", 0.01, "GiB"],
      ["cross-zone-in", 0, "GiB"],
    ]);
    expect(traffic("azure").every(([, price]) => price === 0)).toBe(true);
  });
});

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
