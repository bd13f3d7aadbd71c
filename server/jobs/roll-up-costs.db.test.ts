import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadConfig } from "../config.ts";
import { type Cost, CostGroup, CostQuery } from "../contract/cost.ts";
import { LOOPBACK_VIEWER, type Viewer } from "../contract/viewer.ts";
import { getCost } from "../query/get-cost.ts";
import { getNetwork } from "../query/get-network.ts";
import { getOverview } from "../query/get-overview.ts";
import { getStore } from "../store/client.ts";
import { saveCluster } from "../store/clusters.ts";
import { saveCostLabels } from "../store/cost-labels.ts";
import { makeCostSums } from "../store/cost-sums.ts";
import { inTransaction } from "../store/db.ts";
import { ensurePartitions } from "../store/partitions.ts";
import { createQueue } from "../store/queue.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import type { JobContext } from "./context.ts";
import { rollUpCosts, rollUpSpan } from "./roll-up-costs.ts";
import { SourcePool } from "./source-pool.ts";

const NOW = new Date("2026-11-22T10:30:00Z");
const LAST_HOUR = new Date("2026-11-22T10:00:00Z");
const HOUR_MS = 3_600_000;
const HOURS = 62 * 24;
const directory = mkdtempSync(join(tmpdir(), "sluice-costs-"));
const sources = new SourcePool();
let database: TestDatabase;
let ids: number[];

/** Two clusters, 62 days of hours of four workloads of two teams, volumes, crossing traffic; one day of the second is cut short. */
beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  const { pool } = getStore();
  await ensurePartitions(pool, new Date(NOW.getTime() - 70 * 24 * HOUR_MS), NOW);
  ids = await Promise.all(["one", "two"].map((name) => storeCluster(name, "UTC")));
  await pool.query(
    `INSERT INTO price_row (provider, region, kind, key, unit, price, currency, valid_from, origin, source, created_by)
     VALUES ('aws', '', 'traffic', 'cross-zone-out', 'GB', 0.01, 'USD', '2020-01-01', 'shipped', 'x', 'x'),
            ('aws', '', 'traffic', 'cross-zone-in', 'GB', 0.01, 'USD', '2020-01-01', 'shipped', 'x', 'x')`,
  );
  for (const [index, id] of ids.entries()) await fill(id, index);
  await pool.query(
    `DELETE FROM cost_hourly WHERE cluster_id = $1 AND at >= '2026-11-20T06:00:00Z' AND at < '2026-11-21T00:00:00Z'`,
    [ids[1]],
  );
});
afterAll(async () => {
  await sources.close();
  await getStore().close();
  await database.drop();
  rmSync(directory, { recursive: true, force: true });
});

function storeCluster(name: string, timeZone: string): Promise<number> {
  const installation = { currency: "USD", timeZone, teamsFrom: ["label:team"], retention: null };
  return saveCluster(getStore().pool, { name, provider: "aws", isDemo: false, settings: { installation } });
}

/** Amounts that no two cells share, so that a row in the wrong place shows. */
async function fill(id: number, index: number): Promise<void> {
  const { pool } = getStore();
  await pool.query(
    `INSERT INTO cost_hourly (cluster_id, at, team, namespace, workload_kind, workload_name, pool, resource, share, price_row_id, quantity, cost)
     SELECT $1, h.at, w.team, w.ns, CASE WHEN w.name = '' THEN '' ELSE 'Deployment' END, w.name, w.pool, w.resource, w.share, 1, 0.1,
            (0.0137 * w.n + 0.00011 * extract(hour FROM h.at)) * ($4 + 1)
       FROM generate_series($2::timestamptz, $3::timestamptz, '1 hour') AS h(at),
            (VALUES (1, 'red', 'shop', 'cart', 'general', 'cpu', 'used'), (2, 'red', 'shop', 'cart', 'general', 'memory', 'requested-unused'),
                    (3, 'red', 'shop', 'feed', 'spot', 'cpu', 'used'), (4, 'blue', 'ml', 'train', 'gpu', 'gpu', 'requested-unmeasured'),
                    (5, '', 'misc', 'tool', 'general', 'cpu', 'used'), (6, 'blue', 'ml', 'data', '', 'storage', 'requested-unmeasured'),
                    (7, '', '', '', 'general', 'cpu', 'unallocated'), (8, '', '', '', 'general', 'memory', 'overhead'))
              AS w(n, team, ns, name, pool, resource, share)`,
    [id, new Date(LAST_HOUR.getTime() - HOURS * HOUR_MS), LAST_HOUR, index],
  );
  await pool.query(
    `INSERT INTO flow_hourly (cluster_id, at, adapter, source_namespace, source_kind, source_name, source_zone, source_team,
                              target_namespace, target_kind, target_name, target_zone, target_team, scope, basis, transferred_bytes, covered_seconds)
     SELECT $1, h.at, 'beyla', 'shop', 'Deployment', 'cart', 'a', 'red', 'ml', 'Deployment', 'train', f.zone, 'blue', f.scope, 'sender-node', 3e9, 3600
       FROM generate_series($2::timestamptz, $3::timestamptz, '1 hour') AS h(at), (VALUES ('a', 'same-zone'), ('b', 'cross-zone')) AS f(zone, scope)`,
    [id, new Date("2026-11-18T00:00:00Z"), LAST_HOUR],
  );
}

