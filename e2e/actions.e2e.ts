import { describe } from "vitest";
import { accessibilityFindings, expect, open, test } from "./fixtures/test.ts";

describe("the actions page", () => {
  test("ranks what would pay and keeps freed and cash apart", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/actions`);
    await page.getByText("Cash per month", { exact: true }).waitFor();
    await page.getByRole("table", { name: "Open actions" }).waitFor();
    const answer = await fetch(`${demoUrl}/api/v1/actions`).then((response) => response.json());
    const known: { freedCostPerMonth: { state: string; value?: number } }[] = answer.items;
    const freed = known.map(({ freedCostPerMonth }) => freedCostPerMonth.value ?? -1);
    expect(freed).toEqual(freed.toSorted((a, b) => b - a));
  });

  test("takes a decision and gives it back", async ({ page, demoUrl }) => {
    const { items } = await fetch(`${demoUrl}/api/v1/actions`).then((response) => response.json());
    const item: { id: string } | undefined = items[0];
    if (item === undefined) throw new Error("the demo proposes nothing");
    const address = `${demoUrl}/actions?action=${encodeURIComponent(item.id)}`;
    await open(page, address);
    await page.getByRole("dialog").getByRole("button", { name: "Accept" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await open(page, address);
    await page.getByRole("dialog").getByRole("button", { name: "Open again" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  test("does not dismiss without a reason", async ({ demoUrl }) => {
    const answer = await fetch(`${demoUrl}/api/v1/actions/decision?id=consolidate`, {
      method: "PUT",
      headers: { "content-type": "application/json", origin: demoUrl },
      body: JSON.stringify({ decision: "dismissed" }),
    });
    expect(answer.status).toBe(400);
  });

  test("reads well to assistive technology", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/actions`);
    expect(await accessibilityFindings(page)).toEqual([]);
  });
});
