import { createHash } from "node:crypto";
import type { PoolClient } from "pg";
import { z } from "zod";
import { GATES } from "../domain/gates/catalogue.ts";
import { type EncodedMatrix, encodeMatrix } from "../domain/gates/encoded-matrix.ts";
import { computeGateMatrix } from "../domain/gates/gate-state.ts";
import { minorOf } from "../domain/gates/version.ts";
import { known, type Reading, type UnknownReason, unknownBecause } from "../domain/reading.ts";
import type { ComponentReading, VersionFacts } from "../domain/snapshot.ts";
import type { Db } from "./db.ts";
import {
  type ComponentRow,
  type GateSetRow,
  readComponents,
  readGateNodes,
  readGateSets,
  readStoredMatrices,
  type StoredMatrixRow,
} from "./sql/read-gates.ts";

/** Raised whenever the shape of a stored matrix or the rules behind it change: another shape counts as not stored. */
const SHAPE = "2";
const PART = "gateMatrix";
/** A matrix also follows from the catalogue of the program that made it. */
const MADE_BY = `${SHAPE}.${createHash("sha256").update(JSON.stringify(GATES)).digest("base64url").slice(0, 16)}`;

const ComponentName = z.enum(["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy"]);
const Source = z.enum(["component-metrics", "prometheus", "configz", "flagz", "mirror-pod-args", "catalogue"]);
const Stage = z.enum(["ALPHA", "BETA", "GA", "DEPRECATED"]);
const UnreadReason = z.enum([
  "unreachable",
  "forbidden",
  "timed-out",
  "malformed",
  "not-configured",
  "not-yet-read",
  "stale",
]);

/**
 * Works out the gate matrix of a cluster from what the transaction has stored of it, and keeps it, so that the first reader after a
 * read finds it drawn. Whoever stores nodes, components or the version calls this last, in the same transaction.
 *
 * Basis: the lock of the cluster's row makes reads that end together take turns, so that the later one sees both. JSON, and not
 * gzipped: 60 KB that PostgreSQL compresses itself, parsed in a fifth of the time that v8.deserialize took; a page unpacks 20 of them.
 */
export async function saveGateMatrix(client: PoolClient, clusterId: number, readId: string, at: Date): Promise<void> {
  const { rows } = await client.query<{ gitVersion: string | null; provider: string | null }>(
    `SELECT git_version AS "gitVersion", provider FROM cluster WHERE id = $1 FOR NO KEY UPDATE`,
    [clusterId],
  );
  const [cluster] = rows;
  if (cluster === undefined) return;
  const gates = await computeClusterGates(client, { id: clusterId, ...cluster }, { unread: null, at });
  await client.query(
    `INSERT INTO snapshot_part (cluster_id, part, chunk, read_id, read_at, state, detail, item_count, body)
     VALUES ($1, $2, 0, $3, $4, 'value', $5, $6, $7)
     ON CONFLICT (cluster_id, part, chunk) DO UPDATE SET read_id = excluded.read_id, read_at = excluded.read_at,
       detail = excluded.detail, item_count = excluded.item_count, body = excluded.body`,
    [clusterId, PART, readId, at, MADE_BY, gates.matrix.rows.length, Buffer.from(JSON.stringify(gates))],
  );
}

/** Which matrices are stored, without their bodies. Those of another program are left out. */
export function listStoredMatrices(db: Db, clusterIds: readonly number[]): Promise<StoredMatrixRow[]> {
  return readStoredMatrices(db, clusterIds, PART, MADE_BY);
}

/** The gates of a cluster, and how many nodes it had when they were put together. */
export type StoredGates = { readonly matrix: EncodedMatrix; readonly nodeCount: number };

