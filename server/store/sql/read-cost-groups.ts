import { z } from "zod";
import type { Db } from "../db.ts";
import { type DayRange, readSumRanges, type SumRange, sumSource, sumValues } from "./cost-sums.ts";
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

/** Cost of a range by group and share, dearest group first. `unpricedNodeHours` counts by CPU, which every node has. */
export async function readCostGroups(
  db: Db,
  scope: Scope,
  days: DayRange,
  filter: GroupFilter,
): Promise<CostGroupRow[]> {
  if (filter.group === "label") return readLabelGroups(db, scope, days, filter);
  return readGroups(db, scope, await readSumRanges(db, scope, days), filter, null);
}

/** Workloads whose value of a label is taken on one day: those that kept theirs (`kept`), or those that changed it. */
type LabelPart = { readonly on: string; readonly since: DayRange; readonly isKept: boolean };

async function readGroups(
  db: Db,
  scope: Scope,
  ranges: readonly SumRange[],
  filter: GroupFilter,
  label: LabelPart | null,
): Promise<CostGroupRow[]> {
  const columns = new Set(GROUPS[filter.group]);
  const pick = (column: string, alias: string) => `${columns.has(column) ? `c.${column}` : "NULL::text"} AS "${alias}"`;
  // What nobody holds tells of all teams: it is not shown to a viewer of some, and is nobody's where teams are asked for.
  const isShared = scope.teams === null && filter.teams === null;
  const sums = AMOUNTS.map((column) => {
    const isOfNobody = column.includes("unallocated") || column.includes("overhead");
    return isOfNobody && !isShared ? `0::float8 AS ${column}` : `coalesce(sum(c.${column}), 0)::float8 AS ${column}`;
  });
  const bounds = (alias: string) =>
    `${teamBound(`${alias}.team`, "$5")} AND ($6::text[] IS NULL OR ${alias}.team = ANY($6::text[]))
     AND ($7::text IS NULL OR ${alias}.namespace = $7) ${label === null ? "" : `AND ${label.isKept ? "NOT" : ""} ${changed(alias)}`}`;
  const source = sumSource(columns.has("workload_name") || label !== null ? "workload" : "place", {
    subjects: bounds("s"),
    days: bounds("d"),
  });
  const join =
    label === null
      ? ""
      : `LEFT JOIN cost_label l ON l.cluster_id = c.cluster_id AND l.key = $8 AND l.namespace = c.namespace AND l.workload_kind = c.workload_kind
            AND l.workload_name = c.workload_name AND l.valid_from <= $9::date AND (l.valid_to IS NULL OR l.valid_to > $9::date)`;
  const rows = await selectRows(
    db,
    WideRow,
    `WITH c AS (${source})
     SELECT c.cluster_id::int AS "clusterId", ${pick("team", "team")}, ${pick("namespace", "namespace")},
            ${pick("workload_kind", "kind")}, ${pick("workload_name", "name")}, ${pick("pool", "pool")},
            ${pick("resource", "resource")}, ${label === null ? "NULL::text" : "l.value"} AS label, ${sums.join(", ")}
       FROM c ${join}
      GROUP BY c.cluster_id${[...columns].map((column) => `, c.${column}`).join("")}${label === null ? "" : ", l.value"}
      LIMIT ${MAX_ROWS}`,
    [
      ...sumValues(ranges),
      scope.teams,
      filter.teams,
      filter.namespace,
      ...(label === null ? [] : [filter.label ?? "", label.on, label.since.from, label.since.to]),
    ],
  );
  return rows.flatMap(byShare);
}

/** Whether the label ($8) of a workload changes inside a range ($10, $11): its second day or later is the first of another value. */
function changed(alias: string): string {
  return `EXISTS (SELECT 1 FROM cost_label x WHERE x.cluster_id = ${alias}.cluster_id AND x.key = $8 AND x.namespace = ${alias}.namespace
                     AND x.workload_kind = ${alias}.workload_kind AND x.workload_name = ${alias}.workload_name
                     AND ((x.valid_from > $10::date AND x.valid_from <= $11::date) OR (x.valid_to > $10::date AND x.valid_to <= $11::date)))`;
}

const ChangeRow = z.object({ day: z.iso.date() });

/** By label: workloads that kept theirs in one step; those that changed it between one change and the next, as a day goes by its value. */
async function readLabelGroups(db: Db, scope: Scope, days: DayRange, filter: GroupFilter): Promise<CostGroupRow[]> {
  const changes = await selectRows(
    db,
    ChangeRow,
    `SELECT DISTINCT v.day::text AS day FROM cost_label l CROSS JOIN LATERAL (VALUES (l.valid_from), (l.valid_to)) AS v (day)
      WHERE l.cluster_id = ANY($1::smallint[]) AND l.key = $4 AND v.day > $2::date AND v.day <= $3::date ORDER BY 1 LIMIT 1000`,
    [scope.clusterIds, days.from, days.to, filter.label ?? ""],
  );
  const part = (on: string, isKept: boolean): LabelPart => ({ on, since: days, isKept });
  const all = await readSumRanges(db, scope, days);
  const groups = await readGroups(db, scope, all, filter, part(days.to, true));
  if (changes.length === 0) return groups;
  const firsts = [days.from, ...changes.map((change) => change.day)];
  for (const [index, from] of firsts.entries()) {
    const next = firsts[index + 1];
    const ranges = await readSumRanges(db, scope, { from, to: next === undefined ? days.to : dayBefore(next) });
    groups.push(...(await readGroups(db, scope, ranges, filter, part(from, false))));
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
