import type { CataloguePart, CatalogueQuery } from "./catalogue-types.ts";

/** Flow sources in the order of preference; the first with series is asked, never two (they count the same bytes). */
const EBPF_LABELS = [
  "node",
  "instance",
  "obi_ip",
  "beyla_ip",
  "k8s_src_node_name",
  "k8s_dst_node_name",
  "k8s_src_namespace",
  "k8s_src_owner_name",
  "k8s_src_owner_type",
  "src_zone",
  "k8s_dst_namespace",
  "k8s_dst_owner_name",
  "k8s_dst_owner_type",
  "dst_zone",
] as const;
const NETOBSERV_LABELS = [
  "SrcK8S_Namespace",
  "SrcK8S_OwnerName",
  "SrcK8S_OwnerType",
  "SrcK8S_Zone",
  "DstK8S_Namespace",
  "DstK8S_OwnerName",
  "DstK8S_OwnerType",
  "DstK8S_Zone",
] as const;
const COROOT_LABELS = ["container_id", "actual_destination", "az"] as const;
const COSTS_LABELS = [
  "namespace",
  "exported_namespace",
  "pod_name",
  "internet",
  "same_zone",
  "same_region",
  "sameZone",
  "sameRegion",
] as const;

/** Flow labels are opt-in, so the inner step only takes HA replicas apart and keeps whatever else a series has. */
function sum(labels: readonly string[], selector: string): string {
  return `sum by (${labels.join(", ")}) (max without (prometheus_replica, __replica__) (rate(${selector}[$window])))`;
}
function flow(id: string, needs: string, expr: string): CataloguePart {
  return { id, metric: null, unit: "bytes/s", family: "flows", variants: [{ needs: [needs], expr }] };
}
function query(
  id: string,
  en: string,
  zh: string,
  needs: CatalogueQuery["needs"],
  by: readonly string[],
  parts: readonly CataloguePart[],
  sources: readonly string[],
): CatalogueQuery {
  return {
    id,
    title: { en, zh },
    needs,
    cadence: "fast",
    level: "flow",
    by,
    parts,
    topRows: 20_000,
    canShard: false,
    sources,
  };
}
const top = (expr: string): string => `topk($top, ${expr})`;

function ebpf(product: "obi" | "beyla"): CatalogueQuery {
  const name = `${product}_network_flow_bytes_total`;
  return query(
    `flows.${product}`,
    "Traffic between workloads (eBPF)",
    "工作负载间流量（eBPF）",
    {
      en: "OpenTelemetry eBPF or Beyla with feature `network`, attributes src_zone, dst_zone and k8s_src_node_name selected",
      zh: "OpenTelemetry eBPF 或 Beyla 开启 network 功能，并选择属性 src_zone、dst_zone、k8s_src_node_name",
    },
    EBPF_LABELS,
    [flow(product, name, top(sum(EBPF_LABELS, name)))],
    ["facts/metrics.md 5.1"],
  );
}

export const flowQueries: readonly CatalogueQuery[] = [
  ebpf("obi"),
  ebpf("beyla"),
  query(
    "flows.netobserv",
    "Traffic between workloads (NetObserv)",
    "工作负载间流量（NetObserv）",
    { en: "NetObserv with spec.processor.addZone", zh: "NetObserv，并设置 spec.processor.addZone" },
    NETOBSERV_LABELS,
    [
      // Inside the cluster each flow is in both metrics: ingress for what arrives at a workload, egress for the rest.
      flow(
        "ingress",
        "netobserv_workload_ingress_bytes_total",
        top(sum(NETOBSERV_LABELS, "netobserv_workload_ingress_bytes_total")),
      ),
      flow(
        "egressOutside",
        "netobserv_workload_egress_bytes_total",
        top(sum(NETOBSERV_LABELS, 'netobserv_workload_egress_bytes_total{DstK8S_OwnerName=""}')),
      ),
      {
        id: "samplingRate",
        metric: null,
        unit: "count",
        family: "flows",
        variants: [{ needs: ["netobserv_agent_sampling_rate"], expr: "avg (netobserv_agent_sampling_rate > 0)" }],
      },
    ],
    ["facts/metrics.md 5.2"],
  ),
  query(
    "flows.coroot",
    "Connections between workloads (Coroot node agent)",
    "工作负载间连接（Coroot node agent）",
    { en: "coroot-node-agent on every node", zh: "每个节点上的 coroot-node-agent" },
    COROOT_LABELS,
    [
      flow("sent", "container_net_tcp_bytes_sent_total", top(sum(COROOT_LABELS, "container_net_tcp_bytes_sent_total"))),
      flow(
        "received",
        "container_net_tcp_bytes_received_total",
        top(sum(COROOT_LABELS, "container_net_tcp_bytes_received_total")),
      ),
    ],
    ["facts/metrics.md 5.4"],
  ),
  query(
    "flows.network-costs",
    "Bytes sent by pod and reach (network-costs)",
    "按 Pod 与范围统计的发送流量（network-costs）",
    { en: "OpenCost or Kubecost network-costs DaemonSet", zh: "OpenCost 或 Kubecost 的 network-costs DaemonSet" },
    COSTS_LABELS,
    [
      flow(
        "egress",
        "kubecost_pod_network_egress_bytes_total",
        top(sum(COSTS_LABELS, "kubecost_pod_network_egress_bytes_total")),
      ),
    ],
    ["facts/metrics.md 5.3"],
  ),
];
