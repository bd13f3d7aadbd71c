import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Readiness } from "../contract/status.ts";
import type { Viewer } from "../contract/viewer.ts";
import { getStore } from "../store/client.ts";
import { readMigrations, readProcesses } from "../store/sql/read-status.ts";
import { ALIVE_SECONDS, isCollectorAlive } from "./get-status.ts";

/**
 * Whether this process can answer: database reachable, schema as this program knows it, a collector alive. A probe asks
 * without a viewer's rights, and the answer names no cluster.
 */
export async function getReadiness(_viewer: Viewer): Promise<Readiness> {
  const { pool } = getStore();
  const checks: Readiness["checks"] = [];
  const attempt = async (name: Readiness["checks"][number]["name"], check: () => Promise<string | null>) => {
    const detail = await check().catch(() => "the database does not answer");
    checks.push({ name, isOk: detail === null, detail });
  };
  await attempt("database", async () => {
    await pool.query("SELECT 1");
    return null;
  });
  await attempt("migrations", async () => ((await isMigrated()) ? null : "migrations are missing"));
  await attempt("collector", async () =>
    isCollectorAlive(await readProcesses(pool)) ? null : `no collector has given a sign of life for ${ALIVE_SECONDS} s`,
  );
  return { status: checks.every((check) => check.isOk) ? "ready" : "not-ready", checks };
}

/** Every migration of this program is applied. The directory is beside the program that `next start` runs in. */
async function isMigrated(): Promise<boolean> {
  const directory = join(/* turbopackIgnore: true */ process.cwd(), "prisma", "migrations");
  const entries = await readdir(directory, { withFileTypes: true });
  const applied = new Set(await readMigrations(getStore().pool));
  return entries.filter((entry) => entry.isDirectory()).every((entry) => applied.has(entry.name));
}
