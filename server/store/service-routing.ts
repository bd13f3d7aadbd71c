import type { PoolClient } from "pg";
import type { ServiceFacts } from "../domain/snapshot.ts";

/** Notes every Service whose `trafficDistribution` is another than when it was last read. Returns how many there were. */
export async function saveServiceRouting(
  client: PoolClient,
  clusterId: number,
  services: readonly Pick<ServiceFacts, "namespace" | "name" | "trafficDistribution">[],
  observedAt: Date,
): Promise<number> {
  const { rowCount } = await client.query(
    `INSERT INTO service_routing (cluster_id, namespace, name, observed_at, setting, is_first)
     SELECT $1, x.namespace, x.name, $5, x.setting, last.observed_at IS NULL
       FROM unnest($2::text[], $3::text[], $4::text[]) AS x(namespace, name, setting)
       LEFT JOIN LATERAL (SELECT r.observed_at, r.setting FROM service_routing r
                           WHERE r.cluster_id = $1 AND r.namespace = x.namespace AND r.name = x.name
                           ORDER BY r.observed_at DESC LIMIT 1) last ON true
      WHERE last.observed_at IS NULL OR last.setting IS DISTINCT FROM x.setting
     ON CONFLICT DO NOTHING`,
    [
      clusterId,
      services.map((service) => service.namespace),
      services.map((service) => service.name),
      services.map((service) => service.trafficDistribution),
      observedAt,
    ],
  );
  return rowCount ?? 0;
}
