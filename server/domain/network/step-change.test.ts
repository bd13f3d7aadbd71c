import { describe, expect, it } from "vitest";
import { findSteps } from "./step-change.ts";

const GB = 1e9;
const series = (...rates: (number | null)[]) =>
  rates.map((rate, at) => ({
    day: `2026-11-${String(at + 1).padStart(2, "0")}`,
    bytesPerHour: rate === null ? null : rate * GB,
  }));
const days = (...rates: (number | null)[]) =>
  findSteps(series(...rates)).map(({ day, factor, isConfirmed }) => [day, Math.round(factor * 10) / 10, isConfirmed]);

describe("a jump", () => {
  it("shows on the day it happens, not yet confirmed", () => {
    expect(days(1, 1.1, 0.9, 1, 11)).toEqual([["2026-11-05", 11, false]]);
  });
  it("is confirmed by the next day and has the level of the days after it", () => {
    expect(days(1, 1, 1, 1, 6, 11, 11, 11)).toEqual([["2026-11-05", 11, true]]);
  });
  it("down is a step too", () => expect(days(10, 10, 10, 10, 1, 1)).toEqual([["2026-11-05", 0.1, true]]));
  it("up and down again later are two", () => {
    expect(days(1, 1, 1, 11, 11, 11, 11, 1, 1).map(([day]) => day)).toEqual(["2026-11-04", "2026-11-08"]);
  });
});

describe("no step", () => {
  it.each([
    ["a spike of one day", series(1, 1, 1, 11, 1, 1, 1)],
    ["a weekly rhythm", series(1, 1, 1, 1, 1, 0.6, 0.6, 1, 1, 1, 1, 1, 0.6, 0.6)],
    ["too little history", series(1, 1, 11)],
    ["growth of a seventh a day", series(1, 1.15, 1.3, 1.5, 1.75, 2, 2.3, 2.65, 3)],
    ["bytes that nobody pays attention to", series(0.001, 0.001, 0.001, 0.01, 0.01)],
    ["starting from nothing", series(0, 0, 0, 5, 5)],
  ])("%s", (_, given) => expect(findSteps(given)).toEqual([]));
});

it("days without a measurement are skipped, not zero", () => {
  expect(days(1, null, 1, 1, null, 1)).toEqual([]);
  expect(days(1, null, 1, 1, null, 11)).toEqual([["2026-11-06", 11, false]]);
});
