import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CATALOGUE } from "./catalogue.ts";
import { withPlainPlaceholders } from "./presence.ts";
import {
  injectMatchers,
  listSelectors,
  type Matcher,
  parseSelector,
  quote,
  unquote,
  writeMatcher,
} from "./selector.ts";

describe("the configured selector", () => {
  it.each([
    ['cluster="prod-us"', [{ label: "cluster", operator: "=", value: "prod-us" }]],
    [
      `{cluster="a", env=~'x|y', }`,
      [
        { label: "cluster", operator: "=", value: "a" },
        { label: "env", operator: "=~", value: "x|y" },
      ],
    ],
    ['a!="b\\"}" # why', [{ label: "a", operator: "!=", value: 'b"}' }]],
    ["a=`\\d`", [{ label: "a", operator: "=", value: "\\d" }]],
  ])("is a plain list of matchers: %s", (text, expected) => {
    expect(parseSelector(text)).toEqual(expected);
  });
  it.each([
    "",
    "{}",
    "cluster",
    "prod-us",
    'cluster="a"} or up{x="y"',
    'cluster="a"}[5m]) + sum(up{x="y"',
    'up{cluster="a"}',
    '__name__="up"',
    "cluster=prod",
    'cluster="a',
    '"cluster"="a"',
    'cluster="\\q"',
    'cluster="a", "up"',
  ])("is refused, named, when it is anything else: %s", (text) => {
    expect(() => parseSelector(text)).toThrowError(/^prometheus\.selector /);
  });
});

const matcher: fc.Arbitrary<Matcher> = fc.record({
  label: fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/),
  operator: fc.constantFrom("=", "!=", "=~", "!~"),
  value: fc.string({ unit: "grapheme", maxLength: 12 }),
});
const expressions = CATALOGUE.flatMap(({ parts }) => parts).flatMap(({ variants }) =>
  variants.map(({ expr }) => withPlainPlaceholders(expr)),
);

describe("injection", () => {
  it("reaches every selector of every catalogue expression and changes nothing else", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...expressions),
        fc.array(matcher, { minLength: 1, maxLength: 3 }),
        (expr, matchers) => {
          const before = listSelectors(expr);
          const after = listSelectors(injectMatchers(expr, matchers));
          expect(after.map(({ name, isWindow }) => [name, isWindow])).toEqual(
            before.map(({ name, isWindow }) => [name, isWindow]),
          );
          after.forEach((use, at) => {
            expect(use.matchers).toEqual([...matchers, ...(before[at]?.matchers ?? [])]);
          });
        },
      ),
    );
  });
  it("writes what it reads, whatever the value", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (value) => {
        expect(unquote(quote(value))).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.array(matcher, { minLength: 1, maxLength: 4 }), (matchers) => {
        expect(parseSelector(matchers.map(writeMatcher).join(","))).toEqual(matchers);
      }),
    );
  });
  it("leaves words that only look like metrics alone", () => {
    const one: Matcher = { label: "c", operator: "=", value: "x" };
    expect(injectMatchers('label_replace(sum by (up) (rate(up[5m])), "a", "up{}", "", "")', [one])).toBe(
      'label_replace(sum by (up) (rate(up{c="x"}[5m])), "a", "up{}", "", "")',
    );
    expect(injectMatchers("vector(1)", [one])).toBe("vector(1)");
    expect(injectMatchers("up{}", [one])).toBe('up{c="x"}');
  });
});
