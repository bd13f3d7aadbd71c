import { z } from "zod";
import type { PressureFrame } from "../../domain/pressure/frames.ts";
import type { Db } from "../db.ts";
import { FOLDS, type FoldBasis, FRAME_TABLES, type FrameBasis, selectFrames } from "../pressure-frames.ts";
import { type Scope, selectRows, teamBound } from "./rows.ts";

export type FrameQuestion = {
  readonly level: "node" | "namespace" | "workload" | "pod" | "container";
  readonly basis: FrameBasis;
  readonly from: Date;
  readonly to: Date;
};

const FrameRow = z.object({
  clusterId: z.number(),
  at: z.date(),
  entityIds: z.instanceof(Uint8Array).nullable(),
  spanSeconds: z.number().nullable(),
  body: z.instanceof(Uint8Array),
});
/** Mostly the same things as a moment before: their ids are sent once. */
const SPARE_IDS = `CASE WHEN entity_ids = lag(entity_ids) OVER (PARTITION BY cluster_id ORDER BY at) THEN NULL ELSE entity_ids END AS "entityIds"`;
const columns = (kind: "waiting" | "stalled") =>
  `cluster_id::int AS "clusterId", at, ${SPARE_IDS}, span_seconds AS "spanSeconds", ${kind} AS body`;

/** Rows by cluster and time, each with its ids again. */
function withIds(rows: readonly z.infer<typeof FrameRow>[]): PressureFrame[] {
  let last: Uint8Array = new Uint8Array(0);
  return rows.map((row) => {
    last = row.entityIds ?? last;
    return { ...row, entityIds: last };
  });
}

/**
 * Everything of one level at every stored moment of a range, oldest first: frames, and for moments without one the rows that it
 * would be made of. Holds things of every team; who asks narrows them (`readSeenEntities`).
 */
export async function readPressureFrames(
  db: Db,
  scope: Scope,
  question: FrameQuestion & { readonly kind: "waiting" | "stalled" },
): Promise<PressureFrame[]> {
  const { level, basis, from, to, kind } = question;
  const [rows, missing] = await Promise.all([
    selectRows(
      db,
      FrameRow,
      `SELECT ${columns(kind)} FROM pressure_frame
        WHERE cluster_id = ANY($1::smallint[]) AND level = $2 AND basis = $3 AND at >= $4 AND at < $5 ORDER BY cluster_id, at`,
      [scope.clusterIds, level, basis, from, to],
    ),
    readUnframed(db, scope, question),
  ]);
  const frames = withIds(rows);
  if (missing.length === 0) return frames;
  const made = await selectRows(
    db,
    FrameRow,
    `SELECT ${columns(kind)} FROM (${selectFrames(basis, "m.level = $2 AND m.at >= $5 AND m.at < $6 AND (m.cluster_id, m.at) IN (SELECT * FROM unnest($1::smallint[], $3::timestamptz[])) AND m.cluster_id = ANY($4::smallint[])")}) made ORDER BY cluster_id, at`,
    [missing.map(({ clusterId }) => clusterId), level, missing.map(({ at }) => at), scope.clusterIds, from, to],
  );
  const known = new Set(frames.map(keyOf)); // one that was written meanwhile
  return [...frames, ...withIds(made).filter((frame) => !known.has(keyOf(frame)))].sort(
    (a, b) => a.clusterId - b.clusterId || a.at.getTime() - b.at.getTime(),
  );
}

function keyOf({ clusterId, at }: { readonly clusterId: number; readonly at: Date }): string {
  return `${clusterId}/${at.getTime()}`;
}

/**
 * Means of one level at every step that is folded, or every hour, oldest first, without the seconds that they stand for (`spanSeconds`
 * is the step's): for cells and lines of exactly that step.
 */
export async function readMeans(
  db: Db,
  scope: Scope,
  question: Omit<FrameQuestion, "basis"> & {
    readonly basis: FoldBasis | "hourly";
    readonly kind: "waiting" | "stalled";
  },
): Promise<PressureFrame[]> {
  const seconds = question.basis === "hourly" ? 3_600 : FOLDS[question.basis].seconds;
  const rows = await selectRows(
    db,
    FrameRow,
    `SELECT cluster_id::int AS "clusterId", at, ${SPARE_IDS}, $6::int AS "spanSeconds",
            substring(${question.kind} FROM 1 FOR length(entity_ids) / 8 * 12) AS body
       FROM pressure_frame WHERE cluster_id = ANY($1::smallint[]) AND level = $2 AND basis = $3 AND at >= $4 AND at < $5 ORDER BY cluster_id, at`,
    [scope.clusterIds, question.level, question.basis, question.from, question.to, seconds],
  );
  return withIds(rows);
}

const Moment = z.object({ clusterId: z.number(), at: z.date() });

/** Stored moments without a frame. Walks from moment to moment by index: PostgreSQL would read every row for their list. */
export function readUnframed(db: Db, scope: Scope, question: FrameQuestion): Promise<z.infer<typeof Moment>[]> {
  const table = FRAME_TABLES[question.basis];
  return selectRows(
    db,
    Moment,
    `WITH RECURSIVE stored AS (
       SELECT c.id AS cluster_id, (SELECT min(m.at) FROM ${table} m WHERE m.cluster_id = c.id AND m.level = $2 AND m.at >= $4 AND m.at < $5) AS at
         FROM unnest($1::smallint[]) AS c(id)
       UNION ALL
       SELECT s.cluster_id, (SELECT min(m.at) FROM ${table} m WHERE m.cluster_id = s.cluster_id AND m.level = $2 AND m.at > s.at AND m.at >= $4 AND m.at < $5)
         FROM stored s WHERE s.at IS NOT NULL
     )
     SELECT s.cluster_id::int AS "clusterId", s.at FROM stored s
      WHERE s.at IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM pressure_frame f WHERE f.cluster_id = s.cluster_id AND f.level = $2 AND f.basis = $3 AND f.at = s.at)`,
    [scope.clusterIds, question.level, question.basis, question.from, question.to],
  );
}

const SeenRow = z.object({ clusterId: z.number(), entityIds: z.array(z.coerce.number()) });

/** Things of a level that belong to the teams of the scope. */
export async function readSeenEntities(
  db: Db,
  scope: Scope,
  level: FrameQuestion["level"],
): Promise<ReadonlyMap<number, ReadonlySet<number>>> {
  const rows = await selectRows(
    db,
    SeenRow,
    `SELECT cluster_id::int AS "clusterId", array_agg(id) AS "entityIds" FROM entity
      WHERE cluster_id = ANY($1::smallint[]) AND level = $2 AND ${teamBound("team", "$3")} GROUP BY cluster_id`,
    [scope.clusterIds, level, scope.teams],
  );
  return new Map(rows.map(({ clusterId, entityIds }) => [clusterId, new Set(entityIds)]));
}

const HeatNode = z.object({
  clusterId: z.number(),
  entityId: z.coerce.number(),
  name: z.string(),
  pool: z.string().nullable(),
  zone: z.string().nullable(),
});
export type HeatNode = z.infer<typeof HeatNode>;

/** Names and places of the nodes that samples are stored under. */
export function readHeatNodes(db: Db, scope: Scope): Promise<HeatNode[]> {
  return selectRows(
    db,
    HeatNode,
    `SELECT e.cluster_id::int AS "clusterId", e.id AS "entityId", e.name, n.pool, n.zone
       FROM entity e LEFT JOIN node n ON n.cluster_id = e.cluster_id AND n.name = e.name
      WHERE e.cluster_id = ANY($1::smallint[]) AND e.level = 'node'`,
    [scope.clusterIds],
  );
}
