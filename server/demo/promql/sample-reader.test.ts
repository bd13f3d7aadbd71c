import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockSeries } from "./contract-series.ts";
import { Labels } from "./labels.ts";
import { openReader } from "./sample-reader.ts";
import type { SampleSpan, SpanSeries } from "./series-source.ts";

const spanLists = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 50 }),
      count: fc.integer({ min: 0, max: 12 }),
      endsStale: fc.boolean(),
    }),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((parts) => {
    let at = 0;
    return parts.map(({ gap, count, endsStale }, part): SampleSpan => {
      const startMs = at + gap;
      at = startMs + (count + 1) * 10;
      return {
        startMs,
        intervalMs: 10,
        count,
        endsStale: endsStale && count > 0,
        valueAt: (index) => part * 1000 + index,
      };
    });
  });

/** The same samples, written out. */
function asBlock(spans: readonly SampleSpan[]) {
  const timesMs: number[] = [];
  const values: number[] = [];
  const isStale: boolean[] = [];
  for (const span of spans) {
    for (let index = 0; index < span.count + (span.endsStale ? 1 : 0); index += 1) {
      timesMs.push(span.startMs + index * span.intervalMs);
      values.push(index < span.count ? span.valueAt(index) : 0);
      isStale.push(index >= span.count);
    }
  }
  return blockSeries({ __name__: "x" }, { timesMs, values, isStale });
}

describe("reading lazily", () => {
  it("sees what reading everything sees, window by window and moment by moment", () => {
    fc.assert(
      fc.property(
        spanLists,
        fc.array(fc.record({ move: fc.integer({ min: -30, max: 60 }), length: fc.integer({ min: 0, max: 120 }) })),
        (spans, moves) => {
          const series: SpanSeries = { labels: Labels.empty, spans };
          const lazy = openReader(series, -1000, 10_000);
          const eager = openReader(asBlock(spans), -1000, 10_000);
          let to = 0;
          for (const { move, length } of moves) {
            to += move;
            lazy.window(to - length, to);
            eager.window(to - length, to);
            const seen = [lazy, eager].map(({ times, values, lo, hi }) =>
              Array.from({ length: hi - lo }, (_, index) => [times[lo + index], values[lo + index]]),
            );
            expect(seen[0]).toEqual(seen[1]);
            const found = [lazy, eager].map(
              (reader) => reader.latest(to, length) && [reader.foundMs, reader.foundValue],
            );
            expect(found[0]).toEqual(found[1]);
          }
        },
      ),
    );
  });

  it("reads the two ends of a window only when no reset can hide between them", () => {
    const reads: number[] = [];
    const span: SampleSpan = {
      startMs: 0,
      intervalMs: 10,
      count: 100,
      valueAt: (index) => reads.push(index),
      isMonotonic: (from, to) => !(from < 50 && to >= 50),
    };
    const reader = openReader({ labels: Labels.empty, spans: [span] }, 0, 1000);
    expect(reader.ends?.(100, 300, true)).toBe(true);
    expect(reads).toEqual([10, 30]);
    expect(reader.ends?.(400, 600, true)).toBe(false);
    expect(reader.ends?.(400, 600, false)).toBe(true);
  });
});
