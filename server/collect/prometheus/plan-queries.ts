import {
  type CataloguePart,
  type CatalogueQuery,
  type Family,
  PART_LABEL,
  TOP_CONTAINER_ROWS,
  TOP_ROWS,
  type Variant,
} from "./catalogue-types.ts";
import { estimateSamples, MAX_SAMPLES_PER_QUERY, windowFor } from "./estimate.ts";
import { DEFAULT_INTERVAL_SECONDS, isThere, joinParts, type Presence } from "./presence.ts";
import { escapeRegex, injectMatchers, type Matcher } from "./selector.ts";

/** One query ready to be sent. */
export type PlannedQuery = {
  readonly queryId: string;
  readonly promql: string;
  readonly parts: readonly PlannedPart[];
  readonly estimatedSamples: number;
  /** 1-based batch of nodes and their number; `null` = all at once. */
  readonly shard: { readonly index: number; readonly of: number } | null;
  readonly topRows: number | null;
};
export type PlannedPart = { readonly part: CataloguePart; readonly expr: string; readonly windowSeconds: number };

export type QueryPlan = {
  readonly queries: readonly PlannedQuery[];
  /** Parts for which this Prometheus has no series. */
  readonly withoutSource: readonly CataloguePart[];
  /** Parts that would cost too much even alone and cannot be divided. */
  readonly tooHeavy: readonly CataloguePart[];
};

// Rates cover at least the time between two reads; admission calls come in bursts.
const WINDOW_FLOOR_SECONDS: Readonly<Record<Family, number>> = {
  kubelet: 60,
  nodeExporter: 60,
  kubeStateMetrics: 60,
  gpu: 120, // exporters sample every 30 s
  flows: 120,
  controlPlane: 300,
  prices: 60,
};
/** Rows of one answer: 50,000 rows of five labels are about 15 MB of JSON. */
export const MAX_ROWS_PER_QUERY = 50_000;
const FILL = 0.8; // series may have come since the probe

export function windowOf(family: Family, presence: Presence): number {
  return windowFor(presence.intervalSeconds.get(family) ?? DEFAULT_INTERVAL_SECONDS, WINDOW_FLOOR_SECONDS[family]);
}

/**
 * Catalogue entry → the queries to send, each below the limits of samples and rows.
 *
 * Parts share a query while they fit; a part that does not fit alone is asked in batches of nodes, if its rows allow it.
 * `nodeCount` decides whether a cheaper part already covers every node. `values` fills further placeholders.
 */
export function planQueries(
  query: CatalogueQuery,
  presence: Presence,
  nodeCount: number,
  values: Readonly<Record<string, string>> = {},
): QueryPlan {
  const withoutSource: CataloguePart[] = [];
  const tooHeavy: CataloguePart[] = [];
  const queries: PlannedQuery[] = [];
  let open: { parts: PlannedPart[]; samples: number; rows: number } = { parts: [], samples: 0, rows: 0 };
  const close = (): void => {
    if (open.parts.length > 0) queries.push(toPlanned(query, open.parts, open.samples, null, []));
    open = { parts: [], samples: 0, rows: 0 };
  };
  for (const part of query.parts) {
    const variant = part.variants.find(({ needs }) => needs.every((need) => isThere(presence, need)));
    if (variant === undefined) {
      withoutSource.push(part);
      continue;
    }
    if (part.redundantWith === "rows:root" && (presence.counts.rootRows ?? 0) >= Math.max(1, nodeCount)) continue;
    const planned = fill(query, part, variant, presence, values);
    const interval = presence.intervalSeconds.get(part.family) ?? DEFAULT_INTERVAL_SECONDS;
    const samples = estimateSamples(planned.expr, presence.counts, planned.windowSeconds, interval);
    const rows = rowsOf(query, presence);
    const shardCount = Math.ceil(Math.max(samples / (FILL * MAX_SAMPLES_PER_QUERY), rows / MAX_ROWS_PER_QUERY));
    if (shardCount > 1) {
      const shards = query.canShard ? toShards(presence, shardCount) : null;
      if (shards === null) {
        if (samples > MAX_SAMPLES_PER_QUERY) tooHeavy.push(part);
        else queries.push(toPlanned(query, [planned], samples, null, []));
        continue;
      }
      shards.forEach((matcher, at) => {
        const shard = { index: at + 1, of: shards.length };
        queries.push(toPlanned(query, [planned], Math.ceil(samples / shards.length), shard, [matcher]));
      });
      continue;
    }
    if (open.samples + samples > FILL * MAX_SAMPLES_PER_QUERY || open.rows + rows > MAX_ROWS_PER_QUERY) close();
    open.parts.push(planned);
    open.samples += samples;
    open.rows += rows;
  }
  close();
  return { queries, withoutSource, tooHeavy };
}

