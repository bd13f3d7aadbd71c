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
  await open(page, `${demoUrl}/pressure?resource=memory&level=workload&cluster=prod-eu`);
  expect(await rows(page).nth(2).textContent()).toContain("cart");
  await open(page, `${demoUrl}${pageOf("memory-stall-before-oom")}`);
  expect(await page.getByRole("region", { name: "What happened" }).textContent()).toMatch(
    /OOMKilled[\s\S]*Memory waits began at[\s\S]*40 min/,
  );
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

test.for(["/pressure", pageOf("noisy-neighbour"), pageOf("memory-stall-before-oom")])(
  "%s is accessible",
  async (path, { page, demoUrl }) => {
    await open(page, `${demoUrl}${path}`);
    expect(await accessibilityFindings(page)).toEqual([]);
  },
);
