import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPrice } from "../command/edit-prices.ts";
import { importFlowLog } from "../command/import-flow-log.ts";
import { NetworkService, NetworkSimulation } from "../contract/network.ts";
import { LOOPBACK_VIEWER } from "../contract/viewer.ts";
import { rollUpFlows } from "../jobs/flow-days.ts";
import { getStore } from "../store/client.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { storeCluster } from "../testing/fleet.ts";
import { flowEnd, flowOf, nameOf, storeFlows, storeServices } from "../testing/network-fleet.ts";
import { getNetwork } from "./get-network.ts";
import { getNetworkService } from "./get-network-service.ts";
import { getNetworkSimulation } from "./get-network-simulation.ts";

const NOW = new Date("2026-11-22T10:30:00Z");
const DAY_MS = 86_400_000;
const GB = 1e9;
const request = { requestId: null };
const window = { days: 30 };
const scenario = { ...window, setting: "PreferSameZone", spread: false } as const;
const JOB = flowEnd("acme", "eu-1a", "acme-job");
const jobIn = (zone: string) => ({ ...JOB, zone });
/** A routing preference was set in the morning of this day: its hours count for neither side. */
const SET_AT = new Date("2026-11-17T08:00:00Z");

let database: TestDatabase;
let routedId = 0;
let bareId = 0;

const price = (key: string, amount: number) => ({
  provider: "aws",
  region: "",
  kind: "traffic" as const,
  key,
  unit: "GB" as const,
  price: amount,
  currency: "EUR",
  validFrom: "2026-01-01",
  validTo: null,
  source: "contract",
  sourceDate: null,
});

beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  const { pool } = getStore();
  const at = new Date(NOW.getTime() - 30_000);
  const teams = [
    { team: "acme", namespace: "acme-space", podCount: 3 },
    { team: "zorro", namespace: "zorro-space", podCount: 3 },
  ];
  routedId = await storeCluster(pool, { name: "routed", teams }, at);
  bareId = await storeCluster(pool, { name: "bare", teams }, at);
  const zones = ["eu-1a", "eu-1b"];
  await storeServices(
    pool,
    routedId,
    [
      { team: "acme", zones },
      { team: "zorro", zones },
    ],
    new Date(SET_AT.getTime() - 9 * DAY_MS),
  );
  await storeServices(
    pool,
    routedId,
    [
      { team: "acme", zones },
      { team: "zorro", zones, trafficDistribution: "PreferSameZone", hasHints: true },
    ],
    SET_AT,
  );
  await storeFlows(pool, routedId, { until: NOW, hourCount: 14 * 24 }, (hourAt) => {
    const isSet = hourAt >= SET_AT;
    return [
      // Clients of acme's Service in both zones, none of it kept at home.
      flowOf(jobIn("eu-1a"), flowEnd("acme", "eu-1b"), 3 * GB),
      flowOf(jobIn("eu-1b"), flowEnd("acme", "eu-1a"), GB),
      // A zone without an endpoint: no preference helps it.
      flowOf(jobIn("eu-1c"), flowEnd("acme", "eu-1a"), 2 * GB),
      // zorro's Service keeps nine tenths at home since its preference is set; half before.
      flowOf(jobIn("eu-1a"), flowEnd("zorro", "eu-1a"), (isSet ? 9 : 5) * GB),
      flowOf(jobIn("eu-1a"), flowEnd("zorro", "eu-1b"), (isSet ? 1 : 5) * GB),
      // Nobody stands between these two.
      flowOf(jobIn("eu-1a"), { ...jobIn("eu-1b"), name: "acme-batch" }, 4 * GB),
    ];
  });
  await createPrice(LOOPBACK_VIEWER, price("cross-zone-out", 0.01), request);
  await createPrice(LOOPBACK_VIEWER, price("cross-zone-in", 0.01), request);
});
afterAll(async () => {
  await getStore().close();
  await database.drop();
});

const amountOf = (figure: { readonly state: string }) => ("value" in figure ? Number(figure.value) : Number.NaN);
const sum = (values: readonly (number | null)[]) =>
  values.reduce<number>((total, value) => total + (value ?? Number.NaN), 0);
const askRouted = (query: object = {}) =>
  getNetwork(LOOPBACK_VIEWER, { ...window, cluster: ["routed"], ...query }, NOW);
const simulateRouted = (query: object = {}) =>
  getNetworkSimulation(LOOPBACK_VIEWER, { ...scenario, cluster: "routed", ...query }, NOW);

