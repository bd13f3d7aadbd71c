import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pool } from "pg";
import type { Agent } from "undici";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { EntityKey, EntitySample } from "../domain/metrics.ts";
import { createLogger } from "../log.ts";
import { openStore, type StoreClient } from "../store/client.ts";
import { inTransaction } from "../store/db.ts";
import { saveSamples } from "../store/metrics.ts";
import { createQueue, prepareQueues } from "../store/queue.ts";
import { finishRead, startRead } from "../store/reads.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { storeCluster } from "../testing/fleet.ts";
import { deliverAlert, requestDueDeliveries } from "./deliver-alerts.ts";
import { evaluateAlerts } from "./evaluate-alerts.ts";
import { openWebhookAgent } from "./send-webhook.ts";

const SECRET = "T000/B000/very-secret-path";
const START = new Date("2026-11-22T10:00:00Z");
const logged: string[] = [];
const log = createLogger({ target: { write: (line) => void logged.push(line) } });

let directory: string;
let database: TestDatabase;
let store: StoreClient;
let pool: Pool;
let clusterId: number;
let agent: Agent;
let receiver: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const received: { path: string; key: string; body: Record<string, unknown> }[] = [];
let boss: ReturnType<typeof createQueue> | null = null;
let clock = START;

const node = (name: string): EntityKey => ({ level: "node", namespace: "", kind: "", name, container: "" });
const ok = (_request: IncomingMessage, response: ServerResponse) => void response.writeHead(200).end("ok");

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-alerts-"));
  agent = openWebhookAgent();
  receiver = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => {
      const key = String(request.headers["idempotency-key"]);
      received.push({ path: request.url ?? "", key, body: JSON.parse(text) as Record<string, unknown> });
      answer(request, response);
    });
  });
  await new Promise<void>((done) => void receiver.listen(0, "127.0.0.1", done));
  const { port } = receiver.address() as AddressInfo;
  await writeFile(join(directory, "json"), `http://127.0.0.1:${port}/hook/${SECRET}\n`);
  await writeFile(join(directory, "slack"), `http://127.0.0.1:${port}/slack/${SECRET}\n`);
});
afterAll(async () => {
  receiver.closeAllConnections();
  await new Promise((done) => void receiver.close(done));
  await agent.destroy();
  await rm(directory, { recursive: true });
});
beforeEach(async () => {
  clock = START;
  received.length = 0;
  logged.length = 0;
  answer = ok;
  database = await createTestDatabase();
  store = openStore(database.url);
  pool = store.pool;
  clusterId = await storeCluster(pool, { name: "prod", teams: [] }, START);
  await pool.query("UPDATE read_record SET started_at = started_at - interval '2 hours'");
  // The builder's own workloads wait all the time; what is looked at here are the nodes below.
  await pool.query("DELETE FROM metric_raw");
});
afterEach(async () => {
  await boss?.stop({ graceful: false });
  boss = null;
  await store.close();
  await database.drop();
});

const context = (webhooks: Record<string, { urlFile: string; kind: "slack" | "json" }> = hooks("json")) => ({
  pool,
  boss: boss as never,
  log,
  now: () => clock,
  clusters: new Map([[clusterId, { name: "prod" } as never]]),
  config: { webhooks, publicUrl: "https://sluice.example" },
});
function hooks(...names: ("json" | "slack")[]): Record<string, { urlFile: string; kind: "slack" | "json" }> {
  return Object.fromEntries(names.map((name) => [name, { urlFile: join(directory, name), kind: name }]));
}
const at = (minute: number) => new Date(START.getTime() + minute * 60_000);
/** Only where jobs matter: the queue's own tables take a second to make. */
async function openQueue(): Promise<void> {
  boss = createQueue({ connectionString: database.url, role: "collector", onError: () => undefined });
  await boss.start();
  await prepareQueues(boss);
}
const ids = async () =>
  (await pool.query<{ id: string }>("SELECT id FROM alert_delivery ORDER BY id")).rows.map(({ id }) => Number(id));
