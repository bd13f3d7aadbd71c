import { z } from "zod";
import { type MetricId, metricPosition } from "../../domain/metrics.ts";
import type { Db } from "../db.ts";
import type { PressureBasis } from "./read-pressure.ts";
import { type Scope, selectRows, teamBound } from "./rows.ts";

const number = z.number().nullable();
const NodeRow = z.object({
  clusterId: z.number(),
  name: z.string(),
  pool: z.string().nullable(),
  zone: z.string().nullable(),
  memoryBytes: number,
  swapBytes: number,
  swapUsedBytes: number,
  swapIn: number,
  swapOut: number,
  memoryWaiting: number,
  memoryWaitingPeak: number,
  newestAt: z.date().nullable(),
});
export type SwapNodeRow = z.infer<typeof NodeRow>;

const TABLES: Readonly<Record<PressureBasis, string>> = {
  raw: "metric_raw",
  hourly: "metric_hourly",
  daily: "metric_daily",
};

/**
 * Nodes that have swap, use it, or are to use it (`named`), with means and peaks over the window. The size of swap is what the
 * exporters measured, else what the node says of itself.
 */
export function readSwapNodes(
  db: Db,
  scope: Scope,
  question: {
    readonly basis: PressureBasis;
    readonly from: Date;
    readonly to: Date;
    readonly named: readonly { readonly clusterId: number; readonly name: string }[];
    /** Whether every moment of the range has its frame, which knows the nodes that swap. */
    readonly isFramed: boolean;
  },
): Promise<SwapNodeRow[]> {
  const { basis, isFramed } = question;
  const mean = (id: MetricId) => {
    const at = metricPosition(id);
    return basis === "raw"
      ? `sum(m."values"[${at}] * m.covered_seconds) / nullif(sum(m.covered_seconds) FILTER (WHERE m."values"[${at}] IS NOT NULL), 0)`
      : `sum(m.sums[${at}]) / nullif(sum(m.covered_seconds[${at}]), 0)`;
  };
  const highest = (id: MetricId) => `max(m.${basis === "raw" ? '"values"' : "maxima"}[${metricPosition(id)}])`;
  const inRange = `m.cluster_id = ANY($1::smallint[]) AND m.level = 'node' AND m.at >= $2 AND m.at < $3`;
  const value = (id: MetricId) => `m.${basis === "raw" ? '"values"' : "maxima"}[${metricPosition(id)}]`;
  const swapping = isFramed
    ? `SELECT DISTINCT m.cluster_id, u.id AS entity_id FROM pressure_frame m CROSS JOIN unnest(m.swapping) AS u(id) WHERE m.basis = '${basis}' AND ${inRange}`
    : `SELECT DISTINCT m.cluster_id, m.entity_id FROM ${TABLES[basis]} m WHERE ${inRange} AND (${value("swapCapacityBytes")} > 0 OR ${value("swapUsedBytes")} > 0)`;
  return selectRows(
    db,
    NodeRow,
    // Node by node, by index: joined to the whole table, the planner would sort all of it.
    `WITH wanted AS MATERIALIZED (
       SELECT e.cluster_id, e.name FROM (${swapping}) s JOIN entity e ON e.cluster_id = s.cluster_id AND e.id = s.entity_id
        UNION SELECT n.cluster_id, n.name FROM node n WHERE n.cluster_id = ANY($1::smallint[]) AND n.swap_capacity_bytes > 0
        UNION SELECT * FROM unnest($4::smallint[], $5::text[]))
     SELECT n.cluster_id::int AS "clusterId", n.name, n.pool, n.zone, n.memory_bytes_capacity AS "memoryBytes",
            coalesce(a.capacity, n.swap_capacity_bytes) AS "swapBytes", a.used AS "swapUsedBytes", a.swap_in AS "swapIn",
            a.swap_out AS "swapOut", a.waiting AS "memoryWaiting", a.waiting_peak AS "memoryWaitingPeak", a.newest AS "newestAt"
       FROM wanted w
       JOIN node n ON n.cluster_id = w.cluster_id AND n.name = w.name
       LEFT JOIN entity e ON e.cluster_id = n.cluster_id AND e.level = 'node' AND e.namespace = '' AND e.kind = '' AND e.name = n.name AND e.container = ''
       LEFT JOIN LATERAL (
            SELECT max(m.at) AS newest, ${highest("swapCapacityBytes")} AS capacity, ${highest("swapUsedBytes")} AS used,
                   ${mean("swapInBytesPerSecond")} AS swap_in, ${mean("swapOutBytesPerSecond")} AS swap_out,
                   ${mean("memoryWaitingRatio")} AS waiting, ${highest("memoryWaitingRatio")} AS waiting_peak
              FROM ${TABLES[basis]} m WHERE m.cluster_id = e.cluster_id AND m.entity_id = e.id AND m.at >= $2 AND m.at < $3) a ON true
      WHERE n.cluster_id = ANY($1::smallint[])
      ORDER BY a.waiting DESC NULLS LAST, n.cluster_id, n.name`,
    [
      scope.clusterIds,
      question.from,
      question.to,
      question.named.map(({ clusterId }) => clusterId),
      question.named.map(({ name }) => name),
    ],
  );
}

