import type { PoolClient } from "pg";
import { type EntityHistory, type EntityKey, METRIC_IDS } from "../domain/metrics.ts";
import { type CopyValue, copyRows } from "./copy-rows.ts";
import { forgetSteps } from "./metric-steps.ts";
import { type EntityOwner, entityText, resolveEntities } from "./metrics.ts";
import { forgetFrames } from "./pressure-frames.ts";

const HOUR_SECONDS = 3_600;

type PastRow = {
  readonly id: number;
  readonly level: string;
  readonly at: Date;
  /** In storage order; null where no history has a value. */
  readonly values: (number | null)[];
};

/**
 * Stores backfilled samples of the recent past beside live ones. Histories bring one quantity at a time, so a row that is there is
 * filled up, never overwritten.
 */
export async function saveBackfilledSamples(
  client: PoolClient,
  clusterId: number,
  histories: readonly EntityHistory[],
  coveredSeconds: number,
  owner: EntityOwner,
): Promise<number> {
  if (histories.length === 0) return 0;
  const ids = await resolvePast(client, clusterId, histories, owner);
  await client.query(`CREATE TEMP TABLE IF NOT EXISTS incoming_past (LIKE metric_raw) ON COMMIT DROP`);
  await client.query(`TRUNCATE incoming_past`);
  await copyRows(
    client,
    "incoming_past",
    ["cluster_id", "entity_id", "at", "level", "covered_seconds", "values"],
    sampleRows(clusterId, histories, ids, coveredSeconds),
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
  const moments = momentsOf(histories, 0);
  await forgetFrames(client, clusterId, "raw", moments);
  await forgetSteps(client, clusterId, moments);
  return rowCount ?? 0;
}

/**
 * Stores backfilled hours: one value per entity and hour, taken as the mean of its hour. A point tells of the hour that ends with it,
 * and hours are kept by their start. An hour that live reads have already filled stays as it is.
 */
export async function saveBackfilledHours(
  client: PoolClient,
  clusterId: number,
  histories: readonly EntityHistory[],
  owner: EntityOwner,
): Promise<number> {
  if (histories.length === 0) return 0;
  const ids = await resolvePast(client, clusterId, histories, owner);
  await client.query(`CREATE TEMP TABLE IF NOT EXISTS incoming_hour (LIKE metric_hourly) ON COMMIT DROP`);
  await client.query(`TRUNCATE incoming_hour`);
  await copyRows(
    client,
    "incoming_hour",
    ["cluster_id", "entity_id", "at", "level", "sample_counts", "sums", "maxima", "covered_seconds", "is_backfilled"],
    hourRows(clusterId, histories, ids),
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
  await forgetFrames(client, clusterId, "hourly", momentsOf(histories, HOUR_SECONDS));
  return rowCount ?? 0;
}

function momentsOf(histories: readonly EntityHistory[], shiftSeconds: number): Date[] {
  const seconds = new Set<number>();
  for (const { points } of histories) for (const at of points.keys()) seconds.add(at - shiftSeconds);
  return [...seconds].map((at) => new Date(at * 1000));
}

function resolvePast(client: PoolClient, clusterId: number, histories: readonly EntityHistory[], owner: EntityOwner) {
  let newestSeconds = 0;
  for (const { points } of histories) for (const at of points.keys()) newestSeconds = Math.max(newestSeconds, at);
  const entities: EntityKey[] = histories.map(({ entity }) => entity);
  return resolveEntities(client, clusterId, entities, owner, new Date(newestSeconds * 1000));
}

function* sampleRows(
  clusterId: number,
  histories: readonly EntityHistory[],
  ids: ReadonlyMap<string, number>,
  coveredSeconds: number,
): Generator<readonly CopyValue[]> {
  for (const { id, level, at, values } of joinHistories(histories, ids, 0))
    yield [clusterId, id, at, level, coveredSeconds, values];
}

function* hourRows(
  clusterId: number,
  histories: readonly EntityHistory[],
  ids: ReadonlyMap<string, number>,
): Generator<readonly CopyValue[]> {
  for (const { id, level, at, values } of joinHistories(histories, ids, HOUR_SECONDS)) {
    yield [
      clusterId,
      id,
      at,
      level,
      values.map((value) => (value === null ? 0 : 1)),
      values.map((value) => (value === null ? null : value * HOUR_SECONDS)),
      values,
      values.map((value) => (value === null ? 0 : HOUR_SECONDS)),
      true,
    ];
  }
}

/**
 * The quantities of one entity and moment as one row, places filled by the first that has a value; moved back by `shiftSeconds`.
 * One entity's rows exist at a time, so what is held is the points alone.
 */
function* joinHistories(
  histories: readonly EntityHistory[],
  ids: ReadonlyMap<string, number>,
  shiftSeconds: number,
): Generator<PastRow> {
  const byEntity = Map.groupBy(histories, ({ entity }) => entityText(entity));
  for (const [text, own] of byEntity) {
    const id = ids.get(text);
    if (id === undefined) continue;
    const rows = new Map<number, PastRow>();
    for (const { entity, metric, points } of own) {
      const position = METRIC_IDS.indexOf(metric);
      for (const [atSeconds, value] of points) {
        const known = rows.get(atSeconds);
        const row = known ?? {
          id,
          level: entity.level,
          at: new Date((atSeconds - shiftSeconds) * 1000),
          values: METRIC_IDS.map(() => null),
        };
        if (known === undefined) rows.set(atSeconds, row);
        if (!Number.isNaN(value)) row.values[position] ??= value;
      }
    }
    yield* rows.values();
  }
}
