import { METRIC_IDS, type MetricId, metricPosition } from "../domain/metrics.ts";
import type { Db } from "./db.ts";

const FRAME_LOCK = 728_466; // any number of our own
/** Until the end of the transaction: what is put together must not miss what another writer is about to commit. */
export async function lockFrames(db: Db, clusterId: number): Promise<void> {
  await db.query(`SELECT pg_advisory_xact_lock($1::int, $2::int)`, [FRAME_LOCK, clusterId]);
}

export type FrameBasis = "raw" | "hourly" | "daily";
export const FRAME_TABLES: Readonly<Record<FrameBasis, string>> = {
  raw: "metric_raw",
  hourly: "metric_hourly",
  daily: "metric_daily",
};
const WAITING = ["cpuWaitingRatio", "memoryWaitingRatio", "ioWaitingRatio"] as const satisfies readonly MetricId[];
const STALLED = ["cpuStalledRatio", "memoryStalledRatio", "ioStalledRatio"] as const satisfies readonly MetricId[];
/** Quantities of a cluster's ranking; the others are not added up. */
const TOTALLED: ReadonlySet<MetricId> = new Set([
  ...WAITING,
  ...STALLED,
  "cpuUsedCores",
  "cpuRequestedCores",
  "cpuCapacityCores",
] as const satisfies readonly MetricId[]);
/**
 * Frames made of frames, one per full step, for the cells of long windows: of nodes. They are put together after their step is over,
 * and forgotten when something in it changes.
 */
export const FOLDS = {
  quarter: { of: "raw", seconds: 900, keepHours: 26 },
  eighth: { of: "hourly", seconds: 10_800, keepHours: 9 * 24 },
} as const satisfies Record<string, { of: FrameBasis; seconds: number; keepHours: number }>;
export type FoldBasis = keyof typeof FOLDS;
/** Longest windows that read each basis, and a little more: heatmaps of nodes go further back than rankings. */
const KEEP_HOURS: readonly { readonly basis: FrameBasis; readonly isNode: boolean; readonly hours: number }[] = [
  { basis: "raw", isNode: true, hours: 26 },
  { basis: "raw", isNode: false, hours: 2 },
  { basis: "hourly", isNode: true, hours: 9 * 24 },
  { basis: "hourly", isNode: false, hours: 26 },
  { basis: "daily", isNode: true, hours: 9 * 24 },
  { basis: "daily", isNode: false, hours: 9 * 24 },
];

/** One quantity of a row `m`: its mean, maximum, covered seconds and their product, as SQL. */
function partsOf(
  basis: FrameBasis,
  id: MetricId,
): { mean: string; maximum: string; covered: string; weighted: string } {
  const at = metricPosition(id);
  if (basis === "raw") {
    const value = `m."values"[${at}]`;
    return {
      mean: value,
      maximum: value,
      covered: `CASE WHEN ${value} IS NULL THEN 0 ELSE m.covered_seconds END`,
      weighted: `${value} * m.covered_seconds`,
    };
  }
  return {
    mean: `m.sums[${at}] / nullif(m.covered_seconds[${at}], 0)`,
    maximum: `m.maxima[${at}]`,
    covered: `m.covered_seconds[${at}]`,
    weighted: `m.sums[${at}]`,
  };
}

/** A plane of floats; a share that a float cannot hold stays above 0. */
function plane(value: string): string {
  const bounded = `CASE WHEN ${value} > 0 THEN greatest(${value}, 1e-30) ELSE ${value} END`;
  return `string_agg(float4send(coalesce(${bounded}, 'NaN')::float4), ''::bytea ORDER BY m.entity_id)`;
}

