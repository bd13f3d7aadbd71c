import { readdirSync } from "node:fs";
import ExcelJS from "exceljs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOOPBACK_VIEWER, type Viewer } from "../contract/viewer.ts";
import { AppError } from "../errors.ts";
import { getStore } from "../store/client.ts";
import { createTestDatabase, type TestDatabase } from "../testing/database.ts";
import { storeCluster } from "../testing/fleet.ts";
import { storeTwoTeamsTraffic } from "../testing/network-fleet.ts";

const NOW = new Date("2026-11-22T10:30:00Z");
const paging = { limit: 1000 };

/**
 * Arguments after the viewer for every question; a new question must add its line here. `null` = the answer holds nothing
 * of any team or cluster.
 */
const QUESTIONS: Readonly<Record<string, readonly unknown[] | null>> = {
  getCluster: ["shared", NOW],
  getCost: [{ range: "month", groupBy: "workload", shared: "none" }, NOW],
  getCostCsv: [{ range: "month", groupBy: "workload", shared: "none", language: "en" }, NOW],
  getCostWorkbook: null, // the same answer, packed
  getFeature: ["native-sidecars", { trendDays: 30 }, NOW],
  getFeatureManifest: ["native-sidecars", { cluster: "shared" }],
  getNetwork: [{ days: 30 }, NOW],
  getNetworkCsv: [{ days: 30, language: "en" }, NOW],
  getNetworkService: [
    { cluster: "shared", namespace: "acme-space", name: "acme-web" },
    { days: 30, setting: "PreferSameZone", spread: false },
    NOW,
  ],
  getNetworkSimulation: [{ cluster: "shared", setting: "PreferSameZone", spread: false, days: 7 }, NOW],
  getNetworkWorkbook: [{ days: 30, language: "en" }, NOW],
  getGpu: [{}, NOW],
  getGpuDevice: ["shared", "GPU-1", {}, NOW],
  getGpuMigration: [{}, NOW],
  getGpuMigrationPlan: null, // a row of the answer before, with its objects; refused like a device that is not there
  getGpuRepack: [{ target: 0.8 }, NOW],
  getGpuWorkbook: [{ language: "en" }, NOW],
  getOverview: [{}, NOW],
  getOwnMetrics: [NOW],
  getNodePressure: [{ id: "shared", node: "node-a" }, { window: "24h" }, NOW],
  getPodPressure: [{ id: "shared", namespace: "acme-space", pod: "acme-web-0" }, { window: "24h" }, NOW],
  getPressureHeatmap: [{ resource: "any", kind: "waiting", window: "24h" }, NOW],
  getPressureReplay: [
    { id: "shared", namespace: "acme-space", kind: "Deployment", name: "acme-web" },
    { window: "24h", resource: "cpu", target: 0.2, min: 2, max: 10, upSeconds: 0, downSeconds: 300 },
    NOW,
  ],
  getPressureQueries: [{}],
  getPressureSwap: [{ window: "24h" }, NOW],
  getReadiness: null,
  getSettings: [],
  getStatus: [NOW],
  getUpgrade: [{}, NOW],
  getWorkloadPressure: [
    { id: "shared", namespace: "acme-space", kind: "Deployment", name: "acme-web" },
    { window: "24h" },
    NOW,
  ],
  getUpgradeChecklist: ["markdown", { cluster: "shared", language: "en" }, NOW],
  getAuditCsv: [{}],
  listActions: [{}, NOW],
  listAlertRules: [],
  listAlerts: [paging],
  listAlertTests: [{ limit: 20 }],
  listAuditEvents: [paging],
  listBudgets: [paging],
  listClusters: [paging, NOW],
  listFeatures: [{ ...paging, trendDays: 30 }, NOW],
  listGateChanges: [{ ...paging, days: 30 }, NOW],
  listGates: [paging, NOW],
  listPolls: [paging, NOW],
  listPressure: [{ resource: "any", kind: "waiting", window: "1h", level: "workload", limit: 50 }, NOW],
  listPrices: null,
  listPriceEvents: null,
  getPriceCsv: null,
  getPriceYaml: null,
  listReadsAfter: [{ cluster: "shared", reads: [{ kind: "inventory", startedAt: null, isIncluded: false }] }, NOW],
  listTeams: [paging, NOW],
  listTokens: [NOW],
  listUsers: [NOW],
};

const TELL_OF_TEAMS = new Set([
  "getNetwork",
  "getNetworkCsv",
  "getNetworkService",
  "getNetworkSimulation",
  "getNetworkWorkbook",
  "getGpu",
  "getGpuDevice",
  "getCluster",
  "getCost",
  "getCostCsv",
  "getFeature",
  "getOverview",
  "listBudgets",
  "listTeams",
]);

