import type { Reading } from "../../domain/reading.ts";

/**
 * Several lists as one part. One that failed makes the part partial, named; all failed makes it unknown with the first reason;
 * all not served makes it not exposed.
 */
export function combineReadings<T>(
  readings: ReadonlyMap<string, Reading<readonly T[]>>,
  readAt: Date,
): Reading<readonly T[]> {
  const items: T[] = [];
  const gaps: string[] = [];
  let hasValue = false;
  let firstFailure: Reading<readonly T[]> | null = null;
  let firstAbsent: Reading<readonly T[]> | null = null;
  for (const [name, reading] of readings) {
    if (reading.state === "value") {
      hasValue = true;
      for (const item of reading.value) items.push(item);
      if (reading.partial !== undefined) gaps.push(`${name}: ${reading.partial}`);
    } else if (reading.state === "unknown") {
      firstFailure ??= reading;
      gaps.push(`${name}: ${reading.reason}`);
    } else {
      firstAbsent ??= reading;
    }
  }
  if (!hasValue) {
    return firstFailure ?? firstAbsent ?? { state: "unknown", reason: "not-yet-read", readAt };
  }
  return gaps.length === 0
    ? { state: "value", value: items, readAt }
    : { state: "value", value: items, readAt, partial: gaps.join("; ") };
}

/** The same reading with another value, where there is one. */
export function mapReading<T, R>(reading: Reading<T>, to: (value: T) => R): Reading<R> {
  return reading.state === "value" ? { ...reading, value: to(reading.value) } : reading;
}
