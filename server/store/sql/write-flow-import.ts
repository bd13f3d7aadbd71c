import type { PoolClient } from "pg";
import type { VpcHour } from "../../domain/network/count-vpc-flows.ts";
import type { FlowEnd } from "../../domain/network/flow-sample.ts";
import { saveImportedFlows } from "../flows.ts";

export type FlowImport = {
  readonly id: string;
  readonly clusterId: number;
  readonly fileName: string;
  readonly lineCount: number;
  readonly countedCount: number;
  readonly leftOut: Readonly<Record<string, number>>;
  readonly bytes: number;
  readonly unknownPeerBytes: number;
  readonly samplingRate: number;
  readonly importedBy: string;
};

/** Hours of a span that hold flows of another source than an import. */
export async function readOtherFlowHours(
  client: PoolClient,
  clusterId: number,
  hours: readonly Date[],
): Promise<{ readonly adapter: string; readonly hourCount: number }[]> {
  const { rows } = await client.query<{ adapter: string; hourCount: number }>(
    `SELECT adapter, count(DISTINCT at)::int AS "hourCount" FROM flow_hourly
      WHERE cluster_id = $1 AND at = ANY($2::timestamptz[]) AND adapter <> 'vpc-flow-log' GROUP BY 1 ORDER BY 2 DESC`,
    [clusterId, hours],
  );
  return rows;
}

/**
 * Stores a part of an imported log. Hours that this import holds already are added to, all others are replaced. Figures of the
 * parts of one import add up. Returns the number of hours of this part.
 */
export async function saveFlowImport(
  client: PoolClient,
  part: FlowImport,
  hours: readonly VpcHour[],
  teamOf: (end: FlowEnd) => string | null,
): Promise<number> {
  const at = hours.map((hour) => new Date(hour.hourAtSeconds * 1000));
  const { rows } = await client.query<{ hours: Date[] }>(
    `SELECT hours FROM flow_import WHERE id = $1 AND cluster_id = $2 FOR UPDATE`,
    [part.id, part.clusterId],
  );
  const held = new Set((rows[0]?.hours ?? []).map((hour) => hour.getTime()));
  const fresh = at.filter((hour) => !held.has(hour.getTime()));
  await client.query(
    `DELETE FROM flow_hourly WHERE cluster_id = $1 AND at = ANY($2::timestamptz[]) AND adapter = 'vpc-flow-log'`,
    [part.clusterId, fresh],
  );
  for (const [index, hour] of hours.entries())
    await saveImportedFlows(
      client,
      part.clusterId,
      hour.reading,
      at[index] ?? new Date(0),
      hour.coveredSeconds,
      teamOf,
    );
  const ends = hours.flatMap((hour) => [
    hour.hourAtSeconds * 1000,
    hour.hourAtSeconds * 1000 + hour.coveredSeconds * 1000,
  ]);
  await client.query(
    `INSERT INTO flow_import AS i (id, cluster_id, file_name, from_at, to_at, hours, line_count, counted_count, left_out,
                                   transferred_bytes, unknown_peer_bytes, sampling_rate, imported_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     ON CONFLICT (id) DO UPDATE SET from_at = least(i.from_at, excluded.from_at), to_at = greatest(i.to_at, excluded.to_at),
       hours = i.hours || $14::timestamptz[], line_count = i.line_count + excluded.line_count,
       counted_count = i.counted_count + excluded.counted_count,
       left_out = (SELECT jsonb_object_agg(key, coalesce((i.left_out ->> key)::int, 0) + coalesce((excluded.left_out ->> key)::int, 0))
                     FROM jsonb_object_keys(i.left_out || excluded.left_out) AS key),
       transferred_bytes = i.transferred_bytes + excluded.transferred_bytes,
       unknown_peer_bytes = i.unknown_peer_bytes + excluded.unknown_peer_bytes`,
    [
      part.id,
      part.clusterId,
      part.fileName,
      ends.length === 0 ? null : new Date(Math.min(...ends)),
      ends.length === 0 ? null : new Date(Math.max(...ends)),
      at,
      part.lineCount,
      part.countedCount,
      JSON.stringify(part.leftOut),
      part.bytes,
      part.unknownPeerBytes,
      part.samplingRate,
      part.importedBy,
      fresh,
    ],
  );
  return hours.length;
}
