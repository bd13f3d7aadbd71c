import type { Page } from "playwright";
import { storyById } from "../server/demo/stories.ts";
import { accessibilityFindings, expect, open, test } from "./fixtures/test.ts";

const rows = (page: Page) => page.getByRole("table", { name: "Hot spots" }).getByRole("row");
const pageOf = (id: string) => storyById(id).page;

test("the busiest waiter for CPU is ranked first and its node names the noisy neighbour", async ({ page, demoUrl }) => {
  await open(page, `${demoUrl}/pressure?resource=cpu&level=workload`);
  expect(await rows(page).nth(1).textContent()).toContain("gateway");
  await open(page, `${demoUrl}${pageOf("noisy-neighbour")}`);
  const suspects = page.getByRole("region", { name: "Suspects on the same nodes" });
  expect(await suspects.getByRole("listitem").first().textContent()).toMatch(/data\/report-builder[\s\S]*strong/);
  expect(await page.getByRole("region", { name: "What happened" }).textContent()).toMatch(/waited for CPU/);
  expect(
    await page.getByRole("table", { name: "Workloads on this node" }).getByRole("row").nth(1).textContent(),
  ).toContain("payments/gateway");
});

test("what looks idle but stalls on storage is first for I/O and says so", async ({ page, demoUrl }) => {
  await open(page, `${demoUrl}/pressure?resource=io&level=workload`);
  expect(await rows(page).nth(1).textContent()).toMatch(/indexer[\s\S]*looks idle but stalls/);
  await open(page, `${demoUrl}${pageOf("io-stall-idle-cpu")}`);
  expect(await page.getByRole("region", { name: "What happened" }).textContent()).toMatch(
    /looks idle[\s\S]*waited for I\/O/,
  );
});

test("memory waits before the kill are told with their begin", async ({ page, demoUrl }) => {
  // The swap storm waits longer over the day; what memory waits ended in leads a list of its own.
  await open(page, `${demoUrl}/pressure?window=24h`);
  const kills = page.getByRole("region", { name: "Ended in a kill (OOMKilled)" }).getByRole("listitem");
  await kills.first().waitFor();
  expect(await kills.first().textContent()).toContain("checkout/cart");
  await kills.first().getByRole("link").click();
  await page.waitForURL(/\/pressure\/prod-eu\/workloads\/checkout\/Deployment\/cart/);
  await open(page, `${demoUrl}${pageOf("memory-stall-before-oom")}`);
  expect(await page.getByRole("region", { name: "What happened" }).textContent()).toMatch(
    /OOMKilled[\s\S]*Memory waits began at[\s\S]*40 min/,
  );
  // Waits and kill stand on one axis.
  const lanes = page.getByRole("img", { name: /^(Memory waits|OOM kills): / });
  expect(await lanes.allTextContents()).toEqual([
    expect.stringMatching(/^Memory waits: highest [\d.]+% at /),
    expect.stringMatching(/^OOM kills: most at /),
  ]);
});

test("the page a reader opens names the worst of each resource", async ({ page, demoUrl }) => {
  await open(page, `${demoUrl}/pressure?window=24h`);
  const leaders = page.getByRole("region", { name: "Worst by resource" }).getByRole("listitem");
  expect(await leaders.allTextContents()).toEqual([
    expect.stringMatching(/^CPU\s*ip-us-general-2/),
    expect.stringMatching(/^Memory\s*gke-eu-swap-1/),
    expect.stringMatching(/^I\/O\s*ip-us-memory-1/),
  ]);
});

test("swap names the storm's node, the container near its limit and the kill that swap might have absorbed", async ({
  page,
  demoUrl,
}) => {
  await open(page, `${demoUrl}/pressure?tab=swap&window=24h`);
  const first = (name: string) => page.getByRole("table", { name }).getByRole("row").nth(1).textContent();
  expect(await first("Nodes with swap")).toMatch(/gke-eu-swap-1[\s\S]*LimitedSwap[\s\S]*stalls with swap/);
  expect(await first("Containers that swap")).toMatch(/data · sessionizer-[\s\S]*gke-eu-swap-1/);
  expect(await first("OOM kills that LimitedSwap might have absorbed")).toMatch(
    /checkout · cart-[\s\S]*might have absorbed it/,
  );
});

