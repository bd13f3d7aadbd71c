import type { PoolClient } from "pg";
import { METRICS, RATIO_BUCKET_EDGES } from "../domain/metrics.ts";
import type { Db } from "./db.ts";

/** 1-based positions of the quantities that keep a histogram. */
export const HISTOGRAM_POSITIONS: readonly number[] = METRICS.flatMap((metric, index) =>
  metric.histogram ? [index + 1] : [],
);
/** Buckets per quantity: one per edge (value ≤ edge) and one above the last edge. */
export const HISTOGRAM_BUCKETS = RATIO_BUCKET_EDGES.length + 1;

/**
 * Rolls the raw samples of one hour of one cluster up, replacing what was there: sum (value × covered seconds), count, maximum,
 * covered seconds and, for ratios, a histogram that can be merged. One statement, so a bucket is old or new, never half.
 */
export async function rollUpHour(db: Db, clusterId: number, hourAt: Date): Promise<number> {
  const { rowCount } = await db.query(
    `WITH cells AS (
       SELECT r.entity_id, min(r.level) AS level, u.position,
              count(u.value)::int AS sample_count,
              sum(u.value * r.covered_seconds) AS weighted,
              max(u.value) AS maximum,
              coalesce(sum(r.covered_seconds) FILTER (WHERE u.value IS NOT NULL), 0)::int AS covered
         FROM metric_raw r, unnest(r."values") WITH ORDINALITY AS u(value, position)
        WHERE r.cluster_id = $1 AND r.at >= $2 AND r.at < $2::timestamptz + interval '1 hour'
        GROUP BY r.entity_id, u.position
     ), histogram AS (
       SELECT entity_id, array_agg(n ORDER BY position, bucket) AS counts
         FROM (SELECT e.entity_id, p.position, b.bucket, count(v.bucket)::int AS n
                 FROM (SELECT DISTINCT entity_id FROM cells) e
                CROSS JOIN unnest($3::int[]) AS p(position)
                CROSS JOIN generate_series(0, $5::int - 1) AS b(bucket)
                 LEFT JOIN (SELECT r.entity_id, u.position, width_bucket(-u.value, $4::float8[]) AS reversed,
                                   $5::int - 1 - width_bucket(-u.value, $4::float8[]) AS bucket
                              FROM metric_raw r, unnest(r."values") WITH ORDINALITY AS u(value, position)
                             WHERE r.cluster_id = $1 AND r.at >= $2 AND r.at < $2::timestamptz + interval '1 hour'
                               AND u.position = ANY($3::int[]) AND u.value IS NOT NULL) v
                        ON v.entity_id = e.entity_id AND v.position = p.position AND v.bucket = b.bucket
                GROUP BY e.entity_id, p.position, b.bucket) counted
        GROUP BY entity_id
     )
     INSERT INTO metric_hourly (cluster_id, entity_id, at, level, sample_counts, sums, maxima, covered_seconds, histograms, is_backfilled)
     SELECT $1, c.entity_id, $2, min(c.level), array_agg(c.sample_count ORDER BY c.position), array_agg(c.weighted ORDER BY c.position),
            array_agg(c.maximum ORDER BY c.position), array_agg(c.covered ORDER BY c.position), min(h.counts), false
       FROM cells c JOIN histogram h USING (entity_id) GROUP BY c.entity_id
     ON CONFLICT (cluster_id, entity_id, at) DO UPDATE SET sample_counts = excluded.sample_counts, sums = excluded.sums,
            maxima = excluded.maxima, covered_seconds = excluded.covered_seconds, histograms = excluded.histograms, is_backfilled = false`,
    // width_bucket counts edges ≤ operand; negated and reversed edges turn that into "value ≤ edge".
    [clusterId, hourAt, HISTOGRAM_POSITIONS, [...RATIO_BUCKET_EDGES].reverse().map((edge) => -edge), HISTOGRAM_BUCKETS],
  );
  return rowCount ?? 0;
}

