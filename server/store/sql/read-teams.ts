import { z } from "zod";
import type { Db } from "../db.ts";
import { type Scope, selectRows, teamBound } from "./rows.ts";

const TeamPodsRow = z.object({
  team: z.string().nullable(),
  podCount: z.number(),
  pending: z.number(),
  running: z.number(),
  succeeded: z.number(),
  failed: z.number(),
  unknown: z.number(),
  restartCount: z.number(),
  cpuCoresRequested: z.number(),
  memoryBytesRequested: z.number(),
  namespaceCount: z.number(),
});
export type TeamPodsRow = z.infer<typeof TeamPodsRow>;

/** Pods by team and phase, unowned last; requests of pods that still hold their node. */
export function readTeamPods(db: Db, scope: Scope): Promise<TeamPodsRow[]> {
  return selectRows(
    db,
    TeamPodsRow,
    `SELECT team, count(*)::int AS "podCount",
            count(*) FILTER (WHERE phase = 'Pending')::int AS pending,
            count(*) FILTER (WHERE phase = 'Running')::int AS running,
            count(*) FILTER (WHERE phase = 'Succeeded')::int AS succeeded,
            count(*) FILTER (WHERE phase = 'Failed')::int AS failed,
            count(*) FILTER (WHERE phase NOT IN ('Pending', 'Running', 'Succeeded', 'Failed'))::int AS unknown,
            coalesce(sum(restart_count), 0)::int AS "restartCount",
            coalesce(sum(cpu_cores_requested) FILTER (WHERE phase NOT IN ('Succeeded', 'Failed')), 0) AS "cpuCoresRequested",
            coalesce(sum(memory_bytes_requested) FILTER (WHERE phase NOT IN ('Succeeded', 'Failed')), 0) AS "memoryBytesRequested",
            count(DISTINCT namespace)::int AS "namespaceCount"
       FROM pod WHERE cluster_id = ANY($1::smallint[]) AND ${teamBound("team", "$2")}
      GROUP BY team ORDER BY team IS NULL, count(*) DESC, team LIMIT 1000`,
    [scope.clusterIds, scope.teams],
  );
}

const TeamRow = z.object({
  team: z.string().nullable(),
  clusterCount: z.number(),
  namespaceCount: z.number(),
  workloadCount: z.number(),
  podCount: z.number(),
});
export type TeamRow = z.infer<typeof TeamRow>;

/** Teams after `after` by name, unowned last. */
export function readTeams(
  db: Db,
  scope: Scope,
  page: { readonly after: string | null; readonly limit: number },
): Promise<TeamRow[]> {
  return selectRows(
    db,
    TeamRow,
    `SELECT team, count(DISTINCT cluster_id)::int AS "clusterCount",
            count(DISTINCT (cluster_id, namespace))::int AS "namespaceCount",
            count(*)::int AS "workloadCount", coalesce(sum(pod_count), 0)::int AS "podCount"
       FROM workload
      WHERE cluster_id = ANY($1::smallint[]) AND ${teamBound("team", "$2")}
        AND ($3::text IS NULL OR team IS NULL OR team > $3)
      GROUP BY team ORDER BY team NULLS LAST LIMIT $4`,
    [scope.clusterIds, scope.teams, page.after, page.limit],
  );
}

const NamespaceRow = z.object({ clusterId: z.number(), namespace: z.string() });

/** Namespaces in which every workload belongs to the viewer: the only ones whose objects a bounded viewer is told of by name. */
export function readWhollyOwnedNamespaces(db: Db, scope: Scope): Promise<z.infer<typeof NamespaceRow>[]> {
  return selectRows(
    db,
    NamespaceRow,
    `SELECT cluster_id::int AS "clusterId", namespace FROM workload
      WHERE cluster_id = ANY($1::smallint[])
      GROUP BY cluster_id, namespace HAVING bool_and(${teamBound("team", "$2")}) LIMIT 50000`,
    [scope.clusterIds, scope.teams],
  );
}
