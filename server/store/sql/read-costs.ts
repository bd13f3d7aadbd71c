import { z } from "zod";
import type { Db } from "../db.ts";
import { type DayRange, type SumRange, sumSource } from "./cost-sums.ts";
import { type Scope, selectRows, teamBound } from "./rows.ts";

const MAX_ROWS = 200_000;

/** What nobody holds tells of all teams: it is not shown to a viewer of some. */
const bound = (alias: string) =>
  `${teamBound(`${alias}.team`, "$2")} AND ($2::text[] IS NULL OR ${alias}.share NOT IN ('unallocated', 'overhead'))`;

const DayRow = z.object({
  day: z.string(),
  team: z.string(),
  share: z.string(),
  cost: z.number().nullable(),
});
export type CostDayRow = z.infer<typeof DayRow>;

/** Cost by day, team and share; of one namespace what is held in it, told as used. */
export function readCostDays(db: Db, scope: Scope, days: DayRange, namespace: string | null): Promise<CostDayRow[]> {
  if (namespace !== null) return readNamespaceDays(db, scope, days, namespace);
  return selectRows(
    db,
    DayRow,
    `SELECT c.day::text AS day, c.team, c.share, sum(c.cost)::float8 AS cost
       FROM cost_day_share c
      WHERE c.cluster_id = ANY($1::smallint[]) AND ${bound("c")} AND c.day >= $3::date AND c.day <= $4::date
      GROUP BY c.day, c.team, c.share ORDER BY c.day LIMIT ${MAX_ROWS}`,
    [scope.clusterIds, scope.teams, days.from, days.to],
  );
}

/** A day of a namespace is what the running sum of its month grew by; of clusters whose sums are stale, the day itself. Whole months. */
function readNamespaceDays(db: Db, scope: Scope, days: DayRange, namespace: string): Promise<CostDayRow[]> {
  const held = "coalesce(m.used, 0) + coalesce(m.requested_unused, 0) + coalesce(m.requested_unmeasured, 0)";
  return selectRows(
    db,
    DayRow,
    `WITH made AS (
       SELECT cluster_id FROM cost_sum_state WHERE cluster_id = ANY($1::smallint[]) AND (stale_from IS NULL OR stale_from > $4::date)
     ), grown AS (
       SELECT c.day, s.team, ${held} - coalesce(lag(${held}) OVER (
                PARTITION BY s.cluster_id, s.id, date_trunc('month', c.day::timestamp) ORDER BY c.day), 0) AS cost
         FROM cost_subject s JOIN made USING (cluster_id)
         JOIN cost_covered_day c ON c.cluster_id = s.cluster_id AND c.day >= $3::date AND c.day <= $4::date
         JOIN cost_month_sum m ON m.cluster_id = s.cluster_id AND m.day = c.day AND m.kind = 'place' AND m.subject_id = s.id
        WHERE s.cluster_id = ANY($1::smallint[]) AND s.kind = 'place' AND s.namespace = $5 AND ${teamBound("s.team", "$2")}
     ), every AS (
       SELECT day, team, cost FROM grown
       UNION ALL
       SELECT c.day, c.team, c.cost FROM cost_daily c
        WHERE (SELECT count(*) FROM made) < cardinality($1::smallint[])
          AND c.cluster_id = ANY(ARRAY(SELECT unnest($1::smallint[]) EXCEPT SELECT cluster_id FROM made)) AND c.namespace = $5
          AND c.day >= $3::date AND c.day <= $4::date AND ${bound("c")}
     )
     SELECT day::text AS day, team, 'used' AS share, sum(cost)::float8 AS cost FROM every GROUP BY day, team ORDER BY day LIMIT ${MAX_ROWS}`,
    [scope.clusterIds, scope.teams, days.from, days.to, namespace],
  );
}

const MonthRow = z.object({ month: z.iso.date(), version: z.string() });

/** Months of a range with any day, each with a word that is another one after any of their days was made anew or dropped. */
export function readDayMonths(db: Db, scope: Scope, days: DayRange): Promise<z.infer<typeof MonthRow>[]> {
  return selectRows(
    db,
    MonthRow,
    `SELECT c.month::text AS month, c.count || '.' || coalesce(v.version, 0) AS version
       FROM (SELECT date_trunc('month', day::timestamp)::date AS month, count(*) AS count FROM cost_covered_day
              WHERE cluster_id = ANY($1::smallint[]) AND day >= date_trunc('month', $2::timestamp)::date
                AND day < date_trunc('month', $3::timestamp) + interval '1 month' GROUP BY 1) c
       LEFT JOIN (SELECT month, sum(version) AS version FROM cost_month_version WHERE cluster_id = ANY($1::smallint[]) GROUP BY month) v
       USING (month) ORDER BY c.month LIMIT 1000`,
    [scope.clusterIds, days.from, days.to],
  );
}

const CoveredRow = z.object({
  clusterId: z.number(),
  day: z.string(),
  hourCount: z.number(),
  isEstimate: z.boolean(),
});
export type CoveredDayRow = z.infer<typeof CoveredRow>;

