import type { PoolClient } from "pg";
import { type EntityKey, type EntitySample, METRIC_IDS } from "../domain/metrics.ts";
import { type CopyValue, copyRows } from "./copy-rows.ts";
import type { Db } from "./db.ts";
import { forgetSteps } from "./metric-steps.ts";
import { saveFrames } from "./pressure-frames.ts";

export type EntityOwner = (entity: EntityKey) => { team: string | null; nodeName: string | null };

/** Array in storage order; a quantity without a sample is null, never 0. */
export function toValues(sample: EntitySample): (number | null)[] {
  return METRIC_IDS.map((id) => {
    const value = sample.values[id];
    return value === undefined || Number.isNaN(value) ? null : value;
  });
}

/**
 * Finds or makes the dictionary ids of entities; refreshes owner and last-seen once an hour at most, so that a read of
 * 5,000 nodes does not rewrite 5,000 rows a minute.
 */
export async function resolveEntities(
  client: PoolClient,
  clusterId: number,
  entities: readonly EntityKey[],
  owner: EntityOwner,
  seenAt: Date,
): Promise<Map<string, number>> {
  const unique = new Map(entities.map((entity) => [entityText(entity), entity]));
  await client.query(
    `CREATE TEMP TABLE IF NOT EXISTS incoming_entity (level text, namespace text, kind text, name text, container text, team text, node_name text) ON COMMIT DROP`,
  );
  await client.query(`TRUNCATE incoming_entity`);
  await copyRows(
    client,
    "incoming_entity",
    ["level", "namespace", "kind", "name", "container", "team", "node_name"],
    [...unique.values()].map((e) => {
      const owned = owner(e);
      return [e.level, e.namespace, e.kind, e.name, e.container, owned.team, owned.nodeName];
    }),
  );
  await client.query(
    `INSERT INTO entity (cluster_id, level, namespace, kind, name, container, team, node_name, last_seen_at)
     SELECT $1, level, namespace, kind, name, container, team, node_name, $2 FROM incoming_entity
     ORDER BY level, namespace, kind, name, container
     ON CONFLICT (cluster_id, level, namespace, kind, name, container) DO UPDATE
        SET team = excluded.team, node_name = excluded.node_name, last_seen_at = greatest(entity.last_seen_at, excluded.last_seen_at)
      WHERE (entity.team, entity.node_name) IS DISTINCT FROM (excluded.team, excluded.node_name)
         OR entity.last_seen_at < excluded.last_seen_at - interval '1 hour'`,
    [clusterId, seenAt],
  );
  const { rows } = await client.query<{
    id: string;
    level: string;
    namespace: string;
    kind: string;
    name: string;
    container: string;
  }>(
    `SELECT e.id, e.level, e.namespace, e.kind, e.name, e.container
       FROM entity e JOIN incoming_entity i USING (level, namespace, kind, name, container) WHERE e.cluster_id = $1`,
    [clusterId],
  );
  return new Map(rows.map((row) => [entityText(row), Number(row.id)]));
}

export function entityText(entity: {
  level: string;
  namespace: string;
  kind: string;
  name: string;
  container: string;
}): string {
  return `${entity.level}\u0000${entity.namespace}\u0000${entity.kind}\u0000${entity.name}\u0000${entity.container}`;
}

/** Stores the samples of one read at one moment, and marks their hour for roll-up. */
export async function saveSamples(
  client: PoolClient,
  clusterId: number,
  samples: readonly EntitySample[],
  at: Date,
  coveredSeconds: number,
  owner: EntityOwner,
): Promise<number> {
  if (samples.length === 0) return 0;
  const ids = await resolveEntities(
    client,
    clusterId,
    samples.map((sample) => sample.entity),
    owner,
    at,
  );
  await client.query(`CREATE TEMP TABLE IF NOT EXISTS incoming_metric (LIKE metric_raw) ON COMMIT DROP`);
  await client.query(`TRUNCATE incoming_metric`);
  await copyRows(
    client,
    "incoming_metric",
    ["cluster_id", "entity_id", "at", "level", "covered_seconds", "values"],
    rawRows(clusterId, samples, ids, at, coveredSeconds),
  );
  const { rowCount } = await client.query(
    `INSERT INTO metric_raw SELECT * FROM incoming_metric
     ON CONFLICT (cluster_id, entity_id, at) DO UPDATE SET "values" = excluded."values", covered_seconds = excluded.covered_seconds`,
  );
  await client.query(
    `INSERT INTO rollup_due (cluster_id, resolution, at) VALUES ($1, 'hour', date_trunc('hour', $2::timestamptz, 'UTC')) ON CONFLICT DO NOTHING`,
    [clusterId, at],
  );
  await saveFrames(client, clusterId, "raw", at);
  await forgetSteps(client, clusterId, [at]);
  return rowCount ?? 0;
}

function* rawRows(
  clusterId: number,
  samples: readonly EntitySample[],
  ids: ReadonlyMap<string, number>,
  at: Date,
  coveredSeconds: number,
): Generator<readonly CopyValue[]> {
  for (const sample of samples) {
    const id = ids.get(entityText(sample.entity));
    if (id === undefined) continue;
    yield [clusterId, id, at, sample.entity.level, coveredSeconds, toValues(sample)];
  }
}

/** Time of the newest stored sample of a cluster, or null. */
export async function newestSampleAt(db: Db, clusterId: number): Promise<Date | null> {
  const { rows } = await db.query<{ at: Date | null }>(`SELECT max(at) AS at FROM metric_raw WHERE cluster_id = $1`, [
    clusterId,
  ]);
  return rows[0]?.at ?? null;
}
