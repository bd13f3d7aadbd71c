import type { CataloguePart, CatalogueQuery } from "./catalogue-types.ts";
import { NODE_LABELS } from "./labels.ts";

const BY_NODE = `by (${NODE_LABELS.join(", ")})`;
/** Targets of one component: same job, same path. */
export const TARGET_LABELS = ["job", "metrics_path"] as const;
const BY_TARGETS = `by (${TARGET_LABELS.join(", ")})`;

function info(
  id: string,
  family: CataloguePart["family"],
  needs: readonly string[],
  expr: string,
  unit: CataloguePart["unit"] = "info",
): CataloguePart {
  return { id, metric: null, unit, family, variants: [{ needs, expr }] };
}

/** A metric that only this component exports: says what a job is, whatever the job is called. */
const SIGNATURES = {
  "kube-apiserver": "apiserver_storage_objects",
  "kube-controller-manager": "endpoint_slice_controller_syncs",
  "kube-scheduler": "scheduler_pending_pods",
  kubelet: "kubelet_node_name",
  "kube-proxy": "kubeproxy_sync_proxy_rules_duration_seconds_count",
} as const;
export const SIGNATURE_PREFIX = "is.";

export const gateCountQuery: CatalogueQuery = {
  id: "gateCounts",
  title: { en: "Feature gates: how many instances say on or off", zh: "特性门控：各实例开/关数量" },
  needs: {
    en: "component metrics in Prometheus (kubernetes_feature_enabled)",
    zh: "Prometheus 已抓取组件指标（kubernetes_feature_enabled）",
  },
  cadence: "slow",
  level: "component",
  by: [...TARGET_LABELS, "name", "stage", "gate_value"],
  parts: [
    info(
      "gates",
      "controlPlane",
      ["kubernetes_feature_enabled"],
      `count_values by (${TARGET_LABELS.join(", ")}, name, stage) ("gate_value", kubernetes_feature_enabled)`,
      "count",
    ),
    ...Object.entries(SIGNATURES).map(([component, metric]) =>
      info(
        `${SIGNATURE_PREFIX}${component}`,
        "controlPlane",
        ["kubernetes_feature_enabled", metric],
        `count ${BY_TARGETS} (${metric})`,
        "count",
      ),
    ),
  ],
  topRows: null,
  canShard: false,
  sources: ["facts/metrics.md 7.1", "component-base/metrics/prometheus/feature"],
};

/** Asked after `gateCounts`: who the instances are, and the gates on which they do not all agree (`$names`). */
export const gateInstanceQuery: CatalogueQuery = {
  id: "gateInstances",
  title: { en: "Feature gates: instances that differ", zh: "特性门控：存在差异的实例" },
  needs: gateCountQuery.needs,
  cadence: "slow",
  level: "component",
  by: [...NODE_LABELS, ...TARGET_LABELS, "name", "stage", "git_version"],
  parts: [
    info(
      "gates",
      "controlPlane",
      ["kubernetes_feature_enabled"],
      `max by (${[...NODE_LABELS, ...TARGET_LABELS].join(", ")}, name, stage) (kubernetes_feature_enabled{name=~"$names"})`,
    ),
    info(
      "version",
      "controlPlane",
      ["kubernetes_build_info"],
      `max by (${[...NODE_LABELS, ...TARGET_LABELS].join(", ")}, git_version) (kubernetes_build_info)`,
    ),
  ],
  topRows: null,
  canShard: false,
  sources: gateCountQuery.sources,
};

const PRESSURE_NAMES = "container_pressure_(cpu|memory|io)_waiting_seconds_total";

export const kubeletQuery: CatalogueQuery = {
  id: "kubelets",
  title: {
    en: "Kubelets: cgroup version, runtime notice, moving pressure",
    zh: "kubelet：cgroup 版本、运行时提示与压力数据是否变化",
  },
  needs: { en: "the kubelets' own metrics page in Prometheus", zh: "Prometheus 已抓取 kubelet 自身指标" },
  cadence: "slow",
  level: "node",
  by: [...NODE_LABELS, "version"],
  parts: [
    info("cgroupVersion", "kubelet", ["kubelet_cgroup_version"], `max ${BY_NODE} (kubelet_cgroup_version)`),
    info(
      "criLosingSupport",
      "kubelet",
      ["kubelet_cri_losing_support"],
      `max by (${NODE_LABELS.join(", ")}, version) (kubelet_cri_losing_support)`,
    ),
    // Counters since boot: above 0 anywhere means that the kernel does keep them.
    info(
      "pressureSeries",
      "kubelet",
      ["container_pressure_cpu_waiting_seconds_total"],
      `max ${BY_NODE.replace(", namespace, pod", "")} ({__name__=~"${PRESSURE_NAMES}"})`,
      "seconds",
    ),
  ],
  topRows: null,
  canShard: false,
  sources: ["facts/metrics.md 2.1, 7.8"],
};

