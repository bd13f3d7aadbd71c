import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import ExcelJS from "exceljs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { AuthSettings } from "#server/auth-settings.ts";
import { mayDo, rightOf } from "#server/contract/rights.ts";
import type { RouteHandler } from "#server/http/define-route.ts";
import { getStore } from "#server/store/client.ts";
import { createTestDatabase, type TestDatabase } from "#server/testing/database.ts";
import { storeCluster } from "#server/testing/fleet.ts";

vi.hoisted(() => {
  process.env.SLUICE_LOG_LEVEL = "silent";
});

const SETTINGS: AuthSettings = {
  publicUrl: null,
  hasLocal: true,
  oidc: null,
  proxy: null,
  groups: [],
  trustedProxies: [],
  sessionIdleSeconds: 3600,
  sessionSeconds: 7200,
};
const routes: RouteHandler[] = [];
for (const entry of readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })) {
  if (!entry.endsWith("route.ts") || entry.startsWith("[...path]") || entry.startsWith("auth/")) continue;
  const file = pathToFileURL(join(import.meta.dirname, entry)).href;
  const module: Record<string, RouteHandler | undefined> = await import(/* @vite-ignore */ file);
  if (module.GET !== undefined) routes.push(module.GET);
}
const secretOf = (team: string) => `sluice_${team.padEnd(43, "x")}`;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  process.env.SLUICE_AUTH = JSON.stringify(SETTINGS);
  const { pool } = getStore();
  const teams = ["acme", "zorro"].map((team) => ({ team, namespace: `${team}-space`, podCount: 2 }));
  await storeCluster(pool, { name: "shared", teams }, new Date(Date.now() - 30_000));
  await pool.query(
    `INSERT INTO budget (team, cost_per_month, valid_from, created_by) VALUES ('acme', 10, '2026-11-01', 'x'), ('zorro', 20, '2026-11-01', 'x')`,
  );
  for (const team of ["acme", "zorro"]) {
    await pool.query(
      `INSERT INTO api_token (name, token_hash, prefix, roles, teams, created_by, expires_at)
       VALUES ($1, $2, 'sluice_', '{viewer}', ARRAY[$1], 'test', now() + interval '1 day')`,
      [team, createHash("sha256").update(secretOf(team)).digest()],
    );
  }
});
afterAll(async () => {
  delete process.env.SLUICE_AUTH;
  await getStore().close();
  await database.drop();
});

/** One question as a program of a team asks it; of a workbook every cell. Names of the asked team's own things are in the path. */
async function ask(handler: RouteHandler, team: string, about: string): Promise<{ status: number; text: string }> {
  const { operation } = handler;
  const params = {
    id: "shared",
    feature: "native-sidecars",
    device: "GPU-1",
    node: "node-a",
    namespace: `${about}-space`,
    kind: "Deployment",
    name: `${about}-web`,
    pod: `${about}-web-1`,
  };
  const search = operation.query === undefined ? "" : "?cluster=shared";
  const request = new Request(`http://localhost:3000/x${search}`, {
    headers: { host: "localhost:3000", authorization: `Bearer ${secretOf(team)}` },
  });
  const response = await handler(request, { params: Promise.resolve(params) });
  if (response.status !== 200 || operation.mediaType?.includes("spreadsheet") !== true) {
    return { status: response.status, text: (await response.text()).toLowerCase() };
  }
  const book = new ExcelJS.Workbook();
  await book.xlsx.load(await response.arrayBuffer());
  const cells: string[] = [];
  book.eachSheet((sheet) => sheet.eachRow((row) => row.eachCell((cell) => cells.push(cell.text))));
  return { status: 200, text: cells.join("\n").toLowerCase() };
}

const viewer = { roles: ["viewer" as const], clusters: "all" as const, teams: ["acme"] };
/** Answers that are of a whole cluster and named as such; somebody of a team is refused. */
const WHOLE = new Set(["getUpgradeMarkdown", "getUpgradeCsv"]);
const isAllowed = ({ operation }: RouteHandler) => {
  const right = rightOf(operation);
  if (WHOLE.has(operation.id)) return false;
  return right === null || mayDo(viewer, right);
};

describe("a program of one team", () => {
  it.each(routes.map((handler) => [handler.operation.path, handler] as const))(
    "learns nothing of another from %s",
    async (_path, handler) => {
      const { status, text } = await ask(handler, "acme", "acme");
      expect(isAllowed(handler) ? [200, 404, 503] : [403], text.slice(0, 300)).toContain(status);
      const at = text.indexOf("zorro");
      expect(at < 0 ? "" : text.slice(Math.max(0, at - 80), at + 80)).toBe("");
    },
  );
  it("is told that the other team's workload and pod do not exist", async () => {
    const about = routes.filter(({ operation }) =>
      /\/pressure\/(workloads|pods)\/.*\{(name|pod)\}$/.test(operation.path),
    );
    expect(about.length).toBeGreaterThanOrEqual(2);
    for (const handler of about) {
      expect([handler.operation.path, (await ask(handler, "acme", "zorro")).status]).toEqual([
        handler.operation.path,
        404,
      ]);
      expect([handler.operation.path, (await ask(handler, "zorro", "zorro")).status]).toEqual([
        handler.operation.path,
        200,
      ]);
    }
  });
  it("means something: the other team does see its own", async () => {
    let telling = 0;
    for (const handler of routes) if ((await ask(handler, "zorro", "zorro")).text.includes("zorro")) telling += 1;
    expect(telling).toBeGreaterThan(8);
  });
});
