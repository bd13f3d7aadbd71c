import { z } from "zod";
import type { Db } from "../db.ts";
import { type Scope, selectRows, teamBound } from "./rows.ts";

const ClusterNodesRow = z.object({
  clusterId: z.number(),
  nodeCount: z.number(),
  readyCount: z.number(),
  pricedCount: z.number(),
  costPerHour: z.number().nullable(),
});
export type ClusterNodesRow = z.infer<typeof ClusterNodesRow>;

/** Nodes of each cluster, how many are ready, and what the priced ones cost. */
export function readClusterNodes(db: Db, scope: Scope): Promise<ClusterNodesRow[]> {
  return selectRows(
    db,
    ClusterNodesRow,
    `SELECT cluster_id::int AS "clusterId", count(*)::int AS "nodeCount",
            count(*) FILTER (WHERE is_ready)::int AS "readyCount",
            count(cost_per_hour)::int AS "pricedCount", sum(cost_per_hour)::float8 AS "costPerHour"
       FROM node WHERE cluster_id = ANY($1::smallint[]) GROUP BY cluster_id`,
    [scope.clusterIds],
  );
}

const NodeCountRow = z.object({ clusterId: z.number(), nodeCount: z.number() });
export type NodeCountRow = z.infer<typeof NodeCountRow>;

/** Nodes of each cluster, out of an index alone. */
export function readNodeCounts(db: Db, scope: Scope): Promise<NodeCountRow[]> {
  return selectRows(
    db,
    NodeCountRow,
    `SELECT cluster_id::int AS "clusterId", count(*)::int AS "nodeCount" FROM node WHERE cluster_id = ANY($1::smallint[]) GROUP BY cluster_id`,
    [scope.clusterIds],
  );
}

const ClusterPodsRow = z.object({ clusterId: z.number(), podCount: z.number() });

/** Pods that the viewer may see, by cluster. */
export function readClusterPods(db: Db, scope: Scope): Promise<z.infer<typeof ClusterPodsRow>[]> {
  return selectRows(
    db,
    ClusterPodsRow,
    `SELECT cluster_id::int AS "clusterId", count(*)::int AS "podCount"
       FROM pod WHERE cluster_id = ANY($1::smallint[]) AND ${teamBound("team", "$2")} GROUP BY cluster_id`,
    [scope.clusterIds, scope.teams],
  );
}

const NodePoolRow = z.object({
  pool: z.string().nullable(),
  zone: z.string().nullable(),
  nodeCount: z.number(),
  readyCount: z.number(),
  readinessUnknownCount: z.number(),
  cordonedCount: z.number(),
  cpuCores: z.number().nullable(),
  cpuKnownCount: z.number(),
  memoryBytes: z.number().nullable(),
  memoryKnownCount: z.number(),
  instanceTypes: z.array(z.string()),
  capacityTypes: z.array(z.string()),
  kubeletVersions: z.array(z.string()),
  pricedCount: z.number(),
  costPerHour: z.number().nullable(),
});
export type NodePoolRow = z.infer<typeof NodePoolRow>;

/** Nodes by pool and zone, largest first. Sums leave unknown quantities out and say how many are in. */
export function readNodePools(db: Db, scope: Scope): Promise<NodePoolRow[]> {
  return selectRows(
    db,
    NodePoolRow,
    `SELECT pool, zone, count(*)::int AS "nodeCount",
            count(*) FILTER (WHERE is_ready)::int AS "readyCount",
            count(*) FILTER (WHERE is_ready IS NULL)::int AS "readinessUnknownCount",
            count(*) FILTER (WHERE NOT is_schedulable)::int AS "cordonedCount",
            sum(cpu_cores_allocatable) AS "cpuCores", count(cpu_cores_allocatable)::int AS "cpuKnownCount",
            sum(memory_bytes_allocatable) AS "memoryBytes", count(memory_bytes_allocatable)::int AS "memoryKnownCount",
            coalesce(array_agg(DISTINCT instance_type) FILTER (WHERE instance_type IS NOT NULL), '{}') AS "instanceTypes",
            coalesce(array_agg(DISTINCT capacity_type) FILTER (WHERE capacity_type IS NOT NULL), '{}') AS "capacityTypes",
            array_agg(DISTINCT kubelet_version) AS "kubeletVersions",
            count(cost_per_hour)::int AS "pricedCount", sum(cost_per_hour)::float8 AS "costPerHour"
       FROM node WHERE cluster_id = ANY($1::smallint[])
      GROUP BY pool, zone ORDER BY count(*) DESC, pool NULLS LAST, zone NULLS LAST LIMIT 1000`,
    [scope.clusterIds],
  );
}

const KubeletVersionRow = z.object({ version: z.string(), nodeCount: z.number() });

export function readKubeletVersions(db: Db, scope: Scope): Promise<z.infer<typeof KubeletVersionRow>[]> {
  return selectRows(
    db,
    KubeletVersionRow,
    `SELECT kubelet_version AS version, count(*)::int AS "nodeCount"
       FROM node WHERE cluster_id = ANY($1::smallint[])
      GROUP BY kubelet_version ORDER BY count(*) DESC, kubelet_version LIMIT 100`,
    [scope.clusterIds],
  );
}
