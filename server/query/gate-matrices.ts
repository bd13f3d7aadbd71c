import { decodeMatrix, type EncodedMatrix } from "../domain/gates/encoded-matrix.ts";
import type { GateMatrix } from "../domain/gates/gate-types.ts";
import type { Db } from "../store/db.ts";
import { computeClusterGates, listStoredMatrices, loadStoredMatrices, type StoredGates } from "../store/gate-matrix.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";
import type { ReadStateRow } from "../store/sql/read-reads.ts";
import { reasonOf, toReadStates } from "./read-state.ts";

/** What is known of the gates of a cluster, each different cell once. */
export type ClusterGates = {
  readonly cluster: ClusterRow;
  readonly matrix: EncodedMatrix;
  readonly nodeCount: number;
  readonly takenAt: Date;
  readonly isRead: boolean;
};

// A stored matrix never changes, a newer reading brings another: kept until then. One per cluster, some 100 KB each.
const shared = globalThis as typeof globalThis & {
  sluiceGateMatrices?: Map<string, StoredGates & { readonly readId: string }>;
};

/**
 * The gates of each cluster as the collector drew them when it stored its last reading.
 * Basis: where nothing is stored – never read, or stored by another version of the program – the rules draw it here and now.
 */
export async function loadGateMatrices(
  db: Db,
  clusters: readonly ClusterRow[],
  states: readonly ReadStateRow[],
  now: Date,
): Promise<ClusterGates[]> {
  const goodAt = new Map(
    states.filter(({ kind }) => kind === "gates").map((state) => [state.clusterId, state.goodTakenAt]),
  );
  const readIds = clusters.filter(({ id }) => goodAt.get(id) != null).map(({ id }) => id);
  const kept = await refreshKept(db, readIds);
  return Promise.all(
    clusters.map(async (cluster) => {
      const takenAt = goodAt.get(cluster.id) ?? null;
      const present = takenAt === null ? undefined : kept.get(cluster.id);
      if (present !== undefined && takenAt !== null) return { cluster, ...present, takenAt, isRead: true };
      const reads = toReadStates(cluster, states, now);
      const unread = takenAt === null ? reasonOf(reads.find((read) => read.kind === "gates")) : null;
      const at = takenAt ?? now;
      return {
        cluster,
        ...(await computeClusterGates(db, cluster, { unread, at })),
        takenAt: at,
        isRead: takenAt !== null,
      };
    }),
  );
}

/** The matrix of one cluster as the rules of the planner read it. */
export function toGateMatrix({ matrix, takenAt }: ClusterGates): GateMatrix {
  return decodeMatrix(matrix, takenAt);
}

/** Matrices by cluster; only those that are newer than what is kept are fetched, in one statement. */
async function refreshKept(db: Db, clusterIds: readonly number[]): Promise<ReadonlyMap<number, StoredGates>> {
  shared.sluiceGateMatrices ??= new Map();
  const kept = shared.sluiceGateMatrices;
  const place = (clusterId: number) => `${process.env.DATABASE_URL}|${clusterId}`;
  const stored = await listStoredMatrices(db, clusterIds);
  const newer = stored.filter(({ clusterId, readId }) => kept.get(place(clusterId))?.readId !== readId);
  if (newer.length > 0) {
    const loaded = await loadStoredMatrices(
      db,
      newer.map(({ clusterId }) => clusterId),
    );
    for (const [clusterId, entry] of loaded) kept.set(place(clusterId), entry);
  }
  return new Map(
    stored.flatMap(({ clusterId }) => {
      const entry = kept.get(place(clusterId));
      return entry === undefined ? [] : [[clusterId, { matrix: entry.matrix, nodeCount: entry.nodeCount }] as const];
    }),
  );
}
