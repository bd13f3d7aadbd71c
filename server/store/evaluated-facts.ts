import { promisify } from "node:util";
import { deserialize, serialize } from "node:v8";
import { gunzip, gzip } from "node:zlib";
import type { PoolClient } from "pg";
import type { ManifestFacts } from "../domain/manifests/manifest-types.ts";
import type { UpgradeFacts } from "../domain/upgrade/upgrade-facts.ts";
import type { Db } from "./db.ts";

/** What the collector works out of a whole snapshot, so that a question about it need not unpack 150,000 pods. */
export type EvaluatedFacts = { readonly upgradeFacts: UpgradeFacts; readonly manifestFacts: ManifestFacts };

/** Raised whenever the shape of these facts changes: facts of another shape count as not yet evaluated. */
const SHAPE = "2";

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** Replaces the facts of a cluster in the caller's transaction; saving the same facts again changes nothing else. */
export async function saveEvaluatedFacts(
  client: PoolClient,
  clusterId: number,
  readId: string,
  facts: EvaluatedFacts,
  at: Date,
): Promise<void> {
  for (const [part, value] of Object.entries(facts)) {
    await client.query(
      `INSERT INTO snapshot_part (cluster_id, part, chunk, read_id, read_at, state, detail, item_count, body)
       VALUES ($1, $2, 0, $3, $4, 'value', $5, 1, $6)
       ON CONFLICT (cluster_id, part, chunk) DO UPDATE SET read_id = excluded.read_id, read_at = excluded.read_at,
         detail = excluded.detail, body = excluded.body`,
      [clusterId, part, readId, at, SHAPE, await compress(serialize(value))],
    );
  }
}

/** One sort of facts of a cluster; `null` = not evaluated yet, or by another version. Written by saveEvaluatedFacts alone. */
export async function loadEvaluatedFacts<K extends keyof EvaluatedFacts>(
  db: Db,
  clusterId: number,
  part: K,
): Promise<EvaluatedFacts[K] | null> {
  const { rows } = await db.query<{ body: Buffer }>(
    `SELECT body FROM snapshot_part WHERE cluster_id = $1 AND part = $2 AND chunk = 0 AND detail = $3`,
    [clusterId, part, SHAPE],
  );
  const body = rows[0]?.body;
  return body === undefined ? null : (deserialize(await decompress(body)) as EvaluatedFacts[K]);
}
