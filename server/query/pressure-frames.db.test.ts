import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { LOOPBACK_VIEWER, type Viewer } from "../contract/viewer.ts";
import { type EntityHistory, type EntitySample, METRIC_IDS } from "../domain/metrics.ts";
import { frameMissing } from "../jobs/frame-missing.ts";
import { getStore } from "../store/client.ts";
import { inTransaction } from "../store/db.ts";
import { foldFrames } from "../store/fold-frames.ts";
import { readUnsteppedHours, saveSteps } from "../store/metric-steps.ts";
import { saveSamples } from "../store/metrics.ts";
import { saveBackfilledHours, saveBackfilledSamples } from "../store/past-metrics.ts";
import { dropOldFrames, saveFrames } from "../store/pressure-frames.ts";
import { rollUpHour } from "../store/rollups.ts";
import { readUnframed } from "../store/sql/read-pressure-frames.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { storeCluster } from "../testing/fleet.ts";
import { getNodePressure } from "./get-node-pressure.ts";
import { getPressureHeatmap } from "./get-pressure-heatmap.ts";
import { listPressure } from "./list-pressure.ts";

const NOW = new Date("2026-11-22T10:30:00Z");
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
const nobody = () => ({ team: null, nodeName: null });
const teamOf = ({ namespace }: { readonly namespace: string }) => ({
  team: namespace === "" ? null : namespace.replace("-space", ""),
  nodeName: null,
});
function node(name: string, ioWaitingRatio: number): EntitySample {
  return {
    entity: { level: "node", namespace: "", kind: "", name, container: "" },
    values: { cpuWaitingRatio: 0.01, memoryWaitingRatio: 0, ioWaitingRatio, cpuUsedCores: 1, cpuCapacityCores: 8 },
  };
}
function workload(team: string, cpuWaitingRatio: number): EntitySample {
  return {
    entity: { level: "workload", namespace: `${team}-space`, kind: "Deployment", name: `${team}-web`, container: "" },
    values: { cpuWaitingRatio, memoryWaitingRatio: 0, ioWaitingRatio: 0 },
  };
}
/** One sample as what a source tells of the past; of hours, with their end. */
function past({ entity, values }: EntitySample, at: Date): EntityHistory[] {
  return METRIC_IDS.flatMap((metric) => {
    const value = values[metric];
    return value === undefined ? [] : [{ entity, metric, points: new Map([[at.getTime() / 1000, value]]) }];
  });
}
const ranking = { resource: "any", kind: "waiting", level: "node", limit: 50 } as const;
const heat = { resource: "io", kind: "waiting" } as const;

let database: TestDatabase;
let id = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  const teams = ["acme", "zorro"].map((team) => ({ team, namespace: `${team}-space`, podCount: 1 }));
  id = await storeCluster(getStore().pool, { name: "shared", teams }, minutesAgo(0.5));
});
afterAll(async () => {
  await getStore().close();
  await database.drop();
});
beforeEach(async () => {
  await getStore().pool.query(
    "TRUNCATE metric_raw, metric_hourly, metric_daily, pressure_frame, metric_steps, metric_steps_hour",
  );
  for (let minute = 75; minute >= 1; minute -= 1) {
    const isBad = minute > 40 && minute <= 70;
    await inTransaction(getStore().pool, (client) =>
      saveSamples(
        client,
        id,
        [node("node-a", isBad ? 0.6 : 0), node("node-b", 0.02), workload("acme", 0.1), workload("zorro", 0.4)],
        minutesAgo(minute),
        60,
        teamOf,
      ),
    );
  }
});

/** What must be equal, however it was put together; but for the order of additions. */
async function answers(window: "1h" | "24h") {
  const asked = { ...ranking, window };
  const [nodes, clusters, cells] = await Promise.all([
    listPressure(LOOPBACK_VIEWER, asked, NOW),
    listPressure(LOOPBACK_VIEWER, { ...asked, level: "cluster", cluster: ["shared"] }, NOW),
    getPressureHeatmap(LOOPBACK_VIEWER, { ...heat, window, cluster: ["shared"] }, NOW),
  ]);
  const answer = {
    counts: nodes.counts,
    items: [...nodes.items, ...clusters.items].map(({ name, shares, stalledSeconds, peak, pattern, trend }) => {
      return { name, shares, stalledSeconds, peak, pattern, trend };
    }),
    cells: cells.groups.flatMap(({ nodes: own }) => own),
  };
  const round = (_: string, value: unknown) => (typeof value === "number" ? Number(value.toPrecision(6)) : value);
  return JSON.parse(JSON.stringify(answer, round)) as typeof answer;
}

