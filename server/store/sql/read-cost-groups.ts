import { z } from "zod";
import type { SpreadRule } from "../../domain/cost/spread-shared.ts";
import type { Db } from "../db.ts";
import { type DayRange, readSumRanges, type SumRange, sumOf, sumSource } from "./cost-sums.ts";
import { type Scope, selectRows, teamBound } from "./rows.ts";

const MAX_ROWS = 200_000;

export type CostGroup = "team" | "cluster" | "namespace" | "workload" | "pool" | "resource" | "label";
/** Columns by which rows are told apart; the cluster is always one, as shared cost is spread inside it. */
const GROUPS: Readonly<Record<CostGroup, readonly string[]>> = {
  team: ["team"],
  cluster: [],
  namespace: ["namespace", "team"],
  workload: ["namespace", "workload_kind", "workload_name", "team"],
  pool: ["pool"],
  resource: ["resource"],
  label: [],
};

export type CostGroupRow = {
  readonly clusterId: number;
  readonly team: string | null;
  readonly namespace: string | null;
  readonly kind: string | null;
  readonly name: string | null;
  readonly pool: string | null;
  readonly resource: string | null;
  readonly label: string | null;
  /** All that a long list leaves out, as one. */
  readonly isRest: boolean;
  /** Those who hold something in it. */
  readonly holderCount: number;
  readonly share: string;
  readonly cost: number | null;
  readonly unpricedNodeHours: number;
};

const WideRow = z.object({
  clusterId: z.number(),
  team: z.string().nullable(),
  namespace: z.string().nullable(),
  kind: z.string().nullable(),
  name: z.string().nullable(),
  pool: z.string().nullable(),
  resource: z.string().nullable(),
  label: z.string().nullable(),
  isRest: z.boolean(),
  holderCount: z.number(),
  used: z.number(),
  requested_unused: z.number(),
  requested_unmeasured: z.number(),
  unallocated: z.number(),
  overhead: z.number(),
  unpriced_held: z.number(),
  unpriced_unallocated: z.number(),
  unpriced_overhead: z.number(),
});
const AMOUNTS = [
  "used",
  "requested_unused",
  "requested_unmeasured",
  "unallocated",
  "overhead",
  "unpriced_held",
  "unpriced_unallocated",
  "unpriced_overhead",
] as const satisfies readonly (keyof z.infer<typeof WideRow>)[];

export type GroupFilter = {
  readonly group: CostGroup;
  /** Key by whose values rows are told apart where the group is `label`. */
  readonly label: string | null;
  readonly teams: readonly string[] | null;
  readonly namespace: string | null;
};

/** What is asked of all groups. Of more workloads than `limit` the dearest by the rule come, and of each cluster the rest as one row. */
export type GroupQuestion = GroupFilter & { readonly limit: number; readonly rule: SpreadRule };

/** Cost of a range by group and share. `unpricedNodeHours` counts by CPU, which every node has. */
export function readCostGroups(
  db: Db,
  scope: Scope,
  days: DayRange,
  ranges: readonly SumRange[],
  question: GroupQuestion,
): Promise<CostGroupRow[]> {
  return question.group === "label"
    ? readLabelGroups(db, scope, days, ranges, question)
    : readGroups(db, scope, ranges, question, null);
}

/** Workloads whose value of a label is taken `on` one day; where it changes inside `within`, those that kept theirs or the others. */
type LabelPart = { readonly on: string; readonly within: DayRange; readonly which: "all" | "kept" | "changed" };

