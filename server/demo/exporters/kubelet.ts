import { createHash } from "node:crypto";
import { ALWAYS, counterFamily, type Family, gauge, type LabelSet, type Row } from "../exposition.ts";
import type { DemoCluster, DemoNode } from "../fleet/types.ts";
import { constant, counter, type Signal, sum } from "../signal.ts";
import { swapLimitOf } from "./cadvisor.ts";
import { gateFamilies } from "./gate-families.ts";
import { nodeCpu, nodeMemory } from "./node-exporter.ts";

/** From here on a kubelet says so when it has the credential providers that its flags name. */
const CONFIG_INFO_SINCE_MINOR = 36;
const CREDENTIAL_PROVIDERS_HASH = `sha256:${createHash("sha256").update("image-credential-providers.yaml").digest("hex")}`;
const PREPARE_BUCKETS = ["0.05", "0.1", "0.5", "1", "5", "10", "30", "60"] as const;

/** The kubelet's own /metrics. */
export function kubeletFamilies(cluster: DemoCluster, node: DemoNode): Family[] {
  const pods = cluster.pods.filter((pod) => pod.node === node && pod.workload.options.rejected === undefined);
  const running = (seconds: number) => pods.filter((pod) => pod.from <= seconds && seconds < pod.to);
  const value = (at: Row["at"], labels: LabelSet = {}): Row => ({ ...ALWAYS, labels, at });
  const usesDra = node.gpus.some((gpu) => gpu.via === "dra");
  const claims = new Set(node.gpus.flatMap((gpu) => gpu.holders.map((holder) => holder.claim))).size;
  const resizes = pods.filter((pod) => pod.workload.options.resize !== undefined);
  return [
    ...(usesDra ? draFamilies(node, claims) : []),
    gauge("kubelet_cgroup_version", "[ALPHA] cgroup version on the hosts.", [value(() => node.cgroupVersion)]),
    counterFamily("kubelet_evictions", "[ALPHA] Cumulative number of pod evictions by eviction signal", [
      { ...value(() => 0, { eviction_signal: "memory.available" }), resets: node.boots },
    ]),
    ...(Number(node.kubeletMinor.split(".")[1]) < CONFIG_INFO_SINCE_MINOR
      ? []
      : [
          gauge(
            "kubelet_credential_provider_config_info",
            "[ALPHA] Information about the last applied credential provider configuration with hash as label",
            [value(() => 1, { hash: CREDENTIAL_PROVIDERS_HASH })],
          ),
        ]),
    gauge("kubelet_node_name", "[ALPHA] The node's name. The count is always 1.", [
      value(() => 1, { node: node.name }),
    ]),
    ...(resizes.length === 0
      ? []
      : [
          gauge("kubelet_pod_pending_resizes", "[ALPHA] Number of pending resizes for pods.", [
            value(() => resizes.length, { reason: "deferred" }),
          ]),
        ]),
    gauge("kubelet_running_containers", "[ALPHA] Number of containers currently running", [
      value((seconds) => running(seconds).reduce((count, pod) => count + pod.containers.length, 0), {
        container_state: "running",
      }),
    ]),
    gauge("kubelet_running_pods", "[ALPHA] Number of pods that have a running pod sandbox", [
      value((seconds) => running(seconds).length),
    ]),
    ...gateFamilies({
      minor: node.kubeletMinor,
      version: node.kubeletVersion,
      explicit: node.kubeletGates,
      changes: node.gateChanges,
      hasVendorGates: cluster.hasVendorGates,
    }),
    gauge("process_start_time_seconds", "[ALPHA] Start time of the process since unix epoch in seconds.", [
      value((seconds) => node.boots.findLast((boot) => boot <= seconds) ?? node.createdAt),
    ]),
  ];
}

function draFamilies(node: DemoNode, claims: number): Family[] {
  const prepared = counter(constant(1 / 5400), node.boots);
  const labels = { is_error: "false", operation_name: "PrepareResources" };
  const row = (suffix: string, share: number, more: LabelSet = {}): Row => ({
    ...ALWAYS,
    suffix,
    labels: { ...labels, ...more },
    at: (seconds) => Math.floor(prepared(seconds) * share),
    resets: node.boots,
  });
  return [
    {
      name: "dra_operations_duration_seconds",
      type: "histogram",
      help: "[ALPHA] Latency histogram in seconds for the duration of handling all ResourceClaims referenced by a pod when the pod starts or stops.",
      rows: [
        ...PREPARE_BUCKETS.map((le, index) => row("_bucket", Math.min(1, 0.2 + 0.2 * index), { le })),
        row("_bucket", 1, { le: "+Inf" }),
        row("_sum", 0.4),
        row("_count", 1),
      ],
    },
    gauge(
      "dra_resource_claims_in_use",
      "[ALPHA] The number of ResourceClaims that are currently in use on the node, by driver name (driver_name label value) and across all drivers (special value <any> for driver_name).",
      ["<any>", "gpu.nvidia.com"].map((driver) => ({ ...ALWAYS, labels: { driver_name: driver }, at: () => claims })),
    ),
  ];
}

