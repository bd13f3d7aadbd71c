import { z } from "zod";
import type { Db } from "../db.ts";
import { type Scope, selectRows, teamBound } from "./rows.ts";

const number = z.number().nullable();
const NodeRow = z.object({
  entityId: z.coerce.number().nullable(),
  name: z.string(),
  pool: z.string().nullable(),
  zone: z.string().nullable(),
  instanceType: z.string().nullable(),
  kubeletVersion: z.string(),
  kernelVersion: z.string(),
  cpuCores: number,
  memoryBytes: number,
  swapBytes: number,
});
export type PressureNodeRow = z.infer<typeof NodeRow>;

export async function readPressureNode(db: Db, scope: Scope, name: string): Promise<PressureNodeRow | null> {
  const rows = await selectRows(
    db,
    NodeRow,
    `SELECT e.id AS "entityId", n.name, n.pool, n.zone, n.instance_type AS "instanceType", n.kubelet_version AS "kubeletVersion",
            n.kernel_version AS "kernelVersion", n.cpu_cores_capacity AS "cpuCores", n.memory_bytes_capacity AS "memoryBytes",
            n.swap_capacity_bytes AS "swapBytes"
       FROM node n LEFT JOIN entity e ON e.cluster_id = n.cluster_id AND e.level = 'node' AND e.name = n.name
      WHERE n.cluster_id = ANY($1::smallint[]) AND n.name = $2 LIMIT 1`,
    [scope.clusterIds, name],
  );
  return rows[0] ?? null;
}

const Container = z.object({
  name: z.string(),
  state: z.string().nullish(),
  stateReason: z.string().nullish(),
  lastTerminatedReason: z.string().nullish(),
  lastTerminatedAt: z.coerce.date().nullish(),
  restartCount: z.number().nullish(),
  cpuCoresRequested: z.number().nullish(),
  cpuCoresLimit: z.number().nullish(),
  memoryBytesRequested: z.number().nullish(),
  memoryBytesLimit: z.number().nullish(),
});
export type PressureContainer = z.infer<typeof Container>;
const PodRow = z.object({
  clusterId: z.number(),
  entityId: z.coerce.number().nullable(),
  namespace: z.string(),
  name: z.string(),
  team: z.string().nullable(),
  nodeName: z.string().nullable(),
  workloadKind: z.string(),
  workloadName: z.string(),
  phase: z.string(),
  reason: z.string().nullable(),
  qosClass: z.string().nullable(),
  restartCount: z.number(),
  cpuCoresRequested: number,
  memoryBytesRequested: number,
  cpuCoresLimit: number,
  memoryBytesLimit: number,
  containers: z.array(Container),
  startedAt: z.date().nullable(),
});
export type PressurePodRow = z.infer<typeof PodRow>;
const MAX_PODS = 500; // more than the kubelet's usual bound of pods per node

export type PodFilter =
  | { readonly by: "node"; readonly nodeName: string }
  | { readonly by: "workload"; readonly namespace: string; readonly kind: string; readonly name: string }
  | { readonly by: "pod"; readonly namespace: string; readonly name: string };

/** Pods of a node, of a workload, or one pod, with their containers; only those the viewer may see. */
export function readPressurePods(db: Db, scope: Scope, filter: PodFilter): Promise<PressurePodRow[]> {
  const [condition, values] = conditionOf(filter);
  return selectRows(
    db,
    PodRow,
    `SELECT p.cluster_id::int AS "clusterId", e.id AS "entityId", p.namespace, p.name, p.team, p.node_name AS "nodeName",
            p.workload_kind AS "workloadKind", p.workload_name AS "workloadName", p.phase, p.reason, p.qos_class AS "qosClass",
            p.restart_count AS "restartCount", p.cpu_cores_requested AS "cpuCoresRequested",
            p.memory_bytes_requested AS "memoryBytesRequested", p.cpu_cores_limit AS "cpuCoresLimit",
            p.memory_bytes_limit AS "memoryBytesLimit", p.containers, p.started_at AS "startedAt"
       FROM pod p LEFT JOIN entity e ON e.cluster_id = p.cluster_id AND e.level = 'pod' AND e.namespace = p.namespace AND e.name = p.name
      WHERE p.cluster_id = ANY($1::smallint[]) AND ${teamBound("p.team", "$2")} AND ${condition}
      ORDER BY p.namespace, p.name LIMIT ${MAX_PODS}`,
    [scope.clusterIds, scope.teams, ...values],
  );
}

