import { z } from "zod";
import type { Db } from "../db.ts";
import { type Scope, selectRows } from "./rows.ts";

const ReadStateRow = z.object({
  clusterId: z.number(),
  kind: z.string(),
  lastReadId: z.string().nullable(),
  lastStatus: z.string().nullable(),
  lastStartedAt: z.date().nullable(),
  lastFinishedAt: z.date().nullable(),
  lastReason: z.string().nullable(),
  lastDetail: z.string().nullable(),
  failureCount: z.number(),
  goodReadId: z.string().nullable(),
  goodTakenAt: z.date().nullable(),
});
export type ReadStateRow = z.infer<typeof ReadStateRow>;

export function readReadStates(db: Db, scope: Scope): Promise<ReadStateRow[]> {
  return selectRows(
    db,
    ReadStateRow,
    `SELECT cluster_id::int AS "clusterId", kind, last_read_id AS "lastReadId", last_status AS "lastStatus",
            last_started_at AS "lastStartedAt", last_finished_at AS "lastFinishedAt", last_reason AS "lastReason",
            last_detail AS "lastDetail", failure_count AS "failureCount", good_read_id AS "goodReadId",
            good_taken_at AS "goodTakenAt"
       FROM read_state WHERE cluster_id = ANY($1::smallint[]) ORDER BY cluster_id, kind LIMIT 10000`,
    [scope.clusterIds],
  );
}

const ReadRecordRow = z.object({
  id: z.string(),
  clusterId: z.number(),
  kind: z.string(),
  status: z.string(),
  startedAt: z.date(),
  finishedAt: z.date().nullable(),
  requestedBy: z.string(),
  reason: z.string().nullable(),
  detail: z.string().nullable(),
  progress: z.unknown(),
  rulesVersion: z.number(),
});
export type ReadRecordRow = z.infer<typeof ReadRecordRow>;

const RECORD_COLUMNS = `read_record.id, cluster_id::int AS "clusterId", kind, status, started_at AS "startedAt", finished_at AS "finishedAt",
            requested_by AS "requestedBy", reason, detail, progress, rules_version AS "rulesVersion"`;

export type RecordFilter = {
  readonly kind: string | null;
  readonly status: string | null;
  readonly since: Date;
  readonly before: { readonly startedAt: Date; readonly id: string } | null;
  readonly limit: number;
};

/**
 * Read records, newest first. `since` bounds the partitions that are looked into; each cluster is walked backwards along
 * its key, because two weeks of a fleet are hundreds of thousands of rows.
 */
export function readRecords(db: Db, scope: Scope, filter: RecordFilter): Promise<ReadRecordRow[]> {
  return selectRows(
    db,
    ReadRecordRow,
    `SELECT r.* FROM unnest($1::smallint[]) AS c(id) CROSS JOIN LATERAL (
       SELECT ${RECORD_COLUMNS}
         FROM read_record
        WHERE cluster_id = c.id AND started_at >= $2
          AND ($3::text IS NULL OR kind = $3) AND ($4::text IS NULL OR status = $4)
          AND ($5::timestamptz IS NULL OR (started_at, id) < ($5::timestamptz, $6::uuid))
        ORDER BY started_at DESC, id DESC LIMIT $7) r
      ORDER BY r."startedAt" DESC, r.id DESC LIMIT $7`,
    [
      scope.clusterIds,
      filter.since,
      filter.kind,
      filter.status,
      filter.before?.startedAt ?? null,
      filter.before?.id ?? null,
      filter.limit,
    ],
  );
}

const ReadCountRow = z.object({ clusterId: z.number(), kind: z.string(), status: z.string(), readCount: z.number() });

/** Reads that started since a moment, by cluster, kind and status. */
export function readReadCounts(db: Db, scope: Scope, since: Date): Promise<z.infer<typeof ReadCountRow>[]> {
  return selectRows(
    db,
    ReadCountRow,
    `SELECT cluster_id::int AS "clusterId", kind, status, count(*)::int AS "readCount"
       FROM read_record WHERE cluster_id = ANY($1::smallint[]) AND started_at >= $2
      GROUP BY cluster_id, kind, status ORDER BY cluster_id, kind, status`,
    [scope.clusterIds, since],
  );
}

export type ReadAfter = { readonly kind: string; readonly startedAt: Date | null; readonly isIncluded: boolean };

/**
 * Of each kind the first read that started after the given one – or that one itself, where `isIncluded`. Abandoned reads
 * do not count: whoever waits for one wants the next.
 */
export function readRecordsAfter(
  db: Db,
  scope: Scope,
  reads: readonly ReadAfter[],
  since: Date,
): Promise<ReadRecordRow[]> {
  return selectRows(
    db,
    ReadRecordRow,
    `SELECT DISTINCT ON (kind) ${RECORD_COLUMNS}
       FROM read_record
       JOIN unnest($2::text[], $3::timestamptz[], $4::boolean[]) AS q(wanted, after, is_included) ON wanted = kind
      WHERE cluster_id = ANY($1::smallint[]) AND started_at >= $5 AND status <> 'abandoned'
        AND (q.after IS NULL OR started_at > q.after OR (q.is_included AND started_at = q.after))
      ORDER BY kind, started_at`,
    [
      scope.clusterIds,
      reads.map((read) => read.kind),
      reads.map((read) => read.startedAt),
      reads.map((read) => read.isIncluded),
      since,
    ],
  );
}

