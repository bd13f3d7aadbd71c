import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLogger } from "../../log.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../postgres/embedded.ts";
import { migrate } from "../../store/migrate.ts";
import { recordedItems, recordedJson } from "../replay/recorded-cluster.ts";
import { type Replay, startReplay } from "../replay/replay-server.ts";
import { type CollectorProcess, Observer, startCollector, writeConfig } from "./collector-process.ts";

const PODS = recordedItems("core-v1-pods.json").length;
const MIB = 1024 * 1024;
const log = createLogger({ level: "silent" });

/** The real database, durable as in production, that dies, runs out of disk and is carried away, under the real collector. */
describe("a database that", { timeout: 180_000 }, () => {
  let directory: string;
  let server: EmbeddedPostgres;
  let observer: Observer;
  let replay: Replay;
  let collector: CollectorProcess | null = null;

  const startServer = (dataDir = join(directory, "data"), preferredPort?: number) =>
    startEmbeddedPostgres({ dataDir, log, ...(preferredPort === undefined ? {} : { preferredPort }) });
  const startReading = () => {
    collector = startCollector(server.databaseUrl, writeConfig(directory, replay));
  };
  const readsWhen = (number: number, status: string) =>
    observer.inventoriesWhen(`read ${number} to be ${status}`, (reads) => reads[number - 1]?.status === status);

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "sluice-faults-"));
    chmodSync(directory, 0o711); // a root run's server is another account, which must get through
    server = await startServer();
    await migrate(server.databaseUrl);
    observer = new Observer(server.databaseUrl);
    replay = await startReplay();
  });
  afterEach(async () => {
    await collector?.kill();
    collector = null;
    await observer.close();
    await replay.stop();
    await server.stop();
    rmSync(server.dataDirectory, { recursive: true, force: true });
    rmSync(directory, { recursive: true, force: true });
  });

  it("is killed in the middle of a write keeps what it acknowledged and no half, and the collector goes on by itself", async () => {
    startReading();
    await readsWhen(1, "succeeded");
    const items = recordedItems("core-v1-namespaces.json");
    const added = { metadata: { name: "added", uid: "added" } };
    const body = JSON.stringify({ ...recordedJson("core-v1-namespaces.json"), items: [...items, added] });
    replay.addRule({ path: "/api/v1/namespaces", fault: { kind: "body", body } });
    await observer.rows(
      `INSERT INTO audit_event (actor, event, subject) VALUES ('test', 'acknowledged', 'before the kill')`,
    );
    // Pods cannot be written, so the read that has written its namespaces waits there, uncommitted.
    const blocker = new pg.Client({ connectionString: server.databaseUrl });
    blocker.on("error", () => undefined);
    await blocker.connect();
    await blocker.query("BEGIN; LOCK TABLE pod IN SHARE MODE");
    await observer.makeDue();
    await observer.until(
      "the write to be under way",
      () =>
        observer.rows<{ query: string }>(
          `SELECT query FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%"pod"%'`,
        ),
      (rows) => rows.length > 0,
    );
    process.kill(server.pid, "SIGKILL");
    await server.ended;
    await blocker.end().catch(() => undefined);

    server = await startServer(undefined, server.port); // as the supervisor does: the same data, the same place
    expect(await observer.rows(`SELECT subject FROM audit_event WHERE event = 'acknowledged'`)).toEqual([
      { subject: "before the kill" },
    ]);
    expect(await observer.rows(`SELECT name FROM namespace WHERE name = 'added'`)).toEqual([]);
    expect(await observer.count("pod")).toBe(PODS);
    await observer.rows(`UPDATE pgboss.job SET heartbeat_on = now() - interval '1 hour' WHERE state = 'active'`);
    const reads = await observer.inventoriesWhen(
      "a read after the kill",
      (seen) => seen.length > 2 && seen.at(-1)?.status === "succeeded",
    );
    expect(reads.filter((read) => read.status === "running")).toEqual([]);
    expect(await observer.rows(`SELECT name FROM namespace WHERE name = 'added'`)).toHaveLength(1);
    expect(await observer.count("pod")).toBe(PODS);
    expect(collector?.child.exitCode).toBeNull();
  });

  const hasLimits = spawnSync("prlimit", ["--version"]).status === 0;
  it.skipIf(!hasLimits)(
    "has no room left says so, keeps the last good state, and goes on when there is room again (needs prlimit)",
    async () => {
      startReading();
      const [first] = await readsWhen(1, "succeeded");
      // Other reads write parts of their own meanwhile; these are the inventory's.
      const parts = () =>
        observer.rows<{ part: string }>(
          `SELECT part FROM snapshot_part WHERE read_id = $1 AND part IN ('namespaces', 'nodes', 'pods', 'services') ORDER BY part`,
          [first?.id],
        );
      const before = ["namespaces", "nodes", "pods", "services"].map((part) => ({ part }));
      expect(await parts()).toEqual(before);
      // No file may grow beyond 16 MiB, the size of a log segment, and the file of the snapshots is larger and full already.
      // Long bodies fill the file beside the table, middling ones the table, short ones the gaps in it.
      for (const [name, digests, count] of [
        ["long", (17 * MIB) / 64, 1],
        ["middling", 28, Math.ceil((17 * MIB) / 1900)],
        ["short", 0, 20_000],
      ] as const)
        await observer.rows(
          `INSERT INTO snapshot_part (cluster_id, part, chunk, read_id, read_at, state, item_count, body)
           SELECT id, 'filler-' || $1::text, n, gen_random_uuid(), now(), 'value', 0,
                  (SELECT string_agg(sha512((n::bigint * 1000000 + i)::text::bytea), ''::bytea) FROM generate_series(1, $2::int) AS i)
             FROM cluster, generate_series(1, $3::int) AS n`,
          [name, digests, count],
        );
      limitFileSize(server.pid, `${16 * MIB}`);
      await observer.makeDue();
      await readsWhen(2, "failed");
      const [state] = await observer.rows<{ detail: string }>(
        `SELECT last_detail AS detail FROM read_state WHERE kind = 'inventory'`,
      );
      expect(state?.detail).toMatch(/could not be stored.*could not extend file/s);
      expect(await parts()).toEqual(before);
      expect(await observer.count("pod")).toBe(PODS);
      limitFileSize(server.pid, "unlimited");
      await observer.rows(`UPDATE read_state SET failure_count = 0`);
      await observer.makeDue();
      const reads = await observer.inventoriesWhen(
        "recovery",
        (seen) => seen.at(-1)?.status === "succeeded" && seen.length > 2,
      );
      expect(reads[0]?.status).toBe("succeeded");
      expect(collector?.child.exitCode).toBeNull();
    },
  );

  it("was stopped and copied is the same one elsewhere, and reads go on there", async () => {
    startReading();
    await readsWhen(1, "succeeded");
    await collector?.stop();
    await observer.rows(
      `INSERT INTO budget (team, cost_per_month, valid_from, created_by) VALUES ('search', 1200, '2026-11-01', 'test')`,
    );
    const tables = await tableSums(observer);
    await observer.close();
    await server.stop();

    const copy = join(directory, "restored");
    expect(server.dataDirectory.startsWith(join(directory, "data"))).toBe(true);
    execFileSync("cp", ["-a", join(directory, "data"), copy]); // with owners and modes, as the manual says
    rmSync(join(directory, "data"), { recursive: true, force: true });
    server = await startServer(copy);
    expect((await migrate(server.databaseUrl)).applied).toEqual([]);
    observer = new Observer(server.databaseUrl);
    expect(await tableSums(observer)).toEqual(tables);
    startReading();
    await observer.makeDue();
    await readsWhen(2, "succeeded");
    expect(await observer.count("pod")).toBe(PODS);
  });
});

/** Of the server and all its processes; those that it starts later inherit it. Asked by the account that they run as. */
function limitFileSize(pid: number, limit: string): void {
  const { uid, gid } = statSync(`/proc/${pid}`);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(/\s+/);
  for (const one of [String(pid), ...children]) {
    const { status, stderr } = spawnSync("prlimit", ["--pid", one, `--fsize=${limit}:unlimited`], { uid, gid });
    if (status !== 0 && existsSync(`/proc/${one}`)) throw new Error(`prlimit: ${stderr}`);
  }
}

/** Rows and a digest of every table of ours. */
async function tableSums(observer: Observer): Promise<Record<string, unknown>> {
  const tables = await observer.rows<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
  );
  const sums: Record<string, unknown> = {};
  for (const { name } of tables) {
    const [sum] = await observer.rows(
      `SELECT count(*)::int AS rows, md5(string_agg(t::text, ',' ORDER BY t::text)) AS digest FROM "${name}" t`,
    );
    sums[name] = sum;
  }
  return sums;
}
