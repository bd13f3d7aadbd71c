import { numberFormat } from "./number.ts";

/**
 * A ratio (0–1) as percent. Small shares keep their digits, and nothing that is not the whole reads "100 %": 0.9996 is
 * "> 99.9", 0.0004 is "< 0.1". Exactly 0 and 1 read 0 and 100.
 */
export function formatPercentNumber(ratio: number, locale: string): string {
  const percent = ratio * 100;
  const magnitude = Math.abs(percent);
  if (magnitude > 0 && magnitude < 0.05) return `<${numberFormat(locale, { minimumFractionDigits: 1 }).format(0.1)}`;
  if (percent < 100 && percent >= 99.95) return `>${numberFormat(locale, { minimumFractionDigits: 1 }).format(99.9)}`;
  const digits = magnitude < 10 || magnitude >= 99 ? 1 : magnitude < 100 ? 1 : 0;
  return numberFormat(locale, { maximumFractionDigits: digits }).format(percent);
}

export function formatPercent(ratio: number, locale: string): string {
  return `${formatPercentNumber(ratio, locale)}%`;
}

/** A change of a ratio: percentage points, always signed. */
export function formatPercentagePoints(ratioChange: number, locale: string): string {
  const points = numberFormat(locale, { maximumFractionDigits: 1, signDisplay: "exceptZero" }).format(
    ratioChange * 100,
  );
  return `${points} pp`;
}
