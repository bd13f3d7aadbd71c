import type { PoolClient } from "pg";
import { metricPosition } from "../domain/metrics.ts";
import { copyRows } from "./copy-rows.ts";
import { dropCostSums, followCostDays, lockCostDays } from "./cost-sums.ts";
import { COST_COLUMNS, type CostLine, costRows } from "./costs.ts";
import type { Db } from "./db.ts";

/**
 * Hours before the first one that was costed as it happened which have node samples and no cost yet, oldest first. Empty when
 * nothing was costed live so far: then it is not known where the past ends. Network cost is told by flows and says nothing here.
 */
export async function findUncostedHours(db: Db, clusterId: number): Promise<Date[]> {
  const { rows } = await db.query<{ at: Date }>(
    `WITH live AS (SELECT min(at) AS at FROM cost_hourly WHERE cluster_id = $1 AND NOT is_estimate AND resource <> 'network'),
          hours AS (SELECT DISTINCT m.at FROM metric_hourly m, live l WHERE m.cluster_id = $1 AND m.level = 'node' AND m.at < l.at)
     SELECT h.at FROM hours h WHERE NOT EXISTS
            (SELECT 1 FROM cost_hourly c WHERE c.cluster_id = $1 AND c.at = h.at AND c.resource <> 'network')
      ORDER BY h.at LIMIT 20000`,
    [clusterId],
  );
  return rows.map((row) => row.at);
}

export type PastUse = {
  readonly level: "node" | "workload";
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly team: string | null;
  readonly cpuCores: number | null;
  readonly memoryBytes: number | null;
};

/** Mean use per node and workload in each hour of a span, by hour (epoch ms). A node with any sample existed. */
export async function loadPastUse(db: Db, clusterId: number, from: Date, to: Date): Promise<Map<number, PastUse[]>> {
  const mean = (id: "cpuUsedCores" | "memoryWorkingSetBytes") => {
    const i = metricPosition(id);
    return `m.sums[${i}] / nullif(m.covered_seconds[${i}], 0)`;
  };
  const { rows } = await db.query<PastUse & { at: Date }>(
    `SELECT m.at, m.level, e.namespace, e.kind, e.name, e.team, ${mean("cpuUsedCores")} AS "cpuCores",
            ${mean("memoryWorkingSetBytes")} AS "memoryBytes"
       FROM metric_hourly m JOIN entity e ON e.cluster_id = m.cluster_id AND e.id = m.entity_id
      WHERE m.cluster_id = $1 AND m.level IN ('node', 'workload') AND m.at >= $2 AND m.at < $3`,
    [clusterId, from, to],
  );
  return Map.groupBy(rows, (row) => row.at.getTime());
}

/** Writes the lines of past hours, marked as estimates. An hour that has a line of the same key keeps it, so doing it twice changes nothing. */
export async function saveEstimatedCosts(
  client: PoolClient,
  clusterId: number,
  hours: Iterable<{ readonly at: Date; readonly lines: Iterable<CostLine> }>,
): Promise<number> {
  await client.query(
    `CREATE TEMP TABLE IF NOT EXISTS incoming_estimate (LIKE cost_hourly INCLUDING DEFAULTS) ON COMMIT DROP`,
  );
  await client.query(`TRUNCATE incoming_estimate`);
  for (const { at, lines } of hours)
    await copyRows(client, "incoming_estimate", COST_COLUMNS, costRows(clusterId, at, lines));
  const columns = COST_COLUMNS.join(", ");
  const { rowCount } = await client.query(
    `INSERT INTO cost_hourly (${columns}, is_estimate) SELECT ${columns}, true FROM incoming_estimate ON CONFLICT DO NOTHING`,
  );
  return rowCount ?? 0;
}

export type DaySpan = {
  readonly from: Date;
  readonly to: Date;
  readonly timeZone: string;
  readonly firstDay: string;
  readonly lastDay: string;
};

/**
 * Makes the days of a cluster anew from their hours, with the sums that pages read. Days are those of the billing time zone. The
 * caller's transaction holds all steps, so that no reader sees a day without its rows; two collectors take turns.
 */
