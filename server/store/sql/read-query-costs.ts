import { z } from "zod";
import type { Db } from "../db.ts";
import { type Scope, selectRows } from "./rows.ts";

const CostRow = z.object({
  clusterId: z.number(),
  query: z.string(),
  status: z.string(),
  reason: z.string().nullable(),
  rowCount: z.number(),
  queryCount: z.number(),
  receivedBytes: z.coerce.number(),
  durationSeconds: z.number(),
  askedAt: z.date(),
});

/** What each of the named questions of the metrics reads cost when it was last asked. */
export function readQueryCosts(db: Db, scope: Scope, queries: readonly string[]): Promise<z.infer<typeof CostRow>[]> {
  return selectRows(
    db,
    CostRow,
    `SELECT cluster_id::int AS "clusterId", substr(source, 7) AS query, status, reason, object_count AS "rowCount",
            query_count AS "queryCount", received_bytes AS "receivedBytes", duration_seconds AS "durationSeconds",
            attempted_at AS "askedAt"
       FROM source_state
      WHERE cluster_id = ANY($1::smallint[]) AND read_kind = 'metrics' AND source = ANY($2::text[])
      ORDER BY cluster_id, source`,
    [scope.clusterIds, queries.map((query) => `query:${query}`)],
  );
}
