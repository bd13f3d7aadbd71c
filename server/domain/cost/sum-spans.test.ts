import { describe, expect, it } from "vitest";
import { toSumSpans } from "./sum-spans.ts";

const DAY_MS = 86_400_000;
const FIRST = Date.parse("2023-11-05T00:00:00Z");
/** Three years of days of which every ninth and a whole month are not recorded, with a cost that no two share. */
const days = Array.from({ length: 1000 }, (_, index) => ({
  day: new Date(FIRST + index * DAY_MS).toISOString().slice(0, 10),
  cost: 2 ** (index % 11) + index,
})).filter(({ day }, index) => index % 9 !== 4 && !day.startsWith("2024-03"));

function sumOf(from: string, to: string): number {
  return days.filter(({ day }) => day >= from && day <= to).reduce((sum, { cost }) => sum + cost, 0);
}
/** What a range costs by its spans. */
function bySpans(from: string, to: string): { readonly cost: number; readonly count: number } {
  const inRange = days.filter(({ day }) => day >= from && day <= to);
  const [first, last] = [inRange[0]?.day, inRange.at(-1)?.day];
  if (first === undefined || last === undefined) return { cost: 0, count: 0 };
  const before = days.filter(({ day }) => day < first && day.slice(0, 7) === first.slice(0, 7)).at(-1)?.day ?? null;
  const spans = toSumSpans({ first, last, before });
  const cost = spans.reduce((sum, span) => {
    const year = span.day.slice(0, 4);
    const part =
      span.of === "month"
        ? sumOf(`${span.day.slice(0, 7)}-01`, span.day)
        : sumOf(`${year}-01-01`, `${span.day.slice(0, 7)}-31`);
    return sum + span.sign * part;
  }, 0);
  return { cost, count: spans.length };
}

describe("running sums of a range", () => {
  it("come to what its days come to, wherever it begins and ends", () => {
    const every = days.filter((_, index) => index % 29 === 0).map(({ day }) => day);
    for (const from of every) {
      for (const to of every.filter((day) => day >= from))
        expect(bySpans(from, to).cost, `${from}..${to}`).toBe(sumOf(from, to));
    }
  });
  it("are few, however long it is", () => {
    expect(bySpans("2024-06-01", "2024-06-30").count).toBe(1);
    expect(bySpans("2024-06-08", "2024-06-08").count).toBe(2);
    expect(bySpans("2023-12-10", "2024-12-09").count).toBe(5);
    expect(bySpans("2023-11-10", "2025-12-09").count).toBeLessThanOrEqual(6);
  });
});
