import type { DeviceAccess, DeviceSharing, DeviceState as DomainDeviceState } from "../domain/gpu/device-model.ts";
import type { WasteVerb as DomainWasteVerb } from "../domain/gpu/waste.ts";
import { Coverage, Figure, FleetFilter, Moment, TeamName } from "./common.ts";
import { z } from "./zod.ts";

export const DeviceState = z
  .enum(["free", "active", "held-idle", "held-unknown", "unavailable"] as const satisfies readonly DomainDeviceState[])
  .meta({ id: "DeviceState" });
export type DeviceState = z.infer<typeof DeviceState>;

export const GpuQuery = z.object({ ...FleetFilter, from: Moment.optional(), to: Moment.optional() });
export type GpuQuery = z.infer<typeof GpuQuery>;

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
    deviceCount: z.number().int(),
    hours: DeviceHours,
    cost: Figure,
    activity: Figure,
  })
  .meta({ id: "GpuHolderRow" });
export type GpuHolderRow = z.infer<typeof GpuHolderRow>;

export const GpuWaste = GpuHolderRow.extend({
  verb: z.enum(["release", "shrink", "share", "find-out"] as const satisfies readonly DomainWasteVerb[]),
  idleHours: z.number(),
  idleRatio: z.number().nullable(),
  wastedCost: Figure,
}).meta({ id: "GpuWaste" });
export type GpuWaste = z.infer<typeof GpuWaste>;

export const WaitingClaim = z
  .object({
    cluster: z.string(),
    kind: z.enum(["claim", "pod"]),
    namespace: z.string(),
    name: z.string(),
    team: TeamName,
    /** Device classes or resources that it asks for. */
    wants: z.array(z.string()),
    since: Moment.nullable(),
    /** The scheduler's own words where it left any. */
    reason: z.string().nullable(),
  })
  .meta({ id: "WaitingClaim" });
export type WaitingClaim = z.infer<typeof WaitingClaim>;

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
    withoutOwner: z.number(),
    withoutTelemetry: z.number().int(),
    silent: z.number().int(),
    /** Device-hours of the range. */
    hours: DeviceHours,
    cost: Figure,
    idleCost: Figure,
    /** Hours that were held or busy and whose owner is known, of all such hours. */
    attributedRatio: Figure,
    byModel: z.array(
      z.object({
        model: z.string(),
        deviceCount: z.number().int(),
        byState: DeviceHours,
        activity: Figure,
        costPerHour: Figure,
      }),
    ),
    devices: z.array(GpuDevice),
    holders: z.array(GpuHolderRow),
    waste: z.array(GpuWaste),
    waiting: z.array(WaitingClaim),
    repack: z.array(GpuRepack),
    /** Mean activity per model and bucket; null = nothing measured in that bucket. */
    activity: z.object({
      stepSeconds: z.number().int(),
      series: z.array(
        z.object({ model: z.string(), points: z.array(z.object({ at: Moment, value: z.number().nullable() })) }),
      ),
    }),
  })
  .meta({ id: "Gpu" });
export type Gpu = z.infer<typeof Gpu>;