function conditionOf(filter: PodFilter): readonly [string, readonly string[]] {
  if (filter.by === "node") return ["p.node_name = $3", [filter.nodeName]];
  if (filter.by === "workload")
    return [
      "p.namespace = $3 AND p.workload_kind = $4 AND p.workload_name = $5",
      [filter.namespace, filter.kind, filter.name],
    ];
  return ["p.namespace = $3 AND p.name = $4", [filter.namespace, filter.name]];
}

const WorkloadRow = z.object({
  clusterId: z.number(),
  entityId: z.coerce.number(),
  namespace: z.string(),
  kind: z.string(),
  name: z.string(),
  team: z.string().nullable(),
  podCount: z.number(),
  desiredReplicas: number,
  cpuCoresRequested: number,
  memoryBytesRequested: number,
});
export type PressureWorkloadRow = z.infer<typeof WorkloadRow>;

/** Workloads by their names, with the entity that their samples are stored under. */
export function readPressureWorkloads(
  db: Db,
  scope: Scope,
  names: readonly { readonly namespace: string; readonly kind: string; readonly name: string }[],
): Promise<PressureWorkloadRow[]> {
  return selectRows(
    db,
    WorkloadRow,
    `SELECT e.cluster_id::int AS "clusterId", e.id AS "entityId", e.namespace, e.kind, e.name, coalesce(w.team, e.team) AS team,
            coalesce(w.pod_count, 0) AS "podCount", w.desired_replicas AS "desiredReplicas",
            w.cpu_cores_requested AS "cpuCoresRequested", w.memory_bytes_requested AS "memoryBytesRequested"
       FROM unnest($3::text[], $4::text[], $5::text[]) AS q(namespace, kind, name)
       JOIN entity e ON e.cluster_id = ANY($1::smallint[]) AND e.level = 'workload' AND e.namespace = q.namespace AND e.kind = q.kind AND e.name = q.name
       LEFT JOIN workload w ON w.cluster_id = e.cluster_id AND w.namespace = e.namespace AND w.kind = e.kind AND w.name = e.name
      WHERE ${teamBound("coalesce(w.team, e.team)", "$2")}
      ORDER BY e.namespace, e.kind, e.name`,
    [
      scope.clusterIds,
      scope.teams,
      names.map(({ namespace }) => namespace),
      names.map(({ kind }) => kind),
      names.map(({ name }) => name),
    ],
  );
}

const DetailRow = z.object({
  status: z.enum(["done", "failed"]),
  reason: z.string().nullable(),
  detail: z.string().nullable(),
  body: z.unknown(),
  finishedAt: z.date(),
});
export type DetailRow = z.infer<typeof DetailRow>;

/** The answer to one detail job; null while there is none. The pod must be one that the viewer may see. */
export async function readDetailResult(
  db: Db,
  scope: Scope,
  key: { readonly namespace: string; readonly pod: string; readonly windowSeconds: number; readonly untilAt: Date },
): Promise<DetailRow | null> {
  const rows = await selectRows(
    db,
    DetailRow,
    `SELECT status, reason, detail, body, finished_at AS "finishedAt" FROM detail_result
      WHERE cluster_id = ANY($1::smallint[]) AND namespace = $2 AND pod = $3 AND window_seconds = $4 AND until_at = $5 LIMIT 1`,
    [scope.clusterIds, key.namespace, key.pod, key.windowSeconds, key.untilAt],
  );
  return rows[0] ?? null;
}
