import { describe, expect, it } from "vitest";
import { place } from "./place.ts";

const viewport = { width: 400, height: 300 };
describe("a panel", () => {
  it("goes below its anchor", () =>
    expect(
      place({ left: 50, top: 20, width: 80, height: 20 }, { width: 100, height: 100 }, viewport, "start"),
    ).toMatchObject({ left: 50, top: 46 }));
  it("goes above when there is more room there", () =>
    expect(
      place({ left: 50, top: 260, width: 80, height: 20 }, { width: 100, height: 100 }, viewport, "start"),
    ).toMatchObject({ top: 154 }));
  it("never leaves the window", () => {
    expect(
      place({ left: 380, top: 20, width: 10, height: 20 }, { width: 100, height: 50 }, viewport, "start").left,
    ).toBe(292);
    expect(place({ left: 0, top: 20, width: 10, height: 20 }, { width: 100, height: 50 }, viewport, "end").left).toBe(
      8,
    );
  });
  it("is cut to the room there is", () =>
    expect(
      place({ left: 0, top: 20, width: 10, height: 20 }, { width: 100, height: 900 }, viewport, "start").maxHeight,
    ).toBe(246));
});
