import { dayIn } from "../domain/cost/billing-day.ts";

export type CostPeriod = {
  readonly today: string;
  /** Both included. A range that ends in the future ends today. */
  readonly from: string;
  readonly to: string;
  readonly monthStart: string;
  readonly lastMonthStart: string;
  readonly lastMonthEnd: string;
};

/** A range of the page → days of the billing time zone. */
export function toCostPeriod(range: string, now: Date, timeZone: string): CostPeriod {
  const today = dayIn(timeZone, now);
  const monthStart = `${today.slice(0, 7)}-01`;
  const lastMonthEnd = addDays(monthStart, -1);
  const lastMonthStart = `${lastMonthEnd.slice(0, 7)}-01`;
  const base = { today, monthStart, lastMonthStart, lastMonthEnd };
  if (range === "month") return { ...base, from: monthStart, to: today };
  if (range === "last-month") return { ...base, from: lastMonthStart, to: lastMonthEnd };
  const [from = today, to = today] = range.split("..");
  return { ...base, from, to: to > today && from <= today ? today : to };
}

/** `2026-11-01` and 1 → `2026-11-02`; calendar days have no time zone. */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10);
}

/** Days from one to another, both included. */
export function listDays(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
}
