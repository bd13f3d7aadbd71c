import { z } from "zod";
import type { Db } from "../db.ts";
import { type Scope, selectRows, teamBound } from "./rows.ts";

/**
 * Price per byte at both ends from one zone to another, over a span of days. `null` = no price. Zone `""` stands for zones without
 * nodes. `scope` is what the source said, `pricedAs` what the regions of the two zones make of it.
 */
export type FlowPriceRow = {
  readonly clusterId: number;
  readonly fromZone: string;
  readonly toZone: string;
  readonly scope: string;
  readonly pricedAs: string;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly outPerByte: number | null;
  readonly inPerByte: number | null;
};
/** Whole days of the billing time zone, both included; `to` is the end of the last one, or now. */
export type FlowWindow = {
  readonly from: Date;
  readonly to: Date;
  readonly timeZone: string;
  readonly firstDay: string;
  readonly lastDay: string;
};
/** Where the days of a cluster are read from: whole months, days that were made, and all others from their hours. */
export type FlowSpans = {
  readonly months: readonly { readonly clusterId: number; readonly firstMonth: string; readonly lastMonth: string }[];
  readonly made: readonly { readonly clusterId: number; readonly firstDay: string; readonly lastDay: string }[];
  readonly open: readonly { readonly clusterId: number; readonly from: Date; readonly to: Date }[];
};
export type FlowPart = {
  readonly scope: Scope;
  readonly window: FlowWindow;
  /** For what is told by day: no months. */
  readonly spans: FlowSpans;
  /** For what is summed over the window; a month in it has one price. */
  readonly longSpans: FlowSpans;
  readonly prices: readonly FlowPriceRow[];
  /** Hides the names of ends that belong to other teams than the scope's. */
  readonly isMasked: boolean;
};

const CROSSING = "scope IN ('cross-zone', 'cross-region')";
const ENDS_COLUMNS = (["source", "target"] as const).flatMap((end) =>
  ["namespace", "kind", "name", "zone", "team"].map((column) => `${end}_${column}`),
);
type DayTable = "flow_daily" | "flow_day_total";
/**
 * Rows of the window, out of months, days and hours; a month's stand on its first day. `columns` besides cluster and day, `bytes`
 * last. `$1` to `$13` as `spanParameters`.
 */
function partOf(columns: readonly string[], condition: string, days: DayTable): string {
  const list = (alias: string) => columns.map((column) => `${alias}.${column}`).join(", ");
  return `
    SELECT m.cluster_id, m.month AS day, ${list("m")}, m.row_count, m.transferred_bytes AS bytes
      FROM unnest($11::int[], $12::date[], $13::date[]) AS s(cluster_id, first_month, last_month)
      JOIN flow_monthly m ON m.cluster_id = s.cluster_id AND m.month BETWEEN s.first_month AND s.last_month
     WHERE ${condition.replaceAll("@", "m")}
    UNION ALL
    SELECT d.cluster_id, d.day, ${list("d")}, ${days === "flow_daily" ? "d.row_count" : "1"}, d.transferred_bytes AS bytes
      FROM unnest($5::int[], $6::date[], $7::date[]) AS s(cluster_id, first_day, last_day)
      JOIN ${days} d ON d.cluster_id = s.cluster_id AND d.day BETWEEN s.first_day AND s.last_day
     WHERE ${condition.replaceAll("@", "d")}
    UNION ALL
    SELECT h.cluster_id, (h.at AT TIME ZONE $4)::date, ${list("h")}, 1, h.transferred_bytes
      FROM unnest($8::int[], $9::timestamptz[], $10::timestamptz[]) AS s(cluster_id, from_at, to_at)
      JOIN flow_hourly h ON h.cluster_id = s.cluster_id AND h.at >= s.from_at AND h.at < s.to_at
     WHERE h.at >= $2 AND h.at < $3 AND ${condition.replaceAll("@", "h")}`;
}
function spanParameters(clusterIds: readonly number[], window: FlowWindow, spans: FlowSpans): unknown[] {
  return [
    clusterIds,
    window.from,
    window.to,
    window.timeZone,
    spans.made.map((span) => span.clusterId),
    spans.made.map((span) => span.firstDay),
    spans.made.map((span) => span.lastDay),
    spans.open.map((span) => span.clusterId),
    spans.open.map((span) => span.from),
    spans.open.map((span) => span.to),
    spans.months.map((span) => span.clusterId),
    spans.months.map((span) => span.firstMonth),
    spans.months.map((span) => span.lastMonth),
  ];
}

