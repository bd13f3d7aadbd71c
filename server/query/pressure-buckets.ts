import { getStore } from "../store/client.ts";
import { STEP_SECONDS } from "../store/metric-steps.ts";
import {
  type BucketRow,
  readPressureSeries,
  readSteppedHours,
  readSteps,
  type SeriesQuestion,
} from "../store/sql/read-pressure-series.ts";
import type { Scope } from "../store/sql/rows.ts";
import { uncoveredRuns } from "./uncovered-runs.ts";

const HOUR_SECONDS = 3_600;

/**
 * Means per step of things of one cluster. Five-minute steps of hours that are over come put together; the hour that goes on, and
 * hours that changed since, out of their minute records.
 */
export async function readBuckets(
  scope: Scope,
  entities: readonly { readonly clusterId: number; readonly entityId: number }[],
  question: SeriesQuestion,
): Promise<BucketRow[]> {
  const { pool } = getStore();
  if (question.basis !== "raw" || question.stepSeconds !== STEP_SECONDS || entities.length === 0)
    return readPressureSeries(pool, scope, entities, question);
  const stepped = await readSteppedHours(pool, scope, question);
  const hours = stepped.map(({ at }) => at);
  const rest = uncoveredRuns(hours, question, HOUR_SECONDS).map(async ({ from, to }) => {
    const rows = await readPressureSeries(pool, scope, entities, { ...question, from, to });
    const shift = Math.round((from.getTime() - question.from.getTime()) / 1000 / STEP_SECONDS);
    return rows.map((row) => ({ ...row, bucket: row.bucket + shift }));
  });
  const [whole, ...parts] = await Promise.all([readSteps(pool, scope, entities, { ...question, hours }), ...rest]);
  return [...whole, ...parts.flat()].sort((a, b) => a.entityId - b.entityId || a.bucket - b.bucket);
}
