import { dayIn } from "../domain/cost/billing-day.ts";
import { completeDays } from "../domain/cost/complete-days.ts";
import { findStep } from "../domain/cost/find-step.ts";
import {
  type CostSeries,
  loadMovingCosts,
  loadRecordedDays,
  replaceAnomalies,
  type StoredAnomaly,
} from "../store/cost-anomalies.ts";
import { inTransaction } from "../store/db.ts";
import type { JobContext } from "./context.ts";

const DAY_MS = 86_400_000;
const WINDOW_DAYS = 21;
const SERIES_LIMIT = 500;
/** Per day, in the currency: below this nobody looks. Pages leave out more, by what the fleet costs. */
const LEAST_CHANGE = 0.5;

const seen = new WeakMap<JobContext, Map<number, string>>();

/**
 * Looks for lasting changes when a day has become complete. Days that are running or being backfilled are left out, so that a day
 * that is not all there is never taken for a drop.
 */
export async function refreshAnomalies(context: JobContext, clusterId: number): Promise<void> {
  const { pool, config } = context;
  const now = context.now();
  const today = dayIn(config.billing.timeZone, now);
  const from = dayIn(config.billing.timeZone, new Date(now.getTime() - WINDOW_DAYS * DAY_MS));
  const recorded = await loadRecordedDays(pool, clusterId, from, today);
  const complete = [
    ...completeDays(
      recorded.map((row) => ({ clusterId, ...row })),
      [clusterId],
      today,
    ),
  ].sort();
  const marks = seen.get(context) ?? new Map<number, string>();
  seen.set(context, marks);
  const mark = `${today} ${complete.join(" ")}`;
  if (marks.get(clusterId) === mark) return;
  const series = await loadMovingCosts(pool, clusterId, complete, { leastChange: LEAST_CHANGE, limit: SERIES_LIMIT });
  const found = series.flatMap((row) => toAnomaly(row, complete) ?? []);
  await inTransaction(pool, (client) => replaceAnomalies(client, clusterId, found));
  marks.set(clusterId, mark);
}

/** A workload that was not there cost nothing; a day that is there without a price is not known and ends the comparison. */
export function toAnomaly(row: CostSeries, complete: readonly string[]): StoredAnomaly | null {
  if (row.costs.includes(null)) return null;
  const byDay = new Map(row.days.map((day, index) => [day, row.costs[index] ?? 0]));
  const step = findStep(complete.map((day) => ({ day, cost: byDay.get(day) ?? 0 })));
  if (step === null) return null;
  const { namespace, kind, name, team, resource, isEstimate } = row;
  return { namespace, kind, name, team, resource, isEstimate, ...step };
}
