import type { PoolClient } from "pg";
import { collectKubeletSummary } from "../collect/kubernetes/collect-kubelet-summary.ts";
import { collectMetrics, type MetricsCollection } from "../collect/prometheus/collect-metrics.ts";
import { QueryBudget } from "../collect/prometheus/query-budget.ts";
import type { ClusterConfig } from "../config.ts";
import { addInventoryQuantities } from "../domain/add-inventory-quantities.ts";
import { dayIn } from "../domain/cost/billing-day.ts";
import type { SourceRecord } from "../domain/coverage.ts";
import type { EntitySample } from "../domain/metrics.ts";
import { known, type Reading } from "../domain/reading.ts";
import { loadBackfillState, readUnfinishedEnd } from "../store/backfill.ts";
import { saveExportedPrices } from "../store/exported-prices.ts";
import { saveFlows } from "../store/flows.ts";
import { loadGpuInput } from "../store/gpu-input.ts";
import { saveSamples } from "../store/metrics.ts";
import { type ReadJob, requestBackfill } from "../store/queue.ts";
import type { ReadHandle } from "../store/reads.ts";
import { saveSharedParts } from "../store/shared-parts.ts";
import { loadSnapshot, saveParts } from "../store/snapshots.ts";
import type { JobContext } from "./context.ts";
import { exportedRows } from "./exported-prices.ts";
import { recordDevices } from "./gpu-devices.ts";
import { entityOwner, loadInventoryIndex } from "./inventory-index.ts";
import { metricsCacheOf } from "./metrics-caches.ts";
import { type ReadOutcome, runRead } from "./run-read.ts";

/** A gap longer than this many cadences is a hole: the sample stands for one cadence, not for the hole. */
const MAX_SPAN_CADENCES = 5;

/** What Prometheus – or, without one, the kubelets – measured: quantities, devices, flows and what components export. */
export async function readMetrics(
  context: JobContext,
  job: ReadJob,
  cluster: ClusterConfig,
  signal: AbortSignal,
): Promise<void> {
  const { pool } = context;
  const spanSeconds = await secondsSinceLast(context, job.clusterId, cluster);
  await runRead(context, {
    ...job,
    signal,
    collect: async (read): Promise<ReadOutcome> => {
      const inventory = await loadInventoryIndex(pool, job.clusterId);
      if (inventory === null)
        return failed([], "not-yet-read", "metrics need an inventory to name their owners; none has succeeded yet");
      const client = context.sources.prometheus(cluster);
      const collection =
        client === null
          ? null
          : await collectMetrics(
              client,
              {
                nodes: inventory.nodes,
                podOwner: inventory.podOwner,
                podByIp: inventory.podByIp,
                cache: metricsCacheOf(cluster.name),
                now: read.startedAt,
                budget: new QueryBudget(),
              },
              signal,
            );
      const measured =
        collection !== null && collection.samples.length > 0
          ? { samples: collection.samples, sources: collection.sources }
          : await fromKubelets(context, job, cluster, collection, signal);
      if (collection !== null && (collection.samples.length > 0 || collection.presence === null))
        await startBackfill(context, job, collection.presence !== null);
      const gpuInput = await loadGpuInput(pool, job.clusterId);
      const exported = collection === null ? [] : await exportedRows(context, job, collection);
      const reason = measured.samples.length === 0 ? firstFailure(measured.sources) : null;
      const samples = addInventoryQuantities(measured.samples, inventory.nodes, inventory.requested);
      return {
        sources: measured.sources,
        failure: reason,
        save: async (db) => {
          const at = read.startedAt;
          await saveSamples(db, job.clusterId, samples, at, spanSeconds, entityOwner(inventory));
          if (collection !== null) await saveExported(db, read, collection);
          await saveExportedPrices(db, exported, dayIn(context.config.billing.timeZone, at));
          if (gpuInput !== null && (gpuInput.nodes.length > 0 || (collection?.gpu.length ?? 0) > 0)) {
            await recordDevices(db, job.clusterId, gpuInput, collection?.gpu ?? [], {
              fromAt: new Date(at.getTime() - spanSeconds * 1000),
              toAt: at,
            });
          }
          if (collection?.flows != null) {
            await saveFlows(
              db,
              job.clusterId,
              collection.flows,
              at,
              spanSeconds,
              (end) =>
                inventory.teamOfWorkload(end.namespace, end.kind, end.name) ?? inventory.teamOfNamespace(end.namespace),
            );
          }
        },
      };
    },
  });

  function failed(sources: readonly SourceRecord[], reason: string, detail: string): ReadOutcome {
    return { sources, failure: { reason, detail }, save: async () => undefined };
  }
}

/**
 * The past is filled once per cluster; a plan that is not finished goes on with the next read. A source that does not answer for the
 * present may still tell of the past, and when it answers again the rest is filled up to now.
 */
