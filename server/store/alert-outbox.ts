import { z } from "zod";
import type { AlertChange, AlertNews } from "../domain/pressure/alert-message.ts";
import type { Db } from "./db.ts";

/** A claim older than this was left by a process that died while it sent. */
const CLAIM_SECONDS = 60;
/** What nobody could send within a day is not news any more. */
const GIVE_UP_HOURS = 24;
const BATCH = 100;

export type OpenDelivery = { readonly deliveryId: number; readonly webhook: string };

/**
 * Deliveries whose time has come and that one of `webhooks` can take. Puts back what a dead process had claimed, and closes what
 * waited for a day.
 */
export async function dueDeliveries(db: Db, webhooks: readonly string[], now: Date): Promise<OpenDelivery[]> {
  await db.query(
    `UPDATE alert_delivery SET status = 'pending', claimed_at = NULL
      WHERE status = 'sending' AND claimed_at < $1::timestamptz - interval '${CLAIM_SECONDS} seconds'`,
    [now],
  );
  await db.query(
    `UPDATE alert_delivery SET status = 'failed', reason = coalesce(reason, 'not-configured'), finished_at = $1
      WHERE status = 'pending' AND greatest(created_at, next_attempt_at) < $1::timestamptz - interval '${GIVE_UP_HOURS} hours'`,
    [now],
  );
  const { rows } = await db.query<{ id: string; webhook: string }>(
    `SELECT id, webhook FROM alert_delivery WHERE status = 'pending' AND next_attempt_at <= $1 AND webhook = ANY($2::text[])
      ORDER BY id LIMIT ${BATCH}`,
    [now, webhooks],
  );
  return rows.map(({ id, webhook }) => ({ deliveryId: Number(id), webhook }));
}

const Claimed = z.object({
  webhook: z.string(),
  attemptCount: z.number(),
  isTest: z.boolean(),
  eventId: z.coerce.number().nullable(),
  ruleId: z.string().nullable(),
  change: z.enum(["fired", "cleared", "gone", "rule-off"] as const satisfies readonly AlertChange[]).nullable(),
  at: z.date(),
  value: z.number().nullable(),
  peak: z.number().nullable(),
  fireAt: z.number().nullable(),
  clearAt: z.number().nullable(),
  forSeconds: z.number().nullable(),
  cluster: z.string().nullable(),
  level: z.string().nullable(),
  namespace: z.string().nullable(),
  kind: z.string().nullable(),
  name: z.string().nullable(),
  container: z.string().nullable(),
  team: z.string().nullable(),
});
export type ClaimedDelivery = {
  readonly webhook: string;
  /** This attempt included. */
  readonly attemptCount: number;
  readonly createdAt: Date;
  /** Null = a test. */
  readonly news: AlertNews | null;
};

/** Takes one delivery for this attempt; null when it is not waiting any more. */
export async function claimDelivery(db: Db, deliveryId: number, now: Date): Promise<ClaimedDelivery | null> {
  const { rows } = await db.query(
    `WITH taken AS (
       UPDATE alert_delivery SET status = 'sending', claimed_at = $2, attempt_count = attempt_count + 1
        WHERE id = $1 AND status = 'pending' AND next_attempt_at <= $2 RETURNING *)
     SELECT d.webhook, d.attempt_count AS "attemptCount", d.event_id IS NULL AS "isTest", e.id AS "eventId", e.rule_id AS "ruleId",
            e.change, coalesce(e.at, d.created_at) AS at, e.value, e.peak, e.fire_at AS "fireAt", e.clear_at AS "clearAt",
            e.for_seconds AS "forSeconds", c.name AS cluster, e.level, e.namespace, e.kind, e.name, e.container, e.team
       FROM taken d LEFT JOIN alert_event e ON e.id = d.event_id LEFT JOIN cluster c ON c.id = e.cluster_id`,
    [deliveryId, now],
  );
  if (rows[0] === undefined) return null;
  const row = Claimed.parse(rows[0]);
  const { webhook, attemptCount, at, isTest, eventId, ruleId, change, cluster } = row;
  if (isTest || eventId === null || ruleId === null || change === null || cluster === null)
    return { webhook, attemptCount, createdAt: at, news: null };
  return {
    webhook,
    attemptCount,
    createdAt: at,
    news: {
      eventId,
      ruleId,
      change,
      at,
      cluster,
      value: row.value,
      peak: row.peak,
      fireAt: row.fireAt ?? 0,
      clearAt: row.clearAt ?? 0,
      forSeconds: row.forSeconds ?? 0,
      level: row.level ?? "",
      namespace: row.namespace ?? "",
      kind: row.kind ?? "",
      name: row.name ?? "",
      container: row.container ?? "",
      team: row.team,
    },
  };
}

export type AttemptResult =
  | { readonly state: "delivered"; readonly httpStatus: number }
  | {
      readonly state: "failed";
      readonly reason: string;
      readonly httpStatus: number | null;
      /** Null = not again. */
      readonly retryAt: Date | null;
    };

export async function finishAttempt(db: Db, deliveryId: number, result: AttemptResult, now: Date): Promise<void> {
  const isOver = result.state === "delivered" || result.retryAt === null;
  await db.query(
    `UPDATE alert_delivery SET status = $2, reason = $3, http_status = $4, next_attempt_at = coalesce($5, next_attempt_at),
            claimed_at = NULL, finished_at = $6 WHERE id = $1 AND status = 'sending'`,
    [
      deliveryId,
      result.state === "delivered" ? "delivered" : isOver ? "failed" : "pending",
      result.state === "delivered" ? null : result.reason,
      result.httpStatus,
      result.state === "delivered" ? null : result.retryAt,
      isOver ? now : null,
    ],
  );
}

/** Gives a delivery back untried, to be looked at again later. */
export async function releaseDelivery(db: Db, deliveryId: number, retryAt: Date): Promise<void> {
  await db.query(
    `UPDATE alert_delivery SET status = 'pending', attempt_count = attempt_count - 1, next_attempt_at = $2, claimed_at = NULL
      WHERE id = $1 AND status = 'sending'`,
    [deliveryId, retryAt],
  );
}
