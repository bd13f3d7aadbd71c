import type { Viewer } from "../contract/viewer.ts";
import { getStore } from "../store/client.ts";
import { readReadCounts, readReadStates, readSourceCounts } from "../store/sql/read-reads.ts";
import { readDatabase, readProcesses, readQueue } from "../store/sql/read-status.ts";
import { isCollectorAlive } from "./get-status.ts";
import { VERSION } from "./installation.ts";
import { boundFleet } from "./scope.ts";

export type Sample = { readonly labels: Readonly<Record<string, string>>; readonly value: number };
export type Metric = {
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
  readonly samples: readonly Sample[];
};

const COUNTED_MS = 3_600_000;

/** What Sluice says of itself: freshness, reads, queue, database. A figure that is not known has no sample. */
export async function getOwnMetrics(viewer: Viewer, now = new Date()): Promise<Metric[]> {
  const { pool } = getStore();
  const { clusters, scope } = await boundFleet(viewer);
  const [states, reads, sources, processes, database, queue] = await Promise.all([
    readReadStates(pool, scope),
    readReadCounts(pool, scope, new Date(now.getTime() - COUNTED_MS)),
    readSourceCounts(pool, scope),
    readProcesses(pool),
    readDatabase(pool),
    readQueue(pool),
  ]);
  const names = new Map(clusters.map((cluster) => [cluster.id, cluster.name]));
  const name = (id: number) => names.get(id) ?? "";
  const one = (value: number): Sample[] => [{ labels: {}, value }];
  return [
    gauge("sluice_build_info", "Version of this program.", [{ labels: { version: VERSION }, value: 1 }]),
    gauge(
      "sluice_collector_alive",
      "1 while a collector gives signs of life.",
      one(isCollectorAlive(processes) ? 1 : 0),
    ),
    gauge(
      "sluice_snapshot_age_seconds",
      "Age of the newest good reading.",
      states.flatMap((row) =>
        row.goodTakenAt === null
          ? []
          : [
              {
                labels: { cluster: name(row.clusterId), kind: row.kind },
                value: Math.max(0, (now.getTime() - row.goodTakenAt.getTime()) / 1000),
              },
            ],
      ),
    ),
    gauge(
      "sluice_read_failures_in_a_row",
      "Reads that failed since the last one that did not.",
      states.map((row) => ({
        labels: { cluster: name(row.clusterId), kind: row.kind },
        value: row.failureCount,
      })),
    ),
    gauge(
      "sluice_reads_last_hour",
      "Reads that started in the last hour, by status.",
      reads.map((row) => ({
        labels: { cluster: name(row.clusterId), kind: row.kind, status: row.status },
        value: row.readCount,
      })),
    ),
    gauge(
      "sluice_sources",
      "Sources by how the newest attempt went.",
      sources.flatMap((row) =>
        (["ok", "partial", "failed", "notServed", "skipped"] as const).map((status) => ({
          labels: { cluster: name(row.clusterId), status },
          value: row[status],
        })),
      ),
    ),
    gauge("sluice_queue_waiting", "Jobs that wait.", queue === null ? [] : one(queue.waitingCount)),
    gauge("sluice_queue_active", "Jobs that run.", queue === null ? [] : one(queue.activeCount)),
    gauge("sluice_queue_failed", "Failed jobs that are still kept.", queue === null ? [] : one(queue.failedCount)),
    gauge("sluice_database_size_bytes", "Size of the database.", one(database.sizeBytes)),
  ];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, type: "gauge", help, samples };
}
