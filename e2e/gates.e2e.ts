import { describe } from "vitest";
import { accessibilityFindings, expect, open, test } from "./fixtures/test.ts";

describe("the gate matrix", () => {
  test("shows the half-done rollout (story: gate drift) and explains a cell with its source", async ({
    page,
    demoUrl,
  }) => {
    await open(page, `${demoUrl}/gates?cluster=prod-us&only=drift`);
    const matrix = page.getByRole("region", { name: "Gates by component and node group" });
    await matrix.getByRole("button", { name: /^InPlacePodVerticalScaling/ }).click();
    const drawer = page.getByRole("dialog", { name: "InPlacePodVerticalScaling" });
    await drawer.getByText("Node groups disagree").waitFor();
    await drawer.getByText("different settings").waitFor();
    await drawer
      .getByRole("table", { name: "Where it stands" })
      .getByText(/kubelet \/configz/)
      .first()
      .waitFor();
  });

  test("two clicks explain any cell: every component and group with its source or the reason for none", async ({
    page,
    demoUrl,
  }) => {
    await open(page, `${demoUrl}/gates?q=KubeletPSI`);
    await page.getByRole("button", { name: /^KubeletPSI/ }).click();
    const where = page.getByRole("dialog", { name: "KubeletPSI" }).getByRole("table", { name: "Where it stands" });
    await where.getByRole("row").nth(1).waitFor();
    const rows = (await where.getByRole("row").allInnerTexts()).slice(1);
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) expect(row).toMatch(/metrics|Prometheus|configz|flagz|arguments|catalogue|not read/i);
  });

  test("draws only the rows in sight, and scrolls to the last", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/gates`);
    const matrix = page.getByRole("region", { name: "Gates by component and node group" });
    const table = matrix.getByRole("table");
    const total = Number(await table.getAttribute("aria-rowcount"));
    expect(total).toBeGreaterThan(300);
    expect(await matrix.locator("tr[data-gate]").count()).toBeLessThan(100);
    await matrix.evaluate((region) => region.scrollTo({ top: region.scrollHeight, left: region.scrollWidth }));
    await matrix.locator(`tr[aria-rowindex="${total}"]`).waitFor();
    // Head and first column stay where they are.
    const box = await matrix.boundingBox();
    const head = await matrix.getByRole("columnheader", { name: "Gate", exact: true }).boundingBox();
    expect(Math.round((head?.y ?? 0) - (box?.y ?? 0))).toBeLessThan(3);
    expect(Math.round((head?.x ?? 0) - (box?.x ?? 0))).toBeLessThan(3);
  });

  test("tells what vanishes by a target, and who set something", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/gates?target=1.37&only=vanishes`);
    await page.getByRole("button", { name: /Vanishes by 1\.37/ }).waitFor();
    await page.getByText("gone by 1.37").first().waitFor();
    await page.getByRole("button", { name: /^Set explicitly/ }).click();
    await page.getByRole("button", { name: /^PodDisruptionConditions/ }).waitFor();
  });

  test("searches and says when nothing matches", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/gates?q=nodeswap`);
    await page.getByRole("button", { name: /^NodeSwap/ }).click();
    await page.getByRole("dialog", { name: "NodeSwap" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("searchbox", { name: "Search gates" }).fill("nothing at all");
    await page.getByText("No gate matches these filters.").waitFor();
  });

  test("has no accessibility finding, closed and with a gate open", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/gates`);
    expect(await accessibilityFindings(page)).toEqual([]);
    await open(page, `${demoUrl}/gates?gate=NodeSwap`);
    await page.getByRole("dialog").getByText("Where it stands").first().waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
  });
});
