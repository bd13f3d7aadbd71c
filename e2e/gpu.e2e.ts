import { readFile } from "node:fs/promises";
import ExcelJS from "exceljs";
import type { Download, Page } from "playwright";
import type { Gpu, GpuDeviceDetail, GpuTotal } from "../server/contract/gpu.ts";
import type { GpuMigration } from "../server/contract/gpu-migration.ts";
import { STORIES } from "../server/demo/stories.ts";
import { getApi } from "./fixtures/api.ts";
import { accessibilityFindings, expect, open, test } from "./fixtures/test.ts";

const DAY_SECONDS = 86_400;
const storyOf = (id: string) => {
  const story = STORIES.find((entry) => entry.id === id);
  if (story === undefined) throw new Error(`no story ${id}`);
  return story;
};
const readGpu = (url: string, search = "") => getApi<Gpu>(url, `/api/v1/gpu?cluster=prod-us${search}`);
const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
const allHours = (hours: Readonly<Record<string, number>>) => sum(Object.values(hours));
const moneyOf = (figure: Gpu["cost"]) => (figure.state === "value" ? figure.value : Number.NaN);
const cents = (amount: number | null) => Math.round((amount ?? 0) * 100);

test("names the device class that a stuck claim waits for, and says to fix the claim", async ({ page, demoUrl }) => {
  const { finding, page: address } = storyOf("stuck-claim");
  await open(page, `${demoUrl}${address}`);
  const row = page.getByRole("row", { name: /stuck-training-gpus/ });
  await row.getByText(`device class ${finding.deviceClass} does not exist`).first().waitFor();
  const text = (await row.textContent()) ?? "";
  expect(text).toContain("ml-platform");
  expect(text).toContain(`4 × ${finding.deviceClass}`);
  expect(text).toContain("Fix the claim");
  expect(text).toContain(`${finding.waitingDays} d`);
  const { waiting, free } = await readGpu(demoUrl);
  expect(waiting).toMatchObject([
    { kind: "claim", name: "stuck-training-gpus", pod: "stuck-training", cause: "class-missing", freeCount: 0 },
  ]);
  // Devices are free, and each group says why that does not help.
  expect(free.length).toBeGreaterThan(0);
  for (const group of free) expect(["wrong-class", "wrong-access", "wrong-size"]).toContain(group.reason);
});

test("asks to release the four devices that a notebook holds and never used, at what their idle hours cost", async ({
  page,
  demoUrl,
}) => {
  const { finding, page: address } = storyOf("idle-held-gpus");
  await open(page, `${demoUrl}${address}`);
  const row = page.getByRole("row", { name: /notebook-mira/ });
  await row.getByText("Release").waitFor();
  const text = (await row.textContent()) ?? "";
  expect(text).toMatch(/\$[\d.,]+/);
  expect(text).toContain(`${finding.heldDays} d`);
  const gpu = await readGpu(demoUrl);
  const found = gpu.waste.find((entry) => entry.name === "notebook-mira");
  expect(found).toMatchObject({ verb: finding.action, deviceCount: finding.devices, kind: "Pod", team: "ml-platform" });
  if (found === undefined) return;
  expect(found.idleHours).toBeCloseTo(allHours(found.hours), 9);
  // Every device of a pool costs the same: what the notebook wasted is its idle hours at that price.
  const pool = gpu.byPool.find((entry) => entry.pool === found.pool);
  if (pool === undefined) throw new Error("its pool is missing");
  const price = moneyOf(pool.cost) / allHours(pool.hours);
  expect(Math.abs(moneyOf(found.wastedCost) - found.idleHours * price)).toBeLessThan(0.05);
});

test("charges the notebook for no more hours than it is old", async ({ demoUrl }) => {
  const from = new Date(Date.now() - 30 * DAY_SECONDS * 1000).toISOString();
  const { holders } = await readGpu(demoUrl, `&from=${encodeURIComponent(from)}`);
  const notebook = holders.find((entry) => entry.name === "notebook-mira");
  if (notebook?.heldSince == null) throw new Error("the notebook holds nothing");
  const ageHours = (Date.now() - Date.parse(notebook.heldSince)) / 3_600_000;
  expect(Math.round(ageHours / 24)).toBe(storyOf("idle-held-gpus").finding.heldDays);
  // The hour in which it came is stored whole.
  expect(allHours(notebook.hours)).toBeLessThanOrEqual(4 * (ageHours + 1));
});

