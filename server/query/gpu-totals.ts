import type { DeviceState, GpuTotal, GpuTotals } from "../contract/gpu.ts";
import { roundParts } from "../domain/cost/round-parts.ts";
import { type GpuHolderHoursRow, REST } from "../store/sql/read-gpu.ts";
import { hoursByState } from "./gpu-figures.ts";

/**
 * The same rows with costs in whole cents.
 *
 * Basis: what one team has in one cluster is rounded together, once (largest remainder). Whatever the rows are grouped by afterwards, by
 * team, workload, pool or model, the groups add up to the same total to the cent; and an answer that is bound to a team or a cluster has
 * the very cents that its part has in the answer over all of them. Each row is within one cent of its amount, each team of a cluster
 * within half a cent. Rows without a price stay without.
 */
export function toWholeCents(rows: readonly GpuHolderHoursRow[]): GpuHolderHoursRow[] {
  const cents = new Map<GpuHolderHoursRow, number>();
  for (const own of Map.groupBy(rows, ({ clusterId, team }) => `${clusterId} ${team}`).values()) {
    // In an order of their own: how a query sorts ties must not decide who gets the odd cent.
    const sorted = own.toSorted((a, b) => (rowKey(a) < rowKey(b) ? -1 : 1));
    const rounded = roundParts(sorted.map((row) => row.cost ?? 0));
    for (const [index, row] of sorted.entries()) cents.set(row, rounded[index] ?? 0);
  }
  return rows.map((row) => ({ ...row, cost: row.cost === null ? null : (cents.get(row) ?? 0) / 100 }));
}

function rowKey({ namespace, kind, name, model, pool, state }: GpuHolderHoursRow): string {
  return JSON.stringify([namespace, kind, name, model, pool, state]);
}

/** Adds amounts of whole cents without a new rounding error. */
export function sumCents(rows: readonly { readonly cost: number | null }[]): number {
  return rows.reduce((sum, row) => sum + Math.round((row.cost ?? 0) * 100), 0) / 100;
}

type Label = Omit<GpuTotal, "hours" | "cost" | "idleCost" | "unpricedHours">;
const NO_LABEL: Label = {
  key: "",
  holder: "held",
  cluster: null,
  team: null,
  namespace: null,
  kind: null,
  name: null,
  pool: null,
  model: null,
};

/** Who stands behind a row: somebody, a holder without a known workload, the sum of the smallest ones, or nobody. */
function holderOf(row: GpuHolderHoursRow): GpuTotal["holder"] {
  if (row.state === "free" || row.state === "unavailable") return row.state;
  if (row.kind === REST) return "rest";
  return row.name === "" ? "unknown-owner" : "held";
}

/** All device-hours of a range, cut four ways. Each way has every hour and every cent once. */
export function toTotals(rows: readonly GpuHolderHoursRow[], clusterName: (id: number) => string): GpuTotals {
  return {
    team: toGroups(rows, (row) => {
      const holder = holderOf(row);
      if (holder === "free" || holder === "unavailable") return { ...NO_LABEL, holder };
      return row.team === "" ? { ...NO_LABEL, holder: "unowned" } : { ...NO_LABEL, team: row.team };
    }),
    workload: toGroups(rows, (row) => {
      const holder = holderOf(row);
      const cluster = clusterName(row.clusterId);
      if (holder !== "held") return { ...NO_LABEL, holder, cluster };
      const { namespace, kind, name, team } = row;
      return { ...NO_LABEL, cluster, namespace, kind, name, team: team === "" ? null : team };
    }),
    pool: toGroups(rows, (row) => ({ ...NO_LABEL, cluster: clusterName(row.clusterId), pool: row.pool })),
    model: toGroups(rows, (row) => ({ ...NO_LABEL, model: row.model })),
  };
}

function toGroups(rows: readonly GpuHolderHoursRow[], labelOf: (row: GpuHolderHoursRow) => Label): GpuTotal[] {
  const labels = new Map<string, Label>();
  const groups = Map.groupBy(rows, (row) => {
    const label = labelOf(row);
    const key = JSON.stringify(Object.values(label));
    labels.set(key, { ...label, key });
    return key;
  });
  return [...groups]
    .map(([key, own]): GpuTotal => {
      const hours = own.reduce((sum, row) => sum + row.hours, 0);
      const priced = own.reduce((sum, row) => sum + row.pricedHours, 0);
      const costOf = (states?: readonly DeviceState[]) => {
        const part = states === undefined ? own : own.filter((row) => states.includes(row.state));
        return part.some((row) => row.cost !== null) || part.length === 0 ? sumCents(part) : null;
      };
      return {
        ...(labels.get(key) ?? NO_LABEL),
        hours: hoursByState(own),
        cost: costOf(),
        idleCost: costOf(["held-idle"]),
        unpricedHours: Math.max(0, hours - priced),
      };
    })
    .sort((a, b) => rank(a) - rank(b) || (b.cost ?? -1) - (a.cost ?? -1) || (a.key < b.key ? -1 : 1));
}

/** Somebody first, then what is told together, then nobody. */
function rank({ holder }: GpuTotal): number {
  return { held: 0, unowned: 1, "unknown-owner": 1, rest: 2, free: 3, unavailable: 4 }[holder];
}
