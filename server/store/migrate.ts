import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import type { MigrationList, SchemaEngine } from "@prisma/schema-engine-wasm";
import pg from "pg";
import { AppError, messageOf } from "../errors.ts";

const OLDEST_SERVER = 15;
const MIGRATIONS = fileURLToPath(new URL("../../prisma/migrations", import.meta.url));
const NO_FILTER = { externalTables: [], externalEnums: [] };
// "sluice" in ASCII; one number for all databases, because the lock belongs to the database it is taken in.
const MIGRATION_LOCK = "126944385229669";

export interface MigrationSummary {
  /** Names of the migrations that this call applied, in order. */
  readonly applied: readonly string[];
  readonly serverVersion: string;
}

/**
 * Brings a database to this program's schema with Prisma's own migration engine.
 *
 * Any number of processes may call it at once: one migrates, the others wait and find nothing to do.
 * Errors: `database-unavailable` (not reached), `database-unsupported` (PostgreSQL before 15, or a schema newer than
 * this program: a downgrade), `internal` (a migration failed or was edited after it was applied).
 */
export async function migrate(databaseUrl: string, migrationsDirectory = MIGRATIONS): Promise<MigrationSummary> {
  const list = readMigrations(migrationsDirectory);
  const guard = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 30_000,
    application_name: "sluice migrate",
  });
  guard.on("error", () => undefined); // seen again by the query that waits on it
  try {
    await guard.connect();
  } catch (cause) {
    throw new AppError("database-unavailable", `The database does not answer: ${messageOf(cause)}`, {}, cause);
  }
  try {
    const serverVersion = await refuseOldServer(guard);
    await guard.query("SET lock_timeout = 0; SET statement_timeout = 0");
    await guard.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
    await refuseDowngrade(guard, list);
    const applied = await applyMigrations(guard, databaseUrl, list);
    return { applied, serverVersion };
  } finally {
    await guard.end(); // ends the session and its lock with it
  }
}

/** Whether the database has every migration of this program; for readiness. Reads only. */
export async function isMigrated(
  client: Pick<pg.ClientBase, "query">,
  migrationsDirectory = MIGRATIONS,
): Promise<boolean> {
  const applied = new Set(await appliedNames(client));
  return readMigrations(migrationsDirectory).migrationDirectories.every(({ path }) => applied.has(path));
}

async function refuseOldServer(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ version: string; number: number }>(
    "SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number",
  );
  const version = rows[0]?.version ?? "unknown";
  const major = Math.floor((rows[0]?.number ?? 0) / 10_000);
  if (major < OLDEST_SERVER) {
    throw new AppError(
      "database-unsupported",
      `PostgreSQL ${OLDEST_SERVER} or newer is needed; this server is ${version}.`,
      { version },
    );
  }
  return version;
}

async function refuseDowngrade(client: pg.Client, list: MigrationList): Promise<void> {
  const known = new Set(list.migrationDirectories.map(({ path }) => path));
  const foreign = (await appliedNames(client)).filter((name) => !known.has(name));
  if (foreign.length === 0) return;
  throw new AppError(
    "database-unsupported",
    `The database was written by a newer Sluice; this one does not know ${foreign.join(", ")} (downgrade refused). Start the newer program, or restore a backup from before.`,
    { migrations: foreign.join(", ") },
  );
}

async function appliedNames(client: Pick<pg.ClientBase, "query">): Promise<string[]> {
  const table = await client.query<{ present: boolean }>(
    "SELECT to_regclass('_prisma_migrations') IS NOT NULL AS present",
  );
  if (table.rows[0]?.present !== true) return [];
  const { rows } = await client.query<{ name: string }>(
    "SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL",
  );
  return rows.map((row) => row.name);
}

async function hasMigrationsTable(client: Pick<pg.ClientBase, "query">): Promise<boolean> {
  const { rows } = await client.query<{ present: boolean }>(
    "SELECT to_regclass('_prisma_migrations') IS NOT NULL AS present",
  );
  return rows[0]?.present === true;
}

