import type { PoolClient } from "pg";
import { metricPosition } from "../domain/metrics.ts";
import type { AlertChange } from "../domain/pressure/alert-message.ts";
import type { AlertEdit, EffectiveRule } from "../domain/pressure/alert-rules.ts";
import type { Db } from "./db.ts";

/** Quiet for this long while no collector ran: what happened before is not told afterwards. */
const CATCH_UP_MINUTES = 15;
const MAX_MOMENTS = 20;

export async function loadAlertEdits(db: Db): Promise<AlertEdit[]> {
  const { rows } = await db.query<{
    id: string;
    is_enabled: boolean;
    fire_at: number;
    clear_at: number;
    for_seconds: number;
    webhooks: string[] | null;
  }>(`SELECT id, is_enabled, fire_at, clear_at, for_seconds, webhooks FROM alert_rule`);
  return rows.map((row) => ({
    id: row.id,
    isEnabled: row.is_enabled,
    fireAt: row.fire_at,
    clearAt: row.clear_at,
    forSeconds: row.for_seconds,
    webhooks: row.webhooks,
  }));
}

/** Holds a cluster's alerts until commit; null while another collector holds them. A cluster seen first starts from now. */
export async function claimAlerts(client: PoolClient, clusterId: number, now: Date): Promise<Date | null> {
  await client.query(
    `INSERT INTO alert_progress (cluster_id, judged_at) VALUES ($1, $2::timestamptz - interval '${CATCH_UP_MINUTES} minutes')
     ON CONFLICT DO NOTHING`,
    [clusterId, now],
  );
  const { rows } = await client.query<{ judged_at: Date }>(
    `SELECT judged_at FROM alert_progress WHERE cluster_id = $1 FOR UPDATE SKIP LOCKED`,
    [clusterId],
  );
  return rows[0]?.judged_at ?? null;
}

/** Moments of good metrics reads that have not been judged yet, oldest first. Backfilled samples have none. */
export async function unjudgedMoments(client: PoolClient, clusterId: number, after: Date, now: Date): Promise<Date[]> {
  const { rows } = await client.query<{ started_at: Date }>(
    `SELECT started_at FROM read_record
      WHERE cluster_id = $1 AND kind = 'metrics' AND status IN ('succeeded', 'partial')
        AND started_at > greatest($2::timestamptz, $3::timestamptz - interval '${CATCH_UP_MINUTES} minutes') AND started_at <= $3
      ORDER BY started_at LIMIT ${MAX_MOMENTS}`,
    [clusterId, after, now],
  );
  return rows.map((row) => row.started_at);
}

export async function markJudged(client: PoolClient, clusterId: number, at: Date): Promise<void> {
  await client.query(`UPDATE alert_progress SET judged_at = $2 WHERE cluster_id = $1`, [clusterId, at]);
}

