import { BACKFILL_DAYS } from "./backfill-plan.ts";
import type { PrometheusClient } from "./client.ts";
import { estimateSamples, MAX_SAMPLES_PER_QUERY, windowFor } from "./estimate.ts";
import type { InstantSample } from "./parse-answer.ts";
import type { Presence } from "./presence.ts";
import type { QueryBudget } from "./query-budget.ts";

const HOUR_SECONDS = 3_600;
const CHUNK_TIMEOUT_SECONDS = 90;
/** Share of the limit that a plan uses: what it was estimated from moves while it is carried out. */
const FILL = 0.8;

/** A span of whole hours of one subject; every part is asked for the span. Plain data, stored by a job. */
export type HourChunk<Level extends string> = {
  readonly id: string;
  readonly level: Level;
  readonly parts: readonly { readonly id: string; readonly promql: string }[];
  /** End of the first and of the last hour. */
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly stepSeconds: typeof HOUR_SECONDS;
};

/** What to ask together, in spans of whole hours. */
export type HourPlan = {
  readonly parts: HourChunk<string>["parts"];
  /** Newest first. */
  readonly spans: readonly Pick<HourChunk<string>, "startSeconds" | "endSeconds" | "stepSeconds">[];
};

/**
 * Spans of whole hours in which some expressions are asked, one point per hour, newest span first.
 *
 * Shape: `null` where not even one hour fits. Pure: the same input gives the same plan.
 * Basis: at most 5 million samples per query and `maxPoints` per answer. Where one hour alone would exceed the samples, `$window`
 * shrinks to a few scrapes and the point is a sample of its hour.
 */
export function planHours(input: {
  readonly exprs: readonly { readonly id: string; readonly expr: string }[];
  readonly presence: Presence;
  readonly intervalSeconds: number;
  readonly nowSeconds: number;
  readonly historySeconds: number;
  /** Hours that end later are not asked for. */
  readonly untilSeconds: number;
  readonly maxHours: number;
  readonly maxPoints: number;
}): HourPlan | null {
  const { exprs, presence, intervalSeconds, nowSeconds } = input;
  const samplesIn = (window: number) =>
    Math.max(
      1,
      ...exprs.map(({ expr }) =>
        estimateSamples(expr.replaceAll("$window", `${window}s`), presence.counts, window, intervalSeconds),
      ),
    );
  const fits = FILL * MAX_SAMPLES_PER_QUERY;
  const window = samplesIn(HOUR_SECONDS) <= fits ? HOUR_SECONDS : windowFor(intervalSeconds, 60);
  const rows = Math.max(
    1,
    ...exprs.map(({ expr }) => estimateSamples(expr.replaceAll("$window", "60s"), presence.counts, 1, 1)),
  );
  const hours = Math.min(input.maxHours, Math.floor(fits / samplesIn(window)), Math.floor(input.maxPoints / rows));
  if (exprs.length === 0 || hours < 1) return null;
  const last = Math.floor(input.untilSeconds / HOUR_SECONDS) * HOUR_SECONDS;
  const oldest = nowSeconds - Math.min(input.historySeconds, BACKFILL_DAYS * 86_400);
  const first = Math.ceil(oldest / HOUR_SECONDS) * HOUR_SECONDS + HOUR_SECONDS;
  const spans: HourPlan["spans"][number][] = [];
  for (let end = last; end >= first; end -= hours * HOUR_SECONDS)
    spans.push({
      startSeconds: Math.max(first, end - (hours - 1) * HOUR_SECONDS),
      endSeconds: end,
      stepSeconds: HOUR_SECONDS,
    });
  return { parts: exprs.map(({ id, expr }) => ({ id, promql: expr.replaceAll("$window", `${window}s`) })), spans };
}

/** What each hour of a chunk says, by part, oldest hour first; `atSeconds` is its start. Throws a PrometheusError. */
export async function readHours(
  client: Pick<PrometheusClient, "range">,
  chunk: HourChunk<string>,
  context: { readonly budget: QueryBudget },
  signal: AbortSignal | undefined,
): Promise<{ readonly atSeconds: number; readonly rows: ReadonlyMap<string, readonly InstantSample[]> }[]> {
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
  return [...byHour].sort(([a], [b]) => a - b).map(([at, rows]) => ({ atSeconds: at - HOUR_SECONDS, rows }));
}
