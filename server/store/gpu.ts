import type { PoolClient } from "pg";
import type { GpuDevice } from "../domain/gpu/device-model.ts";
import { type DeviceShare, divideDevice, divideHours } from "../domain/gpu/device-shares.ts";
import { type CopyValue, copyRows } from "./copy-rows.ts";
import type { Db } from "./db.ts";
import { mergeRows } from "./merge-rows.ts";

export type DevicePrice = { readonly priceRowId: number | null; readonly costPerHour: number | null };

/** The devices of a cluster as they are now, in the caller's transaction. */
export async function saveDevices(
  client: PoolClient,
  clusterId: number,
  devices: readonly GpuDevice[],
  at: Date,
): Promise<void> {
  await mergeRows(
    client,
    {
      table: "gpu_device",
      key: ["cluster_id", "id"],
      columns: [
        "cluster_id",
        "id",
        "node_name",
        "pool",
        "vendor",
        "model",
        "mode",
        "memory_bytes",
        "parent_id",
        "holders",
        "activity_ratio",
        "activity_metric",
        "memory_used_bytes",
        "power_watts",
        "state",
        "facts",
        "observed_at",
      ],
    },
    clusterId,
    devices.map((d): readonly CopyValue[] => [
      clusterId,
      d.id,
      d.nodeName,
      d.pool,
      d.vendor,
      d.model,
      d.sharing,
      d.memoryBytes,
      null,
      { json: d.holders },
      d.activityRatio,
      d.activitySource,
      d.memoryUsedBytes,
      d.powerWatts,
      d.state,
      {
        json: {
          access: d.access,
          hasTelemetry: d.hasTelemetry,
          stateReason: d.stateReason,
          lastErrorCode: d.lastErrorCode,
          partitions: d.partitions,
        },
      },
      at,
    ]),
  );
}

/** Devices of each node and who holds which part of them, by the newest read; nodes without known devices are not there. */
export type NodeDevices = ReadonlyMap<
  string,
  { readonly deviceCount: number; readonly shares: readonly DeviceShare[] }
>;

export async function loadNodeDevices(db: Db, clusterId: number): Promise<NodeDevices> {
  // The columns were written by saveDevices from a GpuDevice.
  const { rows } = await db.query<
    Pick<GpuDevice, "id" | "nodeName" | "state" | "holders" | "partitions" | "activityRatio">
  >(
    `SELECT id, node_name AS "nodeName", state, holders, facts->'partitions' AS partitions, activity_ratio AS "activityRatio"
       FROM gpu_device WHERE cluster_id = $1 AND node_name IS NOT NULL`,
    [clusterId],
  );
  const byNode = Map.groupBy(rows, (row) => row.nodeName ?? "");
  return new Map(
    [...byNode].map(([node, devices]) => [
      node,
      { deviceCount: devices.length, shares: devices.flatMap((device) => divideDevice(device)) },
    ]),
  );
}

/** The first hour with device records; null = none yet. */
export async function readFirstGpuHour(db: Db, clusterId: number): Promise<Date | null> {
  const { rows } = await db.query<{ at: Date | null }>(`SELECT min(at) AS at FROM gpu_hourly WHERE cluster_id = $1`, [
    clusterId,
  ]);
  return rows[0]?.at ?? null;
}

const KEY = ["cluster_id", "at", "device_id", "state", "team", "namespace", "workload_kind", "workload_name"] as const;
const COLUMNS = [
  ...KEY,
  "model",
  "pool",
  "device_hours",
  "activity_sum",
  "covered_seconds",
  "price_row_id",
  "cost",
] as const;

/** What was seen of devices in a span of one hour. */
export type DeviceSpan = {
  readonly hourAt: Date;
  readonly seconds: number;
  readonly devices: readonly GpuDevice[];
};

/**
 * Adds a span to the hours of every device, divided among holders and states: the parts of a device add up to the span. Runs in the
 * transaction of the read, so no span is added twice. Activity is summed weighted by the device-seconds of each part, so that
 * `activity_sum / (device_hours * 3600)` is its mean, however many hold parts of a device.
 */
export async function addDeviceHours(
  client: PoolClient,
  clusterId: number,
  devices: readonly GpuDevice[],
  priceOf: (device: GpuDevice, hourAt: Date) => DevicePrice,
  hourAt: Date,
  seconds: number,
): Promise<void> {
  await addDeviceSpans(client, clusterId, [{ hourAt, seconds, devices }], priceOf);
}

/** The same for spans of several hours, written together. */
export async function addDeviceSpans(
  client: PoolClient,
  clusterId: number,
  spans: readonly DeviceSpan[],
  priceOf: (device: GpuDevice, hourAt: Date) => DevicePrice,
): Promise<void> {
  const filled = spans.filter(({ devices, seconds }) => devices.length > 0 && seconds > 0);
  if (filled.length === 0) return;
  await client.query(`CREATE TEMP TABLE IF NOT EXISTS incoming_gpu (LIKE gpu_hourly) ON COMMIT DROP`);
  await client.query(`TRUNCATE incoming_gpu`);
  await copyRows(client, "incoming_gpu", COLUMNS, toRows(clusterId, filled, priceOf));
  const key = KEY.join(", ");
  await client.query(
    `INSERT INTO gpu_hourly AS g (${COLUMNS.join(", ")})
     SELECT ${key}, min(model), min(pool), sum(device_hours), sum(activity_sum), max(covered_seconds), min(price_row_id),
            CASE WHEN bool_or(cost IS NULL) THEN NULL ELSE sum(cost) END
       FROM incoming_gpu GROUP BY ${key}
     ON CONFLICT (${key}) DO UPDATE SET device_hours = g.device_hours + excluded.device_hours,
       activity_sum = coalesce(g.activity_sum + excluded.activity_sum, g.activity_sum, excluded.activity_sum),
       covered_seconds = g.covered_seconds + excluded.covered_seconds, cost = g.cost + excluded.cost`,
  );
}

function* toRows(
  clusterId: number,
  spans: readonly DeviceSpan[],
  priceOf: (device: GpuDevice, hourAt: Date) => DevicePrice,
): Generator<readonly CopyValue[]> {
  const pairs = spans.flatMap(({ hourAt, seconds, devices }) => devices.map((device) => ({ hourAt, seconds, device })));
  for (const { hourAt, seconds, device } of pairs) {
    const price = priceOf(device, hourAt);
    for (const { state, holder, hours, activityRatio } of divideHours(device, seconds)) {
      yield [
        clusterId,
        hourAt,
        device.id,
        state,
        holder?.team ?? "",
        holder?.namespace ?? "",
        holder?.workload?.kind ?? "",
        holder?.workload?.name ?? "",
        device.model ?? "",
        device.pool ?? "",
        hours,
        activityRatio === null ? null : activityRatio * hours * 3_600,
        seconds,
        price.priceRowId,
        price.costPerHour === null ? null : price.costPerHour * hours,
      ];
    }
  }
}
