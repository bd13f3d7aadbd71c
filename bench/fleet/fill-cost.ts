import { makeCostMonths, sumCostDays } from "../../server/store/cost-history.ts";
import { inTransaction } from "../../server/store/db.ts";
import type { Fleet } from "./open-fleet.ts";

/** Fewer only to try the bench itself; the rows are told beside each figure. */
const WORKLOADS_PER_CLUSTER = Number(process.env.SLUICE_BENCH_WORKLOADS ?? 500);
const COST_DAYS = 365;
const DAY_MS = 86_400_000;

/**
 * A year of daily cost: 500 workloads per cluster of 12 teams, each with used and requested-but-unused CPU and memory, and what
 * nobody holds. Sums of days and months are made by the product's own roll-ups. Returns the rows of days.
 */
export async function fillCost({ pool, clusterIds, now }: Fleet): Promise<number> {
  const today = now.toISOString().slice(0, 10);
  const first = new Date(now.getTime() - (COST_DAYS - 1) * DAY_MS).toISOString().slice(0, 10);
  let rows = 0;
  for (const clusterId of clusterIds) {
    const { rowCount } = await pool.query(
      `INSERT INTO cost_daily (cluster_id, day, team, namespace, workload_kind, workload_name, pool, resource, share, price_row_id,
                               quantity, cost, unpriced_quantity, hour_count, is_estimate)
       SELECT $1, d::date, w.team, w.namespace, w.kind, w.name, 'pool-' || w.n % 12, r, w.share, 1 + w.n % 12,
              1.5, 0.5 + (w.n % 17) * 0.1 + extract(day FROM d) * 0.01, 0, 24, false
         FROM generate_series($2::date, $3::date, interval '1 day') AS d
        CROSS JOIN unnest(ARRAY['cpu', 'memory']) AS r
        CROSS JOIN (
          SELECT n, 'team-' || n % 12 AS team, 'namespace-' || n % 60 AS namespace, 'Deployment' AS kind, 'workload-' || n AS name, share
            FROM generate_series(0, $4::int - 1) AS n CROSS JOIN unnest(ARRAY['used', 'requested-unused']) AS share
           UNION ALL
          SELECT n, '', '', '', '', share FROM generate_series(0, 11) AS n CROSS JOIN unnest(ARRAY['unallocated', 'overhead']) AS share
        ) AS w`,
      [clusterId, first, today, WORKLOADS_PER_CLUSTER],
    );
    rows += rowCount ?? 0;
    await pool.query(`ANALYZE cost_daily`);
    await inTransaction(pool, (client) => sumCostDays(client, clusterId, first, today));
    await inTransaction(pool, (client) => makeCostMonths(client, clusterId, today));
  }
  await pool.query(`VACUUM (ANALYZE) cost_daily, cost_day_share, cost_day_price, cost_month, cost_month_state`);
  return rows;
}
