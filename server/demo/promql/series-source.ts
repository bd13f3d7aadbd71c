import type { Labels } from "./labels.ts";
import type { Matcher } from "./matcher.ts";

/**
 * Samples on a fixed grid without holes: sample i lies at startMs + i × intervalMs. Nothing is materialised; the
 * evaluator asks for the values that a query needs, in any order, and may ask twice.
 */
export interface SampleSpan {
  readonly startMs: number;
  readonly intervalMs: number;
  readonly count: number;
  /** Value of sample `index`; must be a pure function of the index. */
  valueAt(index: number): number;
  /**
   * True only when no sample in [fromIndex, toIndex] is below its predecessor (a counter without a reset). Then
   * rate() and increase() read the two ends of a window instead of all of it. Absent or false costs time, never truth.
   */
  isMonotonic?(fromIndex: number, toIndex: number): boolean;
  /** The target went away: a staleness marker follows one interval after the last sample. */
  readonly endsStale?: boolean;
}

/** Samples in rising order of time; `isStale[i]` marks a staleness marker, whose value is ignored. */
export interface SampleBlock {
  readonly timesMs: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly isStale?: ArrayLike<boolean>;
}

/** A generated series: spans in rising order that do not overlap; the space between two spans is a gap. */
export interface SpanSeries {
  readonly labels: Labels;
  readonly spans: readonly SampleSpan[];
}

/** A series with samples at any times. */
export interface BlockSeries {
  readonly labels: Labels;
  /** All samples with fromMs ≤ time ≤ toMs. */
  samples(fromMs: number, toMs: number): SampleBlock;
}

export type SourceSeries = SpanSeries | BlockSeries;

export interface MetricMetadata {
  readonly type: "counter" | "gauge" | "histogram" | "summary" | "untyped" | "unknown" | "info" | "stateset";
  readonly help: string;
  readonly unit: string;
}

/** Where the evaluator finds series. Implementations index by metric name; order of the answer does not matter. */
export interface SeriesSource {
  /** Series that match and may have samples in [fromMs, toMs]; one without samples there is allowed. */
  select(matchers: readonly Matcher[], fromMs: number, toMs: number): Iterable<SourceSeries>;
  labelNames(fromMs: number, toMs: number): readonly string[];
  labelValues(name: string, fromMs: number, toMs: number): readonly string[];
  metadata(): ReadonlyMap<string, readonly MetricMetadata[]>;
}

/** First and last possible moment of a series, undefined when it is not known without reading it. */
export function spanBounds(series: SourceSeries): { fromMs: number; toMs: number } | undefined {
  if (!("spans" in series)) return undefined;
  const first = series.spans[0];
  const last = series.spans.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return { fromMs: first.startMs, toMs: last.startMs + last.intervalMs * (last.count - (last.endsStale ? 0 : 1)) };
}