describe("the simulator and the page", () => {
  it("say the same of what routing could take away: one window, one basis", async () => {
    const [network, simulation] = await Promise.all([askRouted(), simulateRouted()]);
    expect(NetworkSimulation.parse(simulation)).toEqual(simulation);
    const routable = network.fixes.filter((fix) => fix.kind === "routing");
    expect(sum(simulation.services.map((one) => one.measuredCrossZoneBytes - one.simulatedCrossZoneBytes))).toBeCloseTo(
      sum(routable.map((fix) => fix.bytes)),
      -3,
    );
    expect(simulation.savedCostPerMonth).toBeCloseTo(amountOf(network.total.routingCostPerMonth), 6);
    expect(amountOf(network.total.routingCostPerMonth)).toBeGreaterThan(0);
    expect(simulation.coveredHours).toBeCloseTo(14 * 24, 6);
    expect(simulation).toMatchObject({ fromDay: network.fromDay, toDay: network.toDay });
  });
  it("have every cross-zone byte in a Service or named as without one", async () => {
    const [network, simulation] = await Promise.all([askRouted(), simulateRouted()]);
    const served = sum(simulation.services.map((one) => one.measuredCrossZoneBytes));
    expect(served + simulation.withoutServiceBytes).toBeCloseTo(amountOf(network.total.crossZoneBytes), -3);
    expect(simulation.withoutServiceBytes).toBeCloseTo(14 * 24 * 4 * GB, -3);
  });
  it("cost what a month of the window's hours costs", async () => {
    const network = await askRouted();
    const cost = amountOf(network.total.cost);
    expect(amountOf(network.total.costPerMonth)).toBeCloseTo((cost / (14 * 24)) * 730, 6);
    expect(amountOf(network.total.newestCostPerMonth)).toBeGreaterThan(0);
  });
  it("tell which zone has no endpoint, and what its loss would do, before and after", async () => {
    const { services } = await simulateRouted({ service: "acme-web", namespace: "acme-space" });
    expect(services).toHaveLength(1);
    expect(services[0]?.risks).toContainEqual(
      expect.objectContaining({ kind: "zone-without-endpoints", zone: "eu-1c" }),
    );
    expect(services[0]?.zones.find((zone) => zone.zone === "eu-1a")?.lossFactorAfter).toBeGreaterThan(1);
  });
});

describe("a preference that was set", () => {
  const service = (team: string) =>
    getNetworkService(LOOPBACK_VIEWER, { cluster: "routed", ...nameOf(team) }, scenario, NOW);
  it("is held against its forecast, from the day after it was first seen", async () => {
    const answer = await service("zorro");
    expect(NetworkService.parse(answer)).toEqual(answer);
    const { forecast } = answer;
    expect(forecast).toMatchObject({
      setting: "PreferSameZone",
      since: SET_AT.toISOString(),
      before: { fromDay: "2026-11-10", toDay: "2026-11-16" },
      measured: { fromDay: "2026-11-18", toDay: "2026-11-22" },
    });
    expect(forecast?.before?.crossZoneBytesPerDay).toBeCloseTo(24 * 5 * GB, -3);
    expect(forecast?.forecast.crossZoneBytesPerDay).toBe(0);
    expect(forecast?.measured.crossZoneBytesPerDay).toBeCloseTo(24 * GB, -3);
    expect(forecast?.measured.crossZoneRatio).toBeCloseTo(0.1, 6);
    expect(forecast?.before?.costPerMonth).toBeCloseTo(5 * 0.02 * 730, 6);
    expect(forecast?.measured.costPerMonth).toBeCloseTo(1 * 0.02 * 730, 6);
    expect(forecast?.savedCostPerMonth).toBeCloseTo(4 * 0.02 * 730, 6);
    expect(forecast?.forecastSavedCostPerMonth).toBeCloseTo(5 * 0.02 * 730, 6);
  });
  it("has no forecast where none is set", async () => expect((await service("acme")).forecast).toBeNull());
});

