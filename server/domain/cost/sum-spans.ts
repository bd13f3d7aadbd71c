/** Recorded days of a cluster in a range: the first, the last, and the one before the first in the same month (null = none). */
export type RecordedRange = { readonly first: string; readonly last: string; readonly before: string | null };
/** A running sum to be added (1) or taken away (-1): `month` runs from the first of the month to `day`, `year` from January to the end of the month of `day`. */
export type SumSpan = { readonly of: "month" | "year"; readonly day: string; readonly sign: 1 | -1 };

/**
 * The running sums whose difference is a range of recorded days.
 *
 * Shape: at most four for a range inside a year, one more for each year that it reaches into.
 * Basis: a year begins at 0, so that what came before the range is taken away in its first year only.
 * Errors: none; a month before the first recorded one has no sums, and adds nothing.
 */
export function toSumSpans({ first, last, before }: RecordedRange): SumSpan[] {
  const spans: SumSpan[] = [];
  if (monthOf(first) > 1) spans.push({ of: "year", day: addMonths(first, -1), sign: -1 });
  if (before !== null) spans.push({ of: "month", day: before, sign: -1 });
  for (let year = yearOf(first); year < yearOf(last); year += 1)
    spans.push({ of: "year", day: `${String(year).padStart(4, "0")}-12-01`, sign: 1 });
  if (monthOf(last) > 1) spans.push({ of: "year", day: addMonths(last, -1), sign: 1 });
  spans.push({ of: "month", day: last, sign: 1 });
  // Inside one month both ends take the same year: neither is read.
  return spans.filter(
    (span) => !spans.some((other) => other.of === span.of && other.day === span.day && other.sign === -span.sign),
  );
}

const yearOf = (day: string) => Number(day.slice(0, 4));
const monthOf = (day: string) => Number(day.slice(5, 7));

function addMonths(day: string, count: number): string {
  return new Date(Date.UTC(yearOf(day), monthOf(day) - 1 + count, 1)).toISOString().slice(0, 10);
}
