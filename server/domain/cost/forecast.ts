/** One day of cost; `isComplete` false for the day that is running and for days that were not wholly recorded. */
export type CostDay = { readonly day: string; readonly cost: number; readonly isComplete: boolean };

export type Forecast = {
  readonly cost: number;
  readonly low: number;
  readonly high: number;
  /** Complete days that the pace stands on. */
  readonly basisDays: number;
};

/** Days that the pace is taken from: two weeks hold every weekday twice. */
const BASIS_DAYS = 14;
const FEWEST_DAYS = 3;
/** Standard normal quantile of a band that holds four months of five. */
const BAND = 1.2816;

/**
 * What a month will have cost at its end.
 *
 * Unit: the currency. Basis: what was spent in the complete days of the month, plus for every other day of the month the mean of the
 * last 14 complete days (those of the month before included). The band is 80 %: the spread of those days, growing with the root of the
 * days to come, and with what the mean itself may be off. It knows nothing of changes still to come.
 * Errors: none; null when fewer than 3 complete days are known.
 * Source: mean with normal prediction interval; no trend, as two weeks do not carry one.
 */
export function forecastMonth(days: readonly CostDay[], month: string, dayCount: number): Forecast | null {
  const complete = days.filter((day) => day.isComplete).sort((a, b) => (a.day < b.day ? -1 : 1));
  const basis = complete.slice(-BASIS_DAYS).map((day) => day.cost);
  if (basis.length < FEWEST_DAYS) return null;
  const inMonth = complete.filter((day) => day.day.startsWith(month));
  const spent = inMonth.reduce((sum, day) => sum + day.cost, 0);
  const mean = basis.reduce((sum, cost) => sum + cost, 0) / basis.length;
  const variance = basis.reduce((sum, cost) => sum + (cost - mean) ** 2, 0) / (basis.length - 1);
  const left = dayCount - inMonth.length;
  const cost = spent + left * mean;
  const spread = BAND * Math.sqrt(variance * (left + (left * left) / basis.length));
  return { cost, low: Math.max(spent, cost - spread), high: cost + spread, basisDays: basis.length };
}

/** Days of a month, `2026-11` → 30. */
export function daysOfMonth(month: string): number {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 0)).getUTCDate();
}
