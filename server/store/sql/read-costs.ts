import { z } from "zod";
import type { Db } from "../db.ts";
import { type Scope, selectRows, teamBound } from "./rows.ts";

/** Days of the billing time zone, both included. */
export type DayRange = { readonly from: string; readonly to: string };

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

/** Cost by day, team and share. */
export function readCostDays(db: Db, scope: Scope, days: DayRange, namespace: string | null): Promise<CostDayRow[]> {
  return selectRows(
    db,
    DayRow,
    `SELECT c.day::text AS day, c.team, c.share, sum(c.cost)::float8 AS cost
       FROM cost_daily c
      WHERE c.cluster_id = ANY($1::smallint[]) AND ${bound("c")} AND c.day >= $3::date AND c.day <= $4::date
        AND ($5::text IS NULL OR c.namespace = $5)
      GROUP BY c.day, c.team, c.share ORDER BY c.day LIMIT ${MAX_ROWS}`,
    [scope.clusterIds, scope.teams, days.from, days.to, namespace],
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
    `SELECT cluster_id::int AS "clusterId", day::text AS day, max(hour_count)::int AS "hourCount", bool_or(is_estimate) AS "isEstimate"
       FROM cost_daily WHERE cluster_id = ANY($1::smallint[]) AND day >= $2::date AND day <= $3::date
      GROUP BY cluster_id, day ORDER BY day LIMIT ${MAX_ROWS}`,
    [scope.clusterIds, days.from, days.to],
  );
}

export type CostGroup = "team" | "cluster" | "namespace" | "workload" | "pool" | "resource";
/** Columns by which rows are told apart; the cluster is always one, as shared cost is spread inside it. */
const GROUPS: Readonly<Record<CostGroup, readonly string[]>> = {
  team: ["team"],
  cluster: [],
  namespace: ["namespace", "team"],
  workload: ["namespace", "workload_kind", "workload_name", "team"],
  pool: ["pool"],
  resource: ["resource"],
};

const GroupRow = z.object({
  clusterId: z.number(),
  team: z.string().nullable(),
  namespace: z.string().nullable(),
  kind: z.string().nullable(),
  name: z.string().nullable(),
  pool: z.string().nullable(),
  resource: z.string().nullable(),
  share: z.string(),
  cost: z.number().nullable(),
  unpricedNodeHours: z.number(),
});
export type CostGroupRow = z.infer<typeof GroupRow>;

/** Cost of a range by group and share, dearest first. `unpricedNodeHours` counts by CPU, which every node has. */
export function readCostGroups(
  db: Db,
  scope: Scope,
  days: DayRange,
  filter: { readonly group: CostGroup; readonly teams: readonly string[] | null; readonly namespace: string | null },
): Promise<CostGroupRow[]> {
  const columns = new Set(GROUPS[filter.group]);
  const pick = (column: string, alias: string) => `${columns.has(column) ? `c.${column}` : "NULL::text"} AS "${alias}"`;
  return selectRows(
    db,
    GroupRow,
    `SELECT c.cluster_id::int AS "clusterId", ${pick("team", "team")}, ${pick("namespace", "namespace")},
            ${pick("workload_kind", "kind")}, ${pick("workload_name", "name")}, ${pick("pool", "pool")},
            ${pick("resource", "resource")}, c.share, sum(c.cost)::float8 AS cost,
            coalesce(sum(c.unpriced_quantity) FILTER (WHERE c.resource = 'cpu'), 0)::float8 AS "unpricedNodeHours"
       FROM cost_daily c
      WHERE c.cluster_id = ANY($1::smallint[]) AND ${bound("c")} AND c.day >= $3::date AND c.day <= $4::date
        AND ($5::text[] IS NULL OR (c.team = ANY($5::text[]) AND c.share NOT IN ('unallocated', 'overhead')))
        AND ($6::text IS NULL OR c.namespace = $6)
      GROUP BY c.cluster_id, c.share${[...columns].map((column) => `, c.${column}`).join("")}
      ORDER BY sum(c.cost) DESC NULLS LAST LIMIT ${MAX_ROWS}`,
    [scope.clusterIds, scope.teams, days.from, days.to, filter.teams, filter.namespace],
  );
}

const SeriesRow = z.object({
  clusterId: z.number(),
  namespace: z.string(),
  kind: z.string(),
  name: z.string(),
  team: z.string(),
  resource: z.string(),
  days: z.array(z.string()),
  costs: z.array(z.number().nullable()),
  isEstimate: z.boolean(),
});
export type CostSeriesRow = z.infer<typeof SeriesRow>;

/** Daily cost of the workloads and resources that moved most; what moved by less than `leastChange` a day is left out. */
export function readMovingCosts(
  db: Db,
  scope: Scope,
  days: DayRange,
  bounds: { readonly leastChange: number; readonly limit: number },
): Promise<CostSeriesRow[]> {
  return selectRows(
    db,
    SeriesRow,
    `WITH by_day AS (
       SELECT c.cluster_id, c.namespace, c.workload_kind, c.workload_name, c.team, c.resource, c.day, sum(c.cost) AS cost,
              bool_or(c.is_estimate) AS is_estimate
         FROM cost_daily c
        WHERE c.cluster_id = ANY($1::smallint[]) AND ${bound("c")} AND c.day >= $3::date AND c.day <= $4::date
          AND c.workload_name <> ''
        GROUP BY 1, 2, 3, 4, 5, 6, 7
     )
     SELECT cluster_id::int AS "clusterId", namespace, workload_kind AS kind, workload_name AS name, team, resource,
            array_agg(day::text ORDER BY day) AS days, array_agg(cost::float8 ORDER BY day) AS costs, bool_or(is_estimate) AS "isEstimate"
       FROM by_day GROUP BY 1, 2, 3, 4, 5, 6
     HAVING max(cost) - min(cost) >= $5 OR (count(*) < $4::date - $3::date + 1 AND max(cost) >= $5)
      ORDER BY max(cost) - min(cost) DESC LIMIT $6`,
    [scope.clusterIds, scope.teams, days.from, days.to, bounds.leastChange, bounds.limit],
  );
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
  source: z.string(),
  quantity: z.number(),
  cost: z.number().nullable(),
});
export type UsedPriceRow = z.infer<typeof UsedPriceRow>;

/** The price rows that a range stands on, corrected ones too. */
export function readUsedPrices(db: Db, scope: Scope, days: DayRange): Promise<UsedPriceRow[]> {
  return selectRows(
    db,
    UsedPriceRow,
    `WITH used AS (
       SELECT c.price_row_id, sum(c.quantity) AS quantity, sum(c.cost) AS cost FROM cost_daily c
        WHERE c.cluster_id = ANY($1::smallint[]) AND ${bound("c")} AND c.day >= $3::date AND c.day <= $4::date AND c.price_row_id <> 0
        GROUP BY c.price_row_id
     )
     SELECT p.id::float8 AS id, p.provider, p.region, p.kind, p.key, p.unit, p.price::float8 AS price, p.currency,
            p.valid_from::text AS "validFrom", p.source, u.quantity::float8 AS quantity, u.cost::float8 AS cost
       FROM used u JOIN price_row p ON p.id = u.price_row_id ORDER BY u.cost DESC NULLS LAST LIMIT 500`,
    [scope.clusterIds, scope.teams, days.from, days.to],
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
