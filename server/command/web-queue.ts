import type { PgBoss } from "pg-boss";
import { AppError } from "../errors.ts";
import { log } from "../log.ts";
import { createQueue } from "../store/queue.ts";

// On globalThis, because Next loads this module once per bundle.
const shared = globalThis as typeof globalThis & { sluiceWebQueue?: Promise<PgBoss> };

/**
 * The sending side of the job queue, opened on first use. Its tables are made by the first collector.
 * Errors: `not-ready` while there are none; the next call tries again.
 */
export async function webQueue(): Promise<PgBoss> {
  shared.sluiceWebQueue ??= open();
  try {
    return await shared.sluiceWebQueue;
  } catch (cause) {
    delete shared.sluiceWebQueue;
    if (cause instanceof AppError) throw cause;
    throw new AppError("not-ready", "The job queue is not there yet; a collector makes it when it starts.", {}, cause);
  }
}

/** For an orderly end and for tests. */
export async function closeWebQueue(): Promise<void> {
  const opened = shared.sluiceWebQueue;
  delete shared.sluiceWebQueue;
  await opened?.then((boss) => boss.stop({ graceful: false })).catch(() => undefined);
}

async function open(): Promise<PgBoss> {
  const connectionString = process.env.DATABASE_URL;
  if (!connectionString) throw new AppError("database-unavailable", "DATABASE_URL is not set; start with npm start.");
  const boss = createQueue({ connectionString, role: "web", onError: (err) => log.warn({ err }, "job queue") });
  await boss.start();
  return boss;
}
