import { readHistorySeconds, runBackfillChunk } from "../collect/prometheus/backfill.ts";
import { type BackfillChunk, planBackfill } from "../collect/prometheus/backfill-plan.ts";
import type { PrometheusClient } from "../collect/prometheus/client.ts";
import { toNodeResolver } from "../collect/prometheus/labels.ts";
import { PrometheusError } from "../collect/prometheus/prometheus-error.ts";
import { QueryBudget } from "../collect/prometheus/query-budget.ts";
import type { ClusterConfig } from "../config.ts";
import { messageOf } from "../errors.ts";
import { finishBackfillChunk, loadBackfillState, nextBackfillChunk, saveBackfillPlan } from "../store/backfill.ts";
import { inTransaction } from "../store/db.ts";
import { saveBackfilledHours, saveBackfilledSamples, type TimedSample } from "../store/metrics.ts";
import type { BackfillJob } from "../store/queue.ts";
import type { JobContext } from "./context.ts";
import { entityOwner, type InventoryIndex, loadInventoryIndex } from "./inventory-index.ts";
import { metricsCacheOf } from "./metrics-caches.ts";

const HOUR_SECONDS = 3_600;

/**
 * Fills the past out of Prometheus, one query at a time, newest first. Every chunk is stored together with its mark, so a job that
 * dies goes on at the next chunk. A chunk that Prometheus refuses is marked and left; an unreachable Prometheus ends the job, and
 * the next metrics read that succeeds starts it again.
 */
export async function runBackfill(
  context: JobContext,
  job: BackfillJob,
  cluster: ClusterConfig,
  signal: AbortSignal,
): Promise<void> {
  const { pool, log, now } = context;
  const client = context.sources.prometheus(cluster);
  const inventory = await loadInventoryIndex(pool, job.clusterId);
  const presence = metricsCacheOf(cluster.name).presence?.value ?? null;
  if (client === null || inventory === null || presence === null) return;
  const fields = { cluster: cluster.name };
  if ((await loadBackfillState(pool, job.clusterId)).total === 0) {
    const nowSeconds = Math.floor(now().getTime() / 1000);
    const historySeconds = await readHistorySeconds(client, presence, nowSeconds, {
      budget: new QueryBudget(),
      signal,
    });
    const plan = planBackfill({ nowSeconds, historySeconds, presence, nodeCount: inventory.nodes.length });
    await saveBackfillPlan(pool, job.clusterId, plan.chunks);
    log.info(
      { ...fields, chunks: plan.chunks.length, historyDays: historySeconds / 86_400, left: plan.left.length },
      "backfill planned",
    );
  }
  const chunkContext = {
    resolveNode: toNodeResolver(inventory.nodes, inventory.podOwner),
    workloadByName: inventory.workloadByName,
  };
  for (;;) {
    if (signal.aborted) return;
    const stored = await nextBackfillChunk(pool, job.clusterId);
    if (stored === null) break;
    // The plan was written by saveBackfillPlan from this very type.
    const chunk = stored.plan as BackfillChunk;
    const goesOn = await runChunk(
      context,
      job,
      client,
      chunk,
      { ...chunkContext, budget: new QueryBudget() },
      inventory,
      signal,
    );
    if (!goesOn) return;
  }
  const state = await loadBackfillState(pool, job.clusterId);
  log.info({ ...fields, ...state }, "backfill complete");
}

async function runChunk(
  context: JobContext,
  job: BackfillJob,
  client: PrometheusClient,
  chunk: BackfillChunk,
  chunkContext: Parameters<typeof runBackfillChunk>[2],
  inventory: InventoryIndex,
  signal: AbortSignal,
): Promise<boolean> {
  const { pool, log, now } = context;
  try {
    const { rows } = await runBackfillChunk(client, chunk, chunkContext, signal);
    const isHourly = chunk.stepSeconds === HOUR_SECONDS;
    const samples = rows.map(
      ({ atSeconds, sample }): TimedSample => ({
        ...sample,
        // A point tells of the step that ends with it; hours are kept by their start.
        at: new Date((isHourly ? atSeconds - HOUR_SECONDS : atSeconds) * 1000),
      }),
    );
    await inTransaction(pool, async (db) => {
      const owner = entityOwner(inventory);
      const rowCount = isHourly
        ? await saveBackfilledHours(db, job.clusterId, samples, owner)
        : await saveBackfilledSamples(db, job.clusterId, samples, chunk.stepSeconds, owner);
      await finishBackfillChunk(db, job.clusterId, chunk.id, {
        status: "done",
        rowCount,
        reason: null,
        detail: null,
        at: now(),
      });
    });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    const isRefusal =
      error instanceof PrometheusError && error.reason !== "unreachable" && error.reason !== "timed-out";
    log.warn(
      { cluster: job.clusterName, chunk: chunk.id, err: error },
      isRefusal ? "backfill chunk refused; left out" : "backfill interrupted",
    );
    if (!isRefusal) return false;
    await finishBackfillChunk(pool, job.clusterId, chunk.id, {
      status: "failed",
      rowCount: 0,
      reason: error.reason,
      detail: messageOf(error),
      at: now(),
    });
    return true;
  }
}
