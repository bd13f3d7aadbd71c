import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { SourceRecord } from "../domain/coverage.ts";
import { type EntityHistory, type EntitySample, METRIC_IDS, type MetricId } from "../domain/metrics.ts";
import { known, unknownBecause } from "../domain/reading.ts";
import type { ComponentReading } from "../domain/snapshot.ts";
import { aNode, aPod, aSnapshot } from "../testing/builders/index.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { loadCluster, retireClustersExcept, saveCluster, saveClusterIdentity } from "./clusters.ts";
import { inTransaction } from "./db.ts";
import { saveComponents } from "./gates.ts";
import { type InventoryOwners, saveInventory } from "./inventory.ts";
import { saveSamples } from "./metrics.ts";
import { dropExpiredPartitions, ensurePartitions } from "./partitions.ts";
import { saveBackfilledHours, saveBackfilledSamples } from "./past-metrics.ts";
import { finishRead, type ReadHandle, startRead } from "./reads.ts";
import { countDueHours, HISTOGRAM_BUCKETS, HISTOGRAM_POSITIONS, rollUpDay, rollUpHour } from "./rollups.ts";
import { loadSnapshot, saveParts } from "./snapshots.ts";
import { saveVerdicts } from "./verdicts.ts";

const NOW = new Date("2026-11-22T10:30:00Z");
const DAY_MS = 86_400_000;
const owners: InventoryOwners = {
  teamOfPod: () => "shop",
  teamOfWorkload: () => "shop",
  teamOfNamespace: () => null,
  priceOfNode: () => ({ priceRowId: null, costPerHour: 0.25 }),
};
const nobody = () => ({ team: null, nodeName: null });

let database: TestDatabase;
let pool: pg.Pool;
let clusterId: number;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 4 });
  await ensurePartitions(pool, new Date(NOW.getTime() - 40 * DAY_MS), new Date(NOW.getTime() + 2 * DAY_MS));
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  clusterId = await saveCluster(pool, { name: `c-${randomUUID()}`, provider: "aws", isDemo: false, settings: {} });
});

const sample = (name: string, values: EntitySample["values"]): EntitySample => ({
  entity: { level: "node", namespace: "", kind: "", name, container: "" },
  values,
});

describe("clusters", () => {
  it("refuses data of another cluster under the same name", async () => {
    const identity = { provider: null, gitVersion: "v1.34.9" };
    expect(await saveClusterIdentity(pool, clusterId, { uid: "one", ...identity })).toBe("saved");
    expect(await saveClusterIdentity(pool, clusterId, { uid: "two", ...identity })).toBe("other-cluster");
    expect(await saveClusterIdentity(pool, clusterId, { uid: null, ...identity })).toBe("saved");
  });
  it("keeps a removed cluster's rows and brings it back under its id", async () => {
    const id = await saveCluster(pool, { name: "leaves", provider: null, isDemo: false, settings: {} });
    const { rows } = await pool.query<{ name: string }>("SELECT name FROM cluster WHERE name <> 'leaves'");
    expect(
      await retireClustersExcept(
        pool,
        rows.map((row) => row.name),
        NOW,
      ),
    ).toEqual(["leaves"]);
    expect(await loadCluster(pool, "leaves")).toBeNull();
    expect(await saveCluster(pool, { name: "leaves", provider: null, isDemo: false, settings: {} })).toBe(id);
  });
});

describe("inventory", () => {
  const save = (parts: Parameters<typeof saveInventory>[2]) =>
    inTransaction(pool, (client) => saveInventory(client, clusterId, parts, owners));

  it("writes only what changed and removes what is gone", async () => {
    const nodes = [aNode({ name: "a" }), aNode({ name: "b" })];
    const { parts } = aSnapshot({ nodes, pods: [aPod({ name: "p1" }), aPod({ name: "p2" })] });
    const first = await save(parts);
    expect(first.written).toBeGreaterThanOrEqual(4);
    expect(await save(parts)).toEqual({ written: 0, deleted: 0 });
    const changed = aSnapshot({
      nodes: [aNode({ name: "a", kubeletVersion: "v1.99.0" })],
      pods: [aPod({ name: "p1" }), aPod({ name: "p2" })],
    });
    const { written, deleted } = await save(changed.parts);
    expect(written).toBe(1);
    expect(deleted).toBe(1);
  });
  it("keeps the last good rows of a part that could not be read", async () => {
    const { parts } = aSnapshot({ nodes: [aNode({ name: "kept" })] });
    await save(parts);
    await save({ ...parts, nodes: unknownBecause("forbidden", NOW) });
    const { rows } = await pool.query("SELECT name FROM node WHERE cluster_id = $1", [clusterId]);
    expect(rows).toEqual([{ name: "kept" }]);
  });
  it("stores text with tabs, newlines and backslashes as it is", async () => {
    const odd = 'tab\there\nline \\ back\r"quote"';
    const { parts } = aSnapshot({ nodes: [aNode({ name: "odd", osImage: odd })] });
    await save(parts);
    const { rows } = await pool.query("SELECT os_image FROM node WHERE cluster_id = $1", [clusterId]);
    expect(rows).toEqual([{ os_image: odd }]);
  });
});

