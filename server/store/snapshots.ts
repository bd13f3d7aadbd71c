import { promisify } from "node:util";
import { deserialize, serialize } from "node:v8";
import { gunzip, gzip } from "node:zlib";
import type { PoolClient } from "pg";
import type { SourceRecord } from "../domain/coverage.ts";
import type { Reading, UnknownReason } from "../domain/reading.ts";
import { known, unknownBecause } from "../domain/reading.ts";
import type { ClusterParts, ClusterSnapshot, PartName } from "../domain/snapshot.ts";
import type { Db } from "./db.ts";

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** Items per stored chunk: 5,000 pods are about 5 MB before compression, so saving and loading stay flat in memory. */
const CHUNK_ITEMS = 5_000;

/** Every part with the state it has before anything was read. The keys are the list of parts. */
const PART_NAMES = [
  "version",
  "apiResources",
  "namespaces",
  "nodes",
  "pods",
  "workloads",
  "jobs",
  "cronJobs",
  "services",
  "endpointSlices",
  "volumeClaims",
  "volumes",
  "storageClasses",
  "volumeAttributesClasses",
  "csiDrivers",
  "deviceClasses",
  "resourceSlices",
  "resourceClaims",
  "resourceClaimTemplates",
  "serviceAccounts",
  "roles",
  "roleBindings",
  "mutatingAdmissionPolicies",
  "mutatingAdmissionPolicyBindings",
  "mutatingWebhooks",
  "horizontalPodAutoscalers",
  "podDisruptionBudgets",
  "apiServices",
  "events",
  "deprecatedApiUse",
  "apiWriters",
  "components",
  "anonymousProbe",
  "kubelets",
  "controlPlaneMetrics",
] as const satisfies readonly PartName[];

/** Fails to compile when a part is added to the snapshot and forgotten here. */
const everyPartIsListed: Exclude<PartName, (typeof PART_NAMES)[number]> extends never ? true : never = true;

/**
 * Stores parts of a snapshot in the caller's transaction. A part that brought a value (or the fact that it is not served)
 * replaces the stored one; a part that could not be read leaves the last good body in place and only its state changes, so
 * that rules and pages say "stale since" instead of forgetting.
 */
export async function saveParts(
  client: PoolClient,
  clusterId: number,
  readId: string,
  parts: Partial<ClusterParts>,
): Promise<void> {
  for (const name of PART_NAMES) {
    const reading: Reading<unknown> | undefined = parts[name];
    if (reading === undefined) continue;
    if (reading.state === "unknown") {
      await client.query(
        `INSERT INTO snapshot_part (cluster_id, part, chunk, read_id, read_at, state, reason, detail, item_count, body)
         VALUES ($1, $2, 0, $3, $4, 'unknown', $5, $6, 0, NULL)
         ON CONFLICT (cluster_id, part, chunk) DO UPDATE SET state = 'unknown', reason = excluded.reason, detail = excluded.detail`,
        [clusterId, name, readId, reading.readAt, reading.reason, reading.detail ?? null],
      );
      continue;
    }
    await client.query(`DELETE FROM snapshot_part WHERE cluster_id = $1 AND part = $2`, [clusterId, name]);
    if (name === "kubelets") await saveKubeletSwap(client, clusterId, readId, parts.kubelets);
    const value = reading.state === "value" ? reading.value : null;
    const chunks = Array.isArray(value) && value.length > CHUNK_ITEMS ? splitChunks(value) : [value];
    let index = 0;
    for (const chunk of chunks) {
      const body = reading.state === "value" ? await compress(serialize(chunk), { level: 4 }) : null;
      await client.query(
        `INSERT INTO snapshot_part (cluster_id, part, chunk, read_id, read_at, state, reason, detail, item_count, body)
         VALUES ($1, $2, $3, $4, $5, $6, NULL, $7, $8, $9)`,
        [
          clusterId,
          name,
          index,
          readId,
          reading.readAt,
          reading.state,
          ("partial" in reading ? reading.partial : "detail" in reading ? reading.detail : undefined) ?? null,
          Array.isArray(chunk) ? chunk.length : 1,
          body,
        ],
      );
      index += 1;
    }
  }
}

/** The swap policies of nodes beside the packed part, for the questions that need nothing else of it. */
async function saveKubeletSwap(
  client: PoolClient,
  clusterId: number,
  readId: string,
  kubelets: ClusterParts["kubelets"] | undefined,
): Promise<void> {
  await client.query(`DELETE FROM kubelet_swap WHERE cluster_id = $1`, [clusterId]);
  if (kubelets?.state !== "value") return;
  const byBehavior = Map.groupBy(
    kubelets.value.filter(({ swapBehavior }) => swapBehavior !== null),
    ({ swapBehavior }) => swapBehavior,
  );
  for (const [behavior, nodes] of byBehavior) {
    await client.query(`INSERT INTO kubelet_swap (cluster_id, behavior, read_id, node_names) VALUES ($1, $2, $3, $4)`, [
      clusterId,
      behavior,
      readId,
      nodes.map(({ nodeName }) => nodeName),
    ]);
  }
}

