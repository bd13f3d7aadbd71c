import type { Cost, TeamBudget } from "../contract/cost.ts";
import { type CostDay, daysOfMonth, type Forecast, forecastMonth } from "../domain/cost/forecast.ts";
import type { CostDayRow, CoveredDayRow } from "../store/sql/read-costs.ts";
import type { StoredBudget } from "../store/sql/read-prices.ts";
import { holderOf, type RecordedDays, toCostDays } from "./cost-days.ts";
import type { CostPeriod } from "./cost-period.ts";
import { unknownFigure, valueFigure } from "./figures.ts";

export const cent = (amount: number) => Math.round(amount * 100) / 100;
const toForecast = (forecast: Forecast | null) =>
  forecast === null
    ? null
    : { cost: cent(forecast.cost), low: cent(forecast.low), high: cent(forecast.high), basisDays: forecast.basisDays };

/** Month to date, its forecast, last month and what nobody requested. */
export function toHeadline(
  perDay: readonly CostDay[],
  rows: readonly CostDayRow[],
  period: CostPeriod,
  covered: readonly CoveredDayRow[],
  currency: string,
  isPart: boolean,
): Cost["headline"] {
  const unit = `money:${currency}` as const;
  const within = (from: string, to: string) => perDay.filter((day) => day.day >= from && day.day <= to);
  const sum = (days: readonly CostDay[]) => cent(days.reduce((total, day) => total + day.cost, 0));
  const month = within(period.monthStart, period.today);
  const last = within(period.lastMonthStart, period.lastMonthEnd);
  const monthDays = daysOfMonth(period.today.slice(0, 7));
  const lastDays = daysOfMonth(period.lastMonthStart.slice(0, 7));
  const forecast = forecastMonth(perDay, period.today.slice(0, 7), monthDays);
  const inRange = rows.filter((row) => row.day >= period.from && row.day <= period.to);
  const total = inRange.reduce((all, row) => all + (row.cost ?? 0), 0);
  const unallocated = inRange
    .filter((row) => row.share === "unallocated")
    .reduce((all, row) => all + (row.cost ?? 0), 0);
  const nothing = unknownFigure(unit, "not-yet-read");
  return {
    monthToDate: month.length === 0 ? nothing : valueFigure(sum(month), unit),
    forecast: forecast === null ? nothing : valueFigure(cent(forecast.cost), unit),
    forecastBand:
      forecast === null ? null : { low: cent(forecast.low), high: cent(forecast.high), basisDays: forecast.basisDays },
    lastMonth: last.length === 0 ? nothing : valueFigure(sum(last), unit),
    lastMonthDays: {
      covered: new Set(
        covered
          .filter((row) => row.day >= period.lastMonthStart && row.day <= period.lastMonthEnd)
          .map((row) => row.day),
      ).size,
      of: lastDays,
    },
    unallocated: isPart
      ? { state: "not-applicable", unit }
      : inRange.length === 0
        ? nothing
        : valueFigure(cent(unallocated), unit),
    unallocatedRatio: isPart
      ? { state: "not-applicable", unit: "ratio" }
      : total > 0
        ? valueFigure(unallocated / total, "ratio")
        : unknownFigure("ratio", "not-yet-read"),
  };
}

/** Budgets of the running month. A team's spending is what its pods held; no shared cost is put on it. */
export function toBudgets(
  budgets: readonly StoredBudget[],
  rows: readonly CostDayRow[],
  recorded: RecordedDays,
  period: CostPeriod,
): TeamBudget[] {
  const inForce = new Map<string, StoredBudget>();
  for (const budget of budgets) if (budget.validFrom <= period.today) inForce.set(budget.team, budget);
  const month = period.today.slice(0, 7);
  return [...inForce.values()]
    .map((budget): TeamBudget => {
      const own = rows.filter((row) => row.team === budget.team && holderOf(row) === "team");
      const days = toCostDays(own, recorded);
      const spent = days.filter((day) => day.day.startsWith(month)).reduce((sum, day) => sum + day.cost, 0);
      const forecast = forecastMonth(days, month, daysOfMonth(month));
      return {
        team: budget.team,
        budgetPerMonth: budget.costPerMonth,
        validFrom: budget.validFrom,
        monthToDate: cent(spent),
        forecast: toForecast(forecast),
        state: budgetState(budget.costPerMonth, spent, forecast),
      };
    })
    .sort((a, b) => ratioOf(b) - ratioOf(a));
}

const ratioOf = (budget: TeamBudget) =>
  (budget.forecast?.cost ?? budget.monthToDate) / Math.max(budget.budgetPerMonth, 0.01);

function budgetState(limit: number, spent: number, forecast: Forecast | null): TeamBudget["state"] {
  if (spent > limit) return "over";
  if (forecast === null) return "unknown";
  if (forecast.cost > limit) return "will-be-over";
  return forecast.high > limit ? "may-be-over" : "within";
}
