import type { TrendPoint } from "#server/contract/features.ts";

const DAY_MS = 86_400_000;

/**
 * The day on which counting began, where that lies inside the window of `days` before `now`; `null` = the window is full, or
 * nothing was counted at all. Adoption can be counted from the first read on only: no source keeps objects of the past.
 */
export function trendStart(trends: readonly (readonly TrendPoint[])[], days: number, now: number): string | null {
  const firsts = trends.flatMap((trend) => {
    const counted = trend.find((point) => point.adoptableCount !== null);
    return counted === undefined ? [] : [counted.day];
  });
  const first = firsts.sort()[0];
  if (first === undefined) return null;
  // The first point of a full window may lie a day after its begin: evaluations are not on the hour.
  return Date.parse(`${first}T00:00:00Z`) > now - (days - 1) * DAY_MS ? first : null;
}
