import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { createLogger } from "../server/log.ts";
import { startEmbeddedPostgres } from "../server/postgres/embedded.ts";
import { saveCluster } from "../server/store/clusters.ts";
import { copyRows } from "../server/store/copy-rows.ts";
import { inTransaction } from "../server/store/db.ts";
import { saveInventory } from "../server/store/inventory.ts";
import { migrate } from "../server/store/migrate.ts";
import { atLeast, type Bench, median, times } from "./harness.ts";
import { aLargeCluster } from "./large-cluster.ts";

/**
 * The first inventory of the largest cluster against a bare COPY of the same pod rows into the same logged table with the same
 * indexes: rows per second, as a ratio in one run.
 */
export const ingestBench: Bench = {
  name: "ingest",
  async run() {
    const directory = mkdtempSync(join(tmpdir(), "sluice-bench-"));
    const server = await startEmbeddedPostgres({ dataDir: directory, log: createLogger({ level: "warn" }) });
    const pool = new pg.Pool({ connectionString: server.databaseUrl, max: 2 });
    try {
      await migrate(server.databaseUrl);
      const clusterId = await saveCluster(pool, { name: "bench", provider: null, isDemo: false, settings: {} });
      const { parts } = aLargeCluster();
      const podCount = parts.pods.state === "value" ? parts.pods.value.length : 0;
      const owners = {
        teamOfPod: () => "team",
        teamOfWorkload: () => "team",
        teamOfNamespace: () => null,
        priceOfNode: () => ({ priceRowId: null, costPerHour: null }),
      };
      const empty = () => pool.query("TRUNCATE pod, node, workload, namespace");
      const ours = await times(
        () => inTransaction(pool, (client) => saveInventory(client, clusterId, parts, owners)),
        empty,
      );
      const { rows, fields } = await pool.query({ text: "SELECT * FROM pod", rowMode: "array" });
      const columns = fields.map((field) => field.name);
      const containers = columns.indexOf("containers");
      const plain = rows.map((row: unknown[]) =>
        row.map((value, index) => (index === containers ? { json: value } : value)),
      );
      const bare = await times(
        () => inTransaction(pool, (client) => copyRows(client, "pod", columns, asRows(plain))),
        empty,
      );
      await inTransaction(pool, (client) => saveInventory(client, clusterId, parts, owners));
      const again = await times(
        () => inTransaction(pool, (client) => saveInventory(client, clusterId, parts, owners)),
        () => null,
        3,
      );
      return [
        atLeast(
          "rows per second against a bare COPY",
          ours.map((seconds) => median(bare) / seconds),
          "×",
          0.5,
          `${Math.round(podCount / median(ours))} of ${Math.round(podCount / median(bare))} pods/s`,
        ),
        atLeast(
          "an unchanged inventory again",
          again.map((seconds) => podCount / seconds),
          "pods/s",
          null,
        ),
      ];
    } finally {
      await pool.end();
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

/** Rows as they came out of the database go back in: their values are what COPY accepts. */
function asRows(rows: unknown[][]): Parameters<typeof copyRows>[3] {
  return rows as Parameters<typeof copyRows>[3];
}
