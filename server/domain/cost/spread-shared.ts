/** How cost that belongs to nobody is put on those who hold something: not at all, evenly, or by what they hold. */
export const SPREAD_RULES = ["none", "even", "proportional"] as const;
export type SpreadRule = (typeof SPREAD_RULES)[number];

/**
 * Shared cost → one amount per holder.
 *
 * Shape: same length and order as `held`; adds up to `shared`, except where nobody holds anything: then null, and the cost stays shared.
 * Unit: the currency. Basis: `even` gives every holder of more than 0 the same, `proportional` by what is held. An entry may stand
 * for several holders (`counts`; one each where it is left out).
 */
export function spreadShared(
  shared: number,
  held: readonly number[],
  rule: Exclude<SpreadRule, "none">,
  counts: readonly number[] = [],
): number[] | null {
  const weights = held.map((amount, index) => (amount <= 0 ? 0 : rule === "even" ? (counts[index] ?? 1) : amount));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return sum <= 0 ? null : weights.map((weight) => shared * (weight / sum));
}
