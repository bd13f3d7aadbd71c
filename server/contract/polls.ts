import { ReadStatus, SourceResult } from "./clusters.ts";
import { FleetFilter, Moment, Paging, paged, ReadKind } from "./common.ts";
import { z } from "./zod.ts";

/** How far a running read is; `total` null = not known yet. */
export const ReadProgress = z
  .object({ done: z.number(), total: z.number().nullable(), step: z.string() })
  .meta({ id: "ReadProgress" });

export const ReadRecord = z
  .object({
    id: z.string(),
    cluster: z.string(),
    kind: ReadKind,
    status: ReadStatus,
    startedAt: Moment,
    finishedAt: Moment.nullable(),
    durationSeconds: z.number().nullable(),
    /** `schedule`, or the viewer that asked. */
    requestedBy: z.string(),
    reason: z.string().nullable(),
    detail: z.string().nullable(),
    progress: ReadProgress.nullable(),
    rulesVersion: z.number().int(),
    objectCount: z.number().int(),
    receivedBytes: z.number(),
    queryCount: z.number().int(),
    sources: z.array(SourceResult),
  })
  .meta({ id: "ReadRecord" });
export type ReadRecord = z.infer<typeof ReadRecord>;

export const PollQuery = z.object({
  cluster: FleetFilter.cluster,
  kind: ReadKind.optional(),
  status: ReadStatus.optional(),
  ...Paging,
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type PollQuery = z.infer<typeof PollQuery>;
export const PollList = paged(ReadRecord).meta({ id: "PollList" });
export type PollList = z.infer<typeof PollList>;

export const PollNowQuery = z.object({
  wait: z.stringbool().default(false),
  /** Longest wait; the records then say `running`. */
  timeoutSeconds: z.coerce.number().min(1).max(110).default(60),
});
export type PollNowQuery = z.infer<typeof PollNowQuery>;
export const PollNowBody = z.object({
  kinds: z
    .array(z.enum(["inventory", "metrics", "gates"]))
    .min(1)
    .max(3)
    .default(["inventory", "metrics", "gates"]),
});
export type PollNowBody = z.infer<typeof PollNowBody>;

export const PollNowAnswer = z
  .object({
    cluster: z.string(),
    requestedAt: Moment,
    /** Whether every asked kind has finished. */
    isFinished: z.boolean(),
    reads: z.array(
      z.object({
        kind: ReadKind,
        /** `queued` = no collector has taken it yet; then there is no record. */
        state: z.enum(["queued", "running", "finished"]),
        /** The read was already running when it was asked for. */
        isJoined: z.boolean(),
        record: ReadRecord.nullable(),
      }),
    ),
  })
  .meta({ id: "PollNowAnswer" });
export type PollNowAnswer = z.infer<typeof PollNowAnswer>;
