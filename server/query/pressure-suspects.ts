import type { PressureMember, PressureSuspect } from "../contract/pressure-places.ts";
import type { MetricId } from "../domain/metrics.ts";
import type { Series } from "../domain/pressure/series.ts";
import { rankSuspects } from "../domain/pressure/suspects.ts";
import { DEFAULT_THRESHOLDS, PRESSURE_RESOURCES, type PressureResource } from "../domain/pressure/thresholds.ts";

/** What a neighbour could cause a stall with; several quantities are added up, and one that is missing is not 0. */
const USE_OF: Readonly<
  Record<
    PressureResource,
    { readonly metrics: readonly [MetricId, ...MetricId[]]; readonly unit: "cores" | "bytes" | "bytes/s" }
  >
> = {
  cpu: { metrics: ["cpuUsedCores"], unit: "cores" },
  memory: { metrics: ["memoryWorkingSetBytes"], unit: "bytes" },
  io: { metrics: ["ioReadBytesPerSecond", "ioWriteBytesPerSecond"], unit: "bytes/s" },
};
/** Quantities of neighbours that the ranking of suspects reads. */
export const SUSPECT_METRICS = [
  "cpuUsedCores",
  "memoryWorkingSetBytes",
  "ioReadBytesPerSecond",
  "ioWriteBytesPerSecond",
] as const satisfies readonly MetricId[];
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
    const { metrics, unit } = USE_OF[resource];
    const candidates = neighbours.flatMap((neighbour, index) => {
      const usage = addUp(metrics.map((metric) => neighbour.seriesOf(metric)));
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
          metric: metrics.join(" + "),
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

/**
 * Resources that stalled while the use of no neighbour was measured: who caused it cannot be said, which is not "nobody".
 */
export function unmeasuredSuspects(
  stallOf: (metric: MetricId) => Series | undefined,
  neighbours: readonly Neighbour[],
): PressureResource[] {
  return PRESSURE_RESOURCES.filter((resource) => {
    const limit = DEFAULT_THRESHOLDS[resource].waiting.attention;
    const isStalling = stallOf(`${resource}WaitingRatio`)?.values.some((value) => value !== null && value >= limit);
    if (isStalling !== true || neighbours.length === 0) return false;
    const { metrics } = USE_OF[resource];
    return !neighbours.some((neighbour) =>
      metrics.some((metric) => neighbour.seriesOf(metric)?.values.some((value) => value !== null)),
    );
  });
}

/** Step by step; a step in which none has a sample stays a hole. */
function addUp(parts: readonly (Series | undefined)[]): Series | undefined {
  const known = parts.filter((part) => part !== undefined);
  const [first] = known;
  if (first === undefined || known.length === 1) return first;
  return {
    ...first,
    values: first.values.map((_, index) => {
      const samples = known.flatMap(({ values }) => values[index] ?? []);
      return samples.length === 0 ? null : samples.reduce((sum, value) => sum + value, 0);
    }),
  };
}
