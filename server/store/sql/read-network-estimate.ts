import { z } from "zod";
import { metricPosition } from "../../domain/metrics.ts";
import type { Db } from "../db.ts";
import { selectRows } from "./rows.ts";

const PodTrafficRow = z.object({
  clusterId: z.number(),
  namespace: z.string(),
  pod: z.string(),
  zone: z.string(),
  isHostNetwork: z.boolean(),
  receivedBytesPerSecond: z.number().nullable(),
  sentBytesPerSecond: z.number().nullable(),
});
export type PodTrafficRow = z.infer<typeof PodTrafficRow>;

/**
 * Every running pod with its zone and the mean of what it received and sent over a span; `null` = no sample. Pods on the host's
 * network show the node's interfaces and so have no figure of their own.
 */
export function readPodTraffic(
  db: Db,
  clusterIds: readonly number[],
  span: { readonly from: Date; readonly to: Date },
): Promise<PodTrafficRow[]> {
  const mean = (id: "networkReceiveBytesPerSecond" | "networkTransmitBytesPerSecond") => {
    const i = metricPosition(id);
    return `(sum(m.sums[${i}]) / nullif(sum(m.covered_seconds[${i}]) FILTER (WHERE m.sums[${i}] IS NOT NULL), 0))::float8`;
  };
  return selectRows(
    db,
    PodTrafficRow,
    `SELECT p.cluster_id::int AS "clusterId", p.namespace, p.name AS pod, coalesce(n.zone, '') AS zone, p.host_network AS "isHostNetwork",
            CASE WHEN p.host_network THEN NULL ELSE t.received END AS "receivedBytesPerSecond",
            CASE WHEN p.host_network THEN NULL ELSE t.sent END AS "sentBytesPerSecond"
       FROM pod p
       LEFT JOIN node n ON n.cluster_id = p.cluster_id AND n.name = p.node_name
       LEFT JOIN (SELECT m.cluster_id, e.namespace, e.name, ${mean("networkReceiveBytesPerSecond")} AS received,
                         ${mean("networkTransmitBytesPerSecond")} AS sent
                    FROM metric_hourly m JOIN entity e ON e.cluster_id = m.cluster_id AND e.id = m.entity_id
                   WHERE m.cluster_id = ANY($1::smallint[]) AND m.level = 'pod' AND m.at >= $2 AND m.at < $3
                   GROUP BY 1, 2, 3) t ON t.cluster_id = p.cluster_id AND t.namespace = p.namespace AND t.name = p.name
      WHERE p.cluster_id = ANY($1::smallint[]) AND p.phase = 'Running' LIMIT 500000`,
    [clusterIds, span.from, span.to],
  );
}

const RoutingRow = z.object({ setting: z.string().nullable(), observedAt: z.date(), isFirst: z.boolean() });
export type RoutingRow = z.infer<typeof RoutingRow>;

/** The newest change of a Service's `trafficDistribution`; `null` = it was never read. */
export async function readServiceRouting(
  db: Db,
  clusterId: number,
  service: { readonly namespace: string; readonly name: string },
): Promise<RoutingRow | null> {
  const rows = await selectRows(
    db,
    RoutingRow,
    `SELECT setting, observed_at AS "observedAt", is_first AS "isFirst" FROM service_routing
      WHERE cluster_id = $1 AND namespace = $2 AND name = $3 ORDER BY observed_at DESC LIMIT 1`,
    [clusterId, service.namespace, service.name],
  );
  return rows[0] ?? null;
}

const ImportRow = z.object({
  id: z.string(),
  clusterId: z.number(),
  fileName: z.string(),
  fromAt: z.date().nullable(),
  toAt: z.date().nullable(),
  lineCount: z.number(),
  countedCount: z.number(),
  leftOut: z.record(z.string(), z.number()),
  bytes: z.number(),
  unknownPeerBytes: z.number(),
  samplingRate: z.number(),
  importedAt: z.date(),
  importedBy: z.string(),
});
export type ImportRow = z.infer<typeof ImportRow>;

/** The newest imports of flow logs. */
export function readFlowImports(db: Db, clusterIds: readonly number[], limit: number): Promise<ImportRow[]> {
  return selectRows(
    db,
    ImportRow,
    `SELECT id::text AS id, cluster_id::int AS "clusterId", file_name AS "fileName", from_at AS "fromAt", to_at AS "toAt",
            line_count AS "lineCount", counted_count AS "countedCount", left_out AS "leftOut", transferred_bytes AS bytes,
            unknown_peer_bytes AS "unknownPeerBytes", sampling_rate AS "samplingRate", imported_at AS "importedAt", imported_by AS "importedBy"
       FROM flow_import WHERE cluster_id = ANY($1::smallint[]) ORDER BY imported_at DESC LIMIT $2`,
    [clusterIds, limit],
  );
}
