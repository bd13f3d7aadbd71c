import { cadvisorFamilies } from "./exporters/cadvisor.ts";
import {
  apiserverFamilies,
  controllerManagerFamilies,
  kubeProxyFamilies,
  schedulerFamilies,
} from "./exporters/control-plane.ts";
import { dcgmFamilies } from "./exporters/dcgm.ts";
import { beylaFamilies, netobservAgentFamilies, netobservFamilies, nodeFlows } from "./exporters/flows.ts";
import { kubeStateFamilies } from "./exporters/kube-state-metrics.ts";
import { kubeletFamilies, resourceFamilies } from "./exporters/kubelet.ts";
import { nodeExporterFamilies } from "./exporters/node-exporter.ts";
import { opencostFamilies } from "./exporters/opencost.ts";
import { ALWAYS, type Family, type LabelSet, type Target } from "./exposition.ts";
import type { DemoCluster, DemoNode } from "./fleet/types.ts";
import { nodeLabels } from "./kubernetes/node-objects.ts";

/** cAdvisor series that kube-prometheus-stack throws away by default. */
const STACK_DROPS = /^container_(memory_swap|memory_mapped_file|spec_.*|cpu_cfs_throttled_seconds_total)$/;

/**
 * What the Prometheus of a cluster scrapes, and with which labels. The three clusters were set up by three people:
 * kube-prometheus-stack, plain kube-prometheus manifests and the prometheus chart, each with its own habits.
 */
export function scrapeTargets(cluster: DemoCluster, anchor: number): Target[] {
  const style = cluster.prometheus.scrapeStyle;
  return [
    ...cluster.nodes.flatMap((node) => nodeTargets(cluster, node, style)),
    ...controlPlaneTargets(cluster, anchor, style),
    target({
      page: "kube-state-metrics",
      job: style === "chart" ? "kubernetes-service-endpoints" : "kube-state-metrics",
      instance: "10.0.0.8:8080",
      labels: style === "chart" ? { service: "kube-state-metrics" } : { endpoint: "http" },
      honorsLabels: true,
      families: () => kubeStateFamilies(cluster),
    }),
    ...flowTargets(cluster),
    ...(cluster.provider === "gcp"
      ? [
          target({
            page: "opencost",
            job: "opencost",
            instance: "10.0.0.9:9003",
            labels: {},
            honorsLabels: true,
            families: () => opencostFamilies(cluster),
          }),
          ...neighbourTargets(),
        ]
      : []),
  ];
}

type Style = DemoCluster["prometheus"]["scrapeStyle"];

function target(parts: Omit<Target, "from" | "to">): Target {
  return { ...ALWAYS, ...parts };
}

/** Labels that the scrape of a node's kubelet adds. */
function kubeletLabels(cluster: DemoCluster, node: DemoNode, path: string, style: Style): LabelSet {
  if (style === "chart") {
    const copied = Object.entries(nodeLabels(cluster, node)).map(([name, value]) => [
      name.replaceAll(/[^A-Za-z0-9_]/g, "_"),
      value,
    ]);
    return Object.fromEntries(copied);
  }
  return {
    endpoint: "https-metrics",
    metrics_path: path,
    namespace: "kube-system",
    node: node.name,
    service: "kubelet",
  };
}

function nodeTargets(cluster: DemoCluster, node: DemoNode, style: Style): Target[] {
  const kubelet = (path: string, families: () => readonly Family[]): Target => {
    const labels = kubeletLabels(cluster, node, path, style);
    const { node: _lost, ...withoutNode } = labels;
    const isCadvisor = path === "/metrics/cadvisor";
    return {
      ...target({
        page: `kubelet/${node.name}${path}`,
        job: style === "chart" ? (isCadvisor ? "kubernetes-nodes-cadvisor" : "kubernetes-nodes") : "kubelet",
        instance: style === "chart" ? node.name : `${node.address}:10250`,
        labels,
        honorsLabels: true,
        families,
      }),
      ...(node.nodeLabelLostAt === null ? {} : { relabelled: { at: node.nodeLabelLostAt, labels: withoutNode } }),
      ...(isCadvisor && style === "stack"
        ? {
            drops: (family: string, row: LabelSet) =>
              STACK_DROPS.test(family) || (row.id !== undefined && row.id !== "" && (row.pod ?? "") === ""),
          }
        : {}),
    };
  };
  const exporterInstance: Record<Style, string> = {
    stack: `${node.address}:9100`,
    manifests: node.name,
    chart: `${node.address}:9100`,
  };
  const exporterPod = cluster.pods.find((pod) => pod.node === node && pod.workload.name === "node-exporter");
  const exporterLabels: Record<Style, LabelSet> = {
    stack: {
      container: "node-exporter",
      endpoint: "http-metrics",
      namespace: "monitoring",
      pod: exporterPod?.name ?? "",
      service: "node-exporter",
    },
    manifests: {
      container: "kube-rbac-proxy",
      endpoint: "https",
      namespace: "monitoring",
      pod: exporterPod?.name ?? "",
    },
    chart: { namespace: "monitoring", node: node.name, service: "node-exporter" },
  };
  return [
    kubelet("/metrics", () => kubeletFamilies(cluster, node)),
    kubelet("/metrics/cadvisor", () => cadvisorFamilies(cluster, node)),
    ...(style === "manifests" ? [kubelet("/metrics/resource", () => resourceFamilies(cluster, node))] : []),
    target({
      page: `node-exporter/${node.name}`,
      job: style === "chart" ? "kubernetes-service-endpoints" : "node-exporter",
      instance: exporterInstance[style],
      labels: exporterLabels[style],
      honorsLabels: false,
      families: () => nodeExporterFamilies(cluster, node),
    }),
    ...gpuTargets(cluster, node),
  ];
}

