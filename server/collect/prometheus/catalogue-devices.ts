import type { CataloguePart, CatalogueQuery } from "./catalogue-types.ts";

/** Every label that some build of a GPU exporter uses for device, node or holder. Absent ones cost nothing. */
export const GPU_LABELS = [
  "gpu",
  "UUID",
  "uuid",
  "device",
  "modelName",
  "pci_bus_id",
  "GPU_I_PROFILE",
  "GPU_I_ID",
  "Hostname",
  "hostname",
  "node",
  "kubernetes_io_hostname",
  "instance",
  "namespace",
  "pod",
  "container",
  "exported_namespace",
  "exported_pod",
  "exported_container",
  "pod_namespace",
  "pod_name",
  "container_name",
  "pod_uid",
  "vgpu",
  "dra_claim_name",
  "dra_claim_namespace",
  "dra_mig_profile",
  "dra_mig_device_uuid",
  "gpu_id",
  "gpu_uuid",
  "serial_number",
  "card_model",
  "card_series",
  "gpu_partition_id",
  "gpu_compute_partition_type",
  "gpu_memory_partition_type",
] as const;
const BY = `by (${GPU_LABELS.join(", ")})`;

/** Averages over the window, because exporters sample every 30 s and are scraped more often; one row per label set and replica. */
function average(id: string, unit: CataloguePart["unit"], name: string): CataloguePart {
  return {
    id,
    metric: null,
    unit,
    family: "gpu",
    variants: [
      { needs: [name], expr: `max ${BY} (avg_over_time(${name}[$window]))` },
      // Some configurations of AMD's exporter put a prefix before every name.
      ...(name.startsWith("gpu_")
        ? [{ needs: [`amd_${name}`], expr: `max ${BY} (avg_over_time(amd_${name}[$window]))` }]
        : []),
    ],
  };
}

export const gpuQuery: CatalogueQuery = {
  id: "gpuDevices",
  title: { en: "GPUs: activity, memory, power, holders", zh: "GPU：活跃度、显存、功耗与占用者" },
  needs: {
    en: "NVIDIA dcgm-exporter or AMD device-metrics-exporter, with pod attribution switched on",
    zh: "NVIDIA dcgm-exporter 或 AMD device-metrics-exporter，并开启 Pod 归属",
  },
  cadence: "fast",
  level: "device",
  by: GPU_LABELS,
  parts: [
    average("nvidia.engineActive", "ratio", "DCGM_FI_PROF_GR_ENGINE_ACTIVE"),
    average("nvidia.smActive", "ratio", "DCGM_FI_PROF_SM_ACTIVE"),
    average("nvidia.util", "percent", "DCGM_FI_DEV_GPU_UTIL"),
    average("nvidia.tensorActive", "ratio", "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE"),
    average("nvidia.dramActive", "ratio", "DCGM_FI_PROF_DRAM_ACTIVE"),
    average("nvidia.memoryUsed", "MiB", "DCGM_FI_DEV_FB_USED"),
    average("nvidia.memoryFree", "MiB", "DCGM_FI_DEV_FB_FREE"),
    average("nvidia.memoryReserved", "MiB", "DCGM_FI_DEV_FB_RESERVED"),
    average("nvidia.power", "W", "DCGM_FI_DEV_POWER_USAGE"),
    {
      id: "nvidia.xid",
      metric: null,
      unit: "count",
      family: "gpu",
      variants: [{ needs: ["DCGM_FI_DEV_XID_ERRORS"], expr: `max ${BY} (DCGM_FI_DEV_XID_ERRORS)` }],
    },
    average("amd.profiledActivity", "percent", "gpu_prof_gui_util_percent"),
    average("amd.activity", "percent", "gpu_gfx_activity"),
    average("amd.memoryBusy", "percent", "gpu_umc_activity"),
    average("amd.memoryUsed", "MB", "gpu_used_vram"),
    average("amd.memoryTotal", "MB", "gpu_total_vram"),
    average("amd.packagePower", "W", "gpu_package_power"),
    average("amd.power", "W", "gpu_power_usage"),
    average("amd.averagePower", "W", "gpu_average_package_power"),
  ],
  topRows: null,
  canShard: false,
  sources: [
    "facts/metrics.md 1",
    "dcgm-exporter etc/default-counters.csv",
    "device-metrics-exporter docs/configuration/metricslist.md",
  ],
};
