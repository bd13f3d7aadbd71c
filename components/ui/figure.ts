import type { Reading, UnknownReason } from "#server/domain/reading.ts";

/** A number as the pages know it: each way of not having one stays itself. `below` comes from a query's top results. */
export type Figure =
  | { readonly state: "value"; readonly value: number }
  | { readonly state: "below"; readonly limit: number }
  | { readonly state: "unknown"; readonly reason: UnknownReason; readonly detail?: string }
  | { readonly state: "not-applicable"; readonly detail?: string }
  | { readonly state: "not-exposed"; readonly detail?: string };

/** A reading (as the API carries it) → what a figure shows. */
export function toFigure(reading: Pick<Reading<number>, "state"> & Partial<Reading<number>>): Figure {
  const detail = "detail" in reading && reading.detail !== undefined ? { detail: reading.detail } : {};
  if (reading.state === "value" && "value" in reading && typeof reading.value === "number") {
    return { state: "value", value: reading.value };
  }
  if (reading.state === "not-applicable" || reading.state === "not-exposed") return { state: reading.state, ...detail };
  const reason = "reason" in reading && reading.reason !== undefined ? reading.reason : "not-yet-read";
  return { state: "unknown", reason, ...detail };
}

/** `null` (looked, no value) becomes unknown for the given reason; never zero. */
export function figureOf(value: number | null, reason: UnknownReason = "not-yet-read"): Figure {
  return value === null ? { state: "unknown", reason } : { state: "value", value };
}