const WEBHOOK = "apiserver_admission_webhook_admission_duration_seconds";
const WEBHOOK_LABELS = ["name", "type", "operation"];
const REQUEST_LABELS = ["group", "version", "resource", "subresource"];
const DEPRECATED_LABELS = [...REQUEST_LABELS, "removed_release"];

export const controlPlaneQuery: CatalogueQuery = {
  id: "controlPlane",
  title: { en: "API server: webhooks, policies, deprecated APIs", zh: "API 服务器：Webhook、策略与弃用 API" },
  needs: { en: "API server metrics in Prometheus", zh: "Prometheus 已抓取 API 服务器指标" },
  cadence: "slow",
  level: "component",
  by: [...WEBHOOK_LABELS, ...DEPRECATED_LABELS, "policy", "policy_binding", "error_type"],
  parts: [
    // A window of five minutes and more: admission calls are bursts.
    info(
      `${WEBHOOK}:p99`,
      "controlPlane",
      [`${WEBHOOK}_count`],
      `histogram_quantile(0.99, sum by (${[...WEBHOOK_LABELS, "le"].join(", ")}) (rate(${WEBHOOK}_bucket[$window])))`,
      "seconds",
    ),
    info(
      "apiserver_admission_webhook_rejection_count:rate",
      "controlPlane",
      ["apiserver_admission_webhook_rejection_count"],
      `sum by (name, type, operation, error_type) (rate(apiserver_admission_webhook_rejection_count[$window]))`,
      "count",
    ),
    info(
      "apiserver_mutating_admission_policy_check_total:rate",
      "controlPlane",
      ["apiserver_mutating_admission_policy_check_total"],
      "sum by (policy, policy_binding, error_type) (rate(apiserver_mutating_admission_policy_check_total[$window]))",
      "count",
    ),
    info(
      "deprecated",
      "controlPlane",
      ["apiserver_requested_deprecated_apis"],
      `max by (${DEPRECATED_LABELS.join(", ")}) (apiserver_requested_deprecated_apis)`,
    ),
    info(
      "deprecatedRequests",
      "controlPlane",
      ["apiserver_requested_deprecated_apis", "apiserver_request_total"],
      `sum by (${REQUEST_LABELS.join(", ")}) (apiserver_request_total) and on (${REQUEST_LABELS.join(", ")}) apiserver_requested_deprecated_apis`,
      "count",
    ),
  ],
  topRows: null,
  canShard: false,
  sources: ["facts/metrics.md 7.1, 7.4", "kubernetes test/instrumentation/documentation"],
};

const PRICE_LABELS = ["node", "instance_type", "region", "provider_id"];
const VOLUME_LABELS = ["persistentvolume", "volumename"];
export const opencostQuery: CatalogueQuery = {
  id: "opencostPrices",
  title: { en: "Node prices as OpenCost has them", zh: "OpenCost 给出的节点价格" },
  needs: { en: "OpenCost, scraped with honorLabels", zh: "OpenCost（以 honorLabels 方式抓取）" },
  cadence: "hourly",
  level: "node",
  by: [...PRICE_LABELS, ...VOLUME_LABELS],
  parts: [
    "node_total_hourly_cost",
    "node_cpu_hourly_cost",
    "node_ram_hourly_cost",
    "node_gpu_hourly_cost",
    "node_gpu_count",
    "kubecost_node_is_spot",
    "pv_hourly_cost",
  ].map((name) => {
    const labels = name === "pv_hourly_cost" ? VOLUME_LABELS : PRICE_LABELS;
    return info(name, "prices", [name], `max by (${labels.join(", ")}) (${name})`, "money/h");
  }),
  topRows: null,
  canShard: false,
  sources: ["facts/metrics.md 6.2"],
};