function context(timeZone: string): JobContext {
  const file = join(directory, `sluice-${timeZone.replace("/", "-")}.yaml`);
  writeFileSync(file, `billing: { timeZone: ${timeZone} }\n`);
  const { pool } = getStore();
  return {
    config: loadConfig(["--config", file], {}, directory),
    pool,
    boss: createQueue({ connectionString: database.url, role: "collector", onError: () => undefined }),
    log: pino({ level: "silent" }),
    now: () => NOW,
    clusters: new Map(),
    sources,
  };
}
async function rollUp(timeZone: string): Promise<void> {
  const { signal } = new AbortController();
  for (const name of ["one", "two"]) await storeCluster(name, timeZone);
  for (const id of ids) await rollUpCosts(context(timeZone), id, signal);
}
async function markStale(from: string | null): Promise<void> {
  await getStore().pool.query(`UPDATE cost_sum_state SET stale_from = $1::date`, [from]);
}
const roundedPrices = ({ prices }: Cost) =>
  prices.map((row) => [row.id, row.cost?.toFixed(6), row.quantity.toFixed(6)]).sort();
const ask = (query: Record<string, unknown> = {}, viewer: Viewer = LOOPBACK_VIEWER) =>
  getCost(viewer, CostQuery.parse(query), NOW);
const cents = (amount: number) => Math.round(amount * 100);
const sumOf = (answer: Cost) => answer.rows.reduce((sum, row) => sum + cents(row.cost), 0);
const RANGES = ["month", "last-month", "2026-09-25..2026-11-21", "2026-11-20..2026-11-20"];

