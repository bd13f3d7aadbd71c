import type { PoolClient } from "pg";
import { copyRows } from "./copy-rows.ts";
import { COST_COLUMNS, type CostLine, costRows } from "./costs.ts";
import type { Db } from "./db.ts";

const CROSSING = `scope IN ('cross-zone', 'cross-region')`;

/** Hours since `from` whose crossing bytes are not those that their network cost stands on, oldest first. */
export async function findDueNetworkHours(db: Db, clusterId: number, from: Date, limit: number): Promise<Date[]> {
  const { rows } = await db.query<{ at: Date }>(
    `SELECT f.at FROM (SELECT at, sum(transferred_bytes) AS bytes FROM flow_hourly
                        WHERE cluster_id = $1 AND at >= $2 AND ${CROSSING} GROUP BY at) f
       LEFT JOIN cost_network_hour n ON n.cluster_id = $1 AND n.at = f.at
      WHERE n.at IS NULL OR abs(n.charged_bytes - f.bytes) > 1 ORDER BY f.at LIMIT $3`,
    [clusterId, from, limit],
  );
  return rows.map((row) => row.at);
}

export type CrossingEnd = {
  readonly at: Date;
  readonly direction: "out" | "in";
  readonly scope: "cross-zone" | "cross-region";
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly zone: string;
  /** Zone of the other end: some pairs of zones have prices of their own. */
  readonly peerZone: string;
  readonly team: string;
  readonly bytes: number;
};

/** Bytes that left and reached each workload across zones or regions in the given hours. Every byte is there twice: out and in. */
export async function loadCrossingEnds(db: Db, clusterId: number, hours: readonly Date[]): Promise<CrossingEnd[]> {
  const { rows } = await db.query<CrossingEnd>(
    `SELECT f.at, e.direction, f.scope, e.namespace, e.kind, e.name, e.zone, e."peerZone", e.team, sum(f.transferred_bytes)::float8 AS bytes
       FROM flow_hourly f CROSS JOIN LATERAL (VALUES
              ('out', f.source_namespace, f.source_kind, f.source_name, f.source_zone, f.target_zone, f.source_team),
              ('in', f.target_namespace, f.target_kind, f.target_name, f.target_zone, f.source_zone, f.target_team)
            ) AS e (direction, namespace, kind, name, zone, "peerZone", team)
      WHERE f.cluster_id = $1 AND f.at = ANY($2::timestamptz[]) AND f.${CROSSING}
      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`,
    [clusterId, hours],
  );
  return rows;
}

export type NetworkHour = { readonly at: Date; readonly chargedBytes: number; readonly lines: readonly CostLine[] };

/** Puts the network cost of whole hours in the place of what was there, with the bytes it stands on. */
export async function replaceNetworkCosts(
  client: PoolClient,
  clusterId: number,
  hours: readonly NetworkHour[],
): Promise<void> {
  const moments = hours.map(({ at }) => at);
  await client.query(
    `DELETE FROM cost_hourly WHERE cluster_id = $1 AND at = ANY($2::timestamptz[]) AND resource = 'network'`,
    [clusterId, moments],
  );
  for (const { at, lines } of hours)
    await copyRows(client, "cost_hourly", COST_COLUMNS, costRows(clusterId, at, lines));
  await client.query(
    `INSERT INTO cost_network_hour (cluster_id, at, charged_bytes)
     SELECT $1, * FROM unnest($2::timestamptz[], $3::float8[])
     ON CONFLICT (cluster_id, at) DO UPDATE SET charged_bytes = excluded.charged_bytes`,
    [clusterId, moments, hours.map(({ chargedBytes }) => chargedBytes)],
  );
}
