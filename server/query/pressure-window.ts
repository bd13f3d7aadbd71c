import type { PressureWindow } from "../contract/pressure.ts";
import type { Series } from "../domain/pressure/series.ts";
import type { PressureBasis } from "../store/sql/read-pressure.ts";
import type { BucketRow } from "../store/sql/read-pressure-series.ts";

export const WINDOW_SECONDS: Readonly<Record<PressureWindow, number>> = {
  "15m": 900,
  "1h": 3_600,
  "6h": 21_600,
  "24h": 86_400,
  "7d": 604_800,
};

export type WindowPlan = {
  readonly from: Date;
  readonly to: Date;
  /** What the ranking adds up: coarser tables for longer windows, so that 5,000 nodes stay within the budget of an answer. */
  readonly rankBasis: PressureBasis;
  /** Start of the ranking: the window's, rounded down to the row size of its table. */
  readonly rankFrom: Date;
  readonly seriesBasis: "raw" | "hourly";
  /** Of the series of one thing. */
  readonly stepSeconds: number;
  /** Of the small lines in the ranking. */
  readonly trendStepSeconds: number;
  readonly heatBasis: "raw" | "hourly";
  readonly heatStepSeconds: number;
};

const HOUR = 3_600;
const DAY = 86_400;
/** Above this, minutes × nodes would be millions of rows for a heatmap of a day. */
const FINE_HEAT_NODES = 500;

const PLANS: Readonly<
  Record<PressureWindow, readonly [PressureBasis, number, "raw" | "hourly", number, number, number]>
> = {
  "15m": ["raw", 60, "raw", 60, 60, 60],
  "1h": ["raw", 60, "raw", 60, 60, 300],
  "6h": ["hourly", HOUR, "raw", 300, 300, 300],
  "24h": ["hourly", HOUR, "raw", 300, 900, 900],
  "7d": ["daily", DAY, "hourly", HOUR, HOUR, 10_800],
};

/** How a window is read: from which table, from when, in which steps. The end is the start of the next minute. */
export function planWindow(window: PressureWindow, now: Date, nodeCount = 0): WindowPlan {
  const [rankBasis, rowSeconds, seriesBasis, stepSeconds, trendStepSeconds, heatStep] = PLANS[window];
  const to = new Date(Math.floor(now.getTime() / 60_000) * 60_000 + 60_000);
  const floor = (seconds: number) =>
    new Date(Math.floor((to.getTime() / 1000 - WINDOW_SECONDS[window]) / seconds) * seconds * 1000);
  const isFine = seriesBasis === "raw" && (nodeCount <= FINE_HEAT_NODES || WINDOW_SECONDS[window] <= HOUR);
  return {
    from: floor(Math.max(rowSeconds, trendStepSeconds, isFine ? heatStep : HOUR)),
    to,
    rankBasis,
    rankFrom: floor(rowSeconds),
    seriesBasis,
    stepSeconds,
    trendStepSeconds,
    heatBasis: isFine ? "raw" : "hourly",
    heatStepSeconds: isFine ? heatStep : Math.max(HOUR, heatStep),
  };
}

export function stepCount(from: Date, to: Date, stepSeconds: number): number {
  return Math.max(0, Math.ceil((to.getTime() - from.getTime()) / 1000 / stepSeconds));
}

/**
 * One quantity of one entity on the grid of the window. A sample that stands for several steps (a backfilled one among live
 * ones) fills those before it that have none; a hole stays a hole.
 */
export function toSeries(
  rows: readonly BucketRow[],
  metricIndex: number,
  grid: { readonly from: Date; readonly to: Date; readonly stepSeconds: number },
): Series {
  const values = new Array<number | null>(stepCount(grid.from, grid.to, grid.stepSeconds)).fill(null);
  for (const { bucket, means } of rows) if (bucket < values.length) values[bucket] = means[metricIndex] ?? null;
  for (const { bucket, coveredSeconds, means } of rows) {
    const value = means[metricIndex] ?? null;
    if (value === null) continue;
    const span = Math.ceil(coveredSeconds / grid.stepSeconds);
    for (let at = bucket - 1; at > bucket - span && at >= 0 && values[at] === null; at -= 1) values[at] = value;
  }
  return { startAt: grid.from, stepSeconds: grid.stepSeconds, values };
}