test("shows a held device that stopped reporting as silent, never as idle, and charges it all the same", async ({
  page,
  demoUrl,
}) => {
  const { finding, page: address } = storyOf("silent-device");
  await open(page, `${demoUrl}${address}`);
  const silent = page.locator(`[data-device][data-state="${finding.state}"]`);
  await expect.poll(() => silent.count()).toBe(finding.devices);
  expect(await silent.textContent()).toContain("llm-serve");
  await silent.click();
  await page.getByText("nobody can tell whether it works").waitFor();
  const gpu = await readGpu(demoUrl);
  const [device, ...others] = gpu.devices.filter((entry) => entry.state === "held-unknown");
  expect(others).toEqual([]);
  expect(device).toMatchObject({ access: "dra", activityMetric: null, hasTelemetry: false });
  expect(device?.activity.state).toBe("unknown");
  expect(device?.holders).toMatchObject([
    { namespace: "ml-platform", workload: { name: "llm-serve" }, attribution: "claim" },
  ]);
  expect(gpu.byState["held-unknown"]).toBe(1);
  // The past is filled from an exporter that said nothing of it: those hours are told, not invented.
  await expect.poll(async () => (await readGpu(demoUrl)).unrecordedHours, { timeout: 120_000 }).toBeGreaterThan(0);
  expect(moneyOf(gpu.heldUnknownCost)).toBeGreaterThan(0);
});

test("cuts every device-hour and every cent by workload, team, pool and model, each time to the same sum", async ({
  page,
  demoUrl,
}) => {
  const gpu = await readGpu(demoUrl);
  const hours = allHours(gpu.hours);
  const cuts: readonly (readonly GpuTotal[])[] = Object.values(gpu.totals);
  expect(cuts).toHaveLength(4);
  for (const cut of cuts) {
    expect(sum(cut.map((row) => cents(row.cost)))).toBe(cents(moneyOf(gpu.cost)));
    expect(sum(cut.map((row) => allHours(row.hours)))).toBe(hours);
  }
  expect(allHours(gpu.byState)).toBe(gpu.deviceCount);
  for (const cut of ["workload", "team", "pool", "model"]) {
    await open(page, `${demoUrl}/gpu?cluster=prod-us&view=workloads&by=${cut}`);
    await page.getByRole("row", { name: /^Total/ }).waitFor();
  }
});

const HOURS = [1, 24, 7 * 24, 30 * 24] as const;

/** Whole hours up to the last full one, so that nothing is added while they are compared. */
function lastHours(hours: number): { readonly from: string; readonly to: string } {
  const to = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  return { from: new Date(to - hours * 3_600_000).toISOString(), to: new Date(to).toISOString() };
}

