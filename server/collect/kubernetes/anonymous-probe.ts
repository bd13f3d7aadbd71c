import type { SourceRecord } from "../../domain/coverage.ts";
import { known, type Reading, unknownBecause } from "../../domain/reading.ts";
import type { AnonymousProbeFacts } from "../../domain/snapshot.ts";
import type { KubernetesConnection } from "./connection.ts";
import type { SourceError } from "./source-error.ts";
import { asSourceError, failedRecord, okRecord } from "./source-records.ts";

/** An ordinary path, and those that are meant to be open to load balancers. */
const PATHS = ["/api", "/livez", "/healthz", "/readyz"] as const;
const TIMEOUT_SECONDS = 5;

/** What somebody without any credential is answered. Only statuses are read, never bodies. */
export async function probeAnonymously(
  connection: KubernetesConnection,
  now: () => Date,
  signal: AbortSignal | undefined,
): Promise<{ reading: Reading<AnonymousProbeFacts>; record: SourceRecord }> {
  const startedAt = now();
  const statusByPath: Record<string, number | null> = {};
  let firstError: SourceError | null = null;
  for (const path of PATHS) {
    try {
      statusByPath[path] = await connection.anonymous.readStatus(path, {
        timeoutSeconds: TIMEOUT_SECONDS,
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (thrown) {
      firstError ??= asSourceError(thrown);
      statusByPath[path] = null;
    }
  }
  const answered = Object.values(statusByPath).filter((status) => status !== null).length;
  if (answered === 0 && firstError !== null) {
    return {
      reading: unknownBecause(firstError.reason, now(), firstError.message),
      record: failedRecord("probe:anonymous", "probe", startedAt, now(), firstError, { queryCount: PATHS.length }),
    };
  }
  return {
    reading: known({ statusByPath }, now()),
    record: okRecord("probe:anonymous", "probe", startedAt, now(), {
      status: answered === PATHS.length ? "ok" : "partial",
      reason: answered === PATHS.length ? null : "partial",
      detail: firstError?.message ?? null,
      objectCount: answered,
      expectedCount: PATHS.length,
      queryCount: PATHS.length,
    }),
  };
}
