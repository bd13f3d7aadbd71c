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
  memoryBytesP90: z.number().nullable(),
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
            u.cpu AS "cpuCoresP95", u.memory AS "memoryBytesMax", u.memory_p90 AS "memoryBytesP90", u.cpu_waiting AS "cpuWaitingRatioMax",
            u.throttled AS "cpuThrottledRatioMax", u.memory_waiting AS "memoryWaitingRatioMax", u.kills AS "oomKillCount",
            u.hours AS "hourCount"
       FROM workload w JOIN entity e ON e.cluster_id = w.cluster_id AND e.level = 'workload' AND e.namespace = w.namespace
            AND e.kind = w.kind AND e.name = w.name AND e.container = ''
       CROSS JOIN LATERAL (
         SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY ${mean("cpuUsedCores")}) AS cpu,
                max(${mean("memoryWorkingSetBytes")}) AS memory,
                percentile_cont(0.9) WITHIN GROUP (ORDER BY ${mean("memoryWorkingSetBytes")}) AS memory_p90, max(${mean("cpuWaitingRatio")}) AS cpu_waiting,
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
  pod: z.string(),
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
    `SELECT cluster_id::int AS "clusterId", node_name AS "nodeName", namespace, name AS pod, workload_kind AS kind, workload_name AS name,
            coalesce(cpu_cores_requested, 0) AS "cpuCores", coalesce(memory_bytes_requested, 0) AS "memoryBytes",
            (NOT has_device AND workload_kind <> 'Pod') AS "isMovable"
       FROM pod WHERE cluster_id = ANY($1::smallint[]) AND node_name IS NOT NULL AND phase IN ('Running', 'Pending')
        AND workload_kind NOT IN ('DaemonSet', 'Node') LIMIT 200000`,
    [clusterIds],
  );
}

const ActionRow = z.object({
  clusterId: z.number(),
  id: z.string(),
  kind: z.string(),
  team: z.string(),
  isWhole: z.boolean(),
  freedCostPerMonth: z.number().nullable(),
  cashCostPerMonth: z.number().nullable(),
  groupId: z.string(),
  isCounted: z.boolean(),
  body: z.unknown(),
  decision: z.enum(["accepted", "dismissed", "snoozed"]).nullable(),
  reason: z.string().nullable(),
  untilAt: z.date().nullable(),
  decidedAt: z.date().nullable(),
  decidedBy: z.string().nullable(),
});
export type ActionRow = z.infer<typeof ActionRow>;

const ACTION_COLUMNS = `a.cluster_id::int AS "clusterId", a.id, a.kind, a.team, a.is_whole AS "isWhole", a.freed_cost_per_month AS "freedCostPerMonth",
            a.cash_cost_per_month AS "cashCostPerMonth", a.group_id AS "groupId",
            CASE WHEN $2::text[] IS NULL THEN a.is_counted ELSE a.is_counted_for_team END AS "isCounted", a.body,
            d.decision, d.reason, d.until_at AS "untilAt", d.decided_at AS "decidedAt", d.decided_by AS "decidedBy"`;
/** What speaks of the whole cluster names everybody's: not for a viewer of some teams. */
const OWN = `($2::text[] IS NULL OR (NOT a.is_whole AND a.team = ANY($2::text[])))`;

/** The stored list with its decisions, dearest first; what has no price comes last. */
export function readActions(db: Db, scope: Scope, limit: number): Promise<ActionRow[]> {
  return selectRows(
    db,
    ActionRow,
    `SELECT ${ACTION_COLUMNS} FROM action a LEFT JOIN action_decision d ON d.action_id = a.id
      WHERE a.cluster_id = ANY($1::smallint[]) AND ${OWN} ORDER BY a.freed_cost_per_month DESC NULLS LAST, a.id LIMIT $3`,
    [scope.clusterIds, scope.teams, limit],
  );
}

/** One action, as far as it may be seen; null = there is none. */
export async function readAction(db: Db, scope: Scope, id: string): Promise<ActionRow | null> {
  const rows = await selectRows(
    db,
    ActionRow,
    `SELECT ${ACTION_COLUMNS} FROM action a LEFT JOIN action_decision d ON d.action_id = a.id WHERE a.cluster_id = ANY($1::smallint[]) AND ${OWN} AND a.id = $3`,
    [scope.clusterIds, scope.teams, id],
  );
  return rows[0] ?? null;
}

