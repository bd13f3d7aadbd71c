import type { DeviceAccess, DeviceSharing, DeviceState as DomainDeviceState } from "../domain/gpu/device-model.ts";
import type { WaitingCause as DomainWaitingCause, FreeReason } from "../domain/gpu/waiting.ts";
import type { WasteVerb as DomainWasteVerb } from "../domain/gpu/waste.ts";
import { ClusterName, Coverage, Figure, FleetFilter, Moment, PartOf, TeamName } from "./common.ts";
import { z } from "./zod.ts";

export const DeviceState = z
  .enum(["free", "active", "held-idle", "held-unknown", "unavailable"] as const satisfies readonly DomainDeviceState[])
  .meta({ id: "DeviceState" });
export type DeviceState = z.infer<typeof DeviceState>;

/** Without `from` the last day; at most the 90 days that hours are kept. */
export const GpuQuery = z.object({ ...FleetFilter, from: Moment.optional(), to: Moment.optional() });
export type GpuQuery = z.infer<typeof GpuQuery>;
export const GpuExportQuery = GpuQuery.extend({ language: z.enum(["en", "zh"]).default("en") });
export type GpuExportQuery = z.infer<typeof GpuExportQuery>;
export const ClusterGpuQuery = GpuQuery.omit({ cluster: true });
export const GpuRepackQuery = z.object({ ...FleetFilter, target: z.coerce.number().min(0.1).max(1).default(0.8) });
export type GpuRepackQuery = z.infer<typeof GpuRepackQuery>;
export const GpuDeviceParams = z.object({ id: ClusterName, device: z.string().min(1).max(500) });
export const GpuDeviceQuery = z.object({ from: Moment.optional(), to: Moment.optional() });
export type GpuDeviceQuery = z.infer<typeof GpuDeviceQuery>;

const Holder = z.object({
  namespace: z.string(),
  pod: z.string(),
  workload: z.object({ kind: z.string(), name: z.string() }).nullable(),
  team: TeamName,
  /** The exporter named the pod, a claim names device and pod, or only the node is known. */
  attribution: z.enum(["telemetry", "claim", "node-only"]),
  claim: z.string().nullable(),
});
export const DevicePartition = z.object({
  id: z.string(),
  profile: z.string().nullable(),
  computeShare: z.number().nullable(),
  state: DeviceState,
  activityRatio: z.number().nullable(),
  memoryUsedBytes: z.number().nullable(),
  holders: z.array(Holder),
});
export const GpuDevice = z
  .object({
    cluster: z.string(),
    id: z.string(),
    nodeName: z.string().nullable(),
    pool: z.string().nullable(),
    vendor: z.string(),
    model: z.string().nullable(),
    access: z.enum(["device-plugin", "dra", "telemetry-only"] as const satisfies readonly DeviceAccess[]),
    sharing: z.enum([
      "exclusive",
      "mig",
      "time-slicing",
      "mps",
      "shared-claim",
    ] as const satisfies readonly DeviceSharing[]),
    state: DeviceState,
    stateReason: z.string(),
    hasTelemetry: z.boolean(),
    /** The metric that "active" is read from. */
    activityMetric: z.string().nullable(),
    activity: Figure,
    memoryUsed: Figure,
    memoryBytes: z.number().nullable(),
    power: Figure,
    lastErrorCode: z.number().nullable(),
    holders: z.array(Holder),
    partitions: z.array(DevicePartition),
    observedAt: Moment,
  })
  .meta({ id: "GpuDevice" });
export type GpuDevice = z.infer<typeof GpuDevice>;

/** Device-hours by state; the five add up to `total`. */
export const DeviceHours = z.record(DeviceState, z.number()).meta({ id: "DeviceHours" });

export const GpuHolderRow = z
  .object({
    cluster: z.string(),
    namespace: z.string(),
    kind: z.string(),
    name: z.string(),
    team: TeamName,
    model: z.string(),
    pool: z.string(),
    deviceCount: z.number().int(),
    hours: DeviceHours,
    cost: Figure,
    idleCost: Figure,
    activity: Figure,
    /** When the oldest of its pods that hold devices now was made; null = it has none now. */
    heldSince: Moment.nullable(),
  })
  .meta({ id: "GpuHolderRow" });
