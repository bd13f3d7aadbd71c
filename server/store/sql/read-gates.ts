import { z } from "zod";
import type { Db } from "../db.ts";
import { type Scope, selectRows } from "./rows.ts";

const ComponentRow = z.object({
  component: z.string(),
  version: z.string().nullable(),
  gateSetHash: z.string().nullable(),
  source: z.string().nullable(),
  explicit: z.record(z.string(), z.boolean()).nullable(),
  explicitSource: z.string().nullable(),
  unreadReason: z.string().nullable(),
  unreadDetail: z.string().nullable(),
  readAt: z.date(),
  sinceAt: z.date(),
  instances: z.array(z.string()),
});
export type ComponentRow = z.infer<typeof ComponentRow>;

/** Instances of one cluster that say exactly the same, as one row with their names: 5,000 kubelets are a few rows. */
export function readComponents(db: Db, scope: Scope): Promise<ComponentRow[]> {
  return selectRows(
    db,
    ComponentRow,
    `SELECT component, version, gate_set_hash AS "gateSetHash", source, explicit, explicit_source AS "explicitSource",
            unread_reason AS "unreadReason", min(unread_detail) AS "unreadDetail", max(read_at) AS "readAt",
            max(since_at) AS "sinceAt", array_agg(instance ORDER BY instance) AS instances
       FROM component WHERE cluster_id = ANY($1::smallint[])
      GROUP BY component, version, gate_set_hash, source, explicit, explicit_source, unread_reason
      ORDER BY component, count(*) DESC LIMIT 5000`,
    [scope.clusterIds],
  );
}

const GateSetRow = z.object({
  hash: z.string(),
  gates: z.record(z.string(), z.tuple([z.boolean(), z.string()])),
});
export type GateSetRow = z.infer<typeof GateSetRow>;

export function readGateSets(db: Db, hashes: readonly string[]): Promise<GateSetRow[]> {
  return selectRows(db, GateSetRow, `SELECT hash, gates FROM gate_set WHERE hash = ANY($1::text[]) LIMIT 5000`, [
    hashes,
  ]);
}

const NodeGroupRow = z.object({
  name: z.string(),
  pool: z.string().nullable(),
  isControlPlane: z.boolean(),
  kubeletVersion: z.string(),
});
export type NodeGroupRow = z.infer<typeof NodeGroupRow>;

/** What the gate rules need of each node. */
export function readGateNodes(db: Db, scope: Scope): Promise<NodeGroupRow[]> {
  return selectRows(
    db,
    NodeGroupRow,
    `SELECT name, pool, is_control_plane AS "isControlPlane", kubelet_version AS "kubeletVersion"
       FROM node WHERE cluster_id = ANY($1::smallint[]) ORDER BY name LIMIT 20000`,
    [scope.clusterIds],
  );
}

const StoredMatrixRow = z.object({ clusterId: z.number(), readId: z.string(), readAt: z.date() });
export type StoredMatrixRow = z.infer<typeof StoredMatrixRow>;

/** Of which reading each stored matrix is, without its body. */
export function readStoredMatrices(
  db: Db,
  clusterIds: readonly number[],
  part: string,
  madeBy: string,
): Promise<StoredMatrixRow[]> {
  return selectRows(
    db,
    StoredMatrixRow,
    `SELECT cluster_id::int AS "clusterId", read_id AS "readId", read_at AS "readAt" FROM snapshot_part
      WHERE cluster_id = ANY($1::smallint[]) AND part = $2 AND chunk = 0 AND detail = $3 AND body IS NOT NULL`,
    [clusterIds, part, madeBy],
  );
}

const GateChangeRow = z.object({
  clusterId: z.number(),
  at: z.date(),
  component: z.string(),
  gate: z.string(),
  wasOn: z.boolean().nullable(),
  isOn: z.boolean().nullable(),
  fromVersion: z.string().nullable(),
  toVersion: z.string().nullable(),
  instanceCount: z.number(),
  instances: z.array(z.string()),
});
export type GateChangeRow = z.infer<typeof GateChangeRow>;

/** What changed, newest first; instances that changed alike in one read are one row. */
export function readGateChanges(
  db: Db,
  scope: Scope,
  question: { readonly gate: string | null; readonly from: Date; readonly to: Date; readonly limit: number },
): Promise<GateChangeRow[]> {
  return selectRows(
    db,
    GateChangeRow,
    `SELECT cluster_id::int AS "clusterId", at, component, gate, was_on AS "wasOn", is_on AS "isOn",
            from_version AS "fromVersion", to_version AS "toVersion", count(*)::int AS "instanceCount",
            (array_agg(instance ORDER BY instance))[1:20] AS instances
       FROM gate_change
      WHERE cluster_id = ANY($1::smallint[]) AND at >= $2 AND at < $3 AND ($4::text IS NULL OR gate = $4)
      GROUP BY cluster_id, at, component, gate, was_on, is_on, from_version, to_version
      ORDER BY at DESC, gate, component LIMIT $5`,
    [scope.clusterIds, question.from, question.to, question.gate, question.limit],
  );
}