const deliveries = async () =>
  (
    await pool.query<{ status: string; attempt_count: number; reason: string | null; http_status: number | null }>(
      "SELECT status, attempt_count, reason, http_status FROM alert_delivery ORDER BY id",
    )
  ).rows;
const changes = async () =>
  (await pool.query<{ change: string; name: string }>("SELECT change, name FROM alert_event ORDER BY id")).rows.map(
    ({ change, name }) => `${change} ${name}`,
  );
const send = async (webhooks = hooks("json")) => {
  for (const deliveryId of await ids())
    await deliverAlert(context(webhooks), { deliveryId }, { dispatcher: agent, signal: new AbortController().signal });
};

/** One good metrics read with the given memory waits of node-a; null = node-a has no sample. */
async function read(minute: number, ratio: number | null, name = "node-a"): Promise<void> {
  const startedAt = at(minute);
  clock = startedAt;
  const id = crypto.randomUUID();
  const handle = { clusterId, id, kind: "metrics" as const, startedAt };
  await startRead(pool, handle, "schedule", 1);
  const samples: EntitySample[] = [
    { entity: node("node-b"), values: { memoryWaitingRatio: 0 } },
    ...(ratio === null ? [] : [{ entity: node(name), values: { memoryWaitingRatio: ratio } }]),
  ];
  await inTransaction(pool, async (client) => {
    await saveSamples(client, clusterId, samples, startedAt, 60, () => ({ team: null, nodeName: null }));
    await finishRead(client, handle, {
      status: "succeeded",
      finishedAt: startedAt,
      reason: null,
      detail: null,
      sources: [],
    });
  });
}
const readAndJudge = async (minute: number, ratio: number | null) => {
  await read(minute, ratio);
  await evaluateAlerts(context());
};
/** Six minutes above the limit: fires at the sixth. */
const stall = async (from = 1) => {
  for (let minute = from; minute <= from + 5; minute += 1) await readAndJudge(minute, 0.5);
};

