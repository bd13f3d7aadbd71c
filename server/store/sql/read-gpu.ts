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
            (SELECT (sum(g.cost) / nullif(sum(g.device_hours), 0))::float8 FROM gpu_hourly g
              WHERE g.cluster_id = d.cluster_id AND g.device_id = d.id AND g.at > now() - interval '2 days') AS "costPerHour",
            coalesce(n.labels->>'nvidia.com/gpu.clique', d.node_name, d.id) AS "linkDomain"
       FROM gpu_device d LEFT JOIN node n ON n.cluster_id = d.cluster_id AND n.name = d.node_name
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
    `WITH found AS (
       SELECT ${key}, state, device_id, device_hours, cost, activity_sum
         FROM gpu_hourly
        WHERE cluster_id = ANY($1::smallint[]) AND at >= $3 AND at < $4 AND ${teamBound("team", "$2")}),
     placed AS (
       SELECT ${key}, row_number() OVER (ORDER BY sum(device_hours) DESC, ${key}) > $5 AS is_rest FROM found GROUP BY ${key}),
     named AS (
       SELECT f.cluster_id, CASE WHEN p.is_rest THEN '' ELSE f.namespace END AS namespace,
              CASE WHEN p.is_rest THEN $6 ELSE f.workload_kind END AS kind, CASE WHEN p.is_rest THEN $6 ELSE f.workload_name END AS name,
              f.team, f.model, f.pool, f.state, f.device_id, f.device_hours, f.cost, f.activity_sum
         FROM found f JOIN placed p USING (${key})),
     counted AS (
       SELECT cluster_id, namespace, kind, name, team, model, pool, count(DISTINCT device_id) AS devices
         FROM named GROUP BY 1, 2, 3, 4, 5, 6, 7)
     SELECT f.cluster_id::int AS "clusterId", f.namespace, f.kind, f.name, f.team, f.model, f.pool, f.state,
            min(c.devices)::int AS "deviceCount", sum(f.device_hours)::float8 AS hours,
            coalesce(sum(f.device_hours) FILTER (WHERE f.cost IS NOT NULL), 0)::float8 AS "pricedHours", sum(f.cost)::float8 AS cost,
            sum(f.activity_sum)::float8 AS "activitySum",
            (sum(f.device_hours) FILTER (WHERE f.activity_sum IS NOT NULL) * 3600)::float8 AS "activitySeconds"
       FROM named f JOIN counted c USING (cluster_id, namespace, kind, name, team, model, pool)
      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY hours DESC`,
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
