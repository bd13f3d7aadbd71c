import { setTimeout as sleep } from "node:timers/promises";
import { inTransaction } from "../store/db.ts";
import { saveFrames } from "../store/pressure-frames.ts";
import { countDueHours, type DueBucket, markDue, rollUpDay, rollUpHour, takeDueBucket } from "../store/rollups.ts";
import type { JobContext } from "./context.ts";

const HOUR_MS = 3_600_000;
const SETTLE_MS = 250;
const SETTLE_TRIES = 60;

/**
 * Recomputes every roll-up whose raw rows changed, hours before days, with the frames of pressure made of them. Each bucket is taken and made in one transaction, so one that
 * fails, or whose collector dies, is still due; hours mark their day.
 */
export async function rollUpDue(context: JobContext, signal?: AbortSignal): Promise<{ hours: number; days: number }> {
  return { hours: await rollUpEach(context, "hour", signal), days: await rollUpEach(context, "day", signal) };
}

/**
 * Waits until the full hours of a cluster are rolled up, helping where nobody is at it. What a failing hour leaves due is given up
 * after a quarter of a minute: what follows then tells of the hours that there are.
 */
export async function settleHours(context: JobContext, clusterId: number, signal: AbortSignal): Promise<void> {
  const before = new Date(Math.floor(context.now().getTime() / HOUR_MS) * HOUR_MS);
  for (let attempt = 0; attempt < SETTLE_TRIES && !signal.aborted; attempt += 1) {
    if ((await countDueHours(context.pool, clusterId, before)) === 0) return;
    if (attempt % 20 === 0) await rollUpEach(context, "hour", signal);
    await sleep(SETTLE_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function rollUpEach(
  { pool, log, now }: JobContext,
  resolution: DueBucket["resolution"],
  signal: AbortSignal | undefined,
): Promise<number> {
  let last: DueBucket | null = null;
  let done = 0;
  while (signal?.aborted !== true) {
    let taken: DueBucket | null = null;
    try {
      await inTransaction(pool, async (client) => {
        taken = await takeDueBucket(client, resolution, last, now());
        if (taken === null) return;
        const { clusterId, at } = taken;
        if (resolution === "day") {
          await rollUpDay(client, clusterId, at);
          await saveFrames(client, clusterId, "daily", at);
        } else {
          await rollUpHour(client, clusterId, at);
          await saveFrames(client, clusterId, "hourly", at);
          await markDue(client, { clusterId, resolution: "day", at: startOfDay(at) });
        }
      });
      if (taken === null) break;
      done += 1;
    } catch (error) {
      if (taken === null) throw error;
      log.error({ err: error, ...(taken as DueBucket) }, `${resolution} not rolled up; it will be tried again`);
    }
    last = taken;
  }
  return done;
}

function startOfDay(at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()));
}
