import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decideAction } from "../command/decide-action.ts";
import { loadConfig } from "../config.ts";
import { LOOPBACK_VIEWER, type Viewer } from "../contract/viewer.ts";
import { known } from "../domain/reading.ts";
import type { ClusterParts } from "../domain/snapshot.ts";
import { listActions } from "../query/list-actions.ts";
import { getStore } from "../store/client.ts";
import { inTransaction } from "../store/db.ts";
import { createQueue } from "../store/queue.ts";
import { saveParts } from "../store/snapshots.ts";
import { aNode, aVolume } from "../testing/builders/objects.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { storeCluster } from "../testing/fleet.ts";
import type { JobContext } from "./context.ts";
import { rankDueActions } from "./rank-actions.ts";
import { SourcePool } from "./source-pool.ts";

const START = new Date("2026-11-22T10:30:00Z");
const DAY_MS = 86_400_000;
const directory = mkdtempSync(join(tmpdir(), "sluice-actions-"));
const sources = new SourcePool();
const teams = [
  { team: "acme", namespace: "acme-space", podCount: 2 },
  { team: "zorro", namespace: "zorro-space", podCount: 2 },
];
const request = { requestId: "r" };
let clock = START;
let database: TestDatabase;
let clusterId: number;
let jobs: JobContext;

beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  const { pool } = getStore();
  clusterId = await storeCluster(pool, { name: "one", teams }, new Date(START.getTime() - 60_000));
  await pool.query(
    `INSERT INTO price_row (provider, region, kind, key, unit, price, currency, valid_from, origin, source, created_by)
     VALUES ('any', '', 'storage', 'default', 'GiB-hour', 0.001, 'EUR', '2020-01-01', 'shipped', 'x', 'x')`,
  );
  await saveVolumes(["kept", "given-up"]);
  const file = join(directory, "sluice.yaml");
  writeFileSync(file, "billing: { currency: EUR, timeZone: Europe/Berlin }\n");
  const config = loadConfig(["--config", file], {}, directory);
  jobs = {
    config,
    pool,
    boss: createQueue({ connectionString: database.url, role: "collector", onError: () => undefined }),
    log: pino({ level: "silent" }),
    now: () => clock,
    // Only the id is looked at: nothing is read from the cluster.
    clusters: new Map([[clusterId, undefined as never]]),
    sources,
  };
});
afterAll(async () => {
  await sources.close();
  await getStore().close();
  await database.drop();
  rmSync(directory, { recursive: true, force: true });
});

async function saveVolumes(names: readonly string[]): Promise<void> {
  const since = new Date(START.getTime() - 60 * DAY_MS);
  const parts: Partial<ClusterParts> = {
    nodes: known([aNode({ name: "node-a" }), aNode({ name: "node-b" })], START),
    pods: known([], START),
    workloads: known([], START),
    volumes: known(
      names.map((name) =>
        aVolume({
          name,
          phase: name === "kept" ? "Bound" : "Released",
          capacityBytes: 100 * 2 ** 30,
          claim: { kind: "PersistentVolumeClaim", namespace: "acme-space", name: `claim-${name}` },
          lastPhaseTransitionAt: since,
          createdAt: name === "kept" ? START : since,
        }),
      ),
      START,
    ),
  };
  await inTransaction(getStore().pool, (client) =>
    saveParts(client, clusterId, "00000000-0000-4000-8000-000000000001", parts),
  );
}
const rank = () => rankDueActions(jobs, new AbortController().signal);
const list = (viewer: Viewer = LOOPBACK_VIEWER, query = {}) => listActions(viewer, query, clock);
const ID = "remove-volume/one/given-up";

describe("the ranked list", () => {
  it("is not there before the collector has made it, and says so", async () => {
    expect(await list()).toMatchObject({ computedAt: null, items: [], outcomes: [] });
  });
  it("is made once, and read as it was made", async () => {
    await rank();
    const { items, computedAt, total, isBeingMade } = await list();
    expect(computedAt).toBe(START.toISOString());
    expect(isBeingMade).toBe(false);
    const volume = items.find(({ id }) => id === ID);
    // 100 GiB × 0.001 × 730 h, all of it off the bill.
    expect(volume).toMatchObject({
      freedCostPerMonth: { state: "value", value: 73, unit: "money:EUR" },
      cashPerMonth: { state: "value", value: 73 },
      isCounted: true,
      status: "open",
      manifest: expect.stringContaining("persistentVolumeReclaimPolicy: Delete"),
    });
    const counted = items.filter(({ isCounted, kind }) => isCounted && kind !== "consolidate-nodes");
    const sum = counted.reduce(
      (all, item) => all + (item.freedCostPerMonth.state === "value" ? item.freedCostPerMonth.value : 0),
      0,
    );
    expect(total.freedCostPerMonth).toMatchObject({ state: "value", value: expect.closeTo(sum, 6) });
  });
  it("is not made again while it is fresh", async () => {
    clock = new Date(START.getTime() + 60_000);
    await rank();
    expect((await list()).computedAt).toBe(START.toISOString());
  });
  it("shows a team its own, and no whole-cluster action", async () => {
    const answer = await list({ ...LOOPBACK_VIEWER, teams: ["acme"] });
    expect(answer.items.every(({ team, namespace }) => team === "acme" && namespace !== null)).toBe(true);
    expect(JSON.stringify(answer)).not.toContain("zorro");
  });
});

