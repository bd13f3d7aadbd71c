import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { recordedItems } from "../replay/recorded-cluster.ts";
import { type Replay, type ReplayFault, startReplay } from "../replay/replay-server.ts";
import { type CollectorProcess, Observer, startCollector, writeConfig } from "./collector-process.ts";

const PODS = recordedItems("core-v1-pods.json").length;
const NODES = recordedItems("core-v1-nodes.json").length;

/** The real collector as a process, a recorded cluster over HTTPS and a real database, on bad days. */
describe("collectors", { timeout: 120_000 }, () => {
  let database: TestDatabase;
  let replay: Replay;
  let observer: Observer;
  let configFile: string;
  let directory: string;
  const running: CollectorProcess[] = [];
  const start = () => {
    const collector = startCollector(database.url, configFile);
    running.push(collector);
    return collector;
  };
  const firstInventory = () =>
    observer.inventoriesWhen("a first inventory", (reads) => reads[0]?.status === "succeeded");

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "sluice-faults-"));
    database = await createTestDatabase();
    observer = new Observer(database.url);
    replay = await startReplay();
    configFile = writeConfig(directory, replay);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((collector) => collector.kill()));
    await observer.close();
    await replay.stop();
    await database.drop();
    rmSync(directory, { recursive: true, force: true });
  });

  it("leave no half snapshot when killed in the middle of a read, and the next one recovers by itself", async () => {
    replay.addRule({ path: "/api/v1/nodes", fault: { kind: "hang" } });
    const first = start();
    // A request that hangs is not answered and so not recorded: with the pods read, the read waits for its nodes.
    await observer.until(
      "pods to be read",
      async () => replay.requests.map((request) => request.path),
      (paths) => paths.includes("/api/v1/pods"),
    );
    await first.kill();
    expect(await observer.inventories()).toMatchObject([{ status: "running" }]);
    for (const table of ["pod", "node", "snapshot_part", "verdict"] as const)
      expect(await observer.count(table)).toBe(0);

    replay.clearRules();
    // The queue takes a silent worker for dead after its heartbeat; the test does not sit through it.
    await observer.rows(`UPDATE pgboss.job SET heartbeat_on = now() - interval '1 hour' WHERE state = 'active'`);
    start();
    const reads = await observer.inventoriesWhen(
      "the read to be taken up",
      (seen) => seen.at(-1)?.status === "succeeded",
    );
    expect(reads.map((read) => read.status)).toEqual(["abandoned", "succeeded"]);
    expect(await observer.count("pod")).toBe(PODS);
    expect(await observer.count("node")).toBe(NODES);
  });

  it("share the work when two of them know the same cluster", async () => {
    start();
    start();
    await firstInventory();
    await observer.until(
      "both to be alive",
      () => observer.rows(`SELECT id FROM process_heartbeat`),
      (rows) => rows.length === 2,
    );
    await observer.makeDue();
    const reads = await observer.inventoriesWhen(
      "a second read",
      (seen) => seen.length === 2 && seen[1]?.status !== "running",
    );
    expect(reads.map((read) => read.status)).toEqual(["succeeded", "succeeded"]);
    expect(replay.requests.filter((request) => request.path === "/api/v1/pods")).toHaveLength(2); // once per read
    expect(await observer.count("pod")).toBe(PODS);
  });

  it("read anew at once what an earlier version judged, and nothing else", async () => {
    const first = start();
    await firstInventory();
    await first.stop();
    const second = start();
    await observer.until(
      "the same version to be ready",
      async () => second.output(),
      (text) => text.includes("collector ready"),
    );
    await second.stop();
    expect(await observer.inventories()).toHaveLength(1);

    await observer.rows(`UPDATE read_record SET rules_version = rules_version - 1`);
    start();
    await observer.inventoriesWhen(
      "a second read before its cadence",
      (seen) => seen.length === 2 && seen[1]?.status === "succeeded",
    );
  });

  it("keep what they had while a source talks nonsense, say so, and recover", async () => {
    start();
    await firstInventory();
    const faults: [ReplayFault, string][] = [
      [{ kind: "html" }, "malformed"],
      [{ kind: "truncated-gzip" }, "malformed"],
      [{ kind: "body", body: '{"kind":"PodList","metadata":{},"items":[{"metadata":{"name":NaN}}]}' }, "malformed"],
      [{ kind: "status", status: 403 }, "forbidden"],
    ];
    for (const [index, [fault, reason]] of faults.entries()) {
      replay.clearRules();
      replay.addRule({ path: "/api/v1/pods", fault });
      await observer.makeDue();
      const reads = await observer.inventoriesWhen(
        `the read with ${fault.kind}`,
        (seen) => seen.length === index + 2 && seen.at(-1)?.status !== "running",
      );
      expect(reads.at(-1)?.status).toBe("partial");
      const sources = await observer.rows<{ reason: string }>(
        `SELECT reason FROM source_state WHERE source = 'GET /api/v1/pods' AND status = 'failed'`,
      );
      expect(sources).toEqual([{ reason }]);
      expect(await observer.count("pod")).toBe(PODS);
    }
    replay.clearRules();
    await observer.makeDue();
    await observer.inventoriesWhen("recovery", (seen) => seen.length === 6 && seen.at(-1)?.status === "succeeded");
  });

  it("finish a read from a slow source, and are not stopped by clocks that jumped", async () => {
    replay.addRule({ path: "/api/v1/pods", fault: { kind: "slow", delayMs: 1500 } });
    start();
    await firstInventory();
    expect(await observer.count("pod")).toBe(PODS);
    // As if the last read had been written by a machine whose clock is a year ahead.
    await observer.rows(`UPDATE read_state SET last_started_at = now() + interval '1 year'`);
    await observer.inventoriesWhen(
      "a read in spite of it",
      (seen) => seen.length >= 2 && seen[1]?.status === "succeeded",
    );
    expect(await observer.count("pod")).toBe(PODS);
  });
});
