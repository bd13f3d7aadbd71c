import { describe, expect, it } from "vitest";
import { sourceOf } from "../demo/promql/contract-series.ts";
import { Labels } from "../demo/promql/labels.ts";
import { toOpenMetrics, toOpenMetricsParts } from "./open-metrics.ts";
import { missingPrograms, type RealServer, startRealPrometheus, startVictoriaMetrics } from "./real-prometheus.ts";

const withoutPrometheus = await missingPrograms("prometheus", "promtool");
const withoutVictoria = await missingPrograms("victoria-metrics");
const missing = [...withoutPrometheus, ...withoutVictoria];
if (missing.length > 0) console.warn(`skipped, not installed: ${missing.join(", ")}`);

const HOUR_MS = 3_600_000;
const FROM_MS = 1_700_000_000_000;
const HOURS = 26;
const source = sourceOf([
  {
    labels: Labels.from({ __name__: "requests_total", path: 'a "quoted"\\\nline' }),
    spans: [{ startMs: FROM_MS, intervalMs: 60_000, count: HOURS * 60 + 1, valueAt: (index) => index * 60 }],
  },
]);

async function instantResult({ url }: RealServer, query: string, atMs: number): Promise<unknown> {
  const parameters = new URLSearchParams({ query, time: String(atMs / 1000) });
  const response = await fetch(`${url}/api/v1/query?${parameters}`);
  return ((await response.json()) as { data: { result: unknown } }).data.result;
}

describe.skipIf(withoutPrometheus.length > 0)("a real Prometheus", () => {
  it("holds every sample of a history that was imported in parts", async () => {
    const parts = toOpenMetricsParts(source, FROM_MS, FROM_MS + HOURS * HOUR_MS, 6 * HOUR_MS);
    const server = await startRealPrometheus({ parts });
    try {
      const end = FROM_MS + HOURS * HOUR_MS;
      expect(await instantResult(server, `count_over_time(requests_total[${HOURS}h])`, end)).toEqual([
        { metric: { path: 'a "quoted"\\\nline' }, value: [end / 1000, String(HOURS * 60 + 1)] },
      ]);
      expect(await instantResult(server, `rate(requests_total[${HOURS}h])`, end)).toMatchObject([
        { value: [end / 1000, "1"] },
      ]);
    } finally {
      await server.stop();
    }
  });
});

describe.skipIf(withoutVictoria.length > 0)("a real VictoriaMetrics", () => {
  it("holds what was imported", async () => {
    const end = FROM_MS + 2 * HOUR_MS;
    const server = await startVictoriaMetrics({ openMetrics: toOpenMetrics(source, FROM_MS, end) });
    try {
      expect(await instantResult(server, "count_over_time(requests_total[1h])", end)).toEqual([
        { metric: { path: 'a "quoted"\\\nline' }, value: [end / 1000, "60"] }, // its windows leave out the left end
      ]);
    } finally {
      await server.stop();
    }
  });
});
