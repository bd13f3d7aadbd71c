import { z } from "zod";
import type { Db } from "../db.ts";
import { type Scope, selectRows, teamBound } from "./rows.ts";

/** Price per byte at both ends, for one cluster, zone, scope and day. `null` = no price. Zone `""` stands for zones without nodes. */
export type FlowPriceRow = {
  readonly clusterId: number;
  readonly zone: string;
  readonly scope: string;
  readonly day: string;
  readonly outPerByte: number | null;
  readonly inPerByte: number | null;
};
export type FlowWindow = { readonly from: Date; readonly to: Date; readonly timeZone: string };
export type FlowPart = {
  readonly scope: Scope;
  readonly window: FlowWindow;
  readonly prices: readonly FlowPriceRow[];
  /** Hides the names of ends that belong to other teams than the scope's. */
  readonly isMasked: boolean;
};

/**
 * Flows of the window, one row per day and ends, with the charges of both ends at the price of their day. A flow is in scope when
 * either end is; a charge only when the end that pays it is, so that charges by team add up to the total.
 */
const FLOWS = `price AS (
    SELECT * FROM unnest($6::int[], $7::text[], $8::text[], $9::date[], $10::float8[], $11::float8[])
      AS p(cluster_id, zone, scope, day, out_per_byte, in_per_byte)
  ), known_zone AS (SELECT DISTINCT cluster_id, zone FROM price),
  daily AS (
    SELECT cluster_id, (at AT TIME ZONE $5)::date AS day, scope,
           source_namespace, source_kind, source_name, source_zone, source_team,
           target_namespace, target_kind, target_name, target_zone, target_team, sum(transferred_bytes) AS bytes
      FROM flow_hourly
     WHERE cluster_id = ANY($1::smallint[]) AND at >= $3 AND at < $4
       AND (${teamBound("source_team", "$2")} OR ${teamBound("target_team", "$2")})
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13
  ), flow AS (
    SELECT d.*,
           CASE WHEN d.scope = 'same-zone' OR NOT ${teamBound("d.source_team", "$2")} THEN 0 ELSE d.bytes * o.out_per_byte END AS out_cost,
           CASE WHEN d.scope = 'same-zone' OR NOT ${teamBound("d.target_team", "$2")} THEN 0 ELSE d.bytes * i.in_per_byte END AS in_cost,
           $12::boolean AND NOT ${teamBound("d.source_team", "$2")} AS source_hidden,
           $12::boolean AND NOT ${teamBound("d.target_team", "$2")} AS target_hidden
      FROM daily d
      LEFT JOIN known_zone kz ON kz.cluster_id = d.cluster_id AND kz.zone = d.source_zone
      LEFT JOIN price o ON o.cluster_id = d.cluster_id AND o.zone = coalesce(kz.zone, '') AND o.scope = d.scope AND o.day = d.day
      LEFT JOIN known_zone kt ON kt.cluster_id = d.cluster_id AND kt.zone = d.target_zone
      LEFT JOIN price i ON i.cluster_id = d.cluster_id AND i.zone = coalesce(kt.zone, '') AND i.scope = d.scope AND i.day = d.day
  )`;
const hidden = (end: "source" | "target", column: string) =>
  `CASE WHEN ${end}_hidden THEN '' ELSE ${end}_${column} END AS "${end}${column.charAt(0).toUpperCase()}${column.slice(1)}"`;
const ENDS = (["source", "target"] as const)
  .map(
    (end) =>
      `${["namespace", "kind", "name", "team"].map((column) => hidden(end, column)).join(", ")}, ${end}_hidden AS "${end}Hidden"`,
  )
  .join(", ");

