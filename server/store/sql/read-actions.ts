import { z } from "zod";
import { metricPosition } from "../../domain/metrics.ts";
import type { Db } from "../db.ts";
import { type Scope, selectRows, teamBound } from "./rows.ts";

const UseRow = z.object({
  clusterId: z.number(),
  namespace: z.string(),
  kind: z.string(),
  name: z.string(),
  team: z.string().nullable(),
  podCount: z.number(),
  cpuCoresRequested: z.number().nullable(),
  memoryBytesRequested: z.number().nullable(),
  cpuCoresP95: z.number().nullable(),
  memoryBytesMax: z.number().nullable(),
  cpuWaitingRatioMax: z.number().nullable(),
  cpuThrottledRatioMax: z.number().nullable(),
  memoryWaitingRatioMax: z.number().nullable(),
  oomKillCount: z.number(),
  hourCount: z.number(),
});
export type WorkloadUseRow = z.infer<typeof UseRow>;

/** Requests of today's workloads and what they used over a window, from hourly means. */
export function readWorkloadUse(db: Db, scope: Scope, window: { from: Date; to: Date }): Promise<WorkloadUseRow[]> {
  const mean = (id: Parameters<typeof metricPosition>[0]) => {
    const i = metricPosition(id);
    return `m.sums[${i}] / nullif(m.covered_seconds[${i}], 0)`;
  };
  return selectRows(
    db,
    UseRow,
    `SELECT w.cluster_id::int AS "clusterId", w.namespace, w.kind, w.name, w.team, w.pod_count AS "podCount",
            w.cpu_cores_requested AS "cpuCoresRequested", w.memory_bytes_requested AS "memoryBytesRequested",
            u.cpu AS "cpuCoresP95", u.memory AS "memoryBytesMax", u.cpu_waiting AS "cpuWaitingRatioMax",
            u.throttled AS "cpuThrottledRatioMax", u.memory_waiting AS "memoryWaitingRatioMax", u.kills AS "oomKillCount",
            u.hours AS "hourCount"
       FROM workload w JOIN entity e ON e.cluster_id = w.cluster_id AND e.level = 'workload' AND e.namespace = w.namespace
            AND e.kind = w.kind AND e.name = w.name AND e.container = ''
       CROSS JOIN LATERAL (
         SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY ${mean("cpuUsedCores")}) AS cpu,
                max(${mean("memoryWorkingSetBytes")}) AS memory, max(${mean("cpuWaitingRatio")}) AS cpu_waiting,
                max(${mean("cpuThrottledRatio")}) AS throttled, max(${mean("memoryWaitingRatio")}) AS memory_waiting,
                coalesce(sum(m.sums[${metricPosition("oomKillsPerSecond")}]), 0) AS kills,
                count(${mean("cpuUsedCores")})::int AS hours
           FROM metric_hourly m
          WHERE m.cluster_id = e.cluster_id AND m.entity_id = e.id AND m.at >= $3 AND m.at < $4
       ) u
      WHERE w.cluster_id = ANY($1::smallint[]) AND ${teamBound("w.team", "$2")} AND w.pod_count > 0 LIMIT 20000`,
    [scope.clusterIds, scope.teams, window.from, window.to],
  );
}

const RateRow = z.object({
  clusterId: z.number(),
  namespace: z.string(),
  kind: z.string(),
  name: z.string(),
  resource: z.string(),
  costPerHour: z.number().nullable(),
});
export type WorkloadRateRow = z.infer<typeof RateRow>;

/** What a workload's CPU and memory cost per recorded hour in the days of a range. */
export function readWorkloadRates(
  db: Db,
  scope: Scope,
  days: { from: string; to: string },
): Promise<WorkloadRateRow[]> {
  return selectRows(
    db,
    RateRow,
    `WITH hours AS (
       SELECT cluster_id, sum(hour_count) AS hours FROM
         (SELECT DISTINCT cluster_id, day, hour_count FROM cost_daily
           WHERE cluster_id = ANY($1::smallint[]) AND day >= $3::date AND day <= $4::date) d GROUP BY cluster_id
     )
     SELECT c.cluster_id::int AS "clusterId", c.namespace, c.workload_kind AS kind, c.workload_name AS name, c.resource,
            (sum(c.cost) / nullif(h.hours, 0))::float8 AS "costPerHour"
       FROM cost_daily c JOIN hours h USING (cluster_id)
      WHERE c.cluster_id = ANY($1::smallint[]) AND ${teamBound("c.team", "$2")} AND c.day >= $3::date AND c.day <= $4::date
        AND c.workload_name <> '' AND c.resource IN ('cpu', 'memory')
      GROUP BY 1, 2, 3, 4, 5, h.hours LIMIT 50000`,
    [scope.clusterIds, scope.teams, days.from, days.to],
  );
}

