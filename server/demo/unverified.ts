/**
 * Metrics of the demo for which no recorded page and no sample was at hand: their names, labels and types follow the
 * documentation and source that the project's facts cite, and nothing here proves them. The shape test compares this
 * list with reality in both directions.
 */
export const UNVERIFIED_METRICS: readonly string[] = [
  "apiserver_admission_webhook_admission_duration_seconds_bucket",
  "apiserver_admission_webhook_admission_duration_seconds_count",
  "apiserver_admission_webhook_admission_duration_seconds_sum",
  "apiserver_admission_webhook_fail_open_count",
  "apiserver_authorization_decisions_total",
  "apiserver_mutating_admission_policy_check_total",
  "kubelet_credential_provider_config_info",
  "kubelet_evictions",
  "kubelet_pod_pending_resizes",
  "kubelet_running_containers",
  "kubernetes_build_info",
  "netobserv_agent_sampling_rate",
  "node_cpu_seconds_total",
  "node_memory_MemAvailable_bytes",
  "node_network_receive_bytes_total",
  "node_network_transmit_bytes_total",
];