const PAST_MS = 60_000;
/** The month is filled in behind the first reads; figures of the past stand still after that. */
async function waitForPast(url: string): Promise<void> {
  const endAt = Date.now() + PAST_MS;
  const { from, to } = lastHours(30 * 24);
  for (;;) {
    const { hoursKnown } = await getApi<Gpu>(url, `/api/v1/gpu?cluster=prod-us&from=${from}&to=${to}`);
    if (hoursKnown.covered >= hoursKnown.of - 1) return;
    if (Date.now() > endAt) throw new Error(`device hours for ${hoursKnown.covered} of ${hoursKnown.of} hours only`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

/** What does not add up in one answer. */
function deviations(gpu: Gpu): string[] {
  const found: string[] = [];
  const same = (what: string, parts: readonly number[], whole: number) => {
    if (sum(parts) !== whole) found.push(`${what}: ${sum(parts)} instead of ${whole}`);
  };
  const whole = allHours(gpu.hours);
  const cost = cents(moneyOf(gpu.cost));
  const cuts: readonly (readonly [string, readonly GpuTotal[]])[] = Object.entries(gpu.totals);
  for (const [name, cut] of cuts) {
    for (const [state, hours] of Object.entries(gpu.hours))
      same(
        `${name}, ${state}`,
        cut.map((row) => row.hours[state as keyof typeof row.hours]),
        hours,
      );
    same(
      `${name}, cost`,
      cut.map((row) => cents(row.cost)),
      cost,
    );
    same(
      `${name}, idle cost`,
      cut.map((row) => cents(row.idleCost)),
      cents(moneyOf(gpu.idleCost)),
    );
  }
  const { active, "held-idle": idle, "held-unknown": silent } = gpu.hours;
  same(
    "holders",
    gpu.holders.map((row) => allHours(row.hours)),
    active + idle + silent,
  );
  same(
    "pools",
    gpu.byPool.map((row) => allHours(row.hours)),
    whole,
  );
  same(
    "models",
    gpu.byModel.map((row) => row.deviceCount),
    gpu.devices.length,
  );
  for (const row of gpu.waste) same(`waste of ${row.name}`, [row.hours["held-idle"]], row.idleHours);
  return found;
}

test("has every hour and every cent once, for every range, cluster and team", async ({ demoUrl }) => {
  await waitForPast(demoUrl);
  for (const hours of HOURS) {
    const { from, to } = lastHours(hours);
    const ask = (search: string) => getApi<Gpu>(demoUrl, `/api/v1/gpu?from=${from}&to=${to}${search}`);
    const all = await ask("");
    expect(deviations(all), `${hours} h`).toEqual([]);
    const clusters = await Promise.all(["prod-us", "prod-eu", "onprem-1"].map((name) => ask(`&cluster=${name}`)));
    expect(sum(clusters.map((one) => allHours(one.hours)))).toBe(allHours(all.hours));
    expect(sum(clusters.map((one) => cents(moneyOf(one.cost))))).toBe(cents(moneyOf(all.cost)));
    for (const row of all.totals.team) {
      if (row.team === null) continue;
      const own = await ask(`&team=${encodeURIComponent(row.team)}`);
      expect(deviations(own), `${hours} h of ${row.team}`).toEqual([]);
      expect(allHours(own.hours), row.team).toBe(allHours(row.hours));
      expect(cents(moneyOf(own.cost)), row.team).toBe(cents(row.cost));
    }
  }
  const { from, to } = lastHours(24);
  const all = await getApi<Gpu>(demoUrl, `/api/v1/gpu?from=${from}&to=${to}`);
  const details = await Promise.all(
    all.devices.map(({ cluster, id }) =>
      getApi<GpuDeviceDetail>(
        demoUrl,
        `/api/v1/clusters/${cluster}/gpu/${encodeURIComponent(id)}?from=${from}&to=${to}`,
      ),
    ),
  );
  expect(sum(details.map((detail) => allHours(detail.hours)))).toBe(allHours(all.hours));
  for (const { timeline, hours, device } of details)
    expect(sum(timeline.map((row) => row.hours)), device.id).toBe(allHours(hours));
});

/** The table is there before its buttons act: asks again until a file comes. */
async function saveCsv(page: Page): Promise<Download> {
  const button = page.getByRole("tabpanel").getByRole("button", { name: /as CSV$/ });
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const coming = page.waitForEvent("download", { timeout: 2_000 }).catch(() => null);
    await button.click();
    const download = await coming;
    if (download !== null) return download;
  }
  throw new Error("no file came");
}

test("writes the same hours and cents into the workbook and the CSV", async ({ page, demoUrl }) => {
  await waitForPast(demoUrl);
  const { from, to } = lastHours(24);
  const gpu = await getApi<Gpu>(demoUrl, `/api/v1/gpu?from=${from}&to=${to}`);
  const answer = await fetch(`${demoUrl}/api/v1/gpu/export.xlsx?from=${from}&to=${to}&language=en`);
  const book = new ExcelJS.Workbook();
  await book.xlsx.load(await answer.arrayBuffer());
  const numbers = (sheet: string, column: string): number[] => {
    const [header = [], ...rows] = (book.getWorksheet(sheet)?.getSheetValues() ?? []).slice(1) as unknown[][];
    const at = header.indexOf(column);
    expect(at, `${column} on ${sheet}`).toBeGreaterThan(0);
    return rows.map((row) => Number(row[at] ?? 0));
  };
  const columns = ["Active hours", "Held-idle hours", "Held-silent hours", "Free hours", "Unavailable hours"];
  for (const sheet of ["By team", "By workload", "By pool", "By model"]) {
    expect(sum(columns.flatMap((column) => numbers(sheet, column))), sheet).toBe(allHours(gpu.hours));
    expect(sum(numbers(sheet, "Cost").map(cents)), sheet).toBe(cents(moneyOf(gpu.cost)));
    expect(sum(numbers(sheet, "Held-idle cost").map(cents)), sheet).toBe(cents(moneyOf(gpu.idleCost)));
  }
  const { active, "held-idle": idle, "held-unknown": silent } = gpu.hours;
  expect(sum(columns.slice(0, 3).flatMap((column) => numbers("Workloads", column)))).toBe(active + idle + silent);

  for (const cut of ["workload", "team", "pool", "model"]) {
    await open(page, `${demoUrl}/gpu?view=workloads&by=${cut}&range=${from}..${to}`);
    const download = await saveCsv(page);
    const text = (await readFile(await download.path())).toString("utf8").replace(/^\uFEFF/, "");
    const [head = [], ...rows] = text
      .trim()
      .split("\r\n")
      .map((line) => line.split(","));
    const column = (name: string) => rows.map((row) => Number(row[head.indexOf(name)] ?? Number.NaN));
    const parts = head.filter((name) => name.endsWith("Hours") && name !== "allHours");
    expect(sum(parts.flatMap(column)), cut).toBe(allHours(gpu.hours));
    expect(sum(column("cost").map(cents)), cut).toBe(cents(moneyOf(gpu.cost)));
  }
});

test("writes the objects that move a workload to claims, and says that the driver is missing where it runs", async ({
  page,
  demoUrl,
}) => {
  const migration = await getApi<GpuMigration>(demoUrl, "/api/v1/gpu/migration?cluster=prod-us");
  const plan = migration.rows.find((row) => row.name === "llm-train");
  expect(plan).toMatchObject({
    kind: "StatefulSet",
    version: "v1",
    state: "blocked",
    asks: [{ resource: "nvidia.com/gpu", count: 4 }],
  });
  expect(plan?.blockers.map((blocker) => blocker.key)).toContain("driver-not-on-nodes");
  await open(page, `${demoUrl}/gpu?cluster=prod-us&view=migration`);
  const row = page.getByRole("row", { name: /llm-train/ });
  await row.getByText(/gpu\.nvidia\.com publishes on 0 of the/).waitFor();
  await row.getByRole("button", { name: "Objects for llm-train" }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("kind: ResourceClaimTemplate").waitFor();
  const text = (await drawer.textContent()) ?? "";
  expect(text).toContain("count: 4");
  expect(text).toContain('"nvidia.com/gpu": null');
  expect(text).toContain('device.driver == "gpu.nvidia.com"');
});

test("names the smaller instance that a workload fits, with what it would save", async ({ page, demoUrl }) => {
  const { finding, page: address } = storyOf("oversized-instance");
  await waitForPast(demoUrl);
  const { waste } = await readGpu(demoUrl);
  const found = waste.find((entry) => entry.name === "ranker");
  expect(found).toMatchObject({ verb: finding.action, target: { profile: finding.to } });
  if (found === undefined) return;
  // Three compute slices of seven become two.
  expect(Math.abs(moneyOf(found.wastedCost) - moneyOf(found.cost) / 3)).toBeLessThan(0.01);
  await open(page, `${demoUrl}${address}`);
  const row = page.getByRole("row", { name: /ranker/ });
  await row.getByText("Cheaper model").waitFor();
  expect(await row.textContent()).toContain(String(finding.to));
});

test("asks to fix the claim that keeps a device for no pod, and charges it to that claim", async ({
  page,
  demoUrl,
}) => {
  const { finding, page: address } = storyOf("claim-without-pod");
  const gpu = await readGpu(demoUrl);
  const found = gpu.waste.find((entry) => entry.name === "eval-suite-gpu");
  expect(found).toMatchObject({ kind: "ResourceClaim", verb: finding.action, deviceCount: finding.devices });
  const held = gpu.devices.filter((device) => device.holders.some((holder) => holder.claim === "eval-suite-gpu"));
  expect(held).toMatchObject([{ state: "held-idle", access: "dra", holders: [{ pod: "", attribution: "claim" }] }]);
  await open(page, `${demoUrl}${address}`);
  await page
    .getByRole("row", { name: /eval-suite-gpu/ })
    .getByText("Fix the claim")
    .waitFor();
});

test("finds a workload that could move to claims today, with nothing in the way", async ({ page, demoUrl }) => {
  const { finding, page: address } = storyOf("ready-for-claims");
  const migration = await getApi<GpuMigration>(demoUrl, "/api/v1/gpu/migration?cluster=prod-us");
  const plan = migration.rows.find((row) => row.name === "captioner");
  expect(plan).toMatchObject({
    state: finding.state,
    blockers: [],
    podCount: 0,
    asks: [{ resource: finding.resource, count: finding.count }],
  });
  expect(plan?.requests[0]?.matchingDevices).toBeGreaterThan(0);
  await open(page, `${demoUrl}${address}`);
  await page
    .getByRole("row", { name: /captioner/ })
    .getByText("Ready")
    .first()
    .waitFor();
});

test("has no accessibility findings", async ({ page, demoUrl }) => {
  for (const view of ["devices", "workloads", "waste", "claims", "repack", "migration"]) {
    await open(page, `${demoUrl}/gpu?view=${view}`);
    expect(await accessibilityFindings(page), view).toEqual([]);
  }
});
