/**
 * Names that the catalogue reads and for which no recorded page and no public sample was at hand: name, labels and unit follow the
 * documentation and source that the catalogue cites, and nothing here proves them. `unverified.test.ts` compares this list with the
 * samples in both directions.
 */
export const UNVERIFIED_NAMES: ReadonlySet<string> = new Set([
  "DCGM_FI_DEV_FB_RESERVED",
  "DCGM_FI_PROF_SM_ACTIVE",
  "amd_gpu_average_package_power",
  "amd_gpu_gfx_activity",
  "amd_gpu_package_power",
  "amd_gpu_power_usage",
  "amd_gpu_prof_gui_util_percent",
  "amd_gpu_total_vram",
  "amd_gpu_umc_activity",
  "amd_gpu_used_vram",
  "apiserver_admission_webhook_admission_duration_seconds_bucket",
  "apiserver_admission_webhook_rejection_count",
  "apiserver_mutating_admission_policy_check_total",
  "gpu_package_power",
  "gpu_prof_gui_util_percent",
  "gpu_total_vram",
  "gpu_umc_activity",
  "gpu_used_vram",
  "kubeproxy_sync_proxy_rules_duration_seconds_count",
  "kubernetes_build_info",
  "namespace_pod:container_pressure_cpu_stalled:rate5m",
  "namespace_pod:container_pressure_cpu_waiting:rate5m",
  "namespace_pod:container_pressure_io_stalled:rate5m",
  "namespace_pod:container_pressure_io_waiting:rate5m",
  "namespace_pod:container_pressure_memory_stalled:rate5m",
  "namespace_pod:container_pressure_memory_waiting:rate5m",
  "netobserv_agent_sampling_rate",
  "node_cpu_seconds_total",
  "node_memory_MemAvailable_bytes",
  "node_network_receive_bytes_total",
  "node_network_transmit_bytes_total",
]);

/** Whole names only: `gpu_used_vram` is not in `amd_gpu_used_vram`. Cheaper than the syntax tree, which every read would build anew. */
const MENTIONED = new RegExp(`(?<![\\w:])(?:${[...UNVERIFIED_NAMES].join("|")})(?![\\w:])`, "g");

/** What the coverage of a query says of the names in it; null = a sample stands behind every one. */
export function sayUnverified(promqls: readonly string[]): string | null {
  const unverified = [...new Set(promqls.flatMap((promql) => promql.match(MENTIONED) ?? []))].sort();
  return unverified.length === 0 ? null : `unverified, no recorded sample: ${unverified.join(", ")}`;
}
