import type { FlowReading } from "../../domain/network/flow-sample.ts";
import type { BackfillContext } from "./backfill.ts";
import { type HourChunk, planHours, readHours } from "./backfill-hours.ts";
import { flowQueries } from "./catalogue-flows.ts";
import type { CataloguePart, CatalogueQuery } from "./catalogue-types.ts";
import type { PrometheusClient } from "./client.ts";
import { type FlowContext, type PrometheusFlowAdapter, toFlowReading } from "./flows.ts";
import { DEFAULT_INTERVAL_SECONDS, isThere, type Presence } from "./presence.ts";

/** Hours of one flow source. */
export type FlowChunk = HourChunk<"flow"> & { readonly adapter: PrometheusFlowAdapter };
export type FlowHour = { readonly hourAtSeconds: number; readonly reading: FlowReading };

const MAX_POINTS_PER_ANSWER = 200_000; // flow rows carry some fourteen labels: about 60 MB of JSON with them
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
  const intervalSeconds = presence.intervalSeconds.get("flows") ?? DEFAULT_INTERVAL_SECONDS;
  const exprs = chosen.query.parts.flatMap((part) => {
    const expr = variantOf(part, presence);
    return expr === null ? [] : [{ id: part.id, expr: withoutLimit(expr) }];
  });
  const plan = planHours({
    exprs,
    presence,
    intervalSeconds,
    nowSeconds,
    historySeconds: input.historySeconds,
    untilSeconds: nowSeconds,
    maxHours: MAX_HOURS,
    maxPoints: MAX_POINTS_PER_ANSWER,
  });
  return (plan?.spans ?? []).map((span) => ({
    id: `flow/${chosen.adapter}/${span.startSeconds}-${span.endSeconds}`,
    level: "flow",
    adapter: chosen.adapter,
    parts: plan?.parts ?? [],
    ...span,
  }));
}

/** One chunk → flows by hour, counted once by the same rules as live reads. Throws a PrometheusError. */
export async function runFlowChunk(
  client: PrometheusClient,
  chunk: FlowChunk,
  context: FlowContext & Pick<BackfillContext, "budget">,
  signal: AbortSignal | undefined,
): Promise<FlowHour[]> {
  const hours = await readHours(client, chunk, context, signal);
  return hours.map(({ atSeconds, rows }) => ({
    hourAtSeconds: atSeconds,
    reading: toFlowReading(chunk.adapter, rows, context),
  }));
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
