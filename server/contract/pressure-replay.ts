import { Figure, Moment, TimeRange } from "./common.ts";
import { PressureResourceName, PressureWindow } from "./pressure.ts";
import { z } from "./zod.ts";

// Autoscaling on pressure: what settings would have done.
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