/** The kubelet's /metrics/resource. */
export function resourceFamilies(cluster: DemoCluster, node: DemoNode): Family[] {
  const pods = cluster.pods.filter((pod) => pod.node === node && pod.workload.options.rejected === undefined);
  const containers = pods.flatMap((pod) =>
    pod.containers
      .filter((container) => container.role !== "init")
      .map((container) => ({
        pod,
        container,
        labels: { container: container.name, namespace: pod.namespace, pod: pod.name },
        life: { from: pod.from, to: pod.to },
        starts: [pod.from, ...container.oomKills.filter((kill) => kill > pod.from)],
      })),
  );
  const perPod = (make: (signalOf: (key: "cpu" | "memory" | "swap") => Signal) => Pick<Row, "at" | "resets">) =>
    pods.map(
      (pod): Row => ({
        from: pod.from,
        to: pod.to,
        labels: { namespace: pod.namespace, pod: pod.name },
        ...make((key) => sum(pod.containers.filter((one) => one.role !== "init").map((container) => container[key]))),
      }),
    );
  const hasSwapLimits = node.kubeletMinor >= "1.34";
  const cpu = nodeCpu(cluster, node);
  const memory = nodeMemory(cluster, node);
  return [
    counterFamily(
      "container_cpu_usage_seconds_total",
      "[STABLE] Cumulative cpu time consumed by the container in core-seconds",
      containers.map(({ labels, life, container, starts }) => ({
        ...life,
        labels,
        at: counter(container.cpu, starts),
        resets: starts,
      })),
      true,
    ),
    gauge(
      "container_memory_working_set_bytes",
      "[STABLE] Current working set of the container in bytes",
      containers.map(({ labels, life, container }) => ({
        ...life,
        labels,
        at: (seconds) => container.memory.at(seconds),
      })),
      true,
    ),
    gauge(
      "container_start_time_seconds",
      "[STABLE] Start time of the container since unix epoch in seconds",
      containers.map(({ labels, life, starts }) => ({
        ...life,
        labels,
        at: (seconds) => starts.findLast((start) => start <= seconds) ?? life.from,
      })),
    ),
    ...(hasSwapLimits
      ? [
          gauge(
            "container_swap_limit_bytes",
            "[ALPHA] Current amount of the container swap limit in bytes. Reported only on non-windows systems",
            containers.map(({ labels, life, container }) => ({
              ...life,
              labels,
              at: () => swapLimitOf(container, node),
            })),
            true,
          ),
        ]
      : []),
    gauge(
      "container_swap_usage_bytes",
      "[ALPHA] Current amount of the container swap usage in bytes. Reported only on non-windows systems",
      containers.map(({ labels, life, container }) => ({
        ...life,
        labels,
        at: (seconds) => container.swap.at(seconds),
      })),
      true,
    ),
    counterFamily(
      "node_cpu_usage_seconds_total",
      "[STABLE] Cumulative cpu time consumed by the node in core-seconds",
      [{ ...ALWAYS, labels: {}, at: counter(cpu, node.boots), resets: node.boots }],
      true,
    ),
    gauge(
      "node_memory_working_set_bytes",
      "[STABLE] Current working set of the node in bytes",
      [{ ...ALWAYS, labels: {}, at: (seconds) => memory.at(seconds) }],
      true,
    ),
    gauge(
      "node_swap_usage_bytes",
      "[ALPHA] Current swap usage of the node in bytes. Reported only on non-windows systems",
      [{ ...ALWAYS, labels: {}, at: (seconds) => node.swapUsed.at(seconds) }],
      true,
    ),
    counterFamily(
      "pod_cpu_usage_seconds_total",
      "[STABLE] Cumulative cpu time consumed by the pod in core-seconds",
      pods.map((pod) => {
        const signal = sum(pod.containers.filter((one) => one.role !== "init").map((container) => container.cpu));
        return {
          from: pod.from,
          to: pod.to,
          labels: { namespace: pod.namespace, pod: pod.name },
          at: counter(signal, [pod.from]),
          resets: [pod.from],
        };
      }),
      true,
    ),
    gauge(
      "pod_memory_working_set_bytes",
      "[STABLE] Current working set of the pod in bytes",
      perPod((signalOf) => {
        const signal = signalOf("memory");
        return { at: (seconds) => signal.at(seconds) };
      }),
      true,
    ),
    gauge(
      "pod_swap_usage_bytes",
      "[ALPHA] Current amount of the pod swap usage in bytes. Reported only on non-windows systems",
      perPod((signalOf) => {
        const signal = signalOf("swap");
        return { at: (seconds) => signal.at(seconds) };
      }),
      true,
    ),
    gauge("resource_scrape_error", "[STABLE] 1 if there was an error while getting container metrics, 0 otherwise", [
      { ...ALWAYS, labels: {}, at: () => 0 },
    ]),
  ];
}
