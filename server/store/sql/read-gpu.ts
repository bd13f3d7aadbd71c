import { z } from "zod";
import type { Db } from "../db.ts";
import { type Scope, selectRows, teamBound } from "./rows.ts";

const Holder = z.object({
  namespace: z.string(),
  pod: z.string(),
  workload: z.object({ kind: z.string(), name: z.string() }).nullable(),
  team: z.string().nullable(),
  attribution: z.enum(["telemetry", "claim", "node-only"]),
  claim: z.object({ namespace: z.string(), name: z.string() }).nullable(),
  activityRatio: z.number().nullable(),
  memoryUsedBytes: z.number().nullable(),
});
const State = z.enum(["free", "active", "held-idle", "held-unknown", "unavailable"]);
const DeviceRow = z.object({
  clusterId: z.number(),
  id: z.string(),
  nodeName: z.string().nullable(),
  pool: z.string().nullable(),
  vendor: z.string(),
  model: z.string().nullable(),
  sharing: z.enum(["exclusive", "mig", "time-slicing", "mps", "shared-claim"]),
  memoryBytes: z.number().nullable(),
  activityRatio: z.number().nullable(),
  activityMetric: z.string().nullable(),
  memoryUsedBytes: z.number().nullable(),
  powerWatts: z.number().nullable(),
  state: State,
  holders: z.array(Holder),
  facts: z.object({
    access: z.enum(["device-plugin", "dra", "telemetry-only"]),
    hasTelemetry: z.boolean(),
    stateReason: z.string(),
    lastErrorCode: z.number().nullable(),
    partitions: z.array(
      z.object({
        id: z.string(),
        profile: z.string().nullable(),
        computeShare: z.number().nullable(),
        state: State,
        activityRatio: z.number().nullable(),
        memoryUsedBytes: z.number().nullable(),
        holders: z.array(Holder),
      }),
    ),
  }),
  observedAt: z.date(),
  costPerHour: z.number().nullable(),
  /** Clique of fast links, else the node: devices of one value can serve one holder together. */
  linkDomain: z.string(),
});
export type GpuDeviceRow = z.infer<typeof DeviceRow>;

/** Devices as of the last read. With a bound to teams only devices that one of them holds. */
export function readGpuDevices(db: Db, scope: Scope, device: string | null = null): Promise<GpuDeviceRow[]> {
  return selectRows(
    db,
    DeviceRow,
    `SELECT d.cluster_id::int AS "clusterId", d.id, d.node_name AS "nodeName", d.pool, d.vendor, d.model, d.mode AS sharing,
            d.memory_bytes AS "memoryBytes", d.activity_ratio AS "activityRatio", d.activity_metric AS "activityMetric",
            d.memory_used_bytes AS "memoryUsedBytes", d.power_watts AS "powerWatts", d.state, d.holders, d.facts, d.observed_at AS "observedAt",
            p.cost_per_hour AS "costPerHour",
            coalesce(n.labels->>'nvidia.com/gpu.clique', d.node_name, d.id) AS "linkDomain"
       FROM gpu_device d LEFT JOIN node n ON n.cluster_id = d.cluster_id AND n.name = d.node_name
       -- Once for all devices: one by one, 2,000 devices would each look through two days of hours.
       LEFT JOIN (SELECT cluster_id, device_id, (sum(cost) / nullif(sum(device_hours), 0))::float8 AS cost_per_hour FROM gpu_hourly
                   WHERE cluster_id = ANY($1::smallint[]) AND at > now() - interval '2 days' AND ($3::text IS NULL OR device_id = $3)
                   GROUP BY 1, 2) p ON p.cluster_id = d.cluster_id AND p.device_id = d.id
      WHERE d.cluster_id = ANY($1::smallint[]) AND ($3::text IS NULL OR d.id = $3)
        AND ($2::text[] IS NULL OR EXISTS (SELECT 1 FROM jsonb_array_elements(d.holders) h WHERE coalesce(h->>'team', '') = ANY($2::text[])))
      ORDER BY d.cluster_id, d.pool, d.node_name, d.id LIMIT 20000`,
    [scope.clusterIds, scope.teams, device],
  );
}

const HolderRow = z.object({
  clusterId: z.number(),
  namespace: z.string(),
  kind: z.string(),
  name: z.string(),
  team: z.string(),
  model: z.string(),
  pool: z.string(),
  state: State,
  deviceCount: z.number(),
  hours: z.number(),
  pricedHours: z.number(),
  cost: z.number().nullable(),
  activitySum: z.number().nullable(),
  activitySeconds: z.number().nullable(),
});
export type GpuHolderHoursRow = z.infer<typeof HolderRow>;
export type HourRange = { readonly from: Date; readonly to: Date };

