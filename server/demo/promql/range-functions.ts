import type { WindowEnds } from "./sample-reader.ts";
import { CompensatedSum, linearRegression, Mean, quantile, Spread } from "./statistics.ts";

/** Samples lo..hi−1 of one series in the window [startMs, endMs] of one step; there is at least one. */
export interface RangeWindow {
  times: ArrayLike<number>;
  values: ArrayLike<number>;
  lo: number;
  hi: number;
  startMs: number;
  endMs: number;
  /** Nominal length of the range selector, which rate() divides by. */
  rangeSeconds: number;
  /** Time of the step, which predict_linear() counts from. */
  stepMs: number;
  /** The scalar argument, NaN for functions without one. */
  parameter: number;
}

/** undefined: no value at this step. */
export type RangeFunction = (window: RangeWindow) => number | undefined;

export const rangeFunctions: ReadonlyMap<string, RangeFunction> = new Map<string, RangeFunction>([
  ["rate", (window) => extrapolatedChange(window, true, true)],
  ["increase", (window) => extrapolatedChange(window, true, false)],
  ["delta", (window) => extrapolatedChange(window, false, false)],
  ["irate", (window) => instantChange(window, true)],
  ["idelta", (window) => instantChange(window, false)],
  ["deriv", deriv],
  ["predict_linear", predictLinear],
  ["resets", (window) => countPairs(window, (previous, value) => value < previous)],
  ["changes", (window) => countPairs(window, isChange)],
  ["avg_over_time", avgOverTime],
  ["sum_over_time", sumOverTime],
  ["count_over_time", ({ lo, hi }) => hi - lo],
  ["present_over_time", () => 1],
  ["absent_over_time", () => 1],
  ["last_over_time", ({ values, hi }) => values[hi - 1] ?? 0],
  ["min_over_time", (window) => extreme(window, (value, best) => value < best)],
  ["max_over_time", (window) => extreme(window, (value, best) => value > best)],
  ["stddev_over_time", (window) => Math.sqrt(spreadOf(window).variance)],
  ["stdvar_over_time", (window) => spreadOf(window).variance],
  ["quantile_over_time", (window) => quantile(window.parameter, valuesOf(window))],
]);

function extrapolatedChange(window: RangeWindow, isCounter: boolean, isRate: boolean): number | undefined {
  const { times, values, lo, hi } = window;
  if (hi - lo < 2) return undefined;
  const firstValue = values[lo] ?? 0;
  const lastValue = values[hi - 1] ?? 0;
  let change = lastValue - firstValue;
  if (isCounter) {
    let previous = firstValue;
    for (let index = lo + 1; index < hi; index += 1) {
      const value = values[index] ?? 0;
      if (value < previous) change += previous;
      previous = value;
    }
  }
  const ends = { count: hi - lo, firstMs: times[lo] ?? 0, lastMs: times[hi - 1] ?? 0, firstValue, lastValue };
  return extrapolate(change, ends, window, isCounter, isRate);
}

/**
 * rate(), increase(), delta() from the ends of a window in which `change` was seen: stretched to the window's edges
 * when the samples come near them, else by half an interval, and never below zero for a counter (Prometheus 2.42).
 */
export function extrapolate(
  change: number,
  ends: WindowEnds,
  window: Pick<RangeWindow, "startMs" | "endMs" | "rangeSeconds">,
  isCounter: boolean,
  isRate: boolean,
): number | undefined {
  if (ends.count < 2) return undefined;
  let toStartSeconds = (ends.firstMs - window.startMs) / 1000;
  const toEndSeconds = (window.endMs - ends.lastMs) / 1000;
  const sampledSeconds = (ends.lastMs - ends.firstMs) / 1000;
  const averageSeconds = sampledSeconds / (ends.count - 1);
  if (isCounter && change > 0 && ends.firstValue >= 0) {
    toStartSeconds = Math.min(toStartSeconds, sampledSeconds * (ends.firstValue / change));
  }
  const threshold = averageSeconds * 1.1;
  let seconds = sampledSeconds;
  seconds += toStartSeconds < threshold ? toStartSeconds : averageSeconds / 2;
  seconds += toEndSeconds < threshold ? toEndSeconds : averageSeconds / 2;
  return (change * (seconds / sampledSeconds)) / (isRate ? window.rangeSeconds : 1);
}

function instantChange({ times, values, lo, hi }: RangeWindow, isRate: boolean): number | undefined {
  if (hi - lo < 2) return undefined;
  const last = values[hi - 1] ?? 0;
  const previous = values[hi - 2] ?? 0;
  const seconds = ((times[hi - 1] ?? 0) - (times[hi - 2] ?? 0)) / 1000;
  if (!isRate) return last - previous;
  return (last < previous ? last : last - previous) / seconds;
}

function deriv({ times, values, lo, hi }: RangeWindow): number | undefined {
  return hi - lo < 2 ? undefined : linearRegression(times, values, lo, hi, times[lo] ?? 0).slope;
}

function predictLinear({ times, values, lo, hi, stepMs, parameter }: RangeWindow): number | undefined {
  if (hi - lo < 2) return undefined;
  const { slope, intercept } = linearRegression(times, values, lo, hi, stepMs);
  return slope * parameter + intercept;
}

function isChange(previous: number, value: number): boolean {
  return value !== previous && !(Number.isNaN(value) && Number.isNaN(previous));
}

function countPairs({ values, lo, hi }: RangeWindow, counts: (previous: number, value: number) => boolean): number {
  let total = 0;
  for (let index = lo + 1; index < hi; index += 1) {
    if (counts(values[index - 1] ?? 0, values[index] ?? 0)) total += 1;
  }
  return total;
}

function avgOverTime({ values, lo, hi }: RangeWindow): number {
  const mean = new Mean();
  for (let index = lo; index < hi; index += 1) mean.add(values[index] ?? 0);
  return mean.value;
}

function sumOverTime({ values, lo, hi }: RangeWindow): number {
  const sum = new CompensatedSum();
  for (let index = lo; index < hi; index += 1) sum.add(values[index] ?? 0);
  return sum.total;
}

function extreme({ values, lo, hi }: RangeWindow, isBetter: (value: number, best: number) => boolean): number {
  let best = values[lo] ?? 0;
  for (let index = lo + 1; index < hi; index += 1) {
    const value = values[index] ?? 0;
    if (isBetter(value, best) || Number.isNaN(best)) best = value;
  }
  return best;
}

function spreadOf({ values, lo, hi }: RangeWindow): Spread {
  const spread = new Spread();
  for (let index = lo; index < hi; index += 1) spread.add(values[index] ?? 0);
  return spread;
}

function valuesOf({ values, lo, hi }: RangeWindow): Float64Array {
  if (values instanceof Float64Array) return values.slice(lo, hi);
  return Float64Array.from({ length: hi - lo }, (_, index) => values[lo + index] ?? 0);
}
