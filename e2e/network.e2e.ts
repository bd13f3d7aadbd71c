import { readFile } from "node:fs/promises";
import ExcelJS from "exceljs";
import type { Page } from "playwright";
import { describe } from "vitest";
import { getApi } from "./fixtures/api.ts";
import { accessibilityFindings, expect, open, test } from "./fixtures/test.ts";

type Figure = { readonly state: string; readonly value?: number };
type Part = { readonly cost: number | null };
type Answer = {
  readonly fromDay: string;
  readonly toDay: string;
  readonly total: Readonly<Record<"cost" | "crossZoneBytes" | "costPerMonth" | "routingCostPerMonth", Figure>>;
  readonly pairs: readonly (Part & {
    readonly source: { readonly name: string };
    readonly crossZoneBytes: number;
    readonly fixes: readonly (Part & { readonly bytes: number })[];
  })[];
  readonly rest: { readonly crossZoneBytes: number; readonly cost: number | null };
  readonly matrix: readonly (Part & { readonly scope: string; readonly bytes: number })[];
  readonly teams: readonly Part[];
  readonly fixes: readonly (Part & { readonly kind: string; readonly bytes: number })[];
  readonly days: readonly (Part & {
    readonly day: string;
    readonly coveredHours: number;
    readonly crossZoneBytes: number;
  })[];
};
type Simulation = {
  readonly savedCostPerMonth: number | null;
  readonly withoutServiceBytes: number;
  readonly services: readonly { readonly measuredCrossZoneBytes: number }[];
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

const sum = (values: readonly (number | null | undefined)[]) =>
  values.reduce<number>((total, value) => total + (value ?? Number.NaN), 0);

/** Whole days that are over: live reads do not change them between two answers. */
async function pastWindow(url: string): Promise<string> {
  const { days } = await waitForHistory(url);
  const whole = days.slice(1, -1).map(({ day }) => day);
  return `from=${whole[0]}&to=${whole.at(-1)}`;
}

describe("cross-zone traffic", () => {
  test("shows the elevenfold step (story: cross-zone step) with its day, pair and money, and marks it in the chart", async ({
    page,
    demoUrl,
  }) => {
    await waitForHistory(demoUrl);
    await open(page, `${demoUrl}/network?cluster=prod-us`);
    const steps = page.getByRole("region", { name: "Changed level" });
    const step = steps
      .getByRole("listitem")
      .filter({ hasText: /checkout\/cart.*checkout\/recommendations/ })
      .first();
    await step.getByText(/^1[01](\.\d)?×$/).waitFor();
    await step.getByText(/a month$/).waitFor();
    await page
      .getByRole("img", { name: "Cross-zone traffic by day" })
      .getByText(/^▲ 1[01](\.\d)?×$/)
      .waitFor();
  });

  test("leads in four clicks from the month's cost to the hot pair, its owner, the fix and its forecast (story: hot service pair)", async ({
    page,
    demoUrl,
  }) => {
    const answer = await waitForHistory(demoUrl);
    expect(answer.total.cost.state).toBe("value");
    expect(answer.pairs[0]?.source.name).toBe("feature-store");
    await open(page, `${demoUrl}/`);
    let clicks = 0;
    const click = async (target: ReturnType<Page["getByRole"]>) => {
      await target.click();
      clicks += 1;
    };

    await click(page.getByRole("link", { name: "Network", exact: true }));
    await page.getByRole("heading", { level: 1, name: "Network" }).waitFor();
    await page.getByRole("button", { name: /Last 30 days/ }).waitFor();
    const pairs = page.getByRole("table", { name: "Service pairs" });
    const first = pairs.getByRole("row").nth(1);
    await first.getByText("feature-store").first().waitFor();
    await first.getByText("data → search").waitFor();
    // The row names the larger of two fixes first; at the small size they are nearly equal.
    await first
      .getByText(/Routing|Placement/)
      .first()
      .waitFor();

    await click(first.getByRole("link", { name: "feature-store" }));
    await page.getByRole("heading", { level: 1, name: "data/feature-store" }).waitFor();
    await page.getByText(/Owner: data/).waitFor();
    const simulator = page.getByRole("region", { name: "What if" });
    await simulator.getByText("Saved per month").waitFor();
    await simulator.getByText("trafficDistribution: PreferSameZone").waitFor();
    // The fleet's smaller sizes have no endpoint in one zone, the larger ones too few.
    await simulator
      .getByText(/us-east-1[abc] .*(would carry .*× the mean|no endpoint)|no endpoint.* us-east-1[abc]/i)
      .first()
      .waitFor();

    await click(simulator.getByText("Same node"));
    await page.waitForURL(/setting=PreferSameNode/);
    await simulator.getByText("trafficDistribution: PreferSameNode").waitFor();
    await click(simulator.getByText("No preference"));
    await simulator.getByText("Nothing to change for this choice.").waitFor();
    expect(clicks).toBeLessThanOrEqual(4);
  });

  test("adds up: every total is the sum of its parts, and the simulator's is the page's", async ({ demoUrl }) => {
    const window = await pastWindow(demoUrl);
    const network = await getApi<Answer>(demoUrl, `/api/v1/network?cluster=prod-us&${window}`);
    const cost = network.total.cost.value ?? Number.NaN;
    const bytes = network.total.crossZoneBytes.value ?? Number.NaN;
    expect(cost).toBeGreaterThan(0);
    const crossing = network.matrix.filter(({ scope }) => scope === "cross-zone" || scope === "cross-region");
    for (const parts of [crossing, network.teams, network.days, network.fixes, [...network.pairs, network.rest]])
      expect(sum(parts.map((part) => part.cost))).toBeCloseTo(cost, 6);
    const perByte = bytes * 1e-9;
    for (const parts of [
      crossing.map((part) => part.bytes),
      network.days.map((part) => part.crossZoneBytes),
      network.fixes.map((part) => part.bytes),
      [...network.pairs, network.rest].map((part) => part.crossZoneBytes),
    ])
      expect(Math.abs(sum(parts) - bytes)).toBeLessThan(perByte);
    for (const pair of network.pairs) expect(sum(pair.fixes.map((fix) => fix.cost))).toBeCloseTo(pair.cost ?? 0, 6);

    const simulation = await getApi<Simulation>(demoUrl, `/api/v1/network/simulate?cluster=prod-us&${window}`);
    expect(simulation.savedCostPerMonth).toBeCloseTo(network.total.routingCostPerMonth.value ?? Number.NaN, 4);
    const served = sum(simulation.services.map((one) => one.measuredCrossZoneBytes));
    expect(Math.abs(served + simulation.withoutServiceBytes - bytes)).toBeLessThan(perByte);
    const hours = sum(network.days.map((day) => day.coveredHours));
    expect(network.total.costPerMonth.value).toBeCloseTo((cost / hours) * 730, 6);
  });

  test("simulates every Service at once and says that its total is the headline's", async ({ page, demoUrl }) => {
    await waitForHistory(demoUrl);
    await open(page, `${demoUrl}/network?cluster=prod-us`);
    const all = page.getByRole("region", { name: "Every Service at once" });
    await all.getByText(/the figure “Fixable by routing” above/).waitFor();
    await all.getByText("Same node").click();
    await all.getByText(/^Saves .* a month\.$/).waitFor();
    await all.getByRole("link", { name: "data/feature-store" }).waitFor();
  });

  test("keeps to the days that the shell's range picker chooses", async ({ page, demoUrl }) => {
    await waitForHistory(demoUrl);
    await open(page, `${demoUrl}/network?cluster=prod-us&range=7d`);
    const answer = await getApi<Answer>(demoUrl, "/api/v1/network?cluster=prod-us&days=7");
    await page.getByText(`${answer.fromDay} to ${answer.toDay}`).first().waitFor();
    await page.getByRole("button", { name: /Last 7 days/ }).waitFor();
  });

  test("says that a cluster without a source is unknown, not 0, and bounds it only where something was measured", async ({
    page,
    demoUrl,
  }) => {
    await open(page, `${demoUrl}/network?cluster=onprem-1`);
    await page.getByText("No flow source: cross-zone traffic is unknown").waitFor();
    await page.getByRole("region", { name: "What could cross zones at most" }).getByText("onprem-1").waitFor();
    expect(await page.getByRole("table", { name: "Service pairs" }).count()).toBe(0);
  });

  test("exports the pairs, and a workbook with assumptions and price rows whose pairs add up to its total", async ({
    page,
    demoUrl,
  }) => {
    await waitForHistory(demoUrl);
    await open(page, `${demoUrl}/network?cluster=prod-us`);
    const save = async (name: string) => {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name, exact: true }).click(),
      ]);
      return readFile(await download.path());
    };
    const csv = (await save("CSV")).toString("utf8");
    expect(csv.split("\r\n")[0]).toContain("crossZoneBytes");
    expect(csv).toContain("feature-store");

    const book = new ExcelJS.Workbook();
    await book.xlsx.load(new Uint8Array(await save("XLSX")).buffer);
    const rows = (name: string) => (book.getWorksheet(name)?.getSheetValues() ?? []).slice(1) as unknown[][];
    expect(rows("Assumptions").flat().join(" ")).toContain("730 hours");
    expect(rows("Price rows").flat()).toContain("cross-zone-out");
    const header = rows("Service pairs")[0] ?? [];
    const column = header.indexOf("costUSD");
    const pairs = sum(
      rows("Service pairs")
        .slice(1)
        .map((row) => Number(row[column])),
    );
    const total = rows("Summary").find((row) => String(row[1]).startsWith("Cost of the window (list"))?.[2];
    expect(pairs).toBeCloseTo(Number(total), 6);
  });

  test("shows a bill beside what was measured, with the gap in bytes and money", async ({ page, demoUrl }) => {
    const { days } = await waitForHistory(demoUrl);
    const day = days.at(-3);
    if (day === undefined) throw new Error("no measured day");
    await open(page, `${demoUrl}/network?cluster=prod-us`);
    const bill = page.getByRole("region", { name: "Measured against billed" });
    const csv = `day,line,bytes,cost\n${day.day},regional,${day.crossZoneBytes * 2},${(day.cost ?? 0) * 2}\n`;
    await bill
      .getByLabel("CSV file")
      .setInputFiles({ name: "bill.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
    await bill.getByText("1 lines stored, 0 skipped").waitFor();
    await bill
      .getByText(/^−?-?50/)
      .first()
      .waitFor();
    await bill.getByText("1 of 1 billed days were measured").waitFor();
  });

  test("has no accessibility finding, on both pages", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/network`);
    expect(await accessibilityFindings(page)).toEqual([]);
    await open(page, `${demoUrl}/network/services/prod-us/checkout/cart`);
    await page.getByText("Forecast against measured").waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
  });
});
