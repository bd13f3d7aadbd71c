import type { PressureSource } from "../contract/pressure.ts";
import type { PressureMember } from "../contract/pressure-places.ts";
import type { MetricId } from "../domain/metrics.ts";
import { type Series, summarize } from "../domain/pressure/series.ts";
import type { PressurePodRow } from "../store/sql/read-pressure-objects.ts";
import { quantityFigure, shareFigure, specFigure } from "./pressure-figures.ts";

type Facts = {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly team: string | null;
  readonly nodeName: string | null;
  readonly pods: readonly PressurePodRow[];
};

/** One line of the table of a node or a workload: how it waited in the window, what it used and asked for, how it ended. */
export function toMember(
  facts: Facts,
  seriesOf: (metric: MetricId) => Series | undefined,
  source: PressureSource,
): PressureMember {
  const mean = (metric: MetricId) => {
    const series = seriesOf(metric);
    return series === undefined ? null : summarize(series).mean;
  };
  const newest = (metric: MetricId) => seriesOf(metric)?.values.findLast((value) => value !== null) ?? null;
  const containers = facts.pods.flatMap((pod) => pod.containers);
  const { namespace, kind, name, team, nodeName, pods } = facts;
  return {
    namespace,
    kind,
    name,
    team,
    nodeName,
    podCount: pods.length,
    shares: {
      cpu: shareFigure(mean("cpuWaitingRatio"), { source }),
      memory: shareFigure(mean("memoryWaitingRatio"), { source }),
      io: shareFigure(mean("ioWaitingRatio"), { source }),
    },
    cpuUsed: quantityFigure(mean("cpuUsedCores"), "cores", source),
    cpuRequested: specFigure(sumKnown(pods.map((pod) => pod.cpuCoresRequested)), "cores"),
    memoryUsed: quantityFigure(newest("memoryWorkingSetBytes"), "bytes", source),
    memoryRequested: specFigure(sumKnown(pods.map((pod) => pod.memoryBytesRequested)), "bytes"),
    memoryLimit: specFigure(sumEvery(pods.map((pod) => pod.memoryBytesLimit)), "bytes"),
    swapUsed: quantityFigure(newest("swapUsedBytes"), "bytes", source),
    restartCount: pods.reduce((sum, pod) => sum + pod.restartCount, 0),
    lastReason:
      containers.find(({ lastTerminatedReason }) => lastTerminatedReason === "OOMKilled") === undefined
        ? (containers.find(({ lastTerminatedReason }) => lastTerminatedReason)?.lastTerminatedReason ?? null)
        : "OOMKilled",
  };
}

/** Requests that are set; null when none is. */
export function sumKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

/** A limit of many is one only when each has one. */
export function sumEvery(values: readonly (number | null)[]): number | null {
  return values.length === 0 || values.includes(null) ? null : sumKnown(values);
}
