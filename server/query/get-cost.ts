import type { Cost, CostAnomaly, CostHolder, CostQuery } from "../contract/cost.ts";
import type { Viewer } from "../contract/viewer.ts";
import { startOfDayIn } from "../domain/cost/billing-day.ts";
import type { CostDay } from "../domain/cost/forecast.ts";
import { getStore } from "../store/client.ts";
import type { Db } from "../store/db.ts";
import { readSumRanges } from "../store/sql/cost-sums.ts";
import { readClusterNodes } from "../store/sql/read-cluster-figures.ts";
import { readCostGroups } from "../store/sql/read-cost-groups.ts";
import {
  type CostAnomalyRow,
  type CostDayRow,
  readAnomalies,
  readLabelKeys,
  readUnpricedNodes,
  readUsedPrices,
} from "../store/sql/read-costs.ts";
import { readBudgets, type StoredBudget } from "../store/sql/read-prices.ts";
import { readReadStates } from "../store/sql/read-reads.ts";
import { loadCostDays } from "./cost-day-memory.ts";
import { holderOf, type RecordedDays, toCostDays, toDaily, toDayStates, toRecordedDays } from "./cost-days.ts";
import { cent, toBudgets, toHeadline } from "./cost-headline.ts";
import { addDays, type CostPeriod, toCostPeriod } from "./cost-period.ts";
import { sumCostRows, toCostRows } from "./cost-rows.ts";
import { computeCoverage } from "./coverage.ts";
import { loadInstallation } from "./installation.ts";
import { boundFleet, boundTeams } from "./scope.ts";

const ROW_LIMIT = 1000;
const ANOMALY_LIMIT = 20;
const BUDGET_LIMIT = 1000;
/** Changes below this share of what a day costs are noise to whoever pays. */
const LEAST_CHANGE_RATIO = 0.005;

/**
 * What the fleet cost in a range of days, who holds it, and how the month will end.
 *
 * Basis: daily costs at list price, whole cents; a viewer of some teams sees what those hold, without the shared part. Headline
 * and forecast follow the filter, not the range or the rule; budgets stand for whole teams.
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
  const labelKeys = await readLabelKeys(pool, scope.clusterIds);
  const label = query.groupBy === "label" ? (query.label ?? labelKeys[0] ?? null) : null;
  const ranges = await readSumRanges(pool, scope, range);
  const question = {
    group: query.groupBy,
    label,
    teams: rule === "none" ? asked.teams : null,
    namespace,
    rule,
    limit: ROW_LIMIT,
  };
  const [{ days, covered }, groups, prices, unpriced, nodes, states, budgets] = await Promise.all([
    loadCostDays(pool, scope, wide, namespace),
    readCostGroups(pool, scope, range, ranges, question),
    readUsedPrices(pool, scope, ranges),
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
  const recorded = toRecordedDays(covered, clusters, period);
  const perDay = toCostDays(own, recorded);
  const leastChange = (averageOf(perDay) ?? 0) * LEAST_CHANGE_RATIO;
  const anomalies = await readAnomalies(
    pool,
    { ...scope, teams: asked.teams },
    { leastChange, namespace, limit: ANOMALY_LIMIT },
  );
  const dayStates = toDayStates(recorded, period);
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
      completeDays: dayStates.filter((state) => state === "complete").length,
    },
    groupBy: query.groupBy,
    label,
    labelKeys,
    shared: rule,
    headline: toHeadline(perDay, own, period, covered, currency, isFiltered || scope.teams !== null),
    total: { ...sumCostRows(rows), unpricedNodeHours: sumCostRows(allRows).unpricedNodeHours },
    rows,
    daily: toDaily(own, period, dayStates),
    budgets: await loadBudgets(viewer, query, { pool, budgets, period, own: { days, recorded } }),
    anomalies: anomalies.map((row) => toAnomaly(row, clusterName)),
    unpriced:
      scope.teams === null
        ? unpriced.map(({ clusterId, ...row }) => ({ cluster: clusterName(clusterId), ...row }))
        : [],
    prices,
  };
}

type BudgetInput = {
  readonly pool: Db;
  readonly budgets: readonly StoredBudget[];
  readonly period: CostPeriod;
  /** Days of what was asked for. */
  readonly own: { readonly days: readonly CostDayRow[]; readonly recorded: RecordedDays };
};

/** A budget is a whole team's: it is held against all that the team holds where the viewer may look, whatever part of it is asked for. */
async function loadBudgets(
  viewer: Viewer,
  query: CostQuery,
  { pool, budgets, period, own }: BudgetInput,
): Promise<Cost["budgets"]> {
  if (budgets.length === 0) return [];
  if (query.cluster === undefined && query.namespace === undefined)
    return toBudgets(budgets, own.days, own.recorded, period);
  const { clusters, scope } = await boundFleet(viewer, {});
  const range = { from: period.lastMonthStart, to: period.today };
  const { days, covered } = await loadCostDays(pool, { ...scope, teams: boundTeams(viewer) }, range, null);
  return toBudgets(budgets, days, toRecordedDays(covered, clusters, period), period);
}

/** Hours from the first day's start to the last one's end, or to now. */
function hoursOf(period: CostPeriod, now: Date, timeZone: string): number {
  const start = startOfDayIn(timeZone, period.from).getTime();
  const end = Math.min(startOfDayIn(timeZone, addDays(period.to, 1)).getTime(), now.getTime());
  return Math.max(0, Math.ceil((end - start) / 3_600_000));
}

function averageOf(days: readonly CostDay[]): number | null {
  const complete = days.filter((day) => day.isComplete);
  return complete.length === 0 ? null : complete.reduce((sum, day) => sum + day.cost, 0) / complete.length;
}

function toAnomaly(
  { clusterId, before, after, team, ...row }: CostAnomalyRow,
  clusterName: (id: number) => string,
): CostAnomaly {
  return {
    ...row,
    cluster: clusterName(clusterId),
    team: team === "" ? null : team,
    costPerDayBefore: cent(before),
    costPerDayAfter: cent(after),
  };
}
