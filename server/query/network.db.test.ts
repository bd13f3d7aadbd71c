import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPrice, replacePrice } from "../command/edit-prices.ts";
import { importBill } from "../command/import-bill.ts";
import { Network } from "../contract/network.ts";
import { LOOPBACK_VIEWER, type Viewer } from "../contract/viewer.ts";
import type { FlowEnd, FlowReading, FlowSample } from "../domain/network/flow-sample.ts";
import { scopeOfZones } from "../domain/network/flow-sample.ts";
import { getStore } from "../store/client.ts";
import { inTransaction } from "../store/db.ts";
import { saveBackfilledFlows, saveFlows } from "../store/flows.ts";
import { ensurePartitions } from "../store/partitions.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { storeCluster } from "../testing/fleet.ts";
import { getNetwork } from "./get-network.ts";
import { getNetworkCsv } from "./get-network-export.ts";

const NOW = new Date("2026-11-22T10:30:00Z");
const HOUR_MS = 3_600_000;
const DAYS = 12;
/** The billing day of this fleet begins at midnight in Berlin. */
const TODAY_AT = new Date("2026-11-21T23:00:00Z");
const GB = 1e9;
const request = { requestId: null };

const end = (team: string, name: string, zone: string | null): FlowEnd => ({
  namespace: `${team}-space`,
  kind: "Deployment",
  name: `${team}-${name}`,
  zone,
});
const flow = (source: FlowEnd, target: FlowEnd, bytesPerHour: number): FlowSample => ({
  adapter: "beyla",
  source,
  target,
  scope: scopeOfZones(source.zone, target.zone),
  basis: "sender-node",
  bytesPerSecond: bytesPerHour / 3600,
});
/** One hour of the fleet: acme → zorro steady, zorro → acme jumps elevenfold on the newest day, some of it unknown or at home. */
function hour(factor: number): FlowReading {
  const samples = [
    flow(end("acme", "web", "eu-1a"), end("zorro", "web", "eu-1b"), 3 * GB),
    flow(end("acme", "web", "eu-1a"), end("acme", "job", "eu-1a"), 7 * GB),
    flow(end("zorro", "web", "eu-1b"), end("acme", "web", "eu-1a"), 2 * GB * factor),
    flow(end("acme", "web", "eu-1a"), { namespace: "", kind: "", name: "", zone: null }, GB),
  ];
  return { adapter: "beyla", capability: "pair-with-zones", samples, serviceCopyCount: 0, samplingRate: null };
}
const teamOf = ({ namespace }: FlowEnd) => (namespace === "" ? null : namespace.replace("-space", ""));

let database: TestDatabase;
let clusterId = 0;
let outRowId = 0;
const price = (key: string, amount: number, unit: "GB" | "GiB" = "GB") => ({
  provider: "aws",
  region: "",
  kind: "traffic" as const,
  key,
  unit,
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
  const teams = ["acme", "zorro"].map((team) => ({ team, namespace: `${team}-space`, podCount: 2 }));
  clusterId = await storeCluster(pool, { name: "shared", teams }, new Date(NOW.getTime() - 30_000));
  await storeCluster(pool, { name: "silent", teams: [] }, new Date(NOW.getTime() - 30_000));
  await ensurePartitions(pool, new Date(NOW.getTime() - 40 * 24 * HOUR_MS), NOW);
  await inTransaction(pool, async (client) => {
    for (let back = DAYS * 24; back >= 1; back -= 1) {
      const at = new Date(Math.floor(NOW.getTime() / HOUR_MS) * HOUR_MS - back * HOUR_MS);
      const isNew = at >= TODAY_AT;
      await saveBackfilledFlows(client, clusterId, [{ hourAt: at, reading: hour(isNew ? 11 : 1) }], teamOf);
    }
  });
  outRowId = (await createPrice(LOOPBACK_VIEWER, price("cross-zone-out", 0.01), request)).row?.id ?? 0;
  await createPrice(LOOPBACK_VIEWER, price("cross-zone-in", 0.02), request);
});
afterAll(async () => {
  await getStore().close();
  await database.drop();
});

const ask = (viewer: Viewer = LOOPBACK_VIEWER, query: object = {}) => getNetwork(viewer, { days: 30, ...query }, NOW);
const amountOf = (figure: { state: string }) => ("value" in figure ? Number(figure.value) : Number.NaN);
const sum = (values: readonly (number | null)[]) =>
  values.reduce<number>((total, value) => total + (value ?? Number.NaN), 0);

