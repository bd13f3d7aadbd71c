import { Coverage, Evidence, Figure, FleetFilter, Moment, TeamName, TimeRange } from "./common.ts";
import { PressureSource, PressureWindow } from "./pressure.ts";
import { z } from "./zod.ts";

export const PressureSwapQuery = z.object({ ...FleetFilter, window: PressureWindow.default("24h") });
export type PressureSwapQuery = z.infer<typeof PressureSwapQuery>;

export const SwapNodeRow = z
  .object({
    cluster: z.string(),
    name: z.string(),
    pool: z.string().nullable(),
    zone: z.string().nullable(),
    /** `LimitedSwap`, `NoSwap`; null = the kubelet's configuration was not read. */
    behavior: z.string().nullable(),
    breach: z.enum(["limited-without-swap", "differs-from-pool", "policy-unknown"]).nullable(),
    capacity: Figure,
    used: Figure,
    /** Means over the window. */
    swapIn: Figure,
    swapOut: Figure,
    memoryWaiting: Figure,
    memoryWaitingPeak: Figure,
    /** It swapped in the window and waited for memory at or above the attention limit. */
    stallsWithSwap: z.boolean(),
    evidence: z.array(Evidence),
  })
  .meta({ id: "SwapNodeRow" });
export type SwapNodeRow = z.infer<typeof SwapNodeRow>;

export const SwapContainerRow = z
  .object({
    cluster: z.string(),
    namespace: z.string(),
    pod: z.string(),
    container: z.string(),
    team: TeamName,
    nodeName: z.string().nullable(),
    used: Figure,
    limit: Figure,
    /** `measured` = as its kubelet exposes it, `rule` = computed by the kubelet's rule, null = neither is possible. */
    limitBasis: z.enum(["measured", "rule"]).nullable(),
    /** Used ÷ limit; null without a limit above 0. */
    usedRatio: z.number().nullable(),
    isNearLimit: z.boolean(),
    takenAt: Moment,
    evidence: z.array(Evidence),
  })
  .meta({ id: "SwapContainerRow" });
export type SwapContainerRow = z.infer<typeof SwapContainerRow>;

export const OomKillRow = z
  .object({
    cluster: z.string(),
    namespace: z.string(),
    pod: z.string(),
    container: z.string(),
    team: TeamName,
    nodeName: z.string().nullable(),
    workloadKind: z.string(),
    workloadName: z.string(),
    /** Of its last kill; null = the inventory does not say. */
    killedAt: Moment.nullable(),
    memoryRequested: Figure,
    memoryLimit: Figure,
    verdict: z.enum(["might", "had-swap", "not-eligible", "unknown"]),
    reason: z.enum(["critical", "qos", "no-request", "request-is-limit"]).nullable(),
    /** What the rule would allow, or allowed, on top of its memory. */
    swapBytes: z.number().nullable(),
    /** The node has no swap: a quarter of its memory was assumed. */
    isAssumedSwap: z.boolean(),
    growthBytesPerSecond: z.number().nullable(),
    boughtSeconds: z.number().nullable(),
  })
  .meta({ id: "OomKillRow" });
export type OomKillRow = z.infer<typeof OomKillRow>;

export const PressureSwap = z
  .object({
    range: TimeRange,
    nodes: z.array(SwapNodeRow),
    /** The highest of those that swap; `containerCount` of them were measured. */
    containers: z.array(SwapContainerRow),
    containerCount: z.number().int(),
    oomKills: z.array(OomKillRow),
    /** From this share of its limit on a container is near it. */
    nearRatio: z.number(),
    assumedSwapShare: z.number(),
    growthSeconds: z.number(),
    sources: z.array(PressureSource),
    coverage: Coverage,
  })
  .meta({ id: "PressureSwap" });
export type PressureSwap = z.infer<typeof PressureSwap>;
