import { z } from "zod";
import { type MetricId, metricPosition } from "../../domain/metrics.ts";
import type { Db } from "../db.ts";
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

const HeatRow = z.object({
  clusterId: z.number(),
  name: z.string(),
  pool: z.string().nullable(),
  zone: z.string().nullable(),
  /** In no order; `permille` goes with them. */
  buckets: z.array(z.number()),
  permille: z.array(z.number().nullable()),
});
export type HeatRow = z.infer<typeof HeatRow>;

/**
 * Nodes × steps: the share of each step in which tasks waited, per mille, rounded up so that only 0 is 0. Of several
 * resources the one furthest towards its critical limit counts, told as its share.
 */
export function readPressureHeat(
  db: Db,
  scope: Scope,
  question: Omit<SeriesQuestion, "metrics"> & {
    readonly metrics: readonly { readonly id: MetricId; readonly critical: number }[];
  },
): Promise<HeatRow[]> {
  const mean = (id: MetricId) => {
    const at = metricPosition(id);
    return question.basis === "raw"
      ? `sum(m."values"[${at}] * m.covered_seconds) / nullif(sum(m.covered_seconds) FILTER (WHERE m."values"[${at}] IS NOT NULL), 0)`
      : `sum(m.sums[${at}]) / nullif(sum(m.covered_seconds[${at}]), 0)`;
  };
  const [only] = question.metrics;
  const value =
    question.metrics.length === 1 && only !== undefined
      ? mean(only.id)
      : `greatest(${question.metrics.map(({ id }) => mean(id)).join(", ")})`;
  return selectRows(
    db,
    HeatRow,
    `WITH cells AS (
       SELECT m.cluster_id, m.entity_id, ${bucketOf("$2", "$4")} AS bucket,
              ceil(${value} * 1000)::int AS permille
         FROM ${question.basis === "raw" ? "metric_raw" : "metric_hourly"} m
        WHERE m.cluster_id = ANY($1::smallint[]) AND m.level = 'node' AND m.at >= $2 AND m.at < $3
        GROUP BY 1, 2, 3
     ), own AS (
       SELECT cluster_id, entity_id, array_agg(bucket) AS buckets, array_agg(permille) AS permille FROM cells GROUP BY 1, 2
     )
     SELECT e.cluster_id::int AS "clusterId", e.name, n.pool, n.zone, o.buckets, o.permille
       FROM own o JOIN entity e ON e.cluster_id = o.cluster_id AND e.id = o.entity_id
       LEFT JOIN node n ON n.cluster_id = e.cluster_id AND n.name = e.name
      ORDER BY 1, 3 NULLS LAST, 4 NULLS LAST, 2`,
    [scope.clusterIds, question.from, question.to, question.stepSeconds],
  );
}
