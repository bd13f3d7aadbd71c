import { formatFloat } from "../demo/promql/go-text.ts";
import { type Labels, METRIC_NAME } from "../demo/promql/labels.ts";
import { openReader } from "../demo/promql/sample-reader.ts";
import type { SeriesSource } from "../demo/promql/series-source.ts";

/**
 * Every sample of a source in [fromMs, toMs] as OpenMetrics text, one line a chunk, closed by "# EOF". Series of one
 * metric stay together. The format has no staleness markers: a series that ends stale just ends.
 */
export function* toOpenMetrics(source: SeriesSource, fromMs: number, toMs: number): Generator<string> {
  const series = [...source.select([], fromMs, toMs)];
  series.sort((a, b) => compareText(a.labels.get(METRIC_NAME), b.labels.get(METRIC_NAME)));
  for (const one of series) {
    const prefix = seriesText(one.labels);
    const reader = openReader(one, fromMs, toMs);
    reader.window(fromMs, toMs);
    for (let index = reader.lo; index < reader.hi; index += 1) {
      yield `${prefix} ${formatFloat(reader.values[index] ?? 0)} ${(reader.times[index] ?? 0) / 1000}\n`;
    }
  }
  yield "# EOF\n";
}

/** The same samples as one complete text per `partMs`, cut at multiples of it, as Prometheus cuts its blocks. */
export function* toOpenMetricsParts(
  source: SeriesSource,
  fromMs: number,
  toMs: number,
  partMs = 2 * 3_600_000,
): Generator<Generator<string>> {
  for (let startMs = Math.floor(fromMs / partMs) * partMs; startMs <= toMs; startMs += partMs) {
    yield toOpenMetrics(source, Math.max(fromMs, startMs), Math.min(toMs, startMs + partMs - 1));
  }
}

function seriesText(labels: Labels): string {
  const pairs = labels.names.flatMap((name, index) =>
    name === METRIC_NAME ? [] : [`${name}="${escapeValue(labels.values[index] ?? "")}"`],
  );
  const name = labels.get(METRIC_NAME);
  return pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`;
}

function escapeValue(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
