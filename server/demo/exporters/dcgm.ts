import { ALWAYS, counterFamily, type Family, gauge, type LabelSet, type Row } from "../exposition.ts";
import type { DemoCluster, DemoGpu, DemoNode, GpuHolder } from "../fleet/types.ts";
import { constant, counter, type Signal, scaled, sum } from "../signal.ts";

const DRIVER = "580.95.05";

/** A device or one of its slices, as one row of every family. */
type Unit = {
  readonly labels: LabelSet;
  readonly gpu: DemoGpu;
  readonly active: Signal;
  readonly memoryMib: number;
  readonly usedMib: number;
  readonly isSlice: boolean;
  readonly boots: readonly number[];
  readonly from: number;
  readonly to: number;
};

/**
 * dcgm-exporter's page of one node. Device plugin nodes run an older build (`Hostname`), the DRA pool a newer one
 * (`hostname` and claim labels). A time-sliced card is copied once per sharing pod with the value of the device.
 */
export function dcgmFamilies(cluster: DemoCluster, node: DemoNode): Family[] {
  const units = node.gpus.flatMap((gpu) => unitsOf(node, gpu)).flatMap((unit) => beforeHolder(unit, cluster));
  const hasProfiling = node.pool !== "gpu-shared";
  const whole = units.filter((unit) => !unit.isSlice);
  const rows = (list: readonly Unit[], at: (unit: Unit) => Row["at"]): Row[] =>
    list.map((unit) => ({ from: unit.from, to: unit.to, labels: unit.labels, at: at(unit) }));
  const watts = (unit: Unit): Signal => {
    const peak = unit.gpu.memoryMib > 60_000 ? 640 : unit.gpu.memoryMib > 30_000 ? 340 : 210;
    return sum([constant(peak * 0.14), scaled(unit.active, peak * 0.8)]);
  };
  return [
    gauge(
      "DCGM_FI_DEV_FB_FREE",
      "Framebuffer memory free (in MiB).",
      rows(units, (unit) => () => Math.round(unit.memoryMib - unit.usedMib)),
    ),
    gauge(
      "DCGM_FI_DEV_FB_USED",
      "Framebuffer memory used (in MiB).",
      rows(units, (unit) => () => Math.round(unit.usedMib)),
    ),
    gauge(
      "DCGM_FI_DEV_GPU_TEMP",
      "GPU temperature (in C).",
      rows(units, (unit) => (seconds) => Math.round(31 + 38 * unit.active.at(seconds))),
    ),
    // A card split by MIG has no such reading.
    gauge(
      "DCGM_FI_DEV_GPU_UTIL",
      "GPU utilization (in %).",
      rows(whole, (unit) => (seconds) => Math.round(100 * unit.active.at(seconds))),
    ),
    gauge(
      "DCGM_FI_DEV_MEM_COPY_UTIL",
      "Memory utilization (in %).",
      rows(whole, (unit) => (seconds) => Math.round(55 * unit.active.at(seconds))),
    ),
    gauge(
      "DCGM_FI_DEV_POWER_USAGE",
      "Power draw (in W).",
      rows(units, (unit) => {
        const signal = watts(unit);
        return (seconds) => signal.at(seconds);
      }),
    ),
    gauge(
      "DCGM_FI_DEV_SM_CLOCK",
      "SM clock frequency (in MHz).",
      rows(units, () => () => 1410),
    ),
    counterFamily(
      "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION",
      "Total energy consumption since boot (in mJ).",
      units.map((unit) => ({
        from: unit.from,
        to: unit.to,
        labels: unit.labels,
        at: counter(watts(unit), unit.boots, 1000),
        resets: unit.boots,
      })),
    ),
    gauge(
      "DCGM_FI_DEV_XID_ERRORS",
      "Value of the last XID error encountered.",
      rows(units, () => () => 0),
    ),
    ...(hasProfiling
      ? [
          gauge(
            "DCGM_FI_PROF_DRAM_ACTIVE",
            "Ratio of cycles the device memory interface is active sending or receiving data.",
            rows(units, (unit) => (seconds) => 0.6 * unit.active.at(seconds)),
          ),
          gauge(
            "DCGM_FI_PROF_GR_ENGINE_ACTIVE",
            "Ratio of time the graphics engine is active.",
            rows(units, (unit) => (seconds) => unit.active.at(seconds)),
          ),
          gauge(
            "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE",
            "Ratio of cycles the tensor (HMMA) pipe is active.",
            rows(units, (unit) => (seconds) => 0.45 * unit.active.at(seconds)),
          ),
        ]
      : []),
  ];
}