export async function hasSamples(client: PoolClient, clusterId: number, at: Date, level: string): Promise<boolean> {
  const { rows } = await client.query<{ has: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM metric_raw WHERE cluster_id = $1 AND level = $3 AND at = $2) AS has`,
    [clusterId, at, level],
  );
  return rows[0]?.has ?? false;
}

export type AlertSubject = {
  readonly entityId: number;
  readonly level: string;
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly container: string;
  readonly team: string | null;
};
export type StoredAlertState = {
  readonly ruleId: string;
  readonly entityId: number;
  readonly isFiring: boolean;
  readonly turningSince: Date | null;
  readonly peak: number | null;
  readonly firedEventId: number | null;
};

export async function loadAlertStates(client: PoolClient, clusterId: number): Promise<StoredAlertState[]> {
  const { rows } = await client.query<{
    rule_id: string;
    entity_id: string;
    is_firing: boolean;
    turning_since: Date | null;
    peak: number | null;
    fired_event_id: string | null;
  }>(
    `SELECT rule_id, entity_id, is_firing, turning_since, peak, fired_event_id FROM alert_state WHERE cluster_id = $1`,
    [clusterId],
  );
  return rows.map((row) => ({
    ruleId: row.rule_id,
    entityId: Number(row.entity_id),
    isFiring: row.is_firing,
    turningSince: row.turning_since,
    peak: row.peak,
    firedEventId: row.fired_event_id === null ? null : Number(row.fired_event_id),
  }));
}

type PressureRule = Extract<EffectiveRule, { topic: "pressure" }>;
export type Observation = AlertSubject & { readonly values: ReadonlyMap<string, number | null> };

/**
 * Things that a rule concerns at one moment: at or above its limit, or with a state already. The statement reads one moment of
 * the levels in question and gives only those rows, so that 5,000 calm nodes cost a scan and no traffic.
 */
export async function readObservations(
  client: PoolClient,
  clusterId: number,
  at: Date,
  rules: readonly PressureRule[],
  entityIds: readonly number[],
): Promise<Observation[]> {
  const own = rules.filter(({ level }) => level !== "cluster");
  if (own.length === 0) return [];
  const metrics = [...new Set(own.map(({ metric }) => metric))];
  const values: unknown[] = [clusterId, at, [...new Set(own.map(({ level }) => level))], entityIds];
  const above = own.map((rule) => {
    values.push(rule.level, rule.fireAt);
    return `(m.level = $${values.length - 1} AND m."values"[${metricPosition(rule.metric)}] >= $${values.length})`;
  });
  const { rows } = await client.query<Omit<AlertSubject, "entityId"> & { entity_id: string; found: (number | null)[] }>(
    `SELECT e.id AS entity_id, e.level, e.namespace, e.kind, e.name, e.container, e.team,
            ARRAY[${metrics.map((metric) => `m."values"[${metricPosition(metric)}]`).join(", ")}]::float8[] AS found
       FROM metric_raw m JOIN entity e ON e.cluster_id = m.cluster_id AND e.id = m.entity_id
      WHERE m.cluster_id = $1 AND m.at = $2 AND m.level = ANY($3::text[]) AND (m.entity_id = ANY($4::bigint[]) OR ${above.join(" OR ")})`,
    values,
  );
  return rows.map(({ entity_id, found, ...subject }) => ({
    ...subject,
    entityId: Number(entity_id),
    values: new Map(metrics.map((metric, index) => [metric, found[index] ?? null])),
  }));
}

/** Means of a cluster's nodes at one moment, by quantity; null without a sample. */
export async function readClusterMeans(
  client: PoolClient,
  clusterId: number,
  at: Date,
  rules: readonly PressureRule[],
): Promise<ReadonlyMap<string, number | null>> {
  const metrics = [...new Set(rules.filter(({ level }) => level === "cluster").map(({ metric }) => metric))];
  if (metrics.length === 0) return new Map();
  const { rows } = await client.query<{ means: (number | null)[] }>(
    `SELECT ARRAY[${metrics.map((metric) => `avg("values"[${metricPosition(metric)}])`).join(", ")}]::float8[] AS means
       FROM metric_raw WHERE cluster_id = $1 AND at = $2 AND level = 'node'`,
    [clusterId, at],
  );
  return new Map(metrics.map((metric, index) => [metric, rows[0]?.means[index] ?? null]));
}

/** The value that a cut list ends at: what is not in it is at most that. Null = the list was not cut. */
export async function readCutValue(
  client: PoolClient,
  clusterId: number,
  at: Date,
  question: { readonly level: string; readonly metric: PressureRule["metric"]; readonly topRows: number },
): Promise<number | null> {
  const position = metricPosition(question.metric);
  const { rows } = await client.query<{ lowest: number | null }>(
    `SELECT CASE WHEN count("values"[${position}]) >= $4 THEN min("values"[${position}]) END AS lowest
       FROM metric_raw WHERE cluster_id = $1 AND at = $2 AND level = $3`,
    [clusterId, at, question.level, question.topRows],
  );
  return rows[0]?.lowest ?? null;
}

/** Of some things, those that the newest inventory no longer holds, with their names. */
export async function readGoneSubjects(
  client: PoolClient,
  clusterId: number,
  entityIds: readonly number[],
): Promise<AlertSubject[]> {
  const { rows } = await client.query<Omit<AlertSubject, "entityId"> & { entity_id: string }>(
    `SELECT e.id AS entity_id, e.level, e.namespace, e.kind, e.name, e.container, e.team
       FROM entity e
      WHERE e.cluster_id = $1 AND e.id = ANY($2::bigint[]) AND NOT CASE e.level
        WHEN 'node' THEN EXISTS (SELECT 1 FROM node n WHERE n.cluster_id = e.cluster_id AND n.name = e.name)
        WHEN 'namespace' THEN EXISTS (SELECT 1 FROM namespace n WHERE n.cluster_id = e.cluster_id AND n.name = e.name)
        WHEN 'workload' THEN EXISTS (SELECT 1 FROM pod p WHERE p.cluster_id = e.cluster_id AND p.namespace = e.namespace
                                        AND p.workload_kind = e.kind AND p.workload_name = e.name)
        ELSE EXISTS (SELECT 1 FROM pod p WHERE p.cluster_id = e.cluster_id AND p.namespace = e.namespace AND p.name = e.name) END`,
    [clusterId, entityIds],
  );
  return rows.map(({ entity_id, ...subject }) => ({ ...subject, entityId: Number(entity_id) }));
}

export async function readSubjects(
  client: PoolClient,
  clusterId: number,
  entityIds: readonly number[],
): Promise<AlertSubject[]> {
  const { rows } = await client.query<Omit<AlertSubject, "entityId"> & { entity_id: string }>(
    `SELECT id AS entity_id, level, namespace, kind, name, container, team FROM entity WHERE cluster_id = $1 AND id = ANY($2::bigint[])`,
    [clusterId, entityIds],
  );
  return rows.map(({ entity_id, ...subject }) => ({ ...subject, entityId: Number(entity_id) }));
}

export type ReadingHealth = {
  /** Since the newest good inventory, or since the cluster was first configured. */
  readonly staleSeconds: number;
  readonly failures: readonly { readonly kind: string; readonly count: number }[];
};

export async function readHealth(client: PoolClient, clusterId: number, now: Date): Promise<ReadingHealth | null> {
  const { rows } = await client.query<{ stale: number; kinds: string[] | null; counts: number[] | null }>(
    `SELECT extract(epoch FROM $2::timestamptz - coalesce(
              (SELECT good_taken_at FROM read_state WHERE cluster_id = c.id AND kind = 'inventory'), c.created_at))::float8 AS stale,
            (SELECT array_agg(kind ORDER BY kind) FROM read_state WHERE cluster_id = c.id) AS kinds,
            (SELECT array_agg(failure_count ORDER BY kind) FROM read_state WHERE cluster_id = c.id) AS counts
       FROM cluster c WHERE c.id = $1 AND c.removed_at IS NULL`,
    [clusterId, now],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { kinds, counts, stale } = row;
  return {
    staleSeconds: Math.max(0, stale),
    failures: (kinds ?? []).map((kind, index) => ({ kind, count: counts?.[index] ?? 0 })),
  };
}

export type AlertEventRow = {
  readonly clusterId: number;
  readonly ruleId: string;
  readonly change: AlertChange;
  readonly at: Date;
  readonly value: number | null;
  readonly peak: number | null;
  readonly rule: Pick<EffectiveRule, "fireAt" | "clearAt" | "forSeconds">;
  readonly subject: AlertSubject;
  readonly firedEventId: number | null;
};

/** One change and the intent to tell each webhook of it, in the caller's transaction. Returns the event's id. */
export async function saveAlertEvent(
  client: PoolClient,
  event: AlertEventRow,
  webhooks: readonly string[],
): Promise<number> {
  const { subject, rule } = event;
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO alert_event (cluster_id, rule_id, change, at, value, peak, fire_at, clear_at, for_seconds, level, namespace, kind,
                              name, container, team, fired_event_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING id`,
    [
      event.clusterId,
      event.ruleId,
      event.change,
      event.at,
      event.value,
      event.peak,
      rule.fireAt,
      rule.clearAt,
      rule.forSeconds,
      subject.level,
      subject.namespace,
      subject.kind,
      subject.name,
      subject.container,
      subject.team,
      event.firedEventId,
    ],
  );
  const id = Number(rows[0]?.id);
  await client.query(
    `INSERT INTO alert_delivery (event_id, webhook, next_attempt_at, created_at, created_by)
     SELECT $1, w, $3, $3, 'alert' FROM unnest($2::text[]) AS w ON CONFLICT (event_id, webhook) DO NOTHING`,
    [id, [...new Set(webhooks)], event.at],
  );
  return id;
}