function* splitChunks(items: readonly unknown[]): Generator<readonly unknown[]> {
  for (let from = 0; from < items.length; from += CHUNK_ITEMS) yield items.slice(from, from + CHUNK_ITEMS);
}

type PartRow = {
  part: string;
  chunk: number;
  read_at: Date;
  state: string;
  reason: string | null;
  detail: string | null;
  body: Buffer | null;
};

/**
 * The stored snapshot of one cluster; parts never read are `unknown: not-yet-read`. `only` limits what is loaded.
 * Errors: a part whose stored form this version cannot read becomes `unknown: malformed` instead of failing the rest.
 */
export async function loadSnapshot(
  db: Db,
  cluster: { id: number; name: string; uid: string | null; provider: string | null },
  now: Date,
  only?: readonly PartName[],
): Promise<ClusterSnapshot> {
  const parts: Partial<Record<PartName, Reading<unknown>>> = {};
  let takenAt: Date | null = null;
  for (const name of PART_NAMES) {
    if (only && !only.includes(name)) {
      parts[name] = unknownBecause("not-yet-read", now, "not loaded");
      continue;
    }
    const { rows } = await db.query<PartRow>(
      `SELECT part, chunk, read_at, state, reason, detail, body FROM snapshot_part WHERE cluster_id = $1 AND part = $2 ORDER BY chunk`,
      [cluster.id, name],
    );
    parts[name] = await toReading(rows, now);
    const at = rows[0]?.read_at;
    if (at && (takenAt === null || at > takenAt)) takenAt = at;
  }
  return {
    cluster: { name: cluster.name, uid: cluster.uid, provider: cluster.provider },
    takenAt: takenAt ?? now,
    parts: assertParts(parts),
    sources: await loadSources(db, cluster.id),
  };
}

/** A day-old picture of a cluster is history, not state. */
export const MAX_STALE_SECONDS = 86_400;

function isTooOld(readAt: Date, now: Date): boolean {
  return now.getTime() - readAt.getTime() > MAX_STALE_SECONDS * 1000;
}

async function toReading(rows: readonly PartRow[], now: Date): Promise<Reading<unknown>> {
  const first = rows[0];
  if (first === undefined) return unknownBecause("not-yet-read", now);
  const failedBecause = first.state === "unknown" ? ((first.reason ?? "stale") as UnknownReason) : null;
  if (
    failedBecause !== null &&
    (first.body === null || failedBecause === "forbidden" || isTooOld(first.read_at, now))
  ) {
    return unknownBecause(failedBecause, first.read_at, first.detail ?? undefined);
  }
  if (first.state === "not-exposed" || first.state === "not-applicable") {
    return first.detail === null
      ? { state: first.state, readAt: first.read_at }
      : { state: first.state, readAt: first.read_at, detail: first.detail };
  }
  try {
    const bodies: unknown[] = [];
    for (const row of rows) bodies.push(row.body === null ? null : deserialize(await decompress(row.body)));
    const value = rows.length === 1 ? bodies[0] : bodies.flat();
    // A failed read does not overwrite a good one: the older value is served, marked with why it is not fresher.
    const partial = failedBecause === null ? first.detail : `stale: the last read was ${failedBecause}`;
    return partial === null ? known(value, first.read_at) : known(value, first.read_at, partial);
  } catch {
    return unknownBecause("malformed", first.read_at, "stored by another version; the next read replaces it");
  }
}

/** The bodies were written by saveParts from typed parts: this is the one place where they get their types back. */
function assertParts(parts: Partial<Record<PartName, Reading<unknown>>>): ClusterParts {
  return parts as unknown as ClusterParts;
}

async function loadSources(db: Db, clusterId: number): Promise<SourceRecord[]> {
  const { rows } = await db.query<{
    source: string;
    kind: SourceRecord["kind"];
    status: SourceRecord["status"];
    reason: UnknownReason | null;
    detail: string | null;
    fix: SourceRecord["fix"];
    object_count: number;
    expected_count: number | null;
    skipped_count: number;
    received_bytes: string;
    query_count: number;
    duration_seconds: number;
  }>(
    `SELECT source, kind, status, reason, detail, fix, object_count, expected_count, skipped_count, received_bytes, query_count, duration_seconds
       FROM source_state WHERE cluster_id = $1 ORDER BY read_kind, source`,
    [clusterId],
  );
  return rows.map((row) => ({
    source: row.source,
    kind: row.kind,
    status: row.status,
    reason: row.reason,
    detail: row.detail,
    fix: row.fix,
    objectCount: row.object_count,
    expectedCount: row.expected_count,
    skippedCount: row.skipped_count,
    receivedBytes: Number(row.received_bytes),
    queryCount: row.query_count,
    durationSeconds: row.duration_seconds,
  }));
}

export const SNAPSHOT_PARTS: readonly PartName[] = everyPartIsListed ? PART_NAMES : [];
