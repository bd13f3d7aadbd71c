import { describe, expect, it } from "vitest";
import { addFigures } from "./add-figures.ts";

const value = (amount: number) => ({ state: "value", value: amount }) as const;
const unknown = { state: "unknown", reason: "forbidden" } as const;

describe("a sum of figures", () => {
  it("adds values, and nothing is zero", () => {
    expect(addFigures([value(2), value(3)])).toEqual(value(5));
    expect(addFigures([])).toEqual(value(0));
  });
  it("stays unknown with its reason when nothing is known", () => {
    expect(addFigures([unknown, unknown])).toEqual(unknown);
  });
  it("says on how many it stands when some are unknown", () => {
    expect(addFigures([value(2), unknown])).toEqual({ state: "value", value: 2, part: { covered: 1, of: 2 } });
  });
  it("keeps that one of its parts is partial", () => {
    const partial = { state: "value", value: 4, part: { covered: 1, of: 3 } } as const;
    expect(addFigures([value(2), partial])).toEqual({ state: "value", value: 6, part: { covered: 1, of: 3 } });
  });
});
