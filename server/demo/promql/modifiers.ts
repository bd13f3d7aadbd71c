import type { Expression, TimeShift } from "./ast.ts";
import { parseError } from "./promql-error.ts";

const SHIFTABLE = "must be preceded by an instant vector selector or range vector selector or a subquery";

/** `expression[5m]` */
export function applyRange(query: string, expression: Expression, rangeMs: number, bracketAt: number): Expression {
  if (expression.kind !== "selector") {
    throw parseError(query, bracketAt, "ranges only allowed for vector selectors");
  }
  if (expression.shift.offsetMs !== 0 || expression.shift.at !== undefined) {
    throw parseError(query, bracketAt, "no offset or @ modifiers allowed before range");
  }
  return { kind: "range", selector: expression, rangeMs, position: expression.position };
}

/** `expression[5m:1m]` */
export function applySubquery(
  query: string,
  inner: Expression,
  rangeMs: number,
  stepMs: number | undefined,
): Expression {
  if (inner.kind === "range") {
    throw parseError(query, inner.position, "subquery is only allowed on instant vector, got matrix instead");
  }
  return { kind: "subquery", inner, rangeMs, stepMs, shift: { offsetMs: 0 }, position: inner.position };
}

/** `expression offset 5m` */
export function applyOffset(query: string, expression: Expression, offsetMs: number): Expression {
  return shifted(query, expression, "offset modifier", (shift) => {
    if (shift.offsetMs !== 0) throw parseError(query, expression.position, "offset may not be set multiple times");
    return { ...shift, offsetMs };
  });
}

/** `expression @ 1700000000`, `@ start()`, `@ end()`; a number is milliseconds here. */
export function applyAt(query: string, expression: Expression, at: number | "start" | "end"): Expression {
  return shifted(query, expression, "@ modifier", (shift) => {
    if (shift.at !== undefined) {
      throw parseError(query, expression.position, "@ <timestamp> may not be set multiple times");
    }
    if (typeof at === "number" && !(Math.abs(at) < Number.MAX_SAFE_INTEGER)) {
      throw parseError(query, expression.position, `timestamp out of bounds for @ modifier: ${at / 1000}`);
    }
    return { ...shift, at: typeof at === "number" ? Math.round(at) : at };
  });
}

function shifted(
  query: string,
  expression: Expression,
  modifier: string,
  change: (shift: TimeShift) => TimeShift,
): Expression {
  switch (expression.kind) {
    case "selector":
    case "subquery":
      return { ...expression, shift: change(expression.shift) };
    case "range":
      return { ...expression, selector: { ...expression.selector, shift: change(expression.selector.shift) } };
    default:
      throw parseError(query, expression.position, `${modifier} ${SHIFTABLE}`);
  }
}
