import { describe } from "vitest";
import { getApi } from "./fixtures/api.ts";
import { accessibilityFindings, expect, open, test } from "./fixtures/test.ts";

type Answer = {
  readonly total: { readonly cost: { readonly state: string; readonly value?: number } };
  readonly pairs: readonly { readonly source: { readonly name: string }; readonly cost: number | null }[];
  readonly days: readonly { readonly cluster: string; readonly coveredHours: number }[];
};
const HISTORY_MS = 300_000;

/** The past of the flows is filled last; the stories lie in it. */
async function waitForHistory(url: string): Promise<Answer> {
  const until = Date.now() + HISTORY_MS;
  for (;;) {
    const answer = await getApi<Answer>(url, "/api/v1/network?cluster=prod-us");
    if (answer.days.length >= 29) return answer;
    if (Date.now() > until) throw new Error(`only ${answer.days.length} days of flows after ${HISTORY_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}

describe("cross-zone traffic", () => {
  test("shows the elevenfold step (story: cross-zone step) with its day, pair and money", async ({ page, demoUrl }) => {
    await waitForHistory(demoUrl);
    await open(page, `${demoUrl}/network?cluster=prod-us`);
    const steps = page.getByRole("region", { name: "Changed level" });
    const step = steps
      .getByRole("listitem")
      .filter({ hasText: /checkout\/cart.*checkout\/recommendations/ })
      .first();
    await step.getByText(/^1[01](\.\d)?×$/).waitFor();
    await step.getByText(/a month$/).waitFor();
  });

  test("leads from the month's cost to the hot pair, its owner, the fix and its forecast (story: hot service pair)", async ({
    page,
    demoUrl,
  }) => {
    const answer = await waitForHistory(demoUrl);
    expect(answer.total.cost.state).toBe("value");
    expect(answer.pairs[0]?.source.name).toBe("feature-store");
    const parts = answer.pairs.reduce((sum, pair) => sum + (pair.cost ?? Number.NaN), 0);
    expect(parts).toBeCloseTo(answer.total.cost.value ?? Number.NaN, 4);

    await open(page, `${demoUrl}/network?cluster=prod-us`);
    const first = page.getByRole("table", { name: "Service pairs" }).getByRole("row").nth(1);
    await first.getByText("data/feature-store").waitFor();
    await first.getByText("Routing").waitFor();
    await first.getByRole("link", { name: "feature-store" }).click();
    await page.getByRole("heading", { level: 1, name: "data/feature-store" }).waitFor();
    const simulator = page.getByRole("region", { name: "What if" });
    await simulator.getByText("Saved per month").waitFor();
    await simulator.getByText("trafficDistribution: PreferSameZone").waitFor();
    await simulator.getByText("No preference").click();
    await page.waitForURL(/setting=none/);
    await simulator.getByText("Nothing to change for this choice.").waitFor();
  });

  test("says that a cluster without a source is unknown, not 0", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/network?cluster=onprem-1`);
    await page.getByText("No flow source: cross-zone traffic is unknown").waitFor();
    expect(await page.getByRole("table", { name: "Service pairs" }).count()).toBe(0);
  });

  test("exports a workbook and the pairs", async ({ demoUrl }) => {
    const book = await fetch(`${demoUrl}/api/v1/network/workbook.xlsx`);
    expect(book.headers.get("content-type")).toContain("spreadsheetml");
    expect(
      Buffer.from(await book.arrayBuffer())
        .subarray(0, 2)
        .toString(),
    ).toBe("PK");
    const csv = await (await fetch(`${demoUrl}/api/v1/network/pairs.csv`)).text();
    expect(csv.split("\r\n")[0]).toContain("crossZoneBytes");
  });

  test("has no accessibility finding, on both pages", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/network`);
    expect(await accessibilityFindings(page)).toEqual([]);
    await open(page, `${demoUrl}/network/services/prod-us/checkout/cart`);
    await page.getByText("Forecast against measured").waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
  });
});
