import type { Cost, CostHolder } from "../contract/cost.ts";
import { completeDays } from "../domain/cost/complete-days.ts";
import type { CostDay } from "../domain/cost/forecast.ts";
import { roundParts } from "../domain/cost/round-parts.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";
import type { CostDayRow, CoveredDayRow } from "../store/sql/read-costs.ts";
import { type CostPeriod, listDays } from "./cost-period.ts";

// With unowned and overhead beside them, every series has a colour of its own.
const CHART_TEAMS = 6;

export function holderOf(row: {
  readonly share: string;
  readonly team: string;
}): "team" | "unowned" | "unallocated" | "overhead" {
  if (row.share === "unallocated" || row.share === "overhead") return row.share;
  return row.team === "" ? "unowned" : "team";
}

/** Days that are recorded at all, and those that carry a level, found once for all that is told by them. */
export type RecordedDays = { readonly recorded: ReadonlySet<string>; readonly complete: ReadonlySet<string> };

export function toRecordedDays(
  covered: readonly CoveredDayRow[],
  clusters: readonly ClusterRow[],
  period: CostPeriod,
): RecordedDays {
  return {
    recorded: new Set(covered.map((row) => row.day)),
    complete: completeDays(
      covered,
      clusters.map((cluster) => cluster.id),
      period.today,
    ),
  };
}

/** Days with what they cost, as far as they are recorded; complete ones carry a level. */
export function toCostDays(rows: readonly CostDayRow[], { recorded, complete }: RecordedDays): CostDay[] {
  const sums = new Map([...recorded].map((day) => [day, 0]));
  for (const row of rows) sums.set(row.day, (sums.get(row.day) ?? 0) + (row.cost ?? 0));
  return [...sums].map(([day, cost]) => ({ day, cost, isComplete: complete.has(day) }));
}

/**
 * How much of each day of a range is there: `complete`; `running` = today; `partial` = some cluster's hours are missing, not there yet
 * while the past is being filled, or never recorded; `missing` = nothing is.
 */
export function toDayStates({ recorded, complete }: RecordedDays, period: CostPeriod): Cost["daily"]["states"] {
  return listDays(period.from, period.to).map((day) => {
    if (!recorded.has(day)) return "missing";
    if (day >= period.today) return "running";
    return complete.has(day) ? "complete" : "partial";
  });
}

/** The dearest teams and the rest as one; then what nobody holds. Cells are whole cents that add up to the range's total. */
export function toDaily(
  rows: readonly CostDayRow[],
  period: CostPeriod,
  states: Cost["daily"]["states"],
): Cost["daily"] {
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
    states,
    series: sorted.map(({ holder, team }, index) => ({
      holder,
      team,
      costs: days.map((day, at) => (recorded.has(day) ? (cents[index * days.length + at] ?? 0) / 100 : null)),
    })),
  };
}
