/** Samples of one quantity on a common time axis: `null` = no sample, 0 = measured zero. */
export type Series = {
  readonly startAt: Date;
  readonly stepSeconds: number;
  readonly values: readonly (number | null)[];
};

export type SeriesSummary = {
  /** Seconds with a sample. */
  readonly coveredSeconds: number;
  /** Mean over the covered seconds; null when nothing was covered. */
  readonly mean: number | null;
  readonly max: number | null;
  readonly maxAt: Date | null;
};

export function summarize(series: Series): SeriesSummary {
  let count = 0;
  let sum = 0;
  let max: number | null = null;
  let maxIndex = -1;
  series.values.forEach((value, index) => {
    if (value === null) return;
    count += 1;
    sum += value;
    if (max === null || value > max) {
      max = value;
      maxIndex = index;
    }
  });
  return {
    coveredSeconds: count * series.stepSeconds,
    mean: count === 0 ? null : sum / count,
    max,
    maxAt: maxIndex < 0 ? null : new Date(series.startAt.getTime() + maxIndex * series.stepSeconds * 1000),
  };
}

/**
 * A rate of events with single events that are known from elsewhere: each makes one per step where nothing was measured, and
 * leaves a step alone that says of an event already. Moments outside of the series change nothing.
 */
export function withEvents(series: Series, moments: readonly Date[]): Series {
  const values = [...series.values];
  for (const moment of moments) {
    const index = Math.floor((moment.getTime() - series.startAt.getTime()) / (series.stepSeconds * 1000));
    if (index >= 0 && index < values.length && (values[index] ?? 0) === 0) values[index] = 1 / series.stepSeconds;
  }
  return { ...series, values };
}
