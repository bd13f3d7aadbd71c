import type { MetricId } from "../domain/metrics.ts";
import { Evidence, Figure, Moment, TeamName, TimeRange } from "./common.ts";
import { PressureKindName, PressureLimits, PressureResourceName, PressureSource, PressureWindow } from "./pressure.ts";
import { z } from "./zod.ts";

// What one node, workload or pod is told with.
const METRIC_NAMES = [
  "cpuUsedCores",
  "memoryWorkingSetBytes",
  "cpuWaitingRatio",
  "cpuStalledRatio",
  "memoryWaitingRatio",
  "memoryStalledRatio",
  "ioWaitingRatio",
  "ioStalledRatio",
  "swapUsedBytes",
  "swapInBytesPerSecond",
  "swapOutBytesPerSecond",
  "cpuThrottledRatio",
  "oomKillsPerSecond",
  "restartsPerSecond",
  "networkReceiveBytesPerSecond",
  "networkTransmitBytesPerSecond",
  "cpuRequestedCores",
  "memoryRequestedBytes",
  "cpuCapacityCores",
  "memoryCapacityBytes",
  "swapCapacityBytes",
  "ioReadBytesPerSecond",
  "ioWriteBytesPerSecond",
  "replicaCount",
] as const satisfies readonly MetricId[];
/** Fails to compile when a quantity is added to the domain and forgotten here. */
export const everyMetricIsNamed: Exclude<MetricId, (typeof METRIC_NAMES)[number]> extends never ? true : never = true;

export const PressureSeriesQuery = z.object({ window: PressureWindow.default("24h") });
export type PressureSeriesQuery = z.infer<typeof PressureSeriesQuery>;
/** `until` names the window of a detail job, as its request answered it. */
export const PodPressureQuery = PressureSeriesQuery.extend({ until: Moment.optional() });
export type PodPressureQuery = z.infer<typeof PodPressureQuery>;
export const DetailRequest = z
  .object({
    /** End of the window that is read: whole minutes, so that readers of one window share one job. */
    untilAt: Moment,
    windowSeconds: z.number().int(),
    /** Somebody else had asked already. */
    isJoined: z.boolean(),
  })
  .meta({ id: "DetailRequest" });
export type DetailRequest = z.infer<typeof DetailRequest>;
const name = z.string().min(1).max(253);
export const NodePressureParams = z.object({ id: name, node: name });
export const WorkloadPressureParams = z.object({ id: name, namespace: name, kind: name, name });
export const PodPressureParams = z.object({ id: name, namespace: name, pod: name });

export const PressureSeries = z
  .object({
    metric: z.enum(METRIC_NAMES),
    /** Empty = the whole thing. */
    container: z.string(),
    /** Mean per step from `range.from` on; null = no sample. */
    values: z.array(z.number().nullable()),
  })
  .meta({ id: "PressureSeries" });
export type PressureSeries = z.infer<typeof PressureSeries>;

/** A stretch of time at or above the attention limit. */
export const PressureEpisode = z
  .object({
    resource: PressureResourceName,
    kind: PressureKindName,
    from: Moment,
    to: Moment,
    peak: z.number(),
    isOngoing: z.boolean(),
  })
  .meta({ id: "PressureEpisode" });
export type PressureEpisode = z.infer<typeof PressureEpisode>;

export const PressureSuspect = z
  .object({
    resource: PressureResourceName,
    namespace: z.string(),
    kind: z.string(),
    name: z.string(),
    team: TeamName,
    metric: z.string(),
    correlation: z.number(),
    strength: z.enum(["weak", "moderate", "strong"]),
    pairedSampleCount: z.number().int(),
    usageDuringStall: z.number().nullable(),
    usageOtherwise: z.number().nullable(),
    unit: z.enum(["cores", "bytes", "bytes/s"]),
    /** It waits itself at or above the limit: it may suffer rather than cause. */
    waitsItself: z.boolean(),
  })
  .meta({ id: "PressureSuspect" });
export type PressureSuspect = z.infer<typeof PressureSuspect>;

