import { stepCount } from "./pressure-window.ts";

export type TimeSpan = { readonly from: Date; readonly to: Date };

/** Runs of steps of a range that are not among `starts`; the last one ends with the range. */
export function uncoveredRuns(starts: readonly Date[], range: TimeSpan, stepSeconds: number): TimeSpan[] {
  const count = stepCount(range.from, range.to, stepSeconds);
  const startOf = (step: number) => range.from.getTime() + step * stepSeconds * 1000;
  const has = new Set(starts.map((at) => at.getTime()));
  const runs: TimeSpan[] = [];
  for (let step = 0; step < count; step += 1) {
    if (has.has(startOf(step))) continue;
    const from = new Date(startOf(step));
    while (step + 1 < count && !has.has(startOf(step + 1))) step += 1;
    runs.push({ from, to: new Date(Math.min(range.to.getTime(), startOf(step + 1))) });
  }
  return runs;
}
