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
    `SELECT cluster_id::int AS "clusterId", day::text AS day, max(hour_count)::int AS "hourCount", bool_or(is_estimate) AS "isEstimate"
       FROM cost_day_share WHERE cluster_id = ANY($1::smallint[]) AND day >= $2::date AND day <= $3::date
      GROUP BY cluster_id, day ORDER BY day LIMIT ${MAX_ROWS}`,
    [scope.clusterIds, days.from, days.to],
  );
}

export type CostGroup = "team" | "cluster" | "namespace" | "workload" | "pool" | "resource" | "label";
/** Columns by which rows are told apart; the cluster is always one, as shared cost is spread inside it. */
const GROUPS: Readonly<Record<CostGroup, readonly string[]>> = {
  team: ["team"],
  cluster: [],
  namespace: ["namespace", "team"],
  workload: ["namespace", "workload_kind", "workload_name", "team"],
  pool: ["pool"],
  resource: ["resource"],
  label: [],
};

const GroupRow = z.object({
  clusterId: z.number(),
  team: z.string().nullable(),
  namespace: z.string().nullable(),
  kind: z.string().nullable(),
  name: z.string().nullable(),
  pool: z.string().nullable(),
  resource: z.string().nullable(),
  label: z.string().nullable(),
  share: z.string(),
  cost: z.number().nullable(),
  unpricedNodeHours: z.number(),
});
export type CostGroupRow = z.infer<typeof GroupRow>;

export type GroupFilter = {
  readonly group: CostGroup;
  /** Key by whose values rows are told apart where the group is `label`. */
  readonly label: string | null;
  readonly teams: readonly string[] | null;
  readonly namespace: string | null;
};

/** Cost of a range by group and share, dearest first. `unpricedNodeHours` counts by CPU, which every node has. */
export async function readCostGroups(
  db: Db,
  scope: Scope,
  days: DayRange,
  filter: GroupFilter,
): Promise<CostGroupRow[]> {
  const columns = new Set(GROUPS[filter.group]);
  const pick = (column: string, alias: string) => `${columns.has(column) ? `c.${column}` : "NULL::text"} AS "${alias}"`;
  const isLabel = filter.group === "label";
  const source =
    (filter.group === "team" || filter.group === "cluster") && filter.namespace === null
      ? {
          sql: `SELECT cluster_id, team, share, cost, unpriced_node_hours AS unpriced FROM cost_day_share
                 WHERE cluster_id = ANY($1::smallint[]) AND day >= $3::date AND day <= $4::date`,
          values: [days.from, days.to],
        }
      : await detailSource(db, scope, days, isLabel);
  // A label is a workload's of that day; the fixed places of the parameters keep the statement's plan.
  const label = isLabel
    ? `LEFT JOIN cost_label l ON l.cluster_id = c.cluster_id AND l.key = $7 AND l.namespace = c.namespace AND l.workload_kind = c.workload_kind
            AND l.workload_name = c.workload_name AND l.valid_from <= c.day AND (l.valid_to IS NULL OR l.valid_to > c.day)`
    : "";
  return selectRows(
    db,
    GroupRow,
    `WITH c AS (${source.sql})
     SELECT c.cluster_id::int AS "clusterId", ${pick("team", "team")}, ${pick("namespace", "namespace")},
            ${pick("workload_kind", "kind")}, ${pick("workload_name", "name")}, ${pick("pool", "pool")},
            ${pick("resource", "resource")}, ${isLabel ? "l.value" : "NULL::text"} AS label, c.share, sum(c.cost)::float8 AS cost,
            coalesce(sum(c.unpriced), 0)::float8 AS "unpricedNodeHours"
       FROM c ${label}
      WHERE ${bound("c")} AND ($5::text[] IS NULL OR (c.team = ANY($5::text[]) AND c.share NOT IN ('unallocated', 'overhead')))
        ${filter.namespace === null ? "AND $6::text IS NULL" : "AND c.namespace = $6"} ${isLabel ? "" : "AND $7::text IS NULL"}
      GROUP BY c.cluster_id, c.share${[...columns].map((column) => `, c.${column}`).join("")}${isLabel ? ", l.value" : ""}
      ORDER BY sum(c.cost) DESC NULLS LAST LIMIT ${MAX_ROWS}`,
    [
      scope.clusterIds,
      scope.teams,
      ...source.values,
      filter.teams,
      filter.namespace,
      isLabel ? (filter.label ?? "") : null,
    ],
  );
}

