import type { Db } from "../db.ts";
import {
  type AlertDeliveryRow,
  type AlertEditRow,
  DELIVERY_COLUMNS,
  DeliveryRow,
  subjectBound,
} from "./read-alerts.ts";
import { type Scope, selectRows } from "./rows.ts";

/** One that failed and that the viewer may see, made ready for another attempt; null when there is none. */
export async function reopenDelivery(db: Db, scope: Scope, id: number, now: Date): Promise<AlertDeliveryRow | null> {
  const rows = await selectRows(
    db,
    DeliveryRow,
    `UPDATE alert_delivery d SET status = 'pending', next_attempt_at = $4, finished_at = NULL, attempt_count = 0
      WHERE d.id = $1 AND d.status = 'failed' AND (d.event_id IS NULL OR EXISTS (
            SELECT 1 FROM alert_event e WHERE e.id = d.event_id AND e.cluster_id = ANY($2::smallint[]) AND ${subjectBound("e", "$3")}))
      RETURNING ${DELIVERY_COLUMNS}`,
    [id, scope.clusterIds, scope.teams, now],
  );
  return rows[0] ?? null;
}

export async function insertTestDelivery(
  db: Db,
  webhook: string,
  createdBy: string,
  now: Date,
): Promise<AlertDeliveryRow> {
  const rows = await selectRows(
    db,
    DeliveryRow,
    `INSERT INTO alert_delivery AS d (event_id, webhook, next_attempt_at, created_at, created_by) VALUES (NULL, $1, $2, $2, $3)
     RETURNING ${DELIVERY_COLUMNS}`,
    [webhook, now, createdBy],
  );
  const [row] = rows;
  if (row === undefined) throw new Error("a delivery was not stored");
  return row;
}

export async function upsertAlertRule(
  db: Db,
  rule: Omit<AlertEditRow, "updatedAt" | "updatedBy">,
  updatedBy: string,
): Promise<void> {
  await db.query(
    `INSERT INTO alert_rule (id, is_enabled, fire_at, clear_at, for_seconds, webhooks, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (id) DO UPDATE SET is_enabled = excluded.is_enabled, fire_at = excluded.fire_at, clear_at = excluded.clear_at,
       for_seconds = excluded.for_seconds, webhooks = excluded.webhooks, updated_at = now(), updated_by = excluded.updated_by`,
    [rule.id, rule.isEnabled, rule.fireAt, rule.clearAt, rule.forSeconds, rule.webhooks, updatedBy],
  );
}

export async function deleteAlertRule(db: Db, id: string): Promise<void> {
  await db.query(`DELETE FROM alert_rule WHERE id = $1`, [id]);
}
