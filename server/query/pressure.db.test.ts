import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PressureQuery } from "../contract/pressure.ts";
import { LOOPBACK_VIEWER } from "../contract/viewer.ts";
import { type EntityKey, type EntitySample, type MetricId, metricPosition } from "../domain/metrics.ts";
import { getStore } from "../store/client.ts";
import { inTransaction } from "../store/db.ts";
import { saveSamples } from "../store/metrics.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { storeCluster } from "../testing/fleet.ts";
import { getNodePressure } from "./get-node-pressure.ts";
import { getPressureHeatmap } from "./get-pressure-heatmap.ts";
import { getPressureReplay } from "./get-pressure-replay.ts";
import { listPressure } from "./list-pressure.ts";

const NOW = new Date("2026-11-22T10:30:00Z");
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
const entity = (level: EntityKey["level"], name: string, namespace = "", kind = ""): EntityKey => ({
  level,
  namespace,
  kind,
  name,
  container: "",
});
const sample = (of: EntityKey, values: Partial<Record<MetricId, number>>): EntitySample => ({ entity: of, values });

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  const { pool } = getStore();
  const teams = ["acme", "zorro"].map((team) => ({ team, namespace: `${team}-space`, podCount: 2 }));
  const id = await storeCluster(pool, { name: "shared", teams }, minutesAgo(0.5));
  await storeCluster(pool, { name: "silent", teams: [], isRead: false }, minutesAgo(0.5));
  // The builder's own samples would mix with those below.
  await pool.query("DELETE FROM metric_raw");
  await pool.query("DELETE FROM pressure_frame");
  // node-a: 30 minutes of I/O waits at 60 % with an idle CPU, then calm. node-b: measured, but no pressure published.
  for (let minute = 55; minute >= 1; minute -= 1) {
    const isBad = minute > 10 && minute <= 40;
    await inTransaction(pool, (client) =>
      saveSamples(
        client,
        id,
        [
          sample(entity("node", "node-a"), {
            cpuWaitingRatio: 0.02,
            memoryWaitingRatio: 0,
            ioWaitingRatio: isBad ? 0.6 : 0,
            cpuUsedCores: 1,
            cpuCapacityCores: 8,
          }),
          sample(entity("node", "node-b"), { cpuUsedCores: 2, cpuCapacityCores: 8 }),
          sample(entity("workload", "acme-web", "acme-space", "Deployment"), {
            cpuWaitingRatio: isBad ? 0.4 : 0.01,
            ioWaitingRatio: isBad ? 0.6 : 0,
            memoryWorkingSetBytes: 100,
          }),
          sample(entity("workload", "zorro-web", "zorro-space", "Deployment"), {
            ioWaitingRatio: 0,
            ioReadBytesPerSecond: isBad ? 100 : 5,
            ioWriteBytesPerSecond: isBad ? 900 : 100,
            memoryWorkingSetBytes: isBad ? 100 : 900,
          }),
        ],
        minutesAgo(minute),
        60,
        () => ({ team: null, nodeName: null }),
      ),
    );
  }
});
afterAll(async () => {
  await getStore().close();
  await database.drop();
});

const query = { resource: "any", kind: "waiting", window: "1h", level: "node", limit: 50 } as const;

describe("pressure rankings", () => {
  it("put the longest waiter first, with share, time, peak and pattern", async () => {
    const { items, counts } = await listPressure(LOOPBACK_VIEWER, { ...query, cluster: ["shared"] }, NOW);
    expect(items[0]).toMatchObject({
      name: "node-a",
      resource: "io",
      severity: "critical",
      pattern: "lasting",
      longestRunSeconds: 1800,
      looksIdleButStalls: true,
      peak: { state: "value", value: 0.6 },
    });
    expect(items[0]?.stalledSeconds).toBeCloseTo(30 * 60 * 0.6, 0);
    expect(counts).toMatchObject({ critical: 1, unmeasured: 1 });
  });
  it("tell not exposed from calm, and a cluster that was never read from both", async () => {
    const { items, sources } = await listPressure(LOOPBACK_VIEWER, query, NOW);
    expect(items.find(({ name }) => name === "node-b")).toMatchObject({
      severity: null,
      stalledSeconds: null,
      shares: { io: { waiting: { state: "not-exposed" } } },
    });
    expect(sources.find(({ cluster }) => cluster === "shared")).toMatchObject({
      state: "partly",
      unexposedNodes: ["node-b"],
    });
    expect(sources.find(({ cluster }) => cluster === "silent")).toMatchObject({
      state: "unknown",
      reason: "not-yet-read",
    });
  });
  it("never call the full stall of a node's CPU a value", async () => {
    const { items } = await listPressure(LOOPBACK_VIEWER, { ...query, cluster: ["shared"] }, NOW);
    expect(items[0]?.shares.cpu.stalled).toEqual({ state: "not-applicable", unit: "ratio" });
  });
  it("take a cluster as the mean of its nodes, not their sum", async () => {
    const asked: PressureQuery = { ...query, level: "cluster", resource: "cpu", cluster: ["shared"] };
    const { items } = await listPressure(LOOPBACK_VIEWER, asked, NOW);
    expect(items[0]?.shares.cpu.waiting).toMatchObject({ state: "value" });
    const figure = items[0]?.shares.cpu.waiting;
    expect(figure?.state === "value" ? figure.value : 1).toBeLessThan(0.5);
  });
});

