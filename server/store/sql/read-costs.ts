import { z } from "zod";
import { SHARE_COLUMNS, shareColumns } from "../cost-history.ts";
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

export type CostGroupRow = {
  readonly clusterId: number;
  readonly team: string | null;
  readonly namespace: string | null;
  readonly kind: string | null;
  readonly name: string | null;
  readonly pool: string | null;
  readonly resource: string | null;
  readonly label: string | null;
  readonly share: string;
  readonly cost: number | null;
  readonly unpricedNodeHours: number;
};

const WideRow = z.object({
  clusterId: z.number(),
  team: z.string().nullable(),
  namespace: z.string().nullable(),
  kind: z.string().nullable(),
  name: z.string().nullable(),
  pool: z.string().nullable(),
  resource: z.string().nullable(),
  label: z.string().nullable(),
  used: z.number(),
  requested_unused: z.number(),
  requested_unmeasured: z.number(),
  unallocated: z.number(),
  overhead: z.number(),
  unpriced_held: z.number(),
  unpriced_unallocated: z.number(),
  unpriced_overhead: z.number(),
});

export type GroupFilter = {
  readonly group: CostGroup;
  /** Key by whose values rows are told apart where the group is `label`. */
  readonly label: string | null;
  readonly teams: readonly string[] | null;
  readonly namespace: string | null;
};

/** Cost of a range by group and share, dearest group first. `unpricedNodeHours` counts by CPU, which every node has. */
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
      ? `SELECT cluster_id, team, ${shareColumns("cost", "unpriced_node_hours")} FROM cost_day_share
          WHERE cluster_id = ANY($1::smallint[]) AND day >= $3::date AND day <= $4::date`
      : await detailSource(db, scope, days, isLabel);
  // A label is a workload's of that day.
  const label = isLabel
    ? `LEFT JOIN cost_label l ON l.cluster_id = c.cluster_id AND l.key = $7 AND l.namespace = c.namespace AND l.workload_kind = c.workload_kind
            AND l.workload_name = c.workload_name AND l.valid_from <= c.day AND (l.valid_to IS NULL OR l.valid_to > c.day)`
    : "";
  // What nobody holds tells of all teams: it is not shown to a viewer of some, and is nobody's where teams are asked for.
  const isShared = scope.teams === null && filter.teams === null;
  const sums = SHARE_COLUMNS.map((column) => {
    const isOfNobody = column.includes("unallocated") || column.includes("overhead");
    return isOfNobody && !isShared ? `0::float8 AS ${column}` : `sum(c.${column})::float8 AS ${column}`;
  });
  const rows = await selectRows(
    db,
    WideRow,
    `WITH c AS (${source})
     SELECT c.cluster_id::int AS "clusterId", ${pick("team", "team")}, ${pick("namespace", "namespace")},
            ${pick("workload_kind", "kind")}, ${pick("workload_name", "name")}, ${pick("pool", "pool")},
            ${pick("resource", "resource")}, ${isLabel ? "l.value" : "NULL::text"} AS label, ${sums.join(", ")}
       FROM c ${label}
      WHERE ${teamBound("c.team", "$2")} AND ($5::text[] IS NULL OR c.team = ANY($5::text[]))
        ${filter.namespace === null ? "AND $6::text IS NULL" : "AND c.namespace = $6"} ${isLabel ? "" : "AND $7::text IS NULL"}
      GROUP BY c.cluster_id${[...columns].map((column) => `, c.${column}`).join("")}${isLabel ? ", l.value" : ""}
      ORDER BY sum(c.used + c.requested_unused + c.requested_unmeasured + c.unallocated + c.overhead) DESC LIMIT ${MAX_ROWS}`,
    [
      scope.clusterIds,
      scope.teams,
      days.from,
      days.to,
      filter.teams,
      filter.namespace,
      isLabel ? (filter.label ?? "") : null,
    ],
  );
  return rows.flatMap(byShare);
}

/** One row per share that has any cost or any hour without a price. */
function byShare({
  used,
  requested_unused,
  requested_unmeasured,
  unallocated,
  overhead,
  unpriced_held,
  unpriced_unallocated,
  unpriced_overhead,
  ...group
}: z.infer<typeof WideRow>): CostGroupRow[] {
  const amounts: [string, number, number][] = [
    ["used", used, unpriced_held],
    ["requested-unused", requested_unused, 0],
    ["requested-unmeasured", requested_unmeasured, 0],
    ["unallocated", unallocated, unpriced_unallocated],
    ["overhead", overhead, unpriced_overhead],
  ];
  return amounts.flatMap(([share, cost, unpricedNodeHours]) =>
    cost === 0 && unpricedNodeHours === 0 ? [] : [{ ...group, share, cost, unpricedNodeHours }],
  );
}

/** Days of a range in full detail: months that are made come from their sums, the rest from the days. */
async function detailSource(db: Db, scope: Scope, days: DayRange, isByDay: boolean): Promise<string> {
  const key = "cluster_id, team, namespace, workload_kind, workload_name, pool, resource";
  const run = isByDay ? null : await readMadeMonths(db, scope, days);
  const byDay = (bounds: string) =>
    `SELECT ${key}, ${shareColumns("cost::float8", "CASE WHEN resource = 'cpu' THEN unpriced_quantity ELSE 0 END")}${isByDay ? ", day" : ""}
       FROM cost_daily WHERE cluster_id = ANY($1::smallint[]) AND ${bounds}`;
  if (run === null) return byDay("day >= $3::date AND day <= $4::date");
  // Months in a row: what is before and after them comes from the days. The dates were checked to be dates.
  return `SELECT ${key}, ${SHARE_COLUMNS.join(", ")} FROM cost_month
           WHERE cluster_id = ANY($1::smallint[]) AND month >= '${run.first}'::date AND month <= '${run.last}'::date
          UNION ALL ${byDay(`day >= $3::date AND day < '${run.first}'::date`)}
          UNION ALL ${byDay(`day > '${run.through}'::date AND day <= $4::date`)}`;
}

const MadeMonth = z.object({ month: z.iso.date(), through: z.iso.date() });
type MonthRun = { readonly first: string; readonly last: string; readonly through: string };

/** The longest run of months of a range that are made for every cluster of the scope, up to the same day. */
async function readMadeMonths(db: Db, scope: Scope, days: DayRange): Promise<MonthRun | null> {
  const rows = await selectRows(
    db,
    MadeMonth,
    `SELECT month::text AS month, min(through_day)::text AS through FROM cost_month_state
      WHERE cluster_id = ANY($1::smallint[]) AND month >= $2::date AND month <= $3::date
      GROUP BY month HAVING bool_and(is_made) AND min(through_day) = max(through_day) AND max(through_day) <= $3::date
      ORDER BY month LIMIT 1000`,
    [scope.clusterIds, days.from, days.to],
  );
  let best: z.infer<typeof MadeMonth>[] = [];
  let run: z.infer<typeof MadeMonth>[] = [];
  for (const row of rows) {
    const before = run.at(-1);
    // A month that ends before its last day is the running one: nothing can follow it.
    const follows =
      before !== undefined && nextMonth(before.month) === row.month && nextDay(before.through) === row.month;
    run = follows ? [...run, row] : [row];
    if (run.length > best.length) best = run;
  }
  const [first] = best;
  const last = best.at(-1);
  return first === undefined || last === undefined
    ? null
    : { first: first.month, last: last.month, through: last.through };
}

function nextMonth(month: string): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10);
}

function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
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
