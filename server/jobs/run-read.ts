import { randomUUID } from "node:crypto";
import type { PoolClient } from "pg";
import type { ReadKind, SourceRecord } from "../domain/coverage.ts";
import { messageOf } from "../errors.ts";
import { inTransaction } from "../store/db.ts";
import {
  abandonReads,
  finishRead,
  type ReadHandle,
  type ReadProgress,
  saveProgress,
  startRead,
} from "../store/reads.ts";
import type { JobContext } from "./context.ts";
import { RULES_VERSION } from "./rules-version.ts";

export type ReadOutcome = {
  readonly sources: readonly SourceRecord[];
  /** Set when nothing useful came back: the reading is recorded as failed and nothing is saved. */
  readonly failure: { readonly reason: string; readonly detail: string } | null;
  /** Writes what was read, inside the transaction that also closes the read. */
  readonly save: (client: PoolClient, read: ReadHandle) => Promise<void>;
};

export type RunReadOptions = {
  readonly clusterId: number;
  readonly clusterName: string;
  readonly kind: ReadKind;
  readonly requestedBy: string;
  readonly signal: AbortSignal;
  readonly collect: (read: ReadHandle, report: (progress: ReadProgress) => void) => Promise<ReadOutcome>;
};

/** What the frame of a read needs of a job's context. */
export type ReadContext = Pick<JobContext, "pool" | "log" | "now">;

/** A second writer took over this cluster and kind; its newer reading must not be replaced by ours. */
class SupersededError extends Error {}

/**
 * One read from start to end: record opened, sources asked, everything stored in one transaction, record closed. A process
 * that dies in between leaves a "running" record and no data; the next read closes that record as abandoned.
 */
export async function runRead(context: ReadContext, options: RunReadOptions): Promise<void> {
  const { pool, now, log } = context;
  const read: ReadHandle = { clusterId: options.clusterId, id: randomUUID(), kind: options.kind, startedAt: now() };
  const fields = { cluster: options.clusterName, read: read.kind, readId: read.id };
  const abandoned = await abandonReads(pool, read.clusterId, read.kind, read.id, now());
  if (abandoned > 0) log.warn({ ...fields, abandoned }, "an earlier read was left unfinished");
  await startRead(pool, read, options.requestedBy, RULES_VERSION);
  const report = throttledProgress(context, read);
  let outcome: ReadOutcome;
  try {
    outcome = await options.collect(read, report);
  } catch (error) {
    outcome = {
      sources: [],
      failure: { reason: "unreachable", detail: messageOf(error) },
      save: async () => undefined,
    };
    log.error({ ...fields, err: error }, "read failed");
  }
  const { failure, sources } = outcome;
  const isComplete = sources.every(
    (source) => source.status === "ok" || source.status === "not-served" || source.status === "skipped",
  );
  const status = failure !== null ? "failed" : isComplete ? "succeeded" : "partial";
  try {
    await inTransaction(pool, async (client) => {
      await claimRead(client, read);
      if (failure === null) await outcome.save(client, read);
      await finishRead(client, read, {
        status,
        finishedAt: now(),
        reason: failure?.reason ?? null,
        detail: failure?.detail ?? null,
        sources,
      });
    });
  } catch (error) {
    if (error instanceof SupersededError) {
      log.warn(fields, "read dropped: a newer one has started meanwhile");
      return;
    }
    await recordUnstored(context, read, error);
    throw error; // the queue tries again
  }
  log.info(
    {
      ...fields,
      status,
      durationSeconds: (now().getTime() - read.startedAt.getTime()) / 1000,
      failedSources: sources
        .filter((s) => s.status === "failed")
        .map((s) => s.source)
        .slice(0, 20),
    },
    "read finished",
  );
}

/** A reading that cannot be stored must not look as if it were still running. */
async function recordUnstored({ pool, now, log }: ReadContext, read: ReadHandle, error: unknown): Promise<void> {
  const detail = `what was read could not be stored: ${messageOf(error)}`;
  try {
    await inTransaction(pool, async (client) => {
      await claimRead(client, read);
      await finishRead(client, read, { status: "failed", finishedAt: now(), reason: "malformed", detail, sources: [] });
    });
  } catch (cause) {
    log.debug({ err: cause, readId: read.id }, "the failure of a read was not recorded");
  }
}

/** Holds the state row until commit and refuses when another read has taken the place of this one. */
async function claimRead(client: PoolClient, read: ReadHandle): Promise<void> {
  const { rows } = await client.query<{ last_read_id: string | null }>(
    `SELECT last_read_id FROM read_state WHERE cluster_id = $1 AND kind = $2 FOR UPDATE`,
    [read.clusterId, read.kind],
  );
  if (rows[0]?.last_read_id !== read.id) throw new SupersededError(read.id);
}

const PROGRESS_MS = 1_000;

/** Progress is for people watching: at most one write a second, and a lost one does not matter. */
function throttledProgress(context: ReadContext, read: ReadHandle): (progress: ReadProgress) => void {
  let lastAt = 0;
  return (progress) => {
    const at = context.now().getTime();
    if (at - lastAt < PROGRESS_MS) return;
    lastAt = at;
    saveProgress(context.pool, read, progress).catch((error: unknown) =>
      context.log.debug({ err: error }, "progress not stored"),
    );
  };
}