describe("snapshot parts", () => {
  it("come back as they were saved, dates and maps included", async () => {
    const gates = new Map([["NodeSwap", { isOn: true, stage: "GA" as const }]]);
    const component = aComponent("node-a", gates);
    const pods = Array.from({ length: 5_001 }, (_, index) => aPod({ name: `p${index}` }));
    const { parts } = aSnapshot({ pods, components: [component] });
    await inTransaction(pool, (client) => saveParts(client, clusterId, randomUUID(), parts));
    const loaded = await loadSnapshot(pool, { id: clusterId, name: "x", uid: null, provider: null }, NOW);
    expect(loaded.parts.pods).toEqual(parts.pods);
    expect(loaded.parts.components).toEqual(parts.components);
  });
  it("serve the older value, marked stale, after a failed read – and nothing after a refusal", async () => {
    const { parts } = aSnapshot({ nodes: [aNode({ name: "old" })] });
    const cluster = { id: clusterId, name: "x", uid: null, provider: null };
    await inTransaction(pool, (client) =>
      saveParts(client, clusterId, randomUUID(), { nodes: known([aNode({ name: "old" })], NOW) }),
    );
    await inTransaction(pool, (client) =>
      saveParts(client, clusterId, randomUUID(), { nodes: unknownBecause("timed-out", NOW) }),
    );
    const stale = (await loadSnapshot(pool, cluster, NOW)).parts.nodes;
    expect(stale).toMatchObject({ state: "value", partial: "stale: the last read was timed-out" });
    const muchLater = new Date(NOW.getTime() + 2 * DAY_MS);
    expect((await loadSnapshot(pool, cluster, muchLater)).parts.nodes).toMatchObject({
      state: "unknown",
      reason: "timed-out",
    });
    await inTransaction(pool, (client) =>
      saveParts(client, clusterId, randomUUID(), { nodes: unknownBecause("forbidden", NOW) }),
    );
    expect((await loadSnapshot(pool, cluster, NOW)).parts.nodes).toMatchObject({
      state: "unknown",
      reason: "forbidden",
    });
    expect(parts.pods.state).toBe("value");
  });
});

describe("reads", () => {
  const source = (over: Partial<SourceRecord>): SourceRecord => ({
    source: "GET /api/v1/pods",
    kind: "api-resource",
    status: "ok",
    reason: null,
    detail: null,
    fix: null,
    objectCount: 3,
    expectedCount: null,
    skippedCount: 0,
    receivedBytes: 100,
    queryCount: 0,
    durationSeconds: 0.1,
    ...over,
  });
  const handle = (startedAt: Date): ReadHandle => ({ clusterId, id: randomUUID(), kind: "inventory", startedAt });

  it("a failed read leaves the good pointer and the last ok time of a source", async () => {
    const good = handle(NOW);
    await startRead(pool, good, "schedule", 1);
    await inTransaction(pool, (c) =>
      finishRead(c, good, { status: "succeeded", finishedAt: NOW, reason: null, detail: null, sources: [source({})] }),
    );
    const bad = handle(new Date(NOW.getTime() + 60_000));
    await startRead(pool, bad, "schedule", 1);
    await inTransaction(pool, (c) =>
      finishRead(c, bad, {
        status: "failed",
        finishedAt: NOW,
        reason: "unreachable",
        detail: "refused",
        sources: [source({ status: "failed", reason: "unreachable", objectCount: 0 })],
      }),
    );
    const { rows } = await pool.query(
      "SELECT last_status, good_read_id, failure_count FROM read_state WHERE cluster_id = $1",
      [clusterId],
    );
    expect(rows).toEqual([{ last_status: "failed", good_read_id: good.id, failure_count: 1 }]);
    const states = await pool.query("SELECT status, reason, last_ok_at FROM source_state WHERE cluster_id = $1", [
      clusterId,
    ]);
    expect(states.rows).toEqual([{ status: "failed", reason: "unreachable", last_ok_at: NOW }]);
  });
});

