import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Gpu, GpuDeviceDetail, GpuRepackAnswer } from "../contract/gpu.ts";
import { GpuMigration, GpuMigrationPlan } from "../contract/gpu-migration.ts";
import { LOOPBACK_VIEWER, type Viewer } from "../contract/viewer.ts";
import { known } from "../domain/reading.ts";
import { getStore } from "../store/client.ts";
import { inTransaction } from "../store/db.ts";
import { saveGpuInput } from "../store/gpu-input.ts";
import { saveParts } from "../store/snapshots.ts";
import { aContainer, amounts, aNode, anApiResource, aPod, aTemplate, aVersion } from "../testing/builders/index.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { storeCluster } from "../testing/fleet.ts";
import { getGpu } from "./get-gpu.ts";
import { getGpuDevice } from "./get-gpu-device.ts";
import { getGpuMigration, getGpuMigrationPlan } from "./get-gpu-migration.ts";
import { getGpuRepack } from "./get-gpu-repack.ts";
import { getGpuWorkbook } from "./get-gpu-workbook.ts";

const NOW = new Date("2026-11-22T10:30:00Z");
const READ_ID = "00000000-0000-4000-8000-000000000001";
const ACME: Viewer = { name: "acme-reader", roles: ["viewer"], clusters: ["one"], teams: ["acme"] };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  const teams = ["acme", "zorro"].map((team) => ({ team, namespace: `${team}-space`, podCount: 2 }));
  await storeCluster(getStore().pool, { name: "one", teams }, new Date(NOW.getTime() - 30_000));
});
afterAll(async () => {
  await getStore().close();
  await database.drop();
});

const sum = (hours: Readonly<Record<string, number>>) =>
  Object.values(hours).reduce((total, value) => total + value, 0);

describe("accelerators of a fleet", () => {
  it("counts a shared device once and divides its hours and cost exactly", async () => {
    const gpu = Gpu.parse(await getGpu(LOOPBACK_VIEWER, {}, NOW));
    expect(gpu.deviceCount).toBe(1);
    expect(sum(gpu.byState)).toBeCloseTo(1, 12);
    expect(sum(gpu.hours)).toBeCloseTo(0.5, 12);
    expect(gpu.cost).toMatchObject({ state: "value", value: 1 });
    const parts = gpu.holders.map((row) => (row.cost.state === "value" ? row.cost.value : Number.NaN));
    expect(parts).toEqual([0.5, 0.5]);
    expect(gpu.attributedRatio).toMatchObject({ state: "value", value: 1 });
  });
  it("says how few hours of the range are known", async () => {
    const gpu = await getGpu(LOOPBACK_VIEWER, {}, NOW);
    expect(gpu.hoursKnown).toEqual({ covered: 1, of: 25 });
  });
  it("says for how many hours a device that is silent now has no record, and nothing of those that report", async () => {
    const { pool } = getStore();
    expect((await getGpu(LOOPBACK_VIEWER, {}, NOW)).unrecordedHours).toBe(0);
    await pool.query(
      `INSERT INTO gpu_device SELECT (jsonb_populate_record(d, jsonb_build_object('id', 'GPU-silent', 'facts', facts || '{"hasTelemetry": false}'))).*
         FROM gpu_device d LIMIT 1`,
    );
    try {
      // The cluster has records of one hour, this device of none.
      expect((await getGpu(LOOPBACK_VIEWER, {}, NOW)).unrecordedHours).toBe(1);
    } finally {
      await pool.query("DELETE FROM gpu_device WHERE id = 'GPU-silent'");
    }
  });
  it("shows a reader of one team its own part and nobody else on the device", async () => {
    const gpu = await getGpu(ACME, {}, NOW);
    expect(sum(gpu.byState)).toBeCloseTo(0.5, 12);
    expect(gpu.devices.flatMap((device) => device.holders.map((holder) => holder.team))).toEqual(["acme"]);
    expect(gpu.cost).toMatchObject({ state: "value", value: 0.5 });
    expect(gpu.free).toEqual([]);
  });
  it("has no cost where there is no price", async () => {
    await getStore().pool.query("UPDATE gpu_hourly SET cost = NULL");
    const gpu = await getGpu(LOOPBACK_VIEWER, {}, NOW);
    expect(gpu.cost).toMatchObject({ state: "unknown", reason: "not-configured" });
    await getStore().pool.query("UPDATE gpu_hourly SET cost = device_hours * 2");
  });
  it("refuses a range longer than hours are kept", async () => {
    await expect(getGpu(LOOPBACK_VIEWER, { from: "2026-01-01T00:00:00Z" }, NOW)).rejects.toMatchObject({
      code: "invalid-input",
    });
  });
});

