import type { SourceRecord } from "../../domain/coverage.ts";
import { known, type Reading } from "../../domain/reading.ts";
import type { ApiResourceFacts, VersionFacts } from "../../domain/snapshot.ts";
import { rbacOfPath } from "./api-calls.ts";
import type { KubernetesConnection } from "./connection.ts";
import { discoverApis } from "./discovery.ts";
import { isObject, textAt } from "./parse-json.ts";
import { malformed, type SourceError } from "./source-error.ts";
import { asSourceError, failedReading, failedRecord, okRecord } from "./source-records.ts";

export type InventoryHead = {
  readonly version: Reading<VersionFacts>;
  readonly apiResources: Reading<readonly ApiResourceFacts[]>;
  readonly sources: readonly SourceRecord[];
  /** Set when nothing of this cluster can be read now: asking forty more times would only wait forty times. */
  readonly unreachable: SourceError | null;
};

/** Short answers: a server that needs longer for them will not give the lists either. */
const HEAD_TIMEOUT_SECONDS = 15;

/** Version and discovery: what decides whether and how the lists are read. */
export async function readHead(
  connection: KubernetesConnection,
  now: () => Date,
  signal: AbortSignal | undefined,
): Promise<InventoryHead> {
  const [version, discovery] = await Promise.all([
    readVersion(connection, now, signal),
    readDiscovery(connection, now, signal),
  ]);
  const errors = [version.error, discovery.error];
  const isDown = errors.every((error) => error !== null && isAboutEverything(error));
  return {
    version: version.reading,
    apiResources: discovery.reading,
    sources: [version.record, discovery.record],
    unreachable: isDown ? (version.error ?? discovery.error) : null,
  };
}

/** A refused right concerns one path; no connection and refused credentials concern all. A page instead of JSON: a wrong address. */
function isAboutEverything(error: SourceError): boolean {
  return (
    error.status === 401 ||
    error.reason === "unreachable" ||
    error.reason === "timed-out" ||
    error.reason === "malformed"
  );
}

type Step<T> = { readonly reading: Reading<T>; readonly record: SourceRecord; readonly error: SourceError | null };

async function readVersion(
  connection: KubernetesConnection,
  now: () => Date,
  signal: AbortSignal | undefined,
): Promise<Step<VersionFacts>> {
  const startedAt = now();
  try {
    const answer = await connection.api.readJson("/version", {
      rbac: rbacOfPath("/version"),
      timeoutSeconds: HEAD_TIMEOUT_SECONDS,
      ...(signal === undefined ? {} : { signal }),
    });
    const version = parseVersion(answer.body);
    return {
      reading: known(version, now()),
      record: okRecord("GET /version", "discovery", startedAt, now(), {
        objectCount: 1,
        receivedBytes: answer.receivedBytes,
      }),
      error: null,
    };
  } catch (thrown) {
    const error = asSourceError(thrown);
    return {
      reading: failedReading(error, now()),
      record: failedRecord("GET /version", "discovery", startedAt, now(), error),
      error,
    };
  }
}

/** "34+" of managed services becomes "1.34". Errors: SourceError `malformed`. */
export function parseVersion(body: unknown): VersionFacts {
  const gitVersion = isObject(body) ? textAt(body, "gitVersion") : "";
  const match = /^v?(\d+)\.(\d+)/.exec(gitVersion);
  if (!isObject(body) || match === null) throw malformed("the answer of /version names no version");
  return { gitVersion, minor: `${match[1]}.${match[2]}`, platform: textAt(body, "platform") };
}

async function readDiscovery(
  connection: KubernetesConnection,
  now: () => Date,
  signal: AbortSignal | undefined,
): Promise<Step<readonly ApiResourceFacts[]>> {
  const startedAt = now();
  try {
    const found = await discoverApis(connection.api, signal);
    const stale = found.staleGroups.length === 0 ? null : `no answer from ${found.staleGroups.join(", ")}`;
    return {
      reading: stale === null ? known(found.resources, now()) : known(found.resources, now(), stale),
      record: okRecord("GET /apis", "discovery", startedAt, now(), {
        status: stale === null ? "ok" : "partial",
        reason: stale === null ? null : "partial",
        detail: stale,
        fix: stale === null ? null : { code: "see-detail" },
        objectCount: found.resources.length,
        receivedBytes: found.receivedBytes,
        queryCount: found.requestCount,
      }),
      error: null,
    };
  } catch (thrown) {
    const error = asSourceError(thrown);
    return {
      reading: failedReading(error, now()),
      record: failedRecord("GET /apis", "discovery", startedAt, now(), error),
      error,
    };
  }
}
