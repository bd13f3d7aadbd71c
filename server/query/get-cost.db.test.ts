import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CostExportQuery, CostQuery } from "../contract/cost.ts";
import { LOOPBACK_VIEWER, type Viewer } from "../contract/viewer.ts";
import { getStore } from "../store/client.ts";
import { saveEstimatedCosts } from "../store/cost-history.ts";
import { inTransaction } from "../store/db.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { storeCluster } from "../testing/fleet.ts";
import { getCost } from "./get-cost.ts";
import { getCostCsv, getCostWorkbook } from "./get-cost-export.ts";
import { listActions } from "./list-actions.ts";

const NOW = new Date("2026-11-22T10:30:00Z");
const teams = [
  { team: "acme", namespace: "acme-space", podCount: 2 },
  { team: "=cmd|' /c calc'!A1", namespace: "odd-space", podCount: 1 },
];
let database: TestDatabase;
let clusterId: number;
beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  clusterId = await storeCluster(getStore().pool, { name: "one", teams }, new Date(NOW.getTime() - 60_000));
});
afterAll(async () => {
  await getStore().close();
  await database.drop();
});
const ask = (query: Record<string, unknown> = {}) => getCost(LOOPBACK_VIEWER, CostQuery.parse(query), NOW);

describe("the cost of a month", () => {
  it("adds up to what the rows and the days hold", async () => {
    const answer = await ask();
    expect(answer.total.cost).toBe(2);
    expect(answer.daily.series.flatMap(({ costs }) => costs).reduce<number>((sum, cost) => sum + (cost ?? 0), 0)).toBe(
      2,
    );
    expect(answer.headline.monthToDate).toMatchObject({ state: "value", value: 2, unit: "money:EUR" });
  });
  it("says that a forecast needs days", async () => {
    expect((await ask()).headline.forecast).toMatchObject({ state: "unknown" });
  });
  it("puts shared cost on the holders and asks for a team afterwards", async () => {
    const { rows } = await ask({ shared: "even", team: "acme" });
    expect(rows).toMatchObject([{ team: "acme", used: 0.5, shared: 0.5, cost: 1 }]);
  });
  it("shows a viewer of one team neither the shared cost nor other teams", async () => {
    const viewer: Viewer = { ...LOOPBACK_VIEWER, teams: ["acme"] };
    const { rows, shared } = await getCost(viewer, CostQuery.parse({ shared: "even" }), NOW);
    expect(rows).toMatchObject([{ team: "acme", cost: 0.5, unallocated: 0 }]);
    expect(shared).toBe("none");
  });
});

describe("actions that nobody has ranked yet", () => {
  it("bring an unknown sum, and an unknown number of nodes – not none", async () => {
    const { total, items } = await listActions(LOOPBACK_VIEWER, {}, NOW);
    expect(items).toEqual([]);
    expect(total.cashPerMonth).toMatchObject({ state: "unknown" });
    expect(total.removedNodeCount).toBeNull();
  });
});

describe("files", () => {
  it("write no formula", async () => {
    const csv = await getCostCsv(LOOPBACK_VIEWER, CostExportQuery.parse({}), NOW);
    expect(csv).toContain("'=cmd|");
    expect(csv).not.toMatch(/(^|[,"])=cmd/m);
  });
  it("make a workbook with its assumptions", async () => {
    const { default: excel } = await import("exceljs");
    const book = new excel.Workbook();
    const bytes = await getCostWorkbook(LOOPBACK_VIEWER, CostExportQuery.parse({}), NOW);
    await book.xlsx.load(bytes.buffer);
    expect(book.worksheets.map((sheet) => sheet.name)).toEqual(["Costs", "Days", "Assumptions", "Price rows"]);
  });
});

describe("estimated hours", () => {
  it("are written once and never over a recorded line", async () => {
    const line = {
      team: "acme",
      namespace: "acme-space",
      workloadKind: "Deployment",
      workloadName: "acme-web",
      pool: "general",
      resource: "cpu",
      share: "used",
      priceRowId: 1,
      quantity: 1,
      cost: 9,
    } as const;
    const at = new Date("2026-11-22T08:00:00Z");
    const save = (hour: Date) =>
      inTransaction(getStore().pool, (client) => saveEstimatedCosts(client, clusterId, [{ at: hour, lines: [line] }]));
    expect(await save(at)).toBe(1);
    expect(await save(at)).toBe(0);
    expect(await save(new Date("2026-11-22T10:00:00Z"))).toBe(0);
  });
});
