import type { Pool, PoolClient } from "pg";
import { type Db, inTransaction } from "./db.ts";
import { ensurePartitions } from "./partitions.ts";

/** A price list and what stands on it is not told by workload: each kind of subject keeps only the fields that its questions group by. */
export type SumKind = "workload" | "place" | "price";
const FIELDS = ["team", "namespace", "workload_kind", "workload_name", "pool", "resource", "price_row_id"] as const;
type Field = (typeof FIELDS)[number];
const KINDS: Readonly<Record<SumKind, { readonly fields: readonly Field[]; readonly where: string }>> = {
  workload: { fields: ["team", "namespace", "workload_kind", "workload_name"], where: "true" },
  place: { fields: ["team", "namespace", "pool", "resource"], where: "true" },
  price: { fields: ["team", "price_row_id"], where: "d.price_row_id <> 0" },
};
const NO_FIELD: Readonly<Record<Field, string>> = {
  team: "''",
  namespace: "''",
  workload_kind: "''",
  workload_name: "''",
  pool: "''",
  resource: "''",
  price_row_id: "0",
};

const UNHELD = "d.share IN ('unallocated', 'overhead')";
const UNPRICED = "d.resource = 'cpu' AND d.unpriced_quantity <> 0";
/** Amounts of a sum, each out of rows of days. null = none of it, which is most of them. */
const AMOUNTS = {
  used: "d.cost) FILTER (WHERE d.share = 'used'",
  requested_unused: "d.cost) FILTER (WHERE d.share = 'requested-unused'",
  requested_unmeasured: "d.cost) FILTER (WHERE d.share = 'requested-unmeasured'",
  unallocated: "d.cost) FILTER (WHERE d.share = 'unallocated'",
  overhead: "d.cost) FILTER (WHERE d.share = 'overhead'",
  unpriced_held: `d.unpriced_quantity::numeric) FILTER (WHERE ${UNPRICED} AND NOT ${UNHELD}`,
  unpriced_unallocated: `d.unpriced_quantity::numeric) FILTER (WHERE ${UNPRICED} AND d.share = 'unallocated'`,
  unpriced_overhead: `d.unpriced_quantity::numeric) FILTER (WHERE ${UNPRICED} AND d.share = 'overhead'`,
} as const;
const QUANTITIES = {
  quantity_held: `d.quantity::numeric) FILTER (WHERE NOT ${UNHELD}`,
  quantity_unheld: `d.quantity::numeric) FILTER (WHERE ${UNHELD}`,
} as const;
export const SUM_COLUMNS = [...Object.keys(AMOUNTS), ...Object.keys(QUANTITIES)] as const;

/** The amounts of a kind as aggregates over rows of days that are called `d`. */
export function daySums(kind: SumKind): string {
  const named = (sums: object) => Object.entries(sums).map(([column, sum]) => `sum(${sum}) AS ${column}`);
  const quantities =
    kind === "price" ? named(QUANTITIES) : Object.keys(QUANTITIES).map((column) => `NULL::numeric AS ${column}`);
  return [...named(AMOUNTS), ...quantities].join(", ");
}

/** Every field of a subject out of rows that are called `d`; those that the kind has not are empty. */
export function subjectFields(kind: SumKind): string {
  const own = new Set<string>(KINDS[kind].fields);
  return FIELDS.map((field) => `${own.has(field) ? `d.${field}` : NO_FIELD[field]} AS ${field}`).join(", ");
}
/** What `subjectFields` are grouped by. */
export function subjectGroup(kind: SumKind): string {
  return KINDS[kind].fields.map((field) => `d.${field}`).join(", ");
}
export const countsDay = (kind: SumKind) => KINDS[kind].where;

/** More days than these are summed by themselves afterwards, month by month: a filled past would be summed over and over otherwise. */
const DAYS_AT_ONCE = 3;

/**
 * Tells that the days of a span were made anew, inside their transaction: which of them are recorded, and the sums that contain them –
 * at once where few days follow, else as stale, so that readers take the days themselves.
 */
