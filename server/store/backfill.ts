import type { PoolClient } from "pg";
import type { Db } from "./db.ts";

export type StoredChunk = { readonly id: string; readonly plan: unknown };
export type BackfillState = { readonly total: number; readonly done: number; readonly failed: number };

/** Writes a plan down once; a plan that is there already is kept, so that a restarted job goes on with it. */
export async function saveBackfillPlan(
  db: Db,
  clusterId: number,
  chunks: readonly { readonly id: string }[],
  options: { readonly endsBeforePresent?: boolean } = {},
): Promise<void> {
  await db.query(
    `INSERT INTO backfill_chunk (cluster_id, id, position, plan, status)
     SELECT $1, x.id, x.position, x.plan, 'waiting' FROM jsonb_to_recordset($2::jsonb) AS x(id text, position int, plan jsonb)
     ON CONFLICT DO NOTHING`,
    [
      clusterId,
      JSON.stringify(
        chunks.map((chunk, position) => ({
          id: chunk.id,
          position,
          plan: options.endsBeforePresent === true ? { ...chunk, endsBeforePresent: true } : chunk,
        })),
      ),
    ],
  );
}

/**
 * The next chunks to run: the first that waits and those of the same level and step – they fill the same rows, and writing a row once
 * with all its quantities is an order of magnitude cheaper than filling it one by one.
 */
export async function nextBackfillChunks(db: Db, clusterId: number, limit: number): Promise<StoredChunk[]> {
  const { rows } = await db.query<StoredChunk>(
    `WITH first AS (SELECT plan FROM backfill_chunk WHERE cluster_id = $1 AND status = 'waiting' ORDER BY position LIMIT 1)
     SELECT c.id, c.plan FROM backfill_chunk c, first f
      WHERE c.cluster_id = $1 AND c.status = 'waiting'
        AND (c.plan->'level', c.plan->'stepSeconds') = (f.plan->'level', f.plan->'stepSeconds')
      ORDER BY c.position LIMIT $2`,
    [clusterId, limit],
  );
  return rows;
}

/** Closes a chunk in the transaction that stores its rows: a chunk is done exactly when its rows are there. */
export async function finishBackfillChunk(
  client: PoolClient | Db,
  clusterId: number,
  id: string,
  result: { status: "done" | "failed"; rowCount: number; reason: string | null; detail: string | null; at: Date },
): Promise<void> {
  await client.query(
    `UPDATE backfill_chunk SET status = $3, row_count = $4, reason = $5, detail = $6, finished_at = $7 WHERE cluster_id = $1 AND id = $2`,
    [clusterId, id, result.status, result.rowCount, result.reason, result.detail, result.at],
  );
}

export async function loadBackfillState(db: Db, clusterId: number): Promise<BackfillState> {
  const { rows } = await db.query<BackfillState>(
    `SELECT count(*)::int AS total, count(*) FILTER (WHERE status = 'done')::int AS done, count(*) FILTER (WHERE status = 'failed')::int AS failed
       FROM backfill_chunk WHERE cluster_id = $1`,
    [clusterId],
  );
  return rows[0] ?? { total: 0, done: 0, failed: 0 };
}

/** Whether use of nodes and workloads is there for the whole span that was planned; what costs are made of. False before the first plan. */
export async function isUseFilled(db: Db, clusterId: number): Promise<boolean> {
  const { rows } = await db.query<{ filled: boolean }>(
    `SELECT count(*) > 0 AND count(*) FILTER (WHERE status = 'waiting' AND plan->>'level' IN ('node', 'workload')) = 0 AS filled
       FROM backfill_chunk WHERE cluster_id = $1`,
    [clusterId],
  );
  return rows[0]?.filled ?? false;
}

/** Where a history ends that was filled while the present could not be read, until a later plan has gone on from there; else null. */
export async function readUnfinishedEnd(db: Db, clusterId: number): Promise<number | null> {
  const { rows } = await db.query<{ end: number | null }>(
    `SELECT CASE WHEN max(until) = max(until) FILTER (WHERE is_past) THEN max(until) END AS end
       FROM (SELECT (plan->>'endSeconds')::int AS until, plan ? 'endsBeforePresent' AS is_past FROM backfill_chunk WHERE cluster_id = $1) c`,
    [clusterId],
  );
  return rows[0]?.end ?? null;
}