const ContainerRow = z.object({
  clusterId: z.number(),
  namespace: z.string(),
  pod: z.string(),
  container: z.string(),
  team: z.string().nullable(),
  nodeName: z.string().nullable(),
  workloadKind: z.string().nullable(),
  qosClass: z.string().nullable(),
  memoryRequestedBytes: number,
  memoryLimitBytes: number,
  usedBytes: z.number(),
  limitBytes: number,
  nodeMemoryBytes: number,
  at: z.date(),
});
export type SwapContainerRow = z.infer<typeof ContainerRow>;
const MAX_CONTAINERS = 2000;

/** Containers that use swap by their newest sample, most first. */
export function readSwapContainers(
  db: Db,
  scope: Scope,
  window: { readonly from: Date; readonly to: Date },
): Promise<SwapContainerRow[]> {
  const used = `m."values"[${metricPosition("swapUsedBytes")}]`;
  return selectRows(
    db,
    ContainerRow,
    `WITH newest AS MATERIALIZED (
       SELECT DISTINCT ON (m.cluster_id, m.entity_id) m.cluster_id, m.entity_id, m.at, ${used} AS used,
              m."values"[${metricPosition("swapCapacityBytes")}] AS capacity
         FROM metric_raw m
        WHERE m.cluster_id = ANY($1::smallint[]) AND m.level = 'container' AND m.at >= $3 AND m.at < $4 AND ${used} IS NOT NULL
        ORDER BY m.cluster_id, m.entity_id, m.at DESC)
     SELECT x.cluster_id::int AS "clusterId", e.namespace, e.name AS pod, e.container, coalesce(p.team, e.team) AS team,
            coalesce(p.node_name, e.node_name) AS "nodeName", p.workload_kind AS "workloadKind", p.qos_class AS "qosClass",
            (c.value ->> 'memoryBytesRequested')::float8 AS "memoryRequestedBytes", (c.value ->> 'memoryBytesLimit')::float8 AS "memoryLimitBytes",
            x.used AS "usedBytes", x.capacity AS "limitBytes", n.memory_bytes_capacity AS "nodeMemoryBytes", x.at
       FROM newest x JOIN entity e ON e.cluster_id = x.cluster_id AND e.id = x.entity_id
       LEFT JOIN pod p ON p.cluster_id = e.cluster_id AND p.namespace = e.namespace AND p.name = e.name
       LEFT JOIN LATERAL (SELECT value FROM jsonb_array_elements(p.containers) WHERE value ->> 'name' = e.container LIMIT 1) c ON true
       LEFT JOIN node n ON n.cluster_id = e.cluster_id AND n.name = coalesce(p.node_name, e.node_name)
      WHERE x.used > 0 AND ${teamBound("coalesce(p.team, e.team)", "$2")}
      ORDER BY x.used DESC, e.namespace, e.name, e.container LIMIT ${MAX_CONTAINERS}`,
    [scope.clusterIds, scope.teams, window.from, window.to],
  );
}

