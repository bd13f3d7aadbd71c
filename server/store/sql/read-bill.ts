import { z } from "zod";
import type { Db } from "../db.ts";
import { selectRows } from "./rows.ts";

const BillRow = z.object({
  clusterId: z.number(),
  day: z.string(),
  billedBytes: z.number(),
  billedCost: z.number().nullable(),
});
export type BillRow = z.infer<typeof BillRow>;

/** Billed cross-zone bytes and money by cluster and day. */
export function readBillDays(db: Db, clusterIds: readonly number[], days: readonly string[]): Promise<BillRow[]> {
  return selectRows(
    db,
    BillRow,
    `SELECT cluster_id::int AS "clusterId", day::text AS day, sum(billed_bytes)::float8 AS "billedBytes",
            CASE WHEN bool_or(billed_cost IS NULL) THEN NULL ELSE sum(billed_cost)::float8 END AS "billedCost"
       FROM network_bill WHERE cluster_id = ANY($1::smallint[]) AND day = ANY($2::date[])
      GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 50000`,
    [clusterIds, days],
  );
}
