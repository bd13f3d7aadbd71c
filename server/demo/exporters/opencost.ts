import { ALWAYS, type Family, gauge, type Row } from "../exposition.ts";
import { GIB } from "../fleet/cluster-builder.ts";
import type { DemoCluster, DemoNode } from "../fleet/types.ts";

/** Hourly on-demand list price of the machine types of the demo, in USD, split the way OpenCost does. */
const CPU_HOUR = 0.031611;
const GIB_HOUR = 0.004237;

/** OpenCost's page: prices of nodes and volumes. `instance` and `node` are both the node's name. */
export function opencostFamilies(cluster: DemoCluster): Family[] {
  const perNode = (value: (node: DemoNode) => number): Row[] =>
    cluster.nodes.map((node) => ({
      ...ALWAYS,
      labels: {
        arch: "amd64",
        instance: node.name,
        instance_type: node.instanceType,
        node: node.name,
        provider_id: node.name,
        region: cluster.region ?? "",
      },
      at: () => value(node),
    }));
  const single = (value: number): Row[] => [{ ...ALWAYS, labels: {}, at: () => value }];
  const total = (node: DemoNode) => node.cpuCores * CPU_HOUR + (node.memoryBytes / GIB) * GIB_HOUR;
  return [
    gauge(
      "kubecost_network_internet_egress_cost",
      "kubecost_network_internet_egress_cost Total cost per GB of internet egress.",
      single(0.12),
    ),
    gauge(
      "kubecost_network_region_egress_cost",
      "kubecost_network_region_egress_cost Total cost per GB egress across regions",
      single(0.01),
    ),
    gauge(
      "kubecost_network_zone_egress_cost",
      "kubecost_network_zone_egress_cost Total cost per GB egress across zones",
      single(0.01),
    ),
    gauge(
      "kubecost_node_is_spot",
      "kubecost_node_is_spot Cloud provider info about node preemptibility",
      perNode((node) => Number(node.isSpot)),
    ),
    gauge(
      "node_cpu_hourly_cost",
      "node_cpu_hourly_cost hourly cost for each cpu on this node",
      perNode(() => CPU_HOUR),
    ),
    gauge(
      "node_gpu_count",
      "node_gpu_count count of gpu on this node",
      perNode(() => 0),
    ),
    gauge(
      "node_gpu_hourly_cost",
      "node_gpu_hourly_cost hourly cost for each gpu on this node",
      perNode(() => 0),
    ),
    gauge(
      "node_ram_hourly_cost",
      "node_ram_hourly_cost hourly cost for each gb of ram on this node",
      perNode(() => GIB_HOUR),
    ),
    gauge("node_total_hourly_cost", "node_total_hourly_cost Total node cost per hour", perNode(total)),
    gauge(
      "pv_hourly_cost",
      "pv_hourly_cost Cost per GB per hour on a persistent disk",
      cluster.volumes.map((volume) => ({
        ...ALWAYS,
        labels: { persistentvolume: volume.volume, provider_id: volume.volume, volumename: volume.volume },
        at: () => 0.00023,
      })),
    ),
  ];
}
