import { z } from "zod";
import type { Db } from "../db.ts";
import { type Scope, selectRows, teamBound } from "./rows.ts";

const Subject = {
  cluster: z.string(),
  level: z.enum(["cluster", "node", "namespace", "workload", "pod", "container"]),
  namespace: z.string(),
  kind: z.string(),
  name: z.string(),
  container: z.string(),
  team: z.string().nullable(),
};
/** Clusters and nodes are shared; the rest is bound to teams as everywhere. */
export const subjectBound = (table: string, teams: string) =>
  `(${table}.level IN ('cluster', 'node') OR ${teamBound(`${table}.team`, teams)})`;

const EventRow = z.object({
  id: z.coerce.number(),
  ruleId: z.string(),
  change: z.enum(["fired", "cleared", "gone", "rule-off"]),
  at: z.date(),
  value: z.number().nullable(),
  peak: z.number().nullable(),
  fireAt: z.number(),
  clearAt: z.number(),
  forSeconds: z.number(),
  ...Subject,
});
export type AlertEventRow = z.infer<typeof EventRow>;

/** Changes, newest first. */
export function readAlertEvents(
  db: Db,
  scope: Scope,
  question: { readonly beforeId: number | null; readonly limit: number },
): Promise<AlertEventRow[]> {
  return selectRows(
    db,
    EventRow,
    `SELECT e.id, e.rule_id AS "ruleId", e.change, e.at, e.value, e.peak, e.fire_at AS "fireAt", e.clear_at AS "clearAt",
            e.for_seconds AS "forSeconds", c.name AS cluster, e.level, e.namespace, e.kind, e.name, e.container, e.team
       FROM alert_event e JOIN cluster c ON c.id = e.cluster_id
      WHERE e.cluster_id = ANY($1::smallint[]) AND ${subjectBound("e", "$2")} AND ($3::bigint IS NULL OR e.id < $3)
      ORDER BY e.id DESC LIMIT $4`,
    [scope.clusterIds, scope.teams, question.beforeId, question.limit],
  );
}

const StateRow = z.object({
  ruleId: z.string(),
  entityId: z.coerce.number(),
  value: z.number().nullable(),
  peak: z.number().nullable(),
  observedAt: z.date(),
  turningSince: z.date().nullable(),
  eventId: z.coerce.number().nullable(),
  firedAt: z.date().nullable(),
  ...Subject,
});
export type FiringRow = z.infer<typeof StateRow>;

/** What fires now, longest first. Names come from the event that began it, which is older than the inventory of today. */
export function readFiringAlerts(db: Db, scope: Scope): Promise<FiringRow[]> {
  return selectRows(
    db,
    StateRow,
    `SELECT s.rule_id AS "ruleId", s.entity_id AS "entityId", s.value, s.peak, s.observed_at AS "observedAt",
            s.turning_since AS "turningSince", e.id AS "eventId", e.at AS "firedAt", c.name AS cluster,
            e.level, e.namespace, e.kind, e.name, e.container, e.team
       FROM alert_state s JOIN cluster c ON c.id = s.cluster_id AND c.removed_at IS NULL JOIN alert_event e ON e.id = s.fired_event_id
      WHERE s.cluster_id = ANY($1::smallint[]) AND s.is_firing AND ${subjectBound("e", "$2")}
      ORDER BY e.at, e.id`,
    [scope.clusterIds, scope.teams],
  );
}

export const DELIVERY_COLUMNS = `d.id, d.event_id AS "eventId", d.webhook, d.status, d.attempt_count AS "attemptCount", d.reason,
            d.http_status AS "httpStatus", d.created_at AS "createdAt", d.created_by AS "createdBy",
            CASE WHEN d.status = 'pending' THEN d.next_attempt_at END AS "nextAttemptAt", d.finished_at AS "finishedAt"`;
export const DeliveryRow = z.object({
  id: z.coerce.number(),
  eventId: z.coerce.number().nullable(),
  webhook: z.string(),
  status: z.enum(["pending", "sending", "delivered", "failed"]),
  attemptCount: z.number(),
  reason: z.string().nullable(),
  httpStatus: z.number().nullable(),
  createdAt: z.date(),
  createdBy: z.string(),
  nextAttemptAt: z.date().nullable(),
  finishedAt: z.date().nullable(),
});
export type AlertDeliveryRow = z.infer<typeof DeliveryRow>;

/** Of events that the caller has bound already. */
export function readDeliveriesOf(db: Db, eventIds: readonly number[]): Promise<AlertDeliveryRow[]> {
  return selectRows(
    db,
    DeliveryRow,
    `SELECT ${DELIVERY_COLUMNS} FROM alert_delivery d WHERE d.event_id = ANY($1::bigint[]) ORDER BY d.id`,
    [eventIds],
  );
}

export function readTestDeliveries(db: Db, limit: number): Promise<AlertDeliveryRow[]> {
  return selectRows(
    db,
    DeliveryRow,
    `SELECT ${DELIVERY_COLUMNS} FROM alert_delivery d WHERE d.event_id IS NULL ORDER BY d.id DESC LIMIT $1`,
    [limit],
  );
}

const EditRow = z.object({
  id: z.string(),
  isEnabled: z.boolean(),
  fireAt: z.number(),
  clearAt: z.number(),
  forSeconds: z.number(),
  webhooks: z.array(z.string()).nullable(),
  updatedAt: z.date(),
  updatedBy: z.string(),
});
export type AlertEditRow = z.infer<typeof EditRow>;

export function readAlertEdits(db: Db): Promise<AlertEditRow[]> {
  return selectRows(
    db,
    EditRow,
    `SELECT id, is_enabled AS "isEnabled", fire_at AS "fireAt", clear_at AS "clearAt", for_seconds AS "forSeconds", webhooks,
            updated_at AS "updatedAt", updated_by AS "updatedBy" FROM alert_rule`,
    [],
  );
}
