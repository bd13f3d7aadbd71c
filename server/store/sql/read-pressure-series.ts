import { z } from "zod";
import { type MetricId, metricPosition } from "../../domain/metrics.ts";
import { asStored } from "../../domain/pressure/frames.ts";
import type { Db } from "../db.ts";
import { STEP_SECONDS } from "../metric-steps.ts";
import { type Scope, selectRows } from "./rows.ts";

export type SeriesQuestion = {
  readonly basis: "raw" | "hourly";
  readonly from: Date;
  readonly to: Date;
  readonly stepSeconds: number;
  readonly metrics: readonly MetricId[];
};

/** Step of a row since `from`. In doubles: the same in numeric took most of the time of the whole statement. */
const bucketOf = (from: string, stepSeconds: string) =>
  `floor((date_part('epoch', m.at) - date_part('epoch', ${from}::timestamptz)) / ${stepSeconds})::int`;

const BucketRow = z.object({
  clusterId: z.number(),
  entityId: z.coerce.number(),
  bucket: z.number(),
  coveredSeconds: z.number(),
  means: z.array(z.number().nullable()),
});
export type BucketRow = z.infer<typeof BucketRow>;

/** Means per step of some quantities of some entities, weighted by the seconds that each sample stands for. */
export function readPressureSeries(
  db: Db,
  scope: Scope,
  entities: readonly { readonly clusterId: number; readonly entityId: number }[],
  question: SeriesQuestion,
): Promise<BucketRow[]> {
  const seen = entities.filter(({ clusterId }) => scope.clusterIds.includes(clusterId));
  const means = question.metrics.map((id) => {
    const at = metricPosition(id);
    return question.basis === "raw"
      ? `sum(m."values"[${at}] * m.covered_seconds) / nullif(sum(m.covered_seconds) FILTER (WHERE m."values"[${at}] IS NOT NULL), 0)`
      : `sum(m.sums[${at}]) / nullif(sum(m.covered_seconds[${at}]), 0)`;
  });
  const span = question.basis === "raw" ? "max(m.covered_seconds)" : "3600";
  return selectRows(
    db,
    BucketRow,
    `SELECT m.cluster_id::int AS "clusterId", m.entity_id AS "entityId",
            ${bucketOf("$3", "$5")} AS bucket, ${span}::int AS "coveredSeconds",
            ARRAY[${means.join(", ")}]::float8[] AS means
       FROM unnest($1::smallint[], $2::bigint[]) AS w(cluster_id, entity_id)
       JOIN ${question.basis === "raw" ? "metric_raw" : "metric_hourly"} m ON m.cluster_id = w.cluster_id AND m.entity_id = w.entity_id
      WHERE m.at >= $3 AND m.at < $4
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    [
      seen.map(({ clusterId }) => clusterId),
      seen.map(({ entityId }) => entityId),
      question.from,
      question.to,
      question.stepSeconds,
    ],
  );
}

const HourRow = z.object({ clusterId: z.number(), at: z.date() });

/** Hours of a range whose minute records are put together in steps of five minutes (store/metric-steps.ts). */
export function readSteppedHours(
  db: Db,
  scope: Scope,
  range: { readonly from: Date; readonly to: Date },
): Promise<z.infer<typeof HourRow>[]> {
  return selectRows(
    db,
    HourRow,
    `SELECT cluster_id::int AS "clusterId", at FROM metric_steps_hour
      WHERE cluster_id = ANY($1::smallint[]) AND at >= $2 AND at + interval '1 hour' <= $3 ORDER BY 1, 2`,
    [scope.clusterIds, range.from, range.to],
  );
}

const StepsRow = z.object({
  clusterId: z.number(),
  entityId: z.coerce.number(),
  at: z.date(),
  steps: z.array(z.number()),
  spanSeconds: z.array(z.number()),
  means: z.instanceof(Uint8Array),
});

/** Means of five minutes of some entities of one cluster in the given hours, as buckets since `from`. */
export async function readSteps(
  db: Db,
  scope: Scope,
  entities: readonly { readonly clusterId: number; readonly entityId: number }[],
  question: { readonly from: Date; readonly hours: readonly Date[]; readonly metrics: readonly MetricId[] },
): Promise<BucketRow[]> {
  const seen = entities.filter(({ clusterId }) => scope.clusterIds.includes(clusterId));
  const [first, last] = [question.hours[0], question.hours.at(-1)];
  if (seen.length === 0 || first === undefined || last === undefined) return [];
  const rows = await selectRows(
    db,
    StepsRow,
    `SELECT m.cluster_id::int AS "clusterId", m.entity_id AS "entityId", m.at, m.steps, m.span_seconds AS "spanSeconds", m.means
       FROM unnest($1::smallint[], $2::bigint[]) AS w(cluster_id, entity_id)
       JOIN metric_steps m ON m.cluster_id = w.cluster_id AND m.entity_id = w.entity_id
      WHERE m.at >= $3 AND m.at <= $4 AND m.at = ANY($5::timestamptz[])`,
    [seen.map(({ clusterId }) => clusterId), seen.map(({ entityId }) => entityId), first, last, question.hours],
  );
  return rows.flatMap(({ clusterId, entityId, at, steps, spanSeconds, means }) => {
    const view = new DataView(means.buffer, means.byteOffset, means.byteLength);
    const stride = means.byteLength / 4 / Math.max(1, steps.length); // quantities that were known when it was written
    const shift = Math.round((at.getTime() - question.from.getTime()) / 1000 / STEP_SECONDS);
    return steps.map((step, index) => ({
      clusterId,
      entityId,
      bucket: shift + step,
      coveredSeconds: spanSeconds[index] ?? 0,
      means: question.metrics.map((id) => {
        const place = metricPosition(id) - 1;
        const mean = place < stride ? view.getFloat32((index * stride + place) * 4) : Number.NaN;
        return Number.isNaN(mean) ? null : asStored(mean);
      }),
    }));
  });
}
