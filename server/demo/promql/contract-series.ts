import { createIndexedSeriesSource, type MetricFamily } from "./indexed-series-source.ts";
import { Labels, METRIC_NAME } from "./labels.ts";
import type { SampleBlock, SampleSpan, SeriesSource, SourceSeries } from "./series-source.ts";

/** Test help: series with everything that makes PromQL hard. Data runs two hours from `CONTRACT_START_MS`. */
export const CONTRACT_START_MS = 1_700_000_100_000;
export const CONTRACT_END_MS = CONTRACT_START_MS + 2 * 3_600_000;

const STEP_MS = 15_000;
const COUNT = (2 * 3_600_000) / STEP_MS;

type LabelRecord = Readonly<Record<string, string>>;

/** Deterministic noise in 0..1. */
function noise(seed: number, index: number): number {
  const mixed = Math.imul(Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(seed + 7, 0x85ebca6b), 0xc2b2ae35) >>> 0;
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
}

function counterSpan(
  seed: number,
  perSecond: number,
  resets: readonly number[],
  startMs = CONTRACT_START_MS,
): SampleSpan {
  const values: number[] = [];
  let value = seed * 3;
  for (let index = 0; index < COUNT; index += 1) {
    if (resets.includes(index)) value = 0;
    value += perSecond * 15 * (0.5 + noise(seed, index));
    values.push(value);
  }
  return {
    startMs,
    intervalMs: STEP_MS,
    count: COUNT,
    valueAt: (index) => values[index] ?? 0,
    isMonotonic: (from, to) => !resets.some((reset) => reset > from && reset <= to),
  };
}

function gaugeSpan(startMs: number, count: number, valueAt: (index: number) => number): SampleSpan {
  return { startMs, intervalMs: STEP_MS, count, valueAt };
}

function spans(labels: LabelRecord, ...list: SampleSpan[]): SourceSeries {
  return { labels: Labels.from(labels), spans: list };
}

/** A series from lists; `samples` cuts them as the interface asks. */
export function blockSeries(labels: LabelRecord, whole: SampleBlock): SourceSeries {
  return {
    labels: Labels.from(labels),
    samples(fromMs, toMs) {
      const kept = Array.from({ length: whole.timesMs.length }, (_, index) => index).filter((index) => {
        const time = whole.timesMs[index] ?? 0;
        return time >= fromMs && time <= toMs;
      });
      return {
        timesMs: kept.map((index) => whole.timesMs[index] ?? 0),
        values: kept.map((index) => whole.values[index] ?? 0),
        isStale: kept.map((index) => whole.isStale?.[index] === true),
      };
    },
  };
}

function irregular(labels: LabelRecord, seed: number, meanSeconds: number): SourceSeries {
  const timesMs: number[] = [];
  const values: number[] = [];
  let time = CONTRACT_START_MS + 1234;
  for (let index = 0; time < CONTRACT_END_MS; index += 1) {
    timesMs.push(time);
    values.push(Math.round(100 * Math.sin(index / 7) + 20 * noise(seed, index)) / 4);
    time += Math.round(meanSeconds * 1000 * (0.2 + 1.6 * noise(seed + 1, index)));
  }
  return blockSeries(labels, { timesMs, values });
}

function byName(series: readonly SourceSeries[]): MetricFamily[] {
  const names = [...new Set(series.map(({ labels }) => labels.get(METRIC_NAME)))];
  return names.map((name) => ({ name, series: () => series.filter(({ labels }) => labels.get(METRIC_NAME) === name) }));
}

export function sourceOf(series: readonly SourceSeries[]): SeriesSource {
  return createIndexedSeriesSource(byName(series));
}

function requests(): SourceSeries[] {
  return ["a", "b", "c"].flatMap((instance, place) =>
    ["200", "404", "500"].map((code, kind) => {
      const resets = kind === 0 ? [100, 101, 333] : kind === 1 ? [250 + place] : [];
      const labels = { __name__: "http_requests_total", job: place === 2 ? "web" : "api", instance, code };
      return spans(
        labels,
        counterSpan(place * 10 + kind, 1 + place + kind * 0.1, resets, CONTRACT_START_MS + place * 4000),
      );
    }),
  );
}