describe("days made from hours", () => {
  beforeAll(() => rollUp("UTC"));

  it.each(RANGES.flatMap((range) => CostGroup.options.map((groupBy) => [range, groupBy] as const)))(
    "add up to the cent over %s by %s",
    async (range, groupBy) => {
      for (const shared of ["none", "even", "proportional"]) {
        const answer = await ask({ range, groupBy, shared });
        const team = await ask({ range });
        expect(sumOf(answer)).toBe(cents(answer.total.cost));
        // One answer is the other, however it is cut: nodes, GPUs, volumes and network together.
        expect(cents(answer.total.cost)).toBe(cents(team.total.cost));
        const parts = answer.rows.map(
          ({ used, requestedUnused, requestedUnmeasured, unallocated, overhead, shared: own, cost }) =>
            cents(used) +
            cents(requestedUnused) +
            cents(requestedUnmeasured) +
            cents(unallocated) +
            cents(overhead) +
            cents(own) -
            cents(cost),
        );
        expect(parts.every((difference) => difference === 0)).toBe(true);
        const days = answer.daily.series.flatMap(({ costs }) => costs);
        expect(days.reduce<number>((sum, cost) => sum + cents(cost ?? 0), 0)).toBe(cents(answer.total.cost));
      }
    },
  );
  it.each(
    [...RANGES, "2026-10-07..2026-10-19", "2026-09-25..2026-10-31"].flatMap((range) =>
      CostGroup.options.map((groupBy) => [range, groupBy] as const),
    ),
  )("give the same from running sums over %s by %s as from the days themselves", async (range, groupBy) => {
    const questions: readonly (readonly [Record<string, string>, Viewer])[] = [
      [{}, LOOPBACK_VIEWER],
      [{ namespace: "shop" }, LOOPBACK_VIEWER],
      [{ team: "blue", shared: "even" }, LOOPBACK_VIEWER],
      [{ cluster: "two" }, { ...LOOPBACK_VIEWER, teams: ["red"] }],
    ];
    for (const [query, viewer] of questions) {
      const fromSums = await ask({ range, groupBy, ...query }, viewer);
      await markStale("2026-09-01");
      const fromDays = await ask({ range, groupBy, ...query }, viewer);
      await markStale(null);
      expect(fromSums.rows).toEqual(fromDays.rows);
      expect(roundedPrices(fromSums)).toEqual(roundedPrices(fromDays));
      expect(fromSums.daily).toEqual(fromDays.daily);
      if (viewer !== LOOPBACK_VIEWER && groupBy === "team")
        expect(fromSums.rows.map((row) => row.team)).toEqual(["red"]);
    }
  });
  it("follow an hour of a day long past that comes late", async () => {
    const range = "2026-09-25..2026-11-21";
    const before = await ask({ range, groupBy: "workload" });
    const { pool } = getStore();
    await pool.query(
      `INSERT INTO cost_hourly (cluster_id, at, team, namespace, workload_kind, workload_name, pool, resource, share, price_row_id, quantity, cost)
       VALUES ($1, '2026-10-03T05:00:00Z', 'red', 'shop', 'Deployment', 'late', 'general', 'cpu', 'used', 1, 1, 12.34)`,
      [ids[0]],
    );
    const day = new Date("2026-10-03T05:00:00Z");
    await rollUpSpan(context("UTC"), ids[0] ?? 0, day, day);
    const { rows } = await pool.query<{ stale: string | null }>(
      `SELECT stale_from::text AS stale FROM cost_sum_state WHERE cluster_id = $1`,
      [ids[0]],
    );
    expect(rows).toEqual([{ stale: "2026-10-03" }]);
    // Its sums wait to be made, and its days are read until then: nobody sees an old figure.
    const waiting = await ask({ range, groupBy: "workload" });
    expect(cents(waiting.total.cost)).toBe(cents(before.total.cost) + 1234);
    expect(await makeCostSums(pool, ids[0] ?? 0)).toEqual(["2026-10-01", "2026-11-01"]);
    expect((await ask({ range, groupBy: "workload" })).rows).toEqual(waiting.rows);
    const next = await ask({ range: "2026-10-04..2026-11-21", groupBy: "workload" });
    expect(next.rows.some((row) => row.name === "late")).toBe(false);
  });
  it("charge crossing traffic at both ends, as the network page does", async () => {
    const range = "2026-11-18..2026-11-21";
    const { rows } = await ask({ range, groupBy: "resource" });
    const hours = 4 * 24;
    // 3 GB an hour, a cent a GB at each end, two clusters.
    const expected = hours * 3 * 0.02 * 2;
    const network = rows.find((row) => row.resource === "network");
    expect(network?.cost).toBeCloseTo(expected, 6);
    const page = await getNetwork(LOOPBACK_VIEWER, { days: 30 }, NOW);
    expect(page.total.cost).toMatchObject({ state: "value" });
    const all = await ask({ range: "2026-10-24..2026-11-22", groupBy: "resource" });
    if (page.total.cost.state === "value")
      expect(all.rows.find((row) => row.resource === "network")?.cost).toBeCloseTo(page.total.cost.value, 2);
    const byTeam = await ask({ range, team: "blue", groupBy: "resource" });
    expect(byTeam.rows.find((row) => row.resource === "network")?.cost).toBeCloseTo(expected / 2, 6);
  });
  it("are what the overview tells beside the nodes, to the cent", async () => {
    const { cost } = await getOverview(LOOPBACK_VIEWER, {}, NOW);
    // The 20th was cut short in one cluster, the 22nd is running.
    expect(cost.besideNodes.day).toBe("2026-11-21");
    const { rows } = await ask({ range: "2026-11-21..2026-11-21", groupBy: "resource" });
    const beside = rows.filter(({ resource }) => resource === "storage" || resource === "network");
    expect(beside).toHaveLength(2);
    const perDay = beside.reduce((sum, row) => sum + cents(row.cost), 0) / 100;
    expect(cost.besideNodes.costPerMonth).toMatchObject({
      state: "value",
      value: expect.closeTo((perDay / 24) * 730, 6),
    });
    const { cost: ofRed } = await getOverview({ ...LOOPBACK_VIEWER, teams: ["red"] }, {}, NOW);
    const red = await ask({ range: "2026-11-21..2026-11-21", groupBy: "resource", team: "red" });
    const redNetwork = red.rows.find(({ resource }) => resource === "network")?.cost ?? Number.NaN;
    expect(ofRed.besideNodes.costPerMonth).toMatchObject({ value: expect.closeTo((redNetwork / 24) * 730, 6) });
  });
  it("hold a budget against the whole team, whatever part is looked at", async () => {
    await getStore().pool.query(
      `INSERT INTO budget (team, cost_per_month, valid_from, created_by) VALUES ('red', 100, '2026-11-01', 'x')`,
    );
    const { budgets } = await ask();
    expect(budgets).toMatchObject([{ team: "red", budgetPerMonth: 100 }]);
    expect((await ask({ team: "red" })).headline.monthToDate).toMatchObject({ value: budgets[0]?.monthToDate });
    for (const part of [{ cluster: "one" }, { namespace: "ml" }, { cluster: "two", range: "last-month" }])
      expect((await ask(part)).budgets).toEqual(budgets);
  });
  it("charge an hour anew when its flows have grown, and never twice", async () => {
    const before = await ask({ groupBy: "resource" });
    await rollUp("UTC");
    expect(await ask({ groupBy: "resource" })).toMatchObject({ total: before.total });
    await getStore().pool.query(
      `UPDATE flow_hourly SET transferred_bytes = transferred_bytes + 1e9 WHERE cluster_id = $1 AND at = '2026-11-22T10:00:00Z' AND scope = 'cross-zone'`,
      [ids[0]],
    );
    await rollUp("UTC");
    const after = await ask({ groupBy: "resource" });
    expect(cents(after.total.cost) - cents(before.total.cost)).toBe(2);
  });
  it("say which of them are whole: neither the running one nor one with missing hours is", async () => {
    const { daily, range } = await ask({ range: "2026-11-18..2026-11-22" });
    expect(daily.states).toEqual(["complete", "complete", "partial", "complete", "running"]);
    expect(range.completeDays).toBe(3);
  });
  it("take a day that is not whole for no drop", async () => {
    const { anomalies } = await ask({ cluster: "two" });
    expect(anomalies.filter(({ costPerDayAfter, costPerDayBefore }) => costPerDayAfter < costPerDayBefore)).toEqual([]);
  });
  it("find since when a workload costs more, and in what", async () => {
    const { anomalies } = await ask({ cluster: "one", team: "blue" });
    expect(anomalies).toMatchObject([
      { namespace: "ml", name: "train", resource: "network", sinceDay: "2026-11-18", costPerDayBefore: 0 },
    ]);
  });
});

