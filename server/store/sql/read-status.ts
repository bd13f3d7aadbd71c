import { z } from "zod";
import type { Db } from "../db.ts";
import { selectRows } from "./rows.ts";

const ProcessRow = z.object({
  id: z.string(),
  role: z.string(),
  host: z.string(),
  startedAt: z.date(),
  beatAt: z.date(),
  silentSeconds: z.number(),
  facts: z.record(z.string(), z.unknown()),
});
export type ProcessRow = z.infer<typeof ProcessRow>;

/** Processes that have beaten lately; silence is measured by the database's clock, which all of them share. */
export function readProcesses(db: Db): Promise<ProcessRow[]> {
  return selectRows(
    db,
    ProcessRow,
    `SELECT id, role, host, started_at AS "startedAt", beat_at AS "beatAt",
            extract(epoch FROM now() - beat_at)::float8 AS "silentSeconds", facts
       FROM process_heartbeat ORDER BY role, started_at LIMIT 1000`,
    [],
  );
}

const DatabaseRow = z.object({ serverVersion: z.string(), sizeBytes: z.number(), now: z.date() });

export async function readDatabase(db: Db): Promise<z.infer<typeof DatabaseRow>> {
  const rows = await selectRows(
    db,
    DatabaseRow,
    `SELECT current_setting('server_version') AS "serverVersion", pg_database_size(current_database())::float8 AS "sizeBytes",
            now() AS now`,
    [],
  );
  const [row] = rows;
  if (row === undefined) throw new Error("the database gave no row");
  return row;
}

const TableRow = z.object({ table: z.string(), sizeBytes: z.number(), rowEstimate: z.number() });

/** The largest tables, partitions counted with their parent. */
export function readTableSizes(db: Db): Promise<z.infer<typeof TableRow>[]> {
  return selectRows(
    db,
    TableRow,
    `SELECT coalesce(parent.relname, t.relname) AS "table", sum(pg_total_relation_size(t.oid))::float8 AS "sizeBytes",
            sum(greatest(t.reltuples, 0))::float8 AS "rowEstimate"
       FROM pg_class t
       LEFT JOIN pg_inherits i ON i.inhrelid = t.oid
       LEFT JOIN pg_class parent ON parent.oid = i.inhparent
      WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace
      GROUP BY 1 ORDER BY 2 DESC LIMIT 15`,
    [],
  );
}

const QueueRow = z.object({
  waitingCount: z.number(),
  activeCount: z.number(),
  failedCount: z.number(),
  oldestWaitingAt: z.date().nullable(),
});

/** Depth of the job queue; `null` until a collector has made its tables. */
export async function readQueue(db: Db): Promise<z.infer<typeof QueueRow> | null> {
  const present = await db.query<{ present: boolean }>(`SELECT to_regclass('pgboss.job') IS NOT NULL AS present`);
  if (present.rows[0]?.present !== true) return null;
  const rows = await selectRows(
    db,
    QueueRow,
    `SELECT count(*) FILTER (WHERE state < 'active')::int AS "waitingCount",
            count(*) FILTER (WHERE state = 'active')::int AS "activeCount",
            count(*) FILTER (WHERE state = 'failed')::int AS "failedCount",
            min(created_on) FILTER (WHERE state < 'active') AS "oldestWaitingAt"
       FROM pgboss.job`,
    [],
  );
  return rows[0] ?? null;
}

const MigrationRow = z.object({ name: z.string() });

/** Names of the migrations that were applied whole; empty when there is no such table. */
export async function readMigrations(db: Db): Promise<string[]> {
  const present = await db.query<{ present: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS present`,
  );
  if (present.rows[0]?.present !== true) return [];
  const rows = await selectRows(
    db,
    MigrationRow,
    `SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL LIMIT 10000`,
    [],
  );
  return rows.map((row) => row.name);
}
