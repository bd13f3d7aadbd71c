import type { ValueType } from "./ast.ts";

/** Types of a function's arguments: `optional` further ones of the last type may be left out (Infinity: any number). */
export interface Signature {
  readonly args: readonly ValueType[];
  readonly optional: number;
  readonly returns: ValueType;
}

function signature(args: readonly ValueType[], returns: ValueType = "vector", optional = 0): Signature {
  return { args, optional, returns };
}

const overRange = signature(["matrix"]);
const onVector = signature(["vector"]);
const onDate = signature(["vector"], "vector", 1);

/** Every function that the evaluator has, as Prometheus 2.42 declares it. */
export const signatures: ReadonlyMap<string, Signature> = new Map([
  ...[
    "rate irate increase delta idelta deriv resets changes absent_over_time avg_over_time min_over_time max_over_time",
    "sum_over_time count_over_time last_over_time present_over_time stddev_over_time stdvar_over_time",
  ].flatMap((names) => names.split(" ").map((name): [string, Signature] => [name, overRange])),
  ...[
    "abs absent ceil floor exp ln log2 log10 sqrt sgn sort sort_desc timestamp deg rad",
    "sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh",
  ].flatMap((names) => names.split(" ").map((name): [string, Signature] => [name, onVector])),
  ..."hour minute month year day_of_month day_of_week day_of_year days_in_month"
    .split(" ")
    .map((name): [string, Signature] => [name, onDate]),
  ["clamp", signature(["vector", "scalar", "scalar"])],
  ["clamp_max", signature(["vector", "scalar"])],
  ["clamp_min", signature(["vector", "scalar"])],
  ["histogram_quantile", signature(["scalar", "vector"])],
  ["label_join", signature(["vector", "string", "string", "string"], "vector", Infinity)],
  ["label_replace", signature(["vector", "string", "string", "string", "string"])],
  ["pi", signature([], "scalar")],
  ["predict_linear", signature(["matrix", "scalar"])],
  ["quantile_over_time", signature(["scalar", "matrix"])],
  ["round", signature(["vector", "scalar"], "vector", 1)],
  ["scalar", signature(["vector"], "scalar")],
  ["time", signature([], "scalar")],
  ["vector", signature(["scalar"])],
]);
