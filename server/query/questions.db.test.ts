import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOOPBACK_VIEWER } from "../contract/viewer.ts";
import { getStore } from "../store/client.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { storeCluster } from "../testing/fleet.ts";
import { getCluster } from "./get-cluster.ts";
import { getOverview } from "./get-overview.ts";
import { listClusters } from "./list-clusters.ts";
import { listGateChanges, listGates } from "./list-gates.ts";
import { listPolls } from "./list-polls.ts";
import { listTeams } from "./list-teams.ts";

const NOW = new Date("2026-11-22T10:30:00Z");
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  const { pool } = getStore();
  const teams = [
    { team: "alpha", namespace: "alpha-shop", podCount: 3 },
    { team: "beta", namespace: "beta-pay", podCount: 2 },
    { team: null, namespace: "scratch", podCount: 1 },
  ];
  await storeCluster(pool, { name: "prod-eu", teams }, new Date(NOW.getTime() - 30_000));
  await storeCluster(pool, { name: "silent", teams: [], isRead: false }, NOW);
});
afterAll(async () => {
  await getStore().close();
  await database.drop();
});

describe("the list of clusters", () => {
  it("tells a cluster that was never read apart from an empty one", async () => {
    const list = await listClusters(LOOPBACK_VIEWER, { limit: 10 }, NOW);
    expect(list.items.map((item) => item.name)).toEqual(["prod-eu", "silent"]);
    expect(list.items[0]?.nodeCount).toMatchObject({ state: "value", value: 2 });
    expect(list.items[0]?.readyNodeCount).toMatchObject({ state: "value", value: 1 });
    expect(list.items[1]?.nodeCount).toMatchObject({ state: "unknown", reason: "not-yet-read" });
    expect(list.items[1]?.podCount.state).toBe("unknown");
    expect(list.coverage).toMatchObject({
      clusters: { covered: 1, of: 2 },
      missing: [{ cluster: "silent", reason: "not-yet-read" }],
    });
  });
  it("says on how many nodes a price stands", async () => {
    const list = await listClusters(LOOPBACK_VIEWER, { limit: 10 }, NOW);
    expect(list.currency).toBe("EUR");
    expect(list.items[0]?.costPerHour).toMatchObject({
      state: "value",
      value: 2,
      unit: "money/h:EUR",
      part: { covered: 1, of: 2 },
    });
  });
  it("calls a reading stale after three turns", async () => {
    const later = new Date(NOW.getTime() + 16 * 60_000);
    const list = await listClusters(LOOPBACK_VIEWER, { limit: 10 }, later);
    expect(list.items[0]?.reads.map((read) => [read.kind, read.freshness.state])).toEqual([
      ["inventory", "stale"],
      ["metrics", "stale"],
      ["gates", "fresh"],
    ]);
  });
  it("gives pages that follow each other", async () => {
    const first = await listClusters(LOOPBACK_VIEWER, { limit: 1 }, NOW);
    const second = await listClusters(LOOPBACK_VIEWER, { limit: 1, cursor: first.nextCursor ?? "" }, NOW);
    expect([first.items[0]?.name, second.items[0]?.name, second.nextCursor]).toEqual(["prod-eu", "silent", null]);
  });
});

