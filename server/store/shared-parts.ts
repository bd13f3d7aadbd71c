import type { PoolClient } from "pg";
import { joinSharedParts, type SharedParts } from "../domain/join-shared-parts.ts";
import { saveGateMatrix } from "./gate-matrix.ts";
import { saveComponents } from "./gates.ts";
import type { ReadHandle } from "./reads.ts";
import { loadSnapshot, saveParts } from "./snapshots.ts";

/**
 * Stores what a gates or a metrics read brought of the parts that both contribute to, in the caller's transaction.
 *
 * Basis: both reads take seconds and may end in any order, so what the other one stored is read and joined here, under a lock of
 * the cluster's row; joining before the transaction would lose whatever was stored in between.
 */
export async function saveSharedParts(
  client: PoolClient,
  read: ReadHandle,
  fresh: Partial<SharedParts>,
): Promise<void> {
  await client.query(`SELECT 1 FROM cluster WHERE id = $1 FOR NO KEY UPDATE`, [read.clusterId]);
  const identity = { id: read.clusterId, name: "", uid: null, provider: null };
  const { parts: stored } = await loadSnapshot(client, identity, read.startedAt, ["components", "kubelets"]);
  const parts = joinSharedParts(fresh, stored, read);
  await saveParts(client, read.clusterId, read.id, parts);
  if (parts.components?.state !== "value") return;
  await saveComponents(client, read.clusterId, parts.components.value, read.startedAt);
  await saveGateMatrix(client, read.clusterId, read.id, read.startedAt);
}