/** Which days of which cluster are recorded, and how much of each. */
export function readCoveredDays(db: Db, scope: Scope, days: DayRange): Promise<CoveredDayRow[]> {
  return selectRows(
    db,
    CoveredRow,
    `SELECT cluster_id::int AS "clusterId", day::text AS day, hour_count::int AS "hourCount", is_estimate AS "isEstimate"
       FROM cost_covered_day WHERE cluster_id = ANY($1::smallint[]) AND day >= $2::date AND day <= $3::date
      ORDER BY day LIMIT ${MAX_ROWS}`,
    [scope.clusterIds, days.from, days.to],
  );
}

const AnomalyRow = z.object({
  clusterId: z.number(),
  namespace: z.string(),
  kind: z.string(),
  name: z.string(),
  team: z.string(),
  resource: z.string(),
  sinceDay: z.string(),
  before: z.number(),
  after: z.number(),
  isEstimate: z.boolean(),
});
export type CostAnomalyRow = z.infer<typeof AnomalyRow>;

/** Lasting changes as the collector found them, largest first. */
export function readAnomalies(
  db: Db,
  scope: Scope,
  bounds: { readonly leastChange: number; readonly namespace: string | null; readonly limit: number },
): Promise<CostAnomalyRow[]> {
  return selectRows(
    db,
    AnomalyRow,
    `SELECT cluster_id::int AS "clusterId", namespace, workload_kind AS kind, workload_name AS name, team, resource,
            since_day::text AS "sinceDay", cost_per_day_before AS before, cost_per_day_after AS after, is_estimate AS "isEstimate"
       FROM cost_anomaly
      WHERE cluster_id = ANY($1::smallint[]) AND ${teamBound("team", "$2")} AND ($4::text IS NULL OR namespace = $4)
        AND abs(cost_per_day_after - cost_per_day_before) >= $3
      ORDER BY abs(cost_per_day_after - cost_per_day_before) DESC LIMIT $5`,
    [scope.clusterIds, scope.teams, bounds.leastChange, bounds.namespace, bounds.limit],
  );
}

const KeyRow = z.object({ key: z.string() });

/** Label keys with any value in the clusters. */
export async function readLabelKeys(db: Db, clusterIds: readonly number[]): Promise<string[]> {
  const rows = await selectRows(
    db,
    KeyRow,
    `SELECT DISTINCT key FROM cost_label WHERE cluster_id = ANY($1::smallint[]) ORDER BY key LIMIT 50`,
    [clusterIds],
  );
  return rows.map((row) => row.key);
}

const UsedPriceRow = z.object({
  id: z.number(),
  provider: z.string(),
  region: z.string(),
  kind: z.string(),
  key: z.string(),
  unit: z.string(),
  price: z.number(),
  currency: z.string(),
  validFrom: z.string(),
  origin: z.string(),
  source: z.string(),
  quantity: z.number(),
  cost: z.number().nullable(),
});
export type UsedPriceRow = z.infer<typeof UsedPriceRow>;

/** The price rows that a range stands on, corrected ones too. */
export function readUsedPrices(db: Db, scope: Scope, ranges: readonly SumRange[]): Promise<UsedPriceRow[]> {
  const ofNobody = (column: string) => `CASE WHEN $2::text[] IS NULL THEN coalesce(${column}, 0) ELSE 0 END`;
  return selectRows(
    db,
    UsedPriceRow,
    `WITH c AS (${sumSource("price", ranges)}), used AS (
       SELECT price_row_id, sum(coalesce(quantity_held, 0) + ${ofNobody("quantity_unheld")}) AS quantity,
              sum(coalesce(used, 0) + coalesce(requested_unused, 0) + coalesce(requested_unmeasured, 0)
                  + ${ofNobody("unallocated")} + ${ofNobody("overhead")}) AS cost
         FROM c WHERE c.cluster_id = ANY($1::smallint[]) AND ${teamBound("c.team", "$2")} GROUP BY price_row_id
     )
     SELECT p.id::float8 AS id, p.provider, p.region, p.kind, p.key, p.unit, p.price::float8 AS price, p.currency,
            p.valid_from::text AS "validFrom", p.origin, p.source, u.quantity::float8 AS quantity, u.cost::float8 AS cost
       FROM used u JOIN price_row p ON p.id = u.price_row_id WHERE u.quantity <> 0 OR u.cost <> 0 ORDER BY u.cost DESC LIMIT 500`,
    [scope.clusterIds, scope.teams],
  );
}

const UnpricedRow = z.object({
  clusterId: z.number(),
  pool: z.string(),
  instanceType: z.string().nullable(),
  capacityType: z.string().nullable(),
  region: z.string().nullable(),
  nodeCount: z.number(),
});

/** Nodes of today without a price, by what a price would have to name. */
export function readUnpricedNodes(db: Db, clusterIds: readonly number[]): Promise<z.infer<typeof UnpricedRow>[]> {
  return selectRows(
    db,
    UnpricedRow,
    `SELECT cluster_id::int AS "clusterId", coalesce(pool, '') AS pool, instance_type AS "instanceType",
            capacity_type AS "capacityType", region, count(*)::int AS "nodeCount"
       FROM node WHERE cluster_id = ANY($1::smallint[]) AND cost_per_hour IS NULL
      GROUP BY 1, 2, 3, 4, 5 ORDER BY 6 DESC LIMIT 200`,
    [clusterIds],
  );
}