type Source = { readonly sql: string; readonly values: readonly [string, string] };

/** Days of a range in full detail: whole months that are made come from their sums, the rest from the days. */
async function detailSource(db: Db, scope: Scope, days: DayRange, isByDay: boolean): Promise<Source> {
  const columns = `cluster_id, team, namespace, workload_kind, workload_name, pool, resource, share, cost::float8 AS cost,
                   CASE WHEN resource = 'cpu' THEN unpriced_quantity ELSE 0 END AS unpriced`;
  const months = isByDay ? [] : await readMadeMonths(db, scope, days);
  const [first] = months;
  const last = months.at(-1);
  const byDay = (bounds: string) =>
    `SELECT ${columns}${isByDay ? ", day" : ""} FROM cost_daily WHERE cluster_id = ANY($1::smallint[]) AND ${bounds}`;
  if (first === undefined || last === undefined)
    return { sql: byDay("day >= $3::date AND day <= $4::date"), values: [days.from, days.to] };
  // Months in a row: what is before and after them comes from the days. The dates are made of digits here, by us.
  return {
    sql: `SELECT ${columns} FROM cost_month WHERE cluster_id = ANY($1::smallint[]) AND month >= '${first}'::date AND month <= '${last}'::date
          UNION ALL ${byDay(`day >= $3::date AND day < '${first}'::date`)}
          UNION ALL ${byDay(`day >= '${last}'::date + interval '1 month' AND day <= $4::date`)}`,
    values: [days.from, days.to],
  };
}

const MadeMonth = z.object({ month: z.iso.date() });

/** The longest run of whole months of a range that are made for every cluster of the scope. */
async function readMadeMonths(db: Db, scope: Scope, days: DayRange): Promise<string[]> {
  const rows = await selectRows(
    db,
    MadeMonth,
    `SELECT m::date::text AS month
       FROM generate_series(date_trunc('month', $2::date), $3::date, '1 month') AS m
      WHERE m::date >= $2::date AND (m + interval '1 month')::date <= $3::date + 1
        AND NOT EXISTS (SELECT 1 FROM cost_month_state s WHERE s.cluster_id = ANY($1::smallint[]) AND s.month = m::date AND NOT s.is_made)
      ORDER BY m LIMIT 1000`,
    [scope.clusterIds, days.from, days.to],
  );
  return longestRun(rows.map((row) => row.month));
}

function longestRun(months: readonly string[]): string[] {
  let best: string[] = [];
  let run: string[] = [];
  for (const month of months) {
    const before = run.at(-1);
    const follows = before !== undefined && nextMonth(before) === month;
    run = follows ? [...run, month] : [month];
    if (run.length > best.length) best = run;
  }
  return best;
}

function nextMonth(month: string): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10);
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
export function readUsedPrices(db: Db, scope: Scope, days: DayRange): Promise<UsedPriceRow[]> {
  return selectRows(
    db,
    UsedPriceRow,
    `WITH used AS (
       SELECT c.price_row_id, sum(c.quantity) AS quantity, sum(c.cost) AS cost FROM cost_day_price c
        WHERE c.cluster_id = ANY($1::smallint[]) AND ${teamBound("c.team", "$2")} AND ($2::text[] IS NULL OR c.is_held)
          AND c.day >= $3::date AND c.day <= $4::date
        GROUP BY c.price_row_id
     )
     SELECT p.id::float8 AS id, p.provider, p.region, p.kind, p.key, p.unit, p.price::float8 AS price, p.currency,
            p.valid_from::text AS "validFrom", p.origin, p.source, u.quantity::float8 AS quantity, u.cost::float8 AS cost
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
