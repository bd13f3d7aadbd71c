import type { Db } from "./db.ts";

export type StoredCluster = {
  readonly id: number;
  readonly name: string;
  readonly uid: string | null;
  readonly provider: string | null;
  readonly isDemo: boolean;
};

/** Registers a configured cluster (or brings a removed one back) and returns its id. */
export async function saveCluster(
  db: Db,
  cluster: { name: string; provider: string | null; isDemo: boolean; settings: Readonly<Record<string, unknown>> },
): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    `INSERT INTO cluster (name, provider, is_demo, settings) VALUES ($1, $2, $3, $4)
     ON CONFLICT (name) DO UPDATE SET provider = coalesce(excluded.provider, cluster.provider), is_demo = excluded.is_demo,
       settings = excluded.settings, removed_at = NULL
     RETURNING id`,
    [cluster.name, cluster.provider, cluster.isDemo, JSON.stringify(cluster.settings)],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error(`cluster ${cluster.name} was not saved`);
  return id;
}

/** Marks clusters that left the configuration; their history stays. */
export async function retireClustersExcept(db: Db, names: readonly string[], at: Date): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(
    `UPDATE cluster SET removed_at = $2 WHERE removed_at IS NULL AND NOT (name = ANY($1)) RETURNING name`,
    [names, at],
  );
  return rows.map((row) => row.name);
}

export async function loadCluster(db: Db, name: string): Promise<StoredCluster | null> {
  const { rows } = await db.query<{
    id: number;
    name: string;
    uid: string | null;
    provider: string | null;
    is_demo: boolean;
  }>(`SELECT id, name, uid, provider, is_demo FROM cluster WHERE name = $1 AND removed_at IS NULL`, [name]);
  const row = rows[0];
  return row ? { id: row.id, name: row.name, uid: row.uid, provider: row.provider, isDemo: row.is_demo } : null;
}

/**
 * Stores what a read learnt of the cluster itself. Returns `"other-cluster"` when the UID differs from the stored one:
 * the name now points at another cluster, and its data must not be mixed with the old.
 */
export async function saveClusterIdentity(
  db: Db,
  clusterId: number,
  identity: { uid: string | null; provider: string | null; gitVersion: string | null },
): Promise<"saved" | "other-cluster"> {
  const { rowCount } = await db.query(
    `UPDATE cluster SET uid = coalesce($2, uid), provider = coalesce(provider, $3), git_version = coalesce($4, git_version)
      WHERE id = $1 AND (uid IS NULL OR $2::text IS NULL OR uid = $2)`,
    [clusterId, identity.uid, identity.provider, identity.gitVersion],
  );
  return rowCount === 0 ? "other-cluster" : "saved";
}
