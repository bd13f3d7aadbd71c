import type { PressureEpisode, PressureSeries } from "../contract/pressure-places.ts";
import type { MetricId } from "../domain/metrics.ts";
import { findEpisodes } from "../domain/pressure/episodes.ts";
import type { Series } from "../domain/pressure/series.ts";
import { DEFAULT_THRESHOLDS, PRESSURE_RESOURCES } from "../domain/pressure/thresholds.ts";

/** What the charts of one thing draw, in their order. */
export const CHART_METRICS = [
  "cpuWaitingRatio",
  "cpuStalledRatio",
  "memoryWaitingRatio",
  "memoryStalledRatio",
  "ioWaitingRatio",
  "ioStalledRatio",
  "cpuUsedCores",
  "cpuRequestedCores",
  "memoryWorkingSetBytes",
  "memoryRequestedBytes",
  "swapUsedBytes",
  "swapInBytesPerSecond",
  "swapOutBytesPerSecond",
  "cpuThrottledRatio",
  "oomKillsPerSecond",
  "restartsPerSecond",
  "ioReadBytesPerSecond",
  "ioWriteBytesPerSecond",
  "replicaCount",
] as const satisfies readonly MetricId[];

/** Most episodes told per thing: the newest and worst fit on a screen. */
const MAX_EPISODES = 20;

/** Stretches above the attention limit of every resource and kind, newest first. */
export function toEpisodes(seriesOf: (metric: MetricId) => Series | undefined): PressureEpisode[] {
  return PRESSURE_RESOURCES.flatMap((resource) =>
    (["waiting", "stalled"] as const).flatMap((kind) => {
      const series = seriesOf(`${resource}${kind === "waiting" ? "Waiting" : "Stalled"}Ratio`);
      if (series === undefined) return [];
      return findEpisodes(series, DEFAULT_THRESHOLDS[resource][kind].attention).map((episode) => ({
        resource,
        kind,
        from: episode.from.toISOString(),
        to: episode.to.toISOString(),
        peak: episode.peak,
        isOngoing: episode.isOngoing,
      }));
    }),
  )
    .sort((a, b) => (a.from < b.from ? 1 : -1))
    .slice(0, MAX_EPISODES);
}

/** Series with at least one sample, rounded to what a chart can show. */
export function toAnswerSeries(entries: readonly (readonly [MetricId, string, Series])[]): PressureSeries[] {
  return entries
    .filter(([, , series]) => series.values.some((value) => value !== null))
    .map(([metric, container, series]) => ({
      metric,
      container,
      values: series.values.map((value) => (value === null ? null : Number(value.toPrecision(5)))),
    }));
}
