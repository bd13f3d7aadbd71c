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
