import type { Figure } from "../contract/common.ts";
import type { GpuHolderRow, GpuWaste } from "../contract/gpu.ts";
import type { DeviceHolder } from "../domain/gpu/device-model.ts";
import type { DeviceOffer, HolderHours, Waste } from "../domain/gpu/waste.ts";
import type { GpuDeviceRow } from "../store/sql/read-gpu.ts";
import { unknownFigure, valueFigure } from "./figures.ts";
import { wholeCost } from "./gpu-figures.ts";

/** One row of the table, to find it again behind its ranking. */
export type KeyedHours = HolderHours & { readonly key: string };

/** A stored holder as the ranking looks at it, with what it holds now: how, which profile, how much memory on the fullest. */
export function toHolderHours(
  row: GpuHolderRow,
  devices: readonly GpuDeviceRow[],
  clusterName: (id: number) => string,
): KeyedHours {
  const isOwn = (holder: DeviceHolder) =>
    holder.namespace === row.namespace && holder.workload?.kind === row.kind && holder.workload.name === row.name;
  const own = devices.filter(
    (device) =>
      clusterName(device.clusterId) === row.cluster &&
      (device.model ?? "") === row.model &&
      (device.pool ?? "") === row.pool &&
      device.holders.some(isOwn),
  );
  const parts = own.flatMap((device) => device.facts.partitions.filter((partition) => partition.holders.some(isOwn)));
  const memory = [
    ...own.filter((device) => device.facts.partitions.length === 0).map((device) => memoryOf(device, isOwn)),
    ...parts.map((partition) => partition.memoryUsedBytes),
  ];
  return {
    ...row,
    key: JSON.stringify([row.cluster, row.namespace, row.kind, row.name, row.team, row.model, row.pool]),
    team: row.team ?? "",
    cost: wholeCost(row.cost),
    idleCost: wholeCost(row.idleCost),
    activityRatio: row.activity.state === "value" ? row.activity.value : null,
    isHeldNow: own.length > 0,
    sharing: same(own.map((device) => device.sharing)),
    profile: same(parts.map((partition) => partition.profile)),
    memoryUsedBytes: memory.length === 0 ? null : greatest(memory),
  };
}

function memoryOf(device: GpuDeviceRow, isOwn: (holder: DeviceHolder) => boolean): number | null {
  return device.holders.find(isOwn)?.memoryUsedBytes ?? device.memoryUsedBytes;
}

/** The value that all have; null = they differ, or there is none. */
function same<T>(values: readonly T[]): T | null {
  const [first] = values;
  return first === undefined || values.some((value) => value !== first) ? null : first;
}

/** Null as soon as one is not known. */
function greatest(values: readonly (number | null)[]): number | null {
  let most = 0;
  for (const value of values) {
    if (value === null) return null;
    most = Math.max(most, value);
  }
  return most;
}

/** Models and instance profiles that each cluster has, at their present price. An instance has the memory that its profile says. */
export function toOffers(devices: readonly GpuDeviceRow[], clusterName: (id: number) => string): DeviceOffer[] {
  const offers = new Map<string, DeviceOffer>();
  for (const { clusterId, vendor, model, memoryBytes, costPerHour, facts } of devices) {
    if (model === null) continue;
    const base = { cluster: clusterName(clusterId), vendor, model, costPerHour };
    const whole = { ...base, profile: null, memoryBytes };
    const parts = facts.partitions.flatMap(({ profile }) =>
      profile === null ? [] : [{ ...base, profile, memoryBytes: profileMemoryBytes(profile) }],
    );
    // A card that is cut is no whole one to move to.
    for (const offer of parts.length > 0 ? parts : [whole]) {
      const key = JSON.stringify([offer.cluster, offer.model, offer.profile]);
      const known = offers.get(key);
      if (known === undefined || (known.costPerHour === null && offer.costPerHour !== null)) offers.set(key, offer);
    }
  }
  return [...offers.values()];
}

/** "2g.10gb" promises a little less than 10 GB. */
function profileMemoryBytes(profile: string): number | null {
  const gigabytes = /\.(\d+)gb/.exec(profile)?.[1];
  return gigabytes === undefined ? null : Number(gigabytes) * 1e9;
}

export function toWasteRow(row: GpuHolderRow, waste: Waste, currency: string): GpuWaste {
  const { target } = waste;
  return {
    ...row,
    verb: waste.verb,
    idleHours: waste.idleHours,
    idleRatio: waste.idleRatio,
    wastedCost: wastedFigure(waste, currency),
    target: target === null ? null : { model: target.model, profile: target.profile, costPerHour: target.costPerHour },
  };
}

function wastedFigure({ wastedCost, noFigure }: Waste, currency: string): Figure {
  const unit = `money:${currency}` as const;
  if (wastedCost !== null) return valueFigure(wastedCost, unit);
  switch (noFigure) {
    case "silent":
      return unknownFigure(unit, "stale", "nothing is heard from the devices");
    case "other-model":
      return { state: "not-applicable", unit, detail: "how fast it would run on another model is not measured" };
    default:
      return unknownFigure(unit, "not-configured", "no price for every hour");
  }
}
