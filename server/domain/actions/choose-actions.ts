export type Choosable = {
  readonly id: string;
  /** Actions that touch one of the same things exclude each other. */
  readonly touches: readonly string[];
  readonly costPerMonth: number;
};

/**
 * The set of actions to add up: of those that touch the same thing only the one that brings more.
 *
 * Basis: dearest first, skipping what touches something already taken; exact where actions overlap in pairs, as here.
 * Shape: ids. Errors: none.
 */
export function chooseActions(actions: readonly Choosable[]): ReadonlySet<string> {
  const taken = new Set<string>();
  const chosen = new Set<string>();
  for (const action of [...actions].sort((a, b) => b.costPerMonth - a.costPerMonth || (a.id < b.id ? -1 : 1))) {
    if (action.touches.some((thing) => taken.has(thing))) continue;
    for (const thing of action.touches) taken.add(thing);
    chosen.add(action.id);
  }
  return chosen;
}
