import { dayIn, startOfDayIn } from "../domain/cost/billing-day.ts";
import {
  dropForeignDays,
  readCostCalendar,
  readLastCostDay,
  rollUpCostDays,
  saveCostCalendar,
} from "../store/cost-history.ts";
import { makeCostSums } from "../store/cost-sums.ts";
import { inTransaction } from "../store/db.ts";
import { ensurePartitions } from "../store/partitions.ts";
import { chargeNetwork } from "./charge-network.ts";
import type { JobContext } from "./context.ts";
import { refreshAnomalies } from "./find-cost-anomalies.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TABLES = ["cost_daily", "cost_day_share", "cost_covered_day", "cost_month_sum", "cost_year_sum"] as const;
/** Days made in one transaction when all of them are: keeps both memory and what a stop undoes small. */
const DAYS_TOGETHER = 16;

/**
 * Brings the days of a cluster up to date: traffic charged, the day that is running, after a pause those that were missed, and all of
 * them when the billing time zone is another than they were made by. Running sums and lasting changes follow from them.
 */
export async function rollUpCosts(context: JobContext, clusterId: number, signal: AbortSignal): Promise<void> {
  const { pool, config } = context;
  const { timeZone } = config.billing;
  const charged = await chargeNetwork(context, clusterId, signal);
  const now = context.now();
  const calendar = await readCostCalendar(pool, clusterId);
  if (calendar.timeZone !== timeZone) {
    if (!(await rebuildDays(context, clusterId, calendar.firstAt ?? now, signal))) return;
  } else {
    const last = await readLastCostDay(pool, clusterId);
    // The hour before midnight still gets its last minutes from the first read of the new day.
    const moments = [new Date(now.getTime() - HOUR_MS), ...(charged === null ? [] : [charged])];
    if (last === null) moments.push(new Date(now.getTime() - 62 * DAY_MS));
    else moments.push(startOfDayIn(timeZone, last));
    await rollUpSpan(context, clusterId, new Date(Math.min(...moments.map((at) => at.getTime()))), now);
  }
  if (!signal.aborted) await makeCostSums(pool, clusterId);
  await refreshAnomalies(context, clusterId);
}

/** Every day from the first hour on, by the time zone of now. False = told to stop before it was done; it begins again then. */
async function rebuildDays(
  context: JobContext,
  clusterId: number,
  firstAt: Date,
  signal: AbortSignal,
): Promise<boolean> {
  const { pool, log, config } = context;
  const { timeZone } = config.billing;
  const now = context.now();
  await ensurePartitions(pool, new Date(firstAt.getTime() - DAY_MS), new Date(now.getTime() + 2 * DAY_MS), TABLES);
  await inTransaction(pool, (client) =>
    dropForeignDays(client, clusterId, dayIn(timeZone, firstAt), dayIn(timeZone, now)),
  );
  for (let from = firstAt.getTime(); from <= now.getTime(); from += DAYS_TOGETHER * DAY_MS) {
    if (signal.aborted) return false;
    const to = Math.min(now.getTime(), from + (DAYS_TOGETHER - 1) * DAY_MS);
    await rollUpSpan(context, clusterId, new Date(from), new Date(to));
  }
  await inTransaction(pool, (client) => saveCostCalendar(client, clusterId, timeZone));
  log.info({ clusterId, timeZone }, "cost days made by the billing time zone");
  return true;
}

/** The days that hold two moments, and those between them, made anew. */
export async function rollUpSpan(context: JobContext, clusterId: number, first: Date, last: Date): Promise<void> {
  const { timeZone } = context.config.billing;
  const firstDay = dayIn(timeZone, first);
  const lastDay = dayIn(timeZone, last);
  const from = startOfDayIn(timeZone, firstDay);
  const to = startOfDayIn(
    timeZone,
    dayIn(timeZone, new Date(startOfDayIn(timeZone, lastDay).getTime() + 30 * HOUR_MS)),
  );
  await inTransaction(context.pool, (client) =>
    rollUpCostDays(client, clusterId, { from, to, timeZone, firstDay, lastDay }),
  );
}
