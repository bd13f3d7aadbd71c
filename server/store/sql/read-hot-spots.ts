import { z } from "zod";
import { type MetricId, metricPosition } from "../../domain/metrics.ts";
import type { Db } from "../db.ts";
import { type Scope, selectRows, teamBound } from "./rows.ts";

const ratio = z.number().nullable();
const HotSpotRow = z.object({
  clusterId: z.number(),
  namespace: z.string(),
  kind: z.string(),
  name: z.string(),
  team: z.string().nullable(),
  pool: z.string().nullable(),
  at: z.date(),
  cpuWaitingRatio: ratio,
  cpuStalledRatio: ratio,
  memoryWaitingRatio: ratio,
  memoryStalledRatio: ratio,
  ioWaitingRatio: ratio,
  ioStalledRatio: ratio,
  cpuUsedCores: ratio,
  memoryWorkingSetBytes: ratio,
});
export type HotSpotRow = z.infer<typeof HotSpotRow>;

const WAITING = ["cpuWaitingRatio", "memoryWaitingRatio", "ioWaitingRatio"] as const;
const QUANTITIES: readonly MetricId[] = [
  ...WAITING,
  "cpuStalledRatio",
  "memoryStalledRatio",
  "ioStalledRatio",
  "cpuUsedCores",
  "memoryWorkingSetBytes",
];

type Window = { readonly from: Date; readonly to: Date };

/** Each cluster's newest reading of a level in the window; one probe of an index per cluster. */
const NEWEST = `SELECT c.id AS cluster_id, (
         SELECT max(at) FROM metric_raw WHERE cluster_id = c.id AND level = $2 AND at >= $3 AND at < $4) AS at
       FROM unnest($1::smallint[]) AS c(id)`;
const value = (id: MetricId) => `m."values"[${metricPosition(id)}]`;

/**
 * Those whose tasks wait longest for one resource, worst first, by each cluster's newest reading – one sample stands for
 * the minutes that its rate was taken over. Without a pressure sample, or at rest, a thing is not listed.
 */
export function readHotSpots(
  db: Db,
  scope: Scope,
  question: Window & { readonly level: "node" | "workload"; readonly limit: number },
): Promise<HotSpotRow[]> {
  const worst = `greatest(${WAITING.map(value).join(", ")})`;
  return selectRows(
    db,
    HotSpotRow,
    `WITH newest AS MATERIALIZED (${NEWEST})
     SELECT m.cluster_id::int AS "clusterId", e.namespace, e.kind, e.name, e.team, n.pool, m.at,
            ${QUANTITIES.map((id) => `${value(id)} AS "${id}"`).join(", ")}
       FROM newest
       JOIN metric_raw m ON m.cluster_id = newest.cluster_id AND m.level = $2 AND m.at = newest.at
       JOIN entity e ON e.cluster_id = m.cluster_id AND e.id = m.entity_id
       LEFT JOIN node n ON $2 = 'node' AND n.cluster_id = m.cluster_id AND n.name = e.name
      WHERE m.at >= $3 AND m.at < $4 AND ${worst} > 0 AND ($2 = 'node' OR ${teamBound("e.team", "$5")})
      ORDER BY ${worst} DESC, m.cluster_id, e.namespace, e.name LIMIT $6`,
    [scope.clusterIds, question.level, question.from, question.to, scope.teams, question.limit],
  );
}

const MeasuredRow = z.object({ clusterId: z.number(), nodeCount: z.number() });

/** Nodes with a pressure sample in their cluster's newest reading. */
export function readMeasuredNodes(db: Db, scope: Scope, window: Window): Promise<z.infer<typeof MeasuredRow>[]> {
  return selectRows(
    db,
    MeasuredRow,
    `WITH newest AS MATERIALIZED (${NEWEST})
     SELECT m.cluster_id::int AS "clusterId", count(*)::int AS "nodeCount"
       FROM newest
       JOIN metric_raw m ON m.cluster_id = newest.cluster_id AND m.level = $2 AND m.at = newest.at
      WHERE m.at >= $3 AND m.at < $4 AND (${WAITING.map((id) => `${value(id)} IS NOT NULL`).join(" OR ")})
      GROUP BY m.cluster_id`,
    [scope.clusterIds, "node", window.from, window.to],
  );
}
