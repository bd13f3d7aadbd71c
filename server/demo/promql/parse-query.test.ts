import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Expression } from "./ast.ts";
import { parseMatchers, parseQuery } from "./parse-query.ts";
import { PromqlError } from "./promql-error.ts";

/** Fully parenthesised form, to see grouping at a glance. */
function shape(expression: Expression): string {
  switch (expression.kind) {
    case "number":
      return String(expression.value);
    case "string":
      return JSON.stringify(expression.value);
    case "selector": {
      const { offsetMs, at } = expression.shift;
      const name = expression.matchers.find((matcher) => matcher.name === "__name__")?.value ?? "";
      return name + (offsetMs === 0 ? "" : `<${offsetMs / 1000}s`) + (at === undefined ? "" : `@${at}`);
    }
    case "range":
      return `${shape(expression.selector)}[${expression.rangeMs / 1000}]`;
    case "subquery":
      return `${shape(expression.inner)}[${expression.rangeMs / 1000}:${(expression.stepMs ?? 0) / 1000}]`;
    case "call":
      return `${expression.name}(${expression.args.map(shape).join(",")})`;
    case "aggregate":
      return `${expression.operator}${expression.isWithout ? "!" : ""}<${expression.grouping}>(${shape(expression.inner)})`;
    case "binary":
      return `(${shape(expression.left)} ${expression.operator} ${shape(expression.right)})`;
    case "unary":
      return `(${expression.operator}${shape(expression.inner)})`;
    case "paren":
      return shape(expression.inner);
  }
}

function failureOf(query: string): PromqlError {
  try {
    parseQuery(query);
  } catch (error) {
    if (error instanceof PromqlError) return error;
    throw error;
  }
  throw new Error(`${query} was accepted`);
}

describe("parsing", () => {
  it.each([
    ["a + b * c ^ d ^ e", "(a + (b * (c ^ (d ^ e))))"],
    ["-a ^ b * c", "((-(a ^ b)) * c)"],
    ["2 ^ -a * 3", "((2 ^ (-a)) * 3)"],
    ["-2 ^ 2", "(-(2 ^ 2))"],
    ["a - b - c", "((a - b) - c)"],
    ["a or b and c unless d", "(a or ((b and c) unless d))"],
    ["a + b offset 5m * c", "(a + (b<300s * c))"],
    ["-a offset 5m", "(-a<300s)"],
    ["a + rate(b[5m] offset -1m)", "(a + rate(b<-60s[300]))"],
    ["a > b == bool c", "((a > b) == c)"],
    ["a @ end() - a @ start()", "(a@end - a@start)"],
    ["a @ 12.5 offset 1m", "a<60s@12500"],
    ["SUM(a) BY (x) + avg without () (b)", "(sum<x>(a) + avg!<>(b))"],
    ["max_over_time(rate(a[1m])[1h:5m])", "max_over_time(rate(a[60])[3600:300])"],
    ["sum + on * 0x1F", undefined],
    ["count(sum) # a comment", "count<>(sum)"],
    ["010 + 1e3", "(8 + 1000)"],
  ])("%s groups as %s", (query, expected) => {
    if (expected === undefined) expect(failureOf(query).errorType).toBe("bad_data");
    else expect(shape(parseQuery(query))).toBe(expected);
  });

  it("never loses itself: any text is parsed or refused with a position", () => {
    const word = fc.constantFrom(
      "foo",
      "sum",
      "(",
      ")",
      "[5m]",
      '{a="b"}',
      "+",
      "offset 1m",
      "by (x)",
      "@ 3",
      "1",
      "rate",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join(" ")),
        ),
        (query) => {
          try {
            parseQuery(query);
          } catch (error) {
            if (!(error instanceof PromqlError)) throw error;
            if (error.errorType === "bad_data") expect(error.message).toMatch(/^\d+:\d+: parse error: ./);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("refusals", () => {
  it.each([
    ["rate(foo[5)", "1:10: parse error: missing unit character in duration"],
    ["1 +", "1:4: parse error: unexpected end of input"],
    ["sum(", "1:5: parse error: unclosed left parenthesis"],
    ["foo{", "1:5: parse error: unexpected end of input inside braces"],
    ["nosuch(1)", '1:1: parse error: unknown function with name "nosuch"'],
    ["foo bar", '1:5: parse error: unexpected identifier "bar"'],
    [")", "1:2: parse error: unexpected right parenthesis ')'"],
    ["", "1:1: parse error: no expression found in input"],
    ["{}", "1:1: parse error: vector selector must contain at least one non-empty matcher"],
    ["\n\n  rate(foo)", '3:8: parse error: expected type range vector in call to function "rate", got instant vector'],
    ["foo[1h30]", '1:5: parse error: bad duration syntax: "1h30"'],
  ])("%j: %s", (query, message) => {
    expect(failureOf(query)).toMatchObject({ errorType: "bad_data", message });
  });

  it.each(["info(foo)", "mad_over_time(foo[5m])", "limitk(2, foo)", "foo[5m + 1m]", '{"foo"}', 'sum by ("a.b") (foo)'])(
    "says that it does not support %s instead of guessing",
    (query) => {
      expect(failureOf(query)).toMatchObject({
        errorType: "execution",
        message: expect.stringContaining("not supported"),
      });
    },
  );
});

describe("match[]", () => {
  it("is one selector", () => {
    const matchers = parseMatchers('up{job=~"a|b",instance!="x"}');
    expect(matchers.map(({ name, operator, value }) => name + operator + value)).toEqual([
      "job=~a|b",
      "instance!=x",
      "__name__=up",
    ]);
    expect(() => parseMatchers("sum(up)")).toThrow(PromqlError);
  });
});
