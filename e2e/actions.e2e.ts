import { beforeAll, describe, inject } from "vitest";
import { storyById } from "../server/demo/stories.ts";
import { waitForHistory } from "./fixtures/history.ts";
import { accessibilityFindings, expect, open, test } from "./fixtures/test.ts";

type Item = {
  readonly id: string;
  readonly kind: string;
  readonly isCounted: boolean;
  readonly overlaps: readonly string[];
  readonly freedCostPerMonth: { readonly state: string; readonly value?: number };
};
const freedOf = ({ freedCostPerMonth }: Item) => freedCostPerMonth.value ?? -1;

beforeAll(() => waitForHistory(inject("demoUrl")));

describe("the actions page", () => {
  test("ranks what would pay and keeps freed and cash apart", async ({ page, demoUrl }) => {
    await open(page, `${demoUrl}/actions`);
    await page.getByText("Cash per month", { exact: true }).waitFor();
    await page.getByRole("table", { name: "Open actions" }).waitFor();
    const answer = await fetch(`${demoUrl}/api/v1/actions`).then((response) => response.json());
    const items: Item[] = answer.items;
    // Overlapping ones stand with the dearest of their group; those alone are in order.
    const freed = items.filter(({ overlaps }) => overlaps.length === 0).map(freedOf);
    expect(freed).toEqual(freed.toSorted((a, b) => b - a));
  });

  test("adds up what is counted, and nothing twice", async ({ demoUrl }) => {
    const answer = await fetch(`${demoUrl}/api/v1/actions`).then((response) => response.json());
    const items: Item[] = answer.items;
    const counted = items.filter(({ isCounted }) => isCounted);
    for (const { overlaps } of counted)
      expect(counted.filter(({ id }) => overlaps.includes(id)).map(({ id }) => id)).toEqual([]);
    const sum = counted
      .filter(({ kind }) => kind !== "consolidate-nodes")
      .reduce((total, item) => total + Math.max(0, freedOf(item)), 0);
    expect(answer.total.freedCostPerMonth.value).toBeCloseTo(sum, 2);
    const kinds = new Set(items.map(({ kind }) => kind));
    for (const kind of [
      "right-size",
      "swap-pool",
      "release-devices",
      "route-by-zone",
      "job-policy",
      "remove-volume",
      "use-feature",
    ])
      expect(kinds, kind).toContain(kind);
  });

  test("leads from the four idle devices to what they would free (story: four GPUs held)", async ({
    page,
    demoUrl,
  }) => {
    await open(page, `${demoUrl}/actions?team=ml-platform`);
    const row = page.getByRole("row", { name: /Release 4 × .* of notebook-mira/ });
    await row.waitFor();
    const { items } = await fetch(`${demoUrl}/api/v1/actions?team=ml-platform`).then((response) => response.json());
    const item = (items as Item[]).find(({ id }) => id.includes("notebook-mira"));
    expect(item === undefined ? 0 : freedOf(item)).toBeGreaterThan(4_000);
    await row
      .getByText(/^\$5,\d{3}$/)
      .first()
      .waitFor();
  });

  test("shows what excludes each other together, and counts the better one (story: memory held for one hour)", async ({
    page,
    demoUrl,
  }) => {
    const { page: path, objects, finding } = storyById("bursty-memory");
    const name = objects[0]?.name ?? "";
    const { items } = await fetch(`${demoUrl}/api/v1${path}`).then((response) => response.json());
    const [swap, resize] = [finding.action, finding.overlaps].map((kind) =>
      (items as Item[]).find((item) => item.kind === kind && item.id.endsWith(`/${name}`)),
    );
    if (swap === undefined || resize === undefined) throw new Error("the demo has not both actions");
    expect(swap).toMatchObject({ isCounted: true, overlaps: [resize.id] });
    expect(resize).toMatchObject({ isCounted: false, overlaps: [swap.id] });
    await open(page, `${demoUrl}${path}`);
    await page.getByText("instead of the one above").first().waitFor();
    await page
      .getByRole("row", { name: /swap pool.*pricing-snapshot|pricing-snapshot.*swap pool/i })
      .first()
      .click();
    await page.getByRole("dialog").getByRole("heading", { name: "Overlaps with" }).waitFor();
  });

  test("follows what is accepted", async ({ page, demoUrl }) => {
    const { items } = await fetch(`${demoUrl}/api/v1/actions`).then((response) => response.json());
    const item = (items as Item[]).find(({ kind }) => kind === "route-by-zone");
    if (item === undefined) throw new Error("the demo proposes no route");
    const decide = (decision: string) =>
      fetch(`${demoUrl}/api/v1/actions/decision?id=${encodeURIComponent(item.id)}`, {
        method: "PUT",
        headers: { "content-type": "application/json", origin: demoUrl },
        body: JSON.stringify({ decision }),
      });
    expect((await decide("accepted")).status).toBe(200);
    await expect
      .poll(
        async () => {
          const { outcomes } = await fetch(`${demoUrl}/api/v1/actions`).then((response) => response.json());
          return (outcomes as { id: string; state: string }[]).find(({ id }) => id === item.id)?.state;
        },
        { timeout: 60_000, interval: 1_000 },
      )
      .toBe("not-yet");
    await open(page, `${demoUrl}/actions`);
    await page.getByRole("table", { name: "What accepted actions brought" }).getByText("Not applied yet").waitFor();
    expect((await decide("open")).status).toBe(200);
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