export async function followCostDays(
  client: PoolClient,
  clusterId: number,
  firstDay: string,
  lastDay: string,
): Promise<void> {
  const span = [clusterId, firstDay, lastDay];
  await client.query(
    `DELETE FROM cost_covered_day WHERE cluster_id = $1 AND day >= $2::date AND day <= $3::date`,
    span,
  );
  await client.query(
    `INSERT INTO cost_covered_day (cluster_id, day, hour_count, is_estimate)
     SELECT cluster_id, day, max(hour_count), bool_or(is_estimate) FROM cost_day_share
      WHERE cluster_id = $1 AND day >= $2::date AND day <= $3::date GROUP BY cluster_id, day`,
    span,
  );
  await client.query(
    `INSERT INTO cost_month_version (cluster_id, month, version)
     SELECT $1, m::date, 1 FROM generate_series(date_trunc('month', $2::timestamp), $3::timestamp, interval '1 month') AS m
     ON CONFLICT (cluster_id, month) DO UPDATE SET version = cost_month_version.version + 1`,
    span,
  );
  const { rows } = await client.query<{ isNear: boolean }>(
    `SELECT count(*) <= $3 AND EXISTS (SELECT 1 FROM cost_sum_state WHERE cluster_id = $1 AND stale_from IS NULL) AS "isNear"
       FROM cost_covered_day WHERE cluster_id = $1 AND day >= $2::date`,
    [clusterId, firstDay, DAYS_AT_ONCE],
  );
  if (rows[0]?.isNear === true) {
    for (const month of await listMonths(client, clusterId, firstDay))
      await sumMonth(client, clusterId, month, firstDay);
    return;
  }
  await client.query(
    `INSERT INTO cost_sum_state (cluster_id, stale_from) VALUES ($1, '-infinity')
     ON CONFLICT (cluster_id) DO UPDATE SET stale_from = least(cost_sum_state.stale_from, $2::date)`,
    [clusterId, firstDay],
  );
}

/** Makes the sums that are stale, a month in each transaction. Returns the months. */
export async function makeCostSums(pool: Pool, clusterId: number): Promise<string[]> {
  const made: string[] = [];
  for (;;) {
    const step = await inTransaction(pool, (client) => makeNextMonth(client, clusterId));
    if (step.month !== null) made.push(step.month);
    if (!step.isMore) return made;
  }
}

async function makeNextMonth(
  client: PoolClient,
  clusterId: number,
): Promise<{ readonly month: string | null; readonly isMore: boolean }> {
  await lockCostDays(client, clusterId);
  const { rows } = await client.query<{ from: string }>(
    `SELECT greatest(stale_from, '0001-01-01')::text AS from FROM cost_sum_state WHERE cluster_id = $1 AND stale_from IS NOT NULL`,
    [clusterId],
  );
  const [state] = rows;
  if (state === undefined) return { month: null, isMore: false };
  const [month = null, next = null] = await listMonths(client, clusterId, state.from);
  if (month !== null) {
    const first = new Date(`${month}T00:00:00Z`);
    await ensurePartitions(client, first, first, ["cost_month_sum", "cost_year_sum"]);
    await sumMonth(client, clusterId, month, state.from);
  }
  await client.query(`UPDATE cost_sum_state SET stale_from = $2::date WHERE cluster_id = $1`, [clusterId, next]);
  return { month, isMore: next !== null };
}

