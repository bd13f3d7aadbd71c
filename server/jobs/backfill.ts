import { readHistorySeconds, runBackfillChunk } from "../collect/prometheus/backfill.ts";
import { planFlowBackfill } from "../collect/prometheus/backfill-flows.ts";
import { planGateBackfill } from "../collect/prometheus/backfill-gates.ts";
import { type BackfillChunk, planBackfill } from "../collect/prometheus/backfill-plan.ts";
import type { PrometheusClient } from "../collect/prometheus/client.ts";
import { toNodeResolver } from "../collect/prometheus/labels.ts";
import { PrometheusError } from "../collect/prometheus/prometheus-error.ts";
import { QueryBudget } from "../collect/prometheus/query-budget.ts";
import type { ClusterConfig } from "../config.ts";
import type { EntityHistory } from "../domain/metrics.ts";
import { messageOf } from "../errors.ts";
import { finishBackfillChunk, loadBackfillState, nextBackfillChunks, saveBackfillPlan } from "../store/backfill.ts";
import { inTransaction } from "../store/db.ts";
import { saveBackfilledHours, saveBackfilledSamples } from "../store/past-metrics.ts";
import type { BackfillJob } from "../store/queue.ts";
import { isSpanChunk } from "./backfill-chunk.ts";
import { backfillCosts } from "./backfill-costs.ts";
import { backfillFlowChunk } from "./backfill-flows.ts";
import { backfillGateChunk } from "./backfill-gates.ts";
import { backfillGpuChunk, planGpuHours } from "./backfill-gpu.ts";
import { type BackfillSpan, chooseBackfillSpan } from "./backfill-span.ts";
import type { JobContext } from "./context.ts";
import { entityOwner, type InventoryIndex, loadInventoryIndex } from "./inventory-index.ts";

const HOUR_SECONDS = 3_600;
const CHUNKS_TOGETHER = 80;
/** About 30 MB of points in memory at the most, and what the last chunk brings. */
const MAX_POINTS_TOGETHER = 600_000;

/**
 * Fills the past out of Prometheus, one query at a time, newest first. Every chunk is stored together with its mark, so a job that
 * dies goes on at the next chunk. Where the present cannot be read, the history ends with the last moment that can. A chunk that Prometheus refuses is marked and left; an unreachable Prometheus ends the job, and
 * the next metrics read that succeeds starts it again.
 */
export async function runBackfill(
  context: JobContext,
  job: BackfillJob,
  cluster: ClusterConfig,
  signal: AbortSignal,
): Promise<void> {
  const { pool, log } = context;
  const client = context.sources.prometheus(cluster);
  const inventory = await loadInventoryIndex(pool, job.clusterId);
  if (client === null || inventory === null) return;
  const fields = { cluster: cluster.name };
  const before = await loadBackfillState(pool, job.clusterId);
  if (before.done + before.failed === before.total) {
    const nodeCount = inventory.nodes.length;
    const span = await chooseBackfillSpan(context, job, cluster, { client, nodeCount, state: before, signal });
    if (span === null) return;
    await planSpan(context, job, client, span, nodeCount, signal);
  }
  const chunkContext = {
    resolveNode: toNodeResolver(inventory.nodes, inventory.podOwner),
    workloadByName: inventory.workloadByName,
  };
  // Costs need use alone: they are made while devices and flows are still being asked for, so nobody waits for the one after the other.
  let costs: Promise<unknown> | null = null;
  const chargePast = () => {
    costs ??= backfillCosts(context, job.clusterId, signal).catch((error: unknown) => {
      if (!signal.aborted) log.error({ ...fields, err: error }, "past costs not estimated; the next turn tries again");
    });
    return costs;
  };
  const runAll = async (): Promise<boolean> => {
    for (;;) {
      if (signal.aborted) return false;
      const stored = await nextBackfillChunks(pool, job.clusterId, CHUNKS_TOGETHER);
      if (stored.length === 0) return true;
      if (stored.some(({ plan }) => isSpanChunk(plan))) {
        void chargePast();
        if (!(await runSpans(context, job, client, stored, inventory, signal))) return false;
        continue;
      }
      // The plan was written by saveBackfillPlan from this very type.
      const chunks = stored.map(({ plan }) => plan as BackfillChunk);
      if (!(await runChunks(context, job, client, chunks, chunkContext, inventory, signal))) return false;
    }
  };
  const isComplete = await runAll();
  if (isComplete) {
    const state = await loadBackfillState(pool, job.clusterId);
    log.info({ ...fields, ...state }, "backfill complete");
    await chargePast();
  } else await costs;
}

