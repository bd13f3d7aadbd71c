import type { Pool } from "pg";
import { inTransaction } from "../store/db.ts";
import { readUnsteppedHours, saveSteps } from "../store/metric-steps.ts";
import { type FrameBasis, saveFrames } from "../store/pressure-frames.ts";
import { readUnframed } from "../store/sql/read-pressure-frames.ts";

const HOUR_MS = 3_600_000;
const HOURS_AT_ONCE = 4;
/** How far back, and how many moments at a time: what a filled past leaves over is made newest first, turn by turn. */
const TURNS: readonly { readonly basis: FrameBasis; readonly hours: number; readonly atOnce: number }[] = [
  { basis: "raw", hours: 25, atOnce: 60 },
  { basis: "hourly", hours: 8 * 24, atOnce: 24 },
  { basis: "daily", hours: 8 * 24, atOnce: 8 },
];

/**
 * Makes frames for stored moments that have none – filled from the past, or stored by an older release – and the steps of hours that
 * are over. Returns how many.
 */
export async function frameMissing(pool: Pool, clusterId: number, now: Date): Promise<number> {
  const scope = { clusterIds: [clusterId], teams: null };
  let count = 0;
  for (const { basis, hours, atOnce } of TURNS) {
    const from = new Date(now.getTime() - hours * HOUR_MS);
    const to = new Date(now.getTime() + HOUR_MS);
    const missing = await readUnframed(pool, scope, { level: "node", basis, from, to });
    const newest = missing.map(({ at }) => at).sort((a, b) => b.getTime() - a.getTime());
    for (const at of newest.slice(0, atOnce)) {
      await inTransaction(pool, (client) => saveFrames(client, clusterId, basis, at));
      count += 1;
    }
  }
  for (const hour of (await readUnsteppedHours(pool, clusterId, now)).slice(0, HOURS_AT_ONCE)) {
    await inTransaction(pool, (client) => saveSteps(client, clusterId, hour));
    count += 1;
  }
  return count;
}
