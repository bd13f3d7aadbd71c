import { FleetFilter, Moment, UnknownReason } from "./common.ts";
import { z } from "./zod.ts";

export const PressureQueriesQuery = z.object({ ...FleetFilter });
export type PressureQueriesQuery = z.infer<typeof PressureQueriesQuery>;

/** What one question to a cluster's Prometheus cost when it was last asked. */
export const PressureQueryCost = z
  .object({
    cluster: z.string(),
    /** Name of the catalogue, as evidence names it. */
    query: z.enum(["nodes", "podUse", "podPressure", "podTrouble", "podEvents", "containerPressure"]),
    status: z.string(),
    reason: UnknownReason.nullable(),
    rowCount: z.number().int(),
    /** More than one where it was divided by nodes. */
    queryCount: z.number().int(),
    receivedBytes: z.number(),
    durationSeconds: z.number(),
    askedAt: Moment,
  })
  .meta({ id: "PressureQueryCost" });
export type PressureQueryCost = z.infer<typeof PressureQueryCost>;
export const PressureQueries = z
  .object({
    items: z.array(PressureQueryCost),
    /** A PrometheusRule; where it runs, the share of a pod costs one sample instead of a window per container. */
    recordingRules: z.string(),
  })
  .meta({ id: "PressureQueries" });
export type PressureQueries = z.infer<typeof PressureQueries>;
