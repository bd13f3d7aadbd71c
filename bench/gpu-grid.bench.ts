import type { Page } from "playwright";
import { launchBrowser } from "../e2e/fixtures/browser.ts";
import type { GpuDevice } from "../server/domain/gpu/device-types.ts";
import { inTransaction } from "../server/store/db.ts";
import { addDeviceSpans, saveDevices } from "../server/store/gpu.ts";
import { startSluice } from "../server/testing/start-sluice.ts";
import { type Fleet, withFleet } from "./fleet/open-fleet.ts";
import { atMost, type Bench, type Figure } from "./harness.ts";

const DEVICES = 2_000;
const PER_NODE = 8;
const HOURS = 24;
const SCROLL_STEPS = 80;
const RUNS = 3;
const SETTLE_MS = 1_500;
const HOUR_MS = 3_600_000;

/** The grid of 2,000 devices in a browser, out of the production build: what scrolling and filtering cost. */
export const gpuGridBench: Bench = {
  name: "gpu-grid",
  run: () =>
    withFleet(async (fleet) => {
      await fillDevices(fleet);
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
    }, 1),
};

/** Half of them at work, a quarter idle, some silent, the rest free; every eighth is cut by MIG. */
function deviceAt(index: number): GpuDevice {
  const nodeNumber = Math.floor(index / PER_NODE);
  const state = (["active", "active", "held-idle", "free", "active", "held-unknown", "active", "free"] as const)[
    (index + nodeNumber) % 8
  ];
  const held = state !== undefined && state !== "free";
  const activityRatio = state === "held-unknown" ? null : state === "active" ? 0.1 + (index % 80) / 100 : 0;
  const holders: GpuDevice["holders"] = held
    ? [
        {
          namespace: `team-${index % 12}`,
          pod: `train-${index}`,
          workload: { kind: "StatefulSet", name: `train-${Math.floor(index / 4)}` },
          team: `team-${index % 12}`,
          attribution: "telemetry",
          claim: null,
          activityRatio: null,
          memoryUsedBytes: null,
        },
      ]
    : [];
  const slice = { computeShare: 2 / 7, state: state ?? "free", activityRatio, memoryUsedBytes: 4e9, holders };
  return {
    id: `GPU-${String(index).padStart(6, "0")}`,
    nodeName: `gpu-node-${String(nodeNumber).padStart(3, "0")}`,
    pool: `gpu-${nodeNumber % 6}`,
    vendor: "nvidia",
    model: ["NVIDIA H100 80GB HBM3", "NVIDIA A100-SXM4-40GB"][nodeNumber % 2] ?? null,
    access: "device-plugin",
    sharing: index % 8 === 0 ? "mig" : "exclusive",
    memoryBytes: 80e9,
    hasTelemetry: state !== "held-unknown",
    activityRatio,
    activitySource: state === "held-unknown" ? null : "DCGM_FI_PROF_GR_ENGINE_ACTIVE",
    memoryUsedBytes: state === "held-unknown" ? null : (index % 70) * 1e9,
    powerWatts: 300,
    lastErrorCode: 0,
    state: state ?? "free",
    stateReason: "busy",
    holders,
    partitions: index % 8 === 0 ? ["1", "2", "3"].map((number) => ({ id: number, profile: "2g.10gb", ...slice })) : [],
  };
}

async function fillDevices({ pool, clusterIds, now }: Fleet): Promise<void> {
  const [clusterId = 0] = clusterIds;
  const devices = Array.from({ length: DEVICES }, (_, index) => deviceAt(index));
  const hour = Math.floor(now.getTime() / HOUR_MS) * HOUR_MS;
  const spans = Array.from({ length: HOURS }, (_, index) => ({
    hourAt: new Date(hour - (index + 1) * HOUR_MS),
    seconds: 3_600,
    devices,
  }));
  await inTransaction(pool, async (client) => {
    await saveDevices(client, clusterId, devices, now);
    await addDeviceSpans(client, clusterId, spans, () => ({ priceRowId: null, costPerHour: 3 }));
  });
  await pool.query("ANALYZE gpu_device, gpu_hourly");
}

async function measure(url: string): Promise<readonly Figure[]> {
  const answers: number[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    const from = performance.now();
    await (await fetch(`${url}/api/v1/gpu`)).arrayBuffer();
    if (run > 0) answers.push(performance.now() - from); // the first one warms the server
  }
  const browser = await launchBrowser();
  try {
    const scrolls: Scroll[] = [];
    const filters: number[] = [];
    for (let run = 0; run <= RUNS; run += 1) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      const page = await context.newPage();
      await page.goto(`${url}/gpu?view=devices`, { waitUntil: "load" });
      await page.locator("[data-device]").first().waitFor();
      await page.waitForFunction(() => document.querySelector("main .shimmer") === null);
      await page.waitForTimeout(SETTLE_MS);
      const scroll = await scrollThrough(page);
      const times = await filterByState(page);
      if (run > 0) {
        scrolls.push(scroll);
        filters.push(...times);
      }
      await context.close();
    }
    const detail = `${DEVICES} devices, ${scrolls[0]?.seen} of them drawn on the way`;
    return [
      atMost("answer of /api/v1/gpu", answers, "ms", null),
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
        200,
        `tasks above 50 ms: ${scrolls.map((one) => one.longTasks).join(", ")}`,
      ),
      atMost("filter by state, click to drawn", filters, "ms", 200),
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

/** From the first row to the last, a step a frame. Errors: a grid that does not scroll, or does not reach its end. */
function scrollThrough(page: Page): Promise<Scroll> {
  return page.evaluate(async (steps) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const box = document.querySelector("[data-device]")?.closest(".overflow-auto");
    if (!box || box.scrollHeight <= box.clientHeight) throw new Error("the grid does not scroll by itself");
    const tasks: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) tasks.push(entry.duration);
    });
    observer.observe({ type: "longtask" });
    const seen = new Set<string>();
    let maxElements = 0;
    for (let step = 0; step <= steps; step += 1) {
      box.scrollTop = ((box.scrollHeight - box.clientHeight) * step) / steps;
      await frame();
      await frame();
      maxElements = Math.max(maxElements, document.querySelectorAll("*").length);
      for (const cell of box.querySelectorAll("[data-device]")) seen.add(cell.getAttribute("title") ?? "");
    }
    await new Promise((resolve) => setTimeout(resolve, 300)); // entries come after their task
    observer.disconnect();
    if (!seen.has("GPU-000000")) throw new Error("the first device was never drawn");
    return { maxElements, longestMs: Math.max(0, ...tasks), longTasks: tasks.length, seen: seen.size };
  }, SCROLL_STEPS);
}

/** Each state and all of them again: from the click to the frame after the grid shows nothing else. */
async function filterByState(page: Page): Promise<number[]> {
  const times: number[] = [];
  for (const state of ["held-idle", "free", "active", "all"]) {
    const taken = await page.evaluate(async (wanted) => {
      const option = document.querySelector<HTMLElement>(`[role=tabpanel] fieldset input[value="${wanted}"]`);
      if (option === null) throw new Error(`no filter for ${wanted}`);
      const isDone = () => {
        const states = [...document.querySelectorAll("[data-device]")].map((cell) => cell.getAttribute("data-state"));
        return (
          states.length > 0 && (wanted === "all" ? new Set(states).size > 1 : states.every((one) => one === wanted))
        );
      };
      const from = performance.now();
      option.click();
      while (!isDone()) {
        if (performance.now() - from > 10_000) throw new Error(`the grid does not show ${wanted}`);
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
      return performance.now() - from;
    }, state);
    times.push(taken);
  }
  return times;
}