const KillRow = z.object({
  clusterId: z.number(),
  namespace: z.string(),
  pod: z.string(),
  container: z.string(),
  team: z.string().nullable(),
  nodeName: z.string().nullable(),
  workloadKind: z.string(),
  workloadName: z.string(),
  qosClass: z.string().nullable(),
  killedAt: z.coerce.date().nullable(),
  memoryRequestedBytes: number,
  memoryLimitBytes: number,
  nodeMemoryBytes: number,
  nodeSwapBytes: number,
  growthBytesPerSecond: number,
});
export type OomKillRow = z.infer<typeof KillRow>;
const MAX_KILLS = 100;
/** Fewer samples make no slope. */
const MIN_SAMPLES = 5;

/**
 * Containers whose last end was an OOM kill, newest first, with the slope of their pod's memory before it where it is still
 * stored minute by minute.
 */
export function readOomKills(db: Db, scope: Scope, growthSeconds: number): Promise<OomKillRow[]> {
  const memory = `m."values"[${metricPosition("memoryWorkingSetBytes")}]`;
  return selectRows(
    db,
    KillRow,
    `WITH killed AS MATERIALIZED (
       SELECT p.cluster_id, p.namespace, p.name, p.team, p.node_name, p.workload_kind, p.workload_name, p.qos_class, c.value AS body,
              (c.value ->> 'lastTerminatedAt')::timestamptz AS killed_at
         FROM pod p CROSS JOIN LATERAL jsonb_array_elements(p.containers) c
        WHERE p.cluster_id = ANY($1::smallint[]) AND ${teamBound("p.team", "$2")} AND p.restart_count > 0
          AND c.value ->> 'lastTerminatedReason' = 'OOMKilled'
        ORDER BY killed_at DESC NULLS LAST, p.cluster_id, p.namespace, p.name LIMIT ${MAX_KILLS})
     SELECT k.cluster_id::int AS "clusterId", k.namespace, k.name AS pod, k.body ->> 'name' AS container, k.team,
            k.node_name AS "nodeName", k.workload_kind AS "workloadKind", k.workload_name AS "workloadName", k.qos_class AS "qosClass",
            k.killed_at AS "killedAt", (k.body ->> 'memoryBytesRequested')::float8 AS "memoryRequestedBytes",
            (k.body ->> 'memoryBytesLimit')::float8 AS "memoryLimitBytes", n.memory_bytes_capacity AS "nodeMemoryBytes",
            n.swap_capacity_bytes AS "nodeSwapBytes", g.slope AS "growthBytesPerSecond"
       FROM killed k
       LEFT JOIN node n ON n.cluster_id = k.cluster_id AND n.name = k.node_name
       LEFT JOIN entity e ON e.cluster_id = k.cluster_id AND e.level = 'pod' AND e.namespace = k.namespace AND e.kind = '' AND e.name = k.name AND e.container = ''
       LEFT JOIN LATERAL (
            SELECT CASE WHEN count(${memory}) >= ${MIN_SAMPLES} THEN regr_slope(${memory}, extract(epoch FROM m.at)::float8) END AS slope
              FROM metric_raw m
             WHERE m.cluster_id = e.cluster_id AND m.entity_id = e.id AND m.at > k.killed_at - make_interval(secs => $3) AND m.at <= k.killed_at) g ON true
      ORDER BY k.killed_at DESC NULLS LAST, k.cluster_id, k.namespace, k.name`,
    [scope.clusterIds, scope.teams, growthSeconds],
  );
}
