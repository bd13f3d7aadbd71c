import type { Evidence, Figure, PartOf, Unit, UnknownReason } from "../contract/common.ts";

type Extras = {
  readonly at?: Date | null | undefined;
  readonly part?: PartOf | undefined;
  readonly evidence?: readonly Evidence[] | undefined;
};

/** A known number; a measured zero is one. */
export function valueFigure(value: number, unit: Unit, extras: Extras = {}): Figure {
  const { at, part, evidence } = extras;
  return {
    state: "value",
    unit,
    value,
    ...(at ? { at: at.toISOString() } : {}),
    ...(part !== undefined && part.covered < part.of ? { part } : {}),
    ...(evidence === undefined ? {} : { evidence: [...evidence] }),
  };
}

export function unknownFigure(unit: Unit, reason: UnknownReason, detail?: string | null): Figure {
  return { state: "unknown", unit, reason, ...(detail ? { detail } : {}) };
}

/** A number where there is one, else unknown. */
export function figureOrUnknown(value: number | null, unit: Unit, reason: UnknownReason, extras: Extras = {}): Figure {
  return value === null ? unknownFigure(unit, reason) : valueFigure(value, unit, extras);
}

/**
 * A sum over things of which some have no value: unknown when none has one, else a value that says on how many it stands.
 * Nothing to sum is 0, which is a value.
 */
export function sumFigure(
  sum: number | null,
  part: PartOf,
  unit: Unit,
  reason: UnknownReason,
  extras: Extras = {},
): Figure {
  if (part.of > 0 && part.covered === 0) return unknownFigure(unit, reason);
  return valueFigure(sum ?? 0, unit, { ...extras, part });
}

export function costUnit(currency: string): `money/h:${string}` {
  return `money/h:${currency}`;
}

/** Hours of a month in run-rates, and nowhere else. */
export const RUN_RATE_HOURS_PER_MONTH = 730;

export function isoOrNull(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}
