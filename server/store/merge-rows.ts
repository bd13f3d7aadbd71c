import type { PoolClient } from "pg";
import { type CopyValue, copyRows } from "./copy-rows.ts";

export type MergeTable = {
  readonly table: string;
  readonly key: readonly string[];
  readonly columns: readonly string[];
};

/**
 * Makes the rows of one cluster in `table` equal to `rows`: inserts new ones, updates those that differ, deletes those that
 * are gone. Unchanged rows are not written, so a quiet cluster costs almost no write. The first column must be cluster_id.
 * Runs inside the caller's transaction. A first load goes straight into the table.
 */
export async function mergeRows(
  client: PoolClient,
  target: MergeTable,
  clusterId: number,
  rows: Iterable<readonly CopyValue[]>,
): Promise<{ received: number; written: number; deleted: number }> {
  const { table, key, columns } = target;
  const { rows: existing } = await client.query(`SELECT 1 FROM "${table}" WHERE cluster_id = $1 LIMIT 1`, [clusterId]);
  if (existing.length === 0) {
    const received = await copyRows(client, table, columns, rows);
    return { received, written: received, deleted: 0 };
  }
  const staging = `incoming_${table}`;
  const list = columns.map((column) => `"${column}"`).join(", ");
  await client.query(`CREATE TEMP TABLE IF NOT EXISTS "${staging}" (LIKE "${table}") ON COMMIT DROP`);
  await client.query(`TRUNCATE "${staging}"`);
  const received = await copyRows(client, staging, columns, rows);
  await client.query(`ANALYZE "${staging}"`);
  const rest = columns.filter((column) => !key.includes(column));
  const set = rest.map((column) => `"${column}" = excluded."${column}"`).join(", ");
  const old = rest.map((column) => `"${table}"."${column}"`).join(", ");
  const fresh = rest.map((column) => `excluded."${column}"`).join(", ");
  const written = await client.query(
    `INSERT INTO "${table}" (${list}) SELECT ${list} FROM "${staging}"
     ON CONFLICT (${key.map((column) => `"${column}"`).join(", ")})
     DO UPDATE SET ${set} WHERE (${old}) IS DISTINCT FROM (${fresh})`,
  );
  const match = key.map((column) => `s."${column}" = t."${column}"`).join(" AND ");
  const deleted = await client.query(
    `DELETE FROM "${table}" t WHERE t.cluster_id = $1 AND NOT EXISTS (SELECT 1 FROM "${staging}" s WHERE ${match})`,
    [clusterId],
  );
  return { received, written: written.rowCount ?? 0, deleted: deleted.rowCount ?? 0 };
}
