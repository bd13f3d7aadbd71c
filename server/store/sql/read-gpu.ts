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
  state: State,
  deviceCount: z.number(),
  hours: z.number(),
  cost: z.number().nullable(),
  activitySum: z.number().nullable(),
  activitySeconds: z.number().nullable(),
});
export type GpuHolderHoursRow = z.infer<typeof HolderRow>;
export type HourRange = { readonly from: Date; readonly to: Date };

/** Device-hours and cost by owner, model and state over a range. A cost that misses one hour's price is null. */
export function readGpuHours(db: Db, scope: Scope, range: HourRange): Promise<GpuHolderHoursRow[]> {
  return selectRows(
    db,
    HolderRow,
    `SELECT cluster_id::int AS "clusterId", namespace, workload_kind AS kind, workload_name AS name, team, model, state,
            count(DISTINCT device_id)::int AS "deviceCount", sum(device_hours)::float8 AS hours,
            CASE WHEN bool_or(cost IS NULL) THEN NULL ELSE sum(cost)::float8 END AS cost,
            sum(activity_sum)::float8 AS "activitySum",
            sum(covered_seconds) FILTER (WHERE activity_sum IS NOT NULL)::float8 AS "activitySeconds"
       FROM gpu_hourly
      WHERE cluster_id = ANY($1::smallint[]) AND at >= $3 AND at < $4 AND ${teamBound("team", "$2")}
      GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY hours DESC LIMIT 20000`,
    [scope.clusterIds, scope.teams, range.from, range.to],
  );
}

const ActivityRow = z.object({ model: z.string(), at: z.date(), value: z.number().nullable() });

/** Mean activity per model and bucket, weighted by covered seconds. */
export function readGpuActivity(
  db: Db,
  scope: Scope,
  range: HourRange,
  stepSeconds: number,
): Promise<z.infer<typeof ActivityRow>[]> {
  return selectRows(
    db,
    ActivityRow,
    `SELECT model, to_timestamp(floor(extract(epoch FROM at) / $5) * $5) AS at,
            (sum(activity_sum) / nullif(sum(covered_seconds) FILTER (WHERE activity_sum IS NOT NULL), 0))::float8 AS value
       FROM gpu_hourly
      WHERE cluster_id = ANY($1::smallint[]) AND at >= $3 AND at < $4 AND ${teamBound("team", "$2")}
      GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 20000`,
    [scope.clusterIds, scope.teams, range.from, range.to, stepSeconds],
  );
}

const WaitingPodRow = z.object({
  clusterId: z.number(),
  namespace: z.string(),
  name: z.string(),
  team: z.string().nullable(),
  reason: z.string().nullable(),
  createdAt: z.date().nullable(),
});

/** Pods that ask for a device and have no node. */
export function readWaitingPods(db: Db, scope: Scope): Promise<z.infer<typeof WaitingPodRow>[]> {
  return selectRows(
    db,
    WaitingPodRow,
    `SELECT cluster_id::int AS "clusterId", namespace, name, team, reason, created_at AS "createdAt"
       FROM pod WHERE cluster_id = ANY($1::smallint[]) AND phase = 'Pending' AND node_name IS NULL AND has_device AND ${teamBound("team", "$2")}
      ORDER BY created_at LIMIT 1000`,
    [scope.clusterIds, scope.teams],
  );
}