/**
 * Flows of the window, with the charges of both ends at the price of their day. A flow is in scope when either end is; a charge only
 * when the end that pays it is, so that charges by team add up to the total.
 */
function flowsOf(columns: readonly string[], days: DayTable): string {
  const ends = columns.map((column) => `d.${column}`).join(", ");
  return `price AS (
    SELECT * FROM unnest($16::int[], $17::text[], $18::text[], $19::text[], $20::text[], $21::date[], $22::date[], $23::float8[], $24::float8[])
      AS p(cluster_id, from_zone, to_zone, scope, priced_as, first_day, last_day, out_per_byte, in_per_byte)
  ), known_zone AS (SELECT DISTINCT cluster_id, from_zone AS zone FROM price),
  part AS (${partOf(
    ["scope", ...columns],
    `@.cluster_id = ANY($1::smallint[]) AND (${teamBound("@.source_team", "$14")} OR ${teamBound("@.target_team", "$14")})`,
    days,
  )}
  ), flow AS (
    SELECT d.cluster_id, d.day, coalesce(p.priced_as, d.scope) AS scope, d.bytes, ${ends},
           CASE WHEN d.scope = 'same-zone' OR NOT ${teamBound("d.source_team", "$14")} THEN 0 ELSE d.bytes * p.out_per_byte END AS out_cost,
           CASE WHEN d.scope = 'same-zone' OR NOT ${teamBound("d.target_team", "$14")} THEN 0 ELSE d.bytes * p.in_per_byte END AS in_cost,
           $15::boolean AND NOT ${teamBound("d.source_team", "$14")} AS source_hidden,
           $15::boolean AND NOT ${teamBound("d.target_team", "$14")} AS target_hidden
      FROM part d
      LEFT JOIN known_zone kz ON kz.cluster_id = d.cluster_id AND kz.zone = d.source_zone
      LEFT JOIN known_zone kt ON kt.cluster_id = d.cluster_id AND kt.zone = d.target_zone
      LEFT JOIN price p ON p.cluster_id = d.cluster_id AND p.from_zone = coalesce(kz.zone, '') AND p.to_zone = coalesce(kt.zone, '')
                       AND p.scope = d.scope AND d.day BETWEEN p.first_day AND p.last_day
  )`;
}
const FLOWS = flowsOf(ENDS_COLUMNS, "flow_daily");
/** Without names: what is summed by day reads the days' totals. */
const FLOW_TOTALS = flowsOf(["source_zone", "source_team", "target_zone", "target_team"], "flow_day_total");
const hidden = (end: "source" | "target", column: string) =>
  `CASE WHEN ${end}_hidden THEN '' ELSE ${end}_${column} END AS "${end}${column.charAt(0).toUpperCase()}${column.slice(1)}"`;
const ENDS = (["source", "target"] as const)
  .map(
    (end) =>
      `${["namespace", "kind", "name", "team"].map((column) => hidden(end, column)).join(", ")}, ${end}_hidden AS "${end}Hidden"`,
  )
  .join(", ");

function parameters({ scope, window, prices, isMasked }: FlowPart, spans: FlowSpans): unknown[] {
  return [
    ...spanParameters(scope.clusterIds, window, spans),
    scope.teams,
    isMasked,
    prices.map((row) => row.clusterId),
    prices.map((row) => row.fromZone),
    prices.map((row) => row.toZone),
    prices.map((row) => row.scope),
    prices.map((row) => row.pricedAs),
    prices.map((row) => row.firstDay),
    prices.map((row) => row.lastDay),
    prices.map((row) => row.outPerByte),
    prices.map((row) => row.inPerByte),
  ];
}