test("a limit is edited with its unit, told as edited, and put back", async ({ page, demoUrl }) => {
  await open(page, `${demoUrl}/settings?tab=alerts`);
  const table = page.getByRole("table", { name: "Alert limits" });
  const row = table.getByRole("row").filter({ hasText: "Nodes · CPU · Waiting" });
  expect(await row.textContent()).toMatch(/50%[\s\S]*25%[\s\S]*5 min/);
  const edit = async () => {
    await row.getByRole("button", { name: /^Edit/ }).click();
    return page.getByRole("dialog");
  };
  let dialog = await edit();
  await dialog.getByLabel(/Fires at/).fill("120");
  await dialog.getByRole("button", { name: "Save" }).click();
  expect(await dialog.getByText("A number above 0 and at most 100").isVisible()).toBe(true);
  await dialog.getByLabel(/Fires at/).fill("60");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  await row.getByText("60%").waitFor();
  dialog = await edit();
  await dialog.getByRole("button", { name: "Back to defaults" }).click();
  await dialog.waitFor({ state: "detached" });
  await row.getByText("50%").waitFor();
  // Without a webhook it says that nobody is told, and what to write down.
  expect(await page.getByText("No webhook is configured.", { exact: false }).isVisible()).toBe(true);
  await page.getByRole("link", { name: "What fires and what was told" }).click();
  await page.getByRole("heading", { name: "Firing now" }).waitFor();
});

test("the queries of the page say what they cost and offer recording rules", async ({ page, demoUrl }) => {
  await open(page, `${demoUrl}/pressure`);
  const section = page.locator("section", { has: page.getByRole("heading", { name: "Queries and their cost" }) });
  await section.getByRole("button", { name: "Show" }).click();
  await section.getByText("kind: PrometheusRule").waitFor();
  expect(await section.getByRole("row").filter({ hasText: "prod-us" }).count()).toBeGreaterThan(3);
});

test("the swap storm is the first node for memory and shows policy and use", async ({ page, demoUrl }) => {
  await open(page, `${demoUrl}/pressure?resource=memory`);
  expect(await rows(page).nth(1).textContent()).toContain("gke-eu-swap-1");
  await open(page, `${demoUrl}${pageOf("swap-storm")}`);
  const happened = await page.getByRole("region", { name: "What happened" }).textContent();
  expect(happened).toMatch(/The node swaps: .*LimitedSwap/);
  expect(happened).toMatch(/waited for memory/);
  expect(
    await page.getByRole("table", { name: "Workloads on this node" }).getByRole("row").nth(1).textContent(),
  ).toContain("data/sessionizer");
});

test("reset counters and lost labels make no share above the whole and no false calm", async ({ page, demoUrl }) => {
  await open(page, `${demoUrl}${pageOf("counter-resets-and-missing-labels")}`);
  const texts = await rows(page).allTextContents();
  const shares = texts.flatMap((text) => [...text.matchAll(/([\d.]+)%/g)].map(([, share]) => Number(share)));
  expect(shares.length).toBeGreaterThan(10);
  expect(Math.max(...shares)).toBeLessThanOrEqual(100);
  // Nodes whose series are gone say so; none of them is called calm.
  const silent = texts.filter((text) => text.includes("Not exposed"));
  expect(silent.length).toBeGreaterThan(0);
  expect(silent.filter((text) => text.includes("Calm"))).toEqual([]);
});

test("a cluster without Prometheus says why and what to do", async ({ page, demoUrl }) => {
  await open(page, `${demoUrl}/pressure?cluster=onprem-1`);
  expect(await page.getByTestId("pressure-headline").textContent()).toBe("There is no pressure data for this view.");
  expect(await page.getByText("onprem-1: no pressure data – unreachable.").isVisible()).toBe(true);
});

test("a pod is read afresh by a collector", async ({ page, demoUrl }) => {
  await open(page, `${demoUrl}/pressure?resource=cpu&level=workload`);
  await rows(page).nth(1).getByRole("link").first().click();
  await page.getByRole("heading", { level: 1, name: "gateway" }).waitFor();
  await page.getByRole("table", { name: "Pods" }).getByRole("link").first().click();
  await page.getByText(/Read afresh/).waitFor({ timeout: 30_000 });
  await page
    .getByRole("heading", { name: /CPU waiting/ })
    .first()
    .waitFor()
    .catch(() => undefined);
  expect(await page.getByRole("table", { name: "Containers" }).getByRole("row").count()).toBeGreaterThan(1);
});

test("settings of an autoscaler stand beside what was recorded, in hours and money", async ({ page, demoUrl }) => {
  await open(
    page,
    `${demoUrl}${pageOf("noisy-neighbour").replace(/nodes\/.*/, "workloads/payments/Deployment/gateway")}`,
  );
  const table = page.getByRole("table", { name: "Autoscaling on pressure" });
  await table.getByText("As it was").waitFor();
  const names = await table.getByRole("rowheader").allTextContents();
  expect(names).toEqual(["As it was", "Yours", "Eager", "Patient"]);
  expect(await table.textContent()).toMatch(/Replica-hours[\s\S]*Cost/);
});

test.for([
  "/pressure",
  "/pressure?tab=swap",
  "/pressure?tab=alerts",
  "/settings?tab=alerts",
  pageOf("noisy-neighbour"),
  pageOf("memory-stall-before-oom"),
])("%s is accessible", async (path, { page, demoUrl }) => {
  await open(page, `${demoUrl}${path}`);
  expect(await accessibilityFindings(page)).toEqual([]);
});
