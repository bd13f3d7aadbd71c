import { sumCostDays } from "../../server/store/cost-history.ts";
import { makeCostSums, SUM_COLUMNS } from "../../server/store/cost-sums.ts";
import { inTransaction } from "../../server/store/db.ts";
import type { Fleet } from "./open-fleet.ts";

/** Fewer only to try the bench itself; the rows are told beside each figure. */
const WORKLOADS_PER_CLUSTER = Number(process.env.SLUICE_BENCH_WORKLOADS ?? 500);
const COST_DAYS = 365;
const DAY_MS = 86_400_000;
const LABEL_VALUES = 100;

/**
 * A year of daily cost: 500 workloads per cluster of 12 teams, each with used and requested-but-unused CPU and memory, what nobody
 * holds, and a label. The first cluster's sums are made by the product's own roll-ups out of its days; the other clusters get the
 * same sums, and not the days, which no answer reads where sums are there. Returns the rows of days that the sums of all clusters
 * stand for.
 */
export async function fillCost({ pool, clusterIds, now }: Fleet): Promise<number> {
  const today = now.toISOString().slice(0, 10);
  const first = new Date(now.getTime() - (COST_DAYS - 1) * DAY_MS).toISOString().slice(0, 10);
  const [clusterId, ...others] = clusterIds;
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
  await pool.query(
    `INSERT INTO cost_label (cluster_id, key, namespace, workload_kind, workload_name, value, valid_from)
     SELECT c.id, 'app', 'namespace-' || n % 60, 'Deployment', 'workload-' || n, 'app-' || n % $2::int, '2000-01-01'
       FROM cluster c CROSS JOIN generate_series(0, $1::int - 1) AS n`,
    [WORKLOADS_PER_CLUSTER, LABEL_VALUES],
  );
  await pool.query(
    `INSERT INTO price_row (provider, region, kind, key, unit, price, currency, valid_from, origin, source, created_by)
     SELECT 'aws', '', 'node', 'bench-' || n, 'hour', 0.1, 'USD', '2020-01-01', 'shipped', 'bench', 'bench' FROM generate_series(1, 12) AS n`,
  );
  await pool.query(`ANALYZE cost_daily`);
  await inTransaction(pool, (client) => sumCostDays(client, clusterId ?? 0, first, today));
  await makeCostSums(pool, clusterId ?? 0);
  const sums = SUM_COLUMNS.join(", ");
  const copies = [
    ["cost_day_share", "day, team, share, cost, unpriced_node_hours, hour_count, is_estimate"],
    ["cost_covered_day", "day, hour_count, is_estimate"],
    ["cost_subject", "id, kind, team, namespace, workload_kind, workload_name, pool, resource, price_row_id"],
    ["cost_month_sum", `day, kind, subject_id, ${sums}`],
    ["cost_year_sum", `month, kind, subject_id, ${sums}`],
    ["cost_sum_state", "stale_from"],
  ] as const;
  for (const [table, columns] of copies) {
    await pool.query(
      `INSERT INTO ${table} (cluster_id, ${columns})
       SELECT o.id, ${columns
         .split(", ")
         .map((column) => `t.${column}`)
         .join(", ")}
         FROM unnest($2::smallint[]) AS o (id), ${table} t WHERE t.cluster_id = $1`,
      [clusterId, others],
    );
  }
  await pool.query(`VACUUM (ANALYZE)`);
  return (rowCount ?? 0) * clusterIds.length;
}
