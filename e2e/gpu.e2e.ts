import { STORIES } from "../server/demo/stories.ts";
import { accessibilityFindings, expect, open, test } from "./fixtures/test.ts";

const pageOf = (id: string): string => STORIES.find((story) => story.id === id)?.page ?? "/missing";

test("names the device class that a stuck claim waits for", async ({ page, demoUrl }) => {
  await open(page, `${demoUrl}${pageOf("stuck-claim")}`);
  const row = page.getByRole("row", { name: /stuck-training-gpus/ });
  await row.getByText("device class gpu-b200.example.com does not exist").first().waitFor();
  expect(await row.textContent()).toContain("ml-platform");
});

test("asks to release the four devices that a notebook holds and never used", async ({ page, demoUrl }) => {
  await open(page, `${demoUrl}${pageOf("idle-held-gpus")}`);
  const row = page.getByRole("row", { name: /notebook-mira/ });
  await row.getByText("Release").waitFor();
  expect(await row.textContent()).toMatch(/\$[\d.,]+/);
});

test("shows a held device that stopped reporting as silent, never as idle", async ({ page, demoUrl }) => {
  await open(page, `${demoUrl}${pageOf("silent-device")}`);
  const silent = page.locator('[data-device][data-state="held-unknown"]');
  await expect.poll(() => silent.count()).toBe(1);
  expect(await silent.textContent()).toContain("llm-serve");
  await silent.click();
  await page.getByText("nobody can tell whether it works").waitFor();
});

test("has no accessibility findings", async ({ page, demoUrl }) => {
  await open(page, `${demoUrl}/gpu`);
  expect(await accessibilityFindings(page)).toEqual([]);
});
