import type { PoolClient } from "pg";
import type { Db } from "./db.ts";

export type RecordedDays = { readonly day: string; readonly hourCount: number };

/** Days of a cluster with their recorded hours, oldest first. */
export async function loadRecordedDays(db: Db, clusterId: number, from: string, to: string): Promise<RecordedDays[]> {
  const { rows } = await db.query<RecordedDays>(
    `SELECT day::text AS day, max(hour_count)::int AS "hourCount" FROM cost_day_share
      WHERE cluster_id = $1 AND day >= $2::date AND day <= $3::date GROUP BY day ORDER BY day`,
    [clusterId, from, to],
  );
  return rows;
}

export type CostSeries = {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly team: string;
  readonly resource: string;
  readonly days: readonly string[];
  readonly costs: readonly (number | null)[];
  readonly isEstimate: boolean;
};

/** Daily cost of the workloads and resources that moved by at least `leastChange` within the given days, most first. */
export async function loadMovingCosts(
  db: Db,
  clusterId: number,
  days: readonly string[],
  bounds: { readonly leastChange: number; readonly limit: number },
): Promise<CostSeries[]> {
  const { rows } = await db.query<CostSeries>(
    `WITH by_day AS (
       SELECT c.namespace, c.workload_kind, c.workload_name, c.team, c.resource, c.day,
              CASE WHEN bool_or(c.unpriced_quantity > 0) THEN NULL ELSE sum(c.cost)::float8 END AS cost,
              bool_or(c.is_estimate) AS is_estimate
         FROM cost_daily c WHERE c.cluster_id = $1 AND c.day = ANY($2::date[]) AND c.workload_name <> ''
        GROUP BY 1, 2, 3, 4, 5, 6
     )
     SELECT namespace, workload_kind AS kind, workload_name AS name, team, resource,
            array_agg(day::text ORDER BY day) AS days, array_agg(cost ORDER BY day) AS costs, bool_or(is_estimate) AS "isEstimate"
       FROM by_day GROUP BY 1, 2, 3, 4, 5
     HAVING max(cost) - min(cost) >= $3 OR (count(*) < $5 AND max(cost) >= $3)
      ORDER BY max(cost) - min(cost) DESC LIMIT $4`,
    [clusterId, days, bounds.leastChange, bounds.limit, days.length],
  );
  return rows;
}

export type StoredAnomaly = {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly team: string;
  readonly resource: string;
  readonly sinceDay: string;
  readonly before: number;
  readonly after: number;
  readonly isEstimate: boolean;
};

/** Puts the lasting changes of a cluster in the place of those that were there. */
export async function replaceAnomalies(
  client: PoolClient,
  clusterId: number,
  anomalies: readonly StoredAnomaly[],
): Promise<void> {
  await client.query(`DELETE FROM cost_anomaly WHERE cluster_id = $1`, [clusterId]);
  await client.query(
    `INSERT INTO cost_anomaly (cluster_id, namespace, workload_kind, workload_name, team, resource, since_day,
                               cost_per_day_before, cost_per_day_after, is_estimate)
     SELECT $1, x.namespace, x.kind, x.name, x.team, x.resource, x."sinceDay", x.before, x.after, x."isEstimate"
       FROM jsonb_to_recordset($2::jsonb) AS x(namespace text, kind text, name text, team text, resource text, "sinceDay" date,
                                               before float8, after float8, "isEstimate" boolean)`,
    [clusterId, JSON.stringify(anomalies)],
  );
}