describe("cost by label", () => {
  it("groups by the value of the day, and everything without it apart", async () => {
    const label = (value: string | null) => [
      { key: "tier", namespace: "shop", kind: "Deployment", name: "cart", value },
    ];
    const save = (value: string | null, day: string) =>
      inTransaction(getStore().pool, (client) => saveCostLabels(client, ids[0] ?? 0, label(value), day));
    await save("web", "2026-11-10");
    await save("web", "2026-11-11");
    await save("edge", "2026-11-15");
    const rows = async (range: string) => {
      const answer = await ask({ range, groupBy: "label", label: "tier", cluster: "one" });
      expect(sumOf(answer)).toBe(cents(answer.total.cost));
      // A value that changes inside the range is cut at its day, whichever table answers.
      await markStale("2026-09-01");
      const fromDays = await ask({ range, groupBy: "label", label: "tier", cluster: "one" });
      await markStale(null);
      expect(answer.rows).toEqual(fromDays.rows);
      return answer.rows.filter((row) => row.label !== null).map((row) => row.label);
    };
    expect(await rows("2026-11-01..2026-11-14")).toEqual(["web"]);
    expect(await rows("2026-11-15..2026-11-20")).toEqual(["edge"]);
    expect((await rows("2026-11-14..2026-11-15")).sort()).toEqual(["edge", "web"]);
    expect((await ask({ groupBy: "label", cluster: "one" })).labelKeys).toEqual(["tier"]);
  });
});

describe("another billing time zone", () => {
  it("makes every day anew: the same money on other days", async () => {
    const whole = { range: "2026-09-01..2026-11-22" };
    const before = await ask(whole);
    await rollUp("Asia/Tokyo");
    const after = await ask(whole);
    expect(after.timeZone).toBe("Asia/Tokyo");
    expect(after.total).toEqual(before.total);
    expect(after.daily.series).not.toEqual(before.daily.series);
    const { rows } = await getStore().pool.query<{ hours: number }>(
      `SELECT max(hour_count)::int AS hours FROM cost_daily WHERE cluster_id = $1 AND day = '2026-11-22'`,
      [ids[0]],
    );
    // Midnight in Tokyo was at 15:00 UTC of the day before.
    expect(rows[0]?.hours).toBe(20);
  });
});
