import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { JobWithMetadata } from "pg-boss";
import { type ClusterConfig, type Config, loadConfig } from "../config.ts";
import { createLogger } from "../log.ts";
import { dropOldAlerts } from "../store/alerts.ts";
import { openStore, shareStore } from "../store/client.ts";
import { retireClustersExcept, saveCluster } from "../store/clusters.ts";
import { dropOldDetails } from "../store/details.ts";
import { dropOldFlowMonths } from "../store/flow-days.ts";
import { foldFrames } from "../store/fold-frames.ts";
import { dropOldSteps } from "../store/metric-steps.ts";
import { dropExpiredPartitions, ensurePartitions } from "../store/partitions.ts";
import { dropOldFrames } from "../store/pressure-frames.ts";
import { seedBudgets } from "../store/prices.ts";
import {
  type AlertJob,
  type BackfillJob,
  createQueue,
  type DetailJob,
  prepareQueues,
  QUEUES,
  type ReadJob,
} from "../store/queue.ts";
import { runBackfill } from "./backfill.ts";
import { backfillCosts } from "./backfill-costs.ts";
import type { JobContext } from "./context.ts";
import { deliverAlert, requestDueDeliveries } from "./deliver-alerts.ts";
import { readDetail } from "./detail.ts";
import { evaluateAlerts } from "./evaluate-alerts.ts";
import { rollUpFlows } from "./flow-days.ts";
import { frameMissing } from "./frame-missing.ts";
import { beat, stopBeating } from "./heartbeat.ts";
import { seedPriceBook } from "./price-nodes.ts";
import { rankDueActions } from "./rank-actions.ts";
import { readGates } from "./read-gates.ts";
import { readInventory } from "./read-inventory.ts";
import { readMetrics } from "./read-metrics.ts";
import { rollUpDue } from "./roll-up.ts";
import { rollUpCosts } from "./roll-up-costs.ts";
import { requestOutdatedReads, scheduleDueReads } from "./schedule.ts";
import { openWebhookAgent } from "./send-webhook.ts";
import { SourcePool } from "./source-pool.ts";

const SCHEDULE_MS = 1_000;
const ROLL_UP_MS = 15_000;
const FRAMES_MS = 30_000;
const COST_MS = 30_000;
const ACTIONS_MS = 5_000;
const ALERT_MS = 2_000;
const FLOW_DAYS_MS = 60_000;
const HEARTBEAT_MS = 5_000;
const MAINTENANCE_MS = 15 * 60_000;
const BACKFILL_DAYS = 31;
const DAY_MS = 86_400_000;

