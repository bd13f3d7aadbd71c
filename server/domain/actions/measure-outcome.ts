export type MeasuredOutcome = {
  /** Run-rate per month of 30.4 days that is gone; negative = it costs more than before. Null = no day to tell by yet. */
  readonly costPerMonth: number | null;
  /** Complete days since that it stands on. */
  readonly days: number;
};

const BASIS_DAYS = 7;
/** 730 hours. */
const MONTH_DAYS = 730 / 24;

/**
 * What an applied action brought: the mean day before minus the mean day since.
 *
 * Basis: up to 7 complete days before the decision and up to 7, the newest, after the day of the change; the days in between count
 * for neither. A complete day without a line cost nothing. Everything else that changed meanwhile is in the figure too.
 * Unit: the currency. Errors: none; null where either side has no complete day.
 */
export function measureOutcome(
  costs: ReadonlyMap<string, number>,
  complete: readonly string[],
  decidedDay: string,
  appliedDay: string,
): MeasuredOutcome {
  const before = complete.filter((day) => day < decidedDay).slice(-BASIS_DAYS);
  const since = complete.filter((day) => day > appliedDay && day > decidedDay).slice(-BASIS_DAYS);
  if (before.length === 0 || since.length === 0) return { costPerMonth: null, days: since.length };
  const mean = (days: readonly string[]) => days.reduce((sum, day) => sum + (costs.get(day) ?? 0), 0) / days.length;
  return { costPerMonth: (mean(before) - mean(since)) * MONTH_DAYS, days: since.length };
}
