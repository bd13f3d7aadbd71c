import type { Expression } from "./ast.ts";
import { unwrapParens } from "./ast.ts";
import { Budget, type BudgetLimits } from "./budget.ts";
import { typeOf, typeWords } from "./check-types.ts";
import { type Column, stepsBetween, timeAt } from "./columns.ts";
import { Evaluation } from "./evaluate.ts";
import { shiftedTime } from "./evaluate-selectors.ts";
import { compareLabels, Labels } from "./labels.ts";
import { parseQuery } from "./parse-query.ts";
import { PromqlError } from "./promql-error.ts";
import type { SeriesSource } from "./series-source.ts";

export interface QueryOptions extends BudgetLimits {
  readonly lookbackMs: number;
  readonly subqueryStepMs: number;
}

export interface MatrixRow {
  readonly labels: Labels;
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

export type QueryResult =
  | { readonly type: "scalar"; readonly atMs: number; readonly value: number }
  | { readonly type: "string"; readonly atMs: number; readonly value: string }
  | { readonly type: "vector"; readonly atMs: number; readonly rows: readonly { labels: Labels; value: number }[] }
  | { readonly type: "matrix"; readonly rows: readonly MatrixRow[] };

export interface QueryAnswer {
  readonly result: QueryResult;
  readonly totalQueryableSamples: number;
  readonly peakSamples: number;
}

/** Evaluates `query` at one moment. Throws PromqlError. */
export async function runInstantQuery(
  source: SeriesSource,
  query: string,
  atMs: number,
  options: QueryOptions,
): Promise<QueryAnswer> {
  const expression = parseQuery(query);
  const { budget, evaluation, context } = begin(source, atMs, atMs, options);
  const steps = stepsBetween(atMs, atMs, 1);
  const result = await instant();
  return { result, totalQueryableSamples: budget.totalQueryableSamples, peakSamples: budget.peakSamples };

  async function instant(): Promise<QueryResult> {
    const inner = unwrapParens(expression);
    switch (typeOf(expression)) {
      case "string":
        return { type: "string", atMs, value: inner.kind === "string" ? inner.value : "" };
      case "scalar":
        return { type: "scalar", atMs, value: (await evaluation.scalar(expression, steps))[0] ?? Number.NaN };
      case "vector": {
        const columns = await evaluation.vector(expression, steps);
        const present = columns.filter((column) => column.present[0] === 1);
        return { type: "vector", atMs, rows: present.map(({ labels, values }) => ({ labels, value: values[0] ?? 0 })) };
      }
      case "matrix":
        return { type: "matrix", rows: await windowRows(inner) };
    }
  }

  async function windowRows(inner: Expression): Promise<MatrixRow[]> {
    if (inner.kind !== "range" && inner.kind !== "subquery") return [];
    const endMs = shiftedTime(inner.kind === "range" ? inner.selector.shift : inner.shift, atMs, context);
    const rows: MatrixRow[] = [];
    for (const { labels, reader } of await evaluation.ranges(inner, steps)) {
      reader.window(endMs - inner.rangeMs, endMs);
      const { times, values, lo, hi } = reader;
      if (hi === lo) continue;
      budget.read(hi - lo);
      budget.hold(hi - lo);
      const slice = (list: ArrayLike<number>) => Array.from({ length: hi - lo }, (_, index) => list[lo + index] ?? 0);
      rows.push({ labels, timesMs: slice(times), values: slice(values) });
      if (budget.isSliceOver) await budget.pause();
    }
    return rows.sort((a, b) => compareLabels(a.labels, b.labels));
  }
}

/** Evaluates `query` at startMs, startMs + stepMs, … ≤ endMs. Throws PromqlError. */
export async function runRangeQuery(
  source: SeriesSource,
  query: string,
  range: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
  options: QueryOptions,
): Promise<QueryAnswer> {
  const expression = parseQuery(query);
  const type = typeOf(expression);
  if (type !== "scalar" && type !== "vector") {
    const problem = `invalid expression type "${typeWords(type)}" for range query, must be Scalar or instant Vector`;
    throw new PromqlError("bad_data", problem);
  }
  const { budget, evaluation } = begin(source, range.startMs, range.endMs, options);
  const steps = stepsBetween(range.startMs, range.endMs, range.stepMs);
  const columns: Column[] =
    type === "vector"
      ? await evaluation.vector(expression, steps)
      : [await scalarColumn(evaluation, expression, steps)];
  const rows = columns.map(({ labels, values, present }) => {
    const row = { labels, timesMs: [] as number[], values: [] as number[] };
    for (let step = 0; step < steps.count; step += 1) {
      if (present[step] !== 1) continue;
      row.timesMs.push(timeAt(steps, step));
      row.values.push(values[step] ?? 0);
    }
    return row;
  });
  const filled = rows.filter((row) => row.timesMs.length > 0).sort((a, b) => compareLabels(a.labels, b.labels));
  const { totalQueryableSamples, peakSamples } = budget;
  return { result: { type: "matrix", rows: filled }, totalQueryableSamples, peakSamples };
}

function begin(source: SeriesSource, queryStartMs: number, queryEndMs: number, options: QueryOptions) {
  const budget = new Budget(options);
  const { lookbackMs, subqueryStepMs } = options;
  const context = { source, budget, lookbackMs, subqueryStepMs, queryStartMs, queryEndMs };
  return { budget, context, evaluation: new Evaluation(context) };
}

async function scalarColumn(evaluation: Evaluation, expression: Expression, steps: ReturnType<typeof stepsBetween>) {
  const values = await evaluation.scalar(expression, steps);
  return { labels: Labels.empty, values, present: new Uint8Array(steps.count).fill(1) };
}
