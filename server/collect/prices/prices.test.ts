import { describe, expect, it } from "vitest";
import { parsePriceFile } from "../../store/price-file.ts";
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