describe("days", () => {
  const config = { billing: { timeZone: "Europe/Berlin" } };
  const rollUp = async () => {
    const { pool } = getStore();
    return rollUpFlows({ pool, config, now: () => NOW }, routedId);
  };
  it("made from their hours answer as the hours do, and today stays with its hours", async () => {
    const before = await askRouted();
    expect(await rollUp()).toBe(14);
    const { rows } = await getStore().pool.query(`SELECT max(day)::text AS day FROM flow_day WHERE cluster_id = $1`, [
      routedId,
    ]);
    expect(rows).toEqual([{ day: "2026-11-21" }]);
    const after = await askRouted();
    expect(rounded(after)).toEqual(rounded(before));
    expect(await rollUp()).toBe(0);
  });
  it("whose hours change are read from their hours until they are made again", async () => {
    const before = amountOf((await askRouted()).total.crossZoneBytes);
    await storeFlows(getStore().pool, routedId, { until: new Date("2026-11-08T12:00:00Z"), hourCount: 1 }, () => [
      flowOf(jobIn("eu-1a"), flowEnd("acme", "eu-1b", "acme-late"), 7 * GB),
    ]);
    const changed = amountOf((await askRouted()).total.crossZoneBytes);
    expect(changed - before).toBeCloseTo(7 * GB, -3);
    expect(await rollUp()).toBe(1);
    expect(amountOf((await askRouted()).total.crossZoneBytes)).toBeCloseTo(changed, -3);
  });
  it("of a month that is over are read from the month, with the same sums, until one of its hours changes", async () => {
    const { pool } = getStore();
    const span = { from: "2026-10-01", to: "2026-11-22" };
    await storeFlows(pool, routedId, { until: new Date("2026-10-20T12:00:00Z"), hourCount: 30 }, () => [
      flowOf(jobIn("eu-1a"), flowEnd("acme", "eu-1b"), 3 * GB),
    ]);
    const fromHours = await askRouted(span);
    await rollUp();
    const { rows } = await pool.query(`SELECT month::text AS month FROM flow_month WHERE cluster_id = $1`, [routedId]);
    expect(rows).toEqual([{ month: "2026-10-01" }]);
    const fromMonth = await askRouted(span);
    expect(rounded({ ...fromMonth, sources: [] })).toEqual(rounded({ ...fromHours, sources: [] }));
    await storeFlows(pool, routedId, { until: new Date("2026-10-03T12:00:00Z"), hourCount: 1 }, () => [
      flowOf(jobIn("eu-1a"), flowEnd("acme", "eu-1b"), 5 * GB),
    ]);
    const changed = amountOf((await askRouted(span)).total.crossZoneBytes);
    expect(changed - amountOf(fromMonth.total.crossZoneBytes)).toBeCloseTo(5 * GB, -3);
    await rollUp();
    expect(amountOf((await askRouted(span)).total.crossZoneBytes)).toBeCloseTo(changed, -3);
  });
  it("between two days or moments are those of the billing zone", async () => {
    const days = await askRouted({ from: "2026-11-15", to: "2026-11-16" });
    expect(days).toMatchObject({ fromDay: "2026-11-15", toDay: "2026-11-16" });
    expect(amountOf(days.total.crossZoneBytes)).toBeCloseTo(2 * 24 * 15 * GB, -3);
    // 23:30 UTC is the next day in Berlin; the end is excluded.
    const moments = await askRouted({ from: "2026-11-14T23:30:00.000Z", to: "2026-11-16T23:00:00.000Z" });
    expect(moments).toMatchObject({ fromDay: "2026-11-15", toDay: "2026-11-16" });
    expect((await askRouted({ from: "2026-11-20" })).toDay).toBe("2026-11-22");
  });
});

describe("a cluster without a source", () => {
  const askBare = () => getNetwork(LOOPBACK_VIEWER, { ...window, cluster: ["bare"] }, NOW);
  it("gets nothing where nothing of its pods was measured", async () => {
    expect((await askBare()).estimates).toMatchObject([{ cluster: "bare", highBytesPerDay: null, podCount: 0 }]);
  });
  it("gets a bound from zones and received bytes, marked as one and in no total", async () => {
    const { pool } = getStore();
    await pool.query(
      `UPDATE pod SET phase = 'Running', node_name = CASE WHEN name LIKE '%-1' THEN 'node-a' ELSE 'node-b' END WHERE cluster_id = $1`,
      [bareId],
    );
    await storePodTraffic("acme-web-1", 100, 10);
    await storePodTraffic("acme-web-2", 100, 300);
    const network = await askBare();
    const [estimate] = network.estimates;
    expect(estimate).toMatchObject({ state: "estimated", podCount: 2, podCountAll: 6 });
    // Into zone a at most what it received (100), into b at most what the others sent (10).
    expect(estimate?.highBytesPerDay).toBeCloseTo(110 * 86_400, 3);
    expect(estimate?.expectedBytesPerDay).toBeCloseTo((100 * (300 / 310) + 100 * (10 / 310)) * 86_400, 3);
    expect(estimate?.highCostPerMonth).toBeCloseTo((110 * 3600 * 730 * 0.02) / GB, 9);
    expect(network.total.cost.state).toBe("unknown");
    expect((await askRouted()).estimates).toEqual([]);
  });

  /** One hour of a pod, as the collector would have rolled it up. */
  async function storePodTraffic(pod: string, received: number, sent: number): Promise<void> {
    await getStore().pool.query(
      `WITH e AS (
         INSERT INTO entity (cluster_id, level, namespace, kind, name, container, last_seen_at)
         VALUES ($1, 'pod', 'acme-space', '', $2, '', '2026-11-22T09:00:00Z')
         ON CONFLICT (cluster_id, level, namespace, kind, name, container) DO UPDATE SET name = excluded.name RETURNING id)
       INSERT INTO metric_hourly (cluster_id, entity_id, at, level, sample_counts, sums, maxima, covered_seconds, histograms, is_backfilled)
       SELECT $1, e.id, '2026-11-22T09:00:00Z', 'pod', array_fill(60, ARRAY[21]),
              array_fill(NULL::float8, ARRAY[14]) || ARRAY[$3::float8 * 3600, $4::float8 * 3600] || array_fill(NULL::float8, ARRAY[5]),
              array_fill(NULL::float8, ARRAY[21]), array_fill(3600, ARRAY[21]), NULL, false FROM e`,
      [bareId, pod, received, sent],
    );
  }
});

