import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CompensatedSum, Mean, quantile, Spread } from "./statistics.ts";

const numbers = fc.array(fc.oneof(fc.double({ noDefaultInfinity: true, min: -1e9, max: 1e9 }), fc.constant(0)), {
  minLength: 1,
  maxLength: 60,
});

describe("quantile", () => {
  it("is what sorting with NaN first and interpolating gives", () => {
    fc.assert(
      fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, phi) => {
        const sorted = values.toSorted((a, b) =>
          Number.isNaN(a) || Number.isNaN(b) ? Number(Number.isNaN(b)) - Number(Number.isNaN(a)) : a - b,
        );
        const rank = phi * (sorted.length - 1);
        const lower = sorted[Math.floor(rank)] ?? 0;
        const upper = sorted[Math.min(sorted.length - 1, Math.floor(rank) + 1)] ?? 0;
        const expected = lower * (1 - (rank % 1)) + upper * (rank % 1);
        expect(quantile(phi, Float64Array.from(values)) + 0).toBe(expected + 0);
      }),
    );
  });

  it("leaves the unit interval as infinity and nothing as NaN", () => {
    expect(quantile(-0.1, Float64Array.of(1))).toBe(-Infinity);
    expect(quantile(1.1, Float64Array.of(1))).toBe(Infinity);
    expect(quantile(0.5, new Float64Array(0))).toBeNaN();
    expect(quantile(Number.NaN, Float64Array.of(1))).toBeNaN();
  });
});

describe("sums and means", () => {
  it("keep what plain addition loses", () => {
    const sum = new CompensatedSum();
    for (const value of [1e16, 1, -1e16]) sum.add(value);
    expect(sum.total).toBe(1);
  });

  it("let one infinity win and two opposite ones cancel to NaN", () => {
    const mean = (values: readonly number[]) => {
      const running = new Mean();
      for (const value of values) running.add(value);
      return running.value;
    };
    expect(mean([1, Infinity, 2])).toBe(Infinity);
    expect(mean([1, -Infinity, Infinity])).toBeNaN();
    expect(mean([1, 2, 6])).toBeCloseTo(3, 12);
  });

  it("measure the population variance", () => {
    const spread = new Spread();
    for (const value of [2, 4, 4, 4, 5, 5, 7, 9]) spread.add(value);
    expect(spread.variance).toBe(4);
  });
});
