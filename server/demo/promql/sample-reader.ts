import type { SampleBlock, SampleSpan, SourceSeries } from "./series-source.ts";

/**
 * Reads one series for windows that move forward in time. After window(), samples lo..hi−1 of `times` and `values`
 * are those with fromMs ≤ time ≤ toMs (Prometheus 2: both ends included), without staleness markers.
 */
export interface SampleReader {
  readonly times: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly lo: number;
  readonly hi: number;
  window(fromMs: number, toMs: number): void;
  /** Reads only the ends of a window without a reset; false when that cannot be known and window() must be used. */
  ends?(fromMs: number, toMs: number, needsMonotonic: boolean): boolean;
  readonly windowEnds?: WindowEnds;
  /**
   * Newest sample at or before refMs and not older than lookbackMs; false when there is none or a staleness marker
   * comes first. The sample is left in foundMs and foundValue.
   */
  latest(refMs: number, lookbackMs: number): boolean;
  readonly foundMs: number;
  readonly foundValue: number;
}

export interface WindowEnds {
  count: number;
  firstMs: number;
  lastMs: number;
  firstValue: number;
  lastValue: number;
}

/** A reader for the samples in [fromMs, toMs]. */
export function openReader(series: SourceSeries, fromMs: number, toMs: number): SampleReader {
  return "spans" in series ? new SpanReader(series.spans) : new BlockReader(series.samples(fromMs, toMs));
}

export class BlockReader implements SampleReader {
  times: ArrayLike<number>;
  values: ArrayLike<number>;
  lo = 0;
  hi = 0;
  foundMs = 0;
  foundValue = 0;
  readonly #block: SampleBlock;
  #cursor = 0;

  constructor(block: SampleBlock) {
    this.#block = block;
    const { timesMs, values, isStale } = block;
    if (isStale === undefined) {
      this.times = timesMs;
      this.values = values;
      return;
    }
    const kept = Array.from({ length: timesMs.length }, (_, index) => index).filter((index) => isStale[index] !== true);
    this.times = kept.map((index) => timesMs[index] ?? 0);
    this.values = kept.map((index) => values[index] ?? 0);
  }

  window(fromMs: number, toMs: number): void {
    const { times } = this;
    if (this.lo > 0 && (times[this.lo - 1] ?? 0) >= fromMs) this.lo = 0;
    if (this.hi > 0 && (times[this.hi - 1] ?? 0) > toMs) this.hi = 0;
    while (this.lo < times.length && (times[this.lo] ?? 0) < fromMs) this.lo += 1;
    while (this.hi < times.length && (times[this.hi] ?? 0) <= toMs) this.hi += 1;
    if (this.lo > this.hi) this.hi = this.lo;
  }