/** A refusal is an answer without names; any other failure is one of the test. */
function refusal(error: unknown): unknown {
  if (error instanceof AppError && error.code === "forbidden") return error.message;
  throw error;
}

/** What an answer says; a workbook is unpacked first, for its bytes say nothing. */
async function textOf(answer: unknown): Promise<string> {
  if (!(answer instanceof Uint8Array)) return JSON.stringify(answer).toLowerCase();
  const book = new ExcelJS.Workbook();
  await book.xlsx.load(new Uint8Array(answer).buffer);
  return JSON.stringify(book.worksheets.map((sheet) => [sheet.name, sheet.getSheetValues()])).toLowerCase();
}

/** Where a word stands in a long answer; empty when it does not. */
function around(text: string, word: string): string {
  const at = text.indexOf(word);
  return at < 0 ? "" : text.slice(Math.max(0, at - 80), at + 80);
}

type Question = (viewer: Viewer, ...rest: unknown[]) => Promise<unknown>;
const files = readdirSync(import.meta.dirname).filter((file) => /^(get|list)-.*(?<!\.test)\.ts$/.test(file));
const modules: Record<string, unknown>[] = await Promise.all(
  files.map((file) => import(/* @vite-ignore */ new URL(file, import.meta.url).href)),
);
const questions = modules.flatMap((module) =>
  Object.entries(module).filter((entry): entry is [string, Question] => /^(get|list)[A-Z]/.test(entry[0])),
);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  const { pool } = getStore();
  const at = new Date(NOW.getTime() - 30_000);
  const teams = ["acme", "zorro"].map((team) => ({ team, namespace: `${team}-space`, podCount: 2 }));
  await storeTwoTeamsTraffic(pool, await storeCluster(pool, { name: "shared", teams }, at), at);
  await storeCluster(pool, { name: "zorro-only", teams: [{ team: "acme", namespace: "acme-space", podCount: 1 }] }, at);
  await pool.query(
    `INSERT INTO budget (team, cost_per_month, valid_from, created_by) VALUES ('acme', 10, '2026-11-01', 'x'), ('zorro', 20, '2026-11-01', 'x')`,
  );
});
afterAll(async () => {
  await getStore().close();
  await database.drop();
});

const ACME: Viewer = { name: "acme-reader", roles: ["viewer"], clusters: ["shared"], teams: ["acme"] };
const NOBODY: Viewer = { name: "nobody", roles: ["viewer"], clusters: [], teams: [] };

describe("a viewer of one team and one cluster", () => {
  it("has a line here for every question", () => {
    expect(questions.map(([name]) => name).sort()).toEqual(Object.keys(QUESTIONS).sort());
  });
  it.each(questions)("gets nothing of others from %s", async (name, ask) => {
    const rest = QUESTIONS[name];
    if (rest === null || rest === undefined) return;
    const everything = await textOf(await ask(LOOPBACK_VIEWER, ...rest));
    const own = await textOf(await ask(ACME, ...rest).catch(refusal));
    expect(around(own, "zorro")).toBe("");
    if (!TELL_OF_TEAMS.has(name)) return;
    // The check means something only where others are there to be left out and the own stays.
    expect(everything).toContain("zorro");
    expect(own).toContain("acme");
  });
  it("is told that a foreign cluster does not exist", async () => {
    for (const [name, ask] of questions) {
      if (name !== "getCluster" && name !== "listReadsAfter") continue;
      const rest =
        QUESTIONS[name]?.map((value) => JSON.parse(JSON.stringify(value).replaceAll('"shared"', '"zorro-only"'))) ?? [];
      await expect(ask(ACME, ...rest)).rejects.toMatchObject({ code: "not-found" });
    }
  });
  it("cannot widen the bounds by asking for another team", async () => {
    const overview = questions.find(([name]) => name === "getOverview")?.[1];
    const answer = JSON.stringify(await overview?.(ACME, { team: ["zorro"] }, NOW));
    expect(answer).not.toContain("zorro");
    expect(answer).not.toContain("acme-web");
  });
});

describe("a viewer of nothing", () => {
  it.each(questions)("gets no name from %s", async (name, ask) => {
    const rest = QUESTIONS[name];
    if (rest === null || rest === undefined) return;
    const answer = await ask(NOBODY, ...rest).catch((error: unknown) => error);
    expect(JSON.stringify(answer)).not.toMatch(/acme|zorro|node-a/);
  });
});
