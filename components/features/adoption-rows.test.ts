import { describe, expect, it } from "vitest";
import { toAdoptionRows } from "./adoption-rows.ts";

describe("adoption by team", () => {
  it("adds up to the cluster's own count, with a row for what no team holds", () => {
    const rows = toAdoptionRows(
      {
        numerator: 7,
        denominator: 20,
        unit: "nodes",
        byTeam: { search: { met: 2, of: 4 }, checkout: { met: 1, of: 6 } },
        byNamespace: {},
      },
      "byTeam",
    );
    expect(rows.map(({ name, met, of }) => [name, met, of])).toEqual([
      ["checkout", 1, 6],
      ["search", 2, 4],
      [null, 4, 10],
    ]);
    expect(rows.reduce((sum, row) => sum + row.of, 0)).toBe(20);
  });
  it("has no such row when the teams hold everything", () => {
    const adoption = { numerator: 1, denominator: 4, unit: "pods", byTeam: { "": { met: 1, of: 4 } }, byNamespace: {} };
    expect(toAdoptionRows(adoption, "byTeam")).toHaveLength(1);
  });
});
