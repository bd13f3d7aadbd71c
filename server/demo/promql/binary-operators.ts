import type { ArithmeticOperator, BinaryOperator, ComparisonOperator } from "./ast.ts";

/** Value of an arithmetic operator; JavaScript's % truncates like Go's math.Mod. */
export function arithmetic(operator: ArithmeticOperator, left: number, right: number): number {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
    case "^":
      return power(left, right);
    case "atan2":
      return Math.atan2(left, right);
  }
}

/** Go's math.Pow: 1 to any power and (−1)^±Inf are 1, where JavaScript says NaN. */
function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1;
  return base ** exponent;
}

export function compare(operator: ComparisonOperator, left: number, right: number): boolean {
  switch (operator) {
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case ">":
      return left > right;
    case "<":
      return left < right;
    case ">=":
      return left >= right;
    case "<=":
      return left <= right;
  }
}

export function isArithmetic(operator: BinaryOperator): operator is ArithmeticOperator {
  return ["+", "-", "*", "/", "%", "^", "atan2"].includes(operator);
}

/** Whether an operator's result loses the metric name. atan2 keeps it, an oversight of Prometheus 2.42 that we share. */
export function dropsMetricName(operator: BinaryOperator): boolean {
  return isArithmetic(operator) && operator !== "atan2";
}
