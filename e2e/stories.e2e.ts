import { describe } from "vitest";
import { BUDGETS, storyById } from "../server/demo/stories.ts";
import { getApi } from "./fixtures/api.ts";
import { expect, open, test } from "./fixtures/test.ts";

/** Stories of the demo on their own pages, by the very objects that they are about. The other areas' specs tell the rest. */
const HISTORY_MS = 300_000;
const DAY_MS = 86_400_000;

type Clusters = { readonly backfill: { readonly state: string; readonly endsAt: string | null } };
type Changes = { readonly items: readonly { readonly gate: string; readonly at: string }[] };

/** The past is filled in the background; stories lie in it. */
async function waitFor<Answer>(what: string, ask: () => Promise<Answer>, isThere: (answer: Answer) => boolean) {
  const until = Date.now() + HISTORY_MS;
  for (;;) {
    const answer = await ask();
    if (isThere(answer)) return answer;
    if (Date.now() > until) throw new Error(`${what} after ${HISTORY_MS / 1000} s: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}

describe("stories of the demo", () => {
  test("gate-drift: which kubelets got the gate, and four days ago", async ({ page, demoUrl }) => {
    const story = storyById("gate-drift");
    const gate = String(story.finding.gate);
    const { items } = await waitFor(
      "no gate change of the past",
      () => getApi<Changes>(demoUrl, `/api/v1/gates/changes?cluster=${story.cluster}&gate=${gate}`),
      (answer) => answer.items.length > 0,
    );
    const ages = items.map(({ at }) => (Date.now() - Date.parse(at)) / DAY_MS);
    // The dates of the stories are kept over restarts for a week.
    expect(Math.min(...ages)).toBeGreaterThan(Number(story.finding.sinceDays) - 0.1);
    expect(Math.max(...ages)).toBeLessThan(Number(story.finding.sinceDays) + 7.1);

    await open(page, `${demoUrl}${story.page}&gate=${gate}`);
    const drawer = page.getByRole("dialog", { name: gate });
    await drawer.getByText("Node groups disagree").waitFor();
    const changes = drawer.getByRole("table", { name: "What changed" });
    const row = changes.getByRole("row").nth(1);
    await row.getByText("kubelet").waitFor();
    expect(await row.textContent()).toMatch(/ago/);
    expect(await row.textContent()).toContain("setting");
  });

  test("gate-gone: the old API server's gate stands in the way of the newer version", async ({ page, demoUrl }) => {
    const { page: path, finding } = storyById("gate-gone");
    await open(page, `${demoUrl}${path}`);
    const blockers = page.getByRole("region", { name: /^Blockers/ });
    await blockers
      .getByText(`${finding.gate} is set and unknown from ${finding.goneIn} on`, { exact: false })
      .waitFor();
  });

  test("feature-on-but-blocked: the autoscaler whose metric nobody serves", async ({ page, demoUrl }) => {
    const { page: path, objects } = storyById("feature-on-but-blocked");
    const [autoscaler] = objects;
    await open(page, `${demoUrl}${path}`);
    await page.getByText("No adapter serves external or custom metrics", { exact: false }).first().waitFor();
    await page
      .getByText(`cannot read its external metric (${autoscaler?.namespace}/${autoscaler?.name})`, { exact: false })
      .waitFor();
    const row = page.getByRole("row").filter({ hasText: "prod-us" }).first();
    await row.getByText("Blocked").first().waitFor();
  });

  test("stuck-volume-modification: the three claims by name", async ({ page, demoUrl }) => {
    const { page: path, objects } = storyById("stuck-volume-modification");
    await open(page, `${demoUrl}${path}`);
    await page.getByText(/0 of 3 claims with a class have it applied/).waitFor();
    for (const { name } of objects) await page.getByRole("row").filter({ hasText: name }).first().waitFor();
  });

  test("stuck-claim: the claim, the class that does not exist and the pod that waits", async ({ page, demoUrl }) => {
    const { page: path, objects, finding } = storyById("stuck-claim");
    await open(page, `${demoUrl}${path}`);
    const row = page.getByRole("row", { name: new RegExp(objects[0]?.name ?? "") });
    await row.getByText(`device class ${finding.deviceClass} does not exist`).first().waitFor();
  });

  test("cross-zone-step: elevenfold, by pair", async ({ page, demoUrl }) => {
    const { page: path, finding, cluster } = storyById("cross-zone-step");
    await waitFor(
      "days of flows",
      () => getApi<{ readonly days: readonly unknown[] }>(demoUrl, `/api/v1/network?cluster=${cluster}`),
      ({ days }) => days.length >= 29,
    );
    await open(page, `${demoUrl}${path}`);
    const step = page
      .getByRole("region", { name: "Changed level" })
      .getByRole("listitem")
      .filter({ hasText: String(finding.source) })
      .filter({ hasText: String(finding.destination) })
      .first();
    await step.getByText(/^1[01](\.\d)?×$/).waitFor();
  });

  test("hot-service-pair: the service whose peer takes most bytes across zones", async ({ page, demoUrl }) => {
    const { page: path, finding } = storyById("hot-service-pair");
    await open(page, `${demoUrl}${path}`);
    await page.getByRole("heading", { level: 1, name: String(finding.source) }).waitFor();
    await page
      .getByRole("row")
      .filter({ hasText: String(finding.destination).split("/")[1] ?? "" })
      .first()
      .waitFor();
  });

  test("team-over-budget: the team, its budget, and that it goes over", async ({ page, demoUrl }) => {
    const { page: path, finding } = storyById("team-over-budget");
    const budget = BUDGETS.find(({ team }) => team === finding.team);
    expect(budget?.perMonth).toBe(finding.budgetPerMonth);
    type Cost = { readonly budgets: readonly { readonly team: string; readonly state: string }[] };
    // Early in a month nothing is spent yet; then the forecast says it.
    await waitFor(
      "the budget's state",
      () => getApi<Cost>(demoUrl, `/api/v1/cost?team=${finding.team}`),
      ({ budgets }) => budgets.some(({ team, state }) => team === finding.team && /^(will-be-)?over$/.test(state)),
    );
    await open(page, `${demoUrl}${path}`);
    const row = page
      .getByRole("region", { name: "Budgets this month" })
      .getByRole("listitem")
      .filter({
        hasText: String(finding.team),
      });
    await row.getByText(/^(Over|Will be over)$/).waitFor();
    await row.getByText(/of \$45,000 spent/).waitFor();
  });

  test("anonymous-reader: the binding and the role that let anybody read", async ({ page, demoUrl }) => {
    const { page: path, objects, finding } = storyById("anonymous-reader");
    await open(page, `${demoUrl}${path}`);
    await page
      .getByText(objects[0]?.name ?? "")
      .filter({ visible: true })
      .first()
      .waitFor();
    const text = (await page.getByRole("main").textContent()) ?? "";
    expect(text).toContain(String(finding.role));
  });

  test("prometheus-down: 503 today, history until yesterday", async ({ page, demoUrl }) => {
    const { page: path, finding, cluster } = storyById("prometheus-down");
    const { backfill } = await waitFor(
      "the cellar's history",
      () => getApi<Clusters>(demoUrl, `/api/v1/clusters/${cluster}`),
      (answer) => answer.backfill.state === "done",
    );
    const hours = (Date.now() - Date.parse(backfill.endsAt ?? "")) / 3_600_000;
    expect(hours).toBeGreaterThan(Number(finding.downHours) - 0.1);
    await open(page, `${demoUrl}${path}`);
    const history = page.getByRole("region", { name: "History", exact: true });
    await history.getByText("Prometheus answers for nothing newer; its history ends").waitFor();
    expect(await history.textContent()).toMatch(/ago/);
    await open(page, `${demoUrl}/clusters/${cluster}?tab=sources`);
    const probe = page.getByRole("row").filter({ hasText: "query:presence" });
    await probe.getByText(`(${finding.status})`, { exact: false }).waitFor();
  });
});
