/**
 * Amounts → whole cents whose sum is the rounded sum of the amounts (largest remainder).
 *
 * Shape: same length and order. Unit: hundredths of the currency. Basis: every part is within one cent of its amount; what is left
 * goes to the parts with the largest remainders, the first of equals first.
 * Errors: none; an amount that is not finite counts as 0.
 */
export function roundParts(amounts: readonly number[]): number[] {
  const exact = amounts.map((amount) => (Number.isFinite(amount) ? amount * 100 : 0));
  const cents = exact.map((amount) => Math.floor(amount));
  const target = Math.round(exact.reduce((sum, amount) => sum + amount, 0));
  let left = target - cents.reduce((sum, amount) => sum + amount, 0);
  const order = exact
    .map((amount, index) => ({ index, remainder: amount - Math.floor(amount) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of order) {
    if (left <= 0) break;
    cents[index] = (cents[index] ?? 0) + 1;
    left -= 1;
  }
  return cents;
}
