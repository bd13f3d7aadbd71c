import type { Packing } from "../cost/packing.ts";
import { type ActionDraft, MONTH_HOURS } from "./action-draft.ts";
import { chooseActions, groupActions } from "./choose-actions.ts";

export type RankedAction = ActionDraft & {
  /** What leaves the bill per month; null = not worked out, or no money in it. */
  readonly cashPerMonth: number | null;
  /** Nodes that go with it. */
  readonly goneNodes: readonly string[];
  /** Overlapping actions carry one group. */
  readonly groupId: string;
  readonly isCounted: boolean;
  readonly isCountedForTeam: boolean;
};
export type ActionTotals = {
  readonly freedPerMonth: number;
  readonly cashPerMonth: number;
  readonly countedCount: number;
  readonly pricedCount: number;
  readonly removedCount: number;
  readonly unpricedCount: number;
};
export type Ranking = {
  readonly actions: readonly RankedAction[];
  readonly whole: ActionTotals;
  readonly byTeam: ReadonlyMap<string, ActionTotals>;
};

/**
 * Drafts of one cluster → the list with its totals.
 *
 * Basis: dearest first by what is freed. Cash of one action: what leaves the bill by itself, or the nodes that go beyond those that
 * could go already once its change alone is packed. The totals take the best set that does not overlap and pack anew with all of it
 * applied; consolidation as such is part of the whole total only when it is counted. `isOpen` leaves out what was dismissed or put off.
 * Unit: the currency per month of 730 hours. Errors: none; `mayPack` false leaves the cash of the smaller ones unknown.
 */
export function* rankActions(
  drafts: readonly ActionDraft[],
  packing: Packing,
  options: { readonly isOpen: (draft: ActionDraft) => boolean; readonly mayPack: () => boolean },
): Generator<void, Ranking> {
  const sorted = [...drafts].sort(
    (a, b) => (b.freedPerMonth ?? -1) - (a.freedPerMonth ?? -1) || (a.id < b.id ? -1 : 1),
  );
  const choosable = (own: readonly ActionDraft[]) =>
    own
      .filter((draft) => draft.cash !== "not-applicable" && options.isOpen(draft))
      .map(({ id, touches, freedPerMonth }) => ({ id, touches, costPerMonth: freedPerMonth ?? 0 }));
  const groups = new Map<string, string>();
  for (const [groupId, own] of groupActions(sorted.map((draft) => ({ ...draft, costPerMonth: 0 }))))
    for (const { id } of own) groups.set(id, groupId);
  const chosen = chooseActions(choosable(sorted));
  const byTeam = Map.groupBy(
    sorted.filter((draft) => !draft.isWhole),
    (draft) => draft.team ?? "",
  );
  const chosenForTeam = new Set([...byTeam.values()].flatMap((own) => [...chooseActions(choosable(own))]));
  const actions: RankedAction[] = [];
  for (const draft of sorted) {
    actions.push({
      ...draft,
      ...cashOf(draft, packing, options.mayPack),
      groupId: groups.get(draft.id) ?? draft.id,
      isCounted: chosen.has(draft.id),
      isCountedForTeam: chosenForTeam.has(draft.id),
    });
    if (draft.change !== null) yield;
  }
  const totals = new Map<string, ActionTotals>();
  for (const [team, own] of byTeam) {
    totals.set(
      team,
      totalOf(
        own.filter(({ id }) => chosenForTeam.has(id)),
        packing,
      ),
    );
    yield;
  }
  return {
    actions,
    whole: totalOf(
      sorted.filter(({ id }) => chosen.has(id)),
      packing,
    ),
    byTeam: totals,
  };
}

function cashOf(
  draft: ActionDraft,
  packing: Packing,
  mayPack: () => boolean,
): Pick<RankedAction, "cashPerMonth" | "goneNodes"> {
  if (draft.kind === "consolidate-nodes") return { cashPerMonth: draft.freedPerMonth, goneNodes: draft.removedNodes };
  switch (draft.cash) {
    case "direct":
      return { cashPerMonth: draft.freedPerMonth, goneNodes: [] };
    case "none":
      return { cashPerMonth: 0, goneNodes: [] };
    case "not-applicable":
      return { cashPerMonth: null, goneNodes: [] };
    case "packed": {
      if (draft.change === null || !mayPack()) return { cashPerMonth: null, goneNodes: [] };
      const result = packing.with([draft.change]);
      const known = new Set(packing.base.removed);
      return {
        cashPerMonth: Math.max(0, result.costPerHour - packing.base.costPerHour) * MONTH_HOURS,
        goneNodes: result.removed.filter((name) => !known.has(name)),
      };
    }
  }
}

function totalOf(counted: readonly ActionDraft[], packing: Packing): ActionTotals {
  const all = packing.with(counted.flatMap(({ change }) => (change === null ? [] : [change])));
  const isConsolidating = counted.some(({ kind }) => kind === "consolidate-nodes");
  const base = isConsolidating ? { costPerHour: 0, removed: [] as readonly string[], unpricedCount: 0 } : packing.base;
  // Capacity of nodes that could go anyway is no capacity that an action frees.
  const freed = counted.filter(({ kind }) => kind !== "consolidate-nodes");
  const sum = (own: readonly ActionDraft[]) =>
    own.reduce((total, { freedPerMonth }) => total + (freedPerMonth ?? 0), 0);
  return {
    freedPerMonth: sum(freed),
    cashPerMonth:
      Math.max(0, all.costPerHour - base.costPerHour) * MONTH_HOURS +
      sum(counted.filter(({ cash }) => cash === "direct")),
    countedCount: counted.length,
    pricedCount: counted.filter(({ freedPerMonth }) => freedPerMonth !== null).length,
    removedCount: Math.max(0, all.removed.length - base.removed.length),
    unpricedCount: Math.max(0, all.unpricedCount - base.unpricedCount),
  };
}
