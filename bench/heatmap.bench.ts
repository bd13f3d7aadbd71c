import type { Page } from "playwright";
import { launchBrowser } from "../e2e/fixtures/browser.ts";
import { METRICS, metricPosition } from "../server/domain/metrics.ts";
import { frameMissing } from "../server/jobs/frame-missing.ts";
import { startSluice } from "../server/testing/start-sluice.ts";
import { type Fleet, NODES_PER_CLUSTER, withFleet } from "./fleet/open-fleet.ts";
import { atMost, type Bench, type Figure } from "./harness.ts";

const HOURS = 25;
const SCROLL_STEPS = 80;
const RUNS = 3;

/** The heatmap of 5,000 nodes in a browser, out of the production build: what scrolling through all of them costs. */
export const heatmapBench: Bench = {
  name: "heatmap",
  run: () =>
    withFleet(async (fleet) => {
      await fillHours(fleet);
      const sluice = await startSluice({
        args: ["--role", "web"],
        probe: "/api/healthz",
        env: { DATABASE_URL: process.env.DATABASE_URL ?? "" },
      });
      try {
        return await measure(sluice.url);
      } finally {
        await sluice.stop();
      }
    }),
};

/** A day of hours of every node of the first cluster, moving with node and time. */
async function fillHours({ pool, clusterIds, now }: Fleet): Promise<void> {
  const [clusterId = 0] = clusterIds;
  await pool.query(
    `INSERT INTO entity (cluster_id, level, namespace, kind, name, container, team, node_name, last_seen_at)
     SELECT $1, 'node', '', '', 'node-' || n, '', NULL, 'node-' || n, $3 FROM generate_series(0, $2::int - 1) AS n`,
    [clusterId, NODES_PER_CLUSTER, now],
  );
  const waiting = new Set((["cpuWaitingRatio", "memoryWaitingRatio", "ioWaitingRatio"] as const).map(metricPosition));
  const share = (index: number) => `0.3 * abs(sin(e.id * 0.37 + extract(epoch FROM s.at) / 3600 * 0.3 + ${index}))`;
  const values = METRICS.map((_, index) => (waiting.has(index + 1) ? share(index) : "NULL::float8"));
  await pool.query(
    `INSERT INTO metric_hourly (cluster_id, entity_id, at, level, sample_counts, sums, maxima, covered_seconds)
     SELECT e.cluster_id, e.id, s.at, 'node', array_fill(60, ARRAY[$4::int]), ARRAY(SELECT v * 3600 FROM unnest(x.means) AS v), x.means,
            array_fill(3600, ARRAY[$4::int])
       FROM generate_series(date_trunc('hour', $2::timestamptz) - make_interval(hours => $3), date_trunc('hour', $2::timestamptz), interval '1 hour') AS s(at)
       JOIN entity e ON e.cluster_id = $1 CROSS JOIN LATERAL (SELECT ARRAY[${values.join(", ")}] AS means) x`,
    [clusterId, now, HOURS, METRICS.length],
  );
  while ((await frameMissing(pool, clusterId, now)) > 0);
  await pool.query("VACUUM ANALYZE");
}

async function measure(url: string): Promise<readonly Figure[]> {
  const browser = await launchBrowser();
  try {
    const scrolls: Scroll[] = [];
    for (let run = 0; run <= RUNS; run += 1) {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await page.goto(`${url}/pressure?cluster=cluster-00&window=24h`, { waitUntil: "load" });
      const groups = page.getByRole("list", { name: "Nodes over time" }).getByRole("button");
      await groups.first().waitFor();
      await page.waitForLoadState("networkidle");
      const scroll = await scrollThrough(page);
      if (run > 0) scrolls.push(scroll); // the first one warms the server
      await page.close();
    }
    const detail = `${NODES_PER_CLUSTER} nodes, ${scrolls[0]?.seen} rows drawn on the way`;
    return [
      atMost(
        "elements of the page while scrolling",
        scrolls.map((one) => one.maxElements),
        "elements",
        3_000,
        detail,
      ),
      atMost(
        "longest task while scrolling",
        scrolls.map((one) => one.longestMs),
        "ms",
        50,
        `tasks above 50 ms: ${scrolls.map((one) => one.longTasks).join(", ")}`,
      ),
    ];
  } finally {
    await browser.close();
  }
}

type Scroll = {
  readonly maxElements: number;
  readonly longestMs: number;
  readonly longTasks: number;
  readonly seen: number;
};

/** Opens every group, then from the first row to the last, a step a frame. Errors: a heatmap that does not scroll. */
function scrollThrough(page: Page): Promise<Scroll> {
  return page.evaluate(async (steps) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const list = document.querySelector("canvas[role=img]")?.parentElement?.querySelector("ul");
    const box = list?.closest(".overflow-y-auto");
    if (!list || !box) throw new Error("there is no heatmap");
    for (let opened = 0; opened < 200; opened += 1) {
      const closed = list.querySelector<HTMLElement>("button[aria-expanded=false]");
      if (closed !== null) closed.click();
      else if (box.scrollTop + box.clientHeight >= box.scrollHeight - 1) break;
      else box.scrollTop += box.clientHeight;
      await frame();
      await frame();
    }
    box.scrollTop = 0;
    await new Promise((resolve) => setTimeout(resolve, 500));
    const tasks: number[] = [];
    const observer = new PerformanceObserver((entries) => {
      for (const entry of entries.getEntries()) tasks.push(entry.duration);
    });
    observer.observe({ type: "longtask" });
    const seen = new Set<string>();
    let maxElements = 0;
    for (let step = 0; step <= steps; step += 1) {
      box.scrollTop = ((box.scrollHeight - box.clientHeight) * step) / steps;
      await frame();
      await frame();
      maxElements = Math.max(maxElements, document.querySelectorAll("*").length);
      for (const row of list.querySelectorAll("li")) seen.add(row.textContent ?? "");
    }
    await new Promise((resolve) => setTimeout(resolve, 300)); // entries come after their task
    observer.disconnect();
    if (seen.size < steps * 10) throw new Error(`only ${seen.size} rows were drawn`);
    return { maxElements, longestMs: Math.max(0, ...tasks), longTasks: tasks.length, seen: seen.size };
  }, SCROLL_STEPS);
}
