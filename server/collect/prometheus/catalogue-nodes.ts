import type { MetricId, MetricUnit } from "../../domain/metrics.ts";
import type { CataloguePart, CatalogueQuery, Family } from "./catalogue-types.ts";
import { NODE_LABELS } from "./labels.ts";

const BY = `by (${NODE_LABELS.join(", ")})`;
// Interfaces that carry the same bytes a second time: loopback, pod ends, bridges, tunnels.
export const SECOND_INTERFACES =
  "lo|veth.*|cali.*|cilium.*|lxc.*|cni.*|flannel.*|docker.*|br-.*|kube-.*|nodelocaldns|tunl.*|ip6tnl.*|sit.*|gre.*|gretap.*|erspan.*|ip_vti.*|ip6_vti.*|ip6gre.*|vxlan.*|genev_.*|dummy.*";
const PAGE_BYTES = 4096; // node_vmstat counts pages; 4 KiB on x86 and by default on arm64

function part(
  metric: MetricId,
  unit: MetricUnit,
  family: Family,
  source: string,
  needs: string[],
  expr: string,
): CataloguePart {
  return { id: `${metric}.${source}`, metric, unit, family, variants: [{ needs, expr }] };
}

function rateOf(name: string): string {
  return `max ${BY} (rate(${name}[$window]))`;
}

function pressure(metric: MetricId, kind: string): CataloguePart[] {
  const exporter = `node_pressure_${kind}_seconds_total`;
  const root = `container_pressure_${kind}_seconds_total`;
  return [
    part(metric, "ratio", "nodeExporter", "nodeExporter", [exporter], rateOf(exporter)),
    // Reads 0 on cgroup v1, where the kernel keeps no such file: the collector drops those rows.
    part(metric, "ratio", "kubelet", "cadvisorRoot", [root, "rows:root"], rateOf(`${root}{id="/"}`)),
  ];
}