/** The same query in two halves, for when the server could not evaluate it whole; `null` when it has one part. */
export function splitQuery(query: CatalogueQuery, planned: PlannedQuery): readonly [PlannedQuery, PlannedQuery] | null {
  if (planned.parts.length < 2 || planned.shard !== null) return null;
  const middle = Math.ceil(planned.parts.length / 2);
  const samples = Math.ceil(planned.estimatedSamples / 2);
  return [
    toPlanned(query, planned.parts.slice(0, middle), samples, null, []),
    toPlanned(query, planned.parts.slice(middle), samples, null, []),
  ];
}

/** `$window`, `$top` and further placeholders filled in. */
export function fill(
  query: CatalogueQuery,
  part: CataloguePart,
  variant: Variant,
  presence: Presence,
  values: Readonly<Record<string, string>> = {},
): PlannedPart {
  const windowSeconds = windowOf(part.family, presence);
  let expr = variant.expr.replaceAll("$window", `${windowSeconds}s`).replaceAll("$top", String(topRowsOf(query)));
  for (const [name, value] of Object.entries(values)) expr = expr.replaceAll(`$${name}`, () => value);
  return { part, expr, windowSeconds };
}

function topRowsOf(query: CatalogueQuery): number {
  return query.topRows ?? TOP_ROWS;
}

function toPlanned(
  query: CatalogueQuery,
  parts: readonly PlannedPart[],
  estimatedSamples: number,
  shard: PlannedQuery["shard"],
  matchers: readonly Matcher[],
): PlannedQuery {
  const promql = injectMatchers(joinParts(parts.map(({ part, expr }) => [part.id, expr])), matchers);
  return { queryId: query.id, promql, parts, estimatedSamples, shard, topRows: query.topRows };
}

/** Rows that a part of this query may return at most. */
function rowsOf(query: CatalogueQuery, presence: Presence): number {
  const { counts } = presence;
  if (query.level !== "pod" && query.level !== "container") return 0; // bounded by nodes, devices or the query itself
  const pods = counts.podRows !== null && counts.podRows > 0 ? counts.podRows : (counts.containerRows ?? 0);
  const all = query.level === "container" ? (counts.containerRows ?? TOP_CONTAINER_ROWS) : pods;
  return query.topRows === null ? all : Math.min(all, query.topRows);
}

function toShards(presence: Presence, wanted: number): readonly Matcher[] | null {
  const { shards } = presence;
  if (shards === null || shards.values.length < wanted) return null;
  const size = Math.ceil(shards.values.length / wanted);
  const matchers: Matcher[] = [];
  for (let from = 0; from < shards.values.length; from += size) {
    const values = shards.values.slice(from, from + size);
    matchers.push({ label: shards.label, operator: "=~", value: values.map(escapeRegex).join("|") });
  }
  return matchers;
}

/** Which part a row of an answer belongs to. */
export function partIdOf(labels: Readonly<Record<string, string>>): string {
  return labels[PART_LABEL] ?? "";
}
