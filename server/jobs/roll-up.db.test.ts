import pino from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { EntitySample } from "../domain/metrics.ts";
import { finishBackfillChunk, isUseFilled, saveBackfillPlan } from "../store/backfill.ts";
import { getStore } from "../store/client.ts";
import { saveCluster } from "../store/clusters.ts";
import { inTransaction } from "../store/db.ts";
import { saveSamples } from "../store/metrics.ts";
import { ensurePartitions } from "../store/partitions.ts";
import { countDueHours, markDue, takeDueBucket } from "../store/rollups.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import type { JobContext } from "./context.ts";
import { rollUpDue, settleHours } from "./roll-up.ts";

const NOW = new Date("2026-11-22T10:30:00Z");
const HOURS = [6, 7, 8].map((hour) => new Date(Date.UTC(2026, 10, 22, hour)));
let database: TestDatabase;
let clusterId: number;
let context: JobContext;

beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  const { pool } = getStore();
  await ensurePartitions(pool, new Date("2026-11-20T00:00:00Z"), new Date("2026-11-24T00:00:00Z"));
  clusterId = await saveCluster(pool, { name: "one", provider: null, isDemo: false, settings: {} });
  // Only what rolling up asks of its context.
  context = { pool, log: pino({ level: "silent" }), now: () => NOW } as JobContext;
});
beforeEach(async () => {
  const { pool } = getStore();
  await pool.query("TRUNCATE metric_raw, metric_hourly, metric_daily, rollup_due");
  for (const hour of HOURS) {
    const sample: EntitySample = {
      entity: { level: "node", namespace: "", kind: "", name: "n1", container: "" },
      values: { cpuUsedCores: hour.getUTCHours() },
    };
    await inTransaction(pool, (client) =>
      saveSamples(client, clusterId, [sample], new Date(hour.getTime() + 60_000), 60, () => ({
        team: null,
        nodeName: null,
      })),
    );
  }
});
afterAll(async () => {
  await getStore().close();
  await database.drop();
});

async function rows(sql: string): Promise<unknown[]> {
  return (await getStore().pool.query(sql)).rows;
}

describe("what is due", () => {
  it("is made hour by hour and then by day, and is due no more", async () => {
    expect(await rollUpDue(context)).toEqual({ hours: 3, days: 1 });
    expect(await rows("SELECT at FROM metric_hourly ORDER BY at")).toEqual(HOURS.map((at) => ({ at })));
    expect(await rows("SELECT maxima[1] AS most FROM metric_daily")).toEqual([{ most: 8 }]);
    expect(await rows("SELECT * FROM rollup_due")).toEqual([]);
    expect(await rollUpDue(context)).toEqual({ hours: 0, days: 0 });
  });

  it("stays due where it cannot be made, and keeps nothing else waiting", async () => {
    const { pool } = getStore();
    await pool.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no room'; END $$`,
    );
    await pool.query(
      `CREATE TRIGGER refuse BEFORE INSERT ON metric_hourly FOR EACH ROW WHEN (NEW.at = '2026-11-22T07:00:00Z') EXECUTE FUNCTION refuse()`,
    );
    expect(await rollUpDue(context)).toEqual({ hours: 2, days: 1 });
    expect(await rows("SELECT at FROM rollup_due")).toEqual([{ at: HOURS[1] }]);
    await pool.query("DROP TRIGGER refuse ON metric_hourly");
    expect(await rollUpDue(context)).toEqual({ hours: 1, days: 1 });
    expect(await rows("SELECT at FROM metric_hourly ORDER BY at")).toEqual(HOURS.map((at) => ({ at })));
  });

  it("is due again when the process that took it dies", async () => {
    const { pool } = getStore();
    const client = await pool.connect();
    client.on("error", () => undefined);
    await client.query("BEGIN");
    expect((await takeDueBucket(client, "hour", null, NOW))?.at).toEqual(HOURS[0]);
    await expect(client.query("SELECT pg_terminate_backend(pg_backend_pid())")).rejects.toThrow();
    client.release(true);
    await expect.poll(() => countDueHours(pool, clusterId, NOW)).toBe(3);
    expect((await rollUpDue(context)).hours).toBe(3);
  });

  it("is due again when it changes while it is made; two who look for work take different hours", async () => {
    const { pool } = getStore();
    const [first, second] = [await pool.connect(), await pool.connect()];
    await first.query("BEGIN");
    await second.query("BEGIN");
    const taken = await takeDueBucket(first, "hour", null, NOW);
    expect(taken?.at).toEqual(HOURS[0]);
    expect((await takeDueBucket(second, "hour", null, NOW))?.at).toEqual(HOURS[1]);
    await second.query("ROLLBACK");
    const marked = taken === null ? null : markDue(pool, taken);
    await first.query("COMMIT");
    await marked;
    first.release();
    second.release();
    expect(await countDueHours(pool, clusterId, NOW)).toBe(3);
  });

  it("waits while chunks of use come in one after the other, and no longer", async () => {
    const { pool } = getStore();
    const plan = { a: "node", b: "workload", c: "flow" };
    const chunks = Object.entries(plan).map(([id, level]) => ({ id, level }));
    await saveBackfillPlan(pool, clusterId, chunks);
    const close = (id: string, at: Date) =>
      finishBackfillChunk(pool, clusterId, id, { status: "done", rowCount: 1, reason: null, detail: null, at });
    await close("a", new Date(NOW.getTime() - 30_000));
    expect(await rollUpDue(context)).toEqual({ hours: 0, days: 0 });
    const later = { ...context, now: () => new Date(NOW.getTime() + 60_000) };
    expect(await rollUpDue(later)).toEqual({ hours: 3, days: 1 });
    await markDue(pool, { clusterId, resolution: "hour", at: HOURS[0] ?? NOW });
    await close("b", NOW);
    expect(await rollUpDue(context)).toEqual({ hours: 1, days: 1 });
    await pool.query("TRUNCATE backfill_chunk");
  });

  it("is waited for, whoever makes it", async () => {
    const other = await getStore().pool.connect();
    await other.query("BEGIN");
    const taken = await takeDueBucket(other, "hour", null, NOW);
    const settled = settleHours(context, clusterId, new AbortController().signal).then(() =>
      countDueHours(getStore().pool, clusterId, NOW),
    );
    await expect.poll(() => countDueHours(getStore().pool, clusterId, NOW)).toBe(1);
    await other.query("COMMIT");
    other.release();
    expect(taken?.at).toEqual(HOURS[0]);
    expect(await settled).toBe(0);
  });
});

it("use is filled when no chunk of nodes or workloads waits, whatever flows and devices still do", async () => {
  const { pool } = getStore();
  expect(await isUseFilled(pool, clusterId)).toBe(false);
  const chunks = ["node", "workload", "namespace", "flow"].map((level) => ({ id: level, level }));
  await saveBackfillPlan(pool, clusterId, chunks);
  const close = (id: string, status: "done" | "failed") =>
    finishBackfillChunk(pool, clusterId, id, { status, rowCount: 0, reason: null, detail: null, at: NOW });
  await close("node", "done");
  expect(await isUseFilled(pool, clusterId)).toBe(false);
  await close("workload", "failed");
  expect(await isUseFilled(pool, clusterId)).toBe(true);
});