describe("a flow log", () => {
  const at = (text: string) => Math.floor(Date.parse(text) / 1000);
  const line = (from: string, to: string, bytes: number, start: string) =>
    `5 eni-1 i-${from.at(-1)} ${from} ${to} ${bytes} ${at(start)} ${at(start) + 60} ACCEPT OK egress`;
  const log = (...lines: string[]) =>
    [
      "version interface-id instance-id srcaddr dstaddr bytes start end action log-status flow-direction",
      ...lines,
    ].join("\n");
  const importTo = (cluster: string, text: string, importId?: string) =>
    importFlowLog(
      LOOPBACK_VIEWER,
      { cluster, text, fileName: "flow.log", samplingRate: 1, ...(importId === undefined ? {} : { importId }) },
      request,
    );
  const bytesOf = async () =>
    amountOf((await getNetwork(LOOPBACK_VIEWER, { ...window, cluster: ["bare"] }, NOW)).total.crossZoneBytes);
  beforeAll(async () => {
    const { pool } = getStore();
    await pool.query(`UPDATE node SET provider_id = 'aws:///eu-1a/i-1' WHERE cluster_id = $1 AND name = 'node-a'`, [
      bareId,
    ]);
    await pool.query(
      `UPDATE pod SET pod_ip = '10.7.0.' || right(name, 1), host_network = false, phase = 'Running',
              node_name = CASE WHEN name LIKE '%-1' THEN 'node-a' ELSE 'node-b' END WHERE cluster_id = ANY($1) AND namespace = 'acme-space'`,
      [[bareId, routedId]],
    );
  });
  it("fills the hours of a cluster that nobody else tells of; again it replaces them, parts add up", async () => {
    const text = log(line("10.7.0.1", "10.7.0.2", 500, "2026-11-21T10:00:00Z"));
    const done = await importTo("bare", text);
    expect(done).toMatchObject({ hourCount: 1, record: { countedCount: 1, unknownPeerBytes: 0 } });
    expect(await bytesOf()).toBeCloseTo(500, 6);
    await importTo("bare", text);
    expect(await bytesOf()).toBeCloseTo(500, 6);
    const id = "00000000-0000-4000-8000-000000000001";
    await importTo("bare", text, id);
    await importTo("bare", log(line("10.7.0.1", "10.7.0.2", 40, "2026-11-21T10:30:00Z")), id);
    expect(await bytesOf()).toBeCloseTo(540, 6);
    const network = await getNetwork(LOOPBACK_VIEWER, { ...window, cluster: ["bare"] }, NOW);
    expect(network.sources).toMatchObject([
      { adapter: "vpc-flow-log", capability: "pair-with-zones", state: "measured" },
    ]);
    expect(network.imports[0]).toMatchObject({ id, lineCount: 2, countedCount: 2, bytes: 540 });
    expect(network.estimates).toEqual([]);
  });
  it("is refused for hours that another source told of, and where not a line can be read", async () => {
    const text = log(line("10.7.0.1", "10.7.0.2", 500, "2026-11-21T10:00:00Z"));
    await expect(importTo("routed", text)).rejects.toMatchObject({ code: "conflict" });
    await expect(importTo("bare", "interface-id\neni-1")).rejects.toMatchObject({ code: "invalid-input" });
    await expect(importTo("nope", text)).rejects.toMatchObject({ code: "not-found" });
  });
});

/** Sums come in another order out of days than out of hours. */
function rounded(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, one) => (typeof one === "number" ? Number(one.toPrecision(9)) : one)));
}
