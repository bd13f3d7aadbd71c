import { compileAnchored } from "./go-regexp.ts";
import type { Labels } from "./labels.ts";

export type MatchOperator = "=" | "!=" | "=~" | "!~";

/** One condition of a selector; an absent label counts as "". */
export interface Matcher {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
  matches(value: string): boolean;
}

/** Throws RegexpSyntaxError when a regex is not RE2. */
export function createMatcher(name: string, operator: MatchOperator, value: string): Matcher {
  return { name, operator, value, matches: predicate(operator, value) };
}

function predicate(operator: MatchOperator, expected: string): (value: string) => boolean {
  if (operator === "=") return (value) => value === expected;
  if (operator === "!=") return (value) => value !== expected;
  const expression = compileAnchored(expected);
  return operator === "=~" ? (value) => expression.test(value) : (value) => !expression.test(value);
}

export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every((matcher) => matcher.matches(labels.get(matcher.name)));
}
