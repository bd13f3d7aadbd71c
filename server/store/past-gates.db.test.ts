import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ComponentReading } from "../domain/snapshot.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { finishBackfillChunk, readUnfinishedEnd, saveBackfillPlan } from "./backfill.ts";
import { saveCluster } from "./clusters.ts";
import { inTransaction } from "./db.ts";
import { saveComponents, savePastGateChanges } from "./gates.ts";
import { ensurePartitions } from "./partitions.ts";

const NOW = new Date("2026-11-22T10:30:00Z");
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000);
let database: TestDatabase;
let pool: pg.Pool;
let clusterId: number;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  await ensurePartitions(pool, daysAgo(40), NOW);
  clusterId = await saveCluster(pool, { name: "c", provider: null, isDemo: false, settings: {} });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const reading = (instance: string, isOn: boolean): ComponentReading => ({
  component: "kubelet",
  instance,
  version: "1.34.9",
  gates: new Map([["NodeSwap", { isOn, stage: "BETA" }]]),
  explicit: null,
  explicitSource: null,
  source: "component-metrics",
  unread: null,
  readAt: NOW,
});
const change = (instance: string, days: number, isOn: boolean) => ({
  component: "kubelet",
  instance,
  gate: "NodeSwap",
  at: daysAgo(days),
  wasOn: !isOn,
  isOn,
});
async function stored() {
  const changes = await pool.query(`SELECT instance, at, is_on FROM gate_change ORDER BY instance, at`);
  const since = await pool.query(`SELECT instance, since_at FROM component ORDER BY instance`);
  return { changes: changes.rows, since: since.rows };
}

it("writes past changes of instances that are there, once, and dates today's gates by the last of them", async () => {
  await inTransaction(pool, (db) => saveComponents(db, clusterId, [reading("a", true), reading("b", true)], NOW));
  const past = [change("a", 9, false), change("a", 4, true), change("gone", 3, true)];
  expect(await inTransaction(pool, (db) => savePastGateChanges(db, clusterId, past))).toBe(2);
  const expected = {
    changes: [
      { instance: "a", at: daysAgo(9), is_on: false },
      { instance: "a", at: daysAgo(4), is_on: true },
    ],
    since: [
      { instance: "a", since_at: daysAgo(4) },
      { instance: "b", since_at: NOW },
    ],
  };
  expect(await stored()).toEqual(expected);
  expect(await inTransaction(pool, (db) => savePastGateChanges(db, clusterId, past))).toBe(0);
  expect(await stored()).toEqual(expected);
});

it("leaves what a live reading saw later", async () => {
  const later = new Date(NOW.getTime() + 900_000);
  await inTransaction(pool, (db) => saveComponents(db, clusterId, [reading("b", false)], later));
  // The source's own sight of the same change, a little after ours.
  const seen = { ...change("b", 0, false), at: new Date(later.getTime() + 60_000) };
  expect(await inTransaction(pool, (db) => savePastGateChanges(db, clusterId, [seen]))).toBe(0);
  expect((await stored()).since).toContainEqual({ instance: "b", since_at: later });
});

it("remembers where a history ends that was filled during an outage, until a plan goes on from there", async () => {
  expect(await readUnfinishedEnd(pool, clusterId)).toBeNull();
  const chunk = (end: number) => ({ id: `c/${end}`, endSeconds: end });
  await saveBackfillPlan(pool, clusterId, [chunk(1_000), chunk(2_000)], { endsBeforePresent: true });
  expect(await readUnfinishedEnd(pool, clusterId)).toBe(2_000);
  const done = { status: "done", rowCount: 1, reason: null, detail: null, at: NOW } as const;
  await finishBackfillChunk(pool, clusterId, "c/2000", done);
  expect(await readUnfinishedEnd(pool, clusterId)).toBe(2_000);
  await saveBackfillPlan(pool, clusterId, [chunk(9_000)]);
  expect(await readUnfinishedEnd(pool, clusterId)).toBeNull();
});
