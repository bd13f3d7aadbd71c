import type { Pool, PoolClient } from "pg";
import { PgBoss } from "pg-boss";
import type { ReadKind } from "../domain/coverage.ts";

/** Work of one cluster. `exclusive` queues hold at most one job per key, waiting or running. */
export type ReadJob = {
  readonly clusterId: number;
  readonly clusterName: string;
  readonly kind: Extract<ReadKind, "inventory" | "metrics" | "gates">;
  readonly requestedBy: string;
};
export type BackfillJob = { readonly clusterId: number; readonly clusterName: string };
export type DetailJob = {
  readonly clusterId: number;
  readonly clusterName: string;
  readonly namespace: string;
  readonly pod: string;
  readonly windowSeconds: number;
  readonly untilAt: string;
};

/** One attempt to deliver one row of the outbox. */
export type AlertJob = { readonly deliveryId: number };

export const QUEUES = {
  inventory: "read-inventory",
  metrics: "read-metrics",
  gates: "read-gates",
  backfill: "backfill",
  detail: "detail",
  alerts: "alerts",
} as const;

/** A collector beats this often while it works on a job; one that stays silent longer is taken for dead and replaced. */
const HEARTBEAT_SECONDS = 20;
/** How often the collectors that are left look for dead ones: a killed read is taken up within half a minute. */
const SUPERVISE_SECONDS = 10;

/**
 * The job queue in the same PostgreSQL (schema `pgboss`). Both roles send; only collectors work and supervise.
 * Errors: pg-boss reports its own trouble through `onError`; senders get the rejection.
 */
export function createQueue(options: {
  connectionString: string;
  role: "web" | "collector";
  onError: (error: Error) => void;
}): PgBoss {
  const isCollector = options.role === "collector";
  const boss = new PgBoss({
    connectionString: options.connectionString,
    schema: "pgboss",
    application_name: `sluice-${options.role}-queue`,
    max: isCollector ? 6 : 2,
    supervise: isCollector,
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
    migrate: isCollector,
    schedule: false,
    useListenNotify: isCollector,
  });
  boss.on("error", options.onError);
  return boss;
}

/** Makes the queues. Reads are retried by the schedule itself, so a failed read waits for its next turn with backoff. */
export async function prepareQueues(boss: PgBoss): Promise<void> {
  const common = {
    policy: "exclusive",
    notify: true,
    deleteAfterSeconds: 3_600,
    heartbeatSeconds: HEARTBEAT_SECONDS,
  } as const;
  await boss.createQueue(QUEUES.inventory, {
    ...common,
    expireInSeconds: 900,
    retryLimit: 2,
    retryDelay: 5,
    retryBackoff: true,
    retentionSeconds: 3_600,
  });
  await boss.createQueue(QUEUES.metrics, {
    ...common,
    expireInSeconds: 300,
    retryLimit: 1,
    retryDelay: 5,
    retryBackoff: true,
    retentionSeconds: 600,
  });
  await boss.createQueue(QUEUES.gates, {
    ...common,
    expireInSeconds: 900,
    retryLimit: 2,
    retryDelay: 5,
    retryBackoff: true,
    retentionSeconds: 3_600,
  });
  await boss.createQueue(QUEUES.backfill, {
    ...common,
    expireInSeconds: 3_600,
    retryLimit: 5,
    retryDelay: 30,
    retryBackoff: true,
    retentionSeconds: 86_400,
  });
  await boss.createQueue(QUEUES.detail, { ...common, expireInSeconds: 60, retryLimit: 0, retentionSeconds: 300 });
  // The outbox itself knows when to try again; a job is one attempt.
  await boss.createQueue(QUEUES.alerts, { ...common, expireInSeconds: 60, retryLimit: 0, retentionSeconds: 300 });
}

/** Asks for a read; joins one that is already waiting or running. Returns false when it joined. */
export async function requestRead(boss: PgBoss, job: ReadJob): Promise<boolean> {
  const id = await boss.send(QUEUES[job.kind], job, { singletonKey: String(job.clusterId) });
  return id !== null;
}

export async function requestBackfill(boss: PgBoss, job: BackfillJob): Promise<boolean> {
  const id = await boss.send(QUEUES.backfill, job, { singletonKey: String(job.clusterId) });
  return id !== null;
}

/** One job for all readers of the same pod and window, sent in the caller's transaction and not started before its turn. */
export async function sendDetail(boss: PgBoss, job: DetailJob, startAfter: Date, client: PoolClient): Promise<void> {
  const db = { executeSql: (text: string, values?: unknown[]) => client.query(text, values) };
  const singletonKey = `${job.clusterId}/${job.namespace}/${job.pod}/${job.windowSeconds}/${job.untilAt}`;
  await boss.send(QUEUES.detail, job, { singletonKey, startAfter, db });
}

/** One job per delivery, waiting or running. */
export async function requestAlertDelivery(boss: PgBoss, job: AlertJob): Promise<boolean> {
  const id = await boss.send(QUEUES.alerts, job, { singletonKey: String(job.deliveryId) });
  return id !== null;
}

/** Jobs waiting or running, by queue – for /status and own metrics. */
export async function queueDepth(pool: Pool): Promise<Record<string, { waiting: number; active: number }>> {
  const { rows } = await pool.query<{ name: string; waiting: number; active: number }>(
    `SELECT name, count(*) FILTER (WHERE state < 'active')::int AS waiting, count(*) FILTER (WHERE state = 'active')::int AS active
       FROM pgboss.job WHERE state <= 'active' GROUP BY name`,
  );
  return Object.fromEntries(rows.map((row) => [row.name, { waiting: row.waiting, active: row.active }]));
}
