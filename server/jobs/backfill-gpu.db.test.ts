import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GpuChunk } from "../collect/prometheus/backfill-gpu.ts";
import type { PrometheusClient } from "../collect/prometheus/client.ts";
import type { Labels } from "../domain/snapshot.ts";
import { loadBackfillState, saveBackfillPlan } from "../store/backfill.ts";
import { getStore } from "../store/client.ts";
import { saveCluster } from "../store/clusters.ts";
import { inTransaction } from "../store/db.ts";
import { saveGpuInput } from "../store/gpu-input.ts";
import { ensurePartitions } from "../store/partitions.ts";
import { type NewPrice, syncPrices } from "../store/prices.ts";
import { amounts, aNode, aPod } from "../testing/builders/index.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { backfillGpuChunk, workloadOfPodName } from "./backfill-gpu.ts";
import type { InventoryIndex } from "./inventory-index.ts";

const HOUR = 3_600;
const NOW = new Date("2026-11-22T10:00:00Z");
const seconds = (text: string) => Date.parse(text) / 1000;
/** The day of Berlin begins at 23:00 UTC: the price of the 10th holds from there on. */
const CHANGE_AT = seconds("2026-11-09T23:00:00Z");
const NOTEBOOK_BORN = "2026-11-10T01:00:00Z";

const price = (
  key: string,
  kind: NewPrice["kind"],
  amount: number,
  validFrom: string,
  validTo: string | null,
): NewPrice => ({
  provider: "aws",
  region: "",
  kind,
  key,
  unit: "hour",
  price: amount,
  currency: "EUR",
  validFrom,
  validTo,
  origin: "file",
  source: "test",
  sourceDate: null,
});
const node = aNode({
  name: "n1",
  pool: "gpu-a100",
  instanceType: "metal",
  capacity: amounts({ cpuCores: 1, memoryBytes: 1, extended: { "nvidia.com/gpu": 4 } }),
  labels: { "nvidia.com/gpu.product": "A100", "nvidia.com/gpu.count": "4" },
});
const workloads: Readonly<Record<string, { kind: string; namespace: string; name: string }>> = {
  "ml/train": { kind: "StatefulSet", namespace: "ml", name: "train" },
};
const inventory: InventoryIndex = {
  readId: "00000000-0000-4000-8000-000000000001",
  nodes: [{ name: "n1", addresses: [], cpuCores: 1, memoryBytes: 1, swapBytes: null }],
  podOwner: (namespace, pod) =>
    pod === "notebook"
      ? { workload: { kind: "Pod", namespace, name: pod }, nodeName: "n1", isHostNetwork: false, holdsDevice: true }
      : null,
  podByIp: () => null,
  teamOfWorkload: (_namespace, kind) => (kind === "StatefulSet" ? "training" : null),
  teamOfNamespace: () => "ml-team",
  workloadByName: (namespace, name) => workloads[`${namespace}/${name}`] ?? null,
  requested: [],
};
const chunk: GpuChunk = {
  id: "gpu/test",
  level: "gpu",
  parts: [{ id: "nvidia.engineActive", promql: "max by (UUID) (avg_over_time(DCGM_FI_PROF_GR_ENGINE_ACTIVE[3600s]))" }],
  startSeconds: CHANGE_AT,
  endSeconds: CHANGE_AT + 4 * HOUR,
  stepSeconds: 3600,
};
const TIMES = [0, 1, 2, 3, 4].map((index) => CHANGE_AT + index * HOUR);
const row = (uuid: string, pod: string | null, value: (at: number) => number, times = TIMES) => {
  const labels: Labels = { UUID: uuid, gpu: uuid.slice(-1), Hostname: "n1", modelName: "A100" };
  return {
    labels: pod === null ? labels : { ...labels, pod, namespace: "ml", container: "main" },
    points: times.map((at): [number, number] => [at, value(at)]),
  };
};
const client: Pick<PrometheusClient, "range"> = {
  range: async () => ({
    data: [
      row("GPU-0", "train-0", () => 0.8),
      row("GPU-1", "notebook", () => 0.01),
      row("GPU-2", null, () => 0),
      // Two pods share it in turns: it stays one device.
      row("GPU-3", "train-1", () => 0.4),
      row("GPU-3", "train-2", () => 0.4),
    ],
    noValueCount: 0,
    malformedCount: 0,
    partial: null,
    receivedBytes: 0,
    durationSeconds: 0,
  }),
};

