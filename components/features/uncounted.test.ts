import { describe, expect, it } from "vitest";
import { uncountedFigure } from "./uncounted.ts";

describe("adoption without a count", () => {
  it("stays unknown with its reason when the objects could not be read", () => {
    expect(uncountedFigure({ state: "unknown", unknownReason: "services: forbidden" })).toMatchObject({
      state: "unknown",
      reason: "forbidden",
      detail: "services: forbidden",
    });
  });
  it.each([
    ["not-exposed", "not-exposed"],
    ["not-applicable", "not-applicable"],
    ["met", "not-applicable"],
  ] as const)("%s reads as %s", (state, figure) => {
    expect(uncountedFigure({ state, unknownReason: null }).state).toBe(figure);
  });
});
