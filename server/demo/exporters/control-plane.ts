import { ALWAYS, counterFamily, type Family, gauge, type LabelSet, type Row } from "../exposition.ts";
import type { DemoCluster, DemoNode } from "../fleet/types.ts";
import { constant, counter, load, type Signal, scaled } from "../signal.ts";
import { gateFamilies } from "./gate-families.ts";

/** Control planes restart at upgrades only; counters began then. */
const STARTED_DAYS_AGO = 34;

type Clocked = { readonly started: readonly number[]; readonly seed: number };

function clocked(cluster: DemoCluster, anchor: number): Clocked {
  return { started: [anchor - STARTED_DAYS_AGO * 86_400], seed: cluster.uid.length };
}

function count(clock: Clocked, signal: Signal, labels: LabelSet, factor = 1): Row {
  const at = counter(signal, clock.started, factor);
  return { ...ALWAYS, labels, at: (seconds) => Math.floor(at(seconds)), resets: clock.started };
}

function gatesOf(cluster: DemoCluster): Family[] {
  return gateFamilies({
    minor: cluster.minor,
    version: cluster.version,
    explicit: cluster.controlPlaneGates,
    changes: [],
    hasVendorGates: cluster.hasVendorGates,
  });
}

/** kube-apiserver's /metrics. */
export function apiserverFamilies(cluster: DemoCluster, anchor: number): Family[] {
  const clock = clocked(cluster, anchor);
  return [
    ...webhookFamilies(cluster, clock),
    ...(cluster.minor >= "1.36"
      ? [
          counterFamily(
            "apiserver_mutating_admission_policy_check_total",
            "[ALPHA] Mutating admission policy check total, labeled by policy and further identified by binding.",
            [
              count(clock, constant(0.4), {
                error_type: "no_error",
                policy: "team-label",
                policy_binding: "team-label",
              }),
            ],
          ),
        ]
      : []),
    counterFamily(
      "apiserver_authorization_decisions_total",
      "[ALPHA] Total number of terminal decisions made by an authorizer split by authorizer type, name, and decision.",
      [
        count(clock, constant(6), { decision: "allowed", name: "rbac", type: "RBAC" }),
        count(clock, constant(3), { decision: "allowed", name: "node", type: "Node" }),
      ],
    ),
    counterFamily(
      "apiserver_request_total",
      "[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.",
      requestRows(cluster, clock),
    ),
    gauge(
      "apiserver_requested_deprecated_apis",
      "[STABLE] Gauge of deprecated APIs that have been requested, broken out by API group, version, resource, subresource, and removed_release.",
      deprecatedApis(cluster).map((labels) => ({ ...ALWAYS, labels, at: () => 1 })),
    ),
    ...gatesOf(cluster),
    ...(cluster.minor >= "1.34"
      ? [
          gauge("version_info", "[ALPHA] Provides the compatibility version info of the component.", [
            {
              ...ALWAYS,
              labels: {
                binary: cluster.version.slice(1),
                component: "kube",
                emulation: cluster.minor,
                min_compat: `1.${Number(cluster.minor.slice(2)) - 1}`,
              },
              at: () => 1,
            },
          ]),
        ]
      : []),
  ];
}

function deprecatedApis(cluster: DemoCluster): LabelSet[] {
  const endpoints = { group: "", removed_release: "", resource: "endpoints", subresource: "", version: "v1" };
  if (cluster.minor < "1.32") {
    return [
      {
        group: "flowcontrol.apiserver.k8s.io",
        removed_release: "1.32",
        resource: "flowschemas",
        subresource: "",
        version: "v1beta3",
      },
    ];
  }
  return [endpoints];
}

function requestRows(cluster: DemoCluster, clock: Clocked): Row[] {
  const resources = ["pods", "nodes", "services", "secrets", "configmaps"];
  const plain = resources.flatMap((resource) =>
    ["GET", "LIST", "WATCH"].map((verb) =>
      count(clock, load(clock.seed, `requests/${cluster.name}/${resource}/${verb}`, 2, { daily: 0.2 }), {
        code: "200",
        component: "apiserver",
        dry_run: "",
        group: "",
        resource,
        scope: "cluster",
        subresource: "",
        system_client: "",
        verb,
        version: "v1",
      }),
    ),
  );
  const deprecated = deprecatedApis(cluster).map((api) =>
    count(clock, constant(0.05), {
      code: "200",
      component: "apiserver",
      dry_run: "",
      group: api.group ?? "",
      resource: api.resource ?? "",
      scope: "cluster",
      subresource: "",
      system_client: "",
      verb: "LIST",
      version: api.version ?? "",
    }),
  );
  return [...plain, ...deprecated];
}

const WEBHOOK_BUCKETS = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 25] as const;

/** Names and latency of mutating webhooks; the first is slow and fails now and then. */
export const WEBHOOKS: readonly { readonly name: string; readonly meanSeconds: number; readonly failures: number }[] = [
  { name: "inject.sidecar.platform.example", meanSeconds: 0.42, failures: 0.004 },
  { name: "labels.policy.platform.example", meanSeconds: 0.018, failures: 0 },
];

