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
 * Rows of one kind of subject with their amounts over the recorded days of a range, as SQL: differences of running sums, and the days
 * themselves of clusters whose sums are stale. `only` narrows the subjects (alias `s` there, `d` for days). Clusters and dates stand in
 * the text, checked to be such, so that no partition is planned but theirs.
 */
export function sumSource(
  kind: SumKind,
  ranges: readonly SumRange[],
  only: (alias: string) => string = () => "true",
): string {
  const stale = ranges.filter((range) => range.isStale);
  const days = stale.length === 0 ? "" : `UNION ALL ${daysOf(kind, stale, only("d"))}`;
  return `${sumsOf(kind, ranges)} WHERE ${only("s")} ${days}`;
}

/** A sum costs memory for each group from its first row on, null or not: most amounts of most subjects are null. */
export const sumOf = (column: string) => `sum(${column}) FILTER (WHERE ${column} IS NOT NULL)`;

/** One branch for each sum that a range takes, with the clusters that take it. */
function sumsOf(kind: SumKind, ranges: readonly SumRange[]): string {
  const spans = ranges
    .filter((range) => !range.isStale)
    .flatMap((range) => toSumSpans(range).map((span) => ({ clusterId: range.clusterId, ...span })));
  const branches = [...Map.groupBy(spans, ({ of, day, sign }) => `${of}/${day}/${sign}`).values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const amounts = SUM_COLUMNS.map((column) => (first.sign === 1 ? column : `-${column} AS ${column}`)).join(", ");
    const table = first.of === "month" ? "cost_month_sum" : "cost_year_sum";
    return `SELECT cluster_id, subject_id, ${amounts} FROM ${table}
             WHERE ${clusterList(same)} AND ${first.of === "month" ? "day" : "month"} = '${first.day}'::date AND kind = '${kind}'`;
  });
  const none = `SELECT cluster_id, subject_id, ${SUM_COLUMNS.join(", ")} FROM cost_year_sum WHERE false`;
  return `
    SELECT s.cluster_id, ${FIELDS.split(", ")
      .map((field) => `s.${field}`)
      .join(", ")}, ${SUM_COLUMNS.map((column) => `t.${column}`).join(", ")}
      FROM (SELECT cluster_id, subject_id, ${SUM_COLUMNS.map((column) => `${sumOf(column)} AS ${column}`).join(", ")}
              FROM (${branches.length === 0 ? none : branches.join(" UNION ALL ")}) m GROUP BY cluster_id, subject_id) t
      JOIN cost_subject s ON s.cluster_id = t.cluster_id AND s.id = t.subject_id AND s.kind = '${kind}'`;
}

function daysOf(kind: SumKind, stale: readonly SumRange[], only: string): string {
  const bounds = stale.map((range) => `(${clusterList([range], "d")} AND ${dayBounds(range)})`).join(" OR ");
  return `
    SELECT d.cluster_id, ${subjectFields(kind)}, ${daySums(kind)} FROM cost_daily d
     WHERE (${bounds}) AND ${countsDay(kind)} AND ${only} GROUP BY d.cluster_id, ${subjectGroup(kind)}`;
}

const dayBounds = ({ first, last }: SumRange) => `d.day >= '${first}'::date AND d.day <= '${last}'::date`;
function clusterList(of: readonly { readonly clusterId: number }[], alias?: string): string {
  const ids = of.map(({ clusterId }) => Math.trunc(clusterId)).join(",");
  return `${alias === undefined ? "" : `${alias}.`}cluster_id = ANY('{${ids}}'::smallint[])`;
}
