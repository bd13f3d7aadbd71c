import type { PoolClient } from "pg";
import { metricPosition } from "../domain/metrics.ts";
import { copyRows } from "./copy-rows.ts";
import { COST_COLUMNS, type CostLine, costRows } from "./costs.ts";
import type { Db } from "./db.ts";

/**
 * Hours before the first one that was costed as it happened which have node samples and no cost yet, oldest first. Empty when
 * nothing was costed live so far: then it is not known where the past ends.
 */
export async function findUncostedHours(db: Db, clusterId: number): Promise<Date[]> {
  const { rows } = await db.query<{ at: Date }>(
    `WITH live AS (SELECT min(at) AS at FROM cost_hourly WHERE cluster_id = $1 AND NOT is_estimate),
          hours AS (SELECT DISTINCT m.at FROM metric_hourly m, live l WHERE m.cluster_id = $1 AND m.level = 'node' AND m.at < l.at)
     SELECT h.at FROM hours h WHERE NOT EXISTS (SELECT 1 FROM cost_hourly c WHERE c.cluster_id = $1 AND c.at = h.at)
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

/**
 * Makes the days of a cluster anew from their hours. Days are those of the billing time zone. The caller's transaction holds both
 * steps, so that no reader sees a day without its rows; two collectors take turns.
 */
export async function rollUpCostDays(
  client: PoolClient,
  clusterId: number,
  days: {
    readonly from: Date;
    readonly to: Date;
    readonly timeZone: string;
    readonly firstDay: string;
    readonly lastDay: string;
  },
): Promise<number> {
  await client.query(`SELECT pg_advisory_xact_lock(728465, $1)`, [clusterId]);
  await client.query(`DELETE FROM cost_daily WHERE cluster_id = $1 AND day >= $2::date AND day <= $3::date`, [
    clusterId,
    days.firstDay,
    days.lastDay,
  ]);
  const { rowCount } = await client.query(
    `WITH hours AS (
       SELECT (at AT TIME ZONE $4)::date AS day, c.* FROM cost_hourly c WHERE cluster_id = $1 AND at >= $2 AND at < $3
     ), covered AS (
       SELECT day, count(DISTINCT at)::smallint AS hour_count, bool_or(is_estimate) AS is_estimate FROM hours GROUP BY day
     )
     INSERT INTO cost_daily (cluster_id, day, team, namespace, workload_kind, workload_name, pool, resource, share, price_row_id,
                             quantity, cost, unpriced_quantity, hour_count, is_estimate)
     SELECT h.cluster_id, h.day, h.team, h.namespace, h.workload_kind, h.workload_name, h.pool, h.resource, h.share, h.price_row_id,
            sum(h.quantity), sum(h.cost), coalesce(sum(h.quantity) FILTER (WHERE h.cost IS NULL), 0), v.hour_count, v.is_estimate
       FROM hours h JOIN covered v USING (day)
      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, v.hour_count, v.is_estimate`,
    [clusterId, days.from, days.to, days.timeZone],
  );
  return rowCount ?? 0;
}

/** The newest day that was made so far; null = none. */
export async function readLastCostDay(db: Db, clusterId: number): Promise<string | null> {
  const { rows } = await db.query<{ day: string | null }>(
    `SELECT max(day)::text AS day FROM cost_daily WHERE cluster_id = $1`,
    [clusterId],
  );
  return rows[0]?.day ?? null;
}
