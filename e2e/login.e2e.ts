import ExcelJS from "exceljs";
import { afterAll, beforeAll, describe } from "vitest";
import { OPERATIONS } from "../server/contract/api.ts";
import type { Operation } from "../server/contract/operation.ts";
import { mayDo, rightOf } from "../server/contract/rights.ts";
import { waitFor } from "../server/testing/start-sluice.ts";
import { type Asked, CLIENT_SECRET, PASSWORD, PROXY_ADDRESS, startSignedIn } from "./fixtures/signed-in.ts";
import { accessibilityFindings, expect, test } from "./fixtures/test.ts";

let product: Awaited<ReturnType<typeof startSignedIn>>;
beforeAll(async () => {
  product = await startSignedIn();
}, 500_000);
afterAll(async () => {
  await product?.stop();
}, 60_000);

const json = async <T>(path: string, headers: Readonly<Record<string, string>>): Promise<T> => {
  const answer = await product.ask(path, headers);
  expect(answer.status, `${path} ${answer.body.toString().slice(0, 300)}`).toBe(200);
  return JSON.parse(answer.body.toString()) as T;
};

describe("signing in with a browser", () => {
  test("a page leads to /login and back to where one wanted to go; sign-out ends it", async ({ page }) => {
    await page.goto(`${product.url}/cost?range=month`);
    await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
    expect(new URL(page.url()).searchParams.get("next")).toBe("/cost?range=month");
    await page.getByLabel("User name").fill("root");
    await page.getByLabel("Password").fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Name or password is wrong.").waitFor();
    await page.getByLabel("User name").fill("root");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL("**/cost?range=month");
    await page.getByRole("button", { name: "Signed in as root" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You are signed out.").waitFor();
    await page.goto(`${product.url}/status`);
    await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
  });

  test("works without scripts", async ({ browser }) => {
    const context = await browser.newContext({ javaScriptEnabled: false, locale: "en-GB" });
    const page = await context.newPage();
    await page.goto(`${product.url}/login?next=/status`);
    await page.getByLabel("User name").fill("reader");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL("**/status");
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ name: "sluice_session", httpOnly: true, sameSite: "Lax" });
    await context.close();
  });

  test("a new person chooses a password through the link of an administrator", async ({ page }) => {
    const headers = { cookie: product.cookie, "content-type": "application/json" };
    const body = JSON.stringify({ name: "newcomer", roles: ["viewer"], clusters: "all", teams: "all" });
    const answer = await product.ask("/api/v1/users", headers, { method: "POST", body });
    const { link } = JSON.parse(answer.body.toString()) as { readonly link: { readonly path: string } };
    await page.goto(`${product.url}${link.path}`);
    await page.getByText("For the account newcomer").waitFor();
    await page.getByLabel("Password", { exact: true }).fill("a long enough password");
    await page.getByLabel("Password, once more").fill("a long enough password");
    await page.getByRole("button", { name: "Save and sign in" }).click();
    await page.getByRole("button", { name: "Signed in as newcomer" }).waitFor();
    await page.goto(`${product.url}${link.path}`);
    await page.getByText("This link was used already").waitFor();
  });

  test("goes through the issuer, whose groups give the team", async ({ page }) => {
    // The issuer's own page wants a font and an icon from elsewhere; they are none of ours.
    await page.route(/^https:\/\/fonts\.|\/favicon\.ico$/, (route) => route.fulfill({ status: 200, body: "" }));
    await page.goto(`${product.url}/login?next=/clusters`);
    await page.getByRole("link", { name: "Company login" }).click();
    await page.locator("input[name=login]").fill("grace");
    await page.locator("input[name=password]").fill("any");
    await page.locator("button[type=submit]").click();
    await page.locator("button[type=submit]").click();
    await page.waitForURL("**/clusters");
    await page.getByRole("button", { name: "Signed in as grace" }).click();
    await page.getByText("Sees a part of the fleet").waitFor();
  });

  test("/login is clean for axe, light and dark, wide and narrow, in both languages", async ({ browser }) => {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const locale of ["en-GB", "zh-CN"]) {
        const context = await browser.newContext({ colorScheme, locale, viewport: { width: 390, height: 844 } });
        const page = await context.newPage();
        await page.goto(`${product.url}/login?error=wrong`);
        await page.getByRole("heading", { level: 1, name: locale === "zh-CN" ? "登录" : "Sign in" }).waitFor();
        expect(await accessibilityFindings(page)).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(overflow).toBeLessThanOrEqual(0);
        await context.close();
      }
    }
  });

  test("users, tokens and the audit log are clean for axe, for administrators alone", async ({ browser }) => {
    const context = await browser.newContext({ locale: "en-GB" });
    const [name = "", value = ""] = product.cookie.split("=");
    await context.addCookies([{ name, value, url: product.url }]);
    const page = await context.newPage();
    for (const tab of ["users", "tokens", "audit"]) {
      await page.goto(`${product.url}/settings?tab=${tab}`);
      await page.getByRole("table").first().or(page.getByText("No token yet.")).waitFor();
      expect(await accessibilityFindings(page)).toEqual([]);
    }
    await page.goto(`${product.url}/settings?tab=tokens`);
    await page.getByRole("button", { name: "Create token" }).first().click();
    await page.getByLabel("Name").fill("from-the-page");
    await page.getByRole("dialog").getByRole("button", { name: "Create token" }).click();
    await page.getByText(/^sluice_[\w-]{43}$/).waitFor();
    await context.close();
  });
});