describe("judging", () => {
  it("fires once after the wait, stays silent while it lasts, and clears once below the lower limit", async () => {
    await stall();
    expect(await changes()).toEqual(["fired node-a"]);
    await readAndJudge(7, 0.9);
    // Between both limits nothing changes, however long it takes.
    for (let minute = 8; minute <= 20; minute += 1) await readAndJudge(minute, 0.15);
    expect(await changes()).toEqual(["fired node-a"]);
    for (let minute = 21; minute <= 26; minute += 1) await readAndJudge(minute, 0.01);
    expect(await changes()).toEqual(["fired node-a", "cleared node-a"]);
    const { rows } = await pool.query<{ peak: number }>("SELECT peak FROM alert_event WHERE change = 'cleared'");
    expect(rows[0]?.peak).toBe(0.9);
    expect((await pool.query("SELECT 1 FROM alert_state")).rowCount).toBe(0);
  });
  it("waits anew after a hole, and does not fire on a spike", async () => {
    for (const minute of [1, 2, 3, 4]) await readAndJudge(minute, 0.5);
    await readAndJudge(5, null);
    await readAndJudge(6, 0.5);
    await readAndJudge(7, 0.5);
    expect(await changes()).toEqual([]);
  });
  it("catches up with what was read while nobody judged, in order", async () => {
    for (let minute = 1; minute <= 6; minute += 1) await read(minute, 0.5);
    await evaluateAlerts(context());
    expect(await changes()).toEqual(["fired node-a"]);
  });
  it("gives one event and one delivery per webhook when several collectors judge at once", async () => {
    for (let minute = 1; minute <= 6; minute += 1) await read(minute, 0.5);
    const several = hooks("json", "slack");
    await Promise.all([1, 2, 3, 4].map(() => evaluateAlerts(context(several))));
    await evaluateAlerts(context(several));
    expect(await changes()).toEqual(["fired node-a"]);
    expect(await deliveries()).toHaveLength(2);
  });
  it("keeps neither state nor event nor delivery of a judging that died half way", async () => {
    for (let minute = 1; minute <= 6; minute += 1) await read(minute, 0.5);
    await pool.query("ALTER TABLE alert_delivery ADD CONSTRAINT broken CHECK (webhook <> 'json') NOT VALID");
    await evaluateAlerts(context());
    expect(await changes()).toEqual([]);
    expect(logged.join("")).toContain("alerts could not be judged");
    await pool.query("ALTER TABLE alert_delivery DROP CONSTRAINT broken");
    await evaluateAlerts(context());
    expect(await changes()).toEqual(["fired node-a"]);
    expect(await deliveries()).toHaveLength(1);
  });
  it("ends what left the cluster and what was switched off, each with its reason", async () => {
    await stall();
    await pool.query("DELETE FROM node WHERE name = 'node-a'");
    await readAndJudge(7, null);
    expect(await changes()).toEqual(["fired node-a", "gone node-a"]);
    await stall(8);
    await pool.query(
      "INSERT INTO alert_rule (id, is_enabled, fire_at, clear_at, for_seconds, updated_by) VALUES ('node.memory.waiting', false, 0.2, 0.1, 300, 'x')",
    );
    await evaluateAlerts(context());
    expect((await changes()).slice(2)).toEqual(["fired node-a", "rule-off node-a"]);
    expect((await pool.query("SELECT 1 FROM alert_state")).rowCount).toBe(0);
  });
  it("holds to the limits and the webhooks that readers set", async () => {
    await pool.query(
      "INSERT INTO alert_rule (id, is_enabled, fire_at, clear_at, for_seconds, webhooks, updated_by) VALUES ('node.memory.waiting', true, 0.8, 0.1, 60, '{slack}', 'x')",
    );
    await readAndJudge(1, 0.7);
    await readAndJudge(2, 0.7);
    await readAndJudge(3, 0.7);
    expect(await changes()).toEqual([]);
    await readAndJudge(4, 0.85);
    await read(5, 0.85);
    await evaluateAlerts(context(hooks("json", "slack")));
    expect(await changes()).toEqual(["fired node-a"]);
    const { rows } = await pool.query<{ webhook: string }>("SELECT webhook FROM alert_delivery");
    expect(rows).toEqual([{ webhook: "slack" }]);
  });
  it("tells a cluster that is not read any more, reads that keep failing, and when they are well again", async () => {
    clock = at(45);
    await pool.query("UPDATE read_state SET failure_count = 4 WHERE kind = 'gates'");
    await evaluateAlerts(context());
    expect((await changes()).sort()).toEqual(["fired ", "fired gates"]);
    await pool.query("UPDATE read_state SET failure_count = 0, good_taken_at = $1", [at(45)]);
    await evaluateAlerts(context());
    expect((await changes()).slice(2).sort()).toEqual(["cleared ", "cleared gates"]);
  });
});