function unitsOf(node: DemoNode, gpu: DemoGpu): Unit[] {
  const host = gpu.via === "dra" ? { hostname: node.name } : { Hostname: node.name };
  const base = {
    gpu: String(gpu.index),
    UUID: gpu.uuid,
    pci_bus_id: `00000000:${(0x10 + gpu.index * 11).toString(16).toUpperCase()}:00.0`,
    device: `nvidia${gpu.index}`,
    modelName: gpu.model,
  };
  const end = gpu.silentSince ?? Number.POSITIVE_INFINITY;
  const unit = (labels: LabelSet, more: Partial<Unit>): Unit => ({
    labels: { ...base, ...labels },
    gpu,
    active: constant(0),
    memoryMib: gpu.memoryMib,
    usedMib: 4,
    isSlice: false,
    boots: node.boots,
    from: ALWAYS.from,
    to: end,
    ...more,
  });
  const driver = { ...host, DCGM_FI_DRIVER_VERSION: DRIVER };
  if (gpu.slices.length > 0) {
    return gpu.slices.map((slice) => {
      const holder = gpu.holders.find((one) => one.slice === slice.id);
      return unit(
        { GPU_I_PROFILE: slice.profile, GPU_I_ID: String(slice.id), ...driver, ...workloadLabels(holder, node) },
        {
          isSlice: true,
          memoryMib: slice.memoryMib,
          usedMib: holder === undefined ? 12 : slice.memoryMib * holder.memoryShare,
          ...(holder === undefined ? {} : { active: holder.active }),
        },
      );
    });
  }
  if (gpu.sharedBy > 1) {
    const active = sum(gpu.holders.map((holder) => holder.active));
    const usedMib = gpu.memoryMib * gpu.holders.reduce((share, holder) => share + holder.memoryShare, 0.01);
    if (gpu.holders.length === 0) return [unit(driver, { active, usedMib })];
    return gpu.holders.map((holder, index) =>
      unit({ ...driver, ...workloadLabels(holder, node), vgpu: String(index) }, { active, usedMib }),
    );
  }
  const holder = gpu.holders[0];
  return [
    unit(
      { ...driver, ...workloadLabels(holder, node), ...claimLabels(holder, node, gpu) },
      holder === undefined ? {} : { active: holder.active, usedMib: gpu.memoryMib * holder.memoryShare },
    ),
  ];
}

/** A workload that came within the history held nothing before: until then the device is free, and says so without labels of a pod. */
function beforeHolder(unit: Unit, cluster: DemoCluster): Unit[] {
  const { pod, namespace } = unit.labels;
  const holder = unit.gpu.holders.find((one) => one.pod.name === pod && one.pod.namespace === namespace);
  const since = holder?.pod.workload.createdAt ?? 0;
  if (holder === undefined || since <= cluster.historyFrom) return [unit];
  const free = Object.entries(unit.labels).filter(([name]) => !HOLDER_LABELS.test(name));
  const before = {
    ...unit,
    labels: Object.fromEntries(free),
    active: constant(0),
    usedMib: 4,
    to: Math.min(since, unit.to),
  };
  return [before, { ...unit, from: since }];
}
const HOLDER_LABELS = /^(pod|namespace|container|vgpu|dra_.*)$/;

function workloadLabels(holder: GpuHolder | undefined, _node: DemoNode): LabelSet {
  if (holder === undefined) return {};
  return { container: holder.container, namespace: holder.pod.namespace, pod: holder.pod.name };
}

function claimLabels(holder: GpuHolder | undefined, node: DemoNode, gpu: DemoGpu): LabelSet {
  if (holder === undefined || holder.claim === null) return {};
  return {
    dra_claim_name: holder.claim,
    dra_claim_namespace: holder.pod.namespace,
    dra_device_name: `gpu-${gpu.index}`,
    dra_driver_name: "gpu.nvidia.com",
    dra_pool_name: node.name,
  };
}
