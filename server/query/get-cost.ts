import type { Cost, CostAnomaly, CostHolder, CostQuery, TeamBudget } from "../contract/cost.ts";
import type { Viewer } from "../contract/viewer.ts";
import { startOfDayIn } from "../domain/cost/billing-day.ts";
import { findStep } from "../domain/cost/find-step.ts";
import { type CostDay, daysOfMonth, type Forecast, forecastMonth } from "../domain/cost/forecast.ts";
import { roundParts } from "../domain/cost/round-parts.ts";
import { getStore } from "../store/client.ts";
import { readClusterNodes } from "../store/sql/read-cluster-figures.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";
import {
  type CostDayRow,
  type CostSeriesRow,
  type CoveredDayRow,
  readCostDays,
  readCostGroups,
  readCoveredDays,
  readMovingCosts,
  readUnpricedNodes,
  readUsedPrices,
} from "../store/sql/read-costs.ts";
import { readBudgets, type StoredBudget } from "../store/sql/read-prices.ts";
import { readReadStates } from "../store/sql/read-reads.ts";
import { addDays, type CostPeriod, listDays, toCostPeriod } from "./cost-period.ts";
import { sumCostRows, toCostRows } from "./cost-rows.ts";
import { computeCoverage } from "./coverage.ts";
import { unknownFigure, valueFigure } from "./figures.ts";
import { loadInstallation } from "./installation.ts";
import { boundFleet, boundTeams } from "./scope.ts";

const ROW_LIMIT = 1000;
// With unowned and overhead beside them, every series has a colour of its own.
const CHART_TEAMS = 6;
const ANOMALY_DAYS = 21;
const ANOMALY_LIMIT = 20;
const BUDGET_LIMIT = 1000;
/** Changes below this share of what a day costs are noise to whoever pays. */
const LEAST_CHANGE_RATIO = 0.005;

/**
 * What the fleet cost in a range of days, who holds it, and how the month will end.
 *
 * Basis: daily costs at list price, whole cents; a viewer of some teams sees what those hold, without the shared part. Headline,
 * budgets and forecast follow the filter, not the range or the rule.
 */
export async function getCost(viewer: Viewer, query: CostQuery, now = new Date()): Promise<Cost> {
  const { pool } = getStore();
  const { clusters, scope: asked } = await boundFleet(viewer, query);
  const { currency, timeZone } = await loadInstallation();
  // What is asked for is cut after spreading: a team's part of the shared cost depends on the others.
  const scope = { clusterIds: asked.clusterIds, teams: boundTeams(viewer) };
  const isFiltered = query.team !== undefined || query.namespace !== undefined;
  const rule = scope.teams === null && query.namespace === undefined ? query.shared : "none";
  const period = toCostPeriod(query.range, now, timeZone);
  const range = { from: period.from, to: period.to };
  const earliest = [period.lastMonthStart, period.from].sort()[0] ?? period.from;
  const wide = { from: earliest, to: [period.today, period.to].sort()[1] ?? period.today };
  const namespace = query.namespace ?? null;
  const filter = { group: query.groupBy, teams: rule === "none" ? asked.teams : null, namespace };
  const recent = { from: addDays(period.today, -ANOMALY_DAYS), to: addDays(period.today, -1) };
  const [days, covered, groups, prices, unpriced, nodes, states, budgets] = await Promise.all([
    readCostDays(pool, { ...scope, teams: scope.teams }, wide, namespace),
    readCoveredDays(pool, scope, wide),
    readCostGroups(pool, scope, range, filter),
    readUsedPrices(pool, scope, range),
    readUnpricedNodes(pool, scope.clusterIds),
    readClusterNodes(pool, scope),
    readReadStates(pool, scope),
    readBudgets(pool, asked.teams, { after: null, limit: BUDGET_LIMIT }),
  ]);
  const names = new Map(clusters.map((cluster) => [cluster.id, cluster.name]));
  const clusterName = (id: number) => names.get(id) ?? "";
  const isAsked = (team: string | null, holder: CostHolder) =>
    asked.teams === null || (holder !== "unallocated" && holder !== "overhead" && asked.teams.includes(team ?? ""));
  const allRows = toCostRows(groups, { group: query.groupBy, rule, limit: ROW_LIMIT, clusterName });
  const rows = rule === "none" ? allRows : allRows.filter((row) => isAsked(row.team, row.holder));
  const own = days.filter((row) => isAsked(row.team, holderOf(row)));
  const perDay = toCostDays(own, covered, clusters, period);
  const leastChange = (averageOf(perDay) ?? 0) * LEAST_CHANGE_RATIO;
  const moving = await readMovingCosts(pool, { ...scope, teams: asked.teams }, recent, {
    leastChange: Math.max(leastChange, 0.5),
    limit: 200,
  });
  const rangeDays = covered.filter((row) => row.day >= period.from && row.day <= period.to);
  return {
    at: now.toISOString(),
    currency,
    timeZone,
    coverage: computeCoverage("inventory", clusters, states, nodes, now),
    range: {
      ...range,
      recordedFrom: covered[0]?.day ?? null,
      recordedHours: rangeDays.reduce((sum, row) => sum + row.hourCount, 0),
      expectedHours: clusters.length * hoursOf(period, now, timeZone),
      estimatedDays: new Set(rangeDays.filter((row) => row.isEstimate).map((row) => row.day)).size,
    },
    groupBy: query.groupBy,
    shared: rule,
    headline: toHeadline(perDay, own, period, covered, currency, isFiltered || scope.teams !== null),
    total: { ...sumCostRows(rows), unpricedNodeHours: sumCostRows(allRows).unpricedNodeHours },
    rows,
    daily: toDaily(own, period),
    budgets: toBudgets(budgets, days, covered, clusters, period),
    anomalies: toAnomalies(moving, recent, clusterName),
    unpriced:
      scope.teams === null
        ? unpriced.map(({ clusterId, ...row }) => ({ cluster: clusterName(clusterId), ...row }))
        : [],
    prices,
  };
}

