import { METRIC_IDS, metricPosition } from "../domain/metrics.ts";
import type { Db } from "./db.ts";
import { lockFrames } from "./pressure-frames.ts";

export const STEP_SECONDS = 300;
const HOUR_MS = 3_600_000;
/** Hours that the longest window of minute records reads. */
const KEEP_HOURS = 26;

/** Hours that are over, hold minute records, and have no steps yet; newest first. */
export async function readUnsteppedHours(db: Db, clusterId: number, now: Date): Promise<Date[]> {
  const end = new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS);
  const { rows } = await db.query<{ at: Date }>(
    `SELECT h.at FROM generate_series($2::timestamptz - make_interval(hours => $3), $2::timestamptz - interval '1 hour', interval '1 hour') AS h(at)
      WHERE NOT EXISTS (SELECT 1 FROM metric_steps_hour s WHERE s.cluster_id = $1 AND s.at = h.at)
        AND EXISTS (SELECT 1 FROM metric_raw m WHERE m.cluster_id = $1 AND m.level = 'node' AND m.at >= h.at AND m.at < h.at + interval '1 hour')
      ORDER BY h.at DESC`,
    [clusterId, end, KEEP_HOURS],
  );
  return rows.map(({ at }) => at);
}

/** Puts the minute records of one hour together in steps of five minutes, replacing what was there. Belongs into a transaction. */
export async function saveSteps(db: Db, clusterId: number, hourAt: Date): Promise<void> {
  await lockFrames(db, clusterId);
  const value = (at: number) => `m."values"[${at}]`;
  const means = METRIC_IDS.map((id) => {
    const at = metricPosition(id);
    return `sum(${value(at)} * m.covered_seconds) / nullif(sum(m.covered_seconds) FILTER (WHERE ${value(at)} IS NOT NULL), 0) AS q${at}`;
  });
  // A number that a float cannot hold is nearer to nothing than anything that is measured.
  const sent = METRIC_IDS.map((id) => {
    const mean = `q${metricPosition(id)}`;
    return `float4send(coalesce(CASE WHEN abs(${mean}) < 1e-30 THEN 0 ELSE ${mean} END, 'NaN')::float4)`;
  });
  await db.query(
    `INSERT INTO metric_steps (cluster_id, entity_id, at, steps, span_seconds, means)
     SELECT $1, entity_id, $2, array_agg(step ORDER BY step), array_agg(span ORDER BY step), string_agg(${sent.join(" || ")}, ''::bytea ORDER BY step)
       FROM (SELECT m.entity_id, floor(date_part('epoch', m.at - $2::timestamptz) / ${STEP_SECONDS})::smallint AS step,
                    max(m.covered_seconds) AS span, ${means.join(", ")}
               FROM metric_raw m WHERE m.cluster_id = $1 AND m.at >= $2 AND m.at < $2::timestamptz + interval '1 hour'
              GROUP BY 1, 2) stepped
      GROUP BY entity_id
     ON CONFLICT (cluster_id, entity_id, at) DO UPDATE SET steps = excluded.steps, span_seconds = excluded.span_seconds, means = excluded.means`,
    [clusterId, hourAt],
  );
  await db.query(`INSERT INTO metric_steps_hour (cluster_id, at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
    clusterId,
    hourAt,
  ]);
}

/** Minute records of these moments changed: until they are put together again, their hours are read from the records. */
export async function forgetSteps(db: Db, clusterId: number, moments: readonly Date[]): Promise<void> {
  if (moments.length === 0) return;
  await lockFrames(db, clusterId);
  const hours = new Set(moments.map((at) => Math.floor(at.getTime() / HOUR_MS) * HOUR_MS));
  await db.query(`DELETE FROM metric_steps_hour WHERE cluster_id = $1 AND at = ANY($2::timestamptz[])`, [
    clusterId,
    [...hours].map((at) => new Date(at)),
  ]);
}

/** Entries of hours whose steps are gone with their partition. */
export async function dropOldSteps(db: Db, now: Date): Promise<void> {
  await db.query(`DELETE FROM metric_steps_hour WHERE at < $1`, [new Date(now.getTime() - 2 * KEEP_HOURS * HOUR_MS)]);
}
