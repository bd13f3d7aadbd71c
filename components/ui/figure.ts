import type { UnknownReason } from "#server/domain/reading.ts";
import type { Unit } from "../format/unit.ts";

/** The value stands on `covered` of `of` things. */
export type FigurePart = { readonly covered: number; readonly of: number };

/**
 * A number as the pages know it: each way of not having one stays itself. Figures of the API fit as they are; a figure
 * without its own `unit` takes that of the component. `below`: cut from a query's top results, less than `value`.
 */
export type Figure = { readonly unit?: Unit | undefined } & (
  | { readonly state: "value"; readonly value: number; readonly part?: FigurePart | undefined }
  | { readonly state: "below"; readonly value: number }
  | { readonly state: "unknown"; readonly reason: UnknownReason; readonly detail?: string | undefined }
  | { readonly state: "not-applicable" | "not-exposed"; readonly detail?: string | undefined }
);

/** `null` (looked, no value) becomes unknown for the given reason; never zero. */
export function figureOf(value: number | null, reason: UnknownReason = "not-yet-read"): Figure {
  return value === null ? { state: "unknown", reason } : { state: "value", value };
}

/** The number for sorting and export; `null` when there is none. `below` sorts by its limit. */
export function figureValue(figure: Figure): number | null {
  return figure.state === "value" || figure.state === "below" ? figure.value : null;
}

export function isPartial(figure: Figure): figure is Figure & { readonly state: "value"; readonly part: FigurePart } {
  return figure.state === "value" && figure.part !== undefined && figure.part.covered < figure.part.of;
}