const end = {
  sourceNamespace: z.string(),
  sourceKind: z.string(),
  sourceName: z.string(),
  sourceTeam: z.string(),
  sourceHidden: z.boolean(),
};
const Ends = z.object({
  ...end,
  targetNamespace: z.string(),
  targetKind: z.string(),
  targetName: z.string(),
  targetTeam: z.string(),
  targetHidden: z.boolean(),
});
const PAIR_KEY = "cluster_id, source_namespace, source_kind, source_name, target_namespace, target_kind, target_name";
const FlowCellRow = Ends.extend({
  clusterId: z.number(),
  scope: z.string(),
  sourceZone: z.string(),
  targetZone: z.string(),
  bytes: z.number(),
  outCost: z.number().nullable(),
  inCost: z.number().nullable(),
});
export type FlowCellRow = z.infer<typeof FlowCellRow>;
/** Pairs × zones; a fleet of 2,000 Services has about this many, and the rest is told as one sum. */
export const MAX_FLOW_CELLS = 60_000;

/** Bytes and charges of the window by both ends and zones, largest cross-zone first. */
export function readFlowCells(db: Db, part: FlowPart): Promise<FlowCellRow[]> {
  return selectRows(
    db,
    FlowCellRow,
    `WITH ${FLOWS}
     SELECT cluster_id::int AS "clusterId", scope, ${ENDS}, source_zone AS "sourceZone", target_zone AS "targetZone",
            sum(bytes)::float8 AS bytes,
            CASE WHEN bool_or(out_cost IS NULL) THEN NULL ELSE sum(out_cost)::float8 END AS "outCost",
            CASE WHEN bool_or(in_cost IS NULL) THEN NULL ELSE sum(in_cost)::float8 END AS "inCost"
       FROM flow GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
      ORDER BY ${CROSSING} DESC, 15 DESC LIMIT ${MAX_FLOW_CELLS}`,
    parameters(part, part.longSpans),
  );
}

const FlowDayRow = z.object({
  clusterId: z.number(),
  day: z.string(),
  scope: z.string(),
  bytes: z.number(),
  cost: z.number().nullable(),
});
export type FlowDayRow = z.infer<typeof FlowDayRow>;

/** Bytes and charges by day and scope: the totals that everything else must add up to. */
export function readFlowDays(db: Db, part: FlowPart): Promise<FlowDayRow[]> {
  return selectRows(
    db,
    FlowDayRow,
    `WITH ${FLOW_TOTALS}
     SELECT cluster_id::int AS "clusterId", day::text AS day, scope, sum(bytes)::float8 AS bytes,
            CASE WHEN bool_or(out_cost IS NULL OR in_cost IS NULL) THEN NULL ELSE sum(out_cost + in_cost)::float8 END AS cost
       FROM flow GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT 50000`,
    parameters(part, part.spans),
  );
}

const PairSeriesRow = Ends.extend({
  clusterId: z.number(),
  /** In order; the other lists follow it. */
  days: z.array(z.string()),
  bytes: z.array(z.number()),
  crossZoneBytes: z.array(z.number()),
  costs: z.array(z.number().nullable()),
});
export type PairSeriesRow = z.infer<typeof PairSeriesRow>;

/** Days of the pairs with most cross-zone bytes, a row a pair, for finding steps. `only` narrows to pairs with one of these workloads ("ns/kind/name"). */
export function readPairDays(
  db: Db,
  part: FlowPart,
  options: { readonly only: readonly string[] | null; readonly limit: number },
): Promise<PairSeriesRow[]> {
  return selectRows(
    db,
    PairSeriesRow,
    `WITH ${FLOWS}, pair AS (
       SELECT ${PAIR_KEY}, row_number() OVER () AS number, max(source_team) AS source_team, max(target_team) AS target_team,
              bool_or(source_hidden) AS source_hidden, bool_or(target_hidden) AS target_hidden
         FROM flow
        WHERE $25::text[] IS NULL OR source_namespace || '/' || source_kind || '/' || source_name = ANY($25)
           OR target_namespace || '/' || target_kind || '/' || target_name = ANY($25)
        GROUP BY ${PAIR_KEY}
        ORDER BY sum(bytes) FILTER (WHERE ${CROSSING}) DESC NULLS LAST LIMIT $26
     ), by_day AS (
       SELECT p.number, f.day, sum(f.bytes)::float8 AS bytes,
              coalesce(sum(f.bytes) FILTER (WHERE f.${CROSSING}), 0)::float8 AS crossing,
              CASE WHEN bool_or(f.${CROSSING} AND (out_cost IS NULL OR in_cost IS NULL)) THEN NULL
                   ELSE coalesce(sum(out_cost + in_cost) FILTER (WHERE f.${CROSSING}), 0)::float8 END AS cost
         FROM flow f JOIN pair p USING (${PAIR_KEY}) GROUP BY 1, 2
     ), series AS (
       SELECT number, json_agg(day ORDER BY day) AS days, json_agg(bytes ORDER BY day) AS bytes,
              json_agg(crossing ORDER BY day) AS crossing, json_agg(cost ORDER BY day) AS costs
         FROM by_day GROUP BY 1
     )
     SELECT cluster_id::int AS "clusterId", ${ENDS}, days, bytes, crossing AS "crossZoneBytes", costs
       FROM pair JOIN series USING (number) ORDER BY 1, number`,
    [...parameters(part, part.spans), options.only, options.limit],
  );
}

