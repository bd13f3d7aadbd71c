/** Why a source gave no value. Closed list: pages and API translate each word. */
export const UNKNOWN_REASONS = [
  "unreachable",
  "forbidden",
  "timed-out",
  "malformed",
  "stale",
  "not-configured",
  "not-yet-read",
  "partial",
] as const;
export type UnknownReason = (typeof UNKNOWN_REASONS)[number];

/**
 * What a source said, or why it said nothing.
 * `0`, `""` and `[]` are values. "not-served" sources (a 404 on an API group) are `not-exposed`.
 * `detail` is a short plain sentence for people; it never holds secrets or response bodies.
 */
export type Reading<T> =
  | { readonly state: "value"; readonly value: T; readonly readAt: Date; readonly partial?: string }
  | { readonly state: "unknown"; readonly reason: UnknownReason; readonly detail?: string; readonly readAt: Date }
  | { readonly state: "not-exposed" | "not-applicable"; readonly detail?: string; readonly readAt: Date };

export function known<T>(value: T, readAt: Date, partial?: string): Reading<T> {
  return partial === undefined ? { state: "value", value, readAt } : { state: "value", value, readAt, partial };
}
export function unknownBecause<T>(reason: UnknownReason, readAt: Date, detail?: string): Reading<T> {
  return detail === undefined ? { state: "unknown", reason, readAt } : { state: "unknown", reason, readAt, detail };
}
export function notExposed<T>(readAt: Date, detail?: string): Reading<T> {
  return detail === undefined ? { state: "not-exposed", readAt } : { state: "not-exposed", readAt, detail };
}
/** The value, or `null` when there is none – for callers that have already dealt with the reason. */
export function valueOrNull<T>(reading: Reading<T>): T | null {
  return reading.state === "value" ? reading.value : null;
}
