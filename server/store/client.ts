import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { AppError } from "../errors.ts";
import { PrismaClient } from "./generated/client.ts";

export interface StoreClient {
  /** For hand-written SQL: bulk writes, partitions, questions that aggregate. */
  readonly pool: pg.Pool;
  /** For single rows and small families; shares the pool's connections. */
  readonly prisma: PrismaClient;
  close(): Promise<void>;
}

export interface StoreOptions {
  readonly maxConnections?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
  /** Longest time of one statement; none by default, since bulk writes and roll-ups may take long. */
  readonly statementTimeoutMs?: number;
  readonly onError?: (error: Error) => void;
}

const CONNECT_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 30_000;
/** Shorter than the time of any request (http/define-route.ts), so that nothing runs on for a reader who got an error. */
const QUESTION_TIMEOUT_MS = 20_000;

/** Opens no connection by itself; the first question does. */
export function openStore(databaseUrl: string, options: StoreOptions = {}): StoreClient {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    application_name: options.applicationName ?? "sluice",
    ...(options.statementTimeoutMs === undefined ? {} : { statement_timeout: options.statementTimeoutMs }),
  });
  // An idle connection that the server cuts would end the process otherwise; the next question opens another.
  pool.on("error", options.onError ?? (() => undefined));
  // One that is in use tells its user by failing the query; without a listener of its own it would end the process as well.
  pool.on("connect", (client) => client.on("error", options.onError ?? (() => undefined)));
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  return {
    pool,
    prisma,
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

const shared = globalThis as typeof globalThis & { sluiceStore?: StoreClient };

/** Makes a store that is open already the process's own: the collector asks questions of query/ with its connections. */
export function shareStore(store: StoreClient): void {
  shared.sluiceStore = store;
}

/** The process's store, from `DATABASE_URL`. On `globalThis`, because Next loads this module once per bundle. */
export function getStore(): StoreClient {
  if (shared.sluiceStore === undefined) {
    const databaseUrl = process.env.DATABASE_URL;
    if (!databaseUrl) throw new AppError("database-unavailable", "DATABASE_URL is not set; start with npm start.");
    shared.sluiceStore = openStore(databaseUrl, {
      applicationName: "sluice-web",
      statementTimeoutMs: QUESTION_TIMEOUT_MS,
    });
  }
  return shared.sluiceStore;
}
