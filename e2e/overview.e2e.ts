import { describe } from "vitest";
import { getApi } from "./fixtures/api.ts";
import { accessibilityFindings, expect, open, test } from "./fixtures/test.ts";
import { ClusterPage, tableRows } from "./pages/cluster-page.ts";

const ROUTES = [
  "/",
  "/clusters",
  "/clusters/onprem-1",
  "/clusters/onprem-1?tab=reads",
  "/clusters/onprem-1?tab=sources",
  "/clusters/onprem-1?tab=settings",
  "/settings",
  "/settings?tab=budgets",
  "/settings?tab=installation",
  "/status",
];

describe("the pages of overview, clusters, settings and status", () => {
  for (const route of ROUTES) {
    test(`${route} is clean for axe`, async ({ page, demoUrl }) => {
      await open(page, `${demoUrl}${route}`);
      expect(await accessibilityFindings(page)).toEqual([]);
    });
  }

  test("fit a narrow screen without scrolling sideways", async ({ page, demoUrl }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const route of ROUTES) {
      await open(page, `${demoUrl}${route}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, route).toBeLessThanOrEqual(0);
    }
  });

  test("speak Chinese", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/?lang=zh-CN`);
    await page.getByRole("heading", { level: 2, name: "花费多少" }).waitFor();
    for (const name of ["哪里吃紧", "哪些就绪", "哪些看不到"]) {
      expect(await page.getByRole("heading", { level: 2, name }).count()).toBe(1);
    }
  });
});

type OverviewAnswer = {
  readonly cost: {
    readonly costPerHour: { readonly value: number };
    readonly byOwner: readonly { readonly costPerHour: { readonly value: number } }[];
    readonly byCluster: readonly { readonly costPerHour: { readonly value: number } }[];
  };
};

describe("the overview", () => {
  test("splits the run-rate into parts that equal it", async ({ demoUrl }) => {
    const { cost } = await getApi<OverviewAnswer>(demoUrl, "/api/v1/overview");
    const sum = (rows: OverviewAnswer["cost"]["byOwner"]) =>
      rows.reduce((whole, { costPerHour }) => whole + costPerHour.value, 0);
    expect(sum(cost.byOwner)).toBeCloseTo(cost.costPerHour.value, 6);
    expect(sum(cost.byCluster)).toBeCloseTo(cost.costPerHour.value, 6);
  });

  test("says where the run-rate comes from in one click, and closes with Escape", async ({ page, demoUrl }) => {
    await open(page, demoUrl);
    await page.getByRole("region", { name: "What it costs" }).getByRole("button").first().click();
    const drawer = page.getByRole("dialog");
    await drawer.getByText("Sum of the hourly list price").waitFor();
    expect(await drawer.getByText("prod-us").count()).toBeGreaterThan(0);
    await page.keyboard.press("Escape");
    await drawer.waitFor({ state: "hidden" });
  });

  test("names the cluster whose pressure nobody reports, and why", async ({ page, demoUrl }) => {
    await open(page, demoUrl);
    const card = page.getByRole("region", { name: "What hurts" });
    await card.getByText(/No pressure data of onprem-1: unreachable/).waitFor();
    const gaps = page.getByRole("region", { name: "What we cannot see" });
    await gaps.getByText("Grant the missing right").waitFor();
  });

  test("follows the cluster filter of the address", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/?cluster=prod-eu`);
    const list = page.getByRole("list", { name: "By cluster" });
    await list.waitFor();
    expect(await list.getByRole("listitem").count()).toBe(1);
    expect(await list.textContent()).toContain("prod-eu");
  });
});

describe("clusters", () => {
  test("lead from the list to a cluster by keyboard", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/clusters`);
    const rows = await tableRows(page, "Clusters");
    expect(rows.slice(1, -1).map(([name]) => name)).toEqual(["onprem-1", "prod-eu", "prod-us"]);
    await page.getByRole("link", { name: "prod-eu", exact: true }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: /prod-eu/ }).waitFor();
  });

  test("show the exact rule that is missing", async ({ page, demoUrl }) => {
    const cluster = new ClusterPage(page, demoUrl, "onprem-1");
    await cluster.open("sources");
    await cluster.openSource("GET /api/v1/persistentvolumes");
    const yaml = await cluster.missingRule();
    expect(yaml).toContain('resources: ["persistentvolumes"]');
    expect(yaml).toContain('verbs: ["list"]');
  });

  test("read now, and show the read", async ({ page, demoUrl }) => {
    const cluster = new ClusterPage(page, demoUrl, "prod-eu");
    await cluster.open("reads");
    await page.getByRole("button", { name: "Read now: Inventory" }).click();
    const table = page.getByRole("table", { name: "Recent reads" });
    await table.getByText("loopback").first().waitFor();
  });
});

describe("settings", () => {
  test("add a price with its source, correct it and withdraw it", async ({ page, demoUrl }) => {
    const key = `e2e.${Date.now()}`;
    await open(page, `${demoUrl}/settings`);
    await page.getByRole("button", { name: "Add a price" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Save" }).click();
    expect(await dialog.getByText("Needed").count()).toBeGreaterThan(0);
    await dialog.getByLabel("Name").fill(key);
    await dialog.getByLabel("Provider").fill("aws");
    await dialog.getByLabel("Price").fill("0.5");
    await dialog.getByLabel("Source, for the audit").fill("contract 4711");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.getByLabel("Search by name").fill(key);
    const table = page.getByRole("table", { name: "Price book" });
    await table.getByText(key, { exact: true }).waitFor();
    await table.getByText("0.5").waitFor();

    await page.getByRole("button", { name: `Correct this price: ${key}` }).click();
    await dialog.getByLabel("Price").fill("0.75");
    await dialog.getByLabel("Source, for the audit").fill("amendment 1");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "hidden" });
    await table.getByText("0.75").waitFor();
    await page.getByText("Show replaced rows").click();
    await table.getByText("replaced").waitFor();
    await page.getByText("Show replaced rows").click();

    await page.getByRole("button", { name: `Withdraw: ${key}` }).click();
    await dialog.getByRole("button", { name: "Withdraw" }).click();
    await page.getByText("No price row matches these filters.").waitFor();
  });

  test("set a budget and delete it", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/settings?tab=budgets`);
    await page.getByRole("button", { name: "Set a budget" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Team").fill("search");
    await dialog.getByLabel(/Per month/).fill("1200");
    await dialog.getByRole("button", { name: "Save" }).click();
    const table = page.getByRole("table", { name: "Budgets" });
    await table.getByText("$1,200").waitFor();
    const mine = table.getByRole("row").filter({ hasText: "$1,200" });
    await mine.getByRole("button", { name: /^Delete: search/ }).click();
    await dialog.getByRole("button", { name: "Delete" }).click();
    // The demo brings budgets of its own; only the new one goes.
    await table.getByText("$1,200").waitFor({ state: "detached" });
  });
});

describe("status", () => {
  test("shows a living collector and links to its own metrics", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/status`);
    await page.getByText("The collector is alive").waitFor();
    const href = await page.getByRole("link", { name: /Own metrics/ }).getAttribute("href");
    const metrics = await fetch(`${demoUrl}${href}`);
    expect(metrics.ok).toBe(true);
    expect(await metrics.text()).toContain("# TYPE ");
  });
});