describe("the heatmap", () => {
  it("has a row per node with samples and leaves what was not read open", async () => {
    const { groups } = await getPressureHeatmap(
      LOOPBACK_VIEWER,
      { resource: "io", kind: "waiting", window: "1h", cluster: ["shared"] },
      NOW,
    );
    const nodeA = groups.flatMap(({ nodes }) => nodes).find(({ name }) => name === "node-a");
    expect(Math.max(...(nodeA?.permille ?? []).map((value) => value ?? 0))).toBe(600);
    const nodeB = groups.flatMap(({ nodes }) => nodes).find(({ name }) => name === "node-b");
    expect(nodeB?.permille.every((value) => value === null)).toBe(true);
  });
});

describe("one node and one workload", () => {
  it("name the neighbour whose use moved with the stall as a suspect, with its strength", async () => {
    const answer = await getNodePressure(LOOPBACK_VIEWER, { id: "shared", node: "node-a" }, { window: "1h" }, NOW);
    expect(answer.episodes[0]).toMatchObject({ resource: "io", kind: "waiting", peak: 0.6, isOngoing: false });
    expect(answer.suspects[0]).toMatchObject({
      resource: "io",
      name: "zorro-web",
      strength: "strong",
      unit: "bytes/s",
      usageDuringStall: 1000,
      usageOtherwise: 105,
    });
    expect(answer.unmeasuredSuspects).toEqual([]);
  });
  it("say that the cause is unknown where nobody measures what neighbours read and write", async () => {
    const { pool } = getStore();
    await pool.query(
      `UPDATE metric_raw SET "values"[${metricPosition("ioReadBytesPerSecond")}] = NULL, "values"[${metricPosition("ioWriteBytesPerSecond")}] = NULL`,
    );
    const answer = await getNodePressure(LOOPBACK_VIEWER, { id: "shared", node: "node-a" }, { window: "1h" }, NOW);
    expect(answer.suspects.filter(({ resource }) => resource === "io")).toEqual([]);
    expect(answer.unmeasuredSuspects).toEqual(["io"]);
  });
  it("replay an autoscaler: more replicas while it waits, fewer after", async () => {
    const place = { id: "shared", namespace: "acme-space", kind: "Deployment", name: "acme-web" };
    const settings = {
      window: "1h",
      resource: "cpu",
      target: 0.2,
      min: 1,
      max: 6,
      upSeconds: 0,
      downSeconds: 60,
    } as const;
    const answer = await getPressureReplay(LOOPBACK_VIEWER, place, settings, NOW);
    expect(answer.options.map(({ id }) => id)).toEqual(["recorded", "asked", "eager", "patient"]);
    const asked = answer.options.find(({ id }) => id === "asked");
    expect(asked?.peakReplicas).toBeGreaterThan(answer.currentReplicas);
    expect(asked?.replicas.at(-1)).toBe(1);
    const patient = answer.options.find(({ id }) => id === "patient");
    expect(patient?.eventCount ?? 99).toBeLessThanOrEqual(asked?.eventCount ?? 0);
  });
  it("price replica-hours by the full hours before, against what was recorded", async () => {
    const place = { id: "shared", namespace: "acme-space", kind: "Deployment", name: "acme-web" };
    const settings = {
      window: "1h",
      resource: "cpu",
      target: 0.2,
      min: 1,
      max: 6,
      upSeconds: 0,
      downSeconds: 60,
    } as const;
    const before = await getPressureReplay(LOOPBACK_VIEWER, place, settings, NOW);
    expect(before.costPerReplicaHour).toMatchObject({ state: "unknown" });
    expect(before.options.map(({ cost }) => cost)).toEqual([null, null, null, null]);
    const { pool } = getStore();
    await pool.query(
      `INSERT INTO cost_hourly (cluster_id, at, team, namespace, workload_kind, workload_name, pool, resource, share, price_row_id, quantity, cost)
       SELECT id, '2026-11-22T09:00:00Z', 'acme', 'acme-space', 'Deployment', 'acme-web', 'general', resource, 'used', 1, 1, cost
         FROM cluster, (VALUES ('cpu', 3), ('memory', 1)) AS v(resource, cost) WHERE name = 'shared'`,
    );
    const { options, costPerReplicaHour, currentReplicas, currency, countedSteps } = await getPressureReplay(
      LOOPBACK_VIEWER,
      place,
      settings,
      NOW,
    );
    expect(costPerReplicaHour).toEqual({ state: "value", unit: "money/h:EUR", value: 4 / currentReplicas });
    expect(currency).toBe("EUR");
    expect(countedSteps).toBe(0);
    const recorded = options.find(({ id }) => id === "recorded");
    expect(recorded?.replicaHours).toBeCloseTo(recorded?.recordedReplicaHours ?? 0);
    expect(recorded?.cost).toBeCloseTo((recorded?.replicaHours ?? 0) * (4 / currentReplicas));
  });
});
