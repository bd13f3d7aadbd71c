import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FEATURE_TABLE, toFeatureTable } from "./write-feature-table.ts";

describe("the table of features", () => {
  it("is what the checks declare (else run scripts/write-feature-table.ts)", () => {
    expect(readFileSync(FEATURE_TABLE, "utf8")).toBe(toFeatureTable());
  });
  it("says where no signal exists", () => {
    expect(toFeatureTable()).toMatch(/cpu-burst.*no signal exists/);
  });
});
