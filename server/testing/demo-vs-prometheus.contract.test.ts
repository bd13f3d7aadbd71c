import { afterAll, describe, expect, it } from "vitest";
import { buildFleet } from "../demo/fleet/build-fleet.ts";
import { openMetricsDump } from "../demo/open-metrics-dump.ts";
import { demoSeries } from "../demo/series-source.ts";
import { askLikeCollectors, everyCatalogueQuery } from "./ask-everything.ts";
import { askPrometheus, compareAnswers } from "./compare-answers.ts";
import { missingPrograms, startRealPrometheus } from "./real-prometheus.ts";
import { type Asked, startRecordingPrometheus } from "./recording-prometheus.ts";

/**
 * The demo's evaluator against a real Prometheus that holds the same samples, minute by minute: every query that the collectors send,
 * instant and range, is recorded on its way and asked again on both. The last hours only; demo-month-vs-prometheus has the month.
 */
const ANCHOR = 1_795_320_000;
const NOW = ANCHOR + 20 * 60;
/** Longest window of the catalogue (an hour) and two hours of range queries before it. */
const DUMP_SECONDS = 3.5 * 3600;
const RANGE_SECONDS = 2 * 3600;

const missing = await missingPrograms("prometheus", "promtool");
const cleanups: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const fleet = buildFleet({ seed: 42, size: "small", anchor: ANCHOR });
const clusters = fleet.clusters.filter((cluster) => cluster.prometheus.downSince === null);

describe.runIf(missing.length === 0)("the demo's evaluator agrees with a real Prometheus, minute by minute", () => {
  it.each(clusters.map((cluster) => [cluster.name, cluster] as const))(
    "%s: every query of the collectors in the last hours",
    async (_name, cluster) => {
      const series = { cluster, anchor: ANCHOR, nowSeconds: () => NOW };
      const demo = await startRecordingPrometheus(demoSeries(series), NOW);
      cleanups.push(demo.stop);
      await askLikeCollectors(demo.url, { cluster, moments: [NOW], historySeconds: RANGE_SECONDS });
      const sent = demo.asked.splice(0);
      expect(sent.filter((one) => one.path.endsWith("query")).length).toBeGreaterThan(10);
      expect(sent.filter((one) => one.path.endsWith("query_range")).length).toBeGreaterThan(10);
      const queries: Asked[] = [
        ...sent,
        ...everyCatalogueQuery({
          atSeconds: NOW,
          windowSeconds: 300,
          rangeSeconds: RANGE_SECONDS,
          stepSeconds: 600,
          gateNames: ["InPlacePodVerticalScaling", "NodeSwap"],
        }),
      ];
      const text = queries.map((one) => new URLSearchParams(one.form).get("query") ?? "").join("\n");
      const real = await startRealPrometheus({
        openMetrics: openMetricsDump({
          ...series,
          fromSeconds: NOW - DUMP_SECONDS,
          toSeconds: NOW,
          keeps: (name) => text.includes(name),
        }),
      });
      cleanups.push(real.stop);
      for (const one of queries) {
        const problems = compareAnswers(await askPrometheus(demo.url, one), await askPrometheus(real.url, one));
        expect(problems.slice(0, 5), new URLSearchParams(one.form).get("query") ?? "").toEqual([]);
      }
    },
    300_000,
  );
});
