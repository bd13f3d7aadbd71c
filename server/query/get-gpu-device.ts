import type { GpuDeviceDetail, GpuDeviceQuery } from "../contract/gpu.ts";
import type { Viewer } from "../contract/viewer.ts";
import { IDLE_ACTIVITY_RATIO } from "../domain/gpu/device-model.ts";
import { AppError } from "../errors.ts";
import { getStore } from "../store/client.ts";
import { readGpuDevices, readGpuTimeline } from "../store/sql/read-gpu.ts";
import { costUnit, figureOrUnknown, unknownFigure } from "./figures.ts";
import { type CostedHours, costOf, hoursByState, toDevice, toHourRange, toStepSeconds } from "./gpu-figures.ts";
import { loadInstallation } from "./installation.ts";
import { boundFleet } from "./scope.ts";

/**
 * One device: which metric says "active", who held it when, what it cost.
 * Errors: `not-found` for a device that is not there or that none of the viewer's teams holds.
 */
export async function getGpuDevice(
  viewer: Viewer,
  clusterName: string,
  deviceId: string,
  query: GpuDeviceQuery,
  now = new Date(),
): Promise<GpuDeviceDetail> {
  const { pool } = getStore();
  const { scope } = await boundFleet(viewer, { cluster: [clusterName] });
  const range = toHourRange(query, now);
  const stepSeconds = toStepSeconds(range);
  const [devices, rows, { currency, timeZone }] = await Promise.all([
    readGpuDevices(pool, scope, deviceId),
    readGpuTimeline(pool, scope, deviceId, range, stepSeconds),
    loadInstallation(),
  ]);
  const [device] = devices;
  if (device === undefined)
    throw new AppError("not-found", `There is no device ${deviceId} in ${clusterName}.`, { cluster: clusterName });
  return {
    at: now.toISOString(),
    from: range.from.toISOString(),
    to: range.to.toISOString(),
    currency,
    timeZone,
    idleBelowRatio: IDLE_ACTIVITY_RATIO,
    device: toDevice(device, clusterName, scope),
    costPerHour: figureOrUnknown(device.costPerHour, costUnit(currency), "not-configured"),
    hours: hoursByState(rows),
    cost: costOf(rows, currency),
    idleCost: idleCostOf(rows, currency),
    stepSeconds,
    timeline: rows.map(({ at, state, team, namespace, kind, name, hours, activityRatio }) => ({
      at: at.toISOString(),
      state,
      team: team === "" ? null : team,
      namespace,
      kind,
      name,
      hours,
      activityRatio,
    })),
  };
}

/** Of a device that was held and never heard, nobody can say that it was not idle. */
function idleCostOf(rows: readonly CostedHours[], currency: string): GpuDeviceDetail["idleCost"] {
  const isHeard = rows.some(({ state }) => state !== "held-unknown" && state !== "unavailable");
  return rows.length > 0 && !isHeard
    ? unknownFigure(`money:${currency}`, "stale", "nothing is heard from the device")
    : costOf(rows, currency, "held-idle");
}
