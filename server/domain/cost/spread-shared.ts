/** How cost that belongs to nobody is put on those who hold something: not at all, evenly, or by what they hold. */
export const SPREAD_RULES = ["none", "even", "proportional"] as const;
export type SpreadRule = (typeof SPREAD_RULES)[number];

/**
 * Shared cost → one amount per holder.
 *
 * Shape: same length and order as `held`; adds up to `shared`, except where nobody holds anything: then null, and the cost stays shared.
 * Unit: the currency. Basis: `even` gives every holder of more than 0 the same, `proportional` by what is held.
 */
export function spreadShared(
  shared: number,
  held: readonly number[],
  rule: Exclude<SpreadRule, "none">,
): number[] | null {
  const holders = held.filter((amount) => amount > 0);
  if (holders.length === 0) return null;
  const sum = holders.reduce((total, amount) => total + amount, 0);
  return held.map((amount) => (amount > 0 ? (rule === "even" ? shared / holders.length : (shared * amount) / sum) : 0));
}
