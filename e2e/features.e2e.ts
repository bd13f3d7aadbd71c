import { describe } from "vitest";
import { getApi } from "./fixtures/api.ts";
import { accessibilityFindings, expect, open, test } from "./fixtures/test.ts";

type Cell = { readonly cluster: string; readonly verdict: string };
type FeatureAnswer = {
  readonly items: readonly {
    readonly feature: string;
    readonly title: { readonly en: string };
    readonly cells: readonly Cell[];
  }[];
};

describe("features by cluster", () => {
  test("every cell says its verdict, and one click explains it with evidence and the next step", async ({
    page,
    demoUrl,
  }) => {
    const { items } = await getApi<FeatureAnswer>(demoUrl, "/api/v1/features?limit=1000");
    await open(page, `${demoUrl}/features`);
    const matrix = page.getByRole("region", { name: "Features by cluster" });
    const buttons = matrix.getByRole("button");
    expect(await buttons.count()).toBe(items.reduce((sum, { cells }) => sum + cells.length, 0));

    await matrix.getByRole("button", { name: /^Volume attributes classes on prod-us/ }).click();
    const drawer = page.getByRole("dialog", { name: "Volume attributes classes" });
    await drawer.getByText("What stands in the way").waitFor();
    await drawer.getByText(/modifications? (was|were) refused by the driver/).waitFor();
    await drawer.getByText("claim.yaml").waitFor();
    await drawer.getByText("data-indexer-0").filter({ visible: true }).first().waitFor();
    expect(new URL(page.url()).searchParams.get("cell")).toBe("volume-attributes-class@prod-us");
    await page.keyboard.press("Escape");
    await drawer.waitFor({ state: "detached" });
  });

  // Every word of the product is somewhere in the demo; a few per test, so that a slow machine gets through.
  const WORDS = [
    ["effective", "in-use", "blocked"],
    ["ready-unused", "off", "drift"],
    ["unknown", "not-exposed", "always-on"],
    ["not-available", "not-applicable"],
  ];
  for (const words of WORDS) {
    test(`two clicks explain a cell that is ${words.join(" or ")}: each stage in a sentence, then its source`, async ({
      page,
      demoUrl,
    }) => {
      const { items } = await getApi<FeatureAnswer>(demoUrl, "/api/v1/features?limit=1000");
      await open(page, `${demoUrl}/features`);
      const matrix = page.getByRole("region", { name: "Features by cluster" });
      for (const word of words) {
        const item = items.find(({ cells }) => cells.some(({ verdict }) => verdict === word));
        const cluster = item?.cells.find(({ verdict }) => verdict === word)?.cluster;
        if (item === undefined || cluster === undefined) throw new Error(`No cell of the demo is ${word}`);
        await matrix.getByRole("button", { name: `${item.title.en} on ${cluster}:` }).click();
        const drawer = page.getByRole("dialog", { name: item.title.en });
        await drawer.getByText("From available to effective").first().waitFor();
        expect(await drawer.getByRole("definition").count()).toBeGreaterThanOrEqual(5);
        const sources = drawer.locator("details").first();
        await sources.locator("summary").click();
        await sources.getByRole("listitem").first().waitFor();
        await page.keyboard.press("Escape");
        await drawer.waitFor({ state: "detached" });
      }
    });
  }

  test("verdicts and words narrow the rows, and the address keeps them", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/features`);
    const rows = page.getByRole("region", { name: "Features by cluster" }).locator("tbody th[scope=row]");
    const all = await rows.count();
    await page
      .getByRole("button", { name: /^Blocked/ })
      .first()
      .click();
    await expect.poll(() => rows.count()).toBeLessThan(all);
    expect(new URL(page.url()).searchParams.getAll("verdict")).toEqual(["blocked"]);
    await page.getByRole("searchbox", { name: "Search features" }).fill("no such feature");
    await page.getByText("No feature matches these filters.").waitFor();
    await page.getByRole("button", { name: "Reset filters" }).click();
    await expect.poll(() => rows.count()).toBe(all);
  });

  test("other gates stay folded until asked for", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/features`);
    await page.getByRole("button", { name: "Show other gates" }).click();
    await page.getByRole("table", { name: "Other gates" }).waitFor();
  });

  test("reads in Chinese", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/features?lang=zh-CN`);
    await page.getByRole("heading", { level: 1, name: "特性" }).waitFor();
    await page
      .getByRole("link", { name: "卷属性类" })
      .or(page.getByRole("link", { name: /VolumeAttributesClass|卷/ }))
      .first()
      .waitFor();
  });

  test("has no accessibility finding, closed and with a cell open", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/features`);
    expect(await accessibilityFindings(page)).toEqual([]);
    await open(page, `${demoUrl}/features?cell=node-swap@prod-eu`);
    await page.getByRole("dialog").getByText("From available to effective").waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
  });
});

describe("one feature", () => {
  test("shows the claims whose class cannot be applied (story: on but blocked)", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/features/volume-attributes-class?cluster=prod-us`);
    await page.getByText(/0 of 3 claims with a class have it applied/).waitFor();
    for (const claim of ["data-indexer-0", "ledger-wal", "event-bus-1"]) {
      await page
        .getByRole("rowheader", { name: claim })
        .or(page.getByRole("cell", { name: claim, exact: true }))
        .first()
        .waitFor();
    }
  });

  test("names the binding that lets anybody read (story: anonymous reader)", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/features/anonymous-auth?cluster=prod-eu`);
    await page.getByText("legacy-dashboard-anonymous").filter({ visible: true }).first().waitFor();
    await page.getByText("Blocking").first().waitFor();
  });

  test("says where each stage is read, and where no signal exists", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/features/cpu-burst`);
    await page.getByText("No signal exists").first().waitFor();
  });

  test("says that a feature does not exist", async ({ screen, demoUrl }) => {
    const { page, problems } = screen;
    await open(page, `${demoUrl}/features/no-such-feature`);
    await page.getByText("This does not exist").waitFor();
    problems.splice(0, problems.length); // the browser reports the 404 that this test asked for
  });

  test("has no accessibility finding", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/features/traffic-distribution`);
    expect(await accessibilityFindings(page)).toEqual([]);
  });
});