describe("one device", () => {
  it("tells which metric says that it is active, and who held it", async () => {
    const detail = GpuDeviceDetail.parse(await getGpuDevice(LOOPBACK_VIEWER, "one", "GPU-1", {}, NOW));
    expect(detail.device.activityMetric).toBe("DCGM_FI_DEV_GPU_UTIL");
    expect(detail.timeline.map((row) => row.name).sort()).toEqual(["acme-web", "zorro-web"]);
  });
  it("that was held and never heard has no idle cost: nobody can say that it was busy", async () => {
    const { pool } = getStore();
    const stored = await pool.query("SELECT state, cost FROM gpu_hourly");
    expect(stored.rows.length).toBeGreaterThan(0);
    await pool.query("UPDATE gpu_hourly SET state = 'held-unknown', activity_sum = NULL");
    try {
      const detail = GpuDeviceDetail.parse(await getGpuDevice(LOOPBACK_VIEWER, "one", "GPU-1", {}, NOW));
      expect(detail.cost).toMatchObject({ state: "value" });
      expect(detail.idleCost).toMatchObject({ state: "unknown", reason: "stale" });
    } finally {
      await pool.query("UPDATE gpu_hourly SET state = 'active', activity_sum = device_hours * 3600 * 0.5");
    }
  });
  it("does not exist for a reader whose teams do not hold it", async () => {
    const other: Viewer = { ...ACME, teams: ["nobody"] };
    await expect(getGpuDevice(other, "one", "GPU-1", {}, NOW)).rejects.toMatchObject({ code: "not-found" });
  });
});

it("keeps the only device when it repacks, and writes a workbook", async () => {
  const answer = GpuRepackAnswer.parse(await getGpuRepack(LOOPBACK_VIEWER, { target: 0.8 }, NOW));
  expect(answer.models).toMatchObject([{ deviceCount: 1, neededCount: 1, freedCount: 0 }]);
  const workbook = await getGpuWorkbook(LOOPBACK_VIEWER, { language: "zh" }, NOW);
  expect([...workbook.slice(0, 2)]).toEqual([0x50, 0x4b]);
});

describe("a workbook", () => {
  it("has a sheet for every table, each adding up to the headline", async () => {
    const { default: excel } = await import("exceljs");
    const book = new excel.Workbook();
    const bytes = await getGpuWorkbook(LOOPBACK_VIEWER, { language: "en" }, NOW);
    await book.xlsx.load(bytes.buffer);
    const names = book.worksheets.map((sheet) => sheet.name);
    expect(names).toEqual([
      "By team",
      "By workload",
      "By pool",
      "By model",
      "Workloads",
      "Waste",
      "Waiting",
      "To claims",
      "Devices",
      "Basis",
    ]);
    for (const name of ["By team", "By workload", "By pool", "By model"]) {
      const costs =
        book
          .getWorksheet(name)
          ?.getColumn(7)
          .values.filter((value) => typeof value === "number") ?? [];
      expect(costs.reduce((sum, value) => sum + Number(value), 0)).toBe(1);
    }
  });
});

describe("the move to claims", () => {
  const template = aTemplate({ containers: [aContainer({ limits: amounts({ extended: { "nvidia.com/gpu": 2 } }) })] });
  const owned = (team: string) => ({
    team,
    template,
    ref: { kind: "Deployment", namespace: `${team}-space`, name: `${team}-web` },
  });
  beforeAll(async () => {
    const { pool } = getStore();
    const { rows } = await pool.query<{ id: number }>("SELECT id FROM cluster WHERE name = 'one'");
    const id = rows[0]?.id ?? 0;
    const node = aNode({ name: "node-a", capacity: amounts({ extended: { "nvidia.com/gpu": 1 } }) });
    const pod = aPod({
      name: "acme-web-1",
      namespace: "acme-space",
      nodeName: "node-a",
      workload: { kind: "Deployment", namespace: "acme-space", name: "acme-web" },
      template,
    });
    const parts = {
      version: known(aVersion("1.34"), NOW),
      apiResources: known([anApiResource("resource.k8s.io", "v1", "resourceclaimtemplates")], NOW),
      resourceSlices: known([], NOW),
      deviceClasses: known([], NOW),
    };
    await inTransaction(pool, async (client) => {
      await saveParts(client, id, READ_ID, parts);
      await saveGpuInput(
        client,
        id,
        READ_ID,
        {
          nodes: [node],
          pods: [{ pod, team: "acme" }],
          slices: [],
          claims: [],
          prices: new Map(),
          askers: [owned("acme"), owned("zorro")],
        },
        NOW,
      );
    });
  });
  it("names every workload that asks by resource, with its selector and what is missing", async () => {
    const migration = GpuMigration.parse(await getGpuMigration(LOOPBACK_VIEWER, {}, NOW));
    expect(migration.clusters).toMatchObject([{ cluster: "one", version: "v1", askingCount: 2, claimingCount: 0 }]);
    expect(migration.rows.map((row) => [row.name, row.podCount, row.state, row.blockers[0]?.key])).toEqual([
      ["acme-web", 1, "blocked", "no-driver"],
      ["zorro-web", 0, "blocked", "no-driver"],
    ]);
    expect(migration.rows[0]?.requests).toMatchObject([{ className: "nvidia-a10g", count: 2 }]);
  });
  it("writes the objects of one, and none for a reader of other teams", async () => {
    const params = { id: "one", namespace: "acme-space", kind: "Deployment", name: "acme-web" };
    const plan = GpuMigrationPlan.parse(await getGpuMigrationPlan(ACME, params, NOW));
    expect(plan.documents.map((document) => document.fileName)).toEqual([
      "device-class.yaml",
      "claim-template.yaml",
      "pod-template-patch.yaml",
    ]);
    const others = await getGpuMigration(ACME, {}, NOW);
    expect(others.rows.map((row) => row.name)).toEqual(["acme-web"]);
    await expect(
      getGpuMigrationPlan(ACME, { ...params, namespace: "zorro-space", name: "zorro-web" }, NOW),
    ).rejects.toMatchObject({ code: "not-found" });
  });
});
