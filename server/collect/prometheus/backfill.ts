import type { EntityHistory, EntityKey } from "../../domain/metrics.ts";
import type { Labels, ObjectRef } from "../../domain/snapshot.ts";
import { type BackfillChunk, historyQuery, toHistorySeconds } from "./backfill-plan.ts";
import type { PrometheusClient } from "./client.ts";
import { toStored } from "./entity-samples.ts";
import type { NodeResolver } from "./labels.ts";
import type { Presence } from "./presence.ts";
import type { QueryBudget } from "./query-budget.ts";

export type BackfillContext = {
  readonly resolveNode: NodeResolver;
  /** The workload of that name that exists today; `null` = none, or more than one kind. */
  readonly workloadByName: (namespace: string, name: string) => ObjectRef | null;
  readonly budget: QueryBudget;
};
export type BackfillHistories = {
  readonly histories: readonly EntityHistory[];
  readonly pointCount: number;
  /** Series of nodes and workloads that no longer exist. */
  readonly unresolvedCount: number;
  readonly partial: string | null;
  readonly receivedBytes: number;
  readonly durationSeconds: number;
};

const CHUNK_TIMEOUT_SECONDS = 90; // nobody waits for the past, and it must not be asked twice

/** How many seconds of the past this Prometheus can tell, up to 30 days. */
export async function readHistorySeconds(
  client: PrometheusClient,
  presence: Presence,
  nowSeconds: number,
  options: { readonly budget: QueryBudget; readonly signal?: AbortSignal | undefined },
): Promise<number> {
  const answer = await client.instant(historyQuery(presence), nowSeconds, options);
  return toHistorySeconds(answer.data);
}

/** One chunk → one history per entity. Throws a PrometheusError; the chunk then stays open and is asked again later. */
export async function runBackfillChunk(
  client: PrometheusClient,
  chunk: BackfillChunk,
  context: BackfillContext,
  signal: AbortSignal | undefined,
): Promise<BackfillHistories> {
  const answer = await client.range(chunk.promql, chunk, {
    budget: context.budget,
    signal,
    timeoutSeconds: CHUNK_TIMEOUT_SECONDS,
  });
  const byEntity = new Map<string, { readonly entity: EntityKey; readonly points: Map<number, number> }>();
  let unresolvedCount = 0;
  for (const { labels, points } of answer.data) {
    const entity = toEntity(chunk, labels, context);
    if (entity === null) {
      unresolvedCount += 1;
      continue;
    }
    const key = [entity.namespace, entity.kind, entity.name].join("\u0000");
    const known = byEntity.get(key) ?? { entity, points: new Map<number, number>() };
    byEntity.set(key, known);
    for (const [at, value] of points) {
      if (!Number.isFinite(value) || value < 0) continue;
      // Two targets that lead to one node tell of the same thing.
      known.points.set(at, Math.max(known.points.get(at) ?? 0, toStored(chunk.metric, value)));
    }
  }
  const histories = [...byEntity.values()].map((known) => ({ ...known, metric: chunk.metric }));
  return {
    histories,
    pointCount: histories.reduce((sum, { points }) => sum + points.size, 0),
    unresolvedCount,
    partial: answer.partial,
    receivedBytes: answer.receivedBytes,
    durationSeconds: answer.durationSeconds,
  };
}

function toEntity(chunk: BackfillChunk, labels: Labels, context: BackfillContext): EntityKey | null {
  const blank = { namespace: "", kind: "", name: "", container: "" };
  switch (chunk.level) {
    case "node": {
      const name = context.resolveNode(labels);
      return name === null ? null : { ...blank, level: "node", name };
    }
    case "namespace":
      return labels.namespace === undefined ? null : { ...blank, level: "namespace", name: labels.namespace };
    case "workload": {
      const { namespace, workload } = labels;
      if (namespace === undefined || workload === undefined) return null;
      const found = context.workloadByName(namespace, workload);
      return found === null ? null : { ...blank, level: "workload", namespace, kind: found.kind, name: found.name };
    }
    default:
      return chunk.level satisfies never;
  }
}
