import { z } from "zod";
import type { Db } from "../db.ts";
import { type DayRange, readSumRanges, sumSource, sumValues } from "./cost-sums.ts";
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

/** Cost by day, team and share. One namespace is summed from the days themselves, everything else from their sums. */
export function readCostDays(db: Db, scope: Scope, days: DayRange, namespace: string | null): Promise<CostDayRow[]> {
  const source = namespace === null ? "cost_day_share" : "cost_daily";
  return selectRows(
    db,
    DayRow,
    `SELECT c.day::text AS day, c.team, c.share, sum(c.cost)::float8 AS cost
       FROM ${source} c
      WHERE c.cluster_id = ANY($1::smallint[]) AND ${bound("c")} AND c.day >= $3::date AND c.day <= $4::date
        ${namespace === null ? "" : "AND c.namespace = $5"}
      GROUP BY c.day, c.team, c.share ORDER BY c.day LIMIT ${MAX_ROWS}`,
    [scope.clusterIds, scope.teams, days.from, days.to, ...(namespace === null ? [] : [namespace])],
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
export async function readUsedPrices(db: Db, scope: Scope, days: DayRange): Promise<UsedPriceRow[]> {
  const ranges = await readSumRanges(db, scope, days);
  const ofNobody = (column: string) => `CASE WHEN $5::text[] IS NULL THEN coalesce(${column}, 0) ELSE 0 END`;
  return selectRows(
    db,
    UsedPriceRow,
    `WITH c AS (${sumSource("price")}), used AS (
       SELECT price_row_id, sum(coalesce(quantity_held, 0) + ${ofNobody("quantity_unheld")}) AS quantity,
              sum(coalesce(used, 0) + coalesce(requested_unused, 0) + coalesce(requested_unmeasured, 0)
                  + ${ofNobody("unallocated")} + ${ofNobody("overhead")}) AS cost
         FROM c WHERE ${teamBound("c.team", "$5")} GROUP BY price_row_id
     )
     SELECT p.id::float8 AS id, p.provider, p.region, p.kind, p.key, p.unit, p.price::float8 AS price, p.currency,
            p.valid_from::text AS "validFrom", p.origin, p.source, u.quantity::float8 AS quantity, u.cost::float8 AS cost
       FROM used u JOIN price_row p ON p.id = u.price_row_id WHERE u.quantity <> 0 OR u.cost <> 0 ORDER BY u.cost DESC LIMIT 500`,
    [...sumValues(ranges), scope.teams],
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
