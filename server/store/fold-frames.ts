import type { Pool } from "pg";
import { foldTally, tallyFrames } from "../domain/pressure/frames.ts";
import { type Db, inTransaction } from "./db.ts";
import { FOLDS, type FrameBasis, foldStart, lockFrames } from "./pressure-frames.ts";
import { type FrameQuestion, readUnframed } from "./sql/read-pressure-frames.ts";

type FrameLevel = FrameQuestion["level"];
const FOLDS_AT_ONCE = 200;

/** Puts frames together for steps that are over and have none, newest first; a bounded number per call. Returns how many. */
export async function foldFrames(pool: Pool, clusterId: number, now: Date): Promise<number> {
  let count = 0;
  for (const [name, fold] of Object.entries(FOLDS)) {
    const { rows } = await pool.query<{ level: FrameLevel; at: Date }>(
      `SELECT DISTINCT f.level, date_bin(make_interval(secs => $3), f.at, 'epoch'::timestamptz) AS at FROM pressure_frame f
        WHERE f.cluster_id = $1 AND f.basis = $2 AND f.at >= $4 AND f.at < $5 AND f.level = 'node'
          AND NOT EXISTS (SELECT 1 FROM pressure_frame g WHERE g.cluster_id = $1 AND g.level = f.level AND g.basis = $6
                             AND g.at = date_bin(make_interval(secs => $3), f.at, 'epoch'::timestamptz))
        ORDER BY at DESC LIMIT ${FOLDS_AT_ONCE}`,
      [
        clusterId,
        fold.of,
        fold.seconds,
        new Date(now.getTime() - fold.keepHours * 3_600_000),
        foldStart(now, fold.seconds),
        name,
      ],
    );
    for (const { level, at } of rows)
      if (await inTransaction(pool, (client) => foldStep(client, clusterId, level, name, fold, at))) count += 1;
  }
  return count;
}

type SourceRow = { at: Date; entityIds: Buffer; spanSeconds: number | null; waiting: Buffer; stalled: Buffer };

async function foldStep(
  db: Db,
  clusterId: number,
  level: FrameLevel,
  name: string,
  fold: { readonly of: FrameBasis; readonly seconds: number },
  at: Date,
): Promise<boolean> {
  await lockFrames(db, clusterId);
  const scope = { clusterIds: [clusterId], teams: null };
  const to = new Date(at.getTime() + fold.seconds * 1000);
  // A moment that waits for its frame – filled in late – is not in the others.
  if ((await readUnframed(db, scope, { level, basis: fold.of, from: at, to })).length > 0) return false;
  const { rows } = await db.query<SourceRow>(
    `SELECT at, entity_ids AS "entityIds", span_seconds AS "spanSeconds", waiting, stalled FROM pressure_frame
      WHERE cluster_id = $1 AND level = $2 AND basis = $3 AND at >= $4 AND at < $5 ORDER BY at`,
    [clusterId, level, fold.of, at, to],
  );
  const folded = (kind: "waiting" | "stalled") =>
    foldTally(
      tallyFrames(
        clusterId,
        rows.map((row) => ({ clusterId, ...row, body: row[kind] })),
      ),
    );
  const [waiting, stalled] = [folded("waiting"), folded("stalled")];
  await db.query(
    `INSERT INTO pressure_frame (cluster_id, level, basis, at, entity_ids, span_seconds, waiting, stalled, swapping, sums, maxima, covered_seconds)
     VALUES ($1, $2, $3, $4, $5, NULL, $6, $7, '{}', '{}', '{}', '{}') ON CONFLICT DO NOTHING`,
    [clusterId, level, name, at, waiting.entityIds, waiting.body, stalled.body],
  );
  return true;
}
