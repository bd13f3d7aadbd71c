import type { CostGroup, CostHolder, CostRow, SpreadRule } from "../contract/cost.ts";
import { roundParts } from "../domain/cost/round-parts.ts";
import { spreadShared } from "../domain/cost/spread-shared.ts";
import type { CostGroupRow } from "../store/sql/read-cost-groups.ts";

/** The amounts of a row that add up to its cost, in the order in which they are rounded. */
export const COST_PARTS = [
  "used",
  "requestedUnused",
  "requestedUnmeasured",
  "unallocated",
  "overhead",
  "shared",
] as const;
export type CostPart = (typeof COST_PARTS)[number];

const PART_OF_SHARE: Readonly<Record<string, CostPart>> = {
  used: "used",
  "requested-unused": "requestedUnused",
  "requested-unmeasured": "requestedUnmeasured",
  unallocated: "unallocated",
  overhead: "overhead",
};

type Draft = Omit<CostRow, CostPart | "cost"> &
  Record<CostPart, number> & {
    readonly clusterId: number;
    /** Those who hold something in it. */
    readonly holderCount: number;
  };

/**
 * Stored groups → rows of the table, dearest first.
 *
 * Shape: one row per group; unallocated and overhead are rows of their own where groups are holders (team, namespace, workload, label) and
 * columns of the group elsewhere. At most `limit` rows; what is left is one row `rest`.
 * Unit: the currency, whole cents: cells are rounded together, so that rows, columns and total agree to the cent.
 * Basis: with a spread rule the shared cost of a cluster goes to the holders in that cluster; without holders it stays.
 */
export function toCostRows(
  groups: readonly CostGroupRow[],
  options: {
    readonly group: CostGroup;
    readonly rule: SpreadRule;
    readonly limit: number;
    readonly clusterName: (id: number) => string;
  },
): CostRow[] {
  const drafts = new Map<string, Draft>();
  for (const group of groups) {
    const part = PART_OF_SHARE[group.share];
    if (part === undefined) continue;
    const row = draftOf(group, part, options);
    const key = `${group.clusterId}\u0000${row.key}`;
    const known = drafts.get(key) ?? row;
    known[part] += group.cost ?? 0;
    known.unpricedNodeHours += group.unpricedNodeHours;
    drafts.set(key, known);
  }
  const spread = options.rule === "none" ? [...drafts.values()] : spreadByCluster([...drafts.values()], options.rule);
  const merged = new Map<string, Draft>();
  for (const row of spread) {
    const known = merged.get(row.key);
    if (known === undefined) merged.set(row.key, { ...row });
    else {
      for (const part of COST_PARTS) known[part] += row[part];
      known.unpricedNodeHours += row.unpricedNodeHours;
    }
  }
  return round(cut([...merged.values()].sort(byCost), options.limit));
}

/** The sum of rows, column by column; in cents, so that adding brings no new error. */
export function sumCostRows(rows: readonly CostRow[]): Record<CostPart | "cost" | "unpricedNodeHours", number> {
  const sum = (pick: (row: CostRow) => number) =>
    rows.reduce((total, row) => total + Math.round(pick(row) * 100), 0) / 100;
  return {
    used: sum((row) => row.used),
    requestedUnused: sum((row) => row.requestedUnused),
    requestedUnmeasured: sum((row) => row.requestedUnmeasured),
    unallocated: sum((row) => row.unallocated),
    overhead: sum((row) => row.overhead),
    shared: sum((row) => row.shared),
    cost: sum((row) => row.cost),
    unpricedNodeHours: rows.reduce((total, row) => total + row.unpricedNodeHours, 0),
  };
}

