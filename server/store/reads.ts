import type { PoolClient } from "pg";
import type { ReadKind, ReadStatus, SourceRecord } from "../domain/coverage.ts";
import { copyRows } from "./copy-rows.ts";
import type { Db } from "./db.ts";

export type ReadHandle = {
  readonly clusterId: number;
  readonly id: string;
  readonly kind: ReadKind;
  readonly startedAt: Date;
};

/** Opens the record of a read. Its data appear only when `finishRead` commits together with them. */
export async function startRead(db: Db, read: ReadHandle, requestedBy: string, rulesVersion: number): Promise<void> {
  await db.query(
    `INSERT INTO read_record (cluster_id, started_at, id, kind, status, requested_by, rules_version)
     VALUES ($1, $2, $3, $4, 'running', $5, $6)`,
    [read.clusterId, read.startedAt, read.id, read.kind, requestedBy, rulesVersion],
  );
  await db.query(
    `INSERT INTO read_state (cluster_id, kind, last_read_id, last_started_at, last_status) VALUES ($1, $2, $3, $4, 'running')
     ON CONFLICT (cluster_id, kind) DO UPDATE SET last_read_id = excluded.last_read_id, last_started_at = excluded.last_started_at,
       last_status = 'running'`,
    [read.clusterId, read.kind, read.id, read.startedAt],
  );
}

export type ReadProgress = { readonly done: number; readonly total: number | null; readonly step: string };

export async function saveProgress(db: Db, read: ReadHandle, progress: ReadProgress): Promise<void> {
  await db.query(`UPDATE read_record SET progress = $4 WHERE cluster_id = $1 AND started_at = $2 AND id = $3`, [
    read.clusterId,
    read.startedAt,
    read.id,
    JSON.stringify(progress),
  ]);
}

/**
 * Closes a read inside the caller's transaction: record, sources, coverage and – when it brought anything – the pointer to
 * the newest good reading. A failed read leaves the good pointer where it was.
 */
export async function finishRead(
  client: PoolClient,
  read: ReadHandle,
  result: {
    status: Exclude<ReadStatus, "running" | "abandoned">;
    finishedAt: Date;
    reason: string | null;
    detail: string | null;
    sources: readonly SourceRecord[];
  },
): Promise<void> {
  await client.query(
    `UPDATE read_record SET status = $4, finished_at = $5, reason = $6, detail = $7
      WHERE cluster_id = $1 AND started_at = $2 AND id = $3`,
    [read.clusterId, read.startedAt, read.id, result.status, result.finishedAt, result.reason, result.detail],
  );
  await client.query(
    `UPDATE read_state SET last_status = $3, last_finished_at = $4, last_reason = $5, last_detail = $6,
        failure_count = CASE WHEN $3 = 'failed' THEN failure_count + 1 ELSE 0 END,
        good_read_id = CASE WHEN $3 = 'failed' THEN good_read_id ELSE $7 END,
        good_taken_at = CASE WHEN $3 = 'failed' THEN good_taken_at ELSE $8 END
      WHERE cluster_id = $1 AND kind = $2`,
    [
      read.clusterId,
      read.kind,
      result.status,
      result.finishedAt,
      result.reason,
      result.detail,
      read.id,
      read.startedAt,
    ],
  );
  await saveSources(client, read, result.sources);
}

async function saveSources(client: PoolClient, read: ReadHandle, sources: readonly SourceRecord[]): Promise<void> {
  if (sources.length === 0) return;
  await copyRows(
    client,
    "read_source",
    [
      "cluster_id",
      "started_at",
      "read_id",
      "source",
      "kind",
      "status",
      "reason",
      "detail",
      "fix",
      "object_count",
      "expected_count",
      "skipped_count",
      "received_bytes",
      "query_count",
      "duration_seconds",
    ],
    sources.map((s) => [
      read.clusterId,
      read.startedAt,
      read.id,
      s.source,
      s.kind,
      s.status,
      s.reason,
      s.detail,
      s.fix === null ? null : { json: s.fix },
      s.objectCount,
      s.expectedCount,
      s.skippedCount,
      s.receivedBytes,
      s.queryCount,
      s.durationSeconds,
    ]),
  );
  await client.query(
    `INSERT INTO source_state (cluster_id, read_kind, source, kind, status, reason, detail, fix, object_count, expected_count,
        skipped_count, received_bytes, query_count, duration_seconds, attempted_at, last_ok_at)
     SELECT cluster_id, $3, source, kind, status, reason, detail, fix, object_count, expected_count, skipped_count,
        received_bytes, query_count, duration_seconds, $2, CASE WHEN status IN ('ok', 'not-served') THEN $2::timestamptz END
       FROM read_source WHERE cluster_id = $1 AND started_at = $2 AND read_id = $4
     ON CONFLICT (cluster_id, read_kind, source) DO UPDATE SET kind = excluded.kind, status = excluded.status, reason = excluded.reason,
        detail = excluded.detail, fix = excluded.fix, object_count = excluded.object_count, expected_count = excluded.expected_count,
        skipped_count = excluded.skipped_count, received_bytes = excluded.received_bytes, query_count = excluded.query_count,
        duration_seconds = excluded.duration_seconds, attempted_at = excluded.attempted_at,
        last_ok_at = coalesce(excluded.last_ok_at, source_state.last_ok_at)`,
    [read.clusterId, read.startedAt, read.kind, read.id],
  );
  // A source that this kind of read no longer asks (renamed, configuration changed) is not coverage any more.
  await client.query(
    `DELETE FROM source_state WHERE cluster_id = $1 AND read_kind = $2 AND attempted_at < $3
        AND attempted_at < $3::timestamptz - interval '1 day'`,
    [read.clusterId, read.kind, read.startedAt],
  );
}

/**
 * Reads left "running" by a process that died. Their data were never committed, so closing the record loses nothing.
 * `olderThan` must be later than any live read can last.
 */
export async function abandonReads(
  db: Db,
  clusterId: number,
  kind: ReadKind,
  exceptId: string,
  at: Date,
): Promise<number> {
  const { rowCount } = await db.query(
    `UPDATE read_record SET status = 'abandoned', finished_at = $4, reason = 'stale', detail = 'the collector stopped before this read was complete; nothing of it was stored'
      WHERE cluster_id = $1 AND kind = $2 AND id <> $3 AND status = 'running' AND started_at > $4::timestamptz - interval '14 days'`,
    [clusterId, kind, exceptId, at],
  );
  return rowCount ?? 0;
}