let database: TestDatabase;
let clusterId: number;
beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  const { pool } = getStore();
  await ensurePartitions(pool, new Date("2026-11-01T00:00:00Z"), NOW);
  clusterId = await saveCluster(pool, { name: "prod", provider: "aws", isDemo: false, settings: {} });
  await syncPrices(
    pool,
    "file",
    [
      price("metal", "node", 8, "2026-01-01", "2026-11-10"),
      price("metal", "node", 4, "2026-11-10", null),
      price("gpu", "resource", 1, "2026-01-01", null),
    ],
    "test",
  );
  const notebook = aPod({
    name: "notebook",
    namespace: "ml",
    nodeName: "n1",
    workload: { kind: "Pod", namespace: "ml", name: "notebook" },
    createdAt: new Date(NOTEBOOK_BORN),
  });
  await inTransaction(pool, (db) =>
    saveGpuInput(
      db,
      clusterId,
      inventory.readId,
      // Today's price is what live hours cost; past ones must not look at it.
      {
        nodes: [node],
        pods: [{ pod: notebook, team: "ml-team" }],
        slices: [],
        claims: [],
        prices: new Map([["n1", { priceRowId: 99, costPerHour: 1000 }]]),
      },
      NOW,
    ),
  );
  await saveBackfillPlan(pool, clusterId, [chunk]);
  const config = { billing: { currency: "EUR", timeZone: "Europe/Berlin", priceBook: null, labels: [], budgets: [] } };
  await backfillGpuChunk(
    { pool, now: () => NOW, config },
    { clusterId, clusterName: "prod" },
    client,
    chunk,
    inventory,
    new AbortController().signal,
  );
});
afterAll(async () => {
  await getStore().close();
  await database.drop();
});

type Stored = {
  at: Date;
  device: string;
  state: string;
  team: string;
  kind: string;
  name: string;
  hours: number;
  cost: number;
};
const stored = async (): Promise<Stored[]> => {
  const { rows } = await getStore().pool.query<Stored>(
    `SELECT at, device_id AS device, state, team, workload_kind AS kind, workload_name AS name, device_hours AS hours, cost::float8 AS cost
       FROM gpu_hourly ORDER BY at, device_id, workload_name`,
  );
  return rows;
};

describe("past hours of accelerators", () => {
  it("add up to one hour per device and hour, shared or not, and the chunk is done", async () => {
    const rows = await stored();
    const byDevice = Map.groupBy(rows, (one) => `${one.at.toISOString()} ${one.device}`);
    expect(byDevice.size).toBe(5 * 4);
    for (const parts of byDevice.values()) expect(parts.reduce((sum, { hours }) => sum + hours, 0)).toBe(1);
    expect(await loadBackfillState(getStore().pool, clusterId)).toMatchObject({ total: 1, done: 1, failed: 0 });
  });
  it("cost what was in force on their day of the billing time zone, not what holds today", async () => {
    const rows = await stored();
    const costAt = (index: number) =>
      rows
        .filter(({ at }) => at.getTime() === ((TIMES[index] ?? 0) - HOUR) * 1000)
        .reduce((sum, { cost }) => sum + cost, 0);
    // A quarter of the node each: 8 an hour before the 10th in Berlin, 4 from then on.
    expect([0, 1, 2, 3, 4].map(costAt)).toEqual([8, 4, 4, 4, 4]);
  });
  it("belong to the workload behind a pod that is gone", async () => {
    const rows = (await stored()).filter(({ device }) => device === "GPU-0");
    expect(rows.map(({ state, team, kind, name }) => [state, team, kind, name])).toEqual(
      rows.map(() => ["active", "training", "StatefulSet", "train"]),
    );
    expect(workloadOfPodName(inventory.workloadByName, "ml", "train-7f9c-x2")).toMatchObject({ name: "train" });
    expect(workloadOfPodName(inventory.workloadByName, "ml", "other-0")).toBeNull();
  });
  it("do not belong to a bare pod before it was made", async () => {
    const rows = (await stored()).filter(({ device }) => device === "GPU-1");
    expect(rows.map(({ at, name }) => [at.toISOString(), name])).toEqual([
      ["2026-11-09T22:00:00.000Z", ""],
      ["2026-11-09T23:00:00.000Z", ""],
      ["2026-11-10T00:00:00.000Z", ""],
      ["2026-11-10T01:00:00.000Z", "notebook"],
      ["2026-11-10T02:00:00.000Z", "notebook"],
    ]);
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(["held-idle"]));
  });
});
