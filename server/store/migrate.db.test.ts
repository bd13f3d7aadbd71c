import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { isMigrated, migrate } from "./migrate.ts";

const FIRST = [
  "20261122090000_first",
  "CREATE TABLE parts (id int PRIMARY KEY, created_at timestamptz NOT NULL) PARTITION BY RANGE (id);",
] as const;
const SECOND = ["20261122100000_second", "ALTER TABLE parts ADD COLUMN name text;"] as const;

let database: TestDatabase;
let directory: string;

beforeEach(async () => {
  database = await createEmptyDatabase();
  directory = mkdtempSync(join(tmpdir(), "sluice-migrations-"));
});
afterEach(async () => {
  await database.drop();
  rmSync(directory, { recursive: true });
});

function give(...migrations: readonly (readonly [string, string])[]): string {
  for (const [name, sql] of migrations) {
    mkdirSync(join(directory, name), { recursive: true });
    writeFileSync(join(directory, name, "migration.sql"), sql);
  }
  return directory;
}

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe("migrate", () => {
  it("applies what is missing, in order, once", async () => {
    give(FIRST);
    expect((await migrate(database.url, directory)).applied).toEqual([FIRST[0]]);
    give(SECOND);
    const second = await migrate(database.url, directory);
    expect(second.applied).toEqual([SECOND[0]]);
    expect(second.serverVersion).toMatch(/^18\./);
    expect((await migrate(database.url, directory)).applied).toEqual([]);
    const columns = await query(
      database.url,
      "SELECT column_name FROM information_schema.columns WHERE table_name = 'parts'",
    );
    expect(columns).toHaveLength(3);
  });

  it("lets several processes start at once", async () => {
    give(FIRST, SECOND);
    const all = await Promise.all(Array.from({ length: 4 }, () => migrate(database.url, directory)));
    expect(all.flatMap((summary) => summary.applied)).toEqual([FIRST[0], SECOND[0]]);
  });

  it("refuses a database that is newer than the program", async () => {
    await migrate(database.url, give(FIRST, SECOND));
    rmSync(join(directory, SECOND[0]), { recursive: true });
    await expect(migrate(database.url, directory)).rejects.toMatchObject({
      code: "database-unsupported",
      message: expect.stringContaining(`does not know ${SECOND[0]} (downgrade refused)`),
    });
  });

  it("sends a script whole: semicolons in comments, texts and function bodies do not cut it", async () => {
    const sql = `-- one; two
CREATE FUNCTION two_parts() RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN 'a;b'; END $$;
CREATE TABLE texts (id int, note text DEFAULT ';'); -- the end; really`;
    await migrate(database.url, give(["20261122090000_texts", sql]));
    expect(await query(database.url, "SELECT two_parts() AS text")).toEqual([{ text: "a;b" }]);
  });

  it("names the migration and the server's words when one fails, keeps nothing of it, and goes on once it is mended", async () => {
    const broken = "20261122110000_broken";
    give(
      FIRST,
      [broken, "CREATE TABLE half (id int); SELECT no_such_function();"],
      ["20261122120000_after", "SELECT 1;"],
    );
    const failure = await migrate(database.url, directory).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "internal" });
    expect(String(failure)).toContain(broken);
    expect(String(failure)).toContain("no_such_function");
    expect(await query(database.url, "SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
    give([broken, "CREATE TABLE half (id int);"]);
    expect((await migrate(database.url, directory)).applied).toEqual([broken, "20261122120000_after"]);
  });

  it.each([
    { died: "before its script was committed", logs: null, applied: [SECOND[0]] },
    { died: "after its script was committed", logs: "script committed", applied: [] },
  ])("goes on after a process that died $died", async ({ logs, applied }) => {
    await migrate(database.url, give(FIRST));
    give(SECOND);
    if (logs !== null) await query(database.url, SECOND[1]);
    await query(
      database.url,
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, logs) VALUES ('dead', '', '${SECOND[0]}', ${logs === null ? "NULL" : `'${logs}'`})`,
    );
    expect((await migrate(database.url, directory)).applied).toEqual(applied);
    expect(await query(database.url, "SELECT name FROM parts")).toEqual([]);
    expect((await migrate(database.url, directory)).applied).toEqual([]);
  });

  it("tells whether a database is migrated", async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      give(FIRST);
      expect(await isMigrated(client, directory)).toBe(false);
      await migrate(database.url, directory);
      expect(await isMigrated(client, directory)).toBe(true);
      give(SECOND);
      expect(await isMigrated(client, directory)).toBe(false);
    } finally {
      await client.end();
    }
  });

  it("says that a server which does not answer is unavailable, without its password", async () => {
    const failure = await migrate("postgresql://sluice:hunter2@127.0.0.1:1/sluice", give(FIRST)).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: "database-unavailable" });
    expect(String(failure)).not.toContain("hunter2");
  });
});

describe("test databases", () => {
  it("are migrated, apart from each other, and owned by a role without superuser rights", async () => {
    const [a, b] = [await createTestDatabase(), await createTestDatabase()];
    try {
      const applied = await query<{ count: string }>(
        a.url,
        "SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NOT NULL",
      );
      expect(Number(applied[0]?.count)).toBeGreaterThan(0);
      await query(a.url, "CREATE TABLE only_here (id int)");
      expect(await query(b.url, "SELECT to_regclass('only_here') AS found")).toEqual([{ found: null }]);
      expect(await query(a.url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")).toEqual([
        { rolsuper: false },
      ]);
    } finally {
      await a.drop();
      await b.drop();
    }
  });
});
