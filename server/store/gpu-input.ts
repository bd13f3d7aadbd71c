import { deserialize, serialize } from "node:v8";
import { gunzipSync, gzipSync } from "node:zlib";
import type { PoolClient } from "pg";
import type { AskingTemplate } from "../domain/gpu/migration.ts";
import type { NodeFacts, PodFacts, ResourceClaimFacts, ResourceSliceFacts } from "../domain/snapshot.ts";
import type { Db } from "./db.ts";
import type { DevicePrice } from "./gpu.ts";

/** What the device model needs of an inventory: the few objects that have to do with accelerators. */
export type GpuInput = {
  readonly nodes: readonly NodeFacts[];
  readonly pods: readonly { readonly pod: PodFacts; readonly team: string | null }[];
  readonly slices: readonly ResourceSliceFacts[];
  readonly claims: readonly ResourceClaimFacts[];
  /** Price of one device of a node, per hour. */
  readonly prices: ReadonlyMap<string, DevicePrice>;
  /** Workloads whose templates ask for accelerators, with or without pods. Not there in what was stored before it was kept. */
  readonly askers?: readonly AskingTemplate[];
  /** Teams of the namespaces of claims, which carry no owner themselves. */
  readonly teamByNamespace?: ReadonlyMap<string, string | null>;
};

const PART = "gpuInput";

/** Kept beside the snapshot, so that a metrics read every minute does not unpack 150,000 pods to find the hundred with a device. */
export async function saveGpuInput(
  client: PoolClient,
  clusterId: number,
  readId: string,
  input: GpuInput,
  at: Date,
): Promise<void> {
  await client.query(
    `INSERT INTO snapshot_part (cluster_id, part, chunk, read_id, read_at, state, item_count, body) VALUES ($1, $2, 0, $3, $4, 'value', $5, $6)
     ON CONFLICT (cluster_id, part, chunk) DO UPDATE SET read_id = excluded.read_id, read_at = excluded.read_at,
       item_count = excluded.item_count, body = excluded.body`,
    [clusterId, PART, readId, at, input.pods.length, gzipSync(serialize(input))],
  );
}

/** Null = no inventory yet. Written by saveGpuInput alone, hence the type. */
export async function loadGpuInput(db: Db, clusterId: number): Promise<GpuInput | null> {
  const { rows } = await db.query<{ body: Buffer }>(
    `SELECT body FROM snapshot_part WHERE cluster_id = $1 AND part = $2`,
    [clusterId, PART],
  );
  const body = rows[0]?.body;
  return body === undefined ? null : (deserialize(gunzipSync(body)) as GpuInput);
}
