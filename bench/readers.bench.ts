import { setTimeout as sleep } from "node:timers/promises";
import type { RunningSluice } from "../server/testing/start-sluice.ts";
import { atMost, type Bench, type Figure } from "./harness.ts";
import { withProduct } from "./product.ts";
import { peersOf } from "./soak/peers.ts";
import { readUsage } from "./soak/processes.ts";

const READERS = 50;
const PAUSE_MS = 2_000; // pages ask again after 15 to 60 s; these readers are in a hurry
const WARM_UP_MS = 10_000;
const MEASURED_MS = 40_000;
const LOOK_EVERY_MS = 200;
const PATHS = ["/api/v1/overview", "/api/v1/pressure?window=1h&level=node"] as const;

/** 50 readers on overview and pressure while the collector works. */
export const readersBench: Bench = {
  name: "readers",
  run: () => withProduct(measure),
};

async function measure(sluice: RunningSluice): Promise<readonly Figure[]> {
  const times: number[] = [];
  let failed = 0;
  const from = performance.now();
  const end = from + WARM_UP_MS + MEASURED_MS;
  const reader = async (number: number): Promise<void> => {
    await sleep((number / READERS) * PAUSE_MS);
    for (let turn = number; performance.now() < end; turn += 1) {
      const startedAt = performance.now();
      const answer = await fetch(`${sluice.url}${PATHS[turn % PATHS.length]}`).catch(() => null);
      await answer?.arrayBuffer();
      if (startedAt - from >= WARM_UP_MS) {
        times.push(performance.now() - startedAt);
        if (answer?.ok !== true) failed += 1;
      }
      await sleep(PAUSE_MS);
    }
  };
  const peers = new Set<number>();
  const looking = setInterval(() => {
    for (const peer of peersOf(
      readUsage(sluice.pid)
        .filter((one) => one.role === "web")
        .map((one) => one.pid),
    ))
      peers.add(peer);
  }, LOOK_EVERY_MS);
  try {
    await Promise.all(Array.from({ length: READERS }, (_, number) => reader(number)));
  } finally {
    clearInterval(looking);
  }
  times.sort((a, b) => a - b);
  const p95 = times[Math.floor(times.length * 0.95)] ?? Number.NaN;
  const middle = times[Math.floor(times.length / 2)] ?? Number.NaN;
  return [
    {
      ...atMost("p95 of an answer", [p95], "ms", 300),
      detail: `${times.length} answers, median ${middle.toFixed(0)} ms`,
    },
    { ...atMost("answers that failed", [failed], "answers", 0), detail: `of ${times.length}` },
    {
      // The web role speaks with its database and nobody else; each look sees every connection that is open.
      ...atMost(
        "addresses that the web role called besides its database",
        [Math.max(0, peers.size - 1)],
        "addresses",
        0,
      ),
      detail: `looked every ${LOOK_EVERY_MS} ms; ports called: ${[...peers].join(", ")}`,
    },
  ];
}
