import { z } from "zod";
import type { Db } from "../db.ts";
import { selectRows } from "./rows.ts";

const ClusterRow = z.object({
  id: z.number(),
  name: z.string(),
  uid: z.string().nullable(),
  provider: z.string().nullable(),
  isDemo: z.boolean(),
  gitVersion: z.string().nullable(),
  settings: z.record(z.string(), z.unknown()),
  createdAt: z.date(),
  removedAt: z.date().nullable(),
});
export type ClusterRow = z.infer<typeof ClusterRow>;

const MAX_CLUSTERS = 1000;

/** Clusters by name, all when `names` is null; removed ones only when asked for. */
export function readClusters(
  db: Db,
  names: readonly string[] | null,
  options: { readonly withRemoved: boolean } = { withRemoved: false },
): Promise<ClusterRow[]> {
  return selectRows(
    db,
    ClusterRow,
    `SELECT id::int AS id, name, uid, provider, is_demo AS "isDemo", git_version AS "gitVersion", settings,
            created_at AS "createdAt", removed_at AS "removedAt"
       FROM cluster
      WHERE ($1::text[] IS NULL OR name = ANY($1::text[])) AND ($2 OR removed_at IS NULL)
      ORDER BY name
      LIMIT ${MAX_CLUSTERS}`,
    [names, options.withRemoved],
  );
}

const InstallationRow = z.object({ installation: z.record(z.string(), z.unknown()).nullable() });

/** What the collector stored of the whole installation with the cluster that it registered last; `null` before that. */
export async function readInstallation(db: Db): Promise<Record<string, unknown> | null> {
  const rows = await selectRows(
    db,
    InstallationRow,
    `SELECT settings -> 'installation' AS installation FROM cluster
      WHERE settings ? 'installation' ORDER BY removed_at IS NULL DESC, id DESC LIMIT 1`,
    [],
  );
  return rows[0]?.installation ?? null;
}