/** Holders beyond this many are told together: a fleet of jobs has as many names as runs. */
const HOLDERS_TOLD = 5_000;
/** Kind and name of those that are told together. */
export const REST = "*";

/**
 * Device-hours and cost by owner, pool, model and state over a range; `cost` is that of `pricedHours`, null when none has a price.
 * `deviceCount` counts each device once however often its state changed. Nothing is left out: the smallest holders are one row `*`.
 */
export function readGpuHours(db: Db, scope: Scope, range: HourRange): Promise<GpuHolderHoursRow[]> {
  const key = "cluster_id, namespace, workload_kind, workload_name, team, model, pool";
  return selectRows(
    db,
    HolderRow,
    // Windows instead of joins: nothing tells the planner how many rows a key of seven texts leads to.
    `WITH by_device AS (
       SELECT ${key}, state, device_id, sum(device_hours) AS hours, sum(device_hours) FILTER (WHERE cost IS NOT NULL) AS priced,
              sum(cost) AS cost, sum(activity_sum) AS activity, sum(device_hours) FILTER (WHERE activity_sum IS NOT NULL) AS measured
         FROM gpu_hourly
        WHERE cluster_id = ANY($1::smallint[]) AND at >= $3 AND at < $4 AND ${teamBound("team", "$2")}
        GROUP BY ${key}, state, device_id),
     weighed AS (SELECT *, sum(hours) OVER (PARTITION BY ${key}) AS key_hours FROM by_device),
     placed AS (SELECT *, dense_rank() OVER (ORDER BY key_hours DESC, ${key}) > $5 AS is_rest FROM weighed),
     named AS (
       SELECT cluster_id, CASE WHEN is_rest THEN '' ELSE namespace END AS namespace,
              CASE WHEN is_rest THEN $6 ELSE workload_kind END AS kind, CASE WHEN is_rest THEN $6 ELSE workload_name END AS name,
              team, model, pool, state, device_id, hours, priced, cost, activity, measured
         FROM placed),
     marked AS (
       SELECT *, row_number() OVER (PARTITION BY cluster_id, namespace, kind, name, team, model, pool, device_id) = 1 AS is_first FROM named)
     SELECT cluster_id::int AS "clusterId", namespace, kind, name, team, model, pool, state,
            (sum(count(*) FILTER (WHERE is_first)) OVER (PARTITION BY cluster_id, namespace, kind, name, team, model, pool))::int AS "deviceCount",
            sum(hours)::float8 AS hours, coalesce(sum(priced), 0)::float8 AS "pricedHours", sum(cost)::float8 AS cost,
            sum(activity)::float8 AS "activitySum", (sum(measured) * 3600)::float8 AS "activitySeconds"
       FROM marked GROUP BY cluster_id, namespace, kind, name, team, model, pool, state ORDER BY hours DESC`,
    [scope.clusterIds, scope.teams, range.from, range.to, HOLDERS_TOLD, REST],
  );
}

const HolderPodRow = z.object({
  clusterId: z.number(),
  namespace: z.string(),
  kind: z.string(),
  name: z.string(),
  bornAt: z.date().nullable(),
});

/** When the oldest running pod with devices of each workload was made: nobody holds longer than that. */
export function readHolderPods(db: Db, scope: Scope): Promise<z.infer<typeof HolderPodRow>[]> {
  return selectRows(
    db,
    HolderPodRow,
    `SELECT cluster_id::int AS "clusterId", namespace, workload_kind AS kind, workload_name AS name, min(created_at) AS "bornAt"
       FROM pod WHERE cluster_id = ANY($1::smallint[]) AND has_device AND phase = 'Running' AND ${teamBound("team", "$2")}
      GROUP BY 1, 2, 3, 4 LIMIT 20000`,
    [scope.clusterIds, scope.teams],
  );
}

const KnownHoursRow = z.object({ clusterId: z.number(), hourCount: z.number(), firstAt: z.date() });

/** How many hours of a range have device records, per cluster. */
export function readGpuKnownHours(db: Db, scope: Scope, range: HourRange): Promise<z.infer<typeof KnownHoursRow>[]> {
  return selectRows(
    db,
    KnownHoursRow,
    `SELECT cluster_id::int AS "clusterId", count(DISTINCT at)::int AS "hourCount", min(at) AS "firstAt"
       FROM gpu_hourly WHERE cluster_id = ANY($1::smallint[]) AND at >= $2 AND at < $3 GROUP BY 1 ORDER BY 1 LIMIT 1000`,
    [scope.clusterIds, range.from, range.to],
  );
}