export type GpuHolderRow = z.infer<typeof GpuHolderRow>;

export const GpuWaste = GpuHolderRow.extend({
  verb: z.enum([
    "release",
    "shrink",
    "share",
    "cheaper-model",
    "fix-claim",
    "find-out",
  ] as const satisfies readonly DomainWasteVerb[]),
  idleHours: z.number(),
  idleRatio: z.number().nullable(),
  wastedCost: Figure,
  /** Where to move, for `cheaper-model`: a model that the cluster has, or a smaller instance of the same card. */
  target: z
    .object({ model: z.string(), profile: z.string().nullable(), costPerHour: z.number().nullable() })
    .nullable(),
}).meta({ id: "GpuWaste" });
export type GpuWaste = z.infer<typeof GpuWaste>;

export const WaitingClaim = z
  .object({
    cluster: z.string(),
    kind: z.enum(["claim", "pod"]),
    namespace: z.string(),
    name: z.string(),
    team: TeamName,
    /** The pod that waits for the claim, where it says so. */
    pod: z.string().nullable(),
    /** Device classes or resources that it asks for, with how many. */
    wants: z.array(z.object({ name: z.string(), count: z.number() })),
    since: Moment.nullable(),
    cause: z.enum([
      "class-missing",
      "no-driver",
      "too-few-free",
      "scattered",
      "not-usable",
      "unknown",
    ] as const satisfies readonly DomainWaitingCause[]),
    /** The need that is not met. */
    causeOf: z.string().nullable(),
    freeCount: z.number().int(),
    /** The scheduler's own words where it left any. */
    message: z.string().nullable(),
  })
  .meta({ id: "WaitingClaim" });
export type WaitingClaim = z.infer<typeof WaitingClaim>;

export const FreeDevices = z
  .object({
    cluster: z.string(),
    pool: z.string().nullable(),
    model: z.string().nullable(),
    access: z.string(),
    /** An instance of a card that is cut; null = whole devices. */
    profile: z.string().nullable(),
    count: z.number().int(),
    reason: z.enum([
      "nothing-waits",
      "wrong-class",
      "wrong-access",
      "wrong-size",
      "could-serve",
    ] as const satisfies readonly FreeReason[]),
    costPerHour: Figure,
  })
  .meta({ id: "FreeDevices" });
export type FreeDevices = z.infer<typeof FreeDevices>;

export const GpuRepack = z
  .object({
    model: z.string(),
    deviceCount: z.number().int(),
    neededCount: z.number().int(),
    freedCount: z.number().int(),
    /** Holders that could not be placed (no measured activity or memory keeps whole devices). */
    unplacedCount: z.number().int(),
    utilizationRatio: z.number().nullable(),
    /** What the freed devices cost per month at their present price. */
    freedCostPerMonth: Figure,
  })
  .meta({ id: "GpuRepack" });
export type GpuRepack = z.infer<typeof GpuRepack>;

/** The repacking by model at one target. */
export const GpuRepackAnswer = z
  .object({ at: Moment, currency: z.string(), target: z.number(), models: z.array(GpuRepack) })
  .meta({ id: "GpuRepackAnswer" });
export type GpuRepackAnswer = z.infer<typeof GpuRepackAnswer>;

/** One part of all device-hours of a range. Costs are whole cents; of every cut the parts add up to the headline to the cent. */
export const GpuTotal = z
  .object({
    key: z.string(),
    /** `held` = by whom it says; `unowned` = held, by no team; `unknown-owner` = held by a workload nobody names; `rest` = the smallest. */
    holder: z.enum(["held", "unowned", "unknown-owner", "rest", "free", "unavailable"]),
    cluster: z.string().nullable(),
    team: TeamName,
    namespace: z.string().nullable(),
    kind: z.string().nullable(),
    name: z.string().nullable(),
    pool: z.string().nullable(),
    model: z.string().nullable(),
    hours: DeviceHours,
    /** Null = none of its hours has a price. */
    cost: z.number().nullable(),
    idleCost: z.number().nullable(),
    unpricedHours: z.number(),
  })
  .meta({ id: "GpuTotal" });