function gauges(): SourceSeries[] {
  const special = [Number.NaN, Infinity, -Infinity, 1, -1, 0, Number.NaN, 2.5];
  return [
    spans(
      { __name__: "gappy", place: "x" },
      gaugeSpan(CONTRACT_START_MS, 100, (index) => index % 13),
      gaugeSpan(CONTRACT_START_MS + 45 * 60_000, 60, (index) => 50 - index),
      gaugeSpan(CONTRACT_START_MS + 95 * 60_000, 40, (index) => index * index),
    ),
    spans(
      { __name__: "gappy", place: "y" },
      gaugeSpan(CONTRACT_START_MS, COUNT, (index) => noise(5, index) * 10 - 5),
    ),
    spans(
      { __name__: "special", kind: "mixed" },
      gaugeSpan(CONTRACT_START_MS, COUNT, (index) => special[index % 8] ?? 0),
    ),
    spans(
      { __name__: "special", kind: "nan" },
      gaugeSpan(CONTRACT_START_MS, COUNT, () => Number.NaN),
    ),
    spans(
      { __name__: "special", kind: "inf" },
      gaugeSpan(CONTRACT_START_MS, COUNT, () => Infinity),
    ),
    spans(
      { __name__: "special", kind: "one" },
      gaugeSpan(CONTRACT_START_MS, COUNT, () => 1),
    ),
    spans(
      { __name__: "special", kind: "tiny" },
      gaugeSpan(CONTRACT_START_MS, COUNT, () => 1.5e-9),
    ),
    spans(
      { __name__: "special", kind: "huge" },
      gaugeSpan(CONTRACT_START_MS, COUNT, () => -3.2e22),
    ),
    irregular({ __name__: "temperature", room: "cellar" }, 3, 11),
    irregular({ __name__: "temperature", room: "attic" }, 9, 47),
    irregular({ __name__: "temperature", room: 'käse "1"\\' }, 21, 130),
    spans(
      { __name__: "early", a: "1" },
      gaugeSpan(CONTRACT_START_MS, 8, (index) => index),
    ),
    blockSeries({ __name__: "lonely" }, { timesMs: [CONTRACT_START_MS + 3_600_000], values: [42] }),
    blockSeries({ __name__: "other_name", a: "1" }, { timesMs: [CONTRACT_START_MS + 3_600_000], values: [7] }),
    ...["1", "2", "3", "4"].map((shard, index) =>
      spans(
        { __name__: "level", shard },
        gaugeSpan(CONTRACT_START_MS, COUNT, (at) => (at + index) % 3),
      ),
    ),
  ];
}

function inventory(): SourceSeries[] {
  const one = (labels: LabelRecord) =>
    spans(
      labels,
      gaugeSpan(CONTRACT_START_MS, COUNT, () => 1),
    );
  return [
    one({ __name__: "node_info", node: "n1", zone: "z1", kernel: "6.1" }),
    one({ __name__: "node_info", node: "n2", zone: "z2" }),
    one({ __name__: "node_copy", node: "n1" }),
    ...["n1", "n1", "n2", "n3"].map((node, index) =>
      spans(
        { __name__: "pod_cpu", pod: `p${index}`, node },
        gaugeSpan(CONTRACT_START_MS, COUNT, (at) => index + (at % 5)),
      ),
    ),
    ...["n1", "n2"].map((node, index) =>
      spans(
        { __name__: "node_cpu", node },
        gaugeSpan(CONTRACT_START_MS, COUNT, (at) => 10 + index + (at % 2)),
      ),
    ),
  ];
}

function histograms(): SourceSeries[] {
  const bounds = ["0.1", "0.5", "1", "2.5", "+Inf"];
  const buckets = ["/a", "/b"].flatMap((path, place) =>
    bounds.map((le, index) =>
      spans(
        { __name__: "latency_seconds_bucket", path, le },
        counterSpan(40 + place, (index + 1) * (place + 1), place === 0 ? [200] : []),
      ),
    ),
  );
  const odd = ["-1", "0", "3"].map((le, index) =>
    spans(
      { __name__: "odd_bucket", le },
      gaugeSpan(CONTRACT_START_MS, COUNT, () => index * 10 + 5),
    ),
  );
  const negative = ["-5", "-1", "1e0", "1", "+Inf", "what"].map((le, index) =>
    spans(
      { __name__: "negative_bucket", le },
      gaugeSpan(CONTRACT_START_MS, COUNT, (at) => 10 + index * ((at % 4) - 1)),
    ),
  );
  return [...buckets, ...odd, ...negative];
}

/** Everything that the text import of promtool can carry. */
export function contractSeries(): SourceSeries[] {
  return [...requests(), ...gauges(), ...inventory(), ...histograms()];
}

/** Series with staleness markers, which only remote write can carry; times rise from `startMs`. */
export function staleSeries(startMs: number): { labels: LabelRecord; block: SampleBlock }[] {
  const marked = (stale: readonly number[], valueAt: (index: number) => number) => {
    const indexes = Array.from({ length: 80 }, (_, index) => index);
    return {
      timesMs: indexes.map((index) => startMs + index * STEP_MS),
      values: indexes.map(valueAt),
      isStale: indexes.map((index) => stale.includes(index)),
    };
  };
  return [
    {
      labels: { __name__: "restarted_total", pod: "p" },
      block: marked([30], (index) => (index < 30 ? index * 3 : index - 30)),
    },
    { labels: { __name__: "restarted_total", pod: "q" }, block: marked([10, 11, 40, 79], (index) => index) },
    { labels: { __name__: "restarted_total", pod: "r" }, block: marked([], (index) => index * 2) },
  ];
}
