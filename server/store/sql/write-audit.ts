import type { Db } from "../db.ts";

export type AuditEvent = {
  readonly actor: string;
  /** `price.created`, `budget.deleted`, `poll.requested` … */
  readonly event: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly requestId: string | null;
  /** From where, where a person or a program asked. */
  readonly address?: string | null;
};

/** In the transaction of the change itself: no change without its line, no line without its change. */
export async function insertAuditEvent(db: Db, event: AuditEvent): Promise<void> {
  await db.query(
    `INSERT INTO audit_event (actor, event, subject, detail, request_id, address) VALUES ($1, $2, $3, $4, $5, $6)`,
    [event.actor, event.event, event.subject, JSON.stringify(event.detail), event.requestId, event.address ?? null],
  );
}
