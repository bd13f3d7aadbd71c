import type { Overview } from "../contract/overview.ts";
import { completeDays } from "../domain/cost/complete-days.ts";
import type { Db } from "../store/db.ts";
import { readSumRanges } from "../store/sql/cost-sums.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";
import { readCostGroups } from "../store/sql/read-cost-groups.ts";
import { readCoveredDays } from "../store/sql/read-costs.ts";
import type { Scope } from "../store/sql/rows.ts";
import { addDays } from "./cost-period.ts";
import { toCostRows } from "./cost-rows.ts";
import { RUN_RATE_HOURS_PER_MONTH, unknownFigure, valueFigure } from "./figures.ts";

/** How far back a complete day still tells what is paid now. */
const DAYS_BACK = 7;
const RESOURCES: readonly (string | null)[] = ["storage", "network"];

/**
 * What volumes and traffic cost beside the nodes, as a month.
 *
 * Basis: their rows of the cost page for the last complete day – the same question, rounding included –, × 730 ÷ 24. Nodes are told as
 * they are now; volumes and traffic are known by day. Errors: none; without a complete day in the last week it is unknown.
 */
export async function loadCostBesideNodes(
  db: Db,
  scope: Scope,
  clusters: readonly ClusterRow[],
  { currency, today }: { readonly currency: string; readonly today: string },
): Promise<Overview["cost"]["besideNodes"]> {
  const unit = `money:${currency}` as const;
  const covered = await readCoveredDays(db, scope, { from: addDays(today, -DAYS_BACK), to: today });
  const ids = clusters.map((cluster) => cluster.id);
  const day = [...completeDays(covered, ids, today)].sort().at(-1);
  if (day === undefined) return { costPerMonth: unknownFigure(unit, "not-yet-read"), day: null };
  const range = { from: day, to: day };
  const ranges = await readSumRanges(db, scope, range);
  const question = { group: "resource", label: null, teams: null, namespace: null, rule: "none", limit: 100 } as const;
  const groups = await readCostGroups(db, scope, range, ranges, question);
  const rows = toCostRows(groups, { ...question, clusterName: () => "" });
  const cents = rows
    .filter(({ resource }) => RESOURCES.includes(resource))
    .reduce((sum, { cost }) => sum + Math.round(cost * 100), 0);
  return { costPerMonth: valueFigure((cents / 100 / 24) * RUN_RATE_HOURS_PER_MONTH, unit), day };
}