function webhookFamilies(cluster: DemoCluster, clock: Clocked): Family[] {
  if (cluster.provider === "none") return [];
  const rows = WEBHOOKS.flatMap((webhook): Row[] => {
    const labels = { name: webhook.name, operation: "CREATE", rejected: "false", type: "admit" };
    const calls = load(clock.seed, `webhook/${cluster.name}/${webhook.name}`, 0.6, { daily: 0.3 });
    return [
      ...WEBHOOK_BUCKETS.map((bound) => ({
        ...count(clock, calls, { ...labels, le: String(bound) }, 1 - Math.exp(-bound / webhook.meanSeconds)),
        suffix: "_bucket",
      })),
      { ...count(clock, calls, { ...labels, le: "+Inf" }), suffix: "_bucket" },
      {
        ...ALWAYS,
        labels,
        suffix: "_sum",
        at: counter(scaled(calls, webhook.meanSeconds), clock.started),
        resets: clock.started,
      },
      { ...count(clock, calls, labels), suffix: "_count" },
    ];
  });
  return [
    {
      name: "apiserver_admission_webhook_admission_duration_seconds",
      type: "histogram",
      help: "[STABLE] Admission webhook latency histogram in seconds, identified by name and broken out for each operation and API resource and type (validate or admit).",
      rows,
    },
    counterFamily(
      "apiserver_admission_webhook_fail_open_count",
      "[ALPHA] Admission webhook fail open count, identified by name and broken out for each admission type (validating or admit).",
      WEBHOOKS.filter((webhook) => webhook.failures > 0).map((webhook) =>
        count(clock, constant(webhook.failures), { name: webhook.name, type: "admit" }),
      ),
    ),
  ];
}

/** kube-controller-manager's /metrics. */
export function controllerManagerFamilies(cluster: DemoCluster, anchor: number): Family[] {
  const clock = clocked(cluster, anchor);
  const distributions = ["PreferClose", "PreferSameNode", "PreferSameZone"];
  const allocated = cluster.claims.filter((claim) => claim.devices.length > 0).length;
  return [
    gauge(
      "endpoint_slice_controller_services_count_by_traffic_distribution",
      "[ALPHA] Number of Services using some specific trafficDistribution",
      distributions.map((value) => ({
        ...ALWAYS,
        labels: { traffic_distribution: value },
        at: () => cluster.services.filter((service) => service.trafficDistribution === value).length,
      })),
    ),
    counterFamily(
      "job_controller_job_pods_finished_total",
      "[STABLE] The number of finished Pods that are fully tracked",
      [
        count(clock, constant(0.0004), { completion_mode: "NonIndexed", result: "failed" }),
        count(clock, constant(0.004), { completion_mode: "NonIndexed", result: "succeeded" }),
        count(clock, constant(0.001), { completion_mode: "Indexed", result: "succeeded" }),
      ],
    ),
    ...gatesOf(cluster),
    ...(cluster.claims.length === 0
      ? []
      : [
          gauge(
            "resourceclaim_controller_resource_claims",
            "[ALPHA] Number of ResourceClaims, categorized by allocation status and admin access",
            [
              { ...ALWAYS, labels: { admin_access: "false", allocated: "true" }, at: () => allocated },
              {
                ...ALWAYS,
                labels: { admin_access: "false", allocated: "false" },
                at: () => cluster.claims.length - allocated,
              },
            ],
          ),
        ]),
  ];
}

/** kube-scheduler's /metrics. */
export function schedulerFamilies(cluster: DemoCluster, _anchor: number): Family[] {
  const waiting = cluster.workloads.filter((workload) => workload.options.pending !== undefined).length;
  return [
    ...gatesOf(cluster),
    gauge(
      "scheduler_pending_pods",
      "[STABLE] Number of pending pods, by the queue type.",
      ["active", "backoff", "gated", "unschedulable"].map((queue) => ({
        ...ALWAYS,
        labels: { queue },
        at: () => (queue === "unschedulable" ? waiting : 0),
      })),
    ),
    gauge(
      "scheduler_unschedulable_pods",
      "[ALPHA] The number of unschedulable pods broken down by plugin name. A pod will increment the gauge for all plugins that caused it to not schedule and so this metric have meaning only when broken down by plugin.",
      [{ ...ALWAYS, labels: { plugin: "DynamicResources", profile: "default-scheduler" }, at: () => waiting }],
    ),
  ];
}

/** kube-proxy's /metrics; it is rolled out with the node's kubelet version. */
export function kubeProxyFamilies(cluster: DemoCluster, node: DemoNode): Family[] {
  return gateFamilies({
    minor: node.kubeletMinor,
    version: node.kubeletVersion,
    explicit: {},
    changes: [],
    hasVendorGates: cluster.hasVendorGates,
  });
}