  latest(refMs: number, lookbackMs: number): boolean {
    const { timesMs, values, isStale } = this.#block;
    if (this.#cursor > 0 && (timesMs[this.#cursor - 1] ?? 0) > refMs) this.#cursor = 0;
    while (this.#cursor < timesMs.length && (timesMs[this.#cursor] ?? 0) <= refMs) this.#cursor += 1;
    const index = this.#cursor - 1;
    const time = timesMs[index];
    if (time === undefined || time < refMs - lookbackMs || isStale?.[index] === true) return false;
    this.foundMs = time;
    this.foundValue = values[index] ?? 0;
    return true;
  }
}

/** A span as it was when the query began: its end may move with the clock. */
interface SpanView {
  readonly span: SampleSpan;
  readonly startMs: number;
  readonly intervalMs: number;
  readonly count: number;
  readonly endsStale: boolean;
}

class SpanReader implements SampleReader {
  times = new Float64Array(64);
  values = new Float64Array(64);
  lo = 0;
  hi = 0;
  foundMs = 0;
  foundValue = 0;
  readonly windowEnds: WindowEnds = { count: 0, firstMs: 0, lastMs: 0, firstValue: 0, lastValue: 0 };
  readonly #spans: readonly SpanView[];
  #lastFromMs = -Infinity;
  #lastToMs = -Infinity;
  #nextSpan = 0;
  #nextIndex = 0;
  #foundSpan: SpanView | undefined;
  #foundIndex = -1;

  constructor(spans: readonly SampleSpan[]) {
    this.#spans = spans.map((span) => ({
      span,
      startMs: span.startMs,
      intervalMs: span.intervalMs,
      count: span.count,
      endsStale: span.endsStale === true,
    }));
  }

  window(fromMs: number, toMs: number): void {
    if (fromMs < this.#lastFromMs || toMs < this.#lastToMs) {
      this.lo = 0;
      this.hi = 0;
      this.#nextSpan = 0;
      this.#nextIndex = 0;
    }
    this.#lastFromMs = fromMs;
    this.#lastToMs = toMs;
    while (this.lo < this.hi && (this.times[this.lo] ?? 0) < fromMs) this.lo += 1;
    for (;;) {
      const span = this.#spans[this.#nextSpan];
      if (span === undefined || span.startMs > toMs) return;
      const first = Math.max(this.#nextIndex, Math.ceil((fromMs - span.startMs) / span.intervalMs));
      const last = Math.min(span.count - 1, Math.floor((toMs - span.startMs) / span.intervalMs));
      if (last >= first) {
        this.#append(span, first, last);
        this.#nextIndex = last + 1;
      }
      if (last < span.count - 1) return;
      this.#nextSpan += 1;
      this.#nextIndex = 0;
    }
  }

  ends(fromMs: number, toMs: number, needsMonotonic: boolean): boolean {
    let only: SpanView | undefined;
    let first = 0;
    let last = -1;
    for (const span of this.#spans) {
      if (span.startMs > toMs) break;
      const low = Math.max(0, Math.ceil((fromMs - span.startMs) / span.intervalMs));
      const high = Math.min(span.count - 1, Math.floor((toMs - span.startMs) / span.intervalMs));
      if (high < low) continue;
      if (only !== undefined) return false;
      only = span;
      first = low;
      last = high;
    }
    const ends = this.windowEnds;
    ends.count = last - first + 1;
    if (only === undefined || ends.count < 2) return true;
    if (needsMonotonic && only.span.isMonotonic?.(first, last) !== true) return false;
    ends.firstMs = only.startMs + first * only.intervalMs;
    ends.lastMs = only.startMs + last * only.intervalMs;
    ends.firstValue = only.span.valueAt(first);
    ends.lastValue = only.span.valueAt(last);
    return true;
  }

  latest(refMs: number, lookbackMs: number): boolean {
    let span: SpanView | undefined;
    for (const candidate of this.#spans) {
      if (candidate.startMs > refMs) break;
      if (candidate.count > 0) span = candidate;
    }
    if (span === undefined) return false;
    let index = Math.floor((refMs - span.startMs) / span.intervalMs);
    if (index >= span.count) {
      if (span.endsStale) return false;
      index = span.count - 1;
    }
    const time = span.startMs + index * span.intervalMs;
    if (time < refMs - lookbackMs) return false;
    if (span !== this.#foundSpan || index !== this.#foundIndex) {
      this.#foundSpan = span;
      this.#foundIndex = index;
      this.foundMs = time;
      this.foundValue = span.span.valueAt(index);
    }
    return true;
  }

  #append(view: SpanView, first: number, last: number): void {
    const kept = this.hi - this.lo;
    const needed = kept + last - first + 1;
    if (this.hi + last - first + 1 > this.times.length) {
      const capacity = Math.max(needed * 2, this.times.length);
      const times = capacity > this.times.length ? new Float64Array(capacity) : this.times;
      const values = capacity > this.values.length ? new Float64Array(capacity) : this.values;
      times.set(this.times.subarray(this.lo, this.hi));
      values.set(this.values.subarray(this.lo, this.hi));
      this.times = times;
      this.values = values;
      this.lo = 0;
      this.hi = kept;
    }
    let at = this.hi;
    for (let index = first; index <= last; index += 1) {
      this.times[at] = view.startMs + index * view.intervalMs;
      this.values[at] = view.span.valueAt(index);
      at += 1;
    }
    this.hi = at;
  }
}
