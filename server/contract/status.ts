import { BackfillState, ReadState } from "./clusters.ts";
import { Moment, PartOf } from "./common.ts";
import { ReadRecord } from "./polls.ts";
import { z } from "./zod.ts";

export const Health = z.object({ status: z.literal("ok"), version: z.string() }).meta({ id: "Health" });
export const Readiness = z
  .object({
    status: z.enum(["ready", "not-ready"]),
    checks: z.array(
      z.object({
        name: z.enum(["database", "migrations", "collector"]),
        isOk: z.boolean(),
        detail: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: "Readiness" });
export type Readiness = z.infer<typeof Readiness>;

export const Process = z
  .object({
    id: z.string(),
    role: z.string(),
    host: z.string(),
    startedAt: Moment,
    beatAt: Moment,
    isAlive: z.boolean(),
    facts: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "Process" });

export const Status = z
  .object({
    at: Moment,
    version: z.string(),
    /** Silence in every cluster is told apart from a silent collector. */
    isCollectorAlive: z.boolean(),
    processes: z.array(Process),
    database: z.object({
      serverVersion: z.string(),
      sizeBytes: z.number(),
      largestTables: z.array(z.object({ table: z.string(), sizeBytes: z.number(), rowEstimate: z.number() })),
    }),
    queue: z.object({
      /** `null` = the queue has not been set up yet. */
      waitingCount: z.number().int().nullable(),
      activeCount: z.number().int().nullable(),
      failedCount: z.number().int().nullable(),
      oldestWaitingAt: Moment.nullable(),
    }),
    running: z.array(ReadRecord),
    clusters: z.array(
      z.object({
        cluster: z.string(),
        reads: z.array(ReadState),
        backfill: BackfillState,
        sources: PartOf,
      }),
    ),
  })
  .meta({ id: "Status" });
export type Status = z.infer<typeof Status>;
