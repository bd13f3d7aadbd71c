import { z } from "zod";
import { computeGateMatrix } from "../domain/gates/gate-state.ts";
import type { GateMatrix } from "../domain/gates/gate-types.ts";
import { minorOf } from "../domain/gates/version.ts";
import { known, type Reading, type UnknownReason, unknownBecause } from "../domain/reading.ts";
import type { ComponentReading, VersionFacts } from "../domain/snapshot.ts";
import type { Db } from "../store/db.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";
import {
  type ComponentRow,
  type GateSetRow,
  readComponents,
  readGateNodes,
  readGateSets,
} from "../store/sql/read-gates.ts";
import type { ReadStateRow } from "../store/sql/read-reads.ts";
import { reasonOf, toReadStates } from "./read-state.ts";

export type ClusterMatrix = { readonly cluster: ClusterRow; readonly matrix: GateMatrix; readonly isRead: boolean };

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

// A matrix follows from two readings that never change, so it is kept until one of them is replaced. One per cluster and
// target: some 20 clusters × a few targets, each a few hundred kilobytes.
const MAX_KEPT = 200;
const shared = globalThis as typeof globalThis & { sluiceGateMatrices?: Map<string, GateMatrix> };

/** The gate matrix of each cluster, computed by the rules from what is stored, or taken from memory when nothing was read since. */
export async function loadGateMatrices(
  db: Db,
  clusters: readonly ClusterRow[],
  states: readonly ReadStateRow[],
  target: string | null,
  now: Date,
): Promise<ClusterMatrix[]> {
  return Promise.all(
    clusters.map(async (cluster) => {
      const reads = toReadStates(cluster, states, now);
      const own = states.filter((state) => state.clusterId === cluster.id);
      const gates = own.find((state) => state.kind === "gates");
      const isRead = gates?.goodTakenAt != null;
      const inventory = own.find((state) => state.kind === "inventory");
      const key = JSON.stringify([
        process.env.DATABASE_URL,
        cluster.id,
        gates?.goodReadId ?? gates?.lastReadId,
        inventory?.goodReadId,
        cluster.gitVersion,
        target,
      ]);
      const kept = cache().get(key);
      if (kept !== undefined) return { cluster, matrix: kept, isRead };
      const reason = reasonOf(reads.find((read) => read.kind === "gates"));
      const takenAt = gates?.goodTakenAt ?? inventory?.goodTakenAt ?? now;
      const matrix = await computeMatrix(db, cluster, { isRead, reason, takenAt, target });
      if (isRead) keep(key, matrix);
      return { cluster, matrix, isRead };
    }),
  );
}

async function computeMatrix(
  db: Db,
  cluster: ClusterRow,
  facts: {
    readonly isRead: boolean;
    readonly reason: UnknownReason;
    readonly takenAt: Date;
    readonly target: string | null;
  },
): Promise<GateMatrix> {
  const scope = { clusterIds: [cluster.id], teams: null };
  const [rows, nodes] = await Promise.all([readComponents(db, scope), readGateNodes(db, scope)]);
  const hashes = new Set(rows.map((row) => row.gateSetHash).filter((hash) => hash !== null));
  const sets = new Map((await readGateSets(db, [...hashes])).map((row) => [row.hash, toGates(row)]));
  const { takenAt, target } = facts;
  return computeGateMatrix({
    version: toVersion(cluster, takenAt),
    components: facts.isRead
      ? known(
          rows.flatMap((row) => toReadings(row, sets)),
          takenAt,
        )
      : unknownBecause(facts.reason, takenAt),
    nodes: known(nodes, takenAt),
    provider: cluster.provider,
    takenAt,
    target,
  });
}

function toVersion(cluster: ClusterRow, at: Date): Reading<VersionFacts> {
  const { gitVersion } = cluster;
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

function cache(): Map<string, GateMatrix> {
  shared.sluiceGateMatrices ??= new Map();
  return shared.sluiceGateMatrices;
}

function keep(key: string, matrix: GateMatrix): void {
  const kept = cache();
  kept.set(key, matrix);
  if (kept.size <= MAX_KEPT) return;
  const oldest = kept.keys().next().value;
  if (oldest !== undefined) kept.delete(oldest);
}
