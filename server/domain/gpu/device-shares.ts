import type { DeviceHolder, DeviceState, GpuDevice } from "./device-model.ts";

/** A part of one device's time: who is charged for it and what it did. The shares of a device add up to 1. */
export type DeviceShare = {
  readonly deviceId: string;
  readonly state: DeviceState;
  readonly holder: DeviceHolder | null;
  readonly share: number;
  readonly activityRatio: number | null;
};

/** What dividing looks at. */
export type DividedDevice = Pick<GpuDevice, "id" | "state" | "holders" | "partitions" | "activityRatio">;

/**
 * Shares and hours are whole multiples of this, a power of two: adding them in any order, in JavaScript or in SQL, makes no rounding
 * error up to eight million device-hours, so that the five states add up to all hours exactly. 3 microseconds of one device.
 */
const GRAIN = 2 ** -30;

/** Amounts in proportion to `parts`, on the grain, that add up exactly to `total` (itself put on the grain). */
function toGrain(parts: readonly number[], total: number): number[] {
  const whole = Math.round(total / GRAIN);
  const sum = parts.reduce((all, part) => all + part, 0);
  const exact = parts.map((part) => (sum > 0 ? (part / sum) * whole : 0));
  const units = exact.map(Math.floor);
  let left = whole - units.reduce((all, unit) => all + unit, 0);
  const order = exact
    .map((value, index) => ({ index, rest: value - Math.floor(value) }))
    .sort((one, other) => other.rest - one.rest || one.index - other.index);
  for (const { index } of order) {
    if (left <= 0) break;
    units[index] = (units[index] ?? 0) + 1;
    left -= 1;
  }
  return units.map((unit) => unit * GRAIN);
}

/**
 * How one device is divided among its holders.
 *
 * Basis: an exclusive device is one share; several holders split it evenly (or by their measured activity, where every holder
 * has one); MIG partitions weigh by compute slices, what is not cut or not held is free. A device is never counted twice.
 * Unit: parts of 1 that add up to 1 exactly.
 */
export function divideDevice(device: DividedDevice): DeviceShare[] {
  const shares =
    device.partitions.length > 0
      ? divideByPartition(device)
      : splitAmong(device.id, device.state, device.holders, 1, device.activityRatio);
  const exact = toGrain(
    shares.map(({ share }) => share),
    1,
  );
  return shares.map((share, index) => ({ ...share, share: exact[index] ?? 0 }));
}

/** The same for a span: device-hours by state and holder, which add up exactly to the hours of the span. */
export function divideHours(
  device: DividedDevice,
  seconds: number,
): readonly (DeviceShare & { readonly hours: number })[] {
  const shares = divideDevice(device);
  const hours = toGrain(
    shares.map(({ share }) => share),
    seconds / 3_600,
  );
  return shares.map((share, index) => ({ ...share, hours: hours[index] ?? 0 }));
}

function divideByPartition(device: DividedDevice): DeviceShare[] {
  const known = device.partitions.map((partition) => partition.computeShare);
  const stated = known.reduce<number>((sum, share) => sum + (share ?? 0), 0);
  const unknownCount = known.filter((share) => share === null).length;
  const scale = stated > 1 ? 1 / stated : 1;
  const rest = Math.max(0, 1 - stated * scale);
  const shares = device.partitions.flatMap((partition) =>
    splitAmong(
      device.id,
      partition.state,
      partition.holders,
      partition.computeShare === null ? rest / unknownCount : partition.computeShare * scale,
      partition.activityRatio,
    ),
  );
  if (unknownCount === 0 && rest > 1e-9) {
    shares.push({
      deviceId: device.id,
      state: device.state === "unavailable" ? "unavailable" : "free",
      holder: null,
      share: rest,
      activityRatio: null,
    });
  }
  return shares;
}

function splitAmong(
  deviceId: string,
  state: DeviceState,
  holders: readonly DeviceHolder[],
  whole: number,
  activityRatio: number | null,
): DeviceShare[] {
  if (holders.length === 0) return [{ deviceId, state, holder: null, share: whole, activityRatio }];
  const activities = holders.map((holder) => holder.activityRatio);
  const total = activities.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  const isMeasured = holders.length > 1 && total > 0 && activities.every((value) => value !== null);
  let left = whole;
  return holders.map((holder, index) => {
    const isLast = index === holders.length - 1;
    const share = isLast ? left : isMeasured ? (whole * (holder.activityRatio ?? 0)) / total : whole / holders.length;
    left -= share;
    // What its own part of the device did: a process that takes 60 % of the device keeps its 60 % of it busy all the time.
    const own =
      holder.activityRatio === null || share === 0 ? null : Math.min(1, holder.activityRatio / (share / whole));
    return { deviceId, state, holder, share, activityRatio: own ?? activityRatio };
  });
}

export type GpuSummary = {
  readonly deviceCount: number;
  /** Devices by state; parts of devices count as parts, so the five add up to `deviceCount`. */
  readonly byState: Readonly<Record<DeviceState, number>>;
  /** Held or busy parts whose owner is unknown. */
  readonly withoutOwner: number;
  readonly devicesWithoutTelemetry: number;
  /** Held although nothing is heard from them. */
  readonly silentDevices: number;
};

/** `isSeen` leaves out the parts of holders that somebody may not see; then the five add up to less than `deviceCount`. */
export function summarizeDevices(
  devices: readonly (DividedDevice & Pick<GpuDevice, "hasTelemetry">)[],
  isSeen: (part: DeviceShare) => boolean = () => true,
): GpuSummary {
  const byState = { free: 0, active: 0, "held-idle": 0, "held-unknown": 0, unavailable: 0 };
  let withoutOwner = 0;
  for (const device of devices) {
    for (const part of divideDevice(device)) {
      if (!isSeen(part)) continue;
      byState[part.state] += part.share;
      const isUsed = part.state !== "free" && part.state !== "unavailable";
      if (isUsed && (part.holder === null || part.holder.workload === null)) withoutOwner += part.share;
    }
  }
  return {
    deviceCount: devices.length,
    byState,
    withoutOwner,
    devicesWithoutTelemetry: devices.filter((device) => !device.hasTelemetry).length,
    silentDevices: devices.filter((device) => device.state === "held-unknown").length,
  };
}