export async function saveAlertState(
  client: PoolClient,
  clusterId: number,
  state: StoredAlertState,
  value: number | null,
  at: Date,
): Promise<void> {
  await client.query(
    `INSERT INTO alert_state (cluster_id, rule_id, entity_id, is_firing, turning_since, value, peak, observed_at, fired_event_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (cluster_id, rule_id, entity_id) DO UPDATE SET is_firing = excluded.is_firing, turning_since = excluded.turning_since,
       value = coalesce(excluded.value, alert_state.value), peak = excluded.peak,
       observed_at = CASE WHEN excluded.value IS NULL THEN alert_state.observed_at ELSE excluded.observed_at END,
       fired_event_id = excluded.fired_event_id`,
    [
      clusterId,
      state.ruleId,
      state.entityId,
      state.isFiring,
      state.turningSince,
      value,
      state.peak,
      at,
      state.firedEventId,
    ],
  );
}

export async function dropAlertState(
  client: PoolClient,
  clusterId: number,
  key: { readonly ruleId: string; readonly entityId: number },
): Promise<void> {
  await client.query(`DELETE FROM alert_state WHERE cluster_id = $1 AND rule_id = $2 AND entity_id = $3`, [
    clusterId,
    key.ruleId,
    key.entityId,
  ]);
}

const KEPT_DAYS = 90;

/** Events and their deliveries past their time; what still fires keeps its state. */
export async function dropOldAlerts(db: Db, now: Date): Promise<void> {
  await db.query(`DELETE FROM alert_event WHERE at < $1::timestamptz - interval '${KEPT_DAYS} days'`, [now]);
  await db.query(
    `DELETE FROM alert_delivery WHERE event_id IS NULL AND created_at < $1::timestamptz - interval '${KEPT_DAYS} days'`,
    [now],
  );
}
