import type { Db } from "./db.ts";
import type { DetailJob } from "./queue.ts";

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

export async function dropOldDetails(db: Db, now: Date): Promise<void> {
  await db.query(`DELETE FROM detail_result WHERE finished_at < $1::timestamptz - interval '1 hour'`, [now]);
}