describe("measured quantities", () => {
  const position = (id: (typeof METRIC_IDS)[number]) => METRIC_IDS.indexOf(id);

  it("roll up to hour and day, keeping absence apart from zero", async () => {
    const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 9, minute));
    for (const [minute, cpu] of [
      [0, 1],
      [1, 3],
      [2, 0],
    ] as const) {
      await inTransaction(pool, (c) =>
        saveSamples(
          c,
          clusterId,
          [sample("n1", { cpuUsedCores: cpu, memoryWaitingRatio: cpu === 3 ? 0.5 : 0 })],
          at(minute),
          60,
          nobody,
        ),
      );
    }
    expect(await rollUpHour(pool, clusterId, at(0))).toBe(1);
    const { rows } = await pool.query(
      "SELECT sample_counts, sums, maxima, covered_seconds, histograms FROM metric_hourly WHERE cluster_id = $1",
      [clusterId],
    );
    const cpu = position("cpuUsedCores");
    expect(rows[0].sums[cpu]).toBe(240);
    expect(rows[0].maxima[cpu]).toBe(3);
    expect(rows[0].covered_seconds[cpu]).toBe(180);
    const swap = position("swapUsedBytes");
    expect(rows[0].sums[swap]).toBeNull();
    expect(rows[0].sample_counts[swap]).toBe(0);
    const run = HISTOGRAM_POSITIONS.indexOf(position("memoryWaitingRatio") + 1) * HISTOGRAM_BUCKETS;
    const buckets: number[] = rows[0].histograms.slice(run, run + HISTOGRAM_BUCKETS);
    expect(buckets[0]).toBe(2); // two measured zeros fall into "≤ 0"
    expect(buckets[15]).toBe(1); // 0.5 falls into "≤ 0.5"
    expect(buckets.reduce((a, b) => a + b, 0)).toBe(3);
    expect(await countDueHours(pool, clusterId, at(3_600))).toBe(1);
    expect(await rollUpDay(pool, clusterId, new Date("2026-11-22T00:00:00Z"))).toBe(1);
    const day = await pool.query("SELECT sums, covered_seconds FROM metric_daily WHERE cluster_id = $1", [clusterId]);
    expect(day.rows[0].sums[cpu]).toBe(240);
    expect(day.rows[0].covered_seconds[swap]).toBe(0);
  });
  it("backfilled hours fill holes but never replace live ones", async () => {
    const hour = new Date("2026-11-22T08:00:00Z");
    await inTransaction(pool, (c) =>
      saveSamples(c, clusterId, [sample("live", { cpuUsedCores: 2 })], new Date("2026-11-22T08:10:00Z"), 60, nobody),
    );
    await rollUpHour(pool, clusterId, hour);
    // A point tells of the hour that it ends.
    const endSeconds = hour.getTime() / 1000 + 3_600;
    const history = (name: string, metric: MetricId, value: number): EntityHistory => ({
      entity: sample(name, {}).entity,
      metric,
      points: new Map([[endSeconds, value]]),
    });
    const backfill = (...histories: EntityHistory[]) =>
      inTransaction(pool, (c) => saveBackfilledHours(c, clusterId, histories, nobody));
    await backfill(history("live", "cpuUsedCores", 99), history("filled", "cpuUsedCores", 1));
    await backfill(history("filled", "memoryWaitingRatio", 0), history("filled", "cpuUsedCores", 7));
    const { rows } = await pool.query(
      "SELECT e.name, m.maxima, m.is_backfilled FROM metric_hourly m JOIN entity e ON e.cluster_id = m.cluster_id AND e.id = m.entity_id WHERE m.cluster_id = $1 ORDER BY e.name",
      [clusterId],
    );
    expect(rows[0]).toMatchObject({ name: "filled", is_backfilled: true });
    expect(rows[0].maxima[0]).toBe(1);
    expect(rows[0].maxima[position("memoryWaitingRatio")]).toBe(0);
    expect(rows[0].maxima[position("ioWaitingRatio")]).toBeNull();
    expect(rows[1]).toMatchObject({ name: "live", is_backfilled: false });
    expect(rows[1].maxima[0]).toBe(2);
  });
  it("backfilled samples of several quantities make one row, and their hour is due", async () => {
    const atSeconds = Date.UTC(2026, 10, 22, 7, 15) / 1000;
    const history = (metric: MetricId, values: readonly number[]): EntityHistory => ({
      entity: sample("past", {}).entity,
      metric,
      points: new Map(values.map((value, index) => [atSeconds + index * 300, value])),
    });
    const save = (...histories: EntityHistory[]) =>
      inTransaction(pool, (c) => saveBackfilledSamples(c, clusterId, histories, 300, nobody));
    expect(await save(history("cpuUsedCores", [1, 2]), history("memoryWaitingRatio", [0, Number.NaN]))).toBe(2);
    await save(history("memoryWaitingRatio", [0.5, 0.25, 0.125]));
    const { rows } = await pool.query(
      `SELECT "values", covered_seconds FROM metric_raw WHERE cluster_id = $1 ORDER BY at`,
      [clusterId],
    );
    const waiting = position("memoryWaitingRatio");
    expect(rows.map((row) => [row.values[position("cpuUsedCores")], row.values[waiting], row.covered_seconds])).toEqual(
      [
        [1, 0, 300],
        [2, 0.25, 300],
        [null, 0.125, 300],
      ],
    );
    expect(await countDueHours(pool, clusterId, new Date("2026-11-22T08:00:00Z"))).toBe(1);
  });
});

