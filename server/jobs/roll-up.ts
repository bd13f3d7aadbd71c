import { markDue, rollUpDay, rollUpHour, takeDueBuckets } from "../store/rollups.ts";
import type { JobContext } from "./context.ts";

const HOURS_AT_ONCE = 20;
const DAYS_AT_ONCE = 40;

/**
 * Recomputes roll-ups whose raw rows changed. A bucket that fails is marked again, so nothing is lost; hours mark their day.
 */
export async function rollUpDue(context: JobContext): Promise<{ hours: number; days: number }> {
  const { pool, log } = context;
  const hours = await takeDueBuckets(pool, "hour", HOURS_AT_ONCE);
  for (const bucket of hours) {
    try {
      await rollUpHour(pool, bucket.clusterId, bucket.at);
      await markDue(pool, { ...bucket, resolution: "day", at: startOfDay(bucket.at) });
    } catch (error) {
      await markDue(pool, bucket);
      log.error(
        { err: error, clusterId: bucket.clusterId, at: bucket.at },
        "hour not rolled up; it will be tried again",
      );
    }
  }
  const days = await takeDueBuckets(pool, "day", DAYS_AT_ONCE);
  for (const bucket of days) {
    try {
      await rollUpDay(pool, bucket.clusterId, bucket.at);
    } catch (error) {
      await markDue(pool, bucket);
      log.error(
        { err: error, clusterId: bucket.clusterId, at: bucket.at },
        "day not rolled up; it will be tried again",
      );
    }
  }
  return { hours: hours.length, days: days.length };
}

function startOfDay(at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()));
}
