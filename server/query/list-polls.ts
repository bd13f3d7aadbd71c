import { z } from "zod";
import { ReadStatus } from "../contract/clusters.ts";
import { ReadKind } from "../contract/common.ts";
import { type PollList, type PollQuery, ReadProgress, type ReadRecord } from "../contract/polls.ts";
import type { Viewer } from "../contract/viewer.ts";
import { getStore } from "../store/client.ts";
import type { Db } from "../store/db.ts";
import {
  type ReadAfter,
  type ReadRecordRow,
  readReadSources,
  readRecords,
  readRecordsAfter,
} from "../store/sql/read-reads.ts";
import type { Scope } from "../store/sql/rows.ts";
import { cutPage, decodeCursor } from "./cursor.ts";
import { isoOrNull } from "./figures.ts";
import { toSourceResult } from "./read-state.ts";
import { boundFleet } from "./scope.ts";

/** Read records are kept for 14 days. */
const KEPT_MS = 15 * 86_400_000;
const Key = z.object({ startedAt: z.iso.datetime(), id: z.uuid() });

/** What was read when, newest first, with what each source gave. */
export async function listPolls(viewer: Viewer, query: PollQuery, now = new Date()): Promise<PollList> {
  const { pool } = getStore();
  const key = decodeCursor(query.cursor, Key);
  const { clusters, scope } = await boundFleet(viewer, { cluster: query.cluster });
  const rows = await readRecords(pool, scope, {
    kind: query.kind ?? null,
    status: query.status ?? null,
    since: new Date(now.getTime() - KEPT_MS),
    before: key === null ? null : { startedAt: new Date(key.startedAt), id: key.id },
    limit: query.limit + 1,
  });
  const page = cutPage(rows, query.limit, (row) => ({ startedAt: row.startedAt.toISOString(), id: row.id }));
  return { items: await withSources(pool, scope, clusters, page.items), nextCursor: page.nextCursor, total: null };
}

/** Reads asked for are looked for no further back than this. */
const FOLLOWED_MS = 86_400_000;

/**
 * Of each kind the first read after the given one; a kind that no collector has taken yet is missing.
 * Errors: `not-found` for a cluster that the viewer may not see.
 */
export async function listReadsAfter(
  viewer: Viewer,
  question: { readonly cluster: string; readonly reads: readonly ReadAfter[] },
  now = new Date(),
): Promise<ReadRecord[]> {
  const { pool } = getStore();
  const { clusters, scope } = await boundFleet(viewer, { cluster: [question.cluster] });
  const rows = await readRecordsAfter(pool, scope, question.reads, new Date(now.getTime() - FOLLOWED_MS));
  return withSources(pool, scope, clusters, rows);
}

async function withSources(
  db: Db,
  scope: Scope,
  clusters: readonly { readonly id: number; readonly name: string }[],
  rows: readonly ReadRecordRow[],
): Promise<ReadRecord[]> {
  if (rows.length === 0) return [];
  const times = rows.map((row) => row.startedAt.getTime());
  const sources = await readReadSources(db, scope, {
    ids: rows.map((row) => row.id),
    from: new Date(Math.min(...times)),
    to: new Date(Math.max(...times)),
  });
  const byRead = Map.groupBy(sources, (source) => source.readId);
  const names = new Map(clusters.map((cluster) => [cluster.id, cluster.name]));
  return rows.map((row) => {
    const own = (byRead.get(row.id) ?? []).map(({ readId: _readId, ...source }) => toSourceResult(source));
    const progress = ReadProgress.safeParse(row.progress);
    return {
      id: row.id,
      cluster: names.get(row.clusterId) ?? "",
      kind: ReadKind.parse(row.kind),
      status: ReadStatus.parse(row.status),
      startedAt: row.startedAt.toISOString(),
      finishedAt: isoOrNull(row.finishedAt),
      durationSeconds: row.finishedAt === null ? null : (row.finishedAt.getTime() - row.startedAt.getTime()) / 1000,
      requestedBy: row.requestedBy,
      reason: row.reason,
      detail: row.detail,
      progress: progress.success ? progress.data : null,
      rulesVersion: row.rulesVersion,
      objectCount: own.reduce((sum, source) => sum + source.objectCount, 0),
      receivedBytes: own.reduce((sum, source) => sum + source.receivedBytes, 0),
      queryCount: own.reduce((sum, source) => sum + source.queryCount, 0),
      sources: own,
    };
  });
}
