import type { GateCell, GateColumn, GateList, GateRow } from "#server/contract/gates.ts";
import type { Translate } from "../i18n/catalogue.ts";

export const ONLY_CHOICES = ["all", "drift", "fleet", "explicit", "differs", "vanishes", "unlisted"] as const;
export type Only = (typeof ONLY_CHOICES)[number];

/** Disagreement within a cluster, or between clusters of one minor: not explained by their versions. */
export function hasDrift(row: GateRow): boolean {
  return row.drift.length > 0 || row.fleetDrift?.isWithinOneMinor === true;
}

/** Whether a row passes the quick filter: the API's `only`, with drift within and between clusters told apart. */
export function isOnly(row: GateRow, only: Only): boolean {
  switch (only) {
    case "all":
      return true;
    case "drift":
      return hasDrift(row);
    case "fleet":
      return row.fleetDrift !== null;
    case "explicit":
      return row.isSetExplicitly;
    case "differs":
      return row.differsFromDefault;
    case "vanishes":
      return row.vanishesByTarget === true;
    case "unlisted":
      return !row.isInCatalogue;
  }
}

/** Rows of the quick filter whose name contains the text, in any case. */
export function filterGates(rows: readonly GateRow[], only: Only, text: string): readonly GateRow[] {
  const wanted = text.trim().toLowerCase();
  return rows.filter((row) => isOnly(row, only) && row.gate.toLowerCase().includes(wanted));
}

/** Whether a column takes part in a disagreement within its cluster. */
export function isDrifting(row: GateRow, column: GateColumn): boolean {
  return row.drift.some(
    ({ cluster, on, off }) => cluster === column.cluster && (on.includes(column.group) || off.includes(column.group)),
  );
}

export type PlacedColumn = { readonly column: GateColumn; readonly index: number };

/** Columns of the chosen components with their place in `cells`; none chosen = all. */
export function chooseColumns(list: Pick<GateList, "columns">, components: readonly string[]): readonly PlacedColumn[] {
  return list.columns
    .map((column, index) => ({ column, index }))
    .filter(({ column }) => components.length === 0 || components.includes(column.component));
}

/** "general · 1.34.9": what tells a column from its neighbours under the same component. */
export function columnName(column: GateColumn, t: Translate): string {
  const version = column.version ?? t("gates.version-unknown");
  return column.pool === null ? version : `${column.pool === "" ? "–" : column.pool} · ${version}`;
}

export function columnCount(column: GateColumn, t: Translate): string {
  if (column.instanceCount === 0) return t("gates.none-seen");
  const isNodes = column.component === "kubelet" || column.component === "kube-proxy";
  return t(isNodes ? "gates.nodes" : "gates.instances", { count: column.instanceCount });
}

/** "kubelet · general · 1.34.9 · 5 nodes": a column on its own, in the reader's language. */
export function columnTitle(column: GateColumn, t: Translate): string {
  return `${column.component} · ${columnName(column, t)} · ${columnCount(column, t)}`;
}

/** A group's key in words, as drift lists it. */
export function groupName(list: Pick<GateList, "columns">, cluster: string, group: string, t: Translate): string {
  const column = list.columns.find((own) => own.cluster === cluster && own.group === group);
  return column === undefined ? group : columnTitle(column, t);
}

/** Everything that a cell says, in one line: the title of the cell and what a screen reader hears. */
export function describeCell(cell: GateCell | null, t: Translate): string {
  if (cell === null) return t("gates.absent");
  const { explicit } = cell;
  const isSet = explicit.how === "visible" || explicit.how === "inferred";
  return [
    t(`gate.${cell.state}`),
    isSet ? t(explicit.how === "visible" ? "gates.mark.explicit" : "gates.mark.inferred") : null,
    cell.isLocked === true ? t("gates.mark.locked") : null,
    cell.isConsulted === false ? t("gates.mark.idle") : null,
    t(`gates.source.${cell.source}`),
    cell.reason,
  ]
    .filter((part) => part !== null)
    .join(" · ");
}