describe("delivering", () => {
  it("posts the change with a link to the view, once, in the receiver's form", async () => {
    for (let minute = 1; minute <= 6; minute += 1) await read(minute, 0.5);
    const both = hooks("json", "slack");
    await evaluateAlerts(context(both));
    await send(both);
    await send(both);
    expect(received).toHaveLength(2);
    const json = received.find(({ path }) => path.startsWith("/hook"));
    expect(json?.body).toMatchObject({
      type: "alert",
      change: "fired",
      link: "https://sluice.example/pressure/prod/nodes/node-a?resource=memory&kind=waiting&window=1h",
      subject: { cluster: "prod", level: "node", name: "node-a" },
      rule: { id: "node.memory.waiting", unit: "ratio", fireAt: 0.2, clearAt: 0.1, forSeconds: 300 },
      value: 0.5,
    });
    const slack = received.find(({ path }) => path.startsWith("/slack"));
    expect(slack?.body.text).toContain("node node-a (prod) waits for memory 50 % of the time");
    expect(slack?.body.text).toContain("<https://sluice.example/pressure/prod/nodes/node-a?");
    expect(await deliveries()).toMatchObject([
      { status: "delivered", attempt_count: 1, http_status: 200 },
      { status: "delivered", attempt_count: 1, http_status: 200 },
    ]);
  });
  it("tries a failing receiver again, later each time, and says when it gives up", async () => {
    await stall();
    answer = (_request, response) => void response.writeHead(503).end(`boom ${SECRET}`);
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      await send();
      expect(received).toHaveLength(attempt);
      await send(); // not before its time
      expect(received).toHaveLength(attempt);
      clock = new Date(clock.getTime() + 10_000 * 2 ** (attempt - 1));
    }
    expect(await deliveries()).toMatchObject([
      { status: "failed", attempt_count: 8, reason: "receiver-failed", http_status: 503 },
    ]);
    expect(new Set(received.map(({ key }) => key)).size).toBe(1);
  });
  it("recovers with the receiver", async () => {
    await stall();
    answer = (request) => void request.socket.destroy();
    await send();
    expect(await deliveries()).toMatchObject([{ status: "pending", reason: "unreachable" }]);
    answer = ok;
    clock = new Date(clock.getTime() + 10_000);
    await send();
    expect(await deliveries()).toMatchObject([{ status: "delivered", attempt_count: 2, reason: null }]);
  });
  it("follows no redirect and takes a refusal for final", async () => {
    await stall();
    answer = (_request, response) => void response.writeHead(302, { location: "/elsewhere" }).end();
    await send();
    expect(received.map(({ path }) => path)).toEqual([`/hook/${SECRET}`]);
    expect(await deliveries()).toMatchObject([{ status: "failed", reason: "redirected", http_status: 302 }]);
  });
  it("never connects to a metadata service", async () => {
    await stall();
    await writeFile(join(directory, "metadata"), "http://169.254.169.254/latest/meta-data/");
    await send({ json: { urlFile: join(directory, "metadata"), kind: "json" } });
    expect(await deliveries()).toMatchObject([{ status: "failed", reason: "address-refused", http_status: null }]);
  });
  it("hands a delivery over that this collector cannot send, without counting it", async () => {
    await stall();
    await send({});
    expect(received).toHaveLength(0);
    expect(await deliveries()).toMatchObject([{ status: "pending", attempt_count: 0 }]);
    clock = new Date(clock.getTime() + 5_000);
    await send();
    expect(await deliveries()).toMatchObject([{ status: "delivered", attempt_count: 1 }]);
  });
  it("takes up what a killed process had begun to send", async () => {
    await openQueue();
    await stall();
    await pool.query("UPDATE alert_delivery SET status = 'sending', attempt_count = 1, claimed_at = $1", [clock]);
    expect(await requestDueDeliveries(context())).toBe(0);
    clock = new Date(clock.getTime() + 61_000);
    expect(await requestDueDeliveries(context())).toBe(1);
    await send();
    expect(await deliveries()).toMatchObject([{ status: "delivered", attempt_count: 2 }]);
  });
  it("leaves no trace of the address in the database or the log", async () => {
    await openQueue();
    await stall();
    await requestDueDeliveries(context());
    answer = (_request, response) => void response.writeHead(500).end(SECRET);
    await send();
    const tables = ["alert_delivery", "alert_event", "alert_state", "alert_rule"];
    const rows = await Promise.all(tables.map(async (table) => (await pool.query(`SELECT * FROM ${table}`)).rows));
    expect(JSON.stringify(rows)).not.toContain("very-secret");
    expect(logged.join("")).toContain("webhook not reached");
    expect(logged.join("")).not.toContain("very-secret");
    const { rows: jobs } = await pool.query("SELECT data FROM pgboss.job WHERE name = 'alerts'");
    expect(JSON.stringify(jobs)).not.toContain("very-secret");
  });
});
