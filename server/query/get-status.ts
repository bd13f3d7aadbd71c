import type { Status } from "../contract/status.ts";
import type { Viewer } from "../contract/viewer.ts";
import { getStore } from "../store/client.ts";
import { readBackfill, readReadStates, readSourceCounts } from "../store/sql/read-reads.ts";
import { type ProcessRow, readDatabase, readProcesses, readQueue, readTableSizes } from "../store/sql/read-status.ts";
import { isoOrNull } from "./figures.ts";
import { VERSION } from "./installation.ts";
import { listPolls } from "./list-polls.ts";
import { toBackfillState, toReadStates } from "./read-state.ts";
import { boundFleet } from "./scope.ts";

/** Collectors beat every few seconds; one silent for this long is dead or cut off. */
export const ALIVE_SECONDS = 30;
const RUNNING_SHOWN = 50;

/** Whether the machinery works: processes, database, queue, running reads, freshness of each cluster. */
export async function getStatus(viewer: Viewer, now = new Date()): Promise<Status> {
  const { pool } = getStore();
  const { clusters, scope } = await boundFleet(viewer);
  const [processes, database, tables, queue, states, backfill, sources, running] = await Promise.all([
    readProcesses(pool),
    readDatabase(pool),
    readTableSizes(pool),
    readQueue(pool),
    readReadStates(pool, scope),
    readBackfill(pool, scope),
    readSourceCounts(pool, scope),
    listPolls(viewer, { status: "running", limit: RUNNING_SHOWN }, now),
  ]);
  return {
    at: now.toISOString(),
    version: VERSION,
    isCollectorAlive: isCollectorAlive(processes),
    processes: processes.map(({ silentSeconds, startedAt, beatAt, ...process }) => ({
      ...process,
      startedAt: startedAt.toISOString(),
      beatAt: beatAt.toISOString(),
      isAlive: silentSeconds < ALIVE_SECONDS,
    })),
    database: { serverVersion: database.serverVersion, sizeBytes: database.sizeBytes, largestTables: tables },
    queue: {
      waitingCount: queue?.waitingCount ?? null,
      activeCount: queue?.activeCount ?? null,
      failedCount: queue?.failedCount ?? null,
      oldestWaitingAt: isoOrNull(queue?.oldestWaitingAt ?? null),
    },
    running: running.items,
    clusters: clusters.map((cluster) => {
      const counts = sources.find((row) => row.clusterId === cluster.id);
      const answered = (counts?.ok ?? 0) + (counts?.notServed ?? 0);
      const asked = answered + (counts?.partial ?? 0) + (counts?.failed ?? 0) + (counts?.skipped ?? 0);
      return {
        cluster: cluster.name,
        reads: toReadStates(cluster, states, now),
        backfill: toBackfillState(backfill.find((row) => row.clusterId === cluster.id)),
        sources: { covered: answered, of: asked },
      };
    }),
  };
}

export function isCollectorAlive(processes: readonly ProcessRow[]): boolean {
  return processes.some((process) => process.role === "collector" && process.silentSeconds < ALIVE_SECONDS);
}
