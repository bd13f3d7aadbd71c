import { z } from "zod";
import type { Db } from "../db.ts";
import { type Scope, selectRows, teamBound } from "./rows.ts";

const CostShareRow = z.object({
  clusterId: z.number(),
  at: z.date(),
  share: z.string(),
  team: z.string(),
  cost: z.number().nullable(),
  clusterCost: z.number().nullable(),
});
export type CostShareRow = z.infer<typeof CostShareRow>;

/**
 * How the newest costed hour of each cluster splits by share and team (`''` = unowned). `clusterCost` is the cost of all
 * its nodes in that hour, whoever held them, so that a part can be put in proportion.
 */
export function readCostSplit(
  db: Db,
  scope: Scope,
  window: { readonly from: Date; readonly to: Date },
): Promise<CostShareRow[]> {
  return selectRows(
    db,
    CostShareRow,
    `WITH newest AS (
       SELECT cluster_id, max(at) AS at FROM cost_hourly
        WHERE cluster_id = ANY($1::smallint[]) AND at >= $3 AND at < $4 GROUP BY cluster_id
     ), hour AS (
       SELECT c.cluster_id, c.at, c.share, c.team, sum(c.cost) AS cost
         FROM cost_hourly c JOIN newest n ON n.cluster_id = c.cluster_id AND n.at = c.at
        WHERE c.cluster_id = ANY($1::smallint[]) AND c.at >= $3 AND c.at < $4
          AND c.resource IN ('cpu', 'memory', 'gpu')
        GROUP BY c.cluster_id, c.at, c.share, c.team
     ), total AS (
       SELECT cluster_id, sum(cost)::float8 AS cluster_cost FROM hour GROUP BY cluster_id
     )
     SELECT h.cluster_id::int AS "clusterId", h.at, h.share, h.team, h.cost::float8 AS cost, t.cluster_cost AS "clusterCost"
       FROM hour h JOIN total t USING (cluster_id)
      WHERE ${teamBound("h.team", "$2")}
      ORDER BY h.cluster_id, h.cost DESC NULLS LAST LIMIT 20000`,
    [scope.clusterIds, scope.teams, window.from, window.to],
  );
}
