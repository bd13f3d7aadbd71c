import type { FlowReading } from "../../domain/network/flow-sample.ts";
import type { BackfillContext } from "./backfill.ts";
import { flowQueries } from "./catalogue-flows.ts";
import type { CataloguePart, CatalogueQuery } from "./catalogue-types.ts";
import type { PrometheusClient } from "./client.ts";
import { estimateSamples, MAX_SAMPLES_PER_QUERY, windowFor } from "./estimate.ts";
import { type FlowContext, type PrometheusFlowAdapter, toFlowReading } from "./flows.ts";
import type { InstantSample } from "./parse-answer.ts";
import { DEFAULT_INTERVAL_SECONDS, isThere, type Presence } from "./presence.ts";

/** A span of whole hours of one flow source; every part of its query is asked for the span. Plain data, stored by a job. */
export type FlowChunk = {
  readonly id: string;
  readonly level: "flow";
  readonly adapter: PrometheusFlowAdapter;
  readonly parts: readonly { readonly id: string; readonly promql: string }[];
  /** End of the first and of the last hour. */
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly stepSeconds: 3600;
};
export type FlowHour = { readonly hourAtSeconds: number; readonly reading: FlowReading };

const HOUR = 3_600;
const BACKFILL_DAYS = 30;
const FILL = 0.8;
const MAX_POINTS_PER_ANSWER = 200_000; // flow rows carry some fourteen labels: about 60 MB of JSON with them
const CHUNK_TIMEOUT_SECONDS = 90;
const MAX_HOURS = 24; // one day a chunk: what a restart repeats stays small

/** The flow source that live reads use: the first of the list with series. */
export function chosenFlowQuery(presence: Presence): { query: CatalogueQuery; adapter: PrometheusFlowAdapter } | null {
  const query = flowQueries.find((one) => one.parts.some((part) => part.id !== "samplingRate" && isAsked(part)));
  if (query === undefined) return null;
  const adapter = query.id.replace(/^flows\./, "");
  return isAdapter(adapter) ? { query, adapter } : null;

  function isAsked(part: CataloguePart): boolean {
    return variantOf(part, presence) !== null;
  }
}

/**
 * What to ask for the past of the flows, newest day first.
 *
 * Shape: chunks of up to a day of whole hours; each point is the mean rate of the hour that ends with it.
 * Basis: at most 5 million samples per query and 200,000 points per answer; where one hour alone would exceed that, the window
 * shrinks to four scrapes and the point is a sample of its hour; where even that is too much there is no chunk.
 */
export function planFlowBackfill(input: {
  readonly nowSeconds: number;
  readonly historySeconds: number;
  readonly presence: Presence;
}): FlowChunk[] {
  const { presence, nowSeconds } = input;
  const chosen = chosenFlowQuery(presence);
  if (chosen === null) return [];
  const interval = presence.intervalSeconds.get("flows") ?? DEFAULT_INTERVAL_SECONDS;
  const exprs = chosen.query.parts.flatMap((part) => {
    const expr = variantOf(part, presence);
    return expr === null ? [] : [{ id: part.id, expr: withoutLimit(expr) }];
  });
  const costOf = (window: number) =>
    Math.max(
      1,
      ...exprs.map(({ expr }) =>
        estimateSamples(expr.replaceAll("$window", `${window}s`), presence.counts, window, interval),
      ),
    );
  const window = costOf(HOUR) <= MAX_SAMPLES_PER_QUERY * FILL ? HOUR : windowFor(interval, 60);
  const rows = Math.max(
    1,
    ...exprs.map(({ expr }) => estimateSamples(expr.replaceAll("$window", "60s"), presence.counts, 1, 1)),
  );
  const hours = Math.min(
    MAX_HOURS,
    Math.floor((FILL * MAX_SAMPLES_PER_QUERY) / costOf(window)),
    Math.floor(MAX_POINTS_PER_ANSWER / rows),
  );
  if (hours < 1) return [];
  const parts = exprs.map(({ id, expr }) => ({ id, promql: expr.replaceAll("$window", `${window}s`) }));
  const last = Math.floor(nowSeconds / HOUR) * HOUR;
  const oldest = nowSeconds - Math.min(input.historySeconds, BACKFILL_DAYS * 86_400);
  const first = Math.ceil(oldest / HOUR) * HOUR + HOUR;
  const chunks: FlowChunk[] = [];
  for (let end = last; end >= first; end -= hours * HOUR) {
    const start = Math.max(first, end - (hours - 1) * HOUR);
    chunks.push({
      id: `flow/${chosen.adapter}/${start}-${end}`,
      level: "flow",
      adapter: chosen.adapter,
      parts,
      startSeconds: start,
      endSeconds: end,
      stepSeconds: HOUR,
    });
  }
  return chunks;
}

/** One chunk → flows by hour, counted once by the same rules as live reads. Throws a PrometheusError. */
export async function runFlowChunk(
  client: PrometheusClient,
  chunk: FlowChunk,
  context: FlowContext & Pick<BackfillContext, "budget">,
  signal: AbortSignal | undefined,
): Promise<FlowHour[]> {
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
    .map(([at, rows]) => ({ hourAtSeconds: at - HOUR, reading: toFlowReading(chunk.adapter, rows, context) }));
}

function variantOf(part: CataloguePart, presence: Presence): string | null {
  return part.variants.find(({ needs }) => needs.every((need) => isThere(presence, need)))?.expr ?? null;
}

function withoutLimit(expr: string): string {
  return /^topk\(\$top, (.*)\)$/s.exec(expr)?.[1] ?? expr;
}

function isAdapter(name: string): name is PrometheusFlowAdapter {
  return ["obi", "beyla", "netobserv", "coroot", "network-costs"].includes(name);
}
