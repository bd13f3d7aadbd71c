import type { PressureSeries } from "#server/contract/pressure-places.ts";

const WAITS: ReadonlySet<string> = new Set(["cpuWaitingRatio", "memoryWaitingRatio", "ioWaitingRatio"]);

/** Whether any wait was sampled in the window; a series without a sample is not in an answer. */
export function hasPressure(series: readonly Pick<PressureSeries, "metric">[]): boolean {
  return series.some(({ metric }) => WAITS.has(metric));
}
