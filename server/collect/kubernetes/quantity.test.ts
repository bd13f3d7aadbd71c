import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseQuantity } from "./quantity.ts";

describe("quantities", () => {
  it.each([
    ["0", 0],
    ["16", 16],
    ["250m", 0.25],
    ["50m", 0.05],
    ["1.5", 1.5],
    [".5", 0.5],
    ["5.", 5],
    ["100n", 1e-7],
    ["3u", 3e-6],
    ["1k", 1e3],
    ["1M", 1e6],
    ["2G", 2e9],
    ["1T", 1e12],
    ["1P", 1e15],
    ["1E", 1e18],
    ["1E3", 1000],
    ["1e3", 1000],
    ["12e-1", 1.2],
    ["1E+2", 100],
    ["1Ki", 1024],
    ["64Gi", 64 * 2 ** 30],
    ["1.5Gi", 1.5 * 2 ** 30],
    ["2Ti", 2 ** 41],
    ["1Pi", 2 ** 50],
    ["1Ei", 2 ** 60],
    ["24684084Ki", 24684084 * 1024],
    ["-1", -1],
    ["+3", 3],
    ["243497856212", 243497856212],
  ])("reads %s", (text, expected) => {
    expect(parseQuantity(text)).toBe(expected);
  });

  it.each([
    "",
    " ",
    "abc",
    "1 Gi",
    "1gi",
    "1K",
    "Ki",
    "1KiB",
    "0x10",
    "1e",
    "1e3Ki",
    "--1",
    "NaN",
    "Infinity",
    "1,5",
    "1e999",
  ])("refuses %j", (text) => {
    expect(parseQuantity(text)).toBeNull();
  });

  it.each([null, undefined, {}, [], true, Number.NaN, Number.POSITIVE_INFINITY])("refuses %j", (value) => {
    expect(parseQuantity(value)).toBeNull();
  });

  it("accepts a plain number, which JSON may hold", () => {
    expect(parseQuantity(4)).toBe(4);
  });

  it("takes milli units as the nearest double to the decimal fraction", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (milli) => {
        const text = `${Math.floor(milli / 1000)}.${String(milli % 1000).padStart(3, "0")}`;
        expect(parseQuantity(`${milli}m`)).toBe(Number(text));
      }),
    );
  });

  it("scales binary suffixes exactly", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.constantFrom("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"),
        (count, suffix) => {
          const power = 10 * (["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].indexOf(suffix) + 1);
          expect(parseQuantity(`${count}${suffix}`)).toBe(Number(BigInt(count) * (1n << BigInt(power))));
        },
      ),
    );
  });

  it("never throws and never answers anything but a finite number or null", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^[+-]?[0-9.]{0,6}[numkMGTPEKi e+-]{0,4}[0-9]{0,3}$/)),
        (text) => {
          const parsed = parseQuantity(text);
          expect(parsed === null || Number.isFinite(parsed)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
