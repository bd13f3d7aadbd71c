/** One threshold on one figure. A rule fires after `forSeconds` at or above `fireAt` and ends after as long below `clearAt`. */
export type AlertRule = {
  readonly id: string;
  readonly fireAt: number;
  /** Lower than `fireAt`: between both, nothing changes (hysteresis). */
  readonly clearAt: number;
  readonly forSeconds: number;
};
export type AlertState = {
  readonly isFiring: boolean;
  /** Since when the figure has been on the other side; null while it is where the state says. */
  readonly turningSince: Date | null;
};
export type AlertStep = { readonly state: AlertState; readonly change: "fired" | "cleared" | null };

export const QUIET: AlertState = { isFiring: false, turningSince: null };

/**
 * The next state after one observation. Absence (`null`) changes nothing and restarts the wait: silence neither fires nor clears.
 */
export function nextAlert(rule: AlertRule, state: AlertState, value: number | null, at: Date): AlertStep {
  const isTurning = value !== null && (state.isFiring ? value < rule.clearAt : value >= rule.fireAt);
  if (!isTurning) return { state: { isFiring: state.isFiring, turningSince: null }, change: null };
  const since = state.turningSince ?? at;
  if (at.getTime() - since.getTime() < rule.forSeconds * 1000)
    return { state: { isFiring: state.isFiring, turningSince: since }, change: null };
  return { state: { isFiring: !state.isFiring, turningSince: null }, change: state.isFiring ? "cleared" : "fired" };
}
