import { seriesColours } from "./series-colour.ts";
import { timeTicks } from "./time-ticks.ts";

export type TimePoint = { readonly at: string | number; readonly value: number | null };
export type TimeSeries = {
  /** Stable identity: decides the colour. */
  readonly key: string;
  readonly label: string;
  readonly points: readonly TimePoint[];
  /** CSS colour, where the series is a state that has one everywhere. */
  readonly colour?: string;
};

export type TimeSeriesOptions = {
  /** `from` included, `to` excluded; ISO 8601, Date or epoch milliseconds. */
  readonly from: string | number | Date;
  readonly to: string | number | Date;
  readonly stepSeconds: number;
  /** Zone of the ticks: the billing zone for money, the reader's elsewhere. */
  readonly timeZone: string;
  /** How many series are drawn; the largest first. */
  readonly limit?: number;
  /**
   * `zero` only for additive metrics whose absence means nothing happened; the default leaves a gap. Additive series
   * beyond the limit are summed into one "rest" when `restLabel` is given; others are cut and counted.
   */
  readonly empty?: "gap" | "zero";
  readonly restLabel?: (count: number) => string;
};

export type PreparedSeries = {
  readonly key: string;
  readonly label: string;
  /** Series token 1–8; 0 = the rest; a text = that CSS colour. */
  readonly colour: number | string;
  /** One value per moment of `times`; `null` is a gap. */
  readonly values: readonly (number | null)[];
  /** Positions of samples without neighbours: a line would not show them, so they get a dot. */
  readonly isolated: ReadonlySet<number>;
  /** What the legend says where the newest value is no level, because its step is not over; `null` = nothing. */
  readonly level?: number | null;
};
export type PreparedTimeSeries = {
  readonly times: readonly number[];
  readonly series: readonly PreparedSeries[];
  readonly ticks: readonly number[];
  readonly from: number;
  readonly to: number;
  readonly shownCount: number;
  readonly totalCount: number;
  readonly hasSamples: boolean;
  /** Moments that are not all there yet: their bars are pale. */
  readonly unfinished?: ReadonlySet<number>;
};

const DEFAULT_LIMIT = 8;

/**
 * Decides what a time chart draws: which series, in which order and colour, on which grid of moments, with which ticks.
 *
 * Shape: one value per series and step; samples fall into the step that contains them, the last of a step wins.
 * Basis: series are ranked by the sum of their magnitudes. Gaps stay gaps and are never bridged or read as 0.
 * Errors: none; samples outside the range, without a time or not finite are left out.
 */
export function prepareTimeSeries(series: readonly TimeSeries[], options: TimeSeriesOptions): PreparedTimeSeries {
  const { stepSeconds, timeZone, limit = DEFAULT_LIMIT, empty = "gap", restLabel } = options;
  const step = Math.max(1, stepSeconds) * 1000;
  const from = new Date(options.from).getTime();
  const to = new Date(options.to).getTime();
  const count = Math.max(0, Math.ceil((to - from) / step));
  const times = Array.from({ length: count }, (_, index) => from + index * step);

  const ranked = series
    .map(({ key, label, points, colour }) => ({ key, label, own: colour, ...toGrid(points, from, step, count) }))
    .sort((a, b) => b.weight - a.weight || (a.key < b.key ? -1 : 1));
  const hasRest = restLabel !== undefined && ranked.length > limit;
  const shown = ranked.slice(0, limit);
  const rest = ranked.slice(limit);
  const colours = seriesColours(shown.map(({ key }) => key));
  const fill = (values: readonly (number | null)[]) => (empty === "zero" ? values.map((value) => value ?? 0) : values);

  const prepared = shown.map(({ key, label, own, values }): PreparedSeries => {
    const filled = fill(values);
    return { key, label, colour: own ?? colours.get(key) ?? 1, values: filled, isolated: findIsolated(filled) };
  });
  if (hasRest) {
    const values = fill(
      sum(
        rest.map((part) => part.values),
        count,
      ),
    );
    prepared.push({
      key: "\u0000rest",
      label: restLabel(rest.length),
      colour: 0,
      values,
      isolated: findIsolated(values),
    });
  }
  return {
    times,
    series: prepared,
    ticks: timeTicks(from, to, timeZone),
    from,
    to,
    shownCount: shown.length,
    totalCount: series.length,
    hasSamples: ranked.some(({ hasSample }) => hasSample),
  };
}

function toGrid(points: readonly TimePoint[], from: number, step: number, count: number) {
  const values = new Array<number | null>(count).fill(null);
  let weight = 0;
  let hasSample = false;
  for (const { at, value } of points) {
    const index = Math.floor((new Date(at).getTime() - from) / step);
    if (!(index >= 0 && index < count) || value === null || !Number.isFinite(value)) continue;
    values[index] = value;
    weight += Math.abs(value);
    hasSample = true;
  }
  return { values, weight, hasSample };
}

function sum(rows: readonly (readonly (number | null)[])[], count: number): (number | null)[] {
  return Array.from({ length: count }, (_, index) => {
    let total: number | null = null;
    for (const row of rows) {
      const value = row[index];
      if (value !== null && value !== undefined) total = (total ?? 0) + value;
    }
    return total;
  });
}

export function findIsolated(values: readonly (number | null)[]): ReadonlySet<number> {
  const isolated = new Set<number>();
  values.forEach((value, index) => {
    if (value !== null && (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null)
      isolated.add(index);
  });
  return isolated;
}
