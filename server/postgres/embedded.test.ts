import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLogger } from "../log.ts";
import { startEmbeddedPostgres } from "./embedded.ts";
import { isRunning } from "./instance-lock.ts";

const HOLDER = fileURLToPath(new URL("./fixtures/hold-postgres.ts", import.meta.url));
const isRoot = process.getuid?.() === 0;
const log = createLogger({ level: "silent" });

let directory: string;
let dataDir: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice postgres "));
  chmodSync(directory, 0o755);
  dataDir = join(directory, "data");
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function start() {
  return startEmbeddedPostgres({ dataDir, log, durable: false });
}
async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A process that starts the server and stays, to be killed. */
async function holdElsewhere() {
  const holder = spawn(process.execPath, [HOLDER, dataDir], { stdio: ["ignore", "pipe", "inherit"] });
  const line = String((await holder.stdout.take(1).toArray())[0]);
  return { holder, ...(JSON.parse(line) as { pid: number; dataDirectory: string }) };
}

describe("embedded PostgreSQL", { timeout: 60_000 }, () => {
  it("keeps its data between runs, listens on loopback with a password, and leaves nothing running", async () => {
    const first = await start();
    await query(first.databaseUrl, "CREATE TABLE kept AS SELECT 'ä' AS text");
    expect(await query(first.databaseUrl, "SHOW server_version")).toEqual([
      { server_version: expect.stringMatching(/^18\./) },
    ]);
    expect(await query(first.databaseUrl, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")).toEqual([
      { rolsuper: false },
    ]);
    const wrong = new URL(first.databaseUrl);
    wrong.password = "wrong";
    await expect(query(wrong.href, "SELECT 1")).rejects.toThrow("password authentication failed");
    expect(statSync(join(dataDir, "postgres-passwords.json")).mode & 0o777).toBe(0o600);
    await first.stop();
    expect(isRunning(first.pid)).toBe(false);

    const second = await start();
    expect(await query(second.databaseUrl, "SELECT text FROM kept")).toEqual([{ text: "ä" }]);
    await second.stop();
    expect(await second.ended).toMatchObject({ expected: true });
    rmSync(second.dataDirectory, { recursive: true, force: true });
  });

  it("makes new passwords when they were lost", async () => {
    await (await start()).stop();
    rmSync(join(dataDir, "postgres-passwords.json"));
    const server = await start();
    expect(await query(server.databaseUrl, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await server.stop();
  });

  it("refuses a second start on the same data, by name", async () => {
    const server = await start();
    await expect(start()).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining(`(process ${process.pid}) is using the data directory ${dataDir}`),
    });
    await server.stop();
    await (await start()).stop();
  });

  it("stops when the process that started it is killed, and starts again on its data", async () => {
    const { holder, pid } = await holdElsewhere();
    const gone = once(holder, "exit");
    holder.kill("SIGKILL");
    await gone;
    const server = await start(); // waits for the old one if it is still shutting down
    expect(isRunning(pid)).toBe(false);
    expect(await query(server.databaseUrl, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await server.stop();
  });

  it("tells that the server was killed, and recovers", async () => {
    const server = await start();
    process.kill(server.pid, "SIGKILL");
    expect(await server.ended).toMatchObject({ expected: false });
    await vi.waitFor(() => expect(isRunning(server.pid)).toBe(false));
    const again = await startEmbeddedPostgres({ dataDir, log, durable: false, preferredPort: server.port });
    expect(again.port).toBe(server.port);
    await again.stop();
  });

  it("is not misled by a pid file whose process id belongs to something else now", async () => {
    const first = await start();
    await first.stop();
    writeFileSync(join(first.dataDirectory, "postmaster.pid"), `${process.pid}\n${first.dataDirectory}\n`);
    await (await start()).stop();
  });

  it("says what is wrong when the data are of another major version", async () => {
    const server = await start();
    await server.stop();
    writeFileSync(join(server.dataDirectory, "PG_VERSION"), "17\n");
    await expect(start()).rejects.toMatchObject({
      code: "database-unsupported",
      message: expect.stringContaining("PostgreSQL 17"),
    });
  });

  // Nothing to place for an ordinary user, whose server runs as that user and enters whatever the tree lies in.
  if (!isRoot) return;
  it("goes where its account can reach when the tree is closed to it, and finds the place again", async () => {
    chmodSync(directory, 0o700);
    const first = await start();
    expect(first.dataDirectory.startsWith(directory)).toBe(false);
    await query(first.databaseUrl, "CREATE TABLE kept AS SELECT 1 AS one");
    await first.stop();
    const record = JSON.parse(readFileSync(join(dataDir, "postgres-place.json"), "utf8")) as { base: string };
    const second = await start();
    expect(second.dataDirectory).toBe(join(record.base, "postgres"));
    expect(await query(second.databaseUrl, "SELECT one FROM kept")).toEqual([{ one: 1 }]);
    await second.stop();
    expect(existsSync(join(dataDir, "postgres"))).toBe(false);

    // a copy of the tree begins anew and leaves the original's data alone
    const copy = join(directory, "copy");
    mkdirSync(copy);
    writeFileSync(join(copy, "postgres-place.json"), readFileSync(join(dataDir, "postgres-place.json")));
    const copied = await startEmbeddedPostgres({ dataDir: copy, log, durable: false });
    expect(copied.dataDirectory).not.toBe(second.dataDirectory);
    await copied.stop();
    for (const place of [record.base, join(copied.dataDirectory, "..")])
      rmSync(place, { recursive: true, force: true });
  });
});