function parameters({ scope, window, prices, isMasked }: FlowPart): unknown[] {
  return [
    scope.clusterIds,
    scope.teams,
    window.from,
    window.to,
    window.timeZone,
    prices.map((row) => row.clusterId),
    prices.map((row) => row.zone),
    prices.map((row) => row.scope),
    prices.map((row) => row.day),
    prices.map((row) => row.outPerByte),
    prices.map((row) => row.inPerByte),
    isMasked,
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
      ORDER BY scope = 'cross-zone' DESC, 15 DESC LIMIT ${MAX_FLOW_CELLS}`,
    parameters(part),
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
    `WITH ${FLOWS}
     SELECT cluster_id::int AS "clusterId", day::text AS day, scope, sum(bytes)::float8 AS bytes,
            CASE WHEN bool_or(out_cost IS NULL OR in_cost IS NULL) THEN NULL ELSE sum(out_cost + in_cost)::float8 END AS cost
       FROM flow GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT 50000`,
    parameters(part),
  );
}

const PairDayRow = Ends.extend({
  clusterId: z.number(),
  day: z.string(),
  bytes: z.number(),
  crossZoneBytes: z.number(),
  cost: z.number().nullable(),
});
export type PairDayRow = z.infer<typeof PairDayRow>;

/** Days of the pairs with most cross-zone bytes, for finding steps. `only` narrows to pairs with one of these workloads ("ns/kind/name"). */
export function readPairDays(
  db: Db,
  part: FlowPart,
  options: { readonly only: readonly string[] | null; readonly limit: number },
): Promise<PairDayRow[]> {
  return selectRows(
    db,
    PairDayRow,
    `WITH ${FLOWS}, pair AS (
       SELECT cluster_id, source_namespace, source_kind, source_name, target_namespace, target_kind, target_name
         FROM flow
        WHERE $13::text[] IS NULL OR source_namespace || '/' || source_kind || '/' || source_name = ANY($13)
           OR target_namespace || '/' || target_kind || '/' || target_name = ANY($13)
        GROUP BY 1, 2, 3, 4, 5, 6, 7
        ORDER BY sum(bytes) FILTER (WHERE scope = 'cross-zone') DESC NULLS LAST LIMIT $14
     )
     SELECT f.cluster_id::int AS "clusterId", f.day::text AS day, ${ENDS}, sum(f.bytes)::float8 AS bytes,
            coalesce(sum(f.bytes) FILTER (WHERE f.scope = 'cross-zone'), 0)::float8 AS "crossZoneBytes",
            CASE WHEN bool_or(f.scope = 'cross-zone' AND (out_cost IS NULL OR in_cost IS NULL)) THEN NULL
                 ELSE coalesce(sum(out_cost + in_cost) FILTER (WHERE f.scope = 'cross-zone'), 0)::float8 END AS cost
       FROM flow f JOIN pair USING (cluster_id, source_namespace, source_kind, source_name, target_namespace, target_kind, target_name)
      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 ORDER BY 1, 2 LIMIT 50000`,
    [...parameters(part), options.only, options.limit],
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
  firstAt: z.date(),
  lastAt: z.date(),
});
export type FlowSourceRow = z.infer<typeof FlowSourceRow>;

/** By which source and basis the bytes of a cluster were counted. Whole clusters: it tells of the source, not of anybody. */
export function readFlowSources(db: Db, clusterIds: readonly number[], window: FlowWindow): Promise<FlowSourceRow[]> {
  return selectRows(
    db,
    FlowSourceRow,
    `SELECT cluster_id::int AS "clusterId", adapter, basis, count(*)::float8 AS "rowCount", sum(transferred_bytes)::float8 AS bytes,
            coalesce(sum(transferred_bytes) FILTER (WHERE source_zone <> '' AND target_zone <> ''), 0)::float8 AS "zonedBytes",
            coalesce(sum(transferred_bytes) FILTER (WHERE target_name <> ''), 0)::float8 AS "namedTargetBytes",
            min(at) AS "firstAt", max(at) AS "lastAt"
       FROM flow_hourly WHERE cluster_id = ANY($1::smallint[]) AND at >= $2 AND at < $3
      GROUP BY 1, 2, 3 ORDER BY 1, max(at) DESC LIMIT 5000`,
    [clusterIds, window.from, window.to],
  );
}

const CoveredRow = z.object({ clusterId: z.number(), day: z.string(), coveredHours: z.number() });
export type CoveredRow = z.infer<typeof CoveredRow>;

/** Hours of each day that the source was read, whether or not anything flowed between the asked ends. */
export function readFlowCovered(db: Db, clusterIds: readonly number[], window: FlowWindow): Promise<CoveredRow[]> {
  return selectRows(
    db,
    CoveredRow,
    `SELECT cluster_id::int AS "clusterId", (at AT TIME ZONE $4)::date::text AS day, (sum(covered) / 3600.0)::float8 AS "coveredHours"
       FROM (SELECT cluster_id, at, least(3600, max(covered_seconds)) AS covered FROM flow_hourly
              WHERE cluster_id = ANY($1::smallint[]) AND at >= $2 AND at < $3 GROUP BY 1, 2) h
      GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 20000`,
    [clusterIds, window.from, window.to, window.timeZone],
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
});
export type PodPlaceRow = z.infer<typeof PodPlaceRow>;

/** Which workload each pod belongs to; `namespaces` null = all. */
export function readPodPlaces(db: Db, clusterId: number, namespaces: readonly string[] | null): Promise<PodPlaceRow[]> {
  return selectRows(
    db,
    PodPlaceRow,
    `SELECT namespace, name AS pod, workload_kind AS kind, workload_name AS name, coalesce(team, '') AS team FROM pod
      WHERE cluster_id = $1 AND ($2::text[] IS NULL OR namespace = ANY($2)) LIMIT 500000`,
    [clusterId, namespaces],
  );
}
