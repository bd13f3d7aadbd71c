import type { DeviceFacts, NodeFacts, PodFacts, ResourceSliceFacts } from "../snapshot.ts";
import { gpuAsksOf } from "./gpu-resources.ts";

/** Drivers whose devices are accelerators; fabric channels of the same vendors are not. */
export function isGpuDriver(driver: string): boolean {
  return /(^|\.)gpu\./.test(driver);
}

export type DeviceKind = "whole" | "partition" | "other";

/** What a published device is: NVIDIA says "gpu", "mig" and "vfio", AMD "amdgpu" and "amdgpu-partition"; drivers that say nothing publish whole ones. */
export function kindOfDevice({ attributes }: Pick<DeviceFacts, "attributes">): DeviceKind {
  switch (attributes.type) {
    case undefined:
    case "gpu":
    case "amdgpu":
      return "whole";
    case "mig":
    case "amdgpu-partition":
      return "partition";
    default:
      return "other";
  }
}

/** Devices that slices publish: whole ones, and the cards behind partitions. */
export function publishedDeviceCount(slices: readonly ResourceSliceFacts[]): number {
  const cards = new Set<string>();
  for (const { driver, poolName, devices } of newestSlices(slices)) {
    for (const device of devices) {
      const { parentUUID, "resource.kubernetes.io/pciBusID": bus, uuid } = device.attributes;
      const kind = kindOfDevice(device);
      if (kind === "whole") cards.add(String(uuid ?? `${driver}/${poolName}/${device.name}`));
      else if (kind === "partition") cards.add(String(parentUUID ?? `${driver}/${poolName}/${bus}`));
    }
  }
  return cards.size;
}

/** The model that most published devices name; null = none names one. */
export function publishedModel(slices: readonly ResourceSliceFacts[]): string | null {
  const counts = new Map<string, number>();
  for (const { devices } of newestSlices(slices))
    for (const device of devices) {
      const { productName } = device.attributes;
      if (typeof productName === "string" && productName !== "" && kindOfDevice(device) !== "other")
        counts.set(productName, (counts.get(productName) ?? 0) + 1);
    }
  return [...counts].sort(([a, most], [b, other]) => other - most || (a < b ? -1 : 1))[0]?.[0] ?? null;
}

/** Slices of the newest generation of each pool: older ones are about to go. */
export function newestSlices(slices: readonly ResourceSliceFacts[]): ResourceSliceFacts[] {
  const newest = new Map<string, number>();
  for (const slice of slices) {
    const key = `${slice.driver}/${slice.poolName}`;
    newest.set(key, Math.max(newest.get(key) ?? 0, slice.poolGeneration));
  }
  return slices.filter((slice) => slice.poolGeneration === newest.get(`${slice.driver}/${slice.poolName}`));
}

/** Devices a pod asks for through extended resources. */
export function requestedDevices(pod: Pick<PodFacts, "template">): number {
  return gpuAsksOf(pod.template).reduce((sum, ask) => sum + (ask.isInit ? 0 : ask.count), 0);
}

/** Partitions of one AMD card by its compute mode (MI300X; smaller cards make fewer). */
export const PARTITIONS_OF_MODE: Readonly<Record<string, number>> = { spx: 1, dpx: 2, tpx: 3, qpx: 4, cpx: 8 };

/** Physical devices that a node's labels and resources promise. MIG, partitions and sharing multiply the resource, not the hardware. */
export function physicalDeviceCount(node: NodeFacts): number {
  const { labels } = node;
  const labelled = Number(labels["nvidia.com/gpu.count"]);
  const isSingleMig =
    labels["nvidia.com/mig.strategy"] === "single" && /-MIG-/.test(labels["nvidia.com/gpu.product"] ?? "");
  if (Number.isInteger(labelled) && labelled > 0 && !isSingleMig) return labelled;
  const replicas = Math.max(1, Number(labels["nvidia.com/gpu.replicas"] ?? 1) || 1);
  const amount = (name: string) => node.capacity.extended[name] ?? 0;
  const nvidia = isSingleMig ? 0 : Math.round((amount("nvidia.com/gpu") + amount("nvidia.com/gpu.shared")) / replicas);
  let amd = amount("amd.com/gpu");
  for (const [name, count] of Object.entries(node.capacity.extended)) {
    const mode = /^amd\.com\/([a-z]px)_nps\d$/.exec(name)?.[1];
    if (mode !== undefined) amd += Math.ceil(count / (PARTITIONS_OF_MODE[mode] ?? 1));
  }
  return nvidia + amd + amount("gpu.intel.com/i915") + amount("gpu.intel.com/xe");
}
