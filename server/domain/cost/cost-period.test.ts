import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findStep } from "./find-step.ts";
import { daysOfMonth, forecastMonth } from "./forecast.ts";
import { roundParts } from "./round-parts.ts";
import { spreadShared } from "./spread-shared.ts";

const amounts = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 60 });
const day = (index: number) => new Date(Date.UTC(2026, 9, 10 + index)).toISOString().slice(0, 10);

describe("rounding parts to cents", () => {
  it("adds up to the rounded total and moves no part by a cent or more", () => {
    fc.assert(
      fc.property(amounts, (parts) => {
        const cents = roundParts(parts);
        const total = parts.reduce((sum, part) => sum + part * 100, 0);
        expect(cents.reduce((sum, part) => sum + part, 0)).toBe(Math.round(total));
        parts.forEach((part, index) => {
          expect(Math.abs((cents[index] ?? 0) - part * 100)).toBeLessThanOrEqual(1);
        });
      }),
    );
  });
  it("gives thirds of a whole 33, 33 and 34 in some order", () => {
    expect(roundParts([1 / 3, 1 / 3, 1 / 3]).sort()).toEqual([33, 33, 34]);
  });
});

describe("spreading shared cost", () => {
  it.each(["even", "proportional"] as const)("%s hands out all of it and nothing to who holds nothing", (rule) => {
    fc.assert(
      fc.property(amounts, fc.double({ min: 0, max: 1e6, noNaN: true }), (held, shared) => {
        const spread = spreadShared(shared, held, rule);
        expect(spread === null).toBe(held.every((amount) => amount === 0));
        if (spread === null) return;
        const sum = spread.reduce((total, part) => total + part, 0);
        expect(Math.abs(sum - shared)).toBeLessThanOrEqual(1e-6 * Math.max(1, shared));
        held.forEach((amount, index) => {
          if (amount === 0) expect(spread[index]).toBe(0);
        });
      }),
    );
  });
});

it("hands out to the smallest amount that there is as to any other", () => {
  expect(spreadShared(1e-6, [Number.MIN_VALUE], "proportional")).toEqual([1e-6]);
});

describe("the forecast of a month", () => {
  const days = (costs: readonly number[], from = "2026-11-01") =>
    costs.map((cost, index) => ({
      day: new Date(Date.parse(from) + index * 86_400_000).toISOString().slice(0, 10),
      cost,
      isComplete: true,
    }));
  it("goes on at the pace of the last days, with no band where every day was alike", () => {
    expect(forecastMonth(days(Array(10).fill(5)), "2026-11", 30)).toEqual({
      cost: 150,
      low: 150,
      high: 150,
      basisDays: 10,
    });
  });
  it("widens with the wobble and never falls below what was spent", () => {
    const forecast = forecastMonth(days([10, 0, 10, 0, 10, 0]), "2026-11", 30);
    expect(forecast?.cost).toBeCloseTo(150);
    expect(forecast?.low).toBeGreaterThanOrEqual(30);
    expect(forecast?.high).toBeGreaterThan(160);
  });
  it("begins a month at the pace of the month before", () => {
    expect(forecastMonth(days(Array(14).fill(7), "2026-10-18"), "2026-11", 30)?.cost).toBe(210);
  });
  it("says nothing from two days", () => {
    expect(forecastMonth(days([1, 2]), "2026-11", 30)).toBeNull();
  });
  it.each([
    ["2026-02", 28],
    ["2028-02", 29],
    ["2026-12", 31],
  ])("counts the days of %s", (month, count) => expect(daysOfMonth(month)).toBe(count));
});

describe("a lasting change of cost", () => {
  const series = (costs: readonly number[]) => costs.map((cost, index) => ({ day: day(index), cost }));
  it("names its first day and both levels", () => {
    expect(findStep(series([10, 10.2, 9.9, 10, 10.1, 10, 9.8, 10, 20, 20.5, 19.5]))).toMatchObject({
      sinceDay: day(8),
      before: 10,
      after: 20,
    });
  });
  it("sees the first cost of something new", () => {
    expect(findStep(series([0, 0, 0, 0, 0, 0, 0, 5, 5]))).toMatchObject({ sinceDay: day(7), before: 0 });
  });
  it.each([
    ["a wobble", [10, 12, 9, 11, 10, 12, 9, 11, 12, 10]],
    ["one day that went back", [10, 10, 10, 10, 10, 10, 10, 30, 10, 10]],
    ["too little history", [10, 10, 10, 30]],
  ])("ignores %s", (_, costs) => expect(findStep(series(costs))).toBeNull());
});
