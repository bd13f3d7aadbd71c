import type { Matcher } from "./matcher.ts";

export type ValueType = "scalar" | "string" | "vector" | "matrix";

/** Where evaluation happens: `at` (ms, or the ends of the whole query) replaces the step's time; offset is subtracted. */
export interface TimeShift {
  readonly offsetMs: number;
  readonly at?: number | "start" | "end";
}

interface Positioned {
  /** Offset of the first character in the query, for error messages. */
  readonly position: number;
}

export interface NumberLiteral extends Positioned {
  readonly kind: "number";
  readonly value: number;
}

export interface StringLiteral extends Positioned {
  readonly kind: "string";
  readonly value: string;
}

export interface VectorSelector extends Positioned {
  readonly kind: "selector";
  readonly matchers: readonly Matcher[];
  readonly shift: TimeShift;
}

export interface MatrixSelector extends Positioned {
  readonly kind: "range";
  readonly selector: VectorSelector;
  readonly rangeMs: number;
}

export interface Subquery extends Positioned {
  readonly kind: "subquery";
  readonly inner: Expression;
  readonly rangeMs: number;
  /** Undefined: the server's evaluation interval. */
  readonly stepMs: number | undefined;
  readonly shift: TimeShift;
}

export interface Call extends Positioned {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Expression[];
}

export type AggregateOperator =
  | "sum"
  | "avg"
  | "min"
  | "max"
  | "count"
  | "group"
  | "stddev"
  | "stdvar"
  | "topk"
  | "bottomk"
  | "quantile"
  | "count_values";

export interface Aggregate extends Positioned {
  readonly kind: "aggregate";
  readonly operator: AggregateOperator;
  readonly isWithout: boolean;
  readonly grouping: readonly string[];
  readonly parameter: Expression | undefined;
  readonly inner: Expression;
}

export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%" | "^" | "atan2";
export type ComparisonOperator = "==" | "!=" | ">" | "<" | ">=" | "<=";
export type SetOperator = "and" | "or" | "unless";
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | SetOperator;

export interface VectorMatching {
  readonly isOn: boolean;
  readonly labels: readonly string[];
  /** Which side may hold several series per match group. */
  readonly many: "none" | "left" | "right";
  /** Labels of the "one" side to copy (group_left/group_right arguments). */
  readonly include: readonly string[];
}

export interface Binary extends Positioned {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly isBool: boolean;
  readonly matching: VectorMatching;
}

export interface Unary extends Positioned {
  readonly kind: "unary";
  readonly operator: "+" | "-";
  readonly inner: Expression;
}

export interface Paren extends Positioned {
  readonly kind: "paren";
  readonly inner: Expression;
}

export type Expression =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Call
  | Aggregate
  | Binary
  | Unary
  | Paren;

export function isComparison(operator: BinaryOperator): operator is ComparisonOperator {
  return ["==", "!=", ">", "<", ">=", "<="].includes(operator);
}

export function isSetOperator(operator: BinaryOperator): operator is SetOperator {
  return operator === "and" || operator === "or" || operator === "unless";
}

export function unwrapParens(expression: Expression): Expression {
  let inner = expression;
  while (inner.kind === "paren") inner = inner.inner;
  return inner;
}