function aComponent(instance: string, gates: ComponentReading["gates"]): ComponentReading {
  return {
    component: "kubelet",
    instance,
    version: "1.34.9",
    gates,
    explicit: null,
    explicitSource: null,
    source: "component-metrics",
    unread: null,
    readAt: NOW,
  };
}

describe("gates", () => {
  const map = (isOn: boolean) => new Map([["NodeSwap", { isOn, stage: "BETA" as const }]]);

  it("stores equal maps once and writes down what changed", async () => {
    const save = (readings: ComponentReading[], at: Date) =>
      inTransaction(pool, (c) => saveComponents(c, clusterId, readings, at));
    expect(await save([aComponent("a", map(false)), aComponent("b", map(false))], NOW)).toEqual({ changes: 0 });
    const later = new Date(NOW.getTime() + 900_000);
    expect(await save([aComponent("a", map(true)), aComponent("b", map(false))], later)).toEqual({ changes: 1 });
    const { rows } = await pool.query("SELECT instance, gate, was_on, is_on FROM gate_change WHERE cluster_id = $1", [
      clusterId,
    ]);
    expect(rows).toEqual([{ instance: "a", gate: "NodeSwap", was_on: false, is_on: true }]);
    const unread: ComponentReading = { ...aComponent("a", null), unread: { reason: "timed-out", detail: "5 s" } };
    await save([unread, aComponent("b", map(false))], later);
    const kept = await pool.query(
      "SELECT gate_set_hash IS NOT NULL AS kept, unread_reason FROM component WHERE cluster_id = $1 AND instance = 'a'",
      [clusterId],
    );
    expect(kept.rows).toEqual([{ kept: true, unread_reason: "timed-out" }]);
  });
});

describe("verdicts", () => {
  it("keep history only when something changed or a day passed", async () => {
    const save = (verdict: string, at: Date) =>
      inTransaction(pool, (c) =>
        saveVerdicts(
          c,
          clusterId,
          [{ feature: "node-swap", verdict, adoptedCount: 1, adoptableCount: 4, byTeam: null, outcome: { verdict } }],
          1,
          at,
        ),
      );
    await save("off", NOW);
    await save("off", new Date(NOW.getTime() + 60_000));
    await save("in-use", new Date(NOW.getTime() + 120_000));
    const { rows } = await pool.query("SELECT verdict FROM verdict_history WHERE cluster_id = $1 ORDER BY at", [
      clusterId,
    ]);
    expect(rows).toEqual([{ verdict: "off" }, { verdict: "in-use" }]);
  });
});

describe("partitions", () => {
  it("drop whole periods that are past their retention", async () => {
    const dropped = await dropExpiredPartitions(
      pool,
      { rawSeconds: 172_800, hourlySeconds: 90 * 86_400, dailySeconds: 730 * 86_400 },
      NOW,
    );
    expect(dropped).toContain("metric_raw_p20261013");
    expect(dropped).not.toContain("metric_raw_p20261121");
    expect(dropped.some((name) => name.startsWith("metric_hourly"))).toBe(false);
  });
});