export async function rollUpCostDays(client: PoolClient, clusterId: number, days: DaySpan): Promise<number> {
  await lockCostDays(client, clusterId);
  await client.query(`DELETE FROM cost_daily WHERE cluster_id = $1 AND day >= $2::date AND day <= $3::date`, [
    clusterId,
    days.firstDay,
    days.lastDay,
  ]);
  const { rowCount } = await client.query(
    `WITH hours AS (
       SELECT (at AT TIME ZONE $4)::date AS day, c.* FROM cost_hourly c WHERE cluster_id = $1 AND at >= $2 AND at < $3
     ), covered AS (
       SELECT day, (count(DISTINCT at) FILTER (WHERE resource <> 'network'))::smallint AS hour_count,
              coalesce(bool_or(is_estimate), false) AS is_estimate FROM hours GROUP BY day
     )
     INSERT INTO cost_daily (cluster_id, day, team, namespace, workload_kind, workload_name, pool, resource, share, price_row_id,
                             quantity, cost, unpriced_quantity, hour_count, is_estimate)
     SELECT h.cluster_id, h.day, h.team, h.namespace, h.workload_kind, h.workload_name, h.pool, h.resource, h.share, h.price_row_id,
            sum(h.quantity), sum(h.cost), coalesce(sum(h.quantity) FILTER (WHERE h.cost IS NULL), 0), v.hour_count, v.is_estimate
       FROM hours h JOIN covered v USING (day)
      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, v.hour_count, v.is_estimate`,
    [clusterId, days.from, days.to, days.timeZone],
  );
  await sumCostDays(client, clusterId, days.firstDay, days.lastDay);
  return rowCount ?? 0;
}

/** The sums of days by team and share, made anew from `cost_daily`, and the running sums that contain them. */
export async function sumCostDays(
  client: PoolClient,
  clusterId: number,
  firstDay: string,
  lastDay: string,
): Promise<void> {
  const span = [clusterId, firstDay, lastDay];
  const where = `cluster_id = $1 AND day >= $2::date AND day <= $3::date`;
  await client.query(`DELETE FROM cost_day_share WHERE ${where}`, span);
  await client.query(
    `INSERT INTO cost_day_share (cluster_id, day, team, share, cost, unpriced_node_hours, hour_count, is_estimate)
     SELECT cluster_id, day, team, share, sum(cost), coalesce(sum(unpriced_quantity) FILTER (WHERE resource = 'cpu'), 0),
            max(hour_count), bool_or(is_estimate)
       FROM cost_daily WHERE ${where} GROUP BY 1, 2, 3, 4`,
    span,
  );
  await followCostDays(client, clusterId, firstDay, lastDay);
}

/** Time zone that the days of a cluster were made by, and the first hour that there is; null = none yet. */
export async function readCostCalendar(
  db: Db,
  clusterId: number,
): Promise<{ readonly timeZone: string | null; readonly firstAt: Date | null }> {
  const { rows } = await db.query<{ timeZone: string | null; firstAt: Date | null }>(
    `SELECT (SELECT time_zone FROM cost_calendar WHERE cluster_id = $1) AS "timeZone",
            (SELECT min(at) FROM cost_hourly WHERE cluster_id = $1) AS "firstAt"`,
    [clusterId],
  );
  return rows[0] ?? { timeZone: null, firstAt: null };
}

export async function saveCostCalendar(client: PoolClient, clusterId: number, timeZone: string): Promise<void> {
  await client.query(
    `INSERT INTO cost_calendar (cluster_id, time_zone) VALUES ($1, $2)
     ON CONFLICT (cluster_id) DO UPDATE SET time_zone = excluded.time_zone`,
    [clusterId, timeZone],
  );
}

/** Takes away days before the first and after the last that a time zone has; the others are made anew in their place. */
export async function dropForeignDays(
  client: PoolClient,
  clusterId: number,
  firstDay: string,
  lastDay: string,
): Promise<void> {
  for (const table of ["cost_daily", "cost_day_share"] as const)
    await client.query(`DELETE FROM ${table} WHERE cluster_id = $1 AND (day < $2::date OR day > $3::date)`, [
      clusterId,
      firstDay,
      lastDay,
    ]);
  // A month that has no day any more would keep its sums otherwise.
  await dropCostSums(client, clusterId);
}

/** The newest day that was made so far; null = none. */
export async function readLastCostDay(db: Db, clusterId: number): Promise<string | null> {
  const { rows } = await db.query<{ day: string | null }>(
    `SELECT max(day)::text AS day FROM cost_daily WHERE cluster_id = $1`,
    [clusterId],
  );
  return rows[0]?.day ?? null;
}
