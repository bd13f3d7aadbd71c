import type { Db } from "../store/db.ts";
import type { DayRange } from "../store/sql/cost-sums.ts";
import {
  type CostDayRow,
  type CoveredDayRow,
  readCostDays,
  readCoveredDays,
  readDayMonths,
} from "../store/sql/read-costs.ts";
import type { Scope } from "../store/sql/rows.ts";
import { addDays } from "./cost-period.ts";

export type CostDays = { readonly days: readonly CostDayRow[]; readonly covered: readonly CoveredDayRow[] };

/** Rows of all months together; about 40 MB. The month that was asked for longest ago goes first. */
const MAX_ROWS = 300_000;
const months = new Map<string, CostDays>();
let rowCount = 0;

/**
 * Cost by day, team and share, and which days are recorded.
 *
 * Basis: months are kept in memory, each under the bounds of the viewer that it was read with and the version of its days, so that
 * nobody is shown what another may see, and a day that was made anew is read anew; of a long range that is the running month.
 */
export async function loadCostDays(db: Db, scope: Scope, range: DayRange, namespace: string | null): Promise<CostDays> {
  const versions = await readDayMonths(db, scope, range);
  const bounds = JSON.stringify([[...scope.clusterIds].sort((a, b) => a - b), scope.teams, namespace]);
  const asked = versions.map(({ month, version }) => ({ month, key: `${month}/${version}/${bounds}` }));
  const missing = asked.filter(({ key }) => !months.has(key));
  const [first, last] = [missing[0]?.month, missing.at(-1)?.month];
  const read = new Map<string, CostDays>();
  if (first !== undefined && last !== undefined) {
    const span = { from: first, to: endOf(last) };
    const [days, covered] = await Promise.all([
      readCostDays(db, scope, span, namespace),
      readCoveredDays(db, scope, span),
    ]);
    const daysOf = Map.groupBy(days, ({ day }) => monthOf(day));
    const coveredOf = Map.groupBy(covered, ({ day }) => monthOf(day));
    for (const { month, key } of missing) {
      const own = { days: daysOf.get(month) ?? [], covered: coveredOf.get(month) ?? [] };
      read.set(key, own);
      keep(key, own);
    }
  }
  const found = asked.flatMap(({ key }) => {
    const own = read.get(key) ?? months.get(key);
    if (own === undefined) return [];
    months.delete(key);
    months.set(key, own);
    return [own];
  });
  const isIn = ({ day }: { readonly day: string }) => day >= range.from && day <= range.to;
  return {
    days: found.flatMap(({ days }) => days.filter(isIn)),
    covered: found.flatMap(({ covered }) => covered.filter(isIn)),
  };
}

function keep(key: string, own: CostDays): void {
  months.set(key, own);
  rowCount += own.days.length + own.covered.length;
  for (const [oldest, { days, covered }] of months) {
    if (rowCount <= MAX_ROWS) return;
    months.delete(oldest);
    rowCount -= days.length + covered.length;
  }
}

const monthOf = (day: string) => `${day.slice(0, 7)}-01`;
function endOf(month: string): string {
  return addDays(monthOf(addDays(month, 31)), -1);
}
