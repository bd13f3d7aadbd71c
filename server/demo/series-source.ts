import { ALWAYS, type Family, gauge, type LabelSet, type Row, type Target } from "./exposition.ts";
import type { DemoCluster } from "./fleet/types.ts";
import { createIndexedSeriesSource, type MetricFamily } from "./promql/indexed-series-source.ts";
import { Labels } from "./promql/labels.ts";
import type { SampleSpan, SeriesSource, SpanSeries } from "./promql/series-source.ts";
import { scrapeTargets } from "./scrape-targets.ts";

/** Prometheus scrapes once a minute (its own default), on the full minute. */
export const SCRAPE_SECONDS = 60;
export const HISTORY_DAYS = 30;
const DAY = 86_400;

export type SeriesOptions = {
  readonly cluster: DemoCluster;
  readonly anchor: number;
  /** The newest sample is the last full minute at or before this moment. */
  readonly nowSeconds: () => number;
  /** Seconds between two scrapes: a minute, unless a test needs a month that another server can hold. */
  readonly scrapeSeconds?: number;
  /** Rows that are scraped, by name and labels of the page; all by default. */
  readonly keepsRow?: (name: string, labels: LabelSet) => boolean;
  /** Whether a target that went away leaves staleness markers; true unless a test compares with a server that has none. */
  readonly marksEnds?: boolean;
};

/**
 * Everything the cluster's Prometheus knows, as lazy series: nothing is stored, each sample is computed when a query
 * asks for it. History begins 30 days before the anchor and grows with the clock.
 */
export function demoSeries(options: SeriesOptions): SeriesSource {
  return createIndexedSeriesSource(demoFamilies(options));
}

/** Series of every metric; targets that share a metric name are told apart by their labels. */
export function demoFamilies(options: SeriesOptions): MetricFamily[] {
  const targets = scrapeTargets(options.cluster, options.anchor);
  return targets.flatMap((target) =>
    [...target.families(), upFamily(target)].flatMap((family) => toMetricFamilies(options, target, family)),
  );
}

function upFamily(target: Target): Family {
  return gauge("up", "Whether the last scrape of the target worked.", [
    { ...ALWAYS, from: target.from, to: target.to, labels: {}, at: () => 1 },
  ]);
}

function toMetricFamilies(options: SeriesOptions, target: Target, family: Family): MetricFamily[] {
  const type = family.name === "up" || family.type === "untyped" ? "unknown" : family.type;
  // A histogram is three metrics to a query.
  const suffixes = [...new Set(family.rows.map((row) => row.suffix ?? ""))];
  return suffixes.map((suffix) => ({
    name: `${family.name}${suffix}`,
    metadata: { type, help: family.help, unit: "" },
    series: () =>
      family.rows
        .filter((row) => (row.suffix ?? "") === suffix && options.keepsRow?.(family.name, row.labels) !== false)
        .flatMap((row) => seriesOfRow(options, target, `${family.name}${suffix}`, family, row)),
  }));
}

/** Labels as Prometheus stores them: what the page says, what the scrape adds, and who wins. */
export function storedLabels(
  cluster: DemoCluster,
  target: Pick<Target, "job" | "instance" | "honorsLabels">,
  added: LabelSet,
  name: string,
  row: LabelSet,
): Labels {
  const record: Record<string, string> = {};
  const fromTarget: LabelSet = { job: target.job, instance: target.instance, ...added };
  if (cluster.prometheus.label === "cluster") record.cluster = cluster.name;
  Object.assign(record, fromTarget);
  for (const [label, value] of Object.entries(row)) {
    if (value === "") continue;
    const isTaken = (fromTarget[label] ?? "") !== "";
    record[isTaken && !target.honorsLabels ? `exported_${label}` : label] = value;
  }
  record.__name__ = name;
  return Labels.from(record);
}

function seriesOfRow(options: SeriesOptions, target: Target, name: string, family: Family, row: Row): SpanSeries[] {
  if (target.drops?.(family.name, row.labels) === true) return [];
  const from = Math.max(row.from, target.from);
  const to = Math.min(row.to, target.to);
  const { relabelled } = target;
  const eras =
    relabelled === undefined
      ? [{ from, to, labels: target.labels }]
      : [
          { from, to: Math.min(to, relabelled.at), labels: target.labels },
          { from: Math.max(from, relabelled.at), to, labels: relabelled.labels },
        ];
  // A label that the page itself carries may outlive the one that the scrape lost: then it is still the same series.
  const lives = new Map<string, { readonly labels: Labels; readonly from: number; readonly to: number }>();
  for (const era of eras.filter((one) => one.from < one.to)) {
    const labels = storedLabels(options.cluster, target, era.labels, name, row.labels);
    const before = lives.get(labels.key);
    lives.set(labels.key, { labels, from: before?.from ?? era.from, to: era.to });
  }
  return [...lives.values()].map((life) => ({
    labels: life.labels,
    spans: [new RowSpan(options, family.type !== "gauge", row, life.from, life.to)],
  }));
}

/** Samples of one row on the scrape grid; the end moves with the clock. */
class RowSpan implements SampleSpan {
  readonly startMs: number;
  readonly intervalMs: number;
  private readonly row: Row;
  private readonly startSeconds: number;
  private readonly endSeconds: number;
  private readonly everySeconds: number;
  private readonly isCounter: boolean;
  private readonly options: SeriesOptions;

  constructor(options: SeriesOptions, isCounter: boolean, row: Row, from: number, to: number) {
    const oldest = options.anchor - HISTORY_DAYS * DAY;
    this.options = options;
    this.row = row;
    this.isCounter = isCounter;
    this.everySeconds = options.scrapeSeconds ?? SCRAPE_SECONDS;
    this.intervalMs = this.everySeconds * 1000;
    this.startSeconds = Math.ceil(Math.max(from, oldest) / this.everySeconds) * this.everySeconds;
    this.startMs = this.startSeconds * 1000;
    this.endSeconds = to;
  }

  /** Scrapes that have happened by now. */
  get count(): number {
    const { downSince } = this.options.cluster.prometheus;
    const last = Math.min(this.options.nowSeconds(), this.endSeconds - 1, downSince ?? Number.POSITIVE_INFINITY);
    return Math.max(0, Math.floor((last - this.startSeconds) / this.everySeconds) + 1);
  }

  /** A crashed Prometheus writes no staleness markers; a target that went away leaves one. */
  get endsStale(): boolean {
    const { downSince } = this.options.cluster.prometheus;
    if (this.options.marksEnds === false) return false;
    return this.endSeconds <= this.options.nowSeconds() && (downSince === null || this.endSeconds <= downSince);
  }

  valueAt(index: number): number {
    return this.row.at(this.startSeconds + index * this.everySeconds);
  }

  isMonotonic(fromIndex: number, toIndex: number): boolean {
    if (!this.isCounter || this.row.resets === undefined) return false;
    const from = this.startSeconds + fromIndex * this.everySeconds;
    const to = this.startSeconds + toIndex * this.everySeconds;
    return !this.row.resets.some((reset) => reset > from && reset <= to);
  }
}
