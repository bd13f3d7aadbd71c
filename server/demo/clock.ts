/** The demo's own sense of time, in epoch seconds. */
export type Clock = () => number;

/**
 * Runs with the wall clock, from another moment when one is given; `isFrozen` keeps it there, for tests that compare
 * pages byte by byte.
 */
export function startClock(startAt: Date | null, isFrozen: boolean): Clock {
  if (startAt === null) return () => Date.now() / 1000;
  const start = startAt.getTime() / 1000;
  if (isFrozen) return () => start;
  const began = Date.now() / 1000;
  return () => start + (Date.now() / 1000 - began);
}
