import { z } from "zod";
import type { Db } from "../db.ts";
import { MAX_STALE_SECONDS } from "../snapshots.ts";
import { type Scope, selectRows } from "./rows.ts";

const SwapRow = z.object({ clusterId: z.number(), behavior: z.string(), nodeNames: z.array(z.string()) });
export type KubeletSwapRow = z.infer<typeof SwapRow>;

/**
 * Nodes by the swap policy that their kubelets told, of all nodes or of one. As long as the stored part counts as known: not after a
 * refusal, and not when it is more than a day old and could not be read again.
 */
export function readKubeletSwap(
  db: Db,
  scope: Scope,
  now: Date,
  node: string | null = null,
): Promise<KubeletSwapRow[]> {
  return selectRows(
    db,
    SwapRow,
    `SELECT s.cluster_id::int AS "clusterId", s.behavior, CASE WHEN $3::text IS NULL THEN s.node_names ELSE ARRAY[$3] END AS "nodeNames"
       FROM kubelet_swap s
       JOIN snapshot_part p ON p.cluster_id = s.cluster_id AND p.part = 'kubelets' AND p.chunk = 0 AND p.read_id = s.read_id
      WHERE s.cluster_id = ANY($1::smallint[]) AND ($3::text IS NULL OR $3 = ANY(s.node_names))
        AND (p.state = 'value' OR (p.state = 'unknown' AND p.reason IS DISTINCT FROM 'forbidden' AND p.read_at >= $2))`,
    [scope.clusterIds, new Date(now.getTime() - MAX_STALE_SECONDS * 1000), node],
  );
}
