import type { MetricId } from "../../domain/metrics.ts";
import { nodeQuery } from "./catalogue-nodes.ts";
import { podPressureQuery, podUseQuery } from "./catalogue-pods.ts";
import type { CataloguePart, Family } from "./catalogue-types.ts";
import { MAX_POINTS_PER_SERIES } from "./client.ts";
import { estimateSamples, MAX_SAMPLES_PER_QUERY, windowFor } from "./estimate.ts";
import { DEFAULT_INTERVAL_SECONDS, isThere, joinParts, type Presence } from "./presence.ts";

export type BackfillLevel = "node" | "namespace" | "workload";

/** One range query of the backfill. Plain data: a job can store it and run it in another process. */
export type BackfillChunk = {
  /** Stable for the same plan inputs; what was done is remembered by it. */
  readonly id: string;
  readonly level: BackfillLevel;
  readonly metric: MetricId;
  readonly promql: string;
  /** First and last point, both multiples of the step. */
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly stepSeconds: number;
  /** Shorter than the step where reading everything would cost too much: then each point is a sample of its step. */
  readonly windowSeconds: number;
  readonly estimatedSamples: number;
};
export type BackfillInput = {
  /** Where the history ends. */
  readonly nowSeconds: number;
  /** The present, where the history ends before it: no raw rows are kept that are older than two days. */
  readonly presentSeconds?: number;
  /** How far back this Prometheus has data. */
  readonly historySeconds: number;
  readonly presence: Presence;
  readonly nodeCount: number;
};
export type BackfillPlan = {
  /** Newest first. */
  readonly chunks: readonly BackfillChunk[];
  /** Quantities without a source here, or too heavy for a single point. */
  readonly left: readonly {
    readonly level: BackfillLevel;
    readonly metric: MetricId;
    readonly why: "no-series" | "too-heavy";
  }[];
};

const DAY = 86_400;
export const BACKFILL_DAYS = 30;
const RECENT_SECONDS = 2 * DAY; // raw rows are kept that long; before it only hours are
const RECENT_STEP = 300;
const HOURLY_STEP = 3600;
const FILL = 0.8;
const MAX_POINTS_PER_ANSWER = 500_000; // about 15 MB of JSON
const NODE_METRICS_LEFT_OUT: ReadonlySet<MetricId> = new Set([
  "cpuCapacityCores",
  "memoryCapacityBytes",
  "swapCapacityBytes",
]);

// Pod names end in a ReplicaSet's and a pod's suffix, in an ordinal, or in a pod's suffix alone; these letters have no vowels.
const SUFFIX = "[bcdfghjklmnpqrstvwxz2456789]";
const NAME_RULES = [`(.+)-${SUFFIX}{5}`, "(.+)-[0-9]+", `(.+)-${SUFFIX}{6,10}-${SUFFIX}{5}`];

/**
 * What to ask, in which order, to fill the past.
 *
 * Shape: chunks newest first; within a chunk at most 11,000 points per series, 5 million samples read and half a million
 * points returned. Steps: 5 minutes for the last two days, 1 hour before. Pure: the same input gives the same plan, so a
 * restarted job goes on where it was.
 * Basis: samples = series × (window ÷ interval) × points. Where one hourly point would read more than a tenth of the limit,
 * its window shrinks to four scrapes (1 minute at least).
 */
export function planBackfill(input: BackfillInput): BackfillPlan {
  const chunks: BackfillChunk[] = [];
  const left: BackfillPlan["left"][number][] = [];
  const oldest = input.nowSeconds - Math.min(input.historySeconds, BACKFILL_DAYS * DAY);
  for (const { level, metric, family, expr, reason } of seriesToFill(input)) {
    if (expr === null) {
      left.push({ level, metric, why: reason });
      continue;
    }
    // From a full hour on: the hours before it come whole as hours, and none falls between the two.
    const rawFrom =
      Math.floor(((input.presentSeconds ?? input.nowSeconds) - RECENT_SECONDS) / HOURLY_STEP) * HOURLY_STEP;
    const recentFrom = Math.min(Math.max(oldest, rawFrom), input.nowSeconds);
    const ranges = [
      { step: RECENT_STEP, from: recentFrom, to: input.nowSeconds },
      { step: HOURLY_STEP, from: oldest, to: recentFrom },
    ];
    for (const { step, from, to } of ranges) {
      const planned = planRange(input, { level, metric, family, expr }, step, from, to);
      if (planned === null) left.push({ level, metric, why: "too-heavy" });
      else chunks.push(...planned);
    }
  }
  return { chunks: chunks.sort((a, b) => b.endSeconds - a.endSeconds || a.id.localeCompare(b.id)), left };
}

type SeriesToFill = {
  readonly level: BackfillLevel;
  readonly metric: MetricId;
  readonly family: Family;
  readonly expr: string;
};