const sourceColumns = {
  source: z.string(),
  kind: z.string(),
  status: z.string(),
  reason: z.string().nullable(),
  detail: z.string().nullable(),
  fix: z.unknown(),
  objectCount: z.number(),
  expectedCount: z.number().nullable(),
  skippedCount: z.number(),
  receivedBytes: z.number(),
  queryCount: z.number(),
  durationSeconds: z.number(),
};
const SOURCE_COLUMNS = `source, kind, status, reason, detail, fix, object_count AS "objectCount", expected_count AS "expectedCount",
            skipped_count AS "skippedCount", received_bytes::float8 AS "receivedBytes", query_count AS "queryCount",
            duration_seconds AS "durationSeconds"`;

const ReadSourceRow = z.object({ readId: z.string(), ...sourceColumns });
export type ReadSourceRow = z.infer<typeof ReadSourceRow>;

/** What each source gave in these reads. */
export function readReadSources(
  db: Db,
  scope: Scope,
  reads: { readonly ids: readonly string[]; readonly from: Date; readonly to: Date },
): Promise<ReadSourceRow[]> {
  return selectRows(
    db,
    ReadSourceRow,
    `SELECT read_id AS "readId", ${SOURCE_COLUMNS}
       FROM read_source
      WHERE cluster_id = ANY($1::smallint[]) AND started_at >= $2 AND started_at < $3 AND read_id = ANY($4::uuid[])
      ORDER BY read_id, source LIMIT 50000`,
    [scope.clusterIds, reads.from, new Date(reads.to.getTime() + 1), reads.ids],
  );
}

const SourceStateRow = z.object({
  clusterId: z.number(),
  readKind: z.string(),
  attemptedAt: z.date(),
  lastOkAt: z.date().nullable(),
  ...sourceColumns,
});
export type SourceStateRow = z.infer<typeof SourceStateRow>;

// Worst first, so that a cut list keeps what matters.
const SEVERITY = `CASE status WHEN 'failed' THEN 0 WHEN 'partial' THEN 1 WHEN 'skipped' THEN 2 WHEN 'not-served' THEN 3 ELSE 4 END`;

/** Coverage as of now, worst first; `statuses` null = every source. */
export function readSourceStates(
  db: Db,
  scope: Scope,
  filter: { readonly statuses: readonly string[] | null; readonly limit: number },
): Promise<SourceStateRow[]> {
  return selectRows(
    db,
    SourceStateRow,
    `SELECT cluster_id::int AS "clusterId", read_kind AS "readKind", attempted_at AS "attemptedAt",
            last_ok_at AS "lastOkAt", ${SOURCE_COLUMNS}
       FROM source_state
      WHERE cluster_id = ANY($1::smallint[]) AND ($2::text[] IS NULL OR status = ANY($2::text[]))
      ORDER BY ${SEVERITY}, cluster_id, read_kind, source LIMIT $3`,
    [scope.clusterIds, filter.statuses, filter.limit],
  );
}

const SourceCountRow = z.object({
  clusterId: z.number(),
  ok: z.number(),
  partial: z.number(),
  failed: z.number(),
  notServed: z.number(),
  skipped: z.number(),
});
export type SourceCountRow = z.infer<typeof SourceCountRow>;

export function readSourceCounts(db: Db, scope: Scope): Promise<SourceCountRow[]> {
  return selectRows(
    db,
    SourceCountRow,
    `SELECT cluster_id::int AS "clusterId", count(*) FILTER (WHERE status = 'ok')::int AS ok,
            count(*) FILTER (WHERE status = 'partial')::int AS partial,
            count(*) FILTER (WHERE status = 'failed')::int AS failed,
            count(*) FILTER (WHERE status = 'not-served')::int AS "notServed",
            count(*) FILTER (WHERE status = 'skipped')::int AS skipped
       FROM source_state WHERE cluster_id = ANY($1::smallint[]) GROUP BY cluster_id`,
    [scope.clusterIds],
  );
}

const BackfillRow = z.object({
  clusterId: z.number(),
  chunkCount: z.number(),
  doneCount: z.number(),
  failedCount: z.number(),
  runningCount: z.number(),
  rowCount: z.number(),
  lastFinishedAt: z.date().nullable(),
  endsAt: z.date().nullable(),
  failures: z.array(z.object({ id: z.string(), reason: z.string().nullable(), detail: z.string().nullable() })),
});
export type BackfillRow = z.infer<typeof BackfillRow>;

/** Progress of the first read of history, with the first failures by name. */
export function readBackfill(db: Db, scope: Scope): Promise<BackfillRow[]> {
  return selectRows(
    db,
    BackfillRow,
    `SELECT cluster_id::int AS "clusterId", count(*)::int AS "chunkCount",
            count(*) FILTER (WHERE status IN ('done', 'succeeded', 'empty', 'skipped'))::int AS "doneCount",
            count(*) FILTER (WHERE status = 'failed')::int AS "failedCount",
            count(*) FILTER (WHERE status = 'running')::int AS "runningCount",
            coalesce(sum(row_count), 0)::float8 AS "rowCount", max(finished_at) AS "lastFinishedAt",
            CASE WHEN max((plan->>'endSeconds')::float8) = max((plan->>'endSeconds')::float8) FILTER (WHERE plan ? 'endsBeforePresent')
                 THEN to_timestamp(max((plan->>'endSeconds')::float8)) END AS "endsAt",
            coalesce((jsonb_agg(jsonb_build_object('id', id, 'reason', reason, 'detail', detail) ORDER BY position)
              FILTER (WHERE status = 'failed')), '[]') AS failures
       FROM backfill_chunk WHERE cluster_id = ANY($1::smallint[]) GROUP BY cluster_id`,
    [scope.clusterIds],
  );
}
