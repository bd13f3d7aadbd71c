import { METRIC_NAME } from "./labels.ts";
import { type SeriesSource, spanBounds } from "./series-source.ts";

interface Count {
  readonly name: string;
  readonly value: number;
}

/** `data` of /api/v1/status/tsdb, counted over the series that exist at `nowMs`. There are no chunks: nothing is stored. */
export function tsdbStatus(source: SeriesSource, nowMs: number, limit: number) {
  const byMetric = new Map<string, number>();
  const byPair = new Map<string, number>();
  const valuesByLabel = new Map<string, Set<string>>();
  const bytesByLabel = new Map<string, number>();
  let numSeries = 0;
  let minTime = nowMs;
  for (const series of source.select([], nowMs - 3 * 3_600_000, nowMs)) {
    numSeries += 1;
    minTime = Math.min(minTime, spanBounds(series)?.fromMs ?? nowMs);
    add(byMetric, series.labels.get(METRIC_NAME), 1);
    for (const [index, name] of series.labels.names.entries()) {
      const value = series.labels.values[index] ?? "";
      add(byPair, `${name}=${value}`, 1);
      const values = valuesByLabel.get(name) ?? new Set();
      valuesByLabel.set(name, values);
      if (!values.has(value)) add(bytesByLabel, name, value.length);
      values.add(value);
    }
  }
  const valueCounts = new Map([...valuesByLabel].map(([name, values]) => [name, values.size]));
  return {
    headStats: { numSeries, numLabelPairs: byPair.size, chunkCount: 0, minTime, maxTime: nowMs },
    seriesCountByMetricName: top(byMetric, limit),
    labelValueCountByLabelName: top(valueCounts, limit),
    memoryInBytesByLabelName: top(bytesByLabel, limit),
    seriesCountByLabelValuePair: top(byPair, limit),
  };
}

function add(counts: Map<string, number>, name: string, more: number): void {
  counts.set(name, (counts.get(name) ?? 0) + more);
}

function top(counts: ReadonlyMap<string, number>, limit: number): Count[] {
  return [...counts]
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => b.value - a.value)
    .slice(0, limit);
}
