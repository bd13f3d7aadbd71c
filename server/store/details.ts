import type { Pool } from "pg";
import type { PgBoss } from "pg-boss";
import { type Db, inTransaction } from "./db.ts";
import { type DetailJob, sendDetail } from "./queue.ts";

/** One new job per second and cluster, over all web processes; a burst waits its turn, a long queue is refused. */
const SPACING = "1 second";
const LONGEST_WAIT = "5 seconds";

export type DetailAnswer = "queued" | "joined" | "refused";

export type DetailResult = {
  readonly status: "done" | "failed";
  readonly reason: string | null;
  readonly detail: string | null;
  readonly body: unknown;
};

export async function saveDetailResult(db: Db, job: DetailJob, result: DetailResult, at: Date): Promise<void> {
  await db.query(
    `INSERT INTO detail_result (cluster_id, namespace, pod, window_seconds, until_at, status, reason, detail, body, finished_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (cluster_id, namespace, pod, window_seconds, until_at) DO UPDATE SET status = excluded.status, reason = excluded.reason,
       detail = excluded.detail, body = excluded.body, finished_at = excluded.finished_at`,
    [
      job.clusterId,
      job.namespace,
      job.pod,
      job.windowSeconds,
      job.untilAt,
      result.status,
      result.reason,
      result.detail,
      result.body === null ? null : JSON.stringify(result.body),
      at,
    ],
  );
}

/**
 * Hands a detail job to the queue, or joins the one that another reader asked for. The request and its job appear together.
 *
 * Basis: the lock of the cluster's requests makes the turn one of the whole fleet; the time is the database's.
 */
export async function requestDetail(pool: Pool, boss: PgBoss, job: DetailJob): Promise<DetailAnswer> {
  const key = [job.clusterId, job.namespace, job.pod, job.windowSeconds, job.untilAt];
  return inTransaction(pool, async (client) => {
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('detail_request'), $1)`, [job.clusterId]);
    const { rows: asked } = await client.query(
      `SELECT 1 FROM detail_request
        WHERE cluster_id = $1 AND namespace = $2 AND pod = $3 AND window_seconds = $4 AND until_at = $5`,
      key,
    );
    if (asked.length > 0) return "joined";
    const { rows } = await client.query<{ slot_at: Date }>(
      `INSERT INTO detail_request (cluster_id, namespace, pod, window_seconds, until_at, slot_at)
       SELECT $1, $2, $3, $4, $5, slot.at
         FROM (SELECT greatest(clock_timestamp(), max(slot_at) + interval '${SPACING}') AS at
                 FROM detail_request WHERE cluster_id = $1) AS slot
        WHERE slot.at <= clock_timestamp() + interval '${LONGEST_WAIT}'
       RETURNING slot_at`,
      key,
    );
    const slot = rows[0];
    if (slot === undefined) return "refused";
    await sendDetail(boss, job, slot.slot_at, client);
    return "queued";
  });
}

export async function dropOldDetails(db: Db, now: Date): Promise<void> {
  await db.query(`DELETE FROM detail_result WHERE finished_at < $1::timestamptz - interval '1 hour'`, [now]);
  await db.query(`DELETE FROM detail_request WHERE slot_at < $1::timestamptz - interval '1 hour'`, [now]);
}