/** Where several parts fill one quantity, the first with a value for that node wins: the order is the preference. */
const parts: readonly CataloguePart[] = [
  part(
    "cpuUsedCores",
    "cores",
    "kubelet",
    "cadvisorRoot",
    ["container_cpu_usage_seconds_total", "rows:root"],
    rateOf('container_cpu_usage_seconds_total{id="/"}'),
  ),
  part(
    "cpuUsedCores",
    "cores",
    "kubelet",
    "resource",
    ["node_cpu_usage_seconds_total"],
    rateOf("node_cpu_usage_seconds_total"),
  ),
  {
    ...part(
      "cpuUsedCores",
      "cores",
      "nodeExporter",
      "nodeExporter",
      ["node_cpu_seconds_total"],
      // Cores minus idle time: two modes read instead of eight.
      `count ${BY} (max by (${[...NODE_LABELS, "cpu"].join(", ")}) (node_cpu_seconds_total{mode="idle"})) - sum ${BY} (max by (${[...NODE_LABELS, "cpu", "mode"].join(", ")}) (rate(node_cpu_seconds_total{mode=~"idle|iowait"}[$window])))`,
    ),
    redundantWith: "rows:root",
  },
  part(
    "memoryWorkingSetBytes",
    "bytes",
    "kubelet",
    "cadvisorRoot",
    ["container_memory_working_set_bytes", "rows:root"],
    `max ${BY} (container_memory_working_set_bytes{id="/"})`,
  ),
  part(
    "memoryWorkingSetBytes",
    "bytes",
    "kubelet",
    "resource",
    ["node_memory_working_set_bytes"],
    `max ${BY} (node_memory_working_set_bytes)`,
  ),
  part(
    "memoryWorkingSetBytes",
    "bytes",
    "nodeExporter",
    "nodeExporter",
    ["node_memory_MemTotal_bytes", "node_memory_MemAvailable_bytes"],
    `max ${BY} (node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes)`,
  ),
  ...pressure("cpuWaitingRatio", "cpu_waiting"),
  ...pressure("memoryWaitingRatio", "memory_waiting"),
  ...pressure("memoryStalledRatio", "memory_stalled"),
  ...pressure("ioWaitingRatio", "io_waiting"),
  ...pressure("ioStalledRatio", "io_stalled"),
  part(
    "swapUsedBytes",
    "bytes",
    "nodeExporter",
    "nodeExporter",
    ["node_memory_SwapTotal_bytes", "node_memory_SwapFree_bytes"],
    `max ${BY} (node_memory_SwapTotal_bytes - node_memory_SwapFree_bytes)`,
  ),
  part("swapUsedBytes", "bytes", "kubelet", "resource", ["node_swap_usage_bytes"], `max ${BY} (node_swap_usage_bytes)`),
  part(
    "swapCapacityBytes",
    "bytes",
    "nodeExporter",
    "nodeExporter",
    ["node_memory_SwapTotal_bytes"],
    `max ${BY} (node_memory_SwapTotal_bytes)`,
  ),
  part("swapCapacityBytes", "bytes", "kubelet", "machine", ["machine_swap_bytes"], `max ${BY} (machine_swap_bytes)`),
  part(
    "swapInBytesPerSecond",
    "bytes/s",
    "nodeExporter",
    "nodeExporter",
    ["node_vmstat_pswpin"],
    `${rateOf("node_vmstat_pswpin")} * ${PAGE_BYTES}`,
  ),
  part(
    "swapOutBytesPerSecond",
    "bytes/s",
    "nodeExporter",
    "nodeExporter",
    ["node_vmstat_pswpout"],
    `${rateOf("node_vmstat_pswpout")} * ${PAGE_BYTES}`,
  ),
  part(
    "oomKillsPerSecond",
    "events/s",
    "nodeExporter",
    "nodeExporter",
    ["node_vmstat_oom_kill"],
    rateOf("node_vmstat_oom_kill"),
  ),
  // The busiest interface: bonds and their members, bridges and their uplinks repeat each other.
  part(
    "networkReceiveBytesPerSecond",
    "bytes/s",
    "nodeExporter",
    "nodeExporter",
    ["node_network_receive_bytes_total"],
    rateOf(`node_network_receive_bytes_total{device!~"${SECOND_INTERFACES}"}`),
  ),
  part(
    "networkReceiveBytesPerSecond",
    "bytes/s",
    "kubelet",
    "cadvisorRoot",
    ["container_network_receive_bytes_total", "rows:root"],
    rateOf(`container_network_receive_bytes_total{id="/",interface!~"${SECOND_INTERFACES}"}`),
  ),
  part(
    "networkTransmitBytesPerSecond",
    "bytes/s",
    "nodeExporter",
    "nodeExporter",
    ["node_network_transmit_bytes_total"],
    rateOf(`node_network_transmit_bytes_total{device!~"${SECOND_INTERFACES}"}`),
  ),
  part(
    "networkTransmitBytesPerSecond",
    "bytes/s",
    "kubelet",
    "cadvisorRoot",
    ["container_network_transmit_bytes_total", "rows:root"],
    rateOf(`container_network_transmit_bytes_total{id="/",interface!~"${SECOND_INTERFACES}"}`),
  ),
  part("cpuCapacityCores", "cores", "kubelet", "machine", ["machine_cpu_cores"], `max ${BY} (machine_cpu_cores)`),
  part(
    "memoryCapacityBytes",
    "bytes",
    "kubelet",
    "machine",
    ["machine_memory_bytes"],
    `max ${BY} (machine_memory_bytes)`,
  ),
  part(
    "memoryCapacityBytes",
    "bytes",
    "nodeExporter",
    "nodeExporter",
    ["node_memory_MemTotal_bytes"],
    `max ${BY} (node_memory_MemTotal_bytes)`,
  ),
];

export const nodeQuery: CatalogueQuery = {
  id: "nodes",
  title: { en: "Nodes: use, pressure, swap, network", zh: "节点：用量、压力、交换与网络" },
  needs: {
    en: "the kubelet's cAdvisor page, better with node_exporter (collector pressure)",
    zh: "kubelet 的 cAdvisor 指标；最好同时有 node_exporter（pressure 采集器）",
  },
  cadence: "fast",
  level: "node",
  by: NODE_LABELS,
  parts,
  topRows: null,
  canShard: false, // node_exporter and kubelet targets have different instances
  sources: [
    "facts/metrics.md 2.1, 2.2, 3, 4.1, 9",
    "node_exporter collector/pressure_linux.go",
    "cadvisor metrics/prometheus.go",
  ],
};
