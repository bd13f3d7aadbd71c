import {
  countFlowsOnce,
  type FlowAdapter,
  type FlowEnd,
  type FlowReading,
  type FlowReport,
  type FlowSample,
  type FlowScope,
  mergeFlows,
  scopeOfZones,
} from "../../domain/network/flow-sample.ts";
import type { Labels } from "../../domain/snapshot.ts";
import { type NodeResolver, type PodOwnerOf, withoutPort } from "./labels.ts";
import type { InstantSample } from "./parse-answer.ts";

export type FlowContext = {
  readonly resolveNode: NodeResolver;
  readonly podOwner: PodOwnerOf;
  readonly zoneOfNode: (node: string) => string | null;
  /** Pod behind an address (its own IP, not a Service's); `null` = none known. */
  readonly podByIp: (address: string) => { readonly namespace: string; readonly pod: string } | null;
};
/** Sources that Prometheus holds; flow logs come as files. */
export type PrometheusFlowAdapter = Exclude<FlowAdapter, "vpc-flow-log">;
type Rows = ReadonlyMap<string, readonly InstantSample[]>;

/** Answer of a flow query → flows counted once, with the ends as the inventory knows them. */
export function toFlowReading(adapter: PrometheusFlowAdapter, rows: Rows, context: FlowContext): FlowReading {
  switch (adapter) {
    case "obi":
    case "beyla":
      return fromEbpf(adapter, rows.get(adapter) ?? [], context);
    case "netobserv":
      return fromNetobserv(rows);
    case "coroot":
      return fromCoroot(rows, context);
    case "network-costs":
      return fromNetworkCosts(rows.get("egress") ?? [], context);
    default:
      return adapter satisfies never;
  }
}

function fromEbpf(adapter: "obi" | "beyla", rows: readonly InstantSample[], context: FlowContext): FlowReading {
  const reports: FlowReport[] = rows.map(({ labels, value }) => ({
    source: end(labels.k8s_src_namespace, labels.k8s_src_owner_type, labels.k8s_src_owner_name, labels.src_zone),
    target: end(labels.k8s_dst_namespace, labels.k8s_dst_owner_type, labels.k8s_dst_owner_name, labels.dst_zone),
    sourceNode: emptyToNull(labels.k8s_src_node_name),
    reporterNode: context.resolveNode(reporterLabels(labels)),
    bytesPerSecond: value,
  }));
  const { samples, serviceCopyCount } = countFlowsOnce(adapter, reports);
  const hasZones = samples.some((flow) => flow.source.zone !== null || flow.target.zone !== null);
  const capability = hasZones ? "pair-with-zones" : "pair";
  return { adapter, capability, samples, serviceCopyCount, samplingRate: null };
}

/** Where the agent runs: its target's node, its address, or the address it writes itself. */
function reporterLabels(labels: Labels): Labels {
  const address = emptyToNull(labels.obi_ip) ?? emptyToNull(labels.beyla_ip);
  const node = emptyToNull(labels.node);
  return {
    ...(node === null ? {} : { node }),
    ...(address === null ? {} : { exported_node: address }),
    ...(labels.instance === undefined ? {} : { instance: labels.instance }),
  };
}

function fromNetobserv(rows: Rows): FlowReading {
  const samplingRate = rows.get("samplingRate")?.[0]?.value ?? null;
  let serviceCopyCount = 0;
  const samples: FlowSample[] = [];
  for (const { labels, value } of [...(rows.get("ingress") ?? []), ...(rows.get("egressOutside") ?? [])]) {
    const source = end(labels.SrcK8S_Namespace, labels.SrcK8S_OwnerType, labels.SrcK8S_OwnerName, labels.SrcK8S_Zone);
    const target = end(labels.DstK8S_Namespace, labels.DstK8S_OwnerType, labels.DstK8S_OwnerName, labels.DstK8S_Zone);
    if ((target.kind === "Service" && target.zone === null) || (source.kind === "Service" && source.zone === null)) {
      serviceCopyCount += 1;
      continue;
    }
    samples.push({
      adapter: "netobserv",
      source,
      target,
      scope: scopeOfZones(source.zone, target.zone),
      basis: "counted-once",
      bytesPerSecond: value * (samplingRate ?? 1),
    });
  }
  const hasZones = samples.some((flow) => flow.source.zone !== null);
  return {
    adapter: "netobserv",
    capability: hasZones ? "pair-with-zones" : "pair",
    samples: mergeFlows(samples),
    serviceCopyCount,
    samplingRate,
  };
}