const RecordedRow = z.object({ clusterId: z.number(), hourCount: z.number() });

/** For how many hours of a range the named devices have records, added up per cluster. */
export function readRecordedHours(
  db: Db,
  scope: Scope,
  range: HourRange,
  deviceIds: readonly string[],
): Promise<z.infer<typeof RecordedRow>[]> {
  return selectRows(
    db,
    RecordedRow,
    `SELECT cluster_id::int AS "clusterId", count(*)::int AS "hourCount"
       FROM (SELECT DISTINCT cluster_id, device_id, at FROM gpu_hourly
              WHERE cluster_id = ANY($1::smallint[]) AND at >= $2 AND at < $3 AND device_id = ANY($4::text[])) recorded
      GROUP BY 1 ORDER BY 1 LIMIT 1000`,
    [scope.clusterIds, range.from, range.to, deviceIds],
  );
}

const ActivityRow = z.object({ model: z.string(), pool: z.string(), at: z.date(), value: z.number().nullable() });

/** Mean activity per model, pool and bucket, weighted by measured device-hours. */
export function readGpuActivity(
  db: Db,
  scope: Scope,
  range: HourRange,
  stepSeconds: number,
): Promise<z.infer<typeof ActivityRow>[]> {
  return selectRows(
    db,
    ActivityRow,
    `SELECT model, pool, to_timestamp(floor(extract(epoch FROM at) / $5) * $5) AS at,
            (sum(activity_sum) / nullif(sum(device_hours) FILTER (WHERE activity_sum IS NOT NULL) * 3600, 0))::float8 AS value
       FROM gpu_hourly
      WHERE cluster_id = ANY($1::smallint[]) AND at >= $3 AND at < $4 AND ${teamBound("team", "$2")}
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT 20000`,
    [scope.clusterIds, scope.teams, range.from, range.to, stepSeconds],
  );
}

const TimelineRow = z.object({
  at: z.date(),
  state: State,
  team: z.string(),
  namespace: z.string(),
  kind: z.string(),
  name: z.string(),
  hours: z.number(),
  pricedHours: z.number(),
  cost: z.number().nullable(),
  activityRatio: z.number().nullable(),
});

/** One device's hours by bucket, state and holder. */
export function readGpuTimeline(
  db: Db,
  scope: Scope,
  device: string,
  range: HourRange,
  stepSeconds: number,
): Promise<z.infer<typeof TimelineRow>[]> {
  return selectRows(
    db,
    TimelineRow,
    `SELECT to_timestamp(floor(extract(epoch FROM at) / $6) * $6) AS at, state, team, namespace, workload_kind AS kind, workload_name AS name,
            sum(device_hours)::float8 AS hours, coalesce(sum(device_hours) FILTER (WHERE cost IS NOT NULL), 0)::float8 AS "pricedHours",
            sum(cost)::float8 AS cost,
            (sum(activity_sum) / nullif(sum(device_hours) FILTER (WHERE activity_sum IS NOT NULL) * 3600, 0))::float8 AS "activityRatio"
       FROM gpu_hourly
      WHERE cluster_id = ANY($1::smallint[]) AND device_id = $3 AND at >= $4 AND at < $5 AND ${teamBound("team", "$2")}
      GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2 LIMIT 20000`,
    [scope.clusterIds, scope.teams, device, range.from, range.to, stepSeconds],
  );
}

const WaitingPodRow = z.object({
  clusterId: z.number(),
  namespace: z.string(),
  name: z.string(),
  team: z.string().nullable(),
  createdAt: z.date().nullable(),
});

/** Pods without a node, with their owner. `names` = `namespace/name`. */
export function readWaitingPods(
  db: Db,
  scope: Scope,
  names: readonly string[],
): Promise<z.infer<typeof WaitingPodRow>[]> {
  return selectRows(
    db,
    WaitingPodRow,
    `SELECT cluster_id::int AS "clusterId", namespace, name, team, created_at AS "createdAt"
       FROM pod WHERE cluster_id = ANY($1::smallint[]) AND phase = 'Pending' AND node_name IS NULL AND ${teamBound("team", "$2")}
        AND (namespace, name) IN (SELECT split_part(entry, '/', 1), split_part(entry, '/', 2) FROM unnest($3::text[]) entry)
      ORDER BY created_at LIMIT 1000`,
    [scope.clusterIds, scope.teams, names],
  );
}
