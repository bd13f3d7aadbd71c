import type { PoolClient } from "pg";
import type { Db } from "./db.ts";

const KEY =
  "adapter, source_namespace, source_kind, source_name, source_zone, source_team, target_namespace, target_kind, target_name, target_zone, target_team, scope, basis";

const TOTAL_KEY = "scope, source_zone, source_team, target_zone, target_team";

/**
 * Notes hours whose day must be made anew. Part of the transaction that wrote them; the update of a mark that is there already
 * holds its row, so that a day that is just being made waits for what this transaction wrote.
 */
export async function markFlowHours(client: PoolClient, clusterId: number, hours: readonly Date[]): Promise<void> {
  await client.query(
    `INSERT INTO flow_hour_due (cluster_id, at) SELECT $1, unnest($2::timestamptz[]) ON CONFLICT (cluster_id, at) DO UPDATE SET at = excluded.at`,
    [clusterId, hours],
  );
}

/** Marked hours before `until`, oldest first. */
export async function readDueFlowHours(db: Db, clusterId: number, until: Date): Promise<Date[]> {
  const { rows } = await db.query<{ at: Date }>(
    `SELECT at FROM flow_hour_due WHERE cluster_id = $1 AND at < $2 ORDER BY at LIMIT 50000`,
    [clusterId, until],
  );
  return rows.map((row) => row.at);
}

/** Days that were made in another time zone than the one of bills now: their hours are marked again. */
export async function markForeignFlowDays(client: PoolClient, clusterId: number, timeZone: string): Promise<void> {
  await client.query(
    `INSERT INTO flow_hour_due (cluster_id, at)
     SELECT $1, generate_series(date_trunc('hour', from_at), to_at - interval '1 second', '1 hour')
       FROM flow_day WHERE cluster_id = $1 AND time_zone <> $2 ON CONFLICT DO NOTHING`,
    [clusterId, timeZone],
  );
}

/**
 * Makes one day anew from its hours and takes away their marks. The caller's transaction holds all of it, so that no reader sees
 * half a day, and a mark set meanwhile waits for it. Returns the rows of the day.
 */
export async function rollUpFlowDay(
  client: PoolClient,
  clusterId: number,
  {
    day,
    timeZone,
    from,
    to,
  }: { readonly day: string; readonly timeZone: string; readonly from: Date; readonly to: Date },
): Promise<number> {
  await client.query(`SELECT pg_advisory_xact_lock(728466, $1)`, [clusterId]);
  // Marks go first: an hour that is written between the two statements is marked again and the day made once more.
  await client.query(`DELETE FROM flow_hour_due WHERE cluster_id = $1 AND at >= $2 AND at < $3`, [clusterId, from, to]);
  await client.query(`DELETE FROM flow_daily WHERE cluster_id = $1 AND day = $2::date`, [clusterId, day]);
  const { rowCount } = await client.query(
    `INSERT INTO flow_daily (cluster_id, day, ${KEY}, transferred_bytes, row_count)
     SELECT $1, $2::date, ${KEY}, sum(transferred_bytes), count(*)::int
       FROM flow_hourly WHERE cluster_id = $1 AND at >= $3 AND at < $4 GROUP BY ${KEY}`,
    [clusterId, day, from, to],
  );
  await client.query(`DELETE FROM flow_month WHERE cluster_id = $1 AND month = date_trunc('month', $2::date)`, [
    clusterId,
    day,
  ]);
  await client.query(`DELETE FROM flow_day_total WHERE cluster_id = $1 AND day = $2::date`, [clusterId, day]);
  await client.query(
    `INSERT INTO flow_day_total (cluster_id, day, ${TOTAL_KEY}, transferred_bytes)
     SELECT $1, $2::date, ${TOTAL_KEY}, sum(transferred_bytes) FROM flow_daily WHERE cluster_id = $1 AND day = $2::date GROUP BY ${TOTAL_KEY}`,
    [clusterId, day],
  );
  await client.query(
    `INSERT INTO flow_day (cluster_id, day, time_zone, from_at, to_at, covered_seconds, first_at, last_at)
     SELECT $1, $2::date, $3, $4, $5, coalesce(sum(covered), 0)::int, min(at), max(at)
       FROM (SELECT at, least(3600, max(covered_seconds)) AS covered FROM flow_hourly
              WHERE cluster_id = $1 AND at >= $4 AND at < $5 GROUP BY at) h
     ON CONFLICT (cluster_id, day) DO UPDATE SET time_zone = excluded.time_zone, from_at = excluded.from_at, to_at = excluded.to_at,
            covered_seconds = excluded.covered_seconds, first_at = excluded.first_at, last_at = excluded.last_at`,
    [clusterId, day, timeZone, from, to],
  );
  return rowCount ?? 0;
}

/** Months before `before` (a first day) that have days and were not made, or had a day made anew since. */
export async function readDueFlowMonths(db: Db, clusterId: number, before: string): Promise<string[]> {
  const { rows } = await db.query<{ month: string }>(
    `SELECT DISTINCT date_trunc('month', d.day)::date::text AS month FROM flow_day d
      WHERE d.cluster_id = $1 AND d.day < $2::date
        AND NOT EXISTS (SELECT 1 FROM flow_month m WHERE m.cluster_id = $1 AND m.month = date_trunc('month', d.day)) ORDER BY 1`,
    [clusterId, before],
  );
  return rows.map((row) => row.month);
}

/** Makes one month anew from its days. Days that are marked meanwhile take the month away again when they are made. */
export async function rollUpFlowMonth(client: PoolClient, clusterId: number, month: string): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock(728466, $1)`, [clusterId]);
  await client.query(`DELETE FROM flow_monthly WHERE cluster_id = $1 AND month = $2::date`, [clusterId, month]);
  await client.query(
    `INSERT INTO flow_monthly (cluster_id, month, ${KEY}, transferred_bytes, row_count)
     SELECT $1, $2::date, ${KEY}, sum(transferred_bytes), sum(row_count)::int FROM flow_daily
      WHERE cluster_id = $1 AND day >= $2::date AND day < $2::date + interval '1 month' GROUP BY ${KEY}`,
    [clusterId, month],
  );
  await client.query(`INSERT INTO flow_month (cluster_id, month) VALUES ($1, $2::date) ON CONFLICT DO NOTHING`, [
    clusterId,
    month,
  ]);
}

/** Takes away months and days' totals that are past the retention; partitioned days go by themselves. */
export async function dropOldFlowMonths(db: Db, oldest: Date): Promise<void> {
  const oldestDay = oldest.toISOString().slice(0, 10);
  for (const table of ["flow_monthly", "flow_month"])
    await db.query(`DELETE FROM ${table} WHERE month + interval '1 month' <= $1::date`, [oldestDay]);
  for (const table of ["flow_day_total", "flow_day"])
    await db.query(`DELETE FROM ${table} WHERE day < $1::date`, [oldestDay]);
}
