import type { MetricId } from "../domain/metrics.ts";
import type { PressureResource } from "../domain/pressure/thresholds.ts";
import { Coverage, Evidence, Figure, Fix, FleetFilter, Moment, TeamName, TimeRange, UnknownReason } from "./common.ts";
import { z } from "./zod.ts";

export const PRESSURE_WINDOWS = ["15m", "1h", "6h", "24h", "7d"] as const;
export const PressureWindow = z.enum(PRESSURE_WINDOWS).meta({ id: "PressureWindow" });
export type PressureWindow = z.infer<typeof PressureWindow>;
export const PRESSURE_LEVELS = ["cluster", "node", "namespace", "workload", "pod", "container"] as const;
export const PressureLevel = z.enum(PRESSURE_LEVELS).meta({ id: "PressureLevel" });
export type PressureLevel = z.infer<typeof PressureLevel>;
/** `any` ranks by the resource that is furthest towards its own critical limit. */
const PRESSURE_RESOURCES = ["cpu", "memory", "io"] as const satisfies readonly PressureResource[];
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
export const PRESSURE_CHOICES = ["any", ...PRESSURE_RESOURCES] as const;
export const PressureChoice = z.enum(PRESSURE_CHOICES);
export type PressureChoice = z.infer<typeof PressureChoice>;
export const PressureResourceName = z.enum(PRESSURE_RESOURCES);
export type PressureResourceName = z.infer<typeof PressureResourceName>;
export const PressureKindName = z.enum(["waiting", "stalled"]);
export type PressureKindName = z.infer<typeof PressureKindName>;

