import type { GpuRepack, GpuRepackAnswer, GpuRepackQuery } from "../contract/gpu.ts";
import type { Viewer } from "../contract/viewer.ts";
import { type RepackItem, repackDevices } from "../domain/gpu/repack.ts";
import { getStore } from "../store/client.ts";
import { type GpuDeviceRow, readGpuDevices } from "../store/sql/read-gpu.ts";
import { RUN_RATE_HOURS_PER_MONTH, sumFigure } from "./figures.ts";
import { loadInstallation } from "./installation.ts";
import { boundFleet } from "./scope.ts";

/**
 * Today's holders on fewer devices, by model: how many would do, how busy those would be, what the others cost.
 *
 * Basis: holders and activity as of the newest read, devices of one cluster among themselves; a device that is not available is not
 * offered. With a bound to teams the devices they hold, with everybody on them: only numbers are told. Unit of money: per month of 730 hours at the present price.
 */
export async function getGpuRepack(viewer: Viewer, query: GpuRepackQuery, now = new Date()): Promise<GpuRepackAnswer> {
  const { scope } = await boundFleet(viewer, query);
  const [devices, { currency }] = await Promise.all([readGpuDevices(getStore().pool, scope), loadInstallation()]);
  const usable = devices.filter((device) => device.state !== "unavailable");
  const byModel = Map.groupBy(usable, (device) => device.model ?? "");
  return {
    at: now.toISOString(),
    currency,
    target: query.target,
    models: [...byModel].map(([model, own]) => repackModel(model, own, query.target, currency)),
  };
}

function repackModel(
  model: string,
  devices: readonly GpuDeviceRow[],
  targetRatio: number,
  currency: string,
): GpuRepack {
  const results = [...Map.groupBy(devices, (device) => device.clusterId).values()].map((own) =>
    repackDevices(toItems(own), own.map(toRepackDevice), { targetRatio }),
  );
  const freed = new Set(results.flatMap((result) => result.freedDevices));
  const used = results.reduce((sum, result) => sum + result.usedDevices.length, 0);
  const busy = results.reduce((sum, result) => sum + (result.utilizationRatio ?? 0) * result.usedDevices.length, 0);
  const freedRows = devices.filter((device) => freed.has(device.id));
  const priced = freedRows.filter((device) => device.costPerHour !== null);
  const cost = priced.reduce((sum, device) => sum + (device.costPerHour ?? 0), 0);
  return {
    model,
    deviceCount: devices.length,
    neededCount: devices.length - freed.size,
    freedCount: freed.size,
    unplacedCount: results.reduce((sum, result) => sum + result.unplaced.length, 0),
    utilizationRatio: results.some((result) => result.utilizationRatio !== null) && used > 0 ? busy / used : null,
    freedCostPerMonth: sumFigure(
      cost * RUN_RATE_HOURS_PER_MONTH,
      { covered: priced.length, of: freedRows.length },
      `money:${currency}`,
      "not-configured",
    ),
  };
}

function toRepackDevice(row: GpuDeviceRow) {
  return {
    id: row.id,
    model: row.model ?? "",
    memoryBytes: row.memoryBytes,
    linkDomain: row.linkDomain,
    migProfiles: row.facts.partitions.flatMap((partition) => partition.profile ?? []),
  };
}

/** One need per pod and kind of part; a pod with several whole devices keeps them together. */
function toItems(devices: readonly GpuDeviceRow[]): RepackItem[] {
  const whole = new Map<string, { devices: GpuDeviceRow[]; activity: (number | null)[]; memory: (number | null)[] }>();
  const items: RepackItem[] = [];
  for (const device of devices) {
    for (const partition of device.facts.partitions) {
      for (const holder of partition.holders)
        items.push({
          id: `${holder.namespace}/${holder.pod}/${partition.id}/${device.id}`,
          model: device.model ?? "",
          deviceCount: 1,
          activityRatio: weigh(partition.activityRatio, partition.computeShare),
          memoryBytes: partition.memoryUsedBytes,
          migProfile: partition.profile,
        });
    }
    if (device.facts.partitions.length > 0) continue;
    for (const holder of device.holders) {
      const key = `${holder.namespace}/${holder.pod}`;
      const entry = whole.get(key) ?? { devices: [], activity: [], memory: [] };
      // What the exporter does not tell apart is divided evenly among those who share the device.
      entry.devices.push(device);
      entry.activity.push(holder.activityRatio ?? weigh(device.activityRatio, 1 / device.holders.length));
      entry.memory.push(holder.memoryUsedBytes ?? weigh(device.memoryUsedBytes, 1 / device.holders.length));
      whole.set(key, entry);
    }
    // Busy without a known owner: it stays where it is.
    if (device.holders.length === 0 && device.state === "active")
      items.push({
        id: `device/${device.id}`,
        model: device.model ?? "",
        deviceCount: 1,
        activityRatio: null,
        memoryBytes: null,
        migProfile: null,
      });
  }
  for (const [id, { devices: own, activity, memory }] of whole) {
    const first = own[0];
    if (first === undefined) continue;
    items.push({
      id,
      model: first.model ?? "",
      deviceCount: own.length,
      activityRatio: mean(activity),
      memoryBytes: mean(memory),
      migProfile: null,
    });
  }
  return items;
}

function weigh(value: number | null, share: number | null): number | null {
  return value === null || share === null ? null : value * share;
}

/** Null as soon as one is not known: half a measurement is none. */
function mean(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return values.length === 0 ? null : sum / values.length;
}
