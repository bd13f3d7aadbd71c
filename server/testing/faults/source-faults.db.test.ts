import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { recordedItems, recordedJson } from "../replay/recorded-cluster.ts";
import { type Replay, startReplay } from "../replay/replay-server.ts";
import { type CollectorProcess, Observer, startCollector } from "./collector-process.ts";
import { openTcpLink, type TcpLink } from "./tcp-link.ts";

const PODS = recordedItems("core-v1-pods.json").length;
const MIB = 1024 * 1024;

/** The real collector and a recorded cluster behind a network and rights that fail. */
describe("a collector whose source", { timeout: 120_000 }, () => {
  let database: TestDatabase;
  let replay: Replay;
  let observer: Observer;
  let link: TcpLink;
  let collector: CollectorProcess;
  let directory: string;
  const others: Server[] = [];

  /** A cluster entry that reaches the recorded cluster through the link, with files of its own that a test may change. */
  const start = (more: readonly string[] = []) => {
    const file = join(directory, "sluice.yaml");
    const lines = [
      "clusters:",
      "  - name: replayed",
      `    server: https://127.0.0.1:${link.port}`,
      "    caFile: ./ca.crt",
      "    tokenFile: ./token",
      ...more.map((line) => `    ${line}`),
    ];
    writeFileSync(file, `${lines.join("\n")}\n`);
    collector = startCollector(database.url, file);
  };
  const readNumber = (number: number, what: string) =>
    observer.inventoriesWhen(what, (reads) => reads.length >= number && reads[number - 1]?.status !== "running");
  /** Failed reads are spaced out; a test does not wait for that. */
  const again = async (number: number, what: string) => {
    await observer.rows(`UPDATE read_state SET failure_count = 0`);
    await observer.makeDue();
    return (await readNumber(number, what))[number - 1];
  };

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "sluice-faults-"));
    database = await createTestDatabase();
    observer = new Observer(database.url);
    replay = await startReplay();
    link = await openTcpLink(replay.port);
    copyFileSync(replay.caFile, join(directory, "ca.crt"));
    writeFileSync(join(directory, "token"), replay.token);
  });
  afterEach(async () => {
    await collector.kill();
    await observer.close();
    await link.close();
    await replay.stop();
    for (const server of others.splice(0)) server.close();
    await database.drop();
    rmSync(directory, { recursive: true, force: true });
  });

  it("is cut off, comes and goes, and comes back: what was known stays, with its age and the reason", async () => {
    start();
    await readNumber(1, "a first inventory");
    const [before] = await observer.rows<{ at: Date }>(
      `SELECT good_taken_at AS at FROM read_state WHERE kind = 'inventory'`,
    );
    link.set("closed");
    expect(await again(2, "a read of a cluster that is cut off")).toMatchObject({
      status: "failed",
      reason: "unreachable",
    });
    expect(await observer.count("pod")).toBe(PODS);
    expect(
      await observer.rows(
        `SELECT good_taken_at AS at, failure_count AS count FROM read_state WHERE kind = 'inventory'`,
      ),
    ).toEqual([{ at: before?.at, count: 1 }]);
    link.set("flapping");
    const flapping = await again(3, "a read over a link that comes and goes");
    expect(["succeeded", "partial"]).toContain(flapping?.status);
    expect(link.cutCount()).toBeGreaterThan(0);
    link.set("open");
    expect(await again(4, "recovery")).toMatchObject({ status: "succeeded" });
    expect(await observer.count("pod")).toBe(PODS);
  });

  it("is behind a partition that nobody reports: the read ends by itself and the rest goes on", async () => {
    start();
    await readNumber(1, "a first inventory");
    link.set("silent");
    const read = await again(2, "a read into the dark");
    expect(read).toMatchObject({ status: "failed", reason: "timed-out" });
    expect(
      await observer.rows(
        `SELECT count(*)::int AS alive FROM process_heartbeat WHERE beat_at > now() - interval '30 seconds'`,
      ),
    ).toEqual([{ alive: 1 }]);
    link.set("open");
    expect(await again(3, "recovery")).toMatchObject({ status: "succeeded" });
  });

  it("takes credentials away – another authority, an expired token, half of the rights – and gives them back", async () => {
    start();
    await readNumber(1, "a first inventory");
    copyFileSync(replay.otherCaFile, join(directory, "ca.crt"));
    await collector.kill(); // an authority is read at start, as a rollout would
    start();
    expect(await again(2, "a read under another authority")).toMatchObject({ status: "failed", reason: "unreachable" });
    expect(replay.requests.at(-1)?.status).not.toBe(401);
    copyFileSync(replay.caFile, join(directory, "ca.crt"));
    await collector.kill();
    start();
    replay.setToken("the-next-token");
    expect(await again(3, "a read with an expired token")).toMatchObject({ status: "failed", reason: "forbidden" });
    expect(await observer.count("pod")).toBe(PODS);
    writeFileSync(join(directory, "token"), "the-next-token"); // rotated while the collector runs
    const refused = [
      "/api/v1/pods",
      "/api/v1/services",
      "/apis/apps/v1",
      "/apis/storage.k8s.io",
      "/apis/rbac.authorization.k8s.io",
    ];
    for (const path of refused) replay.addRule({ path, fault: { kind: "status", status: 403 } });
    expect(await again(4, "a read with half of the rights")).toMatchObject({ status: "partial" });
    const fixes = await observer.rows<{ source: string; fix: { code: string } | null }>(
      `SELECT source, fix FROM source_state WHERE read_kind = 'inventory' AND status = 'failed' AND reason = 'forbidden'`,
    );
    expect(fixes.length).toBeGreaterThan(5);
    expect(fixes.every(({ fix }) => fix !== null)).toBe(true);
    expect(await observer.count("pod")).toBe(PODS);
    replay.clearRules();
    expect(await again(5, "recovery")).toMatchObject({ status: "succeeded" });
  });

  it("lies: a label of 10 MB, a list without end, a list of another kind", async () => {
    start();
    await readNumber(1, "a first inventory");
    const list = recordedJson("core-v1-namespaces.json");
    const items = recordedItems("core-v1-namespaces.json");
    const big = { metadata: { name: "big", uid: "big", labels: { note: "x".repeat(10 * MIB) } } };
    replay.addRule({
      path: "/api/v1/namespaces",
      fault: { kind: "body", body: JSON.stringify({ ...list, items: [...items, big] }) },
    });
    const labelled = await again(2, "a read with a label of 10 MB");
    expect(labelled?.status).toBe("succeeded");
    expect(
      await observer.rows(`SELECT length(labels->>'note') AS length FROM namespace WHERE name = 'big'`),
    ).toHaveLength(1);
    replay.clearRules();
    const endless = { kind: "NodeList", metadata: { resourceVersion: "1", continue: "again" }, items: [] };
    replay.addRule({ path: "/api/v1/nodes", fault: { kind: "body", body: JSON.stringify(endless) } });
    replay.addRule({
      path: "/api/v1/pods",
      fault: { kind: "body", body: JSON.stringify({ kind: "Status", items: 7 }) },
    });
    expect(await again(3, "a read of lists that lie")).toMatchObject({ status: "partial" });
    expect(
      await observer.rows(
        `SELECT source, reason FROM source_state WHERE read_kind = 'inventory' AND status = 'failed' ORDER BY source`,
      ),
    ).toEqual([
      { source: "GET /api/v1/nodes", reason: "malformed" },
      { source: "GET /api/v1/pods", reason: "malformed" },
    ]);
    expect(await observer.count("pod")).toBe(PODS);
    replay.clearRules();
    expect(await again(4, "recovery")).toMatchObject({ status: "succeeded" });
    expect(await observer.rows(`SELECT name FROM namespace WHERE name = 'big'`)).toEqual([]);
  });

  it("measures NaN and infinity: no such value is stored, and finite ones beside them are", async () => {
    const nodes = recordedItems("core-v1-nodes.json").map(
      (node) => (node as { metadata: { name: string } }).metadata.name,
    );
    const values = ["NaN", "+Inf", "-Inf", "1e400", "0.25"];
    let turn = 0;
    /** Says that every metric is there, and answers each question with another of the values for each node. */
    const answer = (query: string) => {
      const names = /^count by \(__name__\) \(\{__name__=~"(.*)"\}\)$/.exec(query)?.[1]?.split("|");
      turn += 1;
      const rows: [Record<string, string>, string][] =
        names !== undefined
          ? names.map((name) => [{ __name__: name }, "3"])
          : nodes.map((node, at) => [
              { node, instance: node, nodename: node },
              values[(at + turn) % values.length] ?? "",
            ]);
      return rows.map(([metric, value]) => ({ metric, value: [Math.floor(Date.now() / 1000), value] }));
    };
    const prometheus = createServer((request, response) => {
      let form = "";
      request.setEncoding("utf8").on("data", (chunk: string) => {
        form += chunk;
      });
      request.on("end", () => {
        const data = { resultType: "vector", result: answer(new URLSearchParams(form).get("query") ?? "") };
        response
          .writeHead(200, { "content-type": "application/json" })
          .end(JSON.stringify({ status: "success", data }));
      });
    });
    others.push(prometheus);
    await new Promise<void>((resolve) => prometheus.listen(0, "127.0.0.1", resolve));
    const { port } = prometheus.address() as AddressInfo; // listening on TCP
    start(["prometheus:", `  url: http://127.0.0.1:${port}`, "poll: { metricsSeconds: 15 }"]);
    await observer.until(
      "several metrics reads",
      () =>
        observer.rows<{ count: number }>(
          `SELECT count(*)::int AS count FROM read_record WHERE kind = 'metrics' AND finished_at IS NOT NULL`,
        ),
      ([row]) => (row?.count ?? 0) >= 2,
    );
    const [stored] = await observer.rows<{ rows: number; finite: number; odd: number }>(
      `SELECT count(DISTINCT (entity_id, at))::int AS rows, count(v) FILTER (WHERE v NOT IN ('NaN', 'Infinity', '-Infinity'))::int AS finite,
              count(v) FILTER (WHERE v IN ('NaN', 'Infinity', '-Infinity'))::int AS odd
         FROM metric_raw, unnest("values") AS v`,
    );
    expect(stored?.odd).toBe(0);
    expect(stored?.finite).toBeGreaterThan(0);
    expect(collector.child.exitCode).toBeNull();
  });
});
