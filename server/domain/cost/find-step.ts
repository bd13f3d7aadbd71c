export type CostStep = {
  /** First day of the new level. */
  readonly sinceDay: string;
  /** Mean cost per day before and since. */
  readonly before: number;
  readonly after: number;
};

const BEFORE_DAYS = 7;
/** The new level must be this many times the usual wobble away, and this part of the old level. */
const WOBBLES = 6;
const LEAST_CHANGE_RATIO = 0.25;
/** A later day takes the place of an earlier one only with a step this many times as large. */
const LATER_FACTOR = 1.05;

/**
 * The newest lasting change of a daily cost.
 *
 * Shape: null where there is none, or too little history to tell (7 days before, 1 after). `days` are complete days in order.
 * Basis: of all days that split the series, the first with the largest difference (within 5 %) between the mean since and the median before,
 * where every day since lies beyond that mean by 6 median absolute deviations and by a quarter of it.
 * Unit: as given. Errors: none.
 */
export function findStep(days: readonly { readonly day: string; readonly cost: number }[]): CostStep | null {
  let best: CostStep | null = null;
  for (let index = BEFORE_DAYS; index < days.length; index += 1) {
    const before = days.slice(index - BEFORE_DAYS, index).map((day) => day.cost);
    const since = days.slice(index).map((day) => day.cost);
    const usual = median(before);
    const wobble = Math.max(median(before.map((cost) => Math.abs(cost - usual))), usual * 0.01);
    const least = Math.max(wobble * WOBBLES, usual * LEAST_CHANGE_RATIO);
    const isRise = since.every((cost) => cost - usual > least);
    const isFall = since.every((cost) => usual - cost > least);
    if (!isRise && !isFall) continue;
    const after = since.reduce((sum, cost) => sum + cost, 0) / since.length;
    // An earlier day stays the first of the level unless a later one makes a clearly larger step.
    if (best === null || Math.abs(after - usual) > Math.abs(best.after - best.before) * LATER_FACTOR)
      best = { sinceDay: days[index]?.day ?? "", before: usual, after };
  }
  return best;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