export const PressureMember = z
  .object({
    namespace: z.string(),
    kind: z.string(),
    name: z.string(),
    team: TeamName,
    nodeName: z.string().nullable(),
    podCount: z.number().int(),
    shares: z.object({ cpu: Figure, memory: Figure, io: Figure }),
    cpuUsed: Figure,
    cpuRequested: Figure,
    memoryUsed: Figure,
    memoryRequested: Figure,
    memoryLimit: Figure,
    swapUsed: Figure,
    restartCount: z.number().int().nullable(),
    lastReason: z.string().nullable(),
  })
  .meta({ id: "PressureMember" });
export type PressureMember = z.infer<typeof PressureMember>;

const seriesAnswer = {
  cluster: z.string(),
  window: PressureWindow,
  range: TimeRange,
  stepSeconds: z.number().int(),
  basis: z.enum(["raw", "hourly", "detail"]),
  series: z.array(PressureSeries),
  episodes: z.array(PressureEpisode),
  limits: PressureLimits,
  source: PressureSource,
  evidence: z.array(Evidence),
};
export const SwapPolicy = z
  .object({
    /** `LimitedSwap`, `NoSwap`; null = the kubelet's configuration was not read. */
    behavior: z.string().nullable(),
    capacity: Figure,
    used: Figure,
  })
  .meta({ id: "SwapPolicy" });

export const NodePressure = z
  .object({
    ...seriesAnswer,
    node: z.object({
      name: z.string(),
      pool: z.string().nullable(),
      zone: z.string().nullable(),
      instanceType: z.string().nullable(),
      kubeletVersion: z.string(),
      kernelVersion: z.string(),
      cpuCapacity: Figure,
      memoryCapacity: Figure,
      swap: SwapPolicy,
    }),
    members: z.array(PressureMember),
    suspects: z.array(PressureSuspect),
    /** These stalled, and what neighbours used of them is not measured: nobody can be named. */
    unmeasuredSuspects: z.array(PressureResourceName),
  })
  .meta({ id: "NodePressure" });
export type NodePressure = z.infer<typeof NodePressure>;

export const WorkloadPressure = z
  .object({
    ...seriesAnswer,
    workload: z.object({
      namespace: z.string(),
      kind: z.string(),
      name: z.string(),
      team: TeamName,
      podCount: z.number().int(),
      desiredReplicas: z.number().int().nullable(),
      cpuRequested: Figure,
      memoryRequested: Figure,
      cpuLimit: Figure,
      memoryLimit: Figure,
    }),
    members: z.array(PressureMember),
    suspects: z.array(PressureSuspect),
    /** These stalled, and what neighbours used of them is not measured: nobody can be named. */
    unmeasuredSuspects: z.array(PressureResourceName),
    looksIdleButStalls: z.boolean().nullable(),
    oomKilledPodCount: z.number().int(),
    restartCount: z.number().int(),
  })
  .meta({ id: "WorkloadPressure" });
export type WorkloadPressure = z.infer<typeof WorkloadPressure>;

export const PodContainer = z
  .object({
    name: z.string(),
    state: z.string().nullable(),
    stateReason: z.string().nullable(),
    lastTerminatedReason: z.string().nullable(),
    restartCount: z.number().int(),
    cpuRequested: Figure,
    cpuLimit: Figure,
    memoryRequested: Figure,
    memoryLimit: Figure,
    /** By the kubelet's rule for LimitedSwap; see docs/pressure.md. */
    swapLimit: Figure,
  })
  .meta({ id: "PodContainer" });
export type PodContainer = z.infer<typeof PodContainer>;

export const PodPressure = z
  .object({
    ...seriesAnswer,
    pod: z.object({
      namespace: z.string(),
      name: z.string(),
      team: TeamName,
      nodeName: z.string().nullable(),
      workloadKind: z.string(),
      workloadName: z.string(),
      phase: z.string(),
      reason: z.string().nullable(),
      qosClass: z.string().nullable(),
      startedAt: Moment.nullable(),
    }),
    containers: z.array(PodContainer),
    /** The read of the recent window: asked for once per reader window, followed until it is over. */
    detail: z.object({
      state: z.enum(["reading", "done", "failed"]),
      reason: z.string().nullable(),
      detail: z.string().nullable(),
      finishedAt: Moment.nullable(),
    }),
    /** Quantities that the source does not publish at all. */
    withoutSource: z.array(z.string()),
  })
  .meta({ id: "PodPressure" });
export type PodPressure = z.infer<typeof PodPressure>;