function draftOf(
  group: CostGroupRow,
  part: CostPart,
  { group: by, clusterName }: { readonly group: CostGroup; readonly clusterName: (id: number) => string },
): Draft {
  const byHolder = by === "team" || by === "namespace" || by === "workload" || by === "label";
  const isHeld = part !== "unallocated" && part !== "overhead";
  const holder: CostHolder = group.isRest
    ? "rest"
    : !byHolder
      ? "team"
      : !isHeld
        ? part
        : by === "label"
          ? group.label === null
            ? "unlabelled"
            : "team"
          : group.team === ""
            ? "unowned"
            : "team";
  const isFleetWide = by === "team" || by === "resource" || by === "label";
  const isNamed = !group.isRest && (isHeld || !byHolder);
  const cluster = isFleetWide || !isNamed ? null : clusterName(group.clusterId);
  const named = isNamed ? group : null;
  const key = group.isRest
    ? "rest"
    : [
        holder,
        cluster,
        named?.team,
        named?.namespace,
        named?.kind,
        named?.name,
        named?.pool,
        named?.resource,
        named?.label,
      ]
        .map((word) => word ?? "")
        .join("/");
  return {
    clusterId: group.clusterId,
    holderCount: group.holderCount,
    key,
    holder,
    team: named?.team ? named.team : null,
    cluster,
    namespace: named?.namespace ?? null,
    kind: named?.kind ?? null,
    name: named?.name ?? null,
    pool: named?.pool ?? null,
    resource: named?.resource ?? null,
    label: named?.label ?? null,
    used: 0,
    requestedUnused: 0,
    requestedUnmeasured: 0,
    unallocated: 0,
    overhead: 0,
    shared: 0,
    unpricedNodeHours: 0,
  };
}

const held = (row: Draft) => row.used + row.requestedUnused + row.requestedUnmeasured;
const costOf = (row: Draft) => COST_PARTS.reduce((sum, part) => sum + row[part], 0);

function spreadByCluster(rows: readonly Draft[], rule: Exclude<SpreadRule, "none">): Draft[] {
  return [...Map.groupBy(rows, (row) => row.clusterId).values()].flatMap((own) => {
    const shared = own.reduce((sum, row) => sum + row.unallocated + row.overhead, 0);
    const counts = own.map((row) => row.holderCount);
    const amounts = spreadShared(shared, own.map(held), rule, counts);
    if (amounts === null) return own;
    // Hours without a price are spread like the cost that they would have had.
    const isShared = (row: Draft) => row.holder === "unallocated" || row.holder === "overhead";
    const hours = own.filter(isShared).reduce((sum, row) => sum + row.unpricedNodeHours, 0);
    return own
      .map((row, index) => ({
        ...row,
        unallocated: 0,
        overhead: 0,
        shared: amounts[index] ?? 0,
        unpricedNodeHours: row.unpricedNodeHours + (shared > 0 ? (hours * (amounts[index] ?? 0)) / shared : 0),
      }))
      .filter((row) => !isShared(row));
  });
}

function byCost(a: Draft, b: Draft): number {
  return costOf(b) - costOf(a) || (a.key < b.key ? -1 : 1);
}

/** The dearest rows and, where there are more, all others as the last. */
function cut(rows: readonly Draft[], limit: number): Draft[] {
  const known = rows.find((row) => row.holder === "rest");
  const named = rows.filter((row) => row !== known);
  if (known === undefined && named.length <= limit) return named;
  const [first, ...others] = [...(known === undefined ? [] : [known]), ...named.slice(limit - 1)];
  if (first === undefined) return named;
  const rest: Draft = { ...first, key: "rest", holder: "rest", team: null, cluster: null, namespace: null };
  Object.assign(rest, { kind: null, name: null, pool: null, resource: null, label: null });
  for (const row of others) {
    for (const part of COST_PARTS) rest[part] += row[part];
    rest.unpricedNodeHours += row.unpricedNodeHours;
  }
  return [...named.slice(0, limit - 1), rest];
}

function round(rows: readonly Draft[]): CostRow[] {
  const cents = roundParts(rows.flatMap((row) => COST_PARTS.map((part) => row[part])));
  return rows.map(({ clusterId: _clusterId, holderCount: _holderCount, ...row }, index) => {
    const own = COST_PARTS.map((_, part) => cents[index * COST_PARTS.length + part] ?? 0);
    const [used = 0, unused = 0, unmeasured = 0, unallocated = 0, overhead = 0, shared = 0] = own.map((c) => c / 100);
    return {
      ...row,
      unpricedNodeHours: Math.round(row.unpricedNodeHours * 100) / 100,
      used,
      requestedUnused: unused,
      requestedUnmeasured: unmeasured,
      unallocated,
      overhead,
      shared,
      cost: own.reduce((sum, cell) => sum + cell, 0) / 100,
    };
  });
}