async function readGroups(
  db: Db,
  scope: Scope,
  ranges: readonly SumRange[],
  { group, limit, rule, ...filter }: GroupQuestion,
  label: LabelPart | null,
): Promise<CostGroupRow[]> {
  const columns = GROUPS[group];
  const pick = (column: string, alias: string) =>
    `${columns.includes(column) ? `c.${column}` : "NULL::text"} AS "${alias}"`;
  // What nobody holds tells of all teams: it is not shown to a viewer of some, and is nobody's where teams are asked for.
  const isShared = scope.teams === null && filter.teams === null;
  // A workload is a row already.
  const isGrouped = group !== "workload";
  const sums = AMOUNTS.map((column) => {
    const isOfNobody = column.includes("unallocated") || column.includes("overhead");
    if (isOfNobody && !isShared) return `0::float8 AS ${column}`;
    return `coalesce(${isGrouped ? sumOf(`c.${column}`) : `c.${column}`}, 0)::float8 AS ${column}`;
  });
  const bounds = (alias: string) =>
    `${alias}.cluster_id = ANY($1::smallint[]) AND ${teamBound(`${alias}.team`, "$2")} AND ($3::text[] IS NULL OR ${alias}.team = ANY($3::text[]))
     AND ($4::text IS NULL OR ${alias}.namespace = $4) ${label === null ? "" : labelBound(alias, label.which)}`;
  const kind = group === "workload" || group === "label" ? "workload" : "place";
  const join =
    label === null
      ? ""
      : `LEFT JOIN cost_label l ON l.cluster_id = c.cluster_id AND l.key = $5 AND l.namespace = c.namespace AND l.workload_kind = c.workload_kind
            AND l.workload_name = c.workload_name AND l.valid_from <= $6::date AND (l.valid_to IS NULL OR l.valid_to > $6::date)`;
  const rows = await selectRows(
    db,
    WideRow,
    `WITH every AS (${sumSource(kind, ranges, bounds)})${isGrouped ? "" : `, ${dearest(limit, rule)}`}
     SELECT c.cluster_id::int AS "clusterId", ${pick("team", "team")}, ${pick("namespace", "namespace")},
            ${pick("workload_kind", "kind")}, ${pick("workload_name", "name")}, ${pick("pool", "pool")},
            ${pick("resource", "resource")}, ${label === null ? "NULL::text" : "l.value"} AS label,
            ${isGrouped ? "false" : "c.is_rest"} AS "isRest", ${isGrouped ? "1" : "c.holder_count"} AS "holderCount", ${sums.join(", ")}
       FROM ${isGrouped ? "every" : "cut"} c ${join}
      ${isGrouped ? `GROUP BY c.cluster_id${columns.map((column) => `, c.${column}`).join("")}${label === null ? "" : ", l.value"}` : ""}
      LIMIT ${MAX_ROWS}`,
    [
      scope.clusterIds,
      scope.teams,
      filter.teams,
      filter.namespace,
      ...(label === null ? [] : [filter.label ?? "", label.on]),
      ...(label === null || label.which === "all" ? [] : [label.within.from, label.within.to]),
    ],
  );
  return rows.flatMap(byShare);
}

const HELD =
  "(coalesce(used::float8, 0) + coalesce(requested_unused::float8, 0) + coalesce(requested_unmeasured::float8, 0))";
const UNHELD = "(coalesce(unallocated::float8, 0) + coalesce(overhead::float8, 0))";
/** What a workload costs once its cluster's shared cost is spread, by which the dearest are told. */
const RANKED_BY: Readonly<Record<SpreadRule, string>> = {
  none: HELD,
  even: `${HELD} + sum(${UNHELD}) OVER own / nullif(count(*) FILTER (WHERE ${HELD} > 0) OVER own, 0)`,
  proportional: `${HELD} * (1 + sum(${UNHELD}) OVER own / nullif(sum(${HELD}) OVER own, 0))`,
};