type Token = { readonly secret: string };
async function tokenOf(name: string, teams: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const body = JSON.stringify({ name, roles: ["viewer"], clusters: "all", teams, days: 1 });
  const headers = { cookie: product.cookie, "content-type": "application/json" };
  const answer = await product.ask("/api/v1/tokens", headers, { method: "POST", body });
  const { secret } = JSON.parse(answer.body.toString()) as Token;
  return { authorization: `Bearer ${secret}` };
}

/** A new demo ranks within its first reads of metrics. */
const READS_MS = 120_000;

type Rows = { readonly items: readonly { readonly [name: string]: unknown }[] };
/** Things of a team, to put into paths. */
async function thingsOf(headers: Readonly<Record<string, string>>) {
  const first = async (path: string) => {
    let row: Rows["items"][number] | undefined;
    // The first minutes of a new demo have no ranking yet.
    await waitFor(`a row of ${path}`, READS_MS, async () => {
      row = (await json<Rows>(path, headers)).items[0];
      return row !== undefined;
    });
    return row ?? {};
  };
  const [workload, pod, node] = [
    await first("/api/v1/pressure?level=workload&window=24h&limit=1"),
    await first("/api/v1/pressure?level=pod&window=24h&limit=1"),
    await first("/api/v1/pressure?level=node&window=24h&limit=1"),
  ];
  const text = (row: Rows["items"][number], name: string) => String(row[name] ?? "none");
  return { workload, pod, node, text };
}

function pathOf(operation: Operation, values: Readonly<Record<string, string>>): string {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
    encodeURIComponent(values[name] ?? "none"),
  );
  return operation.query === undefined ? path : `${path}?cluster=${values.id}`;
}

/** The text of an answer; of a workbook, of every cell. */
async function textOf(operation: Operation, answer: Asked): Promise<string> {
  if (answer.status !== 200 || operation.mediaType?.includes("spreadsheet") !== true) return answer.body.toString();
  const book = new ExcelJS.Workbook();
  await book.xlsx.load(new Uint8Array(answer.body).buffer);
  const cells: string[] = [];
  book.eachSheet((sheet) => sheet.eachRow((row) => row.eachCell((cell) => cells.push(cell.text))));
  return cells.join("\n");
}

const GETS = OPERATIONS.filter(({ method }) => method === "GET");
const [MINE, THEIRS] = ["checkout", "payments"] as const;
/** Answers that are of a whole cluster; somebody of a team is refused. */
const WHOLE = new Set(["getUpgradeMarkdown", "getUpgradeCsv"]);
const VIEWER = { roles: ["viewer" as const], clusters: "all" as const, teams: [MINE] };

describe("somebody of one team", () => {
  test("sees nothing of another on any question of the API", async () => {
    const admin = { cookie: product.cookie };
    const [mine, theirs, nobody] = [
      await tokenOf("mine", [MINE]),
      await tokenOf("theirs", [THEIRS]),
      await tokenOf("nobody", []),
    ];
    // Words that only the other team has: its name, namespaces and workloads, less what Sluice itself says (features, gates, API).
    const rowsOf = async (team: string) =>
      (await json<{ rows: Rows["items"] }>(`/api/v1/cost?groupBy=workload&team=${team}&range=month`, admin)).rows;
    const namesIn = (rows: Rows["items"], team: string) =>
      new Set(
        [team, ...rows.filter((row) => row.team === team).flatMap(({ namespace, name }) => [namespace, name])].map(
          String,
        ),
      );
    const own = namesIn(await rowsOf(MINE), MINE);
    const said = await Promise.all(
      ["/api/v1/openapi.json", "/api/v1/features", "/api/v1/gates"].map(async (path) =>
        (await product.ask(path, nobody)).body.toString(),
      ),
    );
    const has = (text: string, word: string) => new RegExp(`(?<![\\w-])${word}(?![\\w])`).test(text);
    const foreign = [...namesIn(await rowsOf(THEIRS), THEIRS)].filter(
      (name) => name.length > 4 && /^[\w-]+$/.test(name) && !own.has(name) && !said.some((text) => has(text, name)),
    );
    expect(foreign).toContain(THEIRS);
    expect(foreign.length).toBeGreaterThanOrEqual(3);

    const { workload, pod, node, text } = await thingsOf(mine);
    const values = {
      id: text(workload, "cluster"),
      feature: "native-sidecars",
      node: text(node, "name"),
      namespace: text(workload, "namespace"),
      kind: text(workload, "kind"),
      name: text(workload, "name"),
      pod: text(pod, "name"),
      device: "none",
    };
    const leaks: string[] = [];
    let telling = 0;
    for (const operation of GETS) {
      const path = pathOf(operation, values);
      const answer = await product.ask(path, mine);
      const right = rightOf(operation);
      const isAllowed = !WHOLE.has(operation.id) && (right === null || mayDo(VIEWER, right));
      expect([path, answer.status], answer.body.toString().slice(0, 200)).toEqual([
        path,
        isAllowed ? expect.toSatisfy((status: number) => [200, 404].includes(status)) : 403,
      ]);
      const content = await textOf(operation, answer);
      leaks.push(...foreign.filter((word) => has(content, word)).map((word) => `${path}: ${word}`));
      const others = await textOf(operation, await product.ask(pathOf(operation, values), theirs));
      if (foreign.some((word) => has(others, word))) telling += 1;
    }
    expect(leaks).toEqual([]);
    // The check means something only where the other team does see its own things.
    expect(telling).toBeGreaterThan(8);
  }, 300_000);

  test("is told that the other team's workloads and pods do not exist", async () => {
    const [mine, theirs] = [await tokenOf("mine-2", [MINE]), await tokenOf("theirs-2", [THEIRS])];
    const { workload, pod, text } = await thingsOf(theirs);
    const base = `/api/v1/clusters/${text(workload, "cluster")}/pressure`;
    const workloadPath = `${base}/workloads/${text(workload, "namespace")}/${text(workload, "kind")}/${text(workload, "name")}`;
    const podPath = `/api/v1/clusters/${text(pod, "cluster")}/pressure/pods/${text(pod, "namespace")}/${text(pod, "name")}`;
    for (const path of [workloadPath, podPath]) {
      expect([path, (await product.ask(path, theirs)).status]).toEqual([path, 200]);
      expect([path, (await product.ask(path, mine)).status]).toEqual([path, 404]);
    }
  });
});

