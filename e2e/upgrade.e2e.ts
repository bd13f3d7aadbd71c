import { describe } from "vitest";
import { accessibilityFindings, expect, open, test } from "./fixtures/test.ts";

describe("the upgrade planner", () => {
  test("names the gate that newer versions no longer know (story: gate gone)", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/upgrade?cluster=onprem-1&target=1.34`);
    await page.getByRole("heading", { level: 2, name: /onprem-1.*Blocked/ }).waitFor();
    const blockers = page.getByRole("region", { name: /^Blockers/ });
    await blockers.getByText(/PodDisruptionConditions is set and unknown from 1\.34 on/).waitFor();
    await blockers
      .getByText(/Remove the name from --feature-gates/)
      .first()
      .waitFor();
    await page.getByText(/Not read: .*forbidden/).waitFor();
  });

  test("plans every cluster, one of them in full, and a choice changes the address", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/upgrade`);
    const clusters = page.getByRole("list", { name: "Clusters" });
    expect(await clusters.getByRole("button").count()).toBe(3);
    await clusters.getByRole("button", { name: /prod-eu/ }).click();
    await page.getByRole("heading", { level: 2, name: /prod-eu.*No known blockers/ }).waitFor();
    await page.getByRole("combobox", { name: "Target" }).selectOption("1.37");
    await expect.poll(() => new URL(page.url()).searchParams.get("target")).toBe("1.37");
    expect(new URL(page.url()).searchParams.get("show")).toBe("prod-eu");
  });

  test("hands out the checklist as Markdown and CSV", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/upgrade?cluster=prod-us`);
    for (const name of ["Markdown", "CSV"]) {
      const href = await page.locator(`a[href*="/upgrade/checklist."]`, { hasText: name }).getAttribute("href");
      const answer = await fetch(`${demoUrl}${href}`);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain("InPlacePodVerticalScaling");
    }
  });

  test("shows the gates that change and who set them", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/upgrade?cluster=prod-us`);
    const table = page.getByRole("table", { name: "Gates that change" });
    await table.getByText("InPlacePodVerticalScaling").first().waitFor();
  });

  test("has no accessibility finding", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/upgrade`);
    expect(await accessibilityFindings(page)).toEqual([]);
  });
});
