import { z } from "zod";
import { metricPosition } from "../../domain/metrics.ts";
import type { Db } from "../db.ts";
import { type Scope, selectRows } from "./rows.ts";

const HourRow = z.object({
  at: z.date(),
  /** Null = nothing of it had a price. */
  cost: z.number().nullable(),
  isUnpriced: z.boolean(),
  /** Mean of the hour; null = not counted then. */
  replicas: z.number().nullable(),
});
export type ReplicaCostHour = z.infer<typeof HourRow>;

/** What a workload that the caller has bound already cost in each full hour, and how many replicas it had. */
export function readReplicaCost(
  db: Db,
  scope: Scope,
  workload: {
    readonly clusterId: number;
    readonly entityId: number;
    readonly namespace: string;
    readonly kind: string;
    readonly name: string;
  },
  hours: { readonly from: Date; readonly to: Date },
): Promise<ReplicaCostHour[]> {
  const position = metricPosition("replicaCount");
  return selectRows(
    db,
    HourRow,
    `SELECT c.at, sum(c.cost)::float8 AS cost, bool_or(c.cost IS NULL) AS "isUnpriced",
            (SELECT h.sums[${position}] / nullif(h.covered_seconds[${position}], 0) FROM metric_hourly h
              WHERE h.cluster_id = $2 AND h.entity_id = $3 AND h.at = c.at) AS replicas
       FROM cost_hourly c
      WHERE c.cluster_id = $2 AND c.cluster_id = ANY($1::smallint[]) AND c.namespace = $4 AND c.workload_kind = $5
        AND c.workload_name = $6 AND c.at >= $7 AND c.at < $8
      GROUP BY c.at ORDER BY c.at`,
    [
      scope.clusterIds,
      workload.clusterId,
      workload.entityId,
      workload.namespace,
      workload.kind,
      workload.name,
      hours.from,
      hours.to,
    ],
  );
}