/** What is stored of some clusters, by their id. Written by saveGateMatrix alone. */
export async function loadStoredMatrices(
  db: Db,
  clusterIds: readonly number[],
): Promise<ReadonlyMap<number, StoredGates & { readonly readId: string }>> {
  const { rows } = await db.query<{ clusterId: number; readId: string; body: Buffer }>(
    `SELECT cluster_id::int AS "clusterId", read_id AS "readId", body FROM snapshot_part
      WHERE cluster_id = ANY($1::smallint[]) AND part = $2 AND chunk = 0 AND detail = $3 AND body IS NOT NULL`,
    [clusterIds, PART, MADE_BY],
  );
  return new Map(rows.map(({ clusterId, readId, body }) => [clusterId, { readId, ...fromJson(body.toString()) }]));
}

/** saveGateMatrix of the same shape wrote the text; only moments come back as text. */
function fromJson(text: string): StoredGates {
  const { matrix, nodeCount } = JSON.parse(text) as StoredGates;
  const groups = matrix.groups.map((group) => ({
    ...group,
    readAt: group.readAt === null ? null : new Date(group.readAt),
  }));
  return { matrix: { ...matrix, groups }, nodeCount };
}

/** The matrix by the rules, from the tables; `unread` = why components are not known, when the gates were never read. */
export async function computeClusterGates(
  db: Db,
  cluster: { readonly id: number; readonly gitVersion: string | null; readonly provider: string | null },
  { unread, at }: { readonly unread: UnknownReason | null; readonly at: Date },
): Promise<StoredGates> {
  const scope = { clusterIds: [cluster.id], teams: null };
  const rows = unread === null ? await readComponents(db, scope) : [];
  const nodes = await readGateNodes(db, scope);
  const hashes = new Set(rows.map((row) => row.gateSetHash).filter((hash) => hash !== null));
  const sets = new Map((await readGateSets(db, [...hashes])).map((row) => [row.hash, toGates(row)]));
  const matrix = encodeMatrix(
    computeGateMatrix({
      version: toVersion(cluster.gitVersion, at),
      components:
        unread === null
          ? known(
              rows.flatMap((row) => toReadings(row, sets)),
              at,
            )
          : unknownBecause(unread, at),
      nodes: known(nodes, at),
      provider: cluster.provider,
      takenAt: at,
      target: null,
    }),
  );
  return { matrix, nodeCount: nodes.length };
}

function toVersion(gitVersion: string | null, at: Date): Reading<VersionFacts> {
  const minor = gitVersion === null ? null : minorOf(gitVersion);
  return gitVersion === null || minor === null
    ? unknownBecause("not-yet-read", at)
    : known({ gitVersion, minor, platform: "" }, at);
}

type Gates = NonNullable<ComponentReading["gates"]>;

function toGates(row: GateSetRow): Gates {
  return new Map(
    Object.entries(row.gates).map(([name, [isOn, stage]]) => [name, { isOn, stage: Stage.parse(stage) }] as const),
  );
}

/** One reading per instance; equal instances share their maps, which the rules walk once. */
function toReadings(row: ComponentRow, sets: ReadonlyMap<string, Gates>): ComponentReading[] {
  const component = ComponentName.safeParse(row.component);
  if (!component.success) return [];
  const shared: Omit<ComponentReading, "instance"> = {
    component: component.data,
    version: row.version,
    gates: row.gateSetHash === null ? null : (sets.get(row.gateSetHash) ?? null),
    explicit: row.explicit === null ? null : new Map(Object.entries(row.explicit)),
    explicitSource: row.explicitSource === null ? null : Source.parse(row.explicitSource),
    source: row.source === null ? null : Source.parse(row.source),
    unread: row.unreadReason === null ? null : toUnread(row.unreadReason, row.unreadDetail),
    readAt: row.readAt,
  };
  return row.instances.map((instance) => ({ ...shared, instance }));
}

function toUnread(reason: string, detail: string | null): NonNullable<ComponentReading["unread"]> {
  const parsed = UnreadReason.safeParse(reason);
  return { reason: parsed.success ? parsed.data : "unreachable", detail: detail ?? "" };
}
