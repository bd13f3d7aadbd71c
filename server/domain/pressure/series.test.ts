import { describe, expect, it } from "vitest";
import { withEvents } from "./series.ts";

const startAt = new Date("2026-11-22T10:00:00Z");
const at = (minute: number) => new Date(startAt.getTime() + minute * 60_000);

describe("events that are known from elsewhere", () => {
  it("stand in their step where nothing was measured, and change no step that tells of one", () => {
    const series = { startAt, stepSeconds: 60, values: [null, 0, 0.5, null] };
    expect(withEvents(series, [at(0), at(1.5), at(2)]).values).toEqual([1 / 60, 1 / 60, 0.5, null]);
    expect(series.values[0]).toBeNull();
  });
  it("outside of the window change nothing", () => {
    const series = { startAt, stepSeconds: 60, values: [0, 0] };
    expect(withEvents(series, [at(-1), at(2)]).values).toEqual([0, 0]);
  });
});
