import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOOPBACK_VIEWER } from "../contract/viewer.ts";
import { getStore } from "../store/client.ts";
import { inTransaction } from "../store/db.ts";
import { createQueue, prepareQueues, QUEUES } from "../store/queue.ts";
import { finishRead, type ReadHandle, startRead } from "../store/reads.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { storeCluster } from "../testing/fleet.ts";
import { pollNow } from "./poll-now.ts";
import { closeWebQueue } from "./web-queue.ts";

let database: TestDatabase;
let clusterId: number;
const queue = () => createQueue({ connectionString: database.url, role: "collector", onError: () => undefined });
let boss: ReturnType<typeof queue>;

beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  clusterId = await storeCluster(getStore().pool, { name: "prod", teams: [] }, new Date(Date.now() - 5000));
});
afterAll(async () => {
  await closeWebQueue();
  await boss?.stop({ graceful: false });
  await getStore().close();
  await database.drop();
});

const request = { requestId: "request-1" };
const ask = (kinds: ("inventory" | "metrics" | "gates")[], wait: boolean, timeoutSeconds = 10) =>
  pollNow(LOOPBACK_VIEWER, { cluster: "prod", body: { kinds }, query: { wait, timeoutSeconds } }, request);

async function finish(read: ReadHandle): Promise<void> {
  await inTransaction(getStore().pool, (client) =>
    finishRead(client, read, { status: "succeeded", finishedAt: new Date(), reason: null, detail: null, sources: [] }),
  );
}

describe("reading now", () => {
  it("says so while no collector has made the queue", async () => {
    await expect(ask(["inventory"], false)).rejects.toMatchObject({ code: "not-ready" });
    boss = queue();
    await boss.start();
    await prepareQueues(boss);
  });
  it("is refused to someone who may only look, and for a cluster that is not there", async () => {
    const reader = { ...LOOPBACK_VIEWER, roles: ["viewer" as const] };
    const question = {
      cluster: "prod",
      body: { kinds: ["gates" as const] },
      query: { wait: false, timeoutSeconds: 1 },
    };
    await expect(pollNow(reader, question, request)).rejects.toMatchObject({ code: "forbidden" });
    await expect(pollNow(LOOPBACK_VIEWER, { ...question, cluster: "nowhere" }, request)).rejects.toMatchObject({
      code: "not-found",
    });
  });
  it("enqueues once, joins the second time, and leaves an audit line each time", async () => {
    const first = await ask(["inventory", "metrics"], false);
    const second = await ask(["inventory"], false);
    expect(first.reads.map((read) => [read.kind, read.state, read.isJoined])).toEqual([
      ["inventory", "queued", false],
      ["metrics", "queued", false],
    ]);
    expect(second.reads.map((read) => [read.state, read.isJoined])).toEqual([["queued", true]]);
    expect(first.isFinished).toBe(false);
    const { rows } = await getStore().pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pgboss.job WHERE name = $1`,
      [QUEUES.inventory],
    );
    expect(rows[0]?.n).toBe(1);
    const audit = await getStore().pool.query(
      `SELECT actor, detail FROM audit_event WHERE event = 'poll.requested' ORDER BY id`,
    );
    expect(audit.rows).toEqual([
      { actor: "loopback", detail: { kinds: ["inventory", "metrics"] } },
      { actor: "loopback", detail: { kinds: ["inventory"] } },
    ]);
  });
  it("waits for the read that a collector then makes, not for the one before it", async () => {
    await boss.work(QUEUES.inventory, { pollingIntervalSeconds: 0.5 }, async () => {
      const read: ReadHandle = { clusterId, id: randomUUID(), kind: "inventory", startedAt: new Date() };
      await startRead(getStore().pool, read, "loopback", 1);
      await finish(read);
    });
    const answer = await ask(["inventory"], true);
    expect(answer.isFinished).toBe(true);
    expect(answer.reads[0]).toMatchObject({
      kind: "inventory",
      state: "finished",
      record: { status: "succeeded", requestedBy: "loopback" },
    });
  });
  it("gives up in time and shows the read that still runs", async () => {
    const read: ReadHandle = { clusterId, id: randomUUID(), kind: "gates", startedAt: new Date() };
    await startRead(getStore().pool, read, "schedule", 1);
    await boss.send(
      QUEUES.gates,
      { clusterId, clusterName: "prod", kind: "gates", requestedBy: "schedule" },
      { singletonKey: String(clusterId) },
    );
    const answer = await ask(["gates"], true, 0.3);
    expect(answer.isFinished).toBe(false);
    expect(answer.reads[0]).toMatchObject({
      state: "running",
      isJoined: true,
      record: { id: read.id, requestedBy: "schedule" },
    });
  });
});
