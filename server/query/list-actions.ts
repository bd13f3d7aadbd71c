import { z } from "zod";
import { type Action, ActionKind, type ActionList, type ActionOutcome, type ActionQuery } from "../contract/actions.ts";
import { Evidence, type Figure, type UnknownReason } from "../contract/common.ts";
import type { Viewer } from "../contract/viewer.ts";
import { getStore } from "../store/client.ts";
import {
  type ActionRow,
  type ActionTotal,
  type OutcomeRow,
  readActionStates,
  readActions,
  readActionTotals,
  readOutcomes,
} from "../store/sql/read-actions.ts";
import { readClusterNodes } from "../store/sql/read-cluster-figures.ts";
import { readReadStates } from "../store/sql/read-reads.ts";
import { computeCoverage, unreadBecause } from "./coverage.ts";
import { figureOrUnknown, isoOrNull, unknownFigure, valueFigure } from "./figures.ts";
import { loadInstallation } from "./installation.ts";
import { boundFleet } from "./scope.ts";

const ITEM_LIMIT = 1000;

const Facts = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
const Level = z.enum(["low", "medium", "high"]);
/** As the collector stores it (jobs/rank-actions.ts). */
const Body = z.object({
  cluster: z.string(),
  namespace: z.string().nullable(),
  objectKind: z.string(),
  name: z.string(),
  confidence: Level,
  risk: Level,
  facts: Facts,
  guards: z.array(z.string()),
  evidence: z.array(Evidence),
  manifest: z.string().nullable(),
  cash: z.enum(["packed", "direct", "none", "not-applicable"]),
  goneNodes: z.array(z.string()),
});

/**
 * Everything that would bring something, in one list, dearest first.
 *
 * Basis: the list that the collector made of each cluster (jobs/rank-actions.ts): freed is capacity at what it cost in the last week,
 * 730 hours a month; cash is what leaves the bill. Overlapping actions stand together, the counted one first. A viewer of some teams
 * sees the actions of those, without the names of nodes; totals of several teams are then added up from each team's alone.
 */
export async function listActions(viewer: Viewer, query: ActionQuery, now = new Date()): Promise<ActionList> {
  const { pool } = getStore();
  const { clusters, scope } = await boundFleet(viewer, query);
  const names = clusters.map((cluster) => cluster.name);
  const [{ currency }, rows, totals, listStates, outcomes, clusterNodes, states] = await Promise.all([
    loadInstallation(),
    readActions(pool, scope, ITEM_LIMIT),
    readActionTotals(pool, scope),
    readActionStates(pool, scope.clusterIds),
    readOutcomes(pool, names, scope.teams),
    readClusterNodes(pool, scope),
    readReadStates(pool, scope),
  ]);
  const made = listStates.flatMap(({ computedAt }) => (computedAt === null ? [] : [computedAt.getTime()]));
  const coverage = computeCoverage("inventory", clusters, states, clusterNodes, now);
  return {
    at: now.toISOString(),
    computedAt: made.length < clusters.length || made.length === 0 ? null : new Date(Math.min(...made)).toISOString(),
    isBeingMade: listStates.some(({ isDue }) => isDue),
    currency,
    coverage,
    total: toTotal(totals, currency, scope.teams, made.length > 0 ? null : (unreadBecause(coverage) ?? "not-yet-read")),
    items: toItems(rows, scope.teams === null, currency, now),
    outcomes: outcomes.flatMap((row) => toOutcome(row, currency) ?? []),
  };
}

function toItems(rows: readonly ActionRow[], isWhole: boolean, currency: string, now: Date): Action[] {
  const actions = rows.flatMap((row) => {
    const action = toAction(row, isWhole, currency, now);
    return action === null ? [] : [{ action, groupId: `${row.clusterId}/${row.groupId}` }];
  });
  // A group stands where its dearest member does; in it the counted ones come first.
  return [...Map.groupBy(actions, ({ groupId }) => groupId).values()].flatMap((group) => {
    const sorted = [...group].sort((a, b) => Number(b.action.isCounted) - Number(a.action.isCounted));
    return sorted.map(({ action }) => ({
      ...action,
      overlaps: sorted.flatMap(({ action: other }) => (other.id === action.id ? [] : [other.id])),
    }));
  });
}