/** Plans what a source knows of a span and writes it down. Newest first; use and pressure before gates, devices and flows. */
async function planSpan(
  context: JobContext,
  job: BackfillJob,
  client: PrometheusClient,
  span: BackfillSpan,
  nodeCount: number,
  signal: AbortSignal,
): Promise<void> {
  const { presence, untilSeconds: nowSeconds, fromSeconds, endsBeforePresent } = span;
  const options = { budget: new QueryBudget(), signal };
  const known = await readHistorySeconds(client, presence, nowSeconds, options);
  const historySeconds = fromSeconds === null ? known : Math.min(known, nowSeconds - fromSeconds);
  const input = { nowSeconds, historySeconds, presence };
  const presentSeconds = Math.floor(context.now().getTime() / 1000);
  const plan = planBackfill({ ...input, nodeCount, presentSeconds });
  const gateChunks = planGateBackfill(input);
  // Flows come last: they are the longest answers, and pages can do without them for the first seconds.
  const flowChunks = planFlowBackfill(input);
  const gpuChunks = await planGpuHours(context, job.clusterId, input);
  const chunks = [...plan.chunks, ...gateChunks, ...gpuChunks, ...flowChunks];
  await saveBackfillPlan(context.pool, job.clusterId, chunks, { endsBeforePresent });
  context.log.info(
    {
      cluster: job.clusterName,
      chunks: plan.chunks.length,
      gateChunks: gateChunks.length,
      gpuChunks: gpuChunks.length,
      flowChunks: flowChunks.length,
      historyDays: historySeconds / 86_400,
      endsBeforePresent,
      left: plan.left.length,
    },
    "backfill planned",
  );
}

/** Chunks of one level and step, asked one after the other and stored together. False = Prometheus is gone; go on another time. */
async function runChunks(
  context: JobContext,
  job: BackfillJob,
  client: PrometheusClient,
  chunks: readonly BackfillChunk[],
  chunkContext: Omit<Parameters<typeof runBackfillChunk>[2], "budget">,
  inventory: InventoryIndex,
  signal: AbortSignal,
): Promise<boolean> {
  const { pool, now } = context;
  const past: EntityHistory[] = [];
  let held = 0;
  const done: { chunk: BackfillChunk; rowCount: number }[] = [];
  let isReachable = true;
  for (const chunk of chunks) {
    if (held > MAX_POINTS_TOGETHER) break;
    try {
      const context = { ...chunkContext, budget: new QueryBudget() };
      const { histories, pointCount } = await runBackfillChunk(client, chunk, context, signal);
      past.push(...histories);
      held += pointCount;
      done.push({ chunk, rowCount: pointCount });
    } catch (error) {
      if (signal.aborted) return false;
      if (!(await leaveRefused(context, job, chunk.id, error))) {
        isReachable = false;
        break;
      }
    }
  }
  const first = chunks[0];
  if (done.length > 0 && first !== undefined) {
    await inTransaction(pool, async (db) => {
      const owner = entityOwner(inventory);
      if (first.stepSeconds === HOUR_SECONDS) await saveBackfilledHours(db, job.clusterId, past, owner);
      else await saveBackfilledSamples(db, job.clusterId, past, first.stepSeconds, owner);
      for (const { chunk, rowCount } of done) {
        await finishBackfillChunk(db, job.clusterId, chunk.id, {
          status: "done",
          rowCount,
          reason: null,
          detail: null,
          at: now(),
        });
      }
    });
  }
  return isReachable;
}

/** Spans of gates, accelerators or flows, one after the other. False = Prometheus is gone; go on another time. */
async function runSpans(
  context: JobContext,
  job: BackfillJob,
  client: PrometheusClient,
  stored: readonly { readonly plan: unknown }[],
  inventory: InventoryIndex,
  signal: AbortSignal,
): Promise<boolean> {
  for (const { plan } of stored) {
    if (!isSpanChunk(plan)) continue;
    try {
      if (plan.level === "gates") await backfillGateChunk(context, job, client, plan, inventory, signal);
      else if (plan.level === "gpu") await backfillGpuChunk(context, job, client, plan, inventory, signal);
      else await backfillFlowChunk(context, job, client, plan, inventory, signal);
    } catch (error) {
      if (signal.aborted || !(await leaveRefused(context, job, plan.id, error))) return false;
    }
  }
  return true;
}

/** Marks a chunk that Prometheus refuses and goes on without it. False = it could not be asked at all. */
async function leaveRefused(context: JobContext, job: BackfillJob, id: string, error: unknown): Promise<boolean> {
  const isRefusal = error instanceof PrometheusError && error.reason !== "unreachable" && error.reason !== "timed-out";
  context.log.warn(
    { cluster: job.clusterName, chunk: id, err: error },
    isRefusal ? "backfill chunk refused; left out" : "backfill interrupted",
  );
  if (!isRefusal) return false;
  await finishBackfillChunk(context.pool, job.clusterId, id, {
    status: "failed",
    rowCount: 0,
    reason: error.reason,
    detail: messageOf(error),
    at: context.now(),
  });
  return true;
}
