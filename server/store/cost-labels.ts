import type { PoolClient } from "pg";
import type { WorkloadLabel } from "../domain/cost/cost-labels.ts";

/** Where the first value of a label begins: it holds for the days before it was seen, as nothing else is known of them. */
const ALWAYS = "2000-01-01";

/**
 * Brings the dated labels of a cluster up to date with what a read saw; part of the transaction of the read. A changed value ends on
 * `today` and the new one begins on it. Workloads that are gone keep theirs: their past days are still grouped by it.
 */
export async function saveCostLabels(
  client: PoolClient,
  clusterId: number,
  labels: readonly WorkloadLabel[],
  today: string,
): Promise<void> {
  await client.query(
    `CREATE TEMP TABLE IF NOT EXISTS incoming_label (key text, namespace text, kind text, name text, value text) ON COMMIT DROP`,
  );
  await client.query(`TRUNCATE incoming_label`);
  await client.query(
    `INSERT INTO incoming_label SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])`,
    [
      labels.map((row) => row.key),
      labels.map((row) => row.namespace),
      labels.map((row) => row.kind),
      labels.map((row) => row.name),
      labels.map((row) => row.value),
    ],
  );
  const same = `l.cluster_id = $1 AND l.key = i.key AND l.namespace = i.namespace AND l.workload_kind = i.kind AND l.workload_name = i.name`;
  const changed = `l.valid_to IS NULL AND l.value IS DISTINCT FROM i.value`;
  await client.query(
    `DELETE FROM cost_label l USING incoming_label i WHERE ${same} AND ${changed} AND l.valid_from >= $2::date`,
    [clusterId, today],
  );
  await client.query(`UPDATE cost_label l SET valid_to = $2::date FROM incoming_label i WHERE ${same} AND ${changed}`, [
    clusterId,
    today,
  ]);
  await client.query(
    `INSERT INTO cost_label (cluster_id, key, namespace, workload_kind, workload_name, value, valid_from)
     SELECT $1, i.key, i.namespace, i.kind, i.name, i.value,
            CASE WHEN EXISTS (SELECT 1 FROM cost_label l WHERE ${same}) THEN $2::date ELSE '${ALWAYS}'::date END
       FROM incoming_label i
      WHERE i.value IS NOT NULL AND NOT EXISTS (SELECT 1 FROM cost_label l WHERE ${same} AND l.valid_to IS NULL)
     ON CONFLICT DO NOTHING`,
    [clusterId, today],
  );
}