export type GpuTotal = z.infer<typeof GpuTotal>;
export const GpuTotals = z
  .object({ team: z.array(GpuTotal), workload: z.array(GpuTotal), pool: z.array(GpuTotal), model: z.array(GpuTotal) })
  .meta({ id: "GpuTotals" });
export type GpuTotals = z.infer<typeof GpuTotals>;

const GpuGroup = z.object({ hours: DeviceHours, cost: Figure, idleCost: Figure });
const ActivitySeries = z.object({
  model: z.string(),
  pool: z.string(),
  points: z.array(z.object({ at: Moment, value: z.number().nullable() })),
});

export const Gpu = z
  .object({
    at: Moment,
    from: Moment,
    to: Moment,
    currency: z.string(),
    timeZone: z.string(),
    coverage: Coverage,
    /** Devices now by state, parts of shared and partitioned devices as parts: they add up to `deviceCount`. */
    deviceCount: z.number().int(),
    byState: DeviceHours,
    costPerHour: Figure,
    /** A held device is idle below this share of time. */
    idleBelowRatio: z.number(),
    /** Devices (or parts) in use whose workload is not known. */
    withoutOwner: z.number(),
    withoutTelemetry: z.number().int(),
    silent: z.number().int(),
    /** Device-hours of the range; the five add up to what the range's devices were there. */
    hours: DeviceHours,
    /** Hours of the range with device records, per cluster with devices. Nothing is invented for the others. */
    hoursKnown: PartOf,
    /** Hours in which devices that are silent now have no record, although their cluster has some: in no figure. */
    unrecordedHours: z.number().int(),
    knownFrom: Moment.nullable(),
    cost: Figure,
    idleCost: Figure,
    heldUnknownCost: Figure,
    freeCost: Figure,
    /** Hours that were held or busy and whose owner is known, of all such hours. */
    attributedRatio: Figure,
    hoursWithoutOwner: z.number(),
    byModel: z.array(
      z.object({
        model: z.string(),
        deviceCount: z.number().int(),
        byState: DeviceHours,
        activity: Figure,
        costPerHour: Figure,
      }),
    ),
    byPool: z.array(GpuGroup.extend({ cluster: z.string(), pool: z.string(), model: z.string() })),
    devices: z.array(GpuDevice),
    totals: GpuTotals,
    holders: z.array(GpuHolderRow),
    waste: z.array(GpuWaste),
    waiting: z.array(WaitingClaim),
    free: z.array(FreeDevices),
    /** Mean activity per model, pool and bucket; null = nothing measured in that bucket. */
    activity: z.object({ stepSeconds: z.number().int(), series: z.array(ActivitySeries) }),
  })
  .meta({ id: "Gpu" });
export type Gpu = z.infer<typeof Gpu>;

export const GpuDeviceDetail = z
  .object({
    at: Moment,
    from: Moment,
    to: Moment,
    currency: z.string(),
    timeZone: z.string(),
    idleBelowRatio: z.number(),
    device: GpuDevice,
    costPerHour: Figure,
    hours: DeviceHours,
    cost: Figure,
    idleCost: Figure,
    stepSeconds: z.number().int(),
    /** Who held it when; device-hours of each bucket. */
    timeline: z.array(
      z.object({
        at: Moment,
        state: DeviceState,
        team: TeamName,
        namespace: z.string(),
        kind: z.string(),
        name: z.string(),
        hours: z.number(),
        activityRatio: z.number().nullable(),
      }),
    ),
  })
  .meta({ id: "GpuDeviceDetail" });
export type GpuDeviceDetail = z.infer<typeof GpuDeviceDetail>;
