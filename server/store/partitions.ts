import type { Db } from "./db.ts";

type Step = "day" | "month" | "year";
export type Retention = { readonly rawSeconds: number; readonly hourlySeconds: number; readonly dailySeconds: number };

const DAY_SECONDS = 86_400;
const PARTITION_LOCK = 728_465; // any number of our own

/** How each table is cut. `ahead` partitions exist before their time, so that a write at midnight finds its place. */
const PARTITIONED: readonly { table: string; step: Step; keepSeconds: (retention: Retention) => number }[] = [
  { table: "metric_raw", step: "day", keepSeconds: (r) => r.rawSeconds },
  // Windows of a day at most are read from it.
  { table: "metric_steps", step: "day", keepSeconds: () => 2 * DAY_SECONDS },
  { table: "metric_hourly", step: "month", keepSeconds: (r) => r.hourlySeconds },
  { table: "metric_daily", step: "year", keepSeconds: (r) => r.dailySeconds },
  { table: "read_record", step: "day", keepSeconds: () => 14 * DAY_SECONDS },
  { table: "read_source", step: "day", keepSeconds: () => 14 * DAY_SECONDS },
  { table: "gate_change", step: "year", keepSeconds: (r) => r.dailySeconds },
  { table: "verdict_history", step: "month", keepSeconds: (r) => r.dailySeconds },
  // Money stays as long as finance may ask: the daily retention.
  { table: "cost_hourly", step: "month", keepSeconds: (r) => r.dailySeconds },
  { table: "cost_daily", step: "month", keepSeconds: (r) => r.dailySeconds },
  { table: "cost_day_share", step: "year", keepSeconds: (r) => r.dailySeconds },
  { table: "cost_covered_day", step: "month", keepSeconds: (r) => r.dailySeconds },
  { table: "cost_month_sum", step: "month", keepSeconds: (r) => r.dailySeconds },
  { table: "cost_year_sum", step: "year", keepSeconds: (r) => r.dailySeconds },
  // No longer written: they go with their last partitions.
  { table: "cost_day_price", step: "year", keepSeconds: (r) => r.dailySeconds },
  { table: "cost_month", step: "year", keepSeconds: (r) => r.dailySeconds },
  { table: "flow_hourly", step: "month", keepSeconds: (r) => r.dailySeconds },
  { table: "flow_daily", step: "month", keepSeconds: (r) => r.dailySeconds },
  { table: "gpu_hourly", step: "month", keepSeconds: (r) => r.dailySeconds },
];

/** Start of the period that holds `at` (UTC). */
export function periodStart(at: Date, step: Step): Date {
  const year = at.getUTCFullYear();
  if (step === "year") return new Date(Date.UTC(year, 0, 1));
  if (step === "month") return new Date(Date.UTC(year, at.getUTCMonth(), 1));
  return new Date(Date.UTC(year, at.getUTCMonth(), at.getUTCDate()));
}

/** Start of the period after the one that begins at `start`. */
export function nextPeriod(start: Date, step: Step): Date {
  const year = start.getUTCFullYear();
  if (step === "year") return new Date(Date.UTC(year + 1, 0, 1));
  if (step === "month") return new Date(Date.UTC(year, start.getUTCMonth() + 1, 1));
  return new Date(start.getTime() + DAY_SECONDS * 1000);
}

export function partitionName(table: string, start: Date, step: Step): string {
  const iso = start.toISOString();
  if (step === "year") return `${table}_p${iso.slice(0, 4)}`;
  if (step === "month") return `${table}_p${iso.slice(0, 7).replace("-", "")}`;
  return `${table}_p${iso.slice(0, 10).replaceAll("-", "")}`;
}

/** Makes every partition that writes from `from` to `until` need, of the named tables or all. Safe to run side by side and again. */
export async function ensurePartitions(db: Db, from: Date, until: Date, tables?: readonly string[]): Promise<void> {
  const known = new Set(await listPartitions(db));
  for (const { table, step } of PARTITIONED) {
    if (tables !== undefined && !tables.includes(table)) continue;
    for (let start = periodStart(from, step); start <= until; start = nextPeriod(start, step)) {
      const name = partitionName(table, start, step);
      if (known.has(name)) continue;
      const end = nextPeriod(start, step);
      // Two collectors that start together would both find it missing, and IF NOT EXISTS does not hold across sessions.
      await db.query(
        `DO $$ BEGIN
           PERFORM pg_advisory_xact_lock(${PARTITION_LOCK});
           CREATE TABLE IF NOT EXISTS "${name}" PARTITION OF "${table}"
             FOR VALUES FROM ('${start.toISOString()}') TO ('${end.toISOString()}');
         END $$`,
      );
    }
  }
}

/** Drops partitions whose whole period is older than the retention; returns their names. */
export async function dropExpiredPartitions(db: Db, retention: Retention, now: Date): Promise<string[]> {
  const known = new Set(await listPartitions(db));
  const dropped: string[] = [];
  for (const { table, step, keepSeconds } of PARTITIONED) {
    const oldest = new Date(now.getTime() - keepSeconds(retention) * 1000);
    for (const name of known) {
      const start = startOfPartition(name, table, step);
      if (start === null || nextPeriod(start, step) > oldest) continue;
      await db.query(`DROP TABLE IF EXISTS "${name}"`);
      dropped.push(name);
    }
  }
  return dropped;
}

async function listPartitions(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(
    `SELECT child.relname AS name FROM pg_inherits
       JOIN pg_class child ON child.oid = inhrelid
       JOIN pg_class parent ON parent.oid = inhparent
      WHERE parent.relname = ANY($1) AND child.relkind = 'r'`,
    [PARTITIONED.map((entry) => entry.table)],
  );
  return rows.map((row) => row.name);
}

function startOfPartition(name: string, table: string, step: Step): Date | null {
  const digits = { year: "(\\d{4})", month: "(\\d{4})(\\d{2})", day: "(\\d{4})(\\d{2})(\\d{2})" }[step];
  const match = new RegExp(`^${table}_p${digits}$`).exec(name);
  if (!match) return null;
  return new Date(Date.UTC(Number(match[1]), match[2] ? Number(match[2]) - 1 : 0, match[3] ? Number(match[3]) : 1));
}