function readMigrations(directory: string): MigrationList {
  const names = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return {
    baseDir: directory,
    lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"\n' },
    shadowDbInitScript: "",
    migrationDirectories: names.map((name) => ({
      path: name,
      migrationFile: {
        path: "migration.sql",
        content: { tag: "ok", value: readFileSync(join(directory, name, "migration.sql"), "utf8") },
      },
    })),
  };
}

async function applyMigrations(
  client: pg.Client,
  databaseUrl: string,
  migrationsList: MigrationList,
): Promise<string[]> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2, application_name: "sluice migrate" });
  pool.on("error", () => undefined); // the query that waits on the connection reports it
  const Engine = await loadEngine();
  const scripts = new WholeScriptPg(pool);
  const engine = await Engine.new(
    { datamodels: undefined },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(scripts),
  );
  try {
    await settleInterrupted(client, engine, migrationsList);
    return (await engine.applyMigrations({ migrationsList, filters: NO_FILTER })).appliedMigrationNames;
  } catch (cause) {
    const name = /migration_name="([^"]+)"/.exec(messageOf(cause))?.[1];
    const words = messageOf(scripts.lastError ?? cause); // the engine says "external error" where the server said more
    const what = name === undefined ? "Migrating failed" : `The migration ${name} failed, and nothing of it was kept`;
    throw new AppError("internal", `${what}: ${words}`, name === undefined ? {} : { migration: name }, cause);
  } finally {
    engine.free();
    await pool.end();
  }
}

const COMMITTED = "script committed";
// In the same transaction as the script, so that it tells for certain whether that was committed.
const NOTE_COMMIT = `
;DO $note$ BEGIN
  IF to_regclass('_prisma_migrations') IS NOT NULL THEN
    UPDATE _prisma_migrations SET logs = '${COMMITTED}' WHERE finished_at IS NULL AND rolled_back_at IS NULL;
  END IF;
END $note$`;

/**
 * The stock adapter cuts a script at every semicolon, those in comments, texts and function bodies included. Sent whole,
 * PostgreSQL runs it as one transaction (so no CREATE INDEX CONCURRENTLY in a migration).
 */
class WholeScriptPg extends PrismaPg {
  readonly #pool: pg.Pool;
  lastError: unknown = null;
  constructor(pool: pg.Pool) {
    super(pool);
    this.#pool = pool;
  }
  override async connect() {
    const adapter = await super.connect();
    adapter.executeScript = async (script) => {
      try {
        await this.#pool.query(`${script}${NOTE_COMMIT}`);
      } catch (error) {
        this.lastError = error;
        throw error;
      }
    };
    return adapter;
  }
}

/**
 * A process that died while migrating, or a script that failed, leaves an unfinished entry, at which the engine would
 * refuse to go on. The script ran whole or not at all: it is marked applied, or rolled back to be tried again.
 */
async function settleInterrupted(
  client: pg.Client,
  engine: SchemaEngine,
  migrationsList: MigrationList,
): Promise<void> {
  if (!(await hasMigrationsTable(client))) return;
  const { rows } = await client.query<{ name: string; logs: string | null }>(
    "SELECT migration_name AS name, logs FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL",
  );
  for (const { name, logs } of rows) {
    if (logs === COMMITTED) await engine.markMigrationApplied({ migrationName: name, migrationsList });
    else await engine.markMigrationRolledBack({ migrationName: name });
  }
}

let engineClass: Promise<typeof SchemaEngine> | undefined;

/**
 * The package imports its WebAssembly file as an ES module, which Node calls experimental and warns about; the same
 * file is instantiated here by hand.
 */
function loadEngine(): Promise<typeof SchemaEngine> {
  engineClass ??= (async () => {
    const bindings = await import("@prisma/schema-engine-wasm/schema_engine_bg");
    const file = join(
      dirname(createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm")),
      "schema_engine_bg.wasm",
    );
    const { instance } = await WebAssembly.instantiate(readFileSync(file), {
      "./schema_engine_bg.js": { ...bindings },
    });
    const { __wbg_set_wasm: setWasm } = bindings as unknown as { __wbg_set_wasm(exports: WebAssembly.Exports): void };
    setWasm(instance.exports);
    (instance.exports as { __wbindgen_start?: () => void }).__wbindgen_start?.();
    return bindings.SchemaEngine;
  })();
  return engineClass;
}
