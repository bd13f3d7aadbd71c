import { z } from "zod";
import type { Db } from "../db.ts";
import { selectRows } from "./rows.ts";

const AuditRow = z.object({
  id: z.number(),
  at: z.date(),
  actor: z.string(),
  event: z.string(),
  subject: z.string(),
  detail: z.record(z.string(), z.unknown()),
  requestId: z.string().nullable(),
  address: z.string().nullable(),
});
export type StoredAuditEvent = z.infer<typeof AuditRow>;

export type AuditFilter = {
  readonly actor: string | null;
  /** Beginning of the event's name. */
  readonly event: string | null;
  readonly from: Date | null;
  readonly to: Date | null;
  /** Older than this id. */
  readonly beforeId: number | null;
  readonly limit: number;
};

/** Newest first. */
export function readAuditEvents(db: Db, filter: AuditFilter): Promise<StoredAuditEvent[]> {
  return selectRows(
    db,
    AuditRow,
    `SELECT id::float8 AS id, at, actor, event, subject, detail, request_id AS "requestId", address
       FROM audit_event
      WHERE ($1::text IS NULL OR actor = $1) AND ($2::text IS NULL OR starts_with(event, $2))
        AND ($3::timestamptz IS NULL OR at >= $3) AND ($4::timestamptz IS NULL OR at < $4)
        AND ($5::bigint IS NULL OR id < $5)
      ORDER BY id DESC LIMIT $6`,
    [filter.actor, filter.event, filter.from, filter.to, filter.beforeId, filter.limit],
  );
}