describe("cross-zone cost", () => {
  it("is the same total by zone, pair, team, day and fix", async () => {
    const network = await ask();
    expect(Network.parse(network)).toEqual(network);
    const total = amountOf(network.total.cost);
    const bytes = amountOf(network.total.crossZoneBytes);
    expect(bytes).toBeGreaterThan(DAYS * 24 * 5 * GB * 0.9);
    expect(total).toBeCloseTo((bytes / GB) * 0.03, 6);
    const crossing = network.matrix.filter((cell) => cell.scope === "cross-zone");
    for (const parts of [crossing, network.pairs, network.teams, network.days, network.fixes]) {
      expect(sum(parts.map((part) => part.cost))).toBeCloseTo(total, 6);
    }
    for (const parts of [network.pairs, network.days]) {
      expect(sum(parts.map((part) => part.crossZoneBytes))).toBeCloseTo(bytes, -2);
    }
    expect(sum(network.fixes.map((fix) => fix.bytes))).toBeCloseTo(bytes, -2);
    expect(network.rest).toMatchObject({ pairCount: 0 });
  });
  it("keeps unknown zones in sight and out of the price", async () => {
    const network = await ask();
    expect(amountOf(network.total.unpricedBytes)).toBeCloseTo(DAYS * 24 * GB, -2);
    expect(network.matrix.find((cell) => cell.to === "")).toMatchObject({ scope: "unknown", cost: null });
  });
  it("charges what leaves to the sender's team and what enters to the receiver's", async () => {
    const network = await ask();
    const acme = network.teams.find((row) => row.team === "acme");
    expect(acme?.cost).toBeCloseTo(((acme?.sentBytes ?? 0) / GB) * 0.01 + ((acme?.receivedBytes ?? 0) / GB) * 0.02, 6);
  });
  it("shows an elevenfold jump on the day it happens", async () => {
    const { steps, pairs } = await ask();
    const step = steps.find((one) => one.source?.name === "zorro-web");
    expect(step).toMatchObject({ day: "2026-11-22", isConfirmed: false });
    expect(step?.factor).toBeCloseTo(11, 1);
    expect(pairs.find((pair) => pair.source.name === "zorro-web")?.step?.factor).toBeCloseTo(11, 1);
    expect(pairs.find((pair) => pair.source.name === "acme-web")?.step).toBeNull();
  });
  it("says that nothing is known where there is no source, not 0", async () => {
    const network = await ask(LOOPBACK_VIEWER, { cluster: ["silent"] });
    expect(network.total.cost).toMatchObject({ state: "unknown" });
    expect(network.sources).toMatchObject([{ cluster: "silent", state: "none" }]);
  });
});

describe("who may see what", () => {
  const acme: Viewer = { name: "a", roles: ["viewer"], clusters: "all", teams: ["acme"] };
  it("a viewer of one team gets its own charges, and the other ends without names", async () => {
    const all = await ask();
    const own = await ask(acme);
    expect(JSON.stringify(own)).not.toContain("zorro");
    expect(JSON.stringify(await getNetworkCsv(acme, { days: 30, language: "en" }, NOW))).not.toContain("zorro");
    expect(amountOf(own.total.cost)).toBeCloseTo(all.teams.find((row) => row.team === "acme")?.cost ?? 0, 6);
    expect(sum(own.pairs.map((pair) => pair.cost))).toBeCloseTo(amountOf(own.total.cost), 6);
    expect(own.pairs.some((pair) => pair.target.isHidden)).toBe(true);
  });
});

describe("hours", () => {
  it("that live reads saw in part are replaced by the whole hour, and a repeated backfill adds nothing", async () => {
    const { pool } = getStore();
    const before = amountOf((await ask()).total.crossZoneBytes);
    const at = new Date("2026-11-10T05:00:00Z");
    const live = new Date("2026-11-10T05:01:00Z");
    const bytes = async () => amountOf((await ask()).total.crossZoneBytes);
    await inTransaction(pool, (client) =>
      saveBackfilledFlows(client, clusterId, [{ hourAt: new Date("2026-11-15T05:00:00Z"), reading: hour(1) }], teamOf),
    );
    expect(await bytes()).toBeCloseTo(before, -2);
    await inTransaction(pool, (client) => saveFlows(client, clusterId, hour(1), live, 60, teamOf));
    expect(await bytes()).toBeCloseTo(before + (5 * GB) / 60, -2);
    await inTransaction(pool, (client) =>
      saveBackfilledFlows(client, clusterId, [{ hourAt: at, reading: hour(1) }], teamOf),
    );
    expect(await bytes()).toBeCloseTo(before + 5 * GB, -2);
    await pool.query(`DELETE FROM flow_hourly WHERE cluster_id = $1 AND at = $2`, [clusterId, at]);
  });
});

describe("a bill", () => {
  it("stands beside the measured days, and the same line again replaces it", async () => {
    const csv = (amount: number) => `day,line,amount\n2026-11-20,regional,${amount}\nnonsense,x,1\n`;
    expect(await importBill(LOOPBACK_VIEWER, { cluster: "shared", csv: csv(100) }, request)).toMatchObject({
      saved: 1,
      skippedCount: 1,
    });
    await importBill(LOOPBACK_VIEWER, { cluster: "shared", csv: csv(126) }, request);
    const day = (await ask()).days.find((row) => row.day === "2026-11-20");
    expect(day).toMatchObject({ billedBytes: 126 * GB, billedCost: null });
    expect(day?.crossZoneBytes).toBeCloseTo(24 * 5 * GB, -2);
  });
  it("of a cluster that is not there is refused", async () => {
    await expect(importBill(LOOPBACK_VIEWER, { cluster: "nope", csv: "day,amount\n" }, request)).rejects.toMatchObject({
      code: "not-found",
    });
  });
});

it("a corrected price re-prices the past and says what it replaced", async () => {
  const before = amountOf((await ask()).total.cost);
  await replacePrice(LOOPBACK_VIEWER, outRowId, price("cross-zone-out", 0.04), request);
  const after = await ask();
  expect(amountOf(after.total.cost)).toBeCloseTo(before * 2, 6);
  expect(after.prices.find((row) => row.key === "cross-zone-out")?.superseded).toMatchObject([{ price: 0.01 }]);
});