const FlowSourceRow = z.object({
  clusterId: z.number(),
  adapter: z.string(),
  basis: z.string(),
  rowCount: z.number(),
  bytes: z.number(),
  zonedBytes: z.number(),
  namedTargetBytes: z.number(),
  firstDay: z.string(),
  lastDay: z.string(),
});
export type FlowSourceRow = z.infer<typeof FlowSourceRow>;

/** By which source and basis the bytes of a cluster were counted. Whole clusters: it tells of the source, not of anybody. */
export function readFlowSources(
  db: Db,
  clusterIds: readonly number[],
  { window, longSpans }: Pick<FlowPart, "window" | "longSpans">,
): Promise<FlowSourceRow[]> {
  return selectRows(
    db,
    FlowSourceRow,
    `WITH part AS (${partOf(["adapter", "basis", "source_zone", "target_zone", "target_name"], "@.cluster_id = ANY($1::smallint[])", "flow_daily")})
     SELECT cluster_id::int AS "clusterId", adapter, basis, sum(row_count)::float8 AS "rowCount", sum(bytes)::float8 AS bytes,
            coalesce(sum(bytes) FILTER (WHERE source_zone <> '' AND target_zone <> ''), 0)::float8 AS "zonedBytes",
            coalesce(sum(bytes) FILTER (WHERE target_name <> ''), 0)::float8 AS "namedTargetBytes",
            min(day)::text AS "firstDay", max(day)::text AS "lastDay"
       FROM part GROUP BY 1, 2, 3 ORDER BY 1, max(day) DESC, 5 DESC LIMIT 5000`,
    spanParameters(clusterIds, window, longSpans),
  );
}

const CoveredRow = z.object({
  clusterId: z.number(),
  day: z.string(),
  coveredHours: z.number(),
  /** First and last hour with a flow. */
  firstAt: z.date().nullable(),
  lastAt: z.date().nullable(),
});
export type CoveredRow = z.infer<typeof CoveredRow>;

/** Hours of each day that the source was read, whether or not anything flowed between the asked ends. */
export function readFlowCovered(
  db: Db,
  clusterIds: readonly number[],
  { window, spans }: Pick<FlowPart, "window" | "spans">,
): Promise<CoveredRow[]> {
  return selectRows(
    db,
    CoveredRow,
    `SELECT d.cluster_id::int AS "clusterId", d.day::text AS day, (d.covered_seconds / 3600.0)::float8 AS "coveredHours",
            d.first_at AS "firstAt", d.last_at AS "lastAt"
       FROM unnest($5::int[], $6::date[], $7::date[]) AS s(cluster_id, first_day, last_day)
       JOIN flow_day d ON d.cluster_id = s.cluster_id AND d.day BETWEEN s.first_day AND s.last_day
      WHERE d.cluster_id = ANY($1::smallint[]) AND d.covered_seconds > 0
      UNION ALL
     SELECT cluster_id::int, (at AT TIME ZONE $4)::date::text, (sum(covered) / 3600.0)::float8, min(at), max(at)
       FROM (SELECT h.cluster_id, h.at, least(3600, max(h.covered_seconds)) AS covered
               FROM unnest($8::int[], $9::timestamptz[], $10::timestamptz[]) AS s(cluster_id, from_at, to_at)
               JOIN flow_hourly h ON h.cluster_id = s.cluster_id AND h.at >= s.from_at AND h.at < s.to_at
              WHERE h.cluster_id = ANY($1::smallint[]) AND h.at >= $2 AND h.at < $3 GROUP BY 1, 2) h
      GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 50000`,
    spanParameters(clusterIds, window, spans).slice(0, 10),
  );
}

