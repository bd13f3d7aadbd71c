import type { SourceKind, SourceRecord } from "../../domain/coverage.ts";
import { notExposed, type Reading, unknownBecause } from "../../domain/reading.ts";
import { SourceError } from "./source-error.ts";

export type SourceProgress = {
  readonly source: string;
  readonly state: "started" | "progress" | "done";
  readonly objectCount: number;
};
export type OnProgress = (progress: SourceProgress) => void;

export type ReadClock = { readonly now: () => Date };

export function okRecord(
  source: string,
  kind: SourceKind,
  startedAt: Date,
  endedAt: Date,
  more: Partial<SourceRecord> = {},
): SourceRecord {
  return {
    source,
    kind,
    status: "ok",
    reason: null,
    detail: null,
    fix: null,
    objectCount: 0,
    expectedCount: null,
    skippedCount: 0,
    receivedBytes: 0,
    queryCount: 1,
    durationSeconds: Math.max(0, (endedAt.getTime() - startedAt.getTime()) / 1000),
    ...more,
  };
}

/** What a failure of one source leaves behind: its record. A 404 is an answer: the API does not have it. */
export function failedRecord(
  source: string,
  kind: SourceKind,
  startedAt: Date,
  endedAt: Date,
  error: SourceError,
  more: Partial<SourceRecord> = {},
): SourceRecord {
  const isNotServed = error.status === 404;
  return okRecord(source, kind, startedAt, endedAt, {
    status: isNotServed ? "not-served" : "failed",
    reason: isNotServed ? null : error.reason,
    detail: isNotServed ? "the server does not serve this (404)" : error.message,
    fix: isNotServed ? null : error.fix,
    ...more,
  });
}

export function failedReading<T>(error: SourceError, readAt: Date): Reading<T> {
  return error.status === 404
    ? notExposed(readAt, "the server does not serve this")
    : unknownBecause(error.reason, readAt, error.message);
}

/** Expected failures become facts; anything else is a bug and must be seen as one. */
export function asSourceError(error: unknown): SourceError {
  if (error instanceof SourceError) return error;
  throw error;
}
