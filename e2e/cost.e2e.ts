import { beforeAll, describe, inject } from "vitest";
import { type Cost, CostGroup, SpreadRule } from "../server/contract/cost.ts";
import { waitFor } from "../server/testing/start-sluice.ts";
import { waitForHistory } from "./fixtures/history.ts";
import { accessibilityFindings, expect, open, test } from "./fixtures/test.ts";

const cents = (amount: number) => Math.round(amount * 100);
const dollars = (amount: number) =>
  new Intl.NumberFormat("en", { style: "currency", currency: "USD", maximumFractionDigits: 0 }).format(amount);

async function askCost(demoUrl: string, search = ""): Promise<Cost> {
  const response = await fetch(`${demoUrl}/api/v1/cost${search}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Cost;
}

const CHARGED_MS = 150_000;

beforeAll(() => waitForHistory(inject("demoUrl")));

describe("the cost page", () => {
  test("shows who spends, and that the parts are the whole", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/cost`);
    const table = page.getByRole("table", { name: "Who holds it" });
    await table.getByRole("cell", { name: "Unallocated" }).or(table.getByText("Unallocated")).first().waitFor();
    const answer = await fetch(`${demoUrl}/api/v1/cost`).then((response) => response.json());
    const rows: { cost: number }[] = answer.rows;
    expect(rows.reduce((sum, row) => sum + cents(row.cost), 0)).toBe(cents(answer.total.cost));
    const days: { costs: (number | null)[] }[] = answer.daily.series;
    expect(days.flatMap(({ costs }) => costs).reduce<number>((sum, cost) => sum + cents(cost ?? 0), 0)).toBe(
      cents(answer.total.cost),
    );
  });

  test("is the same money however it is cut: nodes, GPUs, volumes and network", async ({ demoUrl }) => {
    // Days that are over: nothing is added to them while we ask.
    const { today } = await askCost(demoUrl).then(({ range }) => ({ today: range.to }));
    const day = (back: number) => new Date(Date.parse(today) - back * 86_400_000).toISOString().slice(0, 10);
    const range = `range=${day(8)}..${day(2)}`;
    // Traffic is charged after the flows of the past are in.
    await waitFor("days with every kind of cost", CHARGED_MS, async () => {
      const answer = await askCost(demoUrl, `?${range}&groupBy=resource`);
      return answer.rows.length === 5 && answer.daily.states.every((state) => state === "complete");
    });
    const totals = new Set<number>();
    for (const groupBy of CostGroup.options) {
      for (const shared of SpreadRule.options) {
        const answer = await askCost(demoUrl, `?${range}&groupBy=${groupBy}&shared=${shared}`);
        const sum = answer.rows.reduce((total, row) => total + cents(row.cost), 0);
        expect(sum, `${groupBy}, ${shared}`).toBe(cents(answer.total.cost));
        const days = answer.daily.series.flatMap(({ costs }) => costs);
        expect(days.reduce<number>((total, cost) => total + cents(cost ?? 0), 0)).toBe(cents(answer.total.cost));
        totals.add(cents(answer.total.cost));
      }
    }
    expect(totals.size).toBe(1);
    const { rows } = await askCost(demoUrl, `?${range}&groupBy=resource`);
    expect(rows.map(({ resource }) => resource).sort()).toEqual(["cpu", "gpu", "memory", "network", "storage"]);
    const clusters = await fetch(`${demoUrl}/api/v1/clusters`).then((response) => response.json());
    let byCluster = 0;
    for (const { name } of clusters.items as { name: string }[]) {
      const own = await fetch(`${demoUrl}/api/v1/clusters/${name}/cost?${range}`).then((response) => response.json());
      byCluster += cents(own.total.cost);
    }
    expect([...totals]).toEqual([byCluster]);
  });

  test("holds a team against its budget by amount (story: a team over its budget)", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/cost?team=ml-platform`);
    const { budgets } = await askCost(demoUrl, "?team=ml-platform");
    const [budget] = budgets;
    if (budget === undefined || budget.forecast === null) throw new Error("the team has no budget or no forecast");
    expect(budget).toMatchObject({ team: "ml-platform", budgetPerMonth: 45_000 });
    expect(budget.forecast.cost).toBeGreaterThan(45_000);
    const list = page.getByRole("region", { name: "Budgets this month" });
    await list.getByText("ml-platform").first().waitFor();
    await list.getByText(/of \$45,000 spent/).waitFor();
    await list.getByText(budget.state === "over" ? "Over" : "Will be over").waitFor();
    // The figure may move by what a minute costs between page and answer.
    const shown = await list.getByText(/^Forecast \$/).textContent();
    const forecast = Number((/\$([\d,]+)/.exec(shown ?? "")?.[1] ?? "").replaceAll(",", ""));
    expect(Math.abs(forecast - budget.forecast.cost), `${shown} and ${dollars(budget.forecast.cost)}`).toBeLessThan(50);
  });

  test("groups by a label that the workloads carry", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/cost?group=label&label=app`);
    const table = page.getByRole("table", { name: "Who holds it" });
    await table.getByRole("columnheader", { name: "app" }).waitFor();
    await table.getByText("llm-serve").first().waitFor();
  });

  test("tells running and partly recorded days from whole ones", async ({ page, demoUrl }) => {
    const { daily } = await askCost(demoUrl);
    expect(daily.states.at(-1)).toBe("running");
    await open(page, `${demoUrl}/cost`);
    await page.getByText(/Pale days are running or not recorded whole/).waitFor();
  });

  test("prints with its assumptions and price rows", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/cost`);
    await page.emulateMedia({ media: "print" });
    const report = page.getByRole("region", { name: "Assumptions and prices" });
    await report.getByRole("table", { name: "Price rows used" }).waitFor();
    await report.getByText("OpenCost in prod-eu: node_total_hourly_cost").first().waitFor();
    expect(await page.getByRole("button", { name: "Print" }).isVisible()).toBe(false);
  });

  test("takes a price file in, shows who did it, and gives the book out", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/settings?tab=prices`);
    await page.getByRole("button", { name: "Import" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Price file").setInputFiles({
      name: "contract.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(
        "provider,kind,key,unit,price,currency,validFrom,source\nexample,discount,all,percent,7,USD,2026-01-01,browser test\n",
      ),
    });
    await dialog.getByText(/1 new, 0 corrected|0 new, 0 corrected, 1 as they are/).waitFor();
    const take = dialog.getByRole("button", { name: "Take in 1 row" });
    if (await take.isVisible()) {
      await take.click();
      await dialog.waitFor({ state: "detached" });
    }
    const csv = await fetch(`${demoUrl}/api/v1/prices/export.csv`).then((response) => response.text());
    expect(csv).toContain("example,,discount,all,percent,7,USD,2026-01-01");
    const { items } = await fetch(`${demoUrl}/api/v1/prices/changes`).then((response) => response.json());
    expect(items).toContainEqual(expect.objectContaining({ event: "imported", rowCount: 1 }));
    const again = await fetch(`${demoUrl}/api/v1/prices/import`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: demoUrl },
      body: JSON.stringify({ format: "csv", text: csv, dryRun: true }),
    }).then((response) => response.json());
    expect(again).toMatchObject({ added: 0, changed: 0 });
  });

  test("says which nodes have no price", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/cost`);
    await page
      .getByRole("region", { name: "Nodes without a price" })
      .getByText(/× m6i\.4xlarge spot/)
      .waitFor();
  });

  test("goes down from team to namespace to workload", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/cost`);
    const table = page.getByRole("table", { name: "Who holds it" });
    await table.getByRole("button", { name: "search" }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get("group")).toBe("namespace");
    await table.getByRole("columnheader", { name: "Namespace" }).waitFor();
    await table.getByRole("button", { name: "search" }).first().click();
    await expect.poll(() => new URL(page.url()).searchParams.get("group")).toBe("workload");
    await table.getByText("query-router").first().waitFor();
  });

  test("hands out CSV and a workbook", async ({ demoUrl }) => {
    const csv = await fetch(`${demoUrl}/api/v1/cost/export.csv`);
    expect(await csv.text()).toContain("Requested, unused");
    const book = await fetch(`${demoUrl}/api/v1/cost/export.xlsx`);
    expect(book.headers.get("content-type")).toContain("spreadsheetml");
    // A workbook is a zip archive.
    expect(new TextDecoder().decode((await book.arrayBuffer()).slice(0, 2))).toBe("PK");
  });

  test("reads well to assistive technology", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/cost`);
    expect(await accessibilityFindings(page)).toEqual([]);
  });
});
