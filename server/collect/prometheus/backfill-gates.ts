import type { ComponentName } from "../../domain/snapshot.ts";
import { gateCountQuery, SIGNATURE_PREFIX } from "./catalogue-control-plane.ts";
import type { CataloguePart } from "./catalogue-types.ts";
import type { PrometheusClient } from "./client.ts";
import { MAX_SAMPLES_PER_QUERY } from "./estimate.ts";
import { type GateCounts, placeOf, targetKey, toGateCounts } from "./gates.ts";
import { NODE_LABELS, type NodeResolver } from "./labels.ts";
import type { InstantSample, RangeSeries } from "./parse-answer.ts";
import { partIdOf } from "./plan-queries.ts";
import { isThere, joinParts, type Presence } from "./presence.ts";
import type { QueryBudget } from "./query-budget.ts";

/** The past of the gates in one piece. Plain data, stored by a job. */
export type GateChunk = {
  readonly id: string;
  readonly level: "gates";
  /** How many instances say on and off to each gate, asked over the span. */
  readonly countsPromql: string;
  /** Which component a job is; null = its name has to say it. */
  readonly signaturesPromql: string | null;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly stepSeconds: number;
  readonly seriesCount: number;
};
/** One instance that was seen with another value than before. */
export type GateFlip = {
  readonly component: ComponentName;
  readonly instance: string;
  readonly gate: string;
  /** First moment of the new value, epoch seconds. */
  readonly atSeconds: number;
  readonly wasOn: boolean;
  readonly isOn: boolean;
};

const HOUR = 3_600;
const BACKFILL_DAYS = 30;
const FILL = 0.8;
const CHUNK_TIMEOUT_SECONDS = 90;
const METRIC = "kubernetes_feature_enabled";
/** Enough to see between which points a gate moved; the hour itself is asked for those gates alone. */
const MAX_POINTS = 240;
/** Gates asked instance by instance; a whole upgrade changes dozens, and what lies beyond is left to live reads. */
const MAX_NAMES = 60;

/**
 * What to ask for the past of the gates.
 *
 * Basis: one sample per series and point, at most 5 million and 240 points; the step is whole hours. No chunk where this Prometheus
 * has no gates, or too many for three points.
 */
export function planGateBackfill(input: {
  readonly nowSeconds: number;
  readonly historySeconds: number;
  readonly presence: Presence;
}): GateChunk[] {
  const { presence, nowSeconds } = input;
  if (!isThere(presence, METRIC)) return [];
  const seriesCount = presence.counts.byName.get(METRIC) ?? 0;
  const endSeconds = Math.floor(nowSeconds / HOUR) * HOUR;
  const span = Math.floor(Math.min(input.historySeconds, BACKFILL_DAYS * 86_400) / HOUR) * HOUR;
  const points = Math.min(MAX_POINTS, Math.floor((FILL * MAX_SAMPLES_PER_QUERY) / Math.max(1, seriesCount)));
  if (points < 3 || span < 2 * HOUR) return [];
  const stepSeconds = Math.max(HOUR, Math.ceil(span / points / HOUR) * HOUR);
  const startSeconds = endSeconds - Math.floor(span / stepSeconds) * stepSeconds;
  const exprOf = ({ variants }: CataloguePart) =>
    variants.find(({ needs }) => needs.every((need) => isThere(presence, need)))?.expr;
  const signatures = gateCountQuery.parts.flatMap((part): [string, string][] => {
    const expr = part.id.startsWith(SIGNATURE_PREFIX) ? exprOf(part) : undefined;
    return expr === undefined ? [] : [[part.id, expr]];
  });
  const counts = gateCountQuery.parts.find(({ id }) => id === "gates");
  const countsPromql = counts === undefined ? undefined : exprOf(counts);
  if (countsPromql === undefined) return [];
  return [
    {
      id: `gates/${startSeconds}-${endSeconds}`,
      level: "gates",
      countsPromql,
      signaturesPromql: signatures.length === 0 ? null : joinParts(signatures),
      startSeconds,
      endSeconds,
      stepSeconds,
      seriesCount,
    },
  ];
}

/**
 * Which instance changed which gate in the span, oldest first.
 *
 * Basis: first the counts per job, which say which gates moved from on to off or back and when; then those gates alone, instance by
 * instance, an hour apart around the move. An instance that came or went has changed nothing. Throws a PrometheusError.
 */