describe("answers out of frames", () => {
  it("equal those out of the rows, before and after frames are put together", async () => {
    const { pool } = getStore();
    for (const hour of [minutesAgo(75), minutesAgo(30)]) {
      const at = new Date(Math.floor(hour.getTime() / 3_600_000) * 3_600_000);
      await rollUpHour(pool, id, at);
      await inTransaction(pool, (client) => saveFrames(client, id, "hourly", at));
    }
    const framed = [await answers("1h"), await answers("24h")];
    expect(await foldFrames(pool, id, NOW)).toBeGreaterThan(0);
    expect([await answers("1h"), await answers("24h")]).toEqual(framed);
    await pool.query("DELETE FROM pressure_frame");
    expect([await answers("1h"), await answers("24h")]).toEqual(framed);
    expect(framed[0]?.items[0]).toMatchObject({ name: "node-a", stalledSeconds: 19 * 60 * 0.6 }); // of its last hour
  });
  it("follow late data: what is filled in later changes shares, cells and the folded quarter", async () => {
    const { pool } = getStore();
    await foldFrames(pool, id, NOW);
    const before = await answers("24h");
    const at = minutesAgo(20);
    await inTransaction(pool, (client) =>
      saveBackfilledSamples(client, id, past(node("node-late", 0.9), at), 60, nobody),
    );
    const after = await answers("24h");
    expect(before.cells.map(({ name }) => name)).not.toContain("node-late");
    const late = after.cells.find(({ name }) => name === "node-late");
    expect(late?.permille.filter((value) => value !== null)).toEqual([900]);
    // The same once it is folded anew; not before its own frame is there, or the quarter would lack it.
    expect(await foldFrames(pool, id, NOW)).toBe(0);
    expect((await answers("24h")).cells).toEqual(after.cells);
    await frameMissing(pool, id, NOW);
    expect(await foldFrames(pool, id, NOW)).toBeGreaterThan(0);
    expect((await answers("24h")).cells).toEqual(after.cells);
  });
  it("follow a moment that is written again", async () => {
    await inTransaction(getStore().pool, (client) =>
      saveSamples(client, id, [node("node-b", 1)], minutesAgo(1), 60, nobody),
    );
    const { cells } = await answers("1h");
    expect(cells.find(({ name }) => name === "node-b")?.permille.at(-2)).toBe(216); // four of 2 % and one of 100 %
    expect(cells.map(({ name }) => name)).toContain("node-a");
  });
  it("make frames for hours filled from the past, newest first", async () => {
    const { pool } = getStore();
    const at = new Date("2026-11-20T07:00:00Z");
    await inTransaction(pool, (client) =>
      saveBackfilledHours(client, id, past(node("node-a", 0.5), new Date(at.getTime() + 3_600_000)), nobody),
    );
    const range = { level: "node", basis: "hourly", from: new Date("2026-11-20T00:00:00Z"), to: NOW } as const;
    const scope = { clusterIds: [id], teams: null };
    expect(await readUnframed(pool, scope, range)).toEqual([{ clusterId: id, at }]);
    expect(await frameMissing(pool, id, NOW)).toBe(2); // and the steps of the hour that is over
    expect(await readUnframed(pool, scope, range)).toEqual([]);
  });
  it("draw one node's day the same out of minutes and out of five-minute steps, and follow late data", async () => {
    const { pool } = getStore();
    const page = async () => {
      const asked = { id: "shared", node: "node-a" };
      const answer = await getNodePressure(LOOPBACK_VIEWER, asked, { window: "24h" }, NOW);
      return answer.series.find(({ metric }) => metric === "ioWaitingRatio")?.values;
    };
    const fromMinutes = await page();
    const [hour] = await readUnsteppedHours(pool, id, NOW);
    expect(hour).toEqual(new Date("2026-11-22T09:00:00Z"));
    if (hour === undefined) return;
    await inTransaction(pool, (client) => saveSteps(client, id, hour));
    expect(await readUnsteppedHours(pool, id, NOW)).toEqual([]);
    expect(await page()).toEqual(fromMinutes);
    const at = new Date("2026-11-22T09:01:00Z");
    await inTransaction(pool, (client) => saveBackfilledSamples(client, id, past(node("node-a", 0.3), at), 60, nobody));
    const late = await page();
    expect(late).not.toEqual(fromMinutes);
    expect(await readUnsteppedHours(pool, id, NOW)).toEqual([hour]);
    await inTransaction(pool, (client) => saveSteps(client, id, hour));
    expect(await page()).toEqual(late);
  });
  it("show and count a team's own things only", async () => {
    const acme: Viewer = { ...LOOPBACK_VIEWER, teams: ["acme"] };
    const answer = await listPressure(acme, { ...ranking, level: "workload", window: "1h" }, NOW);
    expect(answer.items.map(({ name }) => name)).toEqual(["acme-web"]);
    expect(answer).toMatchObject({ total: 1, counts: { critical: 0, attention: 0, calm: 1, unmeasured: 0 } });
    const all = await listPressure(LOOPBACK_VIEWER, { ...ranking, level: "workload", window: "1h" }, NOW);
    expect(all.items.map(({ name }) => name)).toEqual(["zorro-web", "acme-web"]);
  });
  it("are dropped when no window reads them any more", async () => {
    const { pool } = getStore();
    const count = async () => Number((await pool.query("SELECT count(*) AS n FROM pressure_frame")).rows[0]?.n);
    expect(await count()).toBeGreaterThan(0);
    await dropOldFrames(pool, new Date(NOW.getTime() + 30 * 86_400_000));
    expect(await count()).toBe(0);
  });
});