describe("over the network", () => {
  test("a stranger gets 401 on every question but the probes, and no page", async () => {
    for (const operation of GETS) {
      if (rightOf(operation) === null) continue;
      const { status, body } = await product.ask(pathOf(operation, { id: "prod-us" }));
      expect([operation.path, status]).toEqual([operation.path, 401]);
      expect(JSON.parse(body.toString())).toMatchObject({ code: "unauthenticated" });
    }
    for (const path of ["/", "/cost", "/settings?tab=users", "/clusters/prod-us"]) {
      const answer = await product.ask(path);
      const text = answer.body.toString();
      const next = `/login?next=${encodeURIComponent(path)}`;
      expect([path, answer.headers.get("location") ?? (text.includes(next) ? next : text.slice(0, 200))]).toEqual([
        path,
        next,
      ]);
      expect(text).not.toContain("checkout");
    }
  });

  test("pages and data are not stored and not framed", async () => {
    for (const path of ["/status", "/api/v1/clusters", "/login"]) {
      const { headers } = await product.ask(path, { cookie: product.cookie });
      expect([path, headers.get("cache-control")]).toEqual([path, expect.stringContaining("no-store")]);
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(headers.get("x-frame-options")).toBe("DENY");
    }
  });

  test("the proxy's header counts from its address alone, and no header replaces the address", async () => {
    const headers = { "x-forwarded-user": "eve", "x-forwarded-groups": "team-checkout" };
    const vouched = await product.ask("/api/v1/session", headers, { from: PROXY_ADDRESS });
    expect(JSON.parse(vouched.body.toString())).toMatchObject({ viewer: { name: "proxy:eve", teams: ["checkout"] } });
    for (const lie of [
      {},
      { "x-forwarded-for": PROXY_ADDRESS },
      { "x-sluice-peer": `x ${PROXY_ADDRESS}` },
      { forwarded: `for=${PROXY_ADDRESS}` },
    ]) {
      expect((await product.ask("/api/v1/clusters", { ...headers, ...lie })).status).toBe(403);
      expect((await product.ask("/status", { ...headers, ...lie })).status).toBe(403);
    }
  });

  test("the audit log has who, from where; and nothing planted is in it, in answers or in the log", async () => {
    const admin = { cookie: product.cookie };
    const { items } = await json<Rows>("/api/v1/audit?event=sign-in.succeeded", admin);
    expect(items.length).toBeGreaterThan(0);
    expect(items.at(-1)).toMatchObject({ actor: "root", address: "127.0.0.1", subject: "sign-in/local" });
    const csv = (await product.ask("/api/v1/audit/export.csv", admin)).body.toString();
    const everything = [csv, product.output()];
    for (const path of ["/api/v1/settings", "/api/v1/session", "/api/v1/users", "/api/v1/tokens", "/api/v1/status"]) {
      everything.push((await product.ask(path, admin)).body.toString());
    }
    for (const secret of [PASSWORD, CLIENT_SECRET, "scrypt$", product.cookie.split("=")[1] ?? "-"]) {
      expect(everything.filter((text) => text.includes(secret))).toEqual([]);
    }
    expect(everything.join("\n")).not.toMatch(/sluice_[\w-]{40}/);
  });
});
