import type { ComponentName, ControlPlaneSample, DeprecatedApiUseFacts } from "../../domain/snapshot.ts";
import { GATE_METRICS, GatesPage } from "./gates-page.ts";
import { type MetricSample, type MetricsPageSummary, parseMetricsPage } from "./metrics-page.ts";

/** What is kept of a control-plane page besides gates: each name is used by a rule or a page. */
const KEPT: Readonly<Record<"kube-apiserver" | "kube-controller-manager" | "kube-scheduler", readonly string[]>> = {
  "kube-apiserver": [
    "apiserver_admission_webhook_admission_duration_seconds_sum",
    "apiserver_admission_webhook_admission_duration_seconds_count",
    "apiserver_admission_webhook_rejection_count",
    "apiserver_admission_webhook_fail_open_count",
    "apiserver_admission_webhook_request_total",
    "apiserver_mutating_admission_policy_check_total",
    "apiserver_mutating_admission_policy_check_duration_seconds_sum",
    "apiserver_mutating_admission_policy_check_duration_seconds_count",
    "apiserver_validating_admission_policy_check_total",
    "apiserver_authorization_decisions_total",
    "apiserver_authentication_config_controller_automatic_reloads_total",
    "apiserver_authentication_config_controller_automatic_reload_last_timestamp_seconds",
    "node_authorizer_graph_actions_duration_seconds_count",
    "serviceaccount_legacy_tokens_total",
    "serviceaccount_stale_tokens_total",
    "serviceaccount_valid_tokens_total",
    "process_start_time_seconds",
  ],
  "kube-controller-manager": [
    "endpoint_slice_controller_services_count_by_traffic_distribution",
    "resourceclaim_controller_creates_total",
    "resourceclaim_controller_create_attempts_total",
    "resourceclaim_controller_create_failures_total",
    "resourceclaim_controller_resource_claims",
    "resourceclaim_controller_allocated_resource_claims",
    "job_controller_pod_failures_handled_by_failure_policy_total",
    "job_controller_job_finished_indexes_total",
    "job_controller_jobs_finished_total",
    "job_controller_job_pods_creation_total",
    "job_controller_jobs_by_external_controller_total",
    "pv_collector_bound_pvc_count",
    "pv_collector_unbound_pvc_count",
    "horizontal_pod_autoscaler_controller_metric_computation_total",
    "device_taint_eviction_controller_pod_deletions_total",
    "process_start_time_seconds",
  ],
  "kube-scheduler": [
    "scheduler_unschedulable_pods",
    "scheduler_pending_pods",
    "scheduler_resourceclaim_creates_total",
    "scheduler_dra_bindingconditions_allocations_total",
    "process_start_time_seconds",
  ],
};
/** A control plane with a thousand webhooks says less per series, not more. */
const SAMPLE_LIMIT = 5_000;

export type ControlPlanePage = {
  readonly gates: GatesPage;
  readonly samples: readonly ControlPlaneSample[];
  readonly deprecatedApis: readonly DeprecatedApiUseFacts[];
  readonly summary: MetricsPageSummary;
  readonly isCut: boolean;
};

/** Gates, version, kept samples and deprecated APIs out of one component's `/metrics`, in one pass. */
export async function readControlPlanePage(
  component: keyof typeof KEPT & ComponentName,
  chunks: AsyncIterable<Uint8Array>,
): Promise<ControlPlanePage> {
  const kept = new Set(KEPT[component]);
  const wanted = new Set<string>([
    ...kept,
    ...GATE_METRICS,
    "apiserver_requested_deprecated_apis",
    "apiserver_request_total",
  ]);
  const gates = new GatesPage();
  const samples: ControlPlaneSample[] = [];
  const deprecated: MetricSample[] = [];
  const requestCounts = new Map<string, number>();
  let isCut = false;
  const summary = await parseMetricsPage(chunks, wanted, (sample) => {
    if (sample.name === "apiserver_requested_deprecated_apis") {
      if (sample.value === 1) deprecated.push(sample);
    } else if (sample.name === "apiserver_request_total") {
      if (!Number.isFinite(sample.value)) return;
      const key = requestKey(sample);
      requestCounts.set(key, (requestCounts.get(key) ?? 0) + sample.value);
    } else if (kept.has(sample.name)) {
      if (!Number.isFinite(sample.value)) return; // NaN and infinity carry no figure; what is absent stays unknown
      if (samples.length >= SAMPLE_LIMIT) isCut = true;
      else samples.push({ component, metric: sample.name, labels: sample.labels, value: sample.value });
    } else {
      gates.take(sample);
    }
  });
  return {
    gates,
    samples,
    deprecatedApis: deprecated.map((sample) => ({
      group: sample.labels.group ?? "",
      version: sample.labels.version ?? "",
      resource: sample.labels.resource ?? "",
      subresource: sample.labels.subresource ?? "",
      removedRelease: sample.labels.removed_release ?? "",
      requestCount: requestCounts.get(requestKey(sample)) ?? null,
    })),
    summary,
    isCut,
  };
}

function requestKey(sample: MetricSample): string {
  const { group = "", version = "", resource = "", subresource = "" } = sample.labels;
  return `${group}/${version}/${resource}/${subresource}`;
}
