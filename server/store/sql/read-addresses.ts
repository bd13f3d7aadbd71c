import { z } from "zod";
import type { Db } from "../db.ts";
import { selectRows } from "./rows.ts";

const AddressRow = z.object({
  address: z.string(),
  namespace: z.string(),
  kind: z.string(),
  name: z.string(),
  zone: z.string().nullable(),
  instanceId: z.string().nullable(),
});
export type AddressRow = z.infer<typeof AddressRow>;

/**
 * Addresses of a cluster: of pods that have their own, and of nodes, which stand for every pod on their network. A pod's owner
 * speaks for it. The machine of an address is the last part of the node's provider id.
 */
export function readAddresses(db: Db, clusterId: number): Promise<AddressRow[]> {
  const instance = `regexp_replace(n.provider_id, '^.*/', '')`;
  return selectRows(
    db,
    AddressRow,
    `SELECT p.pod_ip AS address, p.namespace, p.workload_kind AS kind, p.workload_name AS name, n.zone, ${instance} AS "instanceId"
       FROM pod p LEFT JOIN node n ON n.cluster_id = p.cluster_id AND n.name = p.node_name
      WHERE p.cluster_id = $1 AND p.pod_ip IS NOT NULL AND NOT p.host_network AND p.phase IN ('Pending', 'Running')
      UNION ALL
     SELECT a.address, '', 'Node', n.name, n.zone, ${instance}
       FROM node n, jsonb_to_recordset(n.addresses) AS a(type text, address text)
      WHERE n.cluster_id = $1 AND a.type IN ('InternalIP', 'ExternalIP') LIMIT 500000`,
    [clusterId],
  );
}

/** Teams by "namespace/kind/name" of workloads and by "namespace/<name>". */
export async function readFlowTeams(db: Db, clusterId: number): Promise<Map<string, string>> {
  const rows = await selectRows(
    db,
    z.object({ key: z.string(), team: z.string() }),
    `SELECT namespace || '/' || kind || '/' || name AS key, team FROM workload WHERE cluster_id = $1 AND team IS NOT NULL
      UNION ALL SELECT DISTINCT namespace || '/' || workload_kind || '/' || workload_name, team FROM pod WHERE cluster_id = $1 AND team IS NOT NULL
      UNION ALL SELECT 'namespace/' || name, team FROM namespace WHERE cluster_id = $1 AND team IS NOT NULL`,
    [clusterId],
  );
  return new Map(rows.reverse().map((row) => [row.key, row.team]));
}
