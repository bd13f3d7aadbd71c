import type { PoolClient } from "pg";
import type { BillLine } from "../../domain/network/parse-bill.ts";

/** Stores bill lines of one cluster; a line of the same day and name is replaced. Returns how many there were. */
export async function saveBillLines(
  client: PoolClient,
  clusterId: number,
  lines: readonly BillLine[],
  actor: string,
): Promise<number> {
  const { rowCount } = await client.query(
    `INSERT INTO network_bill AS b (cluster_id, day, line, billed_bytes, billed_cost, imported_by)
     SELECT $1, day, line, sum(bytes), sum(cost), $6
       FROM unnest($2::date[], $3::text[], $4::float8[], $5::numeric[]) AS x(day, line, bytes, cost) GROUP BY day, line
     ON CONFLICT (cluster_id, day, line) DO UPDATE SET billed_bytes = excluded.billed_bytes, billed_cost = excluded.billed_cost,
       imported_by = excluded.imported_by, imported_at = now()`,
    [
      clusterId,
      lines.map((line) => line.day),
      lines.map((line) => line.line),
      lines.map((line) => line.billedBytes),
      lines.map((line) => line.billedCost),
      actor,
    ],
  );
  return rowCount ?? 0;
}