function planRange(
  { presence, nodeCount }: BackfillInput,
  { level, metric, family, expr }: SeriesToFill,
  step: number,
  from: number,
  to: number,
): BackfillChunk[] | null {
  const first = Math.floor(from / step) * step + step;
  const last = Math.floor(to / step) * step;
  if (last < first) return [];
  const interval = presence.intervalSeconds.get(family) ?? DEFAULT_INTERVAL_SECONDS;
  const shortest = Math.min(step, windowFor(interval, 60));
  const costOf = (window: number): number =>
    Math.max(1, estimateSamples(expr.replaceAll("$window", `${window}s`), presence.counts, window, interval));
  const windowSeconds = costOf(step) <= MAX_SAMPLES_PER_QUERY / 10 ? Math.max(step, shortest) : shortest;
  const perPoint = costOf(windowSeconds);
  const entities =
    level === "node" ? Math.max(1, nodeCount) : Math.max(1, Math.min(presence.counts.podRows ?? 1, 20_000));
  const points = Math.min(
    MAX_POINTS_PER_SERIES,
    Math.floor((FILL * MAX_SAMPLES_PER_QUERY) / perPoint),
    Math.floor(MAX_POINTS_PER_ANSWER / entities),
  );
  if (points < 1) return null;
  const promql = expr.replaceAll("$window", `${windowSeconds}s`);
  const chunks: BackfillChunk[] = [];
  for (let end = last; end >= first; end -= points * step) {
    const start = Math.max(first, end - (points - 1) * step);
    const count = (end - start) / step + 1;
    chunks.push({
      id: `${level}/${metric}/${step}/${start}-${end}`,
      level,
      metric,
      promql,
      startSeconds: start,
      endSeconds: end,
      stepSeconds: step,
      windowSeconds,
      estimatedSamples: Math.ceil(perPoint * count),
    });
  }
  return chunks;
}

function seriesToFill(input: BackfillInput): readonly (Omit<SeriesToFill, "expr"> & {
  readonly expr: string | null;
  readonly reason: "no-series";
})[] {
  const { presence } = input;
  const variantOf = (part: CataloguePart): string | null =>
    part.variants.find(({ needs }) => needs.every((need) => isThere(presence, need)))?.expr ?? null;
  const nodes = new Map<MetricId, { family: Family; expr: string | null }>();
  for (const part of nodeQuery.parts) {
    if (part.metric === null || NODE_METRICS_LEFT_OUT.has(part.metric)) continue;
    if ((nodes.get(part.metric)?.expr ?? null) === null) {
      nodes.set(part.metric, { family: part.family, expr: variantOf(part) });
    }
  }
  const result = [...nodes].map(([metric, { family, expr }]) => ({
    level: "node" as BackfillLevel,
    metric,
    family,
    expr,
    reason: "no-series" as const,
  }));
  for (const part of [...podUseQuery.parts, ...podPressureQuery.parts]) {
    if (part.metric === null) continue;
    const variant = variantOf(part);
    const inner = variant === null ? null : withoutTop(variant);
    const fold = part.unit === "ratio" ? "max" : "sum";
    const base = { metric: part.metric, family: part.family, reason: "no-series" as const };
    result.push({ ...base, level: "namespace", expr: inner === null ? null : `${fold} by (namespace) (${inner})` });
    result.push({
      ...base,
      level: "workload",
      expr: inner === null ? null : `${fold} by (namespace, workload) (${withWorkload(inner)})`,
    });
  }
  return result;
}

/** Pods that are gone have no owner any more; their names still say whose they were. Checked against today's workloads. */
function withWorkload(expr: string): string {
  return NAME_RULES.reduce((inner, rule) => `label_replace(${inner}, "workload", "$1", "pod", "${rule}")`, expr);
}

export function withoutTop(expr: string): string {
  return /^topk\(\$top, (.*)\)$/s.exec(expr)?.[1] ?? expr;
}

export type BackfillProgress = { readonly doneCount: number; readonly totalCount: number; readonly doneRatio: number };

export function backfillProgress(plan: BackfillPlan, done: ReadonlySet<string>): BackfillProgress {
  const totalCount = plan.chunks.length;
  const doneCount = plan.chunks.filter(({ id }) => done.has(id)).length;
  return { doneCount, totalCount, doneRatio: totalCount === 0 ? 1 : doneCount / totalCount };
}

export function nextChunk(plan: BackfillPlan, done: ReadonlySet<string>): BackfillChunk | null {
  return plan.chunks.find(({ id }) => !done.has(id)) ?? null;
}

const HISTORY_STEPS_HOURS = [720, 672, 600, 504, 336, 168, 72, 48, 24, 6, 1] as const;
const HISTORY_CLOCKS = [
  "machine_cpu_cores",
  "node_memory_MemTotal_bytes",
  "kubelet_node_name",
  "node_memory_working_set_bytes",
];

/** One query that says how far back there are samples: a cheap metric, looked up at a few moments of the past. */
export function historyQuery(presence: Presence): string {
  const clock = HISTORY_CLOCKS.find((name) => isThere(presence, name)) ?? "up";
  return joinParts(HISTORY_STEPS_HOURS.map((hours) => [String(hours), `count(${clock} offset ${hours}h)`]));
}

export function toHistorySeconds(rows: readonly { readonly labels: Readonly<Record<string, string>> }[]): number {
  const hours = rows.map(({ labels }) => Number(labels.sluice_part ?? "0")).filter((value) => Number.isFinite(value));
  return Math.max(0, ...hours) * 3600;
}