/** One stored row as the contract has it; null = written by another version, the next list replaces it. */
export function toAction(row: ActionRow, isWhole: boolean, currency: string, now: Date): Action | null {
  const body = Body.safeParse(row.body);
  const kind = ActionKind.safeParse(row.kind);
  if (!body.success || !kind.success) return null;
  const { cash, goneNodes, ...own } = body.data;
  return {
    ...own,
    id: row.id,
    kind: kind.data,
    team: row.team === "" ? null : row.team,
    freedCostPerMonth:
      cash === "not-applicable" ? notApplicable(currency) : moneyOrUnknown(row.freedCostPerMonth, currency, own.facts),
    cashPerMonth:
      cash === "not-applicable" ? notApplicable(currency) : moneyOrUnknown(row.cashCostPerMonth, currency, own.facts),
    removedNodes: isWhole ? goneNodes : [],
    overlaps: [],
    isCounted: row.isCounted,
    status: statusOf(row, now),
    decision:
      row.decision === null || row.decidedAt === null || row.decidedBy === null
        ? null
        : {
            decision: row.decision,
            reason: row.reason,
            untilAt: isoOrNull(row.untilAt),
            decidedAt: row.decidedAt.toISOString(),
            decidedBy: row.decidedBy,
          },
  };
}

function statusOf({ decision, untilAt }: ActionRow, now: Date): Action["status"] {
  if (decision === null) return "open";
  if (decision === "snoozed" && (untilAt === null || untilAt <= now)) return "open";
  return decision;
}

function notApplicable(currency: string): Figure {
  return { state: "not-applicable", unit: `money:${currency}` };
}

/** Nodes without a price make it a part of the figure only. */
function moneyOrUnknown(amount: number | null, currency: string, facts: z.infer<typeof Facts>): Figure {
  const unit = `money:${currency}` as const;
  if (amount === null) return unknownFigure(unit, "not-configured");
  const { nodeCount, unpricedCount } = facts;
  if (typeof nodeCount !== "number" || typeof unpricedCount !== "number") return valueFigure(amount, unit);
  return valueFigure(amount, unit, { part: { covered: nodeCount - unpricedCount, of: nodeCount } });
}

function toTotal(
  totals: readonly ActionTotal[],
  currency: string,
  teams: readonly string[] | null,
  unmade: UnknownReason | null,
): ActionList["total"] {
  const unit = `money:${currency}` as const;
  if (unmade !== null) {
    const nothing = unknownFigure(unit, unmade);
    return { freedCostPerMonth: nothing, cashPerMonth: nothing, removedNodeCount: null, isLowerBound: false };
  }
  const sum = (pick: (row: ActionTotal) => number) => totals.reduce((all, row) => all + pick(row), 0);
  const perCluster = [...Map.groupBy(totals, (row) => row.clusterId).values()];
  // Two teams' changes may free the same node: of several teams the largest is what is sure.
  const sure = (pick: (row: ActionTotal) => number) =>
    perCluster.reduce((all, rows) => all + Math.max(0, ...rows.map(pick)), 0);
  const removed = sure((row) => row.removedCount);
  const unpriced = sure((row) => row.unpricedCount);
  return {
    freedCostPerMonth: valueFigure(
      sum((row) => row.freedCostPerMonth),
      unit,
      { part: { covered: sum((row) => row.pricedCount), of: sum((row) => row.countedCount) } },
    ),
    cashPerMonth: valueFigure(
      sure((row) => row.cashCostPerMonth),
      unit,
      removed > 0 ? { part: { covered: removed - unpriced, of: removed } } : {},
    ),
    removedNodeCount: removed,
    isLowerBound: teams !== null && perCluster.some((rows) => rows.length > 1),
  };
}

const Accepted = z.object({
  kind: ActionKind,
  cluster: z.string(),
  namespace: z.string().nullable(),
  objectKind: z.string(),
  name: z.string(),
  team: z.string().nullable(),
  facts: Facts,
});

function toOutcome(row: OutcomeRow, currency: string): ActionOutcome | null {
  const action = Accepted.safeParse(row.action);
  if (!action.success) return null;
  const unit = `money:${currency}` as const;
  return {
    ...action.data,
    id: row.actionId,
    decidedAt: row.decidedAt.toISOString(),
    decidedBy: row.decidedBy,
    state: row.state ?? "unknown",
    appliedAt: isoOrNull(row.appliedAt),
    forecastCostPerMonth:
      action.data.kind === "use-feature"
        ? notApplicable(currency)
        : figureOrUnknown(row.forecastCostPerMonth, unit, row.checkedAt === null ? "not-yet-read" : "not-configured"),
    measuredCostPerMonth:
      action.data.kind === "use-feature"
        ? notApplicable(currency)
        : figureOrUnknown(row.measuredCostPerMonth, unit, "not-yet-read"),
    measuredDays: row.measuredDays ?? 0,
    evidence: row.evidence ?? [],
    checkedAt: isoOrNull(row.checkedAt),
  };
}
