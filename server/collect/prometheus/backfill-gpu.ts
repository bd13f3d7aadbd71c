import type { GpuDeviceSample } from "../../domain/gpu/device-sample.ts";
import { gpuQuery } from "./catalogue-devices.ts";
import type { PrometheusClient } from "./client.ts";
import { estimateSamples, MAX_SAMPLES_PER_QUERY, windowFor } from "./estimate.ts";
import { toGpuDevices } from "./gpu-devices.ts";
import type { NodeResolver, PodOwnerOf } from "./labels.ts";
import type { InstantSample } from "./parse-answer.ts";
import { DEFAULT_INTERVAL_SECONDS, isThere, type Presence } from "./presence.ts";
import type { QueryBudget } from "./query-budget.ts";

/** A span of whole hours of device activity. Plain data, stored by a job. */
export type GpuChunk = {
  readonly id: string;
  readonly level: "gpu";
  readonly parts: readonly { readonly id: string; readonly promql: string }[];
  /** End of the first and of the last hour. */
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly stepSeconds: 3600;
};
export type GpuHour = { readonly hourAtSeconds: number; readonly samples: readonly GpuDeviceSample[] };

const HOUR = 3_600;
const BACKFILL_DAYS = 30;
const FILL = 0.8;
const MAX_POINTS_PER_ANSWER = 200_000; // device rows carry some fifteen labels: about 60 MB of JSON with them
const CHUNK_TIMEOUT_SECONDS = 90;
const MAX_HOURS = 24; // one day a chunk: what a restart repeats stays small
/** What hours are made of: activity, and the labels of who holds. Memory and power of the past are not kept. */
const PARTS = new Set([
  "nvidia.engineActive",
  "nvidia.smActive",
  "nvidia.util",
  "amd.profiledActivity",
  "amd.activity",
]);

/**
 * What to ask for the past of accelerators, newest day first, up to the hour in which live recording began.
 *
 * Basis: at most 5 million samples per query and 200,000 points per answer; where one hour alone would exceed that, the window shrinks
 * to a few scrapes and the point is a sample of its hour.
 */
export function planGpuBackfill(input: {
  readonly nowSeconds: number;
  readonly historySeconds: number;
  /** Start of the first hour recorded live; null = none yet. */
  readonly liveFromSeconds: number | null;
  readonly presence: Presence;
}): GpuChunk[] {
  const { presence, nowSeconds } = input;
  const interval = presence.intervalSeconds.get("gpu") ?? DEFAULT_INTERVAL_SECONDS;
  const exprs = gpuQuery.parts.flatMap(({ id, variants }) => {
    if (!PARTS.has(id)) return [];
    const expr = variants.find(({ needs }) => needs.every((need) => isThere(presence, need)))?.expr;
    return expr === undefined ? [] : [{ id, expr }];
  });
  if (exprs.length === 0) return [];
  const costOf = (expr: string, window: number) =>
    Math.max(1, estimateSamples(expr.replaceAll("$window", `${window}s`), presence.counts, window, interval));
  const worst = (window: number) => Math.max(...exprs.map(({ expr }) => costOf(expr, window)));
  const window = worst(HOUR) <= MAX_SAMPLES_PER_QUERY * FILL ? HOUR : windowFor(interval, 60);
  const rows = Math.max(
    1,
    ...exprs.map(({ expr }) => estimateSamples(expr.replaceAll("$window", "60s"), presence.counts, 1, 1)),
  );
  const hours = Math.min(
    MAX_HOURS,
    Math.floor((FILL * MAX_SAMPLES_PER_QUERY) / worst(window)),
    Math.floor(MAX_POINTS_PER_ANSWER / rows),
  );
  if (hours < 1) return [];
  const parts = exprs.map(({ id, expr }) => ({ id, promql: expr.replaceAll("$window", `${window}s`) }));
  const last = Math.floor(Math.min(nowSeconds, input.liveFromSeconds ?? nowSeconds) / HOUR) * HOUR;
  const first = Math.ceil((nowSeconds - Math.min(input.historySeconds, BACKFILL_DAYS * 86_400)) / HOUR) * HOUR + HOUR;
  const chunks: GpuChunk[] = [];
  for (let end = last; end >= first; end -= hours * HOUR) {
    const start = Math.max(first, end - (hours - 1) * HOUR);
    chunks.push({
      id: `gpu/${start}-${end}`,
      level: "gpu",
      parts,
      startSeconds: start,
      endSeconds: end,
      stepSeconds: HOUR,
    });
  }
  return chunks;
}

/** One chunk → devices by hour, told apart by the same rules as live reads. Throws a PrometheusError. */
export async function runGpuChunk(
  client: Pick<PrometheusClient, "range">,
  chunk: GpuChunk,
  context: { readonly resolveNode: NodeResolver; readonly podOwner: PodOwnerOf; readonly budget: QueryBudget },
  signal: AbortSignal | undefined,
): Promise<GpuHour[]> {
  const byHour = new Map<number, Map<string, InstantSample[]>>();
  for (const part of chunk.parts) {
    const answer = await client.range(part.promql, chunk, {
      budget: context.budget,
      signal,
      timeoutSeconds: CHUNK_TIMEOUT_SECONDS,
    });
    for (const { labels, points } of answer.data) {
      for (const [at, value] of points) {
        if (!Number.isFinite(value) || value < 0) continue;
        const hour = byHour.get(at) ?? new Map<string, InstantSample[]>();
        byHour.set(at, hour);
        const rows = hour.get(part.id) ?? [];
        hour.set(part.id, rows);
        rows.push({ labels, value });
      }
    }
  }
  return [...byHour]
    .sort(([a], [b]) => a - b)
    .map(([at, rows]) => ({
      hourAtSeconds: at - HOUR,
      samples: toGpuDevices(rows, context.resolveNode, context.podOwner).devices,
    }));
}
