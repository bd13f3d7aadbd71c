import type { PressureMember, PressureSuspect } from "../contract/pressure.ts";
import type { MetricId } from "../domain/metrics.ts";
import type { Series } from "../domain/pressure/series.ts";
import { rankSuspects } from "../domain/pressure/suspects.ts";
import { DEFAULT_THRESHOLDS, PRESSURE_RESOURCES, type PressureResource } from "../domain/pressure/thresholds.ts";

/**
 * What a neighbour could cause a stall with. I/O throughput per workload is not stored; who writes to swap or fills the page
 * cache shows in memory, so memory stands in for it.
 */
const USE_OF: Readonly<Record<PressureResource, { readonly metric: MetricId; readonly unit: "cores" | "bytes" }>> = {
  cpu: { metric: "cpuUsedCores", unit: "cores" },
  memory: { metric: "memoryWorkingSetBytes", unit: "bytes" },
  io: { metric: "memoryWorkingSetBytes", unit: "bytes" },
};
const PER_RESOURCE = 5;
/** Below this, moving together is what chance gives as well. */
const MIN_CORRELATION = 0.3;

export type Neighbour = {
  readonly member: Pick<PressureMember, "namespace" | "kind" | "name" | "team">;
  readonly seriesOf: (metric: MetricId) => Series | undefined;
};

/** Neighbours whose use moved with the stall, for each resource that stalled at all; a correlation, never a proof. */
export function toSuspects(
  stallOf: (metric: MetricId) => Series | undefined,
  neighbours: readonly Neighbour[],
): PressureSuspect[] {
  return PRESSURE_RESOURCES.flatMap((resource) => {
    const limit = DEFAULT_THRESHOLDS[resource].waiting.attention;
    const stall = stallOf(`${resource}WaitingRatio`);
    if (stall === undefined || !stall.values.some((value) => value !== null && value >= limit)) return [];
    const { metric, unit } = USE_OF[resource];
    const candidates = neighbours.flatMap((neighbour, index) => {
      const usage = neighbour.seriesOf(metric);
      return usage === undefined ? [] : [{ id: String(index), usage }];
    });
    return rankSuspects(stall, candidates, limit, PER_RESOURCE).flatMap((suspect): PressureSuspect[] => {
      const neighbour = neighbours[Number(suspect.id)];
      if (neighbour === undefined || suspect.correlation < MIN_CORRELATION) return [];
      // Without a calm moment to compare with, moving together says nothing.
      if (suspect.usageDuringStall === null || suspect.usageOtherwise === null) return [];
      const own = neighbour.seriesOf(`${resource}WaitingRatio`);
      const { namespace, kind, name, team } = neighbour.member;
      return [
        {
          resource,
          namespace,
          kind,
          name,
          team,
          metric,
          correlation: suspect.correlation,
          strength: suspect.strength,
          pairedSampleCount: suspect.pairedSampleCount,
          usageDuringStall: suspect.usageDuringStall,
          usageOtherwise: suspect.usageOtherwise,
          unit,
          waitsItself: own?.values.some((value) => value !== null && value >= limit) ?? false,
        },
      ];
    });
  });
}
