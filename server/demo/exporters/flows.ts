import { ALWAYS, counterFamily, type Family, gauge, type LabelSet, type Row } from "../exposition.ts";
import type { DemoCluster, DemoFlow, DemoNode, DemoPod, DemoWorkload } from "../fleet/types.ts";
import { counter, type Signal, scaled } from "../signal.ts";

/** NetObserv exports one packet in fifty and does not scale its metrics back. */
export const NETOBSERV_SAMPLING = 50;

/** Bytes from the pods of one workload on one node to those of another workload on another node. */
export type NodeFlow = {
  readonly flow: DemoFlow;
  readonly from: DemoNode;
  readonly to: DemoNode;
  readonly bytesPerSecond: Signal;
};

/**
 * Spreads each conversation over the nodes of its two ends: the given share stays in the sender's zone where the
 * receiver has a pod there, the rest goes evenly to the pods elsewhere. The parts add up to the whole.
 */
export function nodeFlows(cluster: DemoCluster): NodeFlow[] {
  return cluster.flows.flatMap((flow) => {
    const senders = runningPods(cluster, flow.from);
    const receivers = runningPods(cluster, flow.to);
    const byPair = new Map<string, { from: DemoNode; to: DemoNode; share: number }>();
    for (const sender of senders) {
      const near = receivers.filter((pod) => pod.node.zone === sender.node.zone);
      const far = receivers.filter((pod) => pod.node.zone !== sender.node.zone);
      const nearShare = near.length === 0 ? 0 : far.length === 0 ? 1 : flow.sameZoneShare;
      for (const receiver of receivers) {
        const isNear = receiver.node.zone === sender.node.zone;
        const share = isNear ? nearShare / near.length : (1 - nearShare) / far.length;
        const key = `${sender.node.name}>${receiver.node.name}`;
        const known = byPair.get(key) ?? { from: sender.node, to: receiver.node, share: 0 };
        known.share += share / senders.length;
        byPair.set(key, known);
      }
    }
    return [...byPair.values()]
      .filter((pair) => pair.share > 0)
      .map((pair) => ({
        flow,
        from: pair.from,
        to: pair.to,
        bytesPerSecond: scaled(flow.bytesPerSecond, pair.share),
      }));
  });
}

type PlacedPod = DemoPod & { readonly node: DemoNode };

function runningPods(cluster: DemoCluster, workload: DemoWorkload): PlacedPod[] {
  return cluster.pods.filter(
    (pod): pod is PlacedPod => pod.workload === workload && pod.node !== null && pod.to === Number.POSITIVE_INFINITY,
  );
}

function row(labels: LabelSet, flow: NodeFlow, observer: DemoNode, factor = 1): Row {
  const resets = observer.boots;
  return { ...ALWAYS, labels, at: counter(flow.bytesPerSecond, resets, factor), resets };
}

/** What the Beyla agent of one node reports: every flow that begins or ends there, and the Service's copy of it. */
export function beylaFamilies(flows: readonly NodeFlow[], agent: DemoNode): Family[] {
  const seen = flows.filter((flow) => flow.from === agent || flow.to === agent);
  const rows = seen.flatMap((seenFlow): Row[] => {
    const { flow, from, to } = seenFlow;
    const base = {
      beyla_ip: agent.address,
      k8s_src_namespace: flow.from.namespace,
      k8s_src_node_name: from.name,
      k8s_src_owner_name: flow.from.name,
      k8s_src_owner_type: flow.from.kind,
      k8s_src_type: "Pod",
      src_zone: from.zone ?? "",
    };
    const direct = row(
      {
        ...base,
        dst_zone: to.zone ?? "",
        k8s_dst_namespace: flow.to.namespace,
        k8s_dst_node_name: to.name,
        k8s_dst_owner_name: flow.to.name,
        k8s_dst_owner_type: flow.to.kind,
        k8s_dst_type: "Pod",
      },
      seenFlow,
      agent,
    );
    // Byte for byte the same conversation, seen at the Service's address before it is translated: no zone, no node.
    if (flow.service === null || from !== agent) return [direct];
    const viaService = row(
      {
        ...base,
        dst_zone: "",
        k8s_dst_namespace: flow.to.namespace,
        k8s_dst_node_name: "",
        k8s_dst_owner_name: flow.service,
        k8s_dst_owner_type: "Service",
        k8s_dst_type: "Service",
        k8s_dst_name: to.name,
      },
      seenFlow,
      agent,
    );
    return [direct, viaService];
  });
  return rows.length === 0
    ? []
    : [
        counterFamily(
          "beyla_network_flow_bytes_total",
          "bytes submitted from a source network endpoint to a destination network endpoint",
          rows,
        ),
      ];
}

/** NetObserv's workload metrics: one page for the cluster, each flow in both directions, one byte in fifty. */
export function netobservFamilies(flows: readonly NodeFlow[]): Family[] {
  const byLabels = new Map<string, { labels: LabelSet; flows: NodeFlow[] }>();
  for (const flow of flows) {
    const labels = {
      DstK8S_Namespace: flow.flow.to.namespace,
      DstK8S_OwnerName: flow.flow.to.name,
      DstK8S_OwnerType: flow.flow.to.kind,
      DstK8S_Type: "Pod",
      DstK8S_Zone: flow.to.zone ?? "",
      DstSubnetLabel: "",
      K8S_FlowLayer: "app",
      SrcK8S_Namespace: flow.flow.from.namespace,
      SrcK8S_OwnerName: flow.flow.from.name,
      SrcK8S_OwnerType: flow.flow.from.kind,
      SrcK8S_Type: "Pod",
      SrcK8S_Zone: flow.from.zone ?? "",
      SrcSubnetLabel: "",
    };
    const key = JSON.stringify(labels);
    const known: { labels: LabelSet; flows: NodeFlow[] } = byLabels.get(key) ?? { labels, flows: [] };
    known.flows.push(flow);
    byLabels.set(key, known);
  }
  const rows = [...byLabels.values()].map(({ labels, flows: parts }): Row => {
    const resets = parts[0]?.from.boots ?? [];
    const counters = parts.map((part) => counter(part.bytesPerSecond, resets, 1 / NETOBSERV_SAMPLING));
    return {
      ...ALWAYS,
      labels,
      at: (seconds) => counters.reduce((total, read) => total + read(seconds), 0),
      resets,
    };
  });
  return [
    counterFamily("netobserv_workload_egress_bytes_total", "Total bytes per workload in egress direction", rows),
    counterFamily("netobserv_workload_ingress_bytes_total", "Total bytes per workload in ingress direction", rows),
  ];
}

/** The agent's own page: what it samples. */
export function netobservAgentFamilies(): Family[] {
  return [
    gauge("netobserv_agent_sampling_rate", "Configured sampling rate", [
      { ...ALWAYS, labels: {}, at: () => NETOBSERV_SAMPLING },
    ]),
  ];
}