function fromCoroot(rows: Rows, context: FlowContext): FlowReading {
  const samples: FlowSample[] = [];
  for (const part of ["sent", "received"] as const) {
    for (const { labels, value } of rows.get(part) ?? []) {
      const client = clientOf(labels, context);
      const server = peerOf(labels.actual_destination ?? "", context);
      const [source, target] = part === "sent" ? [client, server] : [server, client];
      const scope = scopeOfZones(source.zone, target.zone);
      samples.push({ adapter: "coroot", source, target, scope, basis: "counted-once", bytesPerSecond: value });
    }
  }
  const hasZones = samples.some((flow) => flow.source.zone !== null && flow.target.zone !== null);
  return {
    adapter: "coroot",
    capability: hasZones ? "pair-with-zones" : "pair",
    samples: mergeFlows(samples),
    serviceCopyCount: 0,
    samplingRate: null,
  };
}

/** `/k8s/<namespace>/<pod>/<container>`; anything else runs on the node itself. */
function clientOf(labels: Labels, context: FlowContext): FlowEnd {
  const [, scheme, namespace, pod] = (labels.container_id ?? "").split("/");
  if (scheme !== "k8s" || namespace === undefined || pod === undefined) {
    return end("", "", "", labels.az);
  }
  return podEnd(namespace, pod, emptyToNull(labels.az), context);
}

function peerOf(address: string, context: FlowContext): FlowEnd {
  const pod = context.podByIp(withoutPort(address));
  return pod === null ? end("", "", "", undefined) : podEnd(pod.namespace, pod.pod, null, context);
}

function podEnd(namespace: string, pod: string, zoneOfReporter: string | null, context: FlowContext): FlowEnd {
  const owner = context.podOwner(namespace, pod);
  const zone = owner?.nodeName == null ? null : context.zoneOfNode(owner.nodeName);
  return {
    namespace,
    kind: owner?.workload.kind ?? "Pod",
    name: owner?.workload.name ?? pod,
    zone: zone ?? zoneOfReporter,
  };
}

function fromNetworkCosts(rows: readonly InstantSample[], context: FlowContext): FlowReading {
  const samples: FlowSample[] = rows.map(({ labels, value }) => ({
    adapter: "network-costs",
    source: podEnd(labels.exported_namespace ?? labels.namespace ?? "", labels.pod_name ?? "", null, context),
    target: end("", "", "", undefined),
    scope: scopeOfFlags(labels),
    basis: "counted-once",
    bytesPerSecond: value,
  }));
  return {
    adapter: "network-costs",
    capability: "source-only",
    samples: mergeFlows(samples),
    serviceCopyCount: 0,
    samplingRate: null,
  };
}

/** Older builds spell the labels in camelCase. A missing flag leaves the scope unknown. */
function scopeOfFlags(labels: Labels): FlowScope {
  if (labels.internet === "true") return "internet";
  const sameZone = labels.same_zone ?? labels.sameZone;
  const sameRegion = labels.same_region ?? labels.sameRegion;
  if (sameZone === "true") return "same-zone";
  if (sameZone !== "false") return "unknown";
  if (sameRegion === "false") return "cross-region";
  return sameRegion === "true" ? "cross-zone" : "unknown";
}

function end(
  namespace: string | undefined,
  kind: string | undefined,
  name: string | undefined,
  zone: string | undefined,
): FlowEnd {
  return { namespace: namespace ?? "", kind: kind ?? "", name: name ?? "", zone: emptyToNull(zone) };
}

function emptyToNull(text: string | undefined): string | null {
  return text === undefined || text === "" ? null : text;
}
