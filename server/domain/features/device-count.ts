import type { NodeFacts, ResourceClaimFacts, ResourceSliceFacts } from "../snapshot.ts";

export type DevicePoolCount = {
  readonly driver: string;
  readonly pool: string;
  readonly nodeName: string | null;
  /** False while slices of the newest generation are missing; the scheduler skips such pools. */
  readonly isComplete: boolean;
  readonly totalCount: number;
  readonly allocatedCount: number;
  /** Unallocated, yet out of reach: tainted, or the node is cordoned or not ready. */
  readonly unavailableCount: number;
  /** `null` where devices overlap (partitions) or are shared, since subtraction would lie. */
  readonly freeCount: number | null;
  readonly hasPartitions: boolean;
  readonly hasShares: boolean;
};

/**
 * Devices by (driver, pool).
 *
 * Basis: only slices of the highest generation count; a device is the triple (driver, pool, name); results with admin
 * access do not hold a device; taints with effect None are informational.
 * Source: ResourceSlices and the allocation results of all ResourceClaims.
 */
export function countDevices(
  slices: readonly ResourceSliceFacts[],
  claims: readonly ResourceClaimFacts[],
  nodes: readonly NodeFacts[] = [],
): DevicePoolCount[] {
  const closed = new Set(
    nodes.filter((node) => !node.isSchedulable || node.isReady === false).map((node) => node.name),
  );
  const taken = allocatedDevices(claims);
  const byPool = Map.groupBy(slices, (slice) => `${slice.driver}|${slice.poolName}`);
  return [...byPool.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const newest = Math.max(...own.map((slice) => slice.poolGeneration));
    const kept = own.filter((slice) => slice.poolGeneration === newest);
    const devices = kept.flatMap((slice) => slice.devices.map((device) => ({ device, nodeName: slice.nodeName })));
    let allocatedCount = 0;
    let unavailableCount = 0;
    for (const { device, nodeName } of devices) {
      if (taken.has(`${first.driver}|${first.poolName}|${device.name}`)) allocatedCount += 1;
      else if (device.taints.some((taint) => taint.effect !== "None") || (nodeName !== null && closed.has(nodeName))) {
        unavailableCount += 1;
      }
    }
    const hasPartitions =
      kept.some((slice) => slice.sharedCounterCount > 0) || devices.some(({ device }) => device.consumesCounters);
    const hasShares = devices.some(({ device }) => device.allowsMultipleAllocations);
    return [
      {
        driver: first.driver,
        pool: first.poolName,
        nodeName: kept[0]?.nodeName ?? null,
        isComplete: kept.length === (kept[0]?.poolSliceCount ?? 0),
        totalCount: devices.length,
        allocatedCount,
        unavailableCount,
        freeCount: hasPartitions || hasShares ? null : devices.length - allocatedCount - unavailableCount,
        hasPartitions,
        hasShares,
      },
    ];
  });
}

function allocatedDevices(claims: readonly ResourceClaimFacts[]): Set<string> {
  const taken = new Set<string>();
  for (const claim of claims) {
    for (const result of claim.allocation ?? []) {
      if (!result.adminAccess) taken.add(`${result.driver}|${result.pool}|${result.device}`);
    }
  }
  return taken;
}

/** Vendor resources such as "nvidia.com/gpu": a domain prefix that is not Kubernetes' own. */
export function isDeviceResource(name: string): boolean {
  const slash = name.indexOf("/");
  if (slash <= 0) return false;
  const domain = name.slice(0, slash);
  return domain !== "kubernetes.io" && !domain.endsWith(".kubernetes.io") && !name.startsWith("attachable-volumes");
}