export const PressureQuery = z.object({
  ...FleetFilter,
  resource: PressureChoice.default("any"),
  /** `waiting` = PSI some, `stalled` = PSI full. */
  kind: PressureKindName.default("waiting"),
  window: PressureWindow.default("24h"),
  level: PressureLevel.default("node"),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type PressureQuery = z.infer<typeof PressureQuery>;

export const PressureShares = z.object({ waiting: Figure, stalled: Figure }).meta({ id: "PressureShares" });
export type PressureShares = z.infer<typeof PressureShares>;
export const PressurePatternName = z.enum(["calm", "spike", "recurring", "lasting", "unknown"]);
export const Severity = z.enum(["calm", "attention", "critical"]);

/** One thing that stalls. Shares are parts of wall time in the window (0–1): means over time, never sums over members. */
export const PressureRow = z
  .object({
    cluster: z.string(),
    level: PressureLevel,
    namespace: z.string(),
    kind: z.string(),
    name: z.string(),
    container: z.string(),
    team: TeamName,
    nodeName: z.string().nullable(),
    pool: z.string().nullable(),
    zone: z.string().nullable(),
    /** By which it stands where it stands; null = none has a sample. */
    resource: PressureResourceName.nullable(),
    shares: z.object({ cpu: PressureShares, memory: PressureShares, io: PressureShares }),
    /** Seconds of the window in which it waited (or stalled) for `resource`. */
    stalledSeconds: z.number().nullable(),
    coveredSeconds: z.number(),
    peak: Figure,
    /** Of the peak: a day averages a spike away. */
    severity: Severity.nullable(),
    pattern: PressurePatternName,
    runCount: z.number().int(),
    longestRunSeconds: z.number(),
    startedAt: Moment.nullable(),
    /** CPU use is low while it waits for memory or I/O; null = a figure for that is missing. */
    looksIdleButStalls: z.boolean().nullable(),
    cpuUsed: Figure,
    /** What CPU use is measured against: capacity of a node, else requests. */
    cpuOf: Figure,
    /** Share per step from `range.from` on, of `resource`; null = no sample. */
    trend: z.array(z.number().nullable()),
    evidence: z.array(Evidence),
  })
  .meta({ id: "PressureRow" });
export type PressureRow = z.infer<typeof PressureRow>;

/** Where the pressure figures of a cluster come from, or why there are none and what to do. */
export const PressureSource = z
  .object({
    cluster: z.string(),
    state: z.enum(["measured", "partly", "not-exposed", "unknown"]),
    reason: UnknownReason.nullable(),
    detail: z.string().nullable(),
    fix: Fix.nullable(),
    source: z.enum(["prometheus", "kubelet-summary"]).nullable(),
    measuredNodeCount: z.number().int(),
    nodeCount: z.number().int(),
    /** Nodes whose source answers but publishes no pressure (first 20). */
    unexposedNodes: z.array(z.string()),
    newestAt: Moment.nullable(),
  })
  .meta({ id: "PressureSource" });
export type PressureSource = z.infer<typeof PressureSource>;

const limitPair = z.object({ attention: z.number(), critical: z.number() });
const limitsOf = z.object({ waiting: limitPair, stalled: limitPair });
export const PressureLimits = z
  .object({ cpu: limitsOf, memory: limitsOf, io: limitsOf })
  .meta({ id: "PressureLimits" });
export type PressureLimits = z.infer<typeof PressureLimits>;

export const PressureRanking = z
  .object({
    items: z.array(PressureRow),
    /** Things of this level with any sample in the window; `items` holds the worst of them. */
    total: z.number().int(),
    counts: z.object({
      critical: z.number().int(),
      attention: z.number().int(),
      calm: z.number().int(),
      /** Without a pressure sample in the window. */
      unmeasured: z.number().int(),
    }),
    range: TimeRange,
    /** Resolution that the shares were computed from. */
    basis: z.enum(["raw", "hourly", "daily"]),
    trendStepSeconds: z.number().int(),
    limits: PressureLimits,
    sources: z.array(PressureSource),
    coverage: Coverage,
  })
  .meta({ id: "PressureRanking" });
export type PressureRanking = z.infer<typeof PressureRanking>;

export const PressureHeatmapQuery = PressureQuery.omit({ level: true, limit: true });
export type PressureHeatmapQuery = z.infer<typeof PressureHeatmapQuery>;

export const PressureHeatmap = z
  .object({
    /** By cluster, pool and zone. */
    groups: z.array(
      z.object({
        cluster: z.string(),
        pool: z.string().nullable(),
        zone: z.string().nullable(),
        nodes: z.array(
          z.object({
            name: z.string(),
            /** Share per mille of each step in which tasks waited; null = no sample. Rounded up, so only 0 is 0. */
            permille: z.array(z.number().int().nullable()),
          }),
        ),
      }),
    ),
    range: TimeRange,
    stepSeconds: z.number().int(),
    nodeCount: z.number().int(),
  })
  .meta({ id: "PressureHeatmap" });
export type PressureHeatmap = z.infer<typeof PressureHeatmap>;

// One node, workload or pod ---------------------------------------------------------------------------------------------
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

// Autoscaling on pressure -----------------------------------------------------------------------------------------------
const MAX_REPLICAS = 1000;
export const PressureReplayQuery = z.object({
  window: PressureWindow.default("24h"),
  resource: PressureResourceName.default("cpu"),
  /** Share of time that the autoscaler holds. */
  target: z.coerce.number().min(0.01).max(1).default(0.2),
  min: z.coerce.number().int().min(1).max(MAX_REPLICAS).default(2),
  max: z.coerce.number().int().min(1).max(MAX_REPLICAS).default(10),
  upSeconds: z.coerce.number().int().min(0).max(3600).default(0),
  downSeconds: z.coerce.number().int().min(0).max(3600).default(300),
});
export type PressureReplayQuery = z.infer<typeof PressureReplayQuery>;

export const ReplayOption = z
  .object({
    /** `recorded` = what the workload had, for comparison. */
    id: z.enum(["recorded", "asked", "eager", "patient"]),
    targetRatio: z.number(),
    minReplicas: z.number().int(),
    maxReplicas: z.number().int(),
    upSeconds: z.number(),
    downSeconds: z.number(),
    eventCount: z.number().int(),
    /** Changes of direction within an hour of the change before. */
    flapCount: z.number().int(),
    replicaHours: z.number(),
    recordedReplicaHours: z.number(),
    /** Replica-hours × the cost of one; null while that is not known. */
    cost: z.number().nullable(),
    /** Above the minimum while the pressure was below the target. */
    surplusReplicaHours: z.number(),
    peakReplicas: z.number().int(),
    /** Steps without a sample, in which the autoscaler holds still. */
    missingSteps: z.number().int(),
    events: z.array(z.object({ at: Moment, from: z.number().int(), to: z.number().int() })),
    replicas: z.array(z.number().int()),
  })
  .meta({ id: "ReplayOption" });
export type ReplayOption = z.infer<typeof ReplayOption>;

export const PressureReplay = z
  .object({
    range: TimeRange,
    /** Spikes shorter than a step are averaged away: events are a lower bound. */
    stepSeconds: z.number().int(),
    resource: PressureResourceName,
    currentReplicas: z.number().int(),
    /** Steps whose replicas were counted; in the others `currentReplicas` stands in. */
    countedSteps: z.number().int(),
    stepCount: z.number().int(),
    currency: z.string(),
    /** Of the last full hours with a price; what replicas cost on top of what is allocated is not in it. */
    costPerReplicaHour: Figure,
    /** Empty = no pressure sample in the window. */
    options: z.array(ReplayOption),
    /** Null for a kind that cannot be scaled. */
    manifests: z
      .object({
        recordingRule: z.string(),
        prometheusAdapter: z.string(),
        horizontalPodAutoscaler: z.string(),
        scaledObject: z.string(),
      })
      .nullable(),
  })
  .meta({ id: "PressureReplay" });
export type PressureReplay = z.infer<typeof PressureReplay>;