const TotalRow = z.object({
  clusterId: z.number(),
  team: z.string(),
  freedCostPerMonth: z.number(),
  cashCostPerMonth: z.number(),
  countedCount: z.number(),
  pricedCount: z.number(),
  removedCount: z.number(),
  unpricedCount: z.number(),
});
export type ActionTotal = z.infer<typeof TotalRow>;

/** Totals of the clusters: of everything, or of each of the teams alone. */
export function readActionTotals(db: Db, scope: Scope): Promise<ActionTotal[]> {
  return selectRows(
    db,
    TotalRow,
    `SELECT cluster_id::int AS "clusterId", team, freed_cost_per_month AS "freedCostPerMonth", cash_cost_per_month AS "cashCostPerMonth",
            counted_count AS "countedCount", priced_count AS "pricedCount", removed_count AS "removedCount",
            unpriced_count AS "unpricedCount"
       FROM action_total
      WHERE cluster_id = ANY($1::smallint[]) AND is_whole = ($2::text[] IS NULL) AND ($2::text[] IS NULL OR team = ANY($2::text[]))
      ORDER BY cluster_id, team LIMIT 20000`,
    [scope.clusterIds, scope.teams],
  );
}

const StateRow = z.object({ clusterId: z.number(), computedAt: z.date().nullable(), isDue: z.boolean() });

/** When the list of each cluster was made, and whether a decision waits to be taken into it. */
export function readActionStates(db: Db, clusterIds: readonly number[]): Promise<z.infer<typeof StateRow>[]> {
  return selectRows(
    db,
    StateRow,
    `SELECT s.cluster_id::int AS "clusterId",
            coalesce(max(a.computed_at), max(s.computed_at) FILTER (WHERE s.duration_seconds IS NOT NULL)) AS "computedAt",
            bool_or(s.due_at IS NOT NULL OR s.duration_seconds IS NULL) AS "isDue"
       FROM action_state s LEFT JOIN action a ON a.cluster_id = s.cluster_id
      WHERE s.cluster_id = ANY($1::smallint[]) GROUP BY 1`,
    [clusterIds],
  );
}

const DecisionRow = z.object({
  actionId: z.string(),
  decision: z.enum(["accepted", "dismissed", "snoozed"]),
  untilAt: z.date().nullable(),
});
export type DecisionRow = z.infer<typeof DecisionRow>;

/** Decisions on actions of one cluster. */
export function readDecisions(db: Db, cluster: string): Promise<DecisionRow[]> {
  return selectRows(
    db,
    DecisionRow,
    `SELECT action_id AS "actionId", decision, until_at AS "untilAt" FROM action_decision
      WHERE action->>'cluster' = $1 ORDER BY decided_at DESC LIMIT 20000`,
    [cluster],
  );
}

const OutcomeRow = z.object({
  actionId: z.string(),
  decidedAt: z.date(),
  decidedBy: z.string(),
  action: z.unknown(),
  state: z.enum(["not-yet", "applied", "gone", "unknown"]).nullable(),
  appliedAt: z.date().nullable(),
  forecastCostPerMonth: z.number().nullable(),
  measuredCostPerMonth: z.number().nullable(),
  measuredDays: z.number().nullable(),
  evidence: z.array(z.object({ ref: z.string(), observed: z.string() })).nullable(),
  checkedAt: z.date().nullable(),
});
export type OutcomeRow = z.infer<typeof OutcomeRow>;

/** Accepted actions of the clusters and teams that may be seen, with what became of them; newest first. */
export function readOutcomes(
  db: Db,
  clusters: readonly string[],
  teams: readonly string[] | null,
): Promise<OutcomeRow[]> {
  return selectRows(
    db,
    OutcomeRow,
    `SELECT d.action_id AS "actionId", d.decided_at AS "decidedAt", d.decided_by AS "decidedBy", d.action, o.state,
            o.applied_at AS "appliedAt", o.forecast_cost_per_month AS "forecastCostPerMonth",
            o.measured_cost_per_month AS "measuredCostPerMonth", o.measured_days AS "measuredDays", o.evidence, o.checked_at AS "checkedAt"
       FROM action_decision d LEFT JOIN action_outcome o ON o.action_id = d.action_id
      WHERE d.decision = 'accepted' AND d.action->>'cluster' = ANY($1::text[]) AND ${teamBound("d.action->>'team'", "$2")}
        AND ($2::text[] IS NULL OR d.action->>'isWhole' IS DISTINCT FROM 'true')
      ORDER BY d.decided_at DESC LIMIT 500`,
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