const NodeRow = z.object({
  clusterId: z.number(),
  name: z.string(),
  group: z.string(),
  cpuCores: z.number(),
  memoryBytes: z.number(),
  costPerHour: z.number().nullable(),
  isRemovable: z.boolean(),
});

/** Nodes as places for pods. A pool in one zone with one price is a group: pods are not moved across. */
export function readRepackNodes(db: Db, clusterIds: readonly number[]): Promise<z.infer<typeof NodeRow>[]> {
  return selectRows(
    db,
    NodeRow,
    `SELECT cluster_id::int AS "clusterId", name, cluster_id || '/' || coalesce(pool, '') || '/' || coalesce(zone, '') AS "group",
            cpu_cores_allocatable AS "cpuCores", memory_bytes_allocatable AS "memoryBytes", cost_per_hour::float8 AS "costPerHour",
            (NOT is_control_plane AND is_schedulable AND coalesce(is_ready, false)) AS "isRemovable"
       FROM node WHERE cluster_id = ANY($1::smallint[]) AND cpu_cores_allocatable > 0 AND memory_bytes_allocatable > 0 LIMIT 20000`,
    [clusterIds],
  );
}

const PodRow = z.object({
  clusterId: z.number(),
  nodeName: z.string(),
  namespace: z.string(),
  kind: z.string(),
  name: z.string(),
  cpuCores: z.number(),
  memoryBytes: z.number(),
  isMovable: z.boolean(),
});

/** Pods that would have to find another node. Those of DaemonSets and static pods go with theirs. */
export function readRepackPods(db: Db, clusterIds: readonly number[]): Promise<z.infer<typeof PodRow>[]> {
  return selectRows(
    db,
    PodRow,
    `SELECT cluster_id::int AS "clusterId", node_name AS "nodeName", namespace, workload_kind AS kind, workload_name AS name,
            coalesce(cpu_cores_requested, 0) AS "cpuCores", coalesce(memory_bytes_requested, 0) AS "memoryBytes",
            (NOT has_device AND workload_kind <> 'Pod') AS "isMovable"
       FROM pod WHERE cluster_id = ANY($1::smallint[]) AND node_name IS NOT NULL AND phase IN ('Running', 'Pending')
        AND workload_kind NOT IN ('DaemonSet', 'Node') LIMIT 200000`,
    [clusterIds],
  );
}

const DecisionRow = z.object({
  actionId: z.string(),
  decision: z.enum(["accepted", "dismissed", "snoozed"]),
  reason: z.string().nullable(),
  untilAt: z.date().nullable(),
  decidedAt: z.date(),
  decidedBy: z.string(),
  kind: z.string(),
  name: z.string(),
  cluster: z.string(),
  team: z.string().nullable(),
});
export type DecisionRow = z.infer<typeof DecisionRow>;

/** Decisions on actions of the clusters and teams that may be seen. */
export function readDecisions(
  db: Db,
  clusters: readonly string[],
  teams: readonly string[] | null,
): Promise<DecisionRow[]> {
  return selectRows(
    db,
    DecisionRow,
    `SELECT action_id AS "actionId", decision, reason, until_at AS "untilAt", decided_at AS "decidedAt", decided_by AS "decidedBy",
            coalesce(action->>'kind', '') AS kind, coalesce(action->>'name', '') AS name,
            coalesce(action->>'cluster', '') AS cluster, action->>'team' AS team
       FROM action_decision
      WHERE action->>'cluster' = ANY($1::text[]) AND ${teamBound("action->>'team'", "$2")} ORDER BY decided_at DESC LIMIT 5000`,
    [clusters, teams],
  );
}

export async function upsertDecision(
  db: Db,
  decision: {
    readonly actionId: string;
    readonly decision: "accepted" | "dismissed" | "snoozed";
    readonly reason: string | null;
    readonly untilAt: string | null;
    readonly decidedBy: string;
    readonly action: unknown;
  },
): Promise<void> {
  await db.query(
    `INSERT INTO action_decision (action_id, decision, reason, until_at, decided_by, action) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (action_id) DO UPDATE SET decision = excluded.decision, reason = excluded.reason, until_at = excluded.until_at,
       decided_at = now(), decided_by = excluded.decided_by, action = excluded.action`,
    [
      decision.actionId,
      decision.decision,
      decision.reason,
      decision.untilAt,
      decision.decidedBy,
      JSON.stringify(decision.action),
    ],
  );
}

export async function removeDecision(db: Db, actionId: string): Promise<void> {
  await db.query(`DELETE FROM action_decision WHERE action_id = $1`, [actionId]);
}