function gpuTargets(cluster: DemoCluster, node: DemoNode): Target[] {
  if (node.gpus.length === 0) return [];
  const pod = cluster.pods.find((one) => one.node === node && one.workload.name === "nvidia-dcgm-exporter");
  return [
    target({
      page: `dcgm/${node.name}`,
      job: "nvidia-dcgm-exporter",
      instance: `${node.address}:9400`,
      labels: {
        container: "nvidia-dcgm-exporter",
        endpoint: "gpu-metrics",
        namespace: "gpu-operator",
        pod: pod?.name ?? "",
        service: "nvidia-dcgm-exporter",
      },
      honorsLabels: false,
      families: () => dcgmFamilies(cluster, node),
    }),
  ];
}

function controlPlaneTargets(cluster: DemoCluster, anchor: number, style: Style): Target[] {
  const masters = cluster.nodes.filter((node) => node.isControlPlane);
  const component = (
    name: string,
    job: string,
    address: string,
    port: number,
    labels: LabelSet,
    families: () => readonly Family[],
  ) =>
    target({ page: `${name}/${address}`, job, instance: `${address}:${port}`, labels, honorsLabels: false, families });
  const apiservers = masters.length > 0 ? masters.map((node) => node.address) : ["10.0.0.2"];
  const apiserverJob = style === "chart" ? "kubernetes-api-servers" : "apiserver";
  return [
    ...apiservers.map((address) =>
      component(
        "apiserver",
        apiserverJob,
        address,
        6443,
        { endpoint: "https", namespace: "default", service: "kubernetes" },
        () => apiserverFamilies(cluster, anchor),
      ),
    ),
    // A managed control plane hides the other two; on-premises nobody ever configured them.
    ...(cluster.provider === "aws"
      ? masters.flatMap((node) => [
          component(
            "controller-manager",
            "kube-controller-manager",
            node.address,
            10_257,
            { namespace: "kube-system" },
            () => controllerManagerFamilies(cluster, anchor),
          ),
          component("scheduler", "kube-scheduler", node.address, 10_259, { namespace: "kube-system" }, () =>
            schedulerFamilies(cluster, anchor),
          ),
        ])
      : []),
    ...(cluster.provider === "none"
      ? []
      : cluster.nodes.map((node) =>
          component(
            "kube-proxy",
            "kube-proxy",
            node.address,
            10_249,
            { namespace: "kube-system", node: node.name },
            () => kubeProxyFamilies(cluster, node),
          ),
        )),
  ];
}

function flowTargets(cluster: DemoCluster): Target[] {
  const { flowExporter } = cluster.prometheus;
  if (flowExporter === "none") return [];
  const flows = nodeFlows(cluster);
  if (flowExporter === "netobserv") {
    return [
      target({
        page: "netobserv",
        job: "netobserv-flowlogs-pipeline",
        instance: "10.0.0.10:9401",
        labels: { namespace: "netobserv", pod: "flowlogs-pipeline-zx8kq" },
        honorsLabels: false,
        families: () => netobservFamilies(flows),
      }),
      target({
        page: "netobserv-agent",
        job: "netobserv-ebpf-agent",
        instance: "10.0.0.11:9400",
        labels: { namespace: "netobserv" },
        honorsLabels: false,
        families: () => netobservAgentFamilies(),
      }),
    ];
  }
  return cluster.nodes.map((node) =>
    target({
      page: `beyla/${node.name}`,
      job: "beyla",
      instance: `${node.address}:8999`,
      labels: { namespace: "monitoring", node: node.name },
      honorsLabels: false,
      families: () => beylaFamilies(flows, node),
    }),
  );
}

/** Another team's cluster in the same Prometheus: whoever forgets the selector counts its nodes too. */
function neighbourTargets(): Target[] {
  return ["staging-eu-1", "staging-eu-2"].map((node) =>
    target({
      page: `neighbour/${node}`,
      job: "node-exporter",
      instance: node,
      labels: { cluster: "staging-eu", namespace: "monitoring" },
      honorsLabels: false,
      families: () => [
        {
          name: "node_pressure_memory_waiting_seconds_total",
          type: "counter",
          help: "Total time in seconds that processes have waited for memory",
          rows: [{ ...ALWAYS, labels: {}, at: (seconds) => 0.95 * (seconds - 1_700_000_000), resets: [1_700_000_000] }],
        },
        {
          name: "node_memory_MemTotal_bytes",
          type: "gauge",
          help: "Memory information field MemTotal_bytes.",
          rows: [{ ...ALWAYS, labels: {}, at: () => 8e9 }],
        },
      ],
    }),
  );
}