/** Two collectors that make days, or the sums of them, take turns for as long as their transactions last. */
export async function lockCostDays(client: PoolClient, clusterId: number): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock(728465, $1)`, [clusterId]);
}

/** Takes away every sum of a cluster; they wait to be made. */
export async function dropCostSums(client: PoolClient, clusterId: number): Promise<void> {
  for (const table of ["cost_month_sum", "cost_year_sum", "cost_covered_day", "cost_sum_state"] as const)
    await client.query(`DELETE FROM ${table} WHERE cluster_id = $1`, [clusterId]);
}

/** Months from the one of a day to the last recorded, those between without any day too: their year goes on. */
async function listMonths(db: Db, clusterId: number, fromDay: string): Promise<string[]> {
  const { rows } = await db.query<{ month: string }>(
    `SELECT m::date::text AS month FROM (
       SELECT date_trunc('month', greatest($2::date, min(day))::timestamp) AS first, date_trunc('month', max(day)::timestamp) AS last
         FROM cost_covered_day WHERE cluster_id = $1
     ) d, generate_series(d.first, d.last, interval '1 month') AS m ORDER BY m`,
    [clusterId, fromDay],
  );
  return rows.map((row) => row.month);
}

/** The running sums of one month from a day on, and what its year came to at its end. */
async function sumMonth(client: PoolClient, clusterId: number, month: string, fromDay: string): Promise<void> {
  const kinds = Object.keys(KINDS) as SumKind[]; // the keys of a literal are its type's
  const first = fromDay > month ? fromDay : month;
  const span = [clusterId, month, first];
  const inMonth = `cluster_id = $1 AND day >= $2::date AND day < $2::date + interval '1 month'`;
  await client.query(`DELETE FROM cost_month_sum WHERE ${inMonth} AND day >= $3::date`, span);
  for (const kind of kinds) {
    await addSubjects(client, kind, span);
    await client.query(
      `WITH day_sums AS (
         SELECT d.day, ${subjectFields(kind)}, ${daySums(kind)}
           FROM cost_daily d WHERE ${inMonth} AND day >= $3::date AND ${countsDay(kind)} GROUP BY d.day, ${subjectGroup(kind)}
       ), own AS (
         SELECT d.day, s.id AS subject_id, ${SUM_COLUMNS.map((column) => `d.${column}`).join(", ")}
           FROM day_sums d JOIN cost_subject s ON s.cluster_id = $1 AND s.kind = '${kind}'
            AND ${FIELDS.map((field) => `s.${field} = d.${field}`).join(" AND ")}
         UNION ALL
         -- What the month came to before: the sums go on from there.
         SELECT '-infinity'::date, subject_id, ${SUM_COLUMNS.join(", ")} FROM cost_month_sum
          WHERE cluster_id = $1 AND kind = '${kind}' AND day = (SELECT max(day) FROM cost_covered_day WHERE ${inMonth} AND day < $3::date)
       ), seen AS (
         SELECT subject_id, min(day) AS since FROM own GROUP BY subject_id
       ), days AS (
         SELECT c.day, s.subject_id FROM cost_covered_day c JOIN seen s ON s.since <= c.day WHERE ${inMonth} AND c.day >= $3::date
         UNION ALL SELECT since, subject_id FROM seen WHERE since = '-infinity'
       ), running AS (
         SELECT d.day, d.subject_id, ${SUM_COLUMNS.map((column) => `sum(o.${column}) OVER so_far AS ${column}`).join(", ")}
           FROM days d LEFT JOIN own o ON o.day = d.day AND o.subject_id = d.subject_id
         WINDOW so_far AS (PARTITION BY d.subject_id ORDER BY d.day)
       )
       INSERT INTO cost_month_sum (cluster_id, day, kind, subject_id, ${SUM_COLUMNS.join(", ")})
       SELECT $1, day, '${kind}', subject_id, ${SUM_COLUMNS.join(", ")} FROM running WHERE day > '-infinity' ORDER BY day, subject_id`,
      span,
    );
  }
  await sumYear(client, clusterId, month);
}

async function addSubjects(client: PoolClient, kind: SumKind, span: readonly unknown[]): Promise<void> {
  await client.query(
    `INSERT INTO cost_subject (cluster_id, id, kind, ${FIELDS.join(", ")})
     SELECT $1, (SELECT coalesce(max(id), 0) FROM cost_subject WHERE cluster_id = $1) + row_number() OVER (), '${kind}', ${FIELDS.join(", ")}
       FROM (SELECT DISTINCT ${subjectFields(kind)} FROM cost_daily d
              WHERE cluster_id = $1 AND day >= $3::date AND day < $2::date + interval '1 month' AND ${countsDay(kind)}) n
      WHERE NOT EXISTS (SELECT 1 FROM cost_subject s WHERE s.cluster_id = $1 AND s.kind = '${kind}'
                           AND ${FIELDS.map((field) => `s.${field} = n.${field}`).join(" AND ")})`,
    [...span],
  );
}

/** What a year came to at the end of a month: what it came to a month before, and the month. Without one there is none to be kept. */
async function sumYear(client: PoolClient, clusterId: number, month: string): Promise<void> {
  await client.query(`DELETE FROM cost_year_sum WHERE cluster_id = $1 AND month = $2::date`, [clusterId, month]);
  await client.query(
    `INSERT INTO cost_year_sum (cluster_id, month, kind, subject_id, ${SUM_COLUMNS.join(", ")})
     SELECT $1, $2::date, kind, subject_id, ${SUM_COLUMNS.map((column) => `sum(${column})`).join(", ")} FROM (
       SELECT kind, subject_id, ${SUM_COLUMNS.join(", ")} FROM cost_year_sum
        WHERE cluster_id = $1 AND month = ($2::date - interval '1 month')::date AND extract(month FROM $2::date) > 1
       UNION ALL
       SELECT kind, subject_id, ${SUM_COLUMNS.join(", ")} FROM cost_month_sum
        WHERE cluster_id = $1 AND day = (SELECT max(day) FROM cost_covered_day
                                          WHERE cluster_id = $1 AND day >= $2::date AND day < $2::date + interval '1 month')
     ) m GROUP BY kind, subject_id ORDER BY kind, subject_id`,
    [clusterId, month],
  );
}