/** Rolls the hours of one UTC day up, replacing what was there. */
export async function rollUpDay(db: Db, clusterId: number, dayAt: Date): Promise<number> {
  const { rowCount } = await db.query(
    `WITH cells AS (
       SELECT h.entity_id, min(h.level) AS level, u.position, sum(u.n)::int AS sample_count, sum(u.weighted) AS weighted,
              max(u.maximum) AS maximum, sum(u.covered)::int AS covered, bool_and(h.is_backfilled) AS is_backfilled
         FROM metric_hourly h,
              unnest(h.sample_counts, h.sums, h.maxima, h.covered_seconds) WITH ORDINALITY AS u(n, weighted, maximum, covered, position)
        WHERE h.cluster_id = $1 AND h.at >= $2 AND h.at < $2::timestamptz + interval '1 day'
        GROUP BY h.entity_id, u.position
     ), histogram AS (
       SELECT entity_id, array_agg(n ORDER BY position) AS counts
         FROM (SELECT h.entity_id, u.position, sum(u.n)::int AS n
                 FROM metric_hourly h, unnest(h.histograms) WITH ORDINALITY AS u(n, position)
                WHERE h.cluster_id = $1 AND h.at >= $2 AND h.at < $2::timestamptz + interval '1 day' AND h.histograms IS NOT NULL
                GROUP BY h.entity_id, u.position) summed
        GROUP BY entity_id
     )
     INSERT INTO metric_daily (cluster_id, entity_id, at, level, sample_counts, sums, maxima, covered_seconds, histograms, is_backfilled)
     SELECT $1, c.entity_id, $2, min(c.level), array_agg(c.sample_count ORDER BY c.position), array_agg(c.weighted ORDER BY c.position),
            array_agg(c.maximum ORDER BY c.position), array_agg(c.covered ORDER BY c.position), min(h.counts), bool_and(c.is_backfilled)
       FROM cells c LEFT JOIN histogram h USING (entity_id) GROUP BY c.entity_id
     ON CONFLICT (cluster_id, entity_id, at) DO UPDATE SET sample_counts = excluded.sample_counts, sums = excluded.sums,
            maxima = excluded.maxima, covered_seconds = excluded.covered_seconds, histograms = excluded.histograms, is_backfilled = excluded.is_backfilled`,
    [clusterId, dayAt],
  );
  return rowCount ?? 0;
}

export type DueBucket = { readonly clusterId: number; readonly resolution: "hour" | "day"; readonly at: Date };

/**
 * Takes one bucket that waits for its roll-up, for the length of the transaction: the mark goes when what was made of it is committed
 * and stays when that fails or the process dies. A writer of that bucket waits meanwhile and marks it anew. Buckets come by time and
 * cluster; `after` is the one taken before. Null = none is left that nobody else works on.
 *
 * Past buckets of a cluster wait while its first history comes in, chunk by chunk, as every chunk would have them made again; once
 * nothing has come for a while, as when Prometheus is gone, they are made of what there is.
 */
export async function takeDueBucket(
  client: PoolClient,
  resolution: DueBucket["resolution"],
  after: DueBucket | null,
  now: Date,
): Promise<DueBucket | null> {
  const { rows } = await client.query<{ cluster_id: number; at: Date }>(
    `DELETE FROM rollup_due WHERE (cluster_id, resolution, at) IN
       (SELECT cluster_id, resolution, at FROM rollup_due d
         WHERE resolution = $1 AND ($2::timestamptz IS NULL OR (at, cluster_id) > ($2, $3::smallint))
           AND (at > $4::timestamptz - interval '2 hours' OR NOT EXISTS
                 (SELECT 1 FROM backfill_chunk c WHERE c.cluster_id = d.cluster_id AND c.finished_at > $4::timestamptz - interval '1 minute'
                     AND EXISTS (SELECT 1 FROM backfill_chunk w WHERE w.cluster_id = d.cluster_id AND w.status = 'waiting'
                                    AND w.plan->>'level' NOT IN ('gates', 'gpu', 'flow'))))
         ORDER BY at, cluster_id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING cluster_id, at`,
    [resolution, after?.at ?? null, after?.clusterId ?? null, now],
  );
  const [row] = rows;
  return row === undefined ? null : { clusterId: row.cluster_id, resolution, at: row.at };
}

/** Hours of a cluster before a moment whose raw rows changed since they were rolled up; those that are being made count. */
export async function countDueHours(db: Db, clusterId: number, before: Date): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM rollup_due WHERE cluster_id = $1 AND resolution = 'hour' AND at < $2`,
    [clusterId, before],
  );
  return rows[0]?.count ?? 0;
}

export async function markDue(db: Db, bucket: DueBucket): Promise<void> {
  await db.query(`INSERT INTO rollup_due (cluster_id, resolution, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, [
    bucket.clusterId,
    bucket.resolution,
    bucket.at,
  ]);
}
