import type { Adoption } from "#server/contract/features.ts";

export type AdoptionRow = {
  readonly key: string;
  /** Team or namespace; `""` = unowned, `null` = belongs to neither (nodes, objects of the cluster). */
  readonly name: string | null;
  readonly met: number;
  readonly of: number;
};

/**
 * Shares by team or namespace, largest first, that add up to the cluster's own count.
 *
 * Shape: one row per name, and one without a name for what belongs to none of them, when there is something.
 * Unit: objects of `adoption.unit`.
 */
export function toAdoptionRows(adoption: Adoption, by: "byTeam" | "byNamespace"): AdoptionRow[] {
  const rows = Object.entries(adoption[by])
    .map(([name, share]): AdoptionRow => ({ key: `name:${name}`, name, met: share.met, of: share.of }))
    .sort((a, b) => b.of - a.of || (a.key < b.key ? -1 : 1));
  const met = adoption.numerator - rows.reduce((sum, row) => sum + row.met, 0);
  const of = adoption.denominator - rows.reduce((sum, row) => sum + row.of, 0);
  return of > 0 || met > 0 ? [...rows, { key: "rest", name: null, met, of }] : rows;
}