const MadeDayRow = z.object({ clusterId: z.number(), day: z.string() });

/** Days that were made from their hours and have not changed since. */
export function readMadeFlowDays(
  db: Db,
  clusterIds: readonly number[],
  window: Pick<FlowWindow, "firstDay" | "lastDay" | "timeZone">,
): Promise<z.infer<typeof MadeDayRow>[]> {
  return selectRows(
    db,
    MadeDayRow,
    `SELECT d.cluster_id::int AS "clusterId", d.day::text AS day FROM flow_day d
      WHERE d.cluster_id = ANY($1::smallint[]) AND d.day BETWEEN $2::date AND $3::date AND d.time_zone = $4
        AND NOT EXISTS (SELECT 1 FROM flow_hour_due u WHERE u.cluster_id = d.cluster_id AND u.at >= d.from_at AND u.at < d.to_at)
      ORDER BY 1, 2 LIMIT 50000`,
    [clusterIds, window.firstDay, window.lastDay, window.timeZone],
  );
}

const MadeMonthRow = z.object({ clusterId: z.number(), month: z.string() });

/** Months (by their first day) that were made from their days, and of which no hour has changed since. */
export function readMadeFlowMonths(
  db: Db,
  clusterIds: readonly number[],
  window: Pick<FlowWindow, "firstDay" | "lastDay" | "timeZone">,
): Promise<z.infer<typeof MadeMonthRow>[]> {
  return selectRows(
    db,
    MadeMonthRow,
    `SELECT m.cluster_id::int AS "clusterId", m.month::text AS month FROM flow_month m
      WHERE m.cluster_id = ANY($1::smallint[]) AND m.month >= $2::date AND m.month + interval '1 month' <= $3::date + interval '1 day'
        AND NOT EXISTS (SELECT 1 FROM flow_hour_due u WHERE u.cluster_id = m.cluster_id AND u.at >= m.month::timestamp AT TIME ZONE $4
                           AND u.at < (m.month + interval '1 month') AT TIME ZONE $4)
      ORDER BY 1, 2 LIMIT 5000`,
    [clusterIds, window.firstDay, window.lastDay, window.timeZone],
  );
}

const ZoneRow = z.object({ clusterId: z.number(), zone: z.string(), region: z.string().nullable() });
export type ZoneRow = z.infer<typeof ZoneRow>;

/** Zones with nodes, and their region. */
export function readZones(db: Db, clusterIds: readonly number[]): Promise<ZoneRow[]> {
  return selectRows(
    db,
    ZoneRow,
    `SELECT cluster_id::int AS "clusterId", zone, max(region) AS region FROM node
      WHERE cluster_id = ANY($1::smallint[]) AND zone IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 5000`,
    [clusterIds],
  );
}

const PodPlaceRow = z.object({
  namespace: z.string(),
  pod: z.string(),
  kind: z.string(),
  name: z.string(),
  team: z.string(),
  nodeName: z.string().nullable(),
  zone: z.string(),
});
export type PodPlaceRow = z.infer<typeof PodPlaceRow>;

/** Which workload each pod belongs to, and where it is; `namespaces` null = all. */
export function readPodPlaces(db: Db, clusterId: number, namespaces: readonly string[] | null): Promise<PodPlaceRow[]> {
  return selectRows(
    db,
    PodPlaceRow,
    `SELECT p.namespace, p.name AS pod, p.workload_kind AS kind, p.workload_name AS name, coalesce(p.team, '') AS team,
            p.node_name AS "nodeName", coalesce(n.zone, '') AS zone
       FROM pod p LEFT JOIN node n ON n.cluster_id = p.cluster_id AND n.name = p.node_name
      WHERE p.cluster_id = $1 AND ($2::text[] IS NULL OR p.namespace = ANY($2)) LIMIT 500000`,
    [clusterId, namespaces],
  );
}
