import type { LabelSet } from "./exposition.ts";
import type { Labels } from "./promql/labels.ts";
import type { SpanSeries } from "./promql/series-source.ts";
import { demoFamilies, type SeriesOptions } from "./series-source.ts";

export type DumpOptions = SeriesOptions & {
  readonly fromSeconds: number;
  /** Included. */
  readonly toSeconds: number;
  /** Metrics to leave out or in; all by default. */
  readonly keeps?: (name: string) => boolean;
  /** Added to every series, as an external label would be. */
  readonly extraLabels?: LabelSet;
};

/** Lines are handed over in pieces of about this many characters. */
const PIECE_CHARACTERS = 1 << 20;

/**
 * The demo's stored series as OpenMetrics text for `promtool tsdb create-blocks-from openmetrics`, piece by piece in
 * bounded memory: a real Prometheus filled with it holds the same samples that the demo's engine computes. Staleness
 * markers cannot be written in this format; where a series ends, only a lookback of five minutes differs.
 */
export function* openMetricsDump(options: DumpOptions): Generator<string> {
  let piece = "";
  const seen = new Set<string>();
  for (const family of demoFamilies(options)) {
    if (options.keeps?.(family.name) === false) continue;
    for (const series of family.series()) {
      if (!("spans" in series) || seen.has(series.labels.key)) continue;
      seen.add(series.labels.key);
      const head = `${seriesText(series.labels, options.extraLabels ?? {})} `;
      for (const line of sampleLines(series, options)) {
        piece += head + line;
        if (piece.length >= PIECE_CHARACTERS) {
          yield piece;
          piece = "";
        }
      }
    }
  }
  yield `${piece}# EOF\n`;
}

function* sampleLines(series: SpanSeries, options: DumpOptions): Generator<string> {
  for (const span of series.spans) {
    const first = Math.max(0, Math.ceil((options.fromSeconds * 1000 - span.startMs) / span.intervalMs));
    const last = Math.min(span.count - 1, Math.floor((options.toSeconds * 1000 - span.startMs) / span.intervalMs));
    for (let index = first; index <= last; index += 1) {
      yield `${numberText(span.valueAt(index))} ${(span.startMs + index * span.intervalMs) / 1000}\n`;
    }
  }
}

function seriesText(labels: Labels, extra: LabelSet): string {
  const { __name__: name = "", ...rest } = labels.toRecord();
  const pairs = Object.entries({ ...rest, ...extra }).map(([label, value]) => `${label}="${escapeText(value)}"`);
  return `${name}{${pairs.join(",")}}`;
}

function escapeText(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}