/** Frames made of the rows of `basis`; `where` is a condition on the row `m` from our own code. */
export function selectFrames(basis: FrameBasis, where: string): string {
  const body = (ids: readonly MetricId[]) => {
    const parts = ids.map((id) => partsOf(basis, id));
    // Backfilled samples lie at moments of their own, so that all samples of one stored moment stand for the same time.
    const planes =
      basis === "raw"
        ? parts.map(({ mean }) => plane(mean))
        : [
            ...parts.map(({ mean }) => plane(mean)),
            ...parts.map(({ maximum }) => plane(maximum)),
            ...parts.map(({ covered }) => plane(`(${covered})::float8`)),
          ];
    return planes.join(" || ");
  };
  const swaps = (["swapCapacityBytes", "swapUsedBytes"] as const).map((id) => `${partsOf(basis, id).maximum} > 0`);
  const totals = (of: (id: MetricId) => string) =>
    `ARRAY[${METRIC_IDS.map((id) => (TOTALLED.has(id) ? of(id) : "NULL")).join(", ")}]::float8[]`;
  return `SELECT m.cluster_id, m.level, '${basis}' AS basis, m.at,
                 string_agg(float8send(m.entity_id::float8), ''::bytea ORDER BY m.entity_id) AS entity_ids,
                 ${basis === "raw" ? "max(m.covered_seconds)" : "NULL::int"} AS span_seconds,
                 ${body(WAITING)} AS waiting, ${body(STALLED)} AS stalled,
                 coalesce(array_agg(m.entity_id) FILTER (WHERE ${swaps.join(" OR ")}), '{}') AS swapping,
                 ${totals((id) => `sum(${partsOf(basis, id).weighted})`)} AS sums,
                 ${totals((id) => `max(${partsOf(basis, id).maximum})`)} AS maxima,
                 ${totals((id) => `coalesce(sum(${partsOf(basis, id).covered}), 0)`)} AS covered_seconds
            FROM ${FRAME_TABLES[basis]} m WHERE ${where} GROUP BY m.cluster_id, m.level, m.at`;
}

/**
 * Makes the frames of one cluster at one stored moment anew, of all levels. Belongs into the transaction that changed the rows.
 */
export async function saveFrames(db: Db, clusterId: number, basis: FrameBasis, at: Date): Promise<void> {
  await lockFrames(db, clusterId);
  await db.query(
    `INSERT INTO pressure_frame (cluster_id, level, basis, at, entity_ids, span_seconds, waiting, stalled, swapping, sums, maxima, covered_seconds)
     ${selectFrames(basis, "m.cluster_id = $1 AND m.at = $2")}
     ON CONFLICT (cluster_id, level, basis, at) DO UPDATE SET entity_ids = excluded.entity_ids, span_seconds = excluded.span_seconds,
            waiting = excluded.waiting, stalled = excluded.stalled, swapping = excluded.swapping, sums = excluded.sums, maxima = excluded.maxima,
            covered_seconds = excluded.covered_seconds`,
    [clusterId, at],
  );
  await forgetFolds(db, clusterId, basis, [at]);
}

/** Drops the frames at the given moments: until they are made again, questions read the rows themselves. */
export async function forgetFrames(
  db: Db,
  clusterId: number,
  basis: FrameBasis,
  moments: readonly Date[],
): Promise<void> {
  if (moments.length === 0) return;
  await lockFrames(db, clusterId);
  await db.query(`DELETE FROM pressure_frame WHERE cluster_id = $1 AND basis = $2 AND at = ANY($3::timestamptz[])`, [
    clusterId,
    basis,
    moments,
  ]);
  await forgetFolds(db, clusterId, basis, moments);
}

async function forgetFolds(db: Db, clusterId: number, basis: FrameBasis, moments: readonly Date[]): Promise<void> {
  for (const [name, { of, seconds }] of Object.entries(FOLDS)) {
    if (of !== basis) continue;
    const starts = new Set(moments.map((at) => foldStart(at, seconds).getTime()));
    await db.query(`DELETE FROM pressure_frame WHERE cluster_id = $1 AND basis = $2 AND at = ANY($3::timestamptz[])`, [
      clusterId,
      name,
      [...starts].map((start) => new Date(start)),
    ]);
  }
}

/** Start of the step that `at` lies in. */
export function foldStart(at: Date, seconds: number): Date {
  return new Date(Math.floor(at.getTime() / 1000 / seconds) * seconds * 1000);
}

/** Frames that no window reads any more. */
export async function dropOldFrames(db: Db, now: Date): Promise<void> {
  const drop = (basis: string, hours: number, levels: string) =>
    db.query(`DELETE FROM pressure_frame WHERE basis = $1 AND at < $2 AND ${levels}`, [
      basis,
      new Date(now.getTime() - hours * 3_600_000),
    ]);
  for (const { basis, isNode, hours } of KEEP_HOURS)
    await drop(basis, hours, isNode ? "level = 'node'" : "level <> 'node'");
  for (const [name, { keepHours }] of Object.entries(FOLDS)) await drop(name, keepHours, "true");
}