function holderOf(row: {
  readonly share: string;
  readonly team: string;
}): "team" | "unowned" | "unallocated" | "overhead" {
  if (row.share === "unallocated" || row.share === "overhead") return row.share;
  return row.team === "" ? "unowned" : "team";
}

/** Hours from the first day's start to the last one's end, or to now. */
function hoursOf(period: CostPeriod, now: Date, timeZone: string): number {
  const start = startOfDayIn(timeZone, period.from).getTime();
  const end = Math.min(startOfDayIn(timeZone, addDays(period.to, 1)).getTime(), now.getTime());
  return Math.max(0, Math.ceil((end - start) / 3_600_000));
}

/** A day is complete when every cluster that is recorded by then has its hours; a short day of a clock change has 23. */
function completeDays(
  covered: readonly CoveredDayRow[],
  clusters: readonly ClusterRow[],
  today: string,
): ReadonlySet<string> {
  const first = new Map<number, string>();
  for (const row of covered) if (!first.has(row.clusterId)) first.set(row.clusterId, row.day);
  const complete = new Set<string>();
  for (const [day, rows] of Map.groupBy(covered, (row) => row.day)) {
    const expected = clusters.filter((cluster) => (first.get(cluster.id) ?? "9999") < day).length;
    const whole = rows.filter((row) => row.hourCount >= 23).length;
    if (day < today && whole > 0 && whole >= expected) complete.add(day);
  }
  return complete;
}

function toCostDays(
  rows: readonly CostDayRow[],
  covered: readonly CoveredDayRow[],
  clusters: readonly ClusterRow[],
  period: CostPeriod,
): CostDay[] {
  const complete = completeDays(covered, clusters, period.today);
  const sums = new Map([...new Set(covered.map((row) => row.day))].map((day) => [day, 0]));
  for (const row of rows) sums.set(row.day, (sums.get(row.day) ?? 0) + (row.cost ?? 0));
  return [...sums].map(([day, cost]) => ({ day, cost, isComplete: complete.has(day) }));
}

function averageOf(days: readonly CostDay[]): number | null {
  const complete = days.filter((day) => day.isComplete);
  return complete.length === 0 ? null : complete.reduce((sum, day) => sum + day.cost, 0) / complete.length;
}

const cent = (amount: number) => Math.round(amount * 100) / 100;
const toForecast = (forecast: Forecast | null) =>
  forecast === null
    ? null
    : { cost: cent(forecast.cost), low: cent(forecast.low), high: cent(forecast.high), basisDays: forecast.basisDays };