/** The collector role: registers the configured clusters, works on jobs, keeps partitions and roll-ups, until it is told to stop. */
async function main(): Promise<void> {
  const log = createLogger({ fields: { role: "collector" } });
  const config = loadConfig(process.argv.slice(2), process.env);
  const databaseUrl = config.databaseUrl ?? process.env.DATABASE_URL;
  if (!databaseUrl) throw new Error("DATABASE_URL is not set; start with npm start.");
  const now = () => new Date();
  const store = openStore(databaseUrl, {
    maxConnections: 12,
    applicationName: "sluice-collector",
    onError: (err) => log.warn({ err }, "database connection lost"),
  });
  shareStore(store);
  const { pool } = store;
  await ensurePartitions(
    pool,
    new Date(now().getTime() - BACKFILL_DAYS * DAY_MS),
    new Date(now().getTime() + 2 * DAY_MS),
  );
  await seedPriceBook(pool, config, log);
  const budgets = await seedBudgets(pool, config.billing.budgets, "sluice.yaml");
  if (budgets > 0) log.info({ budgets }, "budgets entered from the configuration");

  const clusters = new Map<number, ClusterConfig>();
  for (const cluster of config.clusters) {
    clusters.set(
      await saveCluster(pool, {
        name: cluster.name,
        provider: cluster.provider,
        isDemo: config.isDemo,
        settings: { ...publicSettings(cluster), installation: publicInstallation(config) },
      }),
      cluster,
    );
  }
  const retired = await retireClustersExcept(
    pool,
    config.clusters.map((cluster) => cluster.name),
    now(),
  );
  if (retired.length > 0) log.info({ retired }, "clusters left the configuration; their history stays");

  const boss = createQueue({
    connectionString: databaseUrl,
    role: "collector",
    onError: (err) => log.error({ err }, "job queue"),
  });
  await boss.start();
  await prepareQueues(boss);
  const sources = new SourcePool(config.outbound.allowedCIDRs);
  const context: JobContext = { config, pool, boss, log, now, clusters, sources };
  const stopping = new AbortController();

  const cluster = (id: number) => clusters.get(id);
  const options = { includeMetadata: true, pollingIntervalSeconds: 1, batchSize: 1 } as const;
  const work = async <T extends { clusterId: number }>(
    queue: string,
    localConcurrency: number,
    run: (data: T, config: ClusterConfig, signal: AbortSignal) => Promise<void>,
    more: { readonly notifyPollingIntervalSeconds?: number } = {},
  ) => {
    await boss.work<T, void, typeof options & { localConcurrency: number; notifyPollingIntervalSeconds?: number }>(
      queue,
      { ...options, localConcurrency, ...more },
      async (jobs: JobWithMetadata<T>[]) => {
        for (const job of jobs) {
          const found = cluster(job.data.clusterId);
          // Another collector has another configuration, or the cluster has left: nothing to read here.
          if (found === undefined) continue;
          await run(job.data, found, AbortSignal.any([job.signal, stopping.signal]));
        }
      },
    );
  };
  // Inventory is what costs memory (a cluster's pods at once); the rest waits on the network.
  await work<ReadJob>(QUEUES.inventory, 2, (job, found, signal) => readInventory(context, job, found, signal));
  await work<ReadJob>(QUEUES.metrics, 4, (job, found, signal) => readMetrics(context, job, found, signal));
  await work<ReadJob>(QUEUES.gates, 2, (job, found, signal) => readGates(context, job, found, signal));
  // A filled past brings traffic to charge; whoever waits for the first history should not wait for the next turn as well.
  let costsAtOnce = new AbortController();
  await work<BackfillJob>(QUEUES.backfill, 3, async (job, found, signal) => {
    await runBackfill(context, job, found, signal);
    costsAtOnce.abort();
  });
  // A detail has its turn a moment after it was sent, when its notification has come and gone: somebody waits, so it is looked for.
  await work<DetailJob>(QUEUES.detail, 4, (job, found, signal) => readDetail(context, job, found, signal), {
    notifyPollingIntervalSeconds: 1,
  });

  const webhookAgent = openWebhookAgent();
  await boss.work<AlertJob, void, typeof options & { localConcurrency: number }>(
    QUEUES.alerts,
    { ...options, localConcurrency: 2 },
    async (jobs: JobWithMetadata<AlertJob>[]) => {
      for (const job of jobs) {
        const signal = AbortSignal.any([job.signal, stopping.signal]);
        await deliverAlert(context, job.data, { dispatcher: webhookAgent, signal });
      }
    },
  );

  await requestOutdatedReads(context);

  const processRow = { id: randomUUID(), role: "collector" as const, startedAt: now() };
  const loops = [
    every(SCHEDULE_MS, () => scheduleDueReads(context)),
    every(ROLL_UP_MS, () => rollUpDue(context, stopping.signal)),
    every(FRAMES_MS, async () => {
      for (const clusterId of clusters.keys()) {
        await frameMissing(pool, clusterId, now());
        await foldFrames(pool, clusterId, now());
      }
    }),
    every(FLOW_DAYS_MS, async () => {
      for (const clusterId of clusters.keys()) await rollUpFlows(context, clusterId);
    }),
    every(
      COST_MS,
      async () => {
        costsAtOnce = new AbortController();
        for (const clusterId of clusters.keys()) {
          await backfillCosts(context, clusterId, stopping.signal);
          await rollUpCosts(context, clusterId, stopping.signal);
        }
      },
      () => costsAtOnce.signal,
    ),
    every(ACTIONS_MS, () => rankDueActions(context, stopping.signal)),
    every(ALERT_MS, async () => {
      await evaluateAlerts(context);
      await requestDueDeliveries(context);
    }),
    every(HEARTBEAT_MS, () =>
      beat(pool, processRow, now(), { clusters: clusters.size, memoryBytes: process.memoryUsage().rss }),
    ),
    every(MAINTENANCE_MS, async () => {
      await ensurePartitions(pool, now(), new Date(now().getTime() + 2 * DAY_MS));
      await dropOldDetails(pool, now());
      await dropOldAlerts(pool, now());
      await dropOldFrames(pool, now());
      await dropOldSteps(pool, now());
      await dropOldFlowMonths(pool, new Date(now().getTime() - config.retention.dailySeconds * 1000));
      const dropped = await dropExpiredPartitions(pool, config.retention, now());
      if (dropped.length > 0) log.info({ dropped }, "partitions past their retention dropped");
    }),
  ];
  log.info({ clusters: config.clusters.map((entry) => entry.name) }, "collector ready");

  /** Runs a step again and again, sooner when hurried; a failure is logged and the next turn tries anew. */
  async function every(
    milliseconds: number,
    step: () => Promise<unknown>,
    hurry: () => AbortSignal = () => stopping.signal,
  ): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await step();
      } catch (error) {
        if (!stopping.signal.aborted) log.error({ err: error }, "background step failed");
      }
      const signal = AbortSignal.any([stopping.signal, hurry()]);
      await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
    }
  }

  let isStopping = false;
  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    stopping.abort(new Error("the collector is stopping"));
    await Promise.all(loops);
    await boss
      .stop({ graceful: true, timeout: 8_000 })
      .catch((error: unknown) => log.warn({ err: error }, "queue stop"));
    await sources.close();
    await webhookAgent.destroy();
    await stopBeating(pool, processRow.id).catch(() => undefined);
    await store.close();
    process.exit(0);
  };
  process.once("SIGTERM", () => void stop());
  process.once("SIGINT", () => void stop());
}

/** What pages may know of a cluster's configuration. */
function publicSettings(cluster: ClusterConfig): Readonly<Record<string, unknown>> {
  return {
    poll: cluster.poll,
    kubeletAccess: cluster.kubelet.access,
    hasPrometheus: cluster.prometheus !== null,
    accessKind: cluster.access.kind,
  };
}

/** What holds for all clusters; pages read it from the store (query/installation.ts), as they never see sluice.yaml. */
function publicInstallation(config: Config): Readonly<Record<string, unknown>> {
  return {
    currency: config.billing.currency,
    timeZone: config.billing.timeZone,
    teamsFrom: config.teams.from.map((source) =>
      source.kind === "namespace" ? "namespace" : `${source.kind}:${source.key}`,
    ),
    retention: config.retention,
    publicUrl: config.publicUrl,
    webhooks: Object.entries(config.webhooks).map(([name, { kind }]) => ({ name, kind })),
  };
}

await main();
