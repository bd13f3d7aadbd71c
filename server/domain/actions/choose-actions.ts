export type Choosable = {
  readonly id: string;
  /** Actions that touch one of the same things exclude each other. */
  readonly touches: readonly string[];
  readonly costPerMonth: number;
};

/** Beyond this many the search could take long; then the dearest come first, which may miss the best set. */
const EXACT_LIMIT = 20;

/** Actions that overlap, directly or through others, by the first id of their group; one that overlaps nothing is a group of its own. */
export function groupActions<T extends Choosable>(actions: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const parents = new Map(actions.map(({ id }) => [id, id]));
  const root = (id: string): string => {
    const parent = parents.get(id) ?? id;
    if (parent === id) return id;
    const top = root(parent);
    parents.set(id, top);
    return top;
  };
  const firstWith = new Map<string, string>();
  for (const { id, touches } of actions) {
    for (const thing of touches) {
      const other = firstWith.get(thing);
      if (other === undefined) firstWith.set(thing, id);
      else {
        const [first = id, last = id] = [root(id), root(other)].sort();
        if (first !== last) parents.set(last, first);
      }
    }
  }
  return Map.groupBy(actions, ({ id }) => root(id));
}

/**
 * The set of actions to add up: of every group of overlapping ones the members that bring most together without touching the same
 * thing twice.
 *
 * Basis: all sets of a group are tried (up to 20 members; beyond it the dearest first). An action that brings nothing is taken where
 * nothing stands against it. Shape: ids. Errors: none.
 */
export function chooseActions(actions: readonly Choosable[]): ReadonlySet<string> {
  const chosen = new Set<string>();
  for (const group of groupActions(actions).values()) {
    const sorted = [...group].sort((a, b) => b.costPerMonth - a.costPerMonth || (a.id < b.id ? -1 : 1));
    const best = sorted.length <= EXACT_LIMIT ? bestSet(sorted) : dearestFirst(sorted);
    for (const { id } of best) chosen.add(id);
  }
  return chosen;
}

function dearestFirst(actions: readonly Choosable[]): readonly Choosable[] {
  const taken = new Set<string>();
  return actions.filter(({ touches }) => {
    if (touches.some((thing) => taken.has(thing))) return false;
    for (const thing of touches) taken.add(thing);
    return true;
  });
}

/** Branch and bound: `sorted` is dearest first, so what is left bounds what a branch can still bring. */
function bestSet(sorted: readonly Choosable[]): readonly Choosable[] {
  const rest = sorted.map((_, index) => sorted.slice(index).reduce((sum, action) => sum + action.costPerMonth, 0));
  let best: readonly Choosable[] = dearestFirst(sorted);
  let bestCost = best.reduce((sum, action) => sum + action.costPerMonth, 0);
  const visit = (index: number, taken: ReadonlySet<string>, set: readonly Choosable[], cost: number): void => {
    if (cost > bestCost) {
      best = set;
      bestCost = cost;
    }
    const action = sorted[index];
    if (action === undefined || cost + (rest[index] ?? 0) <= bestCost) return;
    if (!action.touches.some((thing) => taken.has(thing)))
      visit(index + 1, new Set([...taken, ...action.touches]), [...set, action], cost + action.costPerMonth);
    visit(index + 1, taken, set, cost);
  };
  visit(0, new Set(), [], 0);
  return best;
}