export async function runGateChunk(
  client: PrometheusClient,
  chunk: GateChunk,
  context: { readonly resolveNode: NodeResolver; readonly budget: QueryBudget },
  signal: AbortSignal | undefined,
): Promise<GateFlip[]> {
  const options = { budget: context.budget, signal, timeoutSeconds: CHUNK_TIMEOUT_SECONDS };
  const counts = await client.range(chunk.countsPromql, chunk, options);
  const moves = findMoves(counts.data);
  if (moves.size === 0) return [];
  const signatures =
    chunk.signaturesPromql === null
      ? []
      : (await client.instant(chunk.signaturesPromql, chunk.endSeconds, options)).data;
  const groups = toGateCounts(byPart(signatures, counts.data)).groups;
  const names = [...moves.keys()].sort().slice(0, MAX_NAMES);
  const from = Math.min(...names.map((name) => moves.get(name)?.fromSeconds ?? chunk.endSeconds));
  const to = Math.max(...names.map((name) => moves.get(name)?.toSeconds ?? chunk.startSeconds));
  const by = [...NODE_LABELS, "job", "metrics_path", "name"].join(", ");
  const rows = await client.range(
    `max by (${by}) (${METRIC}{name=~"${names.join("|")}"})`,
    { startSeconds: from, endSeconds: to, stepSeconds: HOUR },
    options,
  );
  return rows.data
    .flatMap((series) => flipsOf(series, groups, context.resolveNode))
    .sort((a, b) => a.atSeconds - b.atSeconds);
}

type Move = { readonly fromSeconds: number; readonly toSeconds: number };

/** Gates of which instances went from one value to the other: between two points one count fell and the other rose. */
export function findMoves(rows: readonly RangeSeries[]): Map<string, Move> {
  const byGate = new Map<string, { name: string; at: Map<number, { on: number; off: number }> }>();
  for (const { labels, points } of rows) {
    const name = labels.name ?? "";
    const key = `${targetKey(labels)}\u0000${name}`;
    const gate = byGate.get(key) ?? { name, at: new Map<number, { on: number; off: number }>() };
    byGate.set(key, gate);
    for (const [at, value] of points) {
      const tally = gate.at.get(at) ?? { on: 0, off: 0 };
      if (labels.gate_value === "1") tally.on += value;
      else if (labels.gate_value === "0") tally.off += value;
      gate.at.set(at, tally);
    }
  }
  const moves = new Map<string, Move>();
  for (const { name, at } of byGate.values()) {
    const points = [...at].sort(([a], [b]) => a - b);
    for (const [index, [toSeconds, now]] of points.entries()) {
      const [fromSeconds, before] = points[index - 1] ?? [toSeconds, now];
      if ((now.on - before.on) * (now.off - before.off) >= 0) continue;
      const known = moves.get(name);
      moves.set(name, {
        fromSeconds: Math.min(known?.fromSeconds ?? fromSeconds, fromSeconds),
        toSeconds: Math.max(known?.toSeconds ?? toSeconds, toSeconds),
      });
    }
  }
  return moves;
}

function flipsOf({ labels, points }: RangeSeries, groups: GateCounts["groups"], resolveNode: NodeResolver): GateFlip[] {
  const components = groups.get(targetKey(labels))?.components ?? [];
  return points.flatMap(([atSeconds, value], index) => {
    const before = points[index - 1]?.[1];
    if (before === undefined || before === value) return [];
    return components.map((component) => ({
      component,
      instance: placeOf(component, labels, resolveNode),
      gate: labels.name ?? "",
      atSeconds,
      wasOn: before === 1,
      isOn: value === 1,
    }));
  });
}

/** The counts of the last point beside the signatures, as a live read has them. */
function byPart(signatures: readonly InstantSample[], counts: readonly RangeSeries[]): Map<string, InstantSample[]> {
  const parts = new Map<string, InstantSample[]>([["gates", []]]);
  for (const sample of signatures) {
    const id = partIdOf(sample.labels);
    parts.set(id, [...(parts.get(id) ?? []), sample]);
  }
  for (const { labels, points } of counts) {
    const last = points.at(-1);
    if (last !== undefined) parts.get("gates")?.push({ labels, value: last[1] });
  }
  return parts;
}
