/** One day of a series: the mean over the hours that were measured, so that a day that has begun compares with whole ones. */
export type DayRate = {
  /** Day in the billing time zone, YYYY-MM-DD. */
  readonly day: string;
  /** `null` = nothing was measured that day. */
  readonly bytesPerHour: number | null;
};
export type StepChange = {
  /** First day on the new level. */
  readonly day: string;
  /** New level ÷ old level. */
  readonly factor: number;
  readonly beforeBytesPerHour: number;
  readonly afterBytesPerHour: number;
  /** A later day holds the level; false on the newest day, where it may still be a spike. */
  readonly isConfirmed: boolean;
};
export type StepRule = {
  /** Ups of at least this factor (and downs of at most its inverse) are steps. */
  readonly factor: number;
  /** Smaller levels than this on both sides are noise. Bytes per hour. */
  readonly floorBytesPerHour: number;
};

/** A week tells a level; less than three days do not. */
const BASE_DAYS = 7;
const MIN_BASE_DAYS = 3;
/** 1 GB a day: at a cent or two per GB nobody acts on less. */
export const DEFAULT_STEP_RULE: StepRule = { factor: 2.5, floorBytesPerHour: 1e9 / 24 };

/**
 * Days on which a series moved to another level.
 *
 * Basis: a day is compared with the median of up to seven days before it, back to the last step. It is a step when it differs by
 * the rule's factor and the next measured day is still at least half of the way (in factors) there; the newest day needs no such
 * witness and is marked unconfirmed, so that a jump shows on the day it happens. The new level is the median of the days after
 * the first one, which may hold both levels.
 * Unit: bytes per measured hour. Errors: none; fewer than three days before, or a base of 0, give no step.
 */
export function findSteps(days: readonly DayRate[], rule: StepRule = DEFAULT_STEP_RULE): StepChange[] {
  const known = days.flatMap(({ day, bytesPerHour }) => (bytesPerHour === null ? [] : [{ day, rate: bytesPerHour }]));
  const steps: StepChange[] = [];
  let levelFrom = 0;
  for (let at = 0; at < known.length; at += 1) {
    const today = known[at];
    const base = known.slice(Math.max(levelFrom, at - BASE_DAYS), at).map(({ rate }) => rate);
    if (today === undefined || base.length < MIN_BASE_DAYS) continue;
    const before = median(base);
    if (!isStep(before, today.rate, rule)) continue;
    const next = known[at + 1];
    if (next !== undefined && !holds(before, today.rate, next.rate)) continue;
    const later = known.slice(at + 1, at + 1 + BASE_DAYS).map(({ rate }) => rate);
    const after = later.length === 0 ? today.rate : median(later);
    steps.push({
      day: today.day,
      factor: after / before,
      beforeBytesPerHour: before,
      afterBytesPerHour: after,
      isConfirmed: next !== undefined,
    });
    levelFrom = at;
  }
  return steps;
}

function isStep(before: number, rate: number, rule: StepRule): boolean {
  if (!(before > 0) || Math.max(before, rate) < rule.floorBytesPerHour) return false;
  return rate / before >= rule.factor || rate / before <= 1 / rule.factor;
}

/** The next day is nearer to the new level than to the old one, in factors. */
function holds(before: number, rate: number, next: number): boolean {
  const middle = Math.sqrt(before * rate);
  return rate > before ? next >= middle : next <= middle;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
