import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { createLogger } from "../../server/log.ts";
import { startEmbeddedPostgres } from "../../server/postgres/embedded.ts";
import { getStore } from "../../server/store/client.ts";
import { saveCluster } from "../../server/store/clusters.ts";
import { migrate } from "../../server/store/migrate.ts";
import { ensurePartitions } from "../../server/store/partitions.ts";

export const CLUSTER_COUNT = 20;
export const NODES_PER_CLUSTER = 5_000;
const DAY_MS = 86_400_000;

export type Fleet = { readonly pool: pg.Pool; readonly clusterIds: readonly number[]; readonly now: Date };

/**
 * A database of 20 clusters with 5,000 nodes each, or fewer, read a moment ago; benches fill in what they ask for. Its address is this
 * process's DATABASE_URL while `work` runs, so that questions are asked through the product's own query functions.
 */
export async function withFleet<T>(
  work: (fleet: Fleet) => Promise<T>,
  nodesPerCluster = NODES_PER_CLUSTER,
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "sluice-bench-"));
  const server = await startEmbeddedPostgres({
    dataDir: directory,
    log: createLogger({ level: "warn" }),
    durable: false, // only filling becomes quicker; what is measured reads
  });
  try {
    await migrate(server.databaseUrl);
    process.env.DATABASE_URL = server.databaseUrl;
    const pool = new pg.Pool({ connectionString: server.databaseUrl, max: 2 }); // the store's own bounds every statement
    pool.on("error", () => undefined); // a busy machine stops the server before the last idle connection has said goodbye
    try {
      return await work(await fillClusters(pool, nodesPerCluster));
    } finally {
      await pool.end();
      await getStore().close();
      delete process.env.DATABASE_URL;
      Reflect.deleteProperty(globalThis, "sluiceStore"); // the next bench opens its own
    }
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function fillClusters(pool: pg.Pool, nodesPerCluster: number): Promise<Fleet> {
  const now = new Date();
  await ensurePartitions(pool, new Date(now.getTime() - 400 * DAY_MS), new Date(now.getTime() + DAY_MS));
  const clusterIds: number[] = [];
  for (let index = 0; index < CLUSTER_COUNT; index += 1) {
    const name = `cluster-${String(index).padStart(2, "0")}`;
    clusterIds.push(await saveCluster(pool, { name, provider: "aws", isDemo: false, settings: {} }));
  }
  await pool.query(`UPDATE cluster SET git_version = CASE WHEN id % 3 = 0 THEN 'v1.33.4' ELSE 'v1.34.9' END`);
  await pool.query(
    `INSERT INTO read_state (cluster_id, kind, last_read_id, last_started_at, last_finished_at, last_status, good_read_id, good_taken_at)
     SELECT c.id, kind, gen_random_uuid(), $1, $1, 'succeeded', gen_random_uuid(), $1
       FROM cluster c CROSS JOIN unnest(ARRAY['inventory', 'gates', 'metrics']) AS kind`,
    [now],
  );
  await pool.query(
    `INSERT INTO node (cluster_id, name, uid, pool, zone, region, instance_type, is_ready, is_schedulable, is_control_plane, kubelet_version,
                       kernel_version, os_image, container_runtime_version, architecture, cpu_cores_capacity, memory_bytes_capacity,
                       cpu_cores_allocatable, memory_bytes_allocatable, extended, addresses, labels, cost_per_hour)
     SELECT c.id, 'node-' || n, 'uid-' || n, 'pool-' || n % 12, 'zone-' || n % 3, 'region', 'm5.large', true, true, false,
            CASE WHEN n % 50 = 0 THEN 'v1.32.8' ELSE c.git_version END, '6.8', 'Linux', 'containerd://2.1', 'amd64', 16, 64e9, 15, 60e9,
            '{}', '[]', '{}', 0.4
       FROM cluster c CROSS JOIN generate_series(0, $1 - 1) AS n`,
    [nodesPerCluster],
  );
  await pool.query(`ANALYZE`);
  return { pool, clusterIds, now };
}
