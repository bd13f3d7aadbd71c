import { describe } from "vitest";
import { accessibilityFindings, expect, open, test } from "./fixtures/test.ts";

describe("the cost page", () => {
  test("shows who spends, and that the parts are the whole", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/cost`);
    const table = page.getByRole("table", { name: "Who holds it" });
    await table.getByRole("cell", { name: "Unallocated" }).or(table.getByText("Unallocated")).first().waitFor();
    const answer = await fetch(`${demoUrl}/api/v1/cost`).then((response) => response.json());
    const cents = (amount: number) => Math.round(amount * 100);
    const rows: { cost: number }[] = answer.rows;
    expect(rows.reduce((sum, row) => sum + cents(row.cost), 0)).toBe(cents(answer.total.cost));
    const days: { costs: (number | null)[] }[] = answer.daily.series;
    expect(days.flatMap(({ costs }) => costs).reduce<number>((sum, cost) => sum + cents(cost ?? 0), 0)).toBe(
      cents(answer.total.cost),
    );
  });

  test("holds a team against its budget (story: a team over its budget)", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/cost?team=ml-platform`);
    const budgets = page.getByRole("region", { name: "Budgets this month" });
    await budgets.getByText("ml-platform").first().waitFor();
    await budgets.getByText(/of \$45,000 spent/).waitFor();
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
