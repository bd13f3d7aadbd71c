import { z } from "zod";
import { toSumSpans } from "../../domain/cost/sum-spans.ts";
import { countsDay, daySums, SUM_COLUMNS, type SumKind, subjectFields, subjectGroup } from "../cost-sums.ts";
import type { Db } from "../db.ts";
import { type Scope, selectRows } from "./rows.ts";

/** Days of the billing time zone, both included. */
export type DayRange = { readonly from: string; readonly to: string };

const RangeRow = z.object({
  clusterId: z.number(),
  first: z.iso.date(),
  last: z.iso.date(),
  before: z.iso.date().nullable(),
  isStale: z.boolean(),
});
/** What is recorded of a range in each cluster of a scope. `isStale` = its running sums wait to be made anew. */
export type SumRange = z.infer<typeof RangeRow>;

export function readSumRanges(db: Db, scope: Scope, days: DayRange): Promise<SumRange[]> {
  return selectRows(
    db,
    RangeRow,
    `SELECT r.cluster_id::int AS "clusterId", r.first::text AS first, r.last::text AS last,
            (SELECT max(day) FROM cost_covered_day b WHERE b.cluster_id = r.cluster_id AND b.day < r.first
                AND b.day >= date_trunc('month', r.first::timestamp)::date)::text AS before,
            s.cluster_id IS NULL OR coalesce(s.stale_from <= r.last, false) AS "isStale"
       FROM (SELECT cluster_id, min(day) AS first, max(day) AS last FROM cost_covered_day
              WHERE cluster_id = ANY($1::smallint[]) AND day >= $2::date AND day <= $3::date GROUP BY cluster_id) r
       LEFT JOIN cost_sum_state s USING (cluster_id) ORDER BY r.cluster_id`,
    [scope.clusterIds, days.from, days.to],
  );
}

const FIELDS = "team, namespace, workload_kind, workload_name, pool, resource, price_row_id";

/**
 * Rows of one kind of subject with their amounts over a range, as a FROM that `sumValues` fills ($1 to $4): differences of running
 * sums, and the days themselves of clusters whose sums are stale. `only` narrows the subjects (alias `s` there, `d` for days).
 */
export function sumSource(
  kind: SumKind,
  only: { readonly subjects: string; readonly days: string } | null = null,
): string {
  const signed = (alias: string) => SUM_COLUMNS.map((column) => `${alias}.${column} * p.sign AS ${column}`).join(", ");
  const spans = (table: string, day: string, of: string) =>
    `SELECT m.cluster_id, m.subject_id, ${signed("m")} FROM p JOIN ${table} m ON m.cluster_id = p.cluster_id AND m.${day} = p.day
      WHERE m.kind = '${kind}' AND p.of = '${of}'`;
  return `
    WITH p AS (
      SELECT * FROM jsonb_to_recordset($1::jsonb) AS p(cluster_id smallint, "of" text, day date, sign int)
    ), spans AS (
      ${spans("cost_month_sum", "day", "month")} UNION ALL ${spans("cost_year_sum", "month", "year")}
    )
    SELECT s.cluster_id, ${FIELDS.split(", ")
      .map((field) => `s.${field}`)
      .join(", ")}, ${SUM_COLUMNS.map((column) => `t.${column}`).join(", ")}
      FROM (SELECT cluster_id, subject_id, ${SUM_COLUMNS.map((column) => `sum(${column}) AS ${column}`).join(", ")}
              FROM spans GROUP BY cluster_id, subject_id) t
      JOIN cost_subject s ON s.cluster_id = t.cluster_id AND s.id = t.subject_id ${only === null ? "" : `WHERE ${only.subjects}`}
    UNION ALL
    SELECT d.cluster_id, ${subjectFields(kind)}, ${daySums(kind)} FROM cost_daily d
     WHERE d.cluster_id = ANY($2::smallint[]) AND d.day >= $3::date AND d.day <= $4::date AND ${countsDay(kind)}
       ${only === null ? "" : `AND ${only.days}`}
     GROUP BY d.cluster_id, ${subjectGroup(kind)}`;
}

/** What `sumSource` is asked with. */
export function sumValues(ranges: readonly SumRange[]): unknown[] {
  const spans = ranges
    .filter((range) => !range.isStale)
    .flatMap((range) => toSumSpans(range).map((span) => ({ cluster_id: range.clusterId, ...span })));
  const stale = ranges.filter((range) => range.isStale);
  const days = stale.flatMap(({ first, last }) => [first, last]).sort();
  return [JSON.stringify(spans), stale.map(({ clusterId }) => clusterId), days[0] ?? null, days.at(-1) ?? null];
}