describe("a decision", () => {
  it("is refused for an action that is not proposed, or not to this viewer", async () => {
    const input = { decision: "accepted", reason: null, untilAt: null } as const;
    await expect(decideAction(LOOPBACK_VIEWER, "remove-volume/one/other", input, request)).rejects.toMatchObject({
      code: "not-found",
    });
    const other: Viewer = { ...LOOPBACK_VIEWER, teams: ["zorro"] };
    await expect(decideAction(other, ID, input, request)).rejects.toMatchObject({ code: "not-found" });
  });
  it("to dismiss takes it out of the total at the next turn, which comes at once", async () => {
    const before = await list();
    await decideAction(LOOPBACK_VIEWER, ID, { decision: "dismissed", reason: "needed", untilAt: null }, request);
    expect((await list()).isBeingMade).toBe(true);
    await rank();
    const after = await list();
    expect(after.items.find(({ id }) => id === ID)).toMatchObject({ status: "dismissed", isCounted: false });
    if (before.total.cashPerMonth.state !== "value" || after.total.cashPerMonth.state !== "value")
      throw new Error("no total");
    expect(before.total.cashPerMonth.value - after.total.cashPerMonth.value).toBeCloseTo(73, 6);
  });
  it("to accept is followed until the inventory shows it applied, and by its cost", async () => {
    await decideAction(LOOPBACK_VIEWER, ID, { decision: "accepted", reason: null, untilAt: null }, request);
    await rank();
    expect((await list()).outcomes).toMatchObject([
      {
        id: ID,
        state: "not-yet",
        forecastCostPerMonth: { state: "value", value: 73 },
        measuredCostPerMonth: { state: "unknown" },
      },
    ]);
    await getStore().pool.query(`UPDATE action_decision SET decided_at = $1`, [clock]);
    await fillStorageDays();
    clock = new Date(START.getTime() + DAY_MS / 24);
    await saveVolumes(["kept"]);
    await rank();
    expect((await list()).outcomes).toMatchObject([{ id: ID, state: "applied", appliedAt: clock.toISOString() }]);
    clock = new Date(clock.getTime() + 5 * DAY_MS);
    await rank();
    const [outcome] = (await list()).outcomes;
    // 10 a day before, 4 since.
    expect(outcome).toMatchObject({
      state: "applied",
      measuredCostPerMonth: { state: "value", value: expect.closeTo((6 * 730) / 24, 6) },
      evidence: [{ ref: "PersistentVolume/given-up", observed: "removed" }],
    });
    expect(outcome?.measuredDays).toBeGreaterThanOrEqual(3);
  });
});

/** Ten days before today at 10, ten after it at 4: the days of the decision and of the change lie between. */
async function fillStorageDays(): Promise<void> {
  const { pool } = getStore();
  const today = START.toISOString().slice(0, 10);
  await pool.query(`CREATE TABLE cost_daily_test PARTITION OF cost_daily DEFAULT`);
  await pool.query(`CREATE TABLE cost_day_share_test PARTITION OF cost_day_share DEFAULT`);
  await pool.query(`DELETE FROM cost_daily`);
  await pool.query(`DELETE FROM cost_day_share`);
  await pool.query(
    `INSERT INTO cost_daily (cluster_id, day, team, namespace, workload_kind, workload_name, pool, resource, share, price_row_id, quantity,
                             cost, unpriced_quantity, hour_count, is_estimate)
     SELECT $1, d::date, '', '', '', '', '', 'storage', 'unallocated', 1, 1, CASE WHEN d::date <= $2::date THEN 10 ELSE 4 END, 0, 24, false
       FROM generate_series($2::date - 10, $2::date + 10, interval '1 day') AS d`,
    [clusterId, today],
  );
  await pool.query(
    `INSERT INTO cost_day_share (cluster_id, day, team, share, cost, unpriced_node_hours, hour_count, is_estimate)
     SELECT cluster_id, day, team, share, cost, 0, 24, false FROM cost_daily`,
  );
}