/** `cut` = the dearest of `every` workload, what nobody holds, and all others of a cluster as one row. */
function dearest(limit: number, rule: SpreadRule): string {
  const named = "cluster_id, team, namespace, workload_kind, workload_name";
  return `costed AS (
       SELECT *, coalesce(${RANKED_BY[rule]}, 0) AS cost FROM every WINDOW own AS (PARTITION BY cluster_id)
     ), ranked AS (
       SELECT *, workload_name <> '' AND row_number() OVER (
                ORDER BY workload_name <> '' DESC, cost DESC, ${named}) > ${Math.trunc(limit)} AS is_rest FROM costed
     ), cut AS (
       SELECT ${named}, ${AMOUNTS.join(", ")}, false AS is_rest, 1 AS holder_count FROM ranked WHERE NOT is_rest
       UNION ALL
       SELECT cluster_id, '', '', '', '', ${AMOUNTS.map(sumOf).join(", ")}, true, (count(*) FILTER (WHERE ${HELD} > 0))::int
         FROM ranked WHERE is_rest GROUP BY cluster_id
     )`;
}

/** Whether the label ($5) of a workload changes inside a range ($7, $8): a later day of it is the first of another value. */
function labelBound(alias: string, which: LabelPart["which"]): string {
  if (which === "all") return "";
  return `AND ${which === "kept" ? "NOT" : ""} EXISTS (
            SELECT 1 FROM cost_label x WHERE x.cluster_id = ${alias}.cluster_id AND x.key = $5 AND x.namespace = ${alias}.namespace
               AND x.workload_kind = ${alias}.workload_kind AND x.workload_name = ${alias}.workload_name
               AND ((x.valid_from > $7::date AND x.valid_from <= $8::date) OR (x.valid_to > $7::date AND x.valid_to <= $8::date)))`;
}

const ChangeRow = z.object({ day: z.iso.date() });

/** By label: workloads that kept theirs in one step; those that changed it between one change and the next, as a day goes by its value. */
async function readLabelGroups(
  db: Db,
  scope: Scope,
  days: DayRange,
  ranges: readonly SumRange[],
  question: GroupQuestion,
): Promise<CostGroupRow[]> {
  const changes = await selectRows(
    db,
    ChangeRow,
    `SELECT DISTINCT v.day::text AS day FROM cost_label l CROSS JOIN LATERAL (VALUES (l.valid_from), (l.valid_to)) AS v (day)
      WHERE l.cluster_id = ANY($1::smallint[]) AND l.key = $4 AND v.day > $2::date AND v.day <= $3::date ORDER BY 1 LIMIT 1000`,
    [scope.clusterIds, days.from, days.to, question.label ?? ""],
  );
  const part = (on: string, which: LabelPart["which"]): LabelPart => ({ on, within: days, which });
  if (changes.length === 0) return readGroups(db, scope, ranges, question, part(days.to, "all"));
  const groups = await readGroups(db, scope, ranges, question, part(days.to, "kept"));
  const firsts = [days.from, ...changes.map((change) => change.day)];
  for (const [index, from] of firsts.entries()) {
    const next = firsts[index + 1];
    const own = await readSumRanges(db, scope, { from, to: next === undefined ? days.to : dayBefore(next) });
    groups.push(...(await readGroups(db, scope, own, question, part(from, "changed"))));
  }
  return groups;
}

function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

/** One row per share that has any cost or any hour without a price. */
function byShare({
  used,
  requested_unused,
  requested_unmeasured,
  unallocated,
  overhead,
  unpriced_held,
  unpriced_unallocated,
  unpriced_overhead,
  ...group
}: z.infer<typeof WideRow>): CostGroupRow[] {
  const amounts: [string, number, number][] = [
    ["used", used, unpriced_held],
    ["requested-unused", requested_unused, 0],
    ["requested-unmeasured", requested_unmeasured, 0],
    ["unallocated", unallocated, unpriced_unallocated],
    ["overhead", overhead, unpriced_overhead],
  ];
  return amounts.flatMap(([share, cost, unpricedNodeHours]) =>
    cost === 0 && unpricedNodeHours === 0 ? [] : [{ ...group, share, cost, unpricedNodeHours }],
  );
}