async function startBackfill(context: JobContext, job: ReadJob, isAnswering: boolean): Promise<void> {
  const state = await loadBackfillState(context.pool, job.clusterId);
  const isComplete = state.total > 0 && state.done + state.failed === state.total;
  if (isComplete && !(isAnswering && (await readUnfinishedEnd(context.pool, job.clusterId)) !== null)) return;
  await requestBackfill(context.boss, { clusterId: job.clusterId, clusterName: job.clusterName });
}

/** Seconds that this read's samples stand for: since the last good one, at most a few cadences. */
async function secondsSinceLast(context: JobContext, clusterId: number, cluster: ClusterConfig): Promise<number> {
  const { rows } = await context.pool.query<{ at: Date | null }>(
    `SELECT good_taken_at AS at FROM read_state WHERE cluster_id = $1 AND kind = 'metrics'`,
    [clusterId],
  );
  const cadence = cluster.poll.metricsSeconds;
  const last = rows[0]?.at ?? null;
  if (last === null) return cadence;
  const elapsed = Math.round((context.now().getTime() - last.getTime()) / 1000);
  if (elapsed < 1) return 1;
  return elapsed > cadence * MAX_SPAN_CADENCES ? cadence : elapsed;
}

/** The fallback: the kubelets' Summary API, where the configuration lets us ask it. */
async function fromKubelets(
  context: JobContext,
  job: ReadJob,
  cluster: ClusterConfig,
  collection: MetricsCollection | null,
  signal: AbortSignal,
): Promise<{ samples: readonly EntitySample[]; sources: readonly SourceRecord[] }> {
  const asked = collection?.sources ?? [notConfigured()];
  if (cluster.kubelet.access !== "direct" && cluster.kubelet.access !== "proxy") return { samples: [], sources: asked };
  const identity = { id: job.clusterId, name: cluster.name, uid: null, provider: null };
  const { parts } = await loadSnapshot(context.pool, identity, context.now(), ["nodes"]);
  if (parts.nodes.state !== "value") return { samples: [], sources: asked };
  const connection = await context.sources.kubernetes(cluster);
  const summary = await collectKubeletSummary(connection, parts.nodes.value, { now: context.now }, signal);
  return {
    samples: summary.samples.state === "value" ? summary.samples.value : [],
    sources: [...asked, ...summary.sources],
  };
}

function notConfigured(): SourceRecord {
  return {
    source: "prometheus",
    kind: "query",
    status: "skipped",
    reason: "not-configured",
    detail: "no Prometheus is configured for this cluster",
    fix: { code: "configure-prometheus" },
    objectCount: 0,
    expectedCount: null,
    skippedCount: 0,
    receivedBytes: 0,
    queryCount: 0,
    durationSeconds: 0,
  };
}

/** Failed means that a source was asked and did not answer. Nothing configured is a state of its own, not a failing read. */
function firstFailure(sources: readonly SourceRecord[]): ReadOutcome["failure"] {
  const first = sources.find((source) => source.status === "failed");
  return first === undefined
    ? null
    : { reason: first.reason ?? "unreachable", detail: first.detail ?? "no source of measured quantities answered" };
}

/** Instances, kubelet facts and control-plane figures out of Prometheus: they fill what the cluster itself did not give. */
async function saveExported(client: PoolClient, read: ReadHandle, collection: MetricsCollection): Promise<void> {
  const { components, kubelets, controlPlane, deprecatedApiUse } = collection;
  const at = read.startedAt;
  await saveSharedParts(client, read, {
    ...(components.length === 0 ? {} : { components: known(components, at) }),
    ...(kubelets.length === 0 ? {} : { kubelets: known(kubelets, at) }),
  });
  if (controlPlane.length === 0 && deprecatedApiUse === null) return;
  const identity = { id: read.clusterId, name: "", uid: null, provider: null };
  const { parts: stored } = await loadSnapshot(client, identity, at, ["controlPlaneMetrics", "deprecatedApiUse"]);
  // What the cluster itself said wins while its last read went well.
  const isOwn = (part: Reading<readonly unknown[]>): boolean => part.state === "value" && part.partial === undefined;
  const isEmpty = (part: Reading<readonly unknown[]>): boolean => part.state === "value" && part.value.length === 0;
  await saveParts(client, read.clusterId, read.id, {
    ...(controlPlane.length === 0 || (isOwn(stored.controlPlaneMetrics) && !isEmpty(stored.controlPlaneMetrics))
      ? {}
      : { controlPlaneMetrics: known(controlPlane, at) }),
    ...(deprecatedApiUse === null || isOwn(stored.deprecatedApiUse)
      ? {}
      : { deprecatedApiUse: known(deprecatedApiUse, at) }),
  });
}