function toHeadline(
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

/** The dearest teams and the rest as one; then what nobody holds. Cells are whole cents that add up to the range's total. */
function toDaily(rows: readonly CostDayRow[], period: CostPeriod): Cost["daily"] {
  const inRange = rows.filter((row) => row.day >= period.from && row.day <= period.to);
  const days = listDays(period.from, period.to);
  const recorded = new Set(inRange.map((row) => row.day));
  const totals = new Map<string, number>();
  for (const row of inRange) {
    if (holderOf(row) === "team") totals.set(row.team, (totals.get(row.team) ?? 0) + (row.cost ?? 0));
  }
  const top = new Set(
    [...totals]
      .sort((a, b) => b[1] - a[1])
      .slice(0, CHART_TEAMS)
      .map(([team]) => team),
  );
  const series = new Map<string, { holder: CostHolder; team: string | null; byDay: Map<string, number> }>();
  const open = (key: string, holder: CostHolder, team: string | null) => {
    const known = series.get(key) ?? { holder, team, byDay: new Map<string, number>() };
    series.set(key, known);
    return known;
  };
  for (const team of top) open(`team/${team}`, "team", team);
  for (const row of inRange) {
    const holder = holderOf(row);
    const target =
      holder !== "team"
        ? open(holder, holder, null)
        : top.has(row.team)
          ? open(`team/${row.team}`, "team", row.team)
          : open("rest", "rest", null);
    target.byDay.set(row.day, (target.byDay.get(row.day) ?? 0) + (row.cost ?? 0));
  }
  const order: readonly CostHolder[] = ["team", "rest", "unowned", "overhead", "unallocated"];
  const sorted = [...series.values()].sort((a, b) => order.indexOf(a.holder) - order.indexOf(b.holder));
  const cents = roundParts(sorted.flatMap(({ byDay }) => days.map((day) => byDay.get(day) ?? 0)));
  return {
    days,
    series: sorted.map(({ holder, team }, index) => ({
      holder,
      team,
      costs: days.map((day, at) => (recorded.has(day) ? (cents[index * days.length + at] ?? 0) / 100 : null)),
    })),
  };
}

/** Budgets of the running month. A team's spending is what its pods held; no shared cost is put on it. */
function toBudgets(
  budgets: readonly StoredBudget[],
  rows: readonly CostDayRow[],
  covered: readonly CoveredDayRow[],
  clusters: readonly ClusterRow[],
  period: CostPeriod,
): TeamBudget[] {
  const inForce = new Map<string, StoredBudget>();
  for (const budget of budgets) if (budget.validFrom <= period.today) inForce.set(budget.team, budget);
  const month = period.today.slice(0, 7);
  return [...inForce.values()]
    .map((budget): TeamBudget => {
      const own = rows.filter((row) => row.team === budget.team && holderOf(row) === "team");
      const days = toCostDays(own, covered, clusters, period);
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

function toAnomalies(
  series: readonly CostSeriesRow[],
  recent: { readonly from: string; readonly to: string },
  clusterName: (id: number) => string,
): CostAnomaly[] {
  const days = listDays(recent.from, recent.to);
  return series
    .flatMap((row) => {
      const byDay = new Map(row.days.map((day, index) => [day, row.costs[index] ?? null]));
      // A workload that was not there cost nothing; a day that is there without a price is not known and ends the comparison.
      if ([...byDay.values()].includes(null)) return [];
      const step = findStep(days.map((day) => ({ day, cost: byDay.get(day) ?? 0 })));
      if (step === null) return [];
      return [
        {
          cluster: clusterName(row.clusterId),
          namespace: row.namespace,
          kind: row.kind,
          name: row.name,
          team: row.team === "" ? null : row.team,
          resource: row.resource,
          sinceDay: step.sinceDay,
          costPerDayBefore: cent(step.before),
          costPerDayAfter: cent(step.after),
          isEstimate: row.isEstimate,
        },
      ];
    })
    .sort((a, b) => Math.abs(b.costPerDayAfter - b.costPerDayBefore) - Math.abs(a.costPerDayAfter - a.costPerDayBefore))
    .slice(0, ANOMALY_LIMIT);
}
