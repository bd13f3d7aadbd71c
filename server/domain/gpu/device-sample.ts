import type { ObjectRef } from "../snapshot.ts";

export type GpuVendor = "nvidia" | "amd";

/**
 * One accelerator, or one hardware partition of it, as its exporter described it over the last window.
 * `null` always means that the exporter had no such series, never zero.
 */
export type GpuDeviceSample = {
  readonly vendor: GpuVendor;
  /** UUID where there is one, else serial number, else `<node>/<index>`; shared by a device and its partitions. */
  readonly deviceId: string;
  /** Empty for a whole device; MIG instance id, MIG UUID (DRA) or AMD partition id otherwise. */
  readonly partitionId: string;
  readonly partitionProfile: string | null;
  /** A whole device that is cut into partitions: its own figures contain theirs, so never add them. */
  readonly isPartitioned: boolean;
  /** `null` when no label of the series leads to a node. */
  readonly nodeName: string | null;
  readonly index: string | null;
  readonly model: string | null;
  /** Share of time in which the device worked (0–1), by the best series it has. */
  readonly activityRatio: number | null;
  /** The metric `activityRatio` was read from. */
  readonly activitySource: string | null;
  readonly tensorActiveRatio: number | null;
  readonly memoryBusyRatio: number | null;
  readonly memoryUsedBytes: number | null;
  readonly memoryTotalBytes: number | null;
  readonly powerWatts: number | null;
  readonly lastErrorCode: number | null;
  readonly holders: readonly GpuHolder[];
};

/** A container that holds (a share of) the device, as the exporter labelled it. */
export type GpuHolder = {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** `null` when the pod is not in the inventory (gone, or not yet read). */
  readonly workload: ObjectRef | null;
  /** Own share where the exporter measures processes; `null` where it only repeats the device's figure. */
  readonly activityRatio: number | null;
  readonly memoryUsedBytes: number | null;
  readonly claim: { readonly namespace: string; readonly name: string } | null;
};
