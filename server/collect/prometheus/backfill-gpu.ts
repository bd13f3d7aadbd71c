import type { GpuDeviceSample } from "../../domain/gpu/device-sample.ts";
import { type HourChunk, planHours, readHours } from "./backfill-hours.ts";
import { gpuQuery } from "./catalogue-devices.ts";
import type { PrometheusClient } from "./client.ts";
import { toGpuDevices } from "./gpu-devices.ts";
import type { NodeResolver, PodOwnerOf } from "./labels.ts";
import { DEFAULT_INTERVAL_SECONDS, isThere, type Presence } from "./presence.ts";
import type { QueryBudget } from "./query-budget.ts";

/** Hours of device activity. */
export type GpuChunk = HourChunk<"gpu">;
export type GpuHour = { readonly hourAtSeconds: number; readonly samples: readonly GpuDeviceSample[] };

const MAX_POINTS_PER_ANSWER = 200_000; // device rows carry some fifteen labels: about 60 MB of JSON with them
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
  const exprs = gpuQuery.parts.flatMap(({ id, variants }) => {
    if (!PARTS.has(id)) return [];
    const expr = variants.find(({ needs }) => needs.every((need) => isThere(presence, need)))?.expr;
    return expr === undefined ? [] : [{ id, expr }];
  });
  const plan = planHours({
    exprs,
    presence,
    intervalSeconds: presence.intervalSeconds.get("gpu") ?? DEFAULT_INTERVAL_SECONDS,
    nowSeconds,
    historySeconds: input.historySeconds,
    untilSeconds: Math.min(nowSeconds, input.liveFromSeconds ?? nowSeconds),
    maxHours: MAX_HOURS,
    maxPoints: MAX_POINTS_PER_ANSWER,
  });
  return (plan?.spans ?? []).map((span) => ({
    id: `gpu/${span.startSeconds}-${span.endSeconds}`,
    level: "gpu",
    parts: plan?.parts ?? [],
    ...span,
  }));
}

/** One chunk → devices by hour, told apart by the same rules as live reads. Throws a PrometheusError. */
export async function runGpuChunk(
  client: Pick<PrometheusClient, "range">,
  chunk: GpuChunk,
  context: { readonly resolveNode: NodeResolver; readonly podOwner: PodOwnerOf; readonly budget: QueryBudget },
  signal: AbortSignal | undefined,
): Promise<GpuHour[]> {
  const hours = await readHours(client, chunk, context, signal);
  return hours.map(({ atSeconds, rows }) => ({
    hourAtSeconds: atSeconds,
    samples: toGpuDevices(rows, context.resolveNode, context.podOwner).devices,
  }));
}
