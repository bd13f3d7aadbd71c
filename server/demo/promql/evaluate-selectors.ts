import type { Expression, MatrixSelector, Subquery, TimeShift, VectorSelector } from "./ast.ts";
import type { Budget } from "./budget.ts";
import { type Column, mergeColumns, newColumn, type Steps, stepsBetween, timeAt } from "./columns.ts";
import { compareLabels, type Labels } from "./labels.ts";
import { extrapolate, type RangeFunction, type RangeWindow } from "./range-functions.ts";
import { BlockReader, openReader, type SampleReader } from "./sample-reader.ts";
import type { SeriesSource, SourceSeries } from "./series-source.ts";

/** What an evaluation needs besides the expression. */
export interface EvaluationContext {
  readonly source: SeriesSource;
  readonly budget: Budget;
  /** How old the newest sample of an instant selector may be. */
  readonly lookbackMs: number;
  /** Step of subqueries that name none (Prometheus' evaluation interval). */
  readonly subqueryStepMs: number;
  /** Ends of the whole query, for `@ start()` and `@ end()`. */
  readonly queryStartMs: number;
  readonly queryEndMs: number;
}

/** A series to be read window by window. */
export interface RangeSeries {
  readonly labels: Labels;
  readonly reader: SampleReader;
}

/** The moment that a shifted selector looks at when evaluated at `stepMs`. */
export function shiftedTime(shift: TimeShift, stepMs: number, context: EvaluationContext): number {
  let base = stepMs;
  if (shift.at === "start") base = context.queryStartMs;
  else if (shift.at === "end") base = context.queryEndMs;
  else if (shift.at !== undefined) base = shift.at;
  return base - shift.offsetMs;
}

function selectSorted(
  context: EvaluationContext,
  selector: VectorSelector,
  fromMs: number,
  toMs: number,
): SourceSeries[] {
  const series = [...context.source.select(selector.matchers, fromMs, toMs)];
  return series.sort((a, b) => compareLabels(a.labels, b.labels));
}

/** An instant vector selector at every step; `wantsTime` gives the samples' own times in seconds (timestamp()). */
export async function evaluateSelector(
  selector: VectorSelector,
  steps: Steps,
  context: EvaluationContext,
  wantsTime = false,
): Promise<Column[]> {
  const { budget, lookbackMs } = context;
  const fromMs = shiftedTime(selector.shift, steps.startMs, context) - lookbackMs;
  const toMs = shiftedTime(selector.shift, timeAt(steps, steps.count - 1), context);
  const columns: Column[] = [];
  for (const series of selectSorted(context, selector, fromMs, toMs)) {
    const reader = openReader(series, fromMs, toMs);
    const column = newColumn(series.labels, steps.count);
    let found = 0;
    for (let step = 0; step < steps.count; step += 1) {
      if (!reader.latest(shiftedTime(selector.shift, timeAt(steps, step), context), lookbackMs)) continue;
      column.values[step] = wantsTime ? reader.foundMs / 1000 : reader.foundValue;
      column.present[step] = 1;
      found += 1;
    }
    if (found > 0) columns.push(column);
    budget.read(found);
    budget.hold(found);
    if (budget.isSliceOver) await budget.pause();
  }
  return columns;
}

export function openRange(expression: MatrixSelector, steps: Steps, context: EvaluationContext): RangeSeries[] {
  const { selector, rangeMs } = expression;
  const fromMs = shiftedTime(selector.shift, steps.startMs, context) - rangeMs;
  const toMs = shiftedTime(selector.shift, timeAt(steps, steps.count - 1), context);
  return selectSorted(context, selector, fromMs, toMs).map((series) => ({
    labels: series.labels,
    reader: openReader(series, fromMs, toMs),
  }));
}

/** Evaluates the inner expression once over all windows, on multiples of the subquery's own step. */
export async function openSubquery(
  expression: Subquery,
  steps: Steps,
  context: EvaluationContext,
  evaluateVector: (expression: Expression, steps: Steps) => Promise<Column[]>,
): Promise<RangeSeries[]> {
  const stepMs = expression.stepMs ?? context.subqueryStepMs;
  const earliestMs = shiftedTime(expression.shift, steps.startMs, context) - expression.rangeMs;
  const latestMs = shiftedTime(expression.shift, timeAt(steps, steps.count - 1), context);
  const inner = stepsBetween(Math.ceil(earliestMs / stepMs) * stepMs, latestMs, stepMs);
  const columns = inner.count === 0 ? [] : await evaluateVector(expression.inner, inner);
  return columns.map(({ labels, values, present }) => {
    const timesMs: number[] = [];
    const kept: number[] = [];
    for (let step = 0; step < inner.count; step += 1) {
      if (present[step] !== 1) continue;
      timesMs.push(timeAt(inner, step));
      kept.push(values[step] ?? 0);
    }
    return { labels, reader: new BlockReader({ timesMs, values: kept }) };
  });
}

export interface RangeCall {
  readonly name: string;
  readonly apply: RangeFunction;
  readonly rangeMs: number;
  readonly shift: TimeShift;
  readonly keepsName: boolean;
  /** Scalar argument per step. */
  readonly parameter: Float64Array | undefined;
}

/** Functions that need only the ends of a window; the first two must also know that no reset lies between. */
const END_FUNCTIONS: ReadonlySet<string> = new Set(["rate", "increase", "delta"]);

/** The clock is looked at once per so many windows. */
const STEPS_PER_LOOK = 16;

/** A function over the window of every step, for every series. */
export async function applyOverRanges(
  call: RangeCall,
  series: readonly RangeSeries[],
  steps: Steps,
  context: EvaluationContext,
): Promise<Column[]> {
  const { budget } = context;
  const columns: Column[] = [];
  for (const { labels, reader } of series) {
    const column = newColumn(call.keepsName ? labels : labels.dropName(), steps.count);
    let points = 0;
    for (let step = 0; step < steps.count; step += 1) {
      points += applyAtStep(call, reader, column, step, steps, context);
      if (step % STEPS_PER_LOOK === 0 && budget.isSliceOver) await budget.pause();
    }
    budget.read(points);
    if (column.present.includes(1)) {
      columns.push(column);
      budget.hold(steps.count);
    }
  }
  return mergeColumns(columns, true);
}

function applyAtStep(
  call: RangeCall,
  reader: SampleReader,
  column: Column,
  step: number,
  steps: Steps,
  context: EvaluationContext,
): number {
  const stepMs = timeAt(steps, step);
  const endMs = shiftedTime(call.shift, stepMs, context);
  const startMs = endMs - call.rangeMs;
  const rangeSeconds = call.rangeMs / 1000;
  const isCounter = call.name !== "delta";
  let value: number | undefined;
  let points: number;
  if (END_FUNCTIONS.has(call.name) && reader.ends?.(startMs, endMs, isCounter) && reader.windowEnds !== undefined) {
    const ends = reader.windowEnds;
    points = ends.count;
    const bounds = { startMs, endMs, rangeSeconds };
    value = extrapolate(ends.lastValue - ends.firstValue, ends, bounds, isCounter, call.name === "rate");
  } else {
    reader.window(startMs, endMs);
    const { times, values, lo, hi } = reader;
    points = hi - lo;
    if (points === 0) return 0;
    const parameter = call.parameter?.[step] ?? Number.NaN;
    const window: RangeWindow = { times, values, lo, hi, startMs, endMs, rangeSeconds, stepMs, parameter };
    value = call.apply(window);
  }
  if (value !== undefined) {
    column.values[step] = value;
    column.present[step] = 1;
  }
  return points;
}
