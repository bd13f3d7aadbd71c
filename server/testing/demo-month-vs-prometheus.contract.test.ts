import { describe, expect, it } from "vitest";
import type { LabelSet } from "../demo/exposition.ts";
import { buildFleet } from "../demo/fleet/build-fleet.ts";
import { openMetricsDump } from "../demo/open-metrics-dump.ts";
import { createIndexedSeriesSource } from "../demo/promql/indexed-series-source.ts";
import { demoFamilies, HISTORY_DAYS, type SeriesOptions } from "../demo/series-source.ts";
import { askLikeCollectors, everyCatalogueQuery } from "./ask-everything.ts";
import { askPrometheus, compareAnswers, TOLERANCE } from "./compare-answers.ts";
import { missingPrograms, startRealPrometheus } from "./real-prometheus.ts";
import { startRecordingPrometheus } from "./recording-prometheus.ts";

/**
 * The demo's evaluator against a real Prometheus over the same 30 days of all three clusters (small size).
 *
 * Compared: a metrics read at six moments of the month, the whole backfill as the collectors plan it (metrics by hours, the last two
 * days by five minutes; gates; flows and accelerators day by day), and every part of every catalogue query in every variant, as an instant
 * and as a range over the month. Equal means: the same series, the same points, values within TOLERANCE.
 * Scraped every 15 minutes instead of every minute, one core of each node and a few gates: 25 million samples, not 900; promtool takes
 * some 100,000 a second. Minutes, all cores and all gates are compared over the last hours (demo-vs-prometheus).
 */
const ANCHOR = 1_795_320_000;
const SCRAPE_SECONDS = 900;
const DAY = 86_400;
const HOUR = 3_600;
const GATES = ["InPlacePodVerticalScaling", "KubeletPSI", "NodeSwap", "SidecarContainers"];
/** Blocks of Prometheus grow by thirds from two hours; a part that fills one is read once. */
const BLOCK_HOURS = 162;
const MOMENTS_BEFORE = [29, 20, 9, 4, 1, 0].map((days) => days * DAY);

const missing = await missingPrograms("prometheus", "promtool");
const fleet = buildFleet({ seed: 42, size: "small", anchor: ANCHOR });

function keepsRow(name: string, labels: LabelSet): boolean {
  if (name === "kubernetes_feature_enabled") return GATES.includes(labels.name ?? "");
  if (name === "node_cpu_seconds_total") return labels.cpu === "0";
  return true;
}

/** One text per block, so that each is read once and no more than a quarter of the month lies on the disk. */
function* parts(options: SeriesOptions, toSeconds: number, keeps: (name: string) => boolean) {
  const block = BLOCK_HOURS * HOUR;
  const fromSeconds = ANCHOR - HISTORY_DAYS * DAY;
  for (let start = Math.floor(fromSeconds / block) * block; start <= toSeconds; start += block)
    yield openMetricsDump({ ...options, fromSeconds: start, toSeconds: Math.min(toSeconds, start + block - 1), keeps });
}

describe.runIf(missing.length === 0)("thirty days of the demo and of a real Prometheus", () => {
  it.each(fleet.clusters.map((cluster) => [cluster.name, cluster] as const))(
    `%s: every query agrees within ${TOLERANCE}`,
    async (_name, cluster) => {
      // The cellar's Prometheus knows nothing after it went down.
      const now = Math.floor((cluster.prometheus.downSince ?? ANCHOR) / SCRAPE_SECONDS) * SCRAPE_SECONDS;
      const options = {
        cluster,
        anchor: ANCHOR,
        nowSeconds: () => now,
        scrapeSeconds: SCRAPE_SECONDS,
        keepsRow,
        // OpenMetrics cannot say that a series ended; evaluator.contract.test.ts has the markers.
        marksEnds: false,
      };
      const demo = await startRecordingPrometheus(createIndexedSeriesSource(demoFamilies(options)), now);
      const moments = MOMENTS_BEFORE.map((before) => now - before).filter((at) => at > ANCHOR - HISTORY_DAYS * DAY);
      await askLikeCollectors(demo.url, { cluster, moments, historySeconds: HISTORY_DAYS * DAY });
      const queries = [
        ...demo.asked.splice(0),
        ...everyCatalogueQuery({
          atSeconds: now,
          windowSeconds: HOUR,
          rangeSeconds: 29 * DAY,
          stepSeconds: 6 * HOUR,
          gateNames: GATES,
        }),
      ];
      const text = queries.map((one) => new URLSearchParams(one.form).get("query") ?? "").join("\n");
      const real = await startRealPrometheus({
        parts: parts(options, now, (name) => text.includes(name)),
        maxBlockHours: BLOCK_HOURS,
      });
      try {
        let points = 0;
        for (const one of queries) {
          const ours = await askPrometheus(demo.url, one);
          for (const values of ours.values()) points += values.size;
          const problems = compareAnswers(ours, await askPrometheus(real.url, one));
          expect(problems.slice(0, 5), one.form).toEqual([]);
        }
        // A comparison of nothing with nothing would agree too.
        expect(points).toBeGreaterThan(100_000);
      } finally {
        await Promise.all([real.stop(), demo.stop()]);
      }
    },
    // One to three minutes of processor time a cluster; the limit is for machines that do ten other things.
    1_200_000,
  );
});
