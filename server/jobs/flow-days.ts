import type { Pool } from "pg";
import { dayIn, startOfDayIn } from "../domain/cost/billing-day.ts";
import { inTransaction } from "../store/db.ts";
import {
  markForeignFlowDays,
  readDueFlowHours,
  readDueFlowMonths,
  rollUpFlowDay,
  rollUpFlowMonth,
} from "../store/flow-days.ts";

/** What the job needs of its context: where flows are, the time, and whose days they are. */
type Context = {
  readonly pool: Pool;
  readonly now: () => Date;
  readonly config: { readonly billing: { readonly timeZone: string } };
};

const HOUR_MS = 3_600_000;
const DAYS_AT_ONCE = 400;

/**
 * Makes the days of a cluster's flows whose hours changed, and their months, once they are over; the running ones are read from hours
 * and days. Doing it
 * again changes nothing. Returns how many days were made.
 */
export async function rollUpFlows({ pool, config, now }: Context, clusterId: number): Promise<number> {
  const { timeZone } = config.billing;
  await inTransaction(pool, (client) => markForeignFlowDays(client, clusterId, timeZone));
  const today = startOfDayIn(timeZone, dayIn(timeZone, now()));
  // The hour before midnight still gets its last minutes from the first read of the new day.
  if (now().getTime() - today.getTime() < HOUR_MS)
    today.setTime(startOfDayIn(timeZone, dayIn(timeZone, new Date(today.getTime() - 1))).getTime());
  const days = new Set((await readDueFlowHours(pool, clusterId, today)).map((at) => dayIn(timeZone, at)));
  for (const day of [...days].slice(0, DAYS_AT_ONCE)) {
    const from = startOfDayIn(timeZone, day);
    const to = startOfDayIn(timeZone, dayIn(timeZone, new Date(from.getTime() + 30 * HOUR_MS)));
    await inTransaction(pool, (client) => rollUpFlowDay(client, clusterId, { day, timeZone, from, to }));
  }
  // Months follow once their days are all there; a month that is not over is read from its days.
  const thisMonth = `${dayIn(timeZone, today).slice(0, 8)}01`;
  if (days.size <= DAYS_AT_ONCE)
    for (const month of await readDueFlowMonths(pool, clusterId, thisMonth))
      await inTransaction(pool, (client) => rollUpFlowMonth(client, clusterId, month));
  return Math.min(days.size, DAYS_AT_ONCE);
}
