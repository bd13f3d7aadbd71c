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

/** Mean over the window, weighted by the seconds that each sample stands for; null without a sample. */
function mean(id: MetricId): string {
  const value = `m."values"[${metricPosition(id)}]`;
  return `sum(${value} * m.covered_seconds) / nullif(sum(m.covered_seconds) FILTER (WHERE ${value} IS NOT NULL), 0) AS "${id}"`;
}

const WAITING = ["cpuWaitingRatio", "memoryWaitingRatio", "ioWaitingRatio"] as const;
const QUANTITIES: readonly MetricId[] = [
  ...WAITING,
  "cpuStalledRatio",
  "memoryStalledRatio",
  "ioStalledRatio",
  "cpuUsedCores",
  "memoryWorkingSetBytes",
];

/** Those whose tasks waited longest for one resource in the window, worst first. Without a pressure sample: not listed. */
export function readHotSpots(
  db: Db,
  scope: Scope,
  question: { readonly level: "node" | "workload"; readonly from: Date; readonly to: Date; readonly limit: number },
): Promise<HotSpotRow[]> {
  const worst = `greatest(${WAITING.map((id) => `w."${id}"`).join(", ")})`;
  return selectRows(
    db,
    HotSpotRow,
    `WITH measured AS (
       SELECT m.cluster_id, m.entity_id, max(m.at) AS at, ${QUANTITIES.map(mean).join(", ")}
         FROM metric_raw m
        WHERE m.cluster_id = ANY($1::smallint[]) AND m.level = $3 AND m.at >= $4 AND m.at < $5
        GROUP BY m.cluster_id, m.entity_id
     )
     SELECT w.cluster_id::int AS "clusterId", e.namespace, e.kind, e.name, e.team, n.pool, w.at,
            ${QUANTITIES.map((id) => `w."${id}"`).join(", ")}
       FROM measured w
       JOIN entity e ON e.cluster_id = w.cluster_id AND e.id = w.entity_id
       LEFT JOIN node n ON $3 = 'node' AND n.cluster_id = w.cluster_id AND n.name = e.name
      WHERE ${worst} > 0 AND ($3 = 'node' OR ${teamBound("e.team", "$2")})
      ORDER BY ${worst} DESC, w.cluster_id, e.namespace, e.name LIMIT $6`,
    [scope.clusterIds, scope.teams, question.level, question.from, question.to, question.limit],
  );
}

const MeasuredRow = z.object({ clusterId: z.number(), nodeCount: z.number() });

/** Nodes with at least one pressure sample in the window, by cluster. */
export function readMeasuredNodes(
  db: Db,
  scope: Scope,
  window: { readonly from: Date; readonly to: Date },
): Promise<z.infer<typeof MeasuredRow>[]> {
  const has = WAITING.map((id) => `m."values"[${metricPosition(id)}] IS NOT NULL`).join(" OR ");
  return selectRows(
    db,
    MeasuredRow,
    `SELECT m.cluster_id::int AS "clusterId", count(DISTINCT m.entity_id)::int AS "nodeCount"
       FROM metric_raw m
      WHERE m.cluster_id = ANY($1::smallint[]) AND m.level = 'node' AND m.at >= $2 AND m.at < $3 AND (${has})
      GROUP BY m.cluster_id`,
    [scope.clusterIds, window.from, window.to],
  );
}
