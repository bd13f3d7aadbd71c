import type { Db } from "../store/db.ts";
import { type ReadJob, requestRead } from "../store/queue.ts";
import type { JobContext } from "./context.ts";
import { RULES_VERSION } from "./rules-version.ts";

export type ReadTiming = {
  readonly kind: ReadJob["kind"];
  readonly lastStartedAt: Date | null;
  readonly failureCount: number;
};

const MAX_BACKOFF_FACTOR = 8;

/**
 * Whether a read is due: its cadence has passed since the last start, stretched after failures in a row (2×, 4×, at most 8×)
 * so that a broken cluster is asked less often. A clock that jumped back does not stop reads.
 */
export function isDue(timing: ReadTiming, cadenceSeconds: number, now: Date): boolean {
  if (timing.lastStartedAt === null) return true;
  const factor = Math.min(2 ** timing.failureCount, MAX_BACKOFF_FACTOR);
  const elapsedSeconds = (now.getTime() - timing.lastStartedAt.getTime()) / 1000;
  return elapsedSeconds >= cadenceSeconds * factor || elapsedSeconds < -cadenceSeconds;
}

/** Enqueues every read that is due. Several collectors may do this side by side: the queue keeps one job per cluster and kind. */
export async function scheduleDueReads(context: JobContext): Promise<number> {
  const timings = await loadTimings(context.pool);
  let enqueued = 0;
  for (const [clusterId, cluster] of context.clusters) {
    const cadences: [ReadJob["kind"], number][] = [
      ["inventory", cluster.poll.inventorySeconds],
      ["gates", cluster.poll.gatesSeconds],
      ["metrics", cluster.poll.metricsSeconds],
    ];
    for (const [kind, cadenceSeconds] of cadences) {
      const timing = timings.get(`${clusterId}/${kind}`) ?? { kind, lastStartedAt: null, failureCount: 0 };
      // Gates and metrics name nodes and owners: they wait for the first inventory attempt.
      if (kind !== "inventory" && !timings.has(`${clusterId}/inventory/finished`)) continue;
      if (!isDue(timing, cadenceSeconds, context.now())) continue;
      if (await requestRead(context.boss, { clusterId, clusterName: cluster.name, kind, requestedBy: "schedule" }))
        enqueued += 1;
    }
  }
  return enqueued;
}

/**
 * Asks once for what an earlier version judged by other rules: after an update nobody waits a whole cadence for plans and verdicts of
 * the new ones. Clusters that were never read are the schedule's.
 */
export async function requestOutdatedReads(context: JobContext): Promise<number> {
  const { rows } = await context.pool.query<{ cluster_id: number; kind: ReadJob["kind"] }>(
    `SELECT s.cluster_id, s.kind FROM read_state s JOIN read_record r ON r.cluster_id = s.cluster_id AND r.id = s.good_read_id
      WHERE s.kind IN ('inventory', 'gates') AND r.rules_version < $1 ORDER BY s.kind DESC, s.cluster_id`,
    [RULES_VERSION],
  );
  let enqueued = 0;
  for (const { cluster_id: clusterId, kind } of rows) {
    const cluster = context.clusters.get(clusterId);
    if (cluster === undefined) continue;
    if (await requestRead(context.boss, { clusterId, clusterName: cluster.name, kind, requestedBy: "schedule" }))
      enqueued += 1;
  }
  return enqueued;
}

async function loadTimings(db: Db): Promise<Map<string, ReadTiming>> {
  const { rows } = await db.query<{
    cluster_id: number;
    kind: ReadJob["kind"];
    last_started_at: Date | null;
    last_finished_at: Date | null;
    failure_count: number;
  }>(
    `SELECT cluster_id, kind, last_started_at, last_finished_at, failure_count FROM read_state WHERE kind IN ('inventory', 'metrics', 'gates')`,
  );
  const timings = new Map<string, ReadTiming>();
  for (const row of rows) {
    const timing = { kind: row.kind, lastStartedAt: row.last_started_at, failureCount: row.failure_count };
    timings.set(`${row.cluster_id}/${row.kind}`, timing);
    if (row.last_finished_at !== null) timings.set(`${row.cluster_id}/${row.kind}/finished`, timing);
  }
  return timings;
}