describe("one cluster", () => {
  it("counts nodes by pool and zone and pods by team", async () => {
    const cluster = await getCluster(LOOPBACK_VIEWER, "prod-eu", NOW);
    expect(cluster.nodes.map((row) => [row.pool, row.zone, row.nodeCount, row.readyCount])).toEqual([
      ["general", "eu-1a", 1, 1],
      ["general", "eu-1b", 1, 0],
    ]);
    expect(cluster.nodes[1]?.costPerHour).toMatchObject({ state: "unknown", reason: "not-configured" });
    expect(cluster.pods.map((row) => [row.team, row.podCount, row.byPhase.Pending])).toEqual([
      ["alpha", 3, 1],
      ["beta", 2, 1],
      [null, 1, 1],
    ]);
  });
  it("carries the missing rule down to group and verb", async () => {
    const cluster = await getCluster(LOOPBACK_VIEWER, "prod-eu", NOW);
    expect(cluster.sourceStates[0]).toMatchObject({
      status: "failed",
      reason: "forbidden",
      fix: {
        code: "grant-rbac",
        rbac: { apiGroups: ["resource.k8s.io"], resources: ["resourceslices"], verbs: ["list"] },
      },
    });
    expect(cluster.settings).not.toHaveProperty("installation");
  });
  it("is not found under another name", async () => {
    await expect(getCluster(LOOPBACK_VIEWER, "nowhere", NOW)).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("the overview", () => {
  it("splits the run-rate by owner into parts that add up", async () => {
    const { cost } = await getOverview(LOOPBACK_VIEWER, {}, NOW);
    const parts = cost.byOwner.map(({ owner, team, costPerHour }) => [
      owner,
      team,
      costPerHour.state === "value" ? costPerHour.value : null,
    ]);
    expect(parts).toEqual([
      ["unallocated", null, 1],
      ["team", "alpha", expect.closeTo(1 / 3)],
      ["team", "beta", expect.closeTo(1 / 3)],
      ["unowned", null, expect.closeTo(1 / 3)],
    ]);
    const total = parts.reduce((sum, [, , value]) => sum + Number(value), 0);
    expect(cost.costPerHour).toMatchObject({ state: "value", value: expect.closeTo(total) });
    expect(cost.costPerMonth).toMatchObject({ value: expect.closeTo(total * 730) });
  });
  it("ranks by waiting, and names the resource that is waited for", async () => {
    const { pressure } = await getOverview(LOOPBACK_VIEWER, {}, NOW);
    expect(pressure.nodes[0]).toMatchObject({
      name: "node-a",
      pool: "general",
      resource: "memory",
      waitingRatio: { state: "value", value: 0.6 },
      stalledRatio: { state: "value", value: 0.2 },
      cpuUsedCores: { state: "unknown" },
    });
    expect(pressure.measuredNodes).toEqual({ covered: 1, of: 2 });
    expect(pressure.missing.map((entry) => entry.cluster)).toEqual(["prod-eu", "silent"]);
  });
  it("lists what cannot be seen with its fix", async () => {
    const { gaps } = await getOverview(LOOPBACK_VIEWER, {}, NOW);
    expect(gaps.total).toBe(3);
    expect(gaps.items[0]).toMatchObject({ cluster: "prod-eu", status: "failed", fix: { code: "grant-rbac" } });
  });
  it("keeps to the team of the filter", async () => {
    const { cost, pressure } = await getOverview(LOOPBACK_VIEWER, { team: ["beta"] }, NOW);
    expect(cost.byOwner.map((part) => part.team)).toEqual(["beta"]);
    expect(cost.costPerHour).toMatchObject({ value: expect.closeTo(1 / 3) });
    expect(pressure.workloads.map((spot) => spot.name)).toEqual(["beta-web"]);
  });
});

describe("read records", () => {
  it("come newest first with their sources", async () => {
    const list = await listPolls(LOOPBACK_VIEWER, { limit: 2, cluster: ["prod-eu"] }, NOW);
    expect(list.items).toHaveLength(2);
    expect(list.items[0]).toMatchObject({
      cluster: "prod-eu",
      status: "partial",
      durationSeconds: 2,
      objectCount: 2,
      receivedBytes: 2000,
    });
    const rest = await listPolls(
      LOOPBACK_VIEWER,
      { limit: 2, cluster: ["prod-eu"], cursor: list.nextCursor ?? "" },
      NOW,
    );
    expect(rest.items).toHaveLength(1);
    expect(new Set([...list.items, ...rest.items].map((item) => item.kind))).toEqual(
      new Set(["inventory", "metrics", "gates"]),
    );
  });
});

describe("teams", () => {
  it("shows unowned last", async () => {
    const list = await listTeams(LOOPBACK_VIEWER, { limit: 10 }, NOW);
    expect(list.items.map((item) => [item.team, item.podCount])).toEqual([
      ["alpha", 3],
      ["beta", 2],
      [null, 1],
    ]);
    expect(list.items[0]?.costPerHour).toMatchObject({ value: expect.closeTo(1 / 3) });
  });
  it("can be paged to the end", async () => {
    const seen: (string | null)[] = [];
    let cursor: string | undefined;
    do {
      const page = await listTeams(LOOPBACK_VIEWER, { limit: 1, ...(cursor === undefined ? {} : { cursor }) }, NOW);
      seen.push(...page.items.map((item) => item.team));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && seen.length < 10);
    expect(seen).toEqual(["alpha", "beta", null]);
  });
});

describe("the gate matrix", () => {
  it("groups equal instances, sends equal cells once and names the drift", async () => {
    const matrix = await listGates(
      LOOPBACK_VIEWER,
      { limit: 1000, cluster: ["prod-eu"], search: "inplacepodverticalscaling" },
      NOW,
    );
    const row = matrix.items.find((item) => item.gate === "InPlacePodVerticalScaling");
    expect(row?.cells).toHaveLength(matrix.columns.length);
    const stateOf = (component: string, instance: string) => {
      const index = matrix.columns.findIndex(
        (column) => column.component === component && column.instances.includes(instance),
      );
      return matrix.palette[row?.cells[index] ?? -1]?.state;
    };
    expect([stateOf("kubelet", "node-a"), stateOf("kubelet", "node-b")]).toEqual(["on", "off"]);
    expect(stateOf("kube-scheduler", "kube-scheduler-0")).toBe("unknown");
    expect(row?.drift.some((drift) => drift.kind === "node-group" && drift.cause === "setting")).toBe(true);
    expect(new Set(matrix.palette.map((cell) => JSON.stringify(cell))).size).toBe(matrix.palette.length);
    const whole = await listGates(LOOPBACK_VIEWER, { limit: 1000 }, NOW);
    expect(whole.palette.length * 50).toBeLessThan(whole.columns.length * whole.items.length);
  });
  it("pages through every gate exactly once", async () => {
    const whole = await listGates(LOOPBACK_VIEWER, { limit: 1000 }, NOW);
    const first = await listGates(LOOPBACK_VIEWER, { limit: 100 }, NOW);
    const second = await listGates(LOOPBACK_VIEWER, { limit: 1000, cursor: first.nextCursor ?? "" }, NOW);
    expect([...first.items, ...second.items].map((item) => item.gate)).toEqual(whole.items.map((item) => item.gate));
    expect(whole.total).toBe(whole.items.length);
  });
  it("says when a gate changed and why", async () => {
    const changes = await listGateChanges(LOOPBACK_VIEWER, { days: 30, limit: 10 }, NOW);
    expect(changes.items).toMatchObject([
      {
        cluster: "prod-eu",
        gate: "InPlacePodVerticalScaling",
        wasOn: true,
        isOn: false,
        cause: "setting",
        instances: ["node-b"],
      },
    ]);
  });
});
