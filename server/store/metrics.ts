import type { PoolClient } from "pg";
import { type EntityKey, type EntitySample, METRIC_IDS } from "../domain/metrics.ts";
import { type CopyValue, copyRows } from "./copy-rows.ts";
import type { Db } from "./db.ts";

export type EntityOwner = (entity: EntityKey) => { team: string | null; nodeName: string | null };
export type TimedSample = EntitySample & { readonly at: Date };

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

/**
 * Stores backfilled samples of the recent past beside live ones. Chunks bring one quantity at a time, so a row that is there is
 * filled up, never overwritten.
 */
export async function saveBackfilledSamples(
  client: PoolClient,
  clusterId: number,
  samples: readonly TimedSample[],
  coveredSeconds: number,
  owner: EntityOwner,
): Promise<number> {
  if (samples.length === 0) return 0;
  const ids = await resolveEntities(
    client,
    clusterId,
    samples.map((sample) => sample.entity),
    owner,
    newestOf(samples),
  );
  await client.query(`CREATE TEMP TABLE IF NOT EXISTS incoming_past (LIKE metric_raw) ON COMMIT DROP`);
  await client.query(`TRUNCATE incoming_past`);
  await copyRows(
    client,
    "incoming_past",
    ["cluster_id", "entity_id", "at", "level", "covered_seconds", "values"],
    pastRows(clusterId, samples, ids, coveredSeconds),
  );
  const { rowCount } = await client.query(
    `INSERT INTO metric_raw AS m SELECT * FROM incoming_past
     ON CONFLICT (cluster_id, entity_id, at) DO UPDATE SET
       "values" = (SELECT array_agg(coalesce(o, n) ORDER BY p) FROM unnest(m."values", excluded."values") WITH ORDINALITY AS u(o, n, p))`,
  );
  await client.query(
    `INSERT INTO rollup_due (cluster_id, resolution, at)
     SELECT DISTINCT $1::smallint, 'hour', date_trunc('hour', at, 'UTC') FROM incoming_past ON CONFLICT DO NOTHING`,
    [clusterId],
  );
  return rowCount ?? 0;
}

function* pastRows(
  clusterId: number,
  samples: readonly TimedSample[],
  ids: ReadonlyMap<string, number>,
  coveredSeconds: number,
): Generator<readonly CopyValue[]> {
  for (const { sample, id, values } of joinSamples(samples, ids))
    yield [clusterId, id, sample.at, sample.entity.level, coveredSeconds, values];
}

function newestOf(samples: readonly TimedSample[]): Date {
  let newest = new Date(0);
  for (const sample of samples) if (sample.at > newest) newest = sample.at;
  return newest;
}

/** Samples of one entity and moment become one row: places filled by the first that has a value. */
function* joinSamples(
  samples: readonly TimedSample[],
  ids: ReadonlyMap<string, number>,
): Generator<{ sample: TimedSample; id: number; values: (number | null)[] }> {
  const rows = new Map<number, Map<number, { sample: TimedSample; id: number; values: (number | null)[] }>>();
  for (const sample of samples) {
    const id = ids.get(entityText(sample.entity));
    if (id === undefined) continue;
    const ofEntity = rows.get(id) ?? new Map<number, { sample: TimedSample; id: number; values: (number | null)[] }>();
    rows.set(id, ofEntity);
    const row = ofEntity.get(sample.at.getTime());
    if (row === undefined) ofEntity.set(sample.at.getTime(), { sample, id, values: toValues(sample) });
    else fillUp(row.values, sample);
  }
  for (const ofEntity of rows.values()) yield* ofEntity.values();
}

/** A backfilled sample brings one quantity or two: only those places are looked at. */
function fillUp(values: (number | null)[], sample: EntitySample): void {
  for (const [position, id] of METRIC_IDS.entries()) {
    if (!(id in sample.values) || values[position] !== null) continue;
    const value = sample.values[id];
    if (value !== undefined && !Number.isNaN(value)) values[position] = value;
  }
}

/**
 * Stores backfilled hours: one value per entity and hour (`at` = start of the hour), taken as the mean of its hour. An hour
 * that live reads have already filled stays as it is.
 */
export async function saveBackfilledHours(
  client: PoolClient,
  clusterId: number,
  samples: readonly TimedSample[],
  owner: EntityOwner,
): Promise<number> {
  if (samples.length === 0) return 0;
  const ids = await resolveEntities(
    client,
    clusterId,
    samples.map((sample) => sample.entity),
    owner,
    newestOf(samples),
  );
  await client.query(`CREATE TEMP TABLE IF NOT EXISTS incoming_hour (LIKE metric_hourly) ON COMMIT DROP`);
  await client.query(`TRUNCATE incoming_hour`);
  await copyRows(
    client,
    "incoming_hour",
    ["cluster_id", "entity_id", "at", "level", "sample_counts", "sums", "maxima", "covered_seconds", "is_backfilled"],
    hourRows(clusterId, samples, ids),
  );
  // Chunks of several quantities meet in one row: what a later chunk brings fills the places that are still empty.
  const { rowCount } = await client.query(
    `INSERT INTO metric_hourly AS m SELECT * FROM incoming_hour
     ON CONFLICT (cluster_id, entity_id, at) DO UPDATE SET
       sample_counts = (SELECT array_agg(greatest(o, n) ORDER BY p) FROM unnest(m.sample_counts, excluded.sample_counts) WITH ORDINALITY AS u(o, n, p)),
       sums = (SELECT array_agg(coalesce(o, n) ORDER BY p) FROM unnest(m.sums, excluded.sums) WITH ORDINALITY AS u(o, n, p)),
       maxima = (SELECT array_agg(coalesce(o, n) ORDER BY p) FROM unnest(m.maxima, excluded.maxima) WITH ORDINALITY AS u(o, n, p)),
       covered_seconds = (SELECT array_agg(greatest(o, n) ORDER BY p) FROM unnest(m.covered_seconds, excluded.covered_seconds) WITH ORDINALITY AS u(o, n, p))
     WHERE m.is_backfilled`,
  );
  await client.query(
    `INSERT INTO rollup_due (cluster_id, resolution, at)
     SELECT DISTINCT $1::smallint, 'day', date_trunc('day', at, 'UTC') FROM incoming_hour ON CONFLICT DO NOTHING`,
    [clusterId],
  );
  return rowCount ?? 0;
}

const HOUR_SECONDS = 3_600;

function* hourRows(
  clusterId: number,
  samples: readonly TimedSample[],
  ids: ReadonlyMap<string, number>,
): Generator<readonly CopyValue[]> {
  for (const { sample, id, values } of joinSamples(samples, ids)) {
    yield [
      clusterId,
      id,
      sample.at,
      sample.entity.level,
      values.map((value) => (value === null ? 0 : 1)),
      values.map((value) => (value === null ? null : value * HOUR_SECONDS)),
      values,
      values.map((value) => (value === null ? 0 : HOUR_SECONDS)),
      true,
    ];
  }
}

/** Time of the newest stored sample of a cluster, or null. */
export async function newestSampleAt(db: Db, clusterId: number): Promise<Date | null> {
  const { rows } = await db.query<{ at: Date | null }>(`SELECT max(at) AS at FROM metric_raw WHERE cluster_id = $1`, [
    clusterId,
  ]);
  return rows[0]?.at ?? null;
}
