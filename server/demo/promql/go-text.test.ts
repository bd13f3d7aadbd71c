import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatFloat, formatFloatPlain, parseDurationMs, parseFloatText, unquote } from "./go-text.ts";

describe("numbers", () => {
  it.each([
    [1e6, "1000000", "1000000"],
    [1e-7, "1e-07", "0.0000001"],
    [1.5e21, "1.5e+21", "1500000000000000000000"],
    [-3.25e-9, "-3.25e-09", "-0.00000000325"],
    [1e20, "100000000000000000000", "100000000000000000000"],
    [-0, "-0", "-0"],
    [Infinity, "+Inf", "+Inf"],
    [-Infinity, "-Inf", "-Inf"],
    [Number.NaN, "NaN", "NaN"],
    [0.1 + 0.2, "0.30000000000000004", "0.30000000000000004"],
  ])("%s is written %s in samples and %s in scalars", (value, sample, scalar) => {
    expect(formatFloat(value)).toBe(sample);
    expect(formatFloatPlain(value)).toBe(scalar);
  });

  it("survive being written and read in both forms", () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(parseFloatText(formatFloat(value))).toBe(value);
        expect(parseFloatText(formatFloatPlain(value))).toBe(value);
        expect(formatFloatPlain(value)).not.toContain("e");
      }),
    );
  });
});

describe("durations", () => {
  it.each([
    ["5m", 300_000],
    ["1h30m", 5_400_000],
    ["1d2h", 93_600_000],
    ["1500ms", 1500],
    ["1y", 31_536_000_000],
  ])("%s is %d ms", (text, ms) => expect(parseDurationMs(text)).toBe(ms));

  it.each(["", "5", "1.5h", "30m1h", "5 m", "m"])("refuses %j", (text) => {
    expect(parseDurationMs(text)).toBeUndefined();
  });
});

describe("strings", () => {
  it.each([
    ['"a\\n\\u00e9\\x41\\101"', "a\néAA"],
    ["'it\\'s'", "it's"],
    ["`raw\\n`", "raw\\n"],
    ['"\\xc3\\xa9"', "é"],
  ])("%s means %j", (literal, text) => expect(unquote(literal)).toBe(text));

  it.each(['"\\q"', '"it\\\'s"', '"open', '"'])("refuses %s", (literal) => expect(unquote(literal)).toBeUndefined());
});
