import type { Labels, NodeFacts } from "../../domain/snapshot.ts";

/** Labels that name a node pool, the more specific first; `pool` and `nodepool` are what people write themselves. */
const POOL_LABELS = [
  "karpenter.sh/nodepool",
  "karpenter.sh/provisioner-name",
  "eks.amazonaws.com/nodegroup",
  "alpha.eksctl.io/nodegroup-name",
  "cloud.google.com/gke-nodepool",
  "kubernetes.azure.com/agentpool",
  "agentpool",
  "doks.digitalocean.com/node-pool",
  "lke.linode.com/pool-id",
  "ibm-cloud.kubernetes.io/worker-pool-name",
  "oke.oraclecloud.com/pool.name",
  "k8s.scaleway.com/pool-name",
  "cce.cloud.com/cce-nodepool",
  "alibabacloud.com/nodepool-id",
  "hypershift.openshift.io/nodePool",
  "cluster.x-k8s.io/deployment-name",
  "node.kubernetes.io/pool",
  "node-pool",
  "nodepool",
  "node-group",
  "nodegroup",
  "pool",
] as const;

const PROVIDERS: Readonly<Record<string, string>> = {
  aws: "aws",
  gce: "gcp",
  azure: "azure",
  digitalocean: "digitalocean",
  linode: "linode",
  openstack: "openstack",
  vsphere: "vsphere",
  hcloud: "hetzner",
  ibm: "ibm",
  oci: "oracle",
  ocid1: "oracle",
  alicloud: "alibaba",
  kind: "kind",
  k3s: "k3s",
};

export type NodePlacement = Pick<NodeFacts, "zone" | "region" | "instanceType" | "capacityType" | "pool">;

/** Where a node runs and what it is, by the labels of its provider. `null` = no label says so. */
export function parseNodePlacement(labels: Labels, providerId: string | null): NodePlacement {
  return {
    zone: parseZone(labels, providerId),
    region: first(labels, ["topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region"]),
    instanceType: first(labels, ["node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"]),
    capacityType: parseCapacityType(labels),
    pool: first(labels, POOL_LABELS),
  };
}

function parseZone(labels: Labels, providerId: string | null): string | null {
  const zone = first(labels, ["topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"]);
  // On Azure a bare number is the fault domain of a node outside any zone, and would invent cross-zone traffic.
  if (zone !== null && /^\d+$/.test(zone) && parseProvider(providerId) === "azure") return null;
  return zone;
}

function parseCapacityType(labels: Labels): "on-demand" | "spot" | null {
  const named =
    labels["karpenter.sh/capacity-type"] ??
    labels["eks.amazonaws.com/capacityType"] ??
    labels["cloud.google.com/gke-provisioning"] ??
    labels["kubernetes.azure.com/scalesetpriority"] ??
    labels["node.kubernetes.io/capacity-type"];
  if (named !== undefined) {
    const word = named.toLowerCase().replace("_", "-");
    if (word === "spot" || word === "preemptible") return "spot";
    // "reserved" and "capacity-block" (Karpenter) are billed like on-demand with a discount the price book may know.
    if (["on-demand", "standard", "regular", "reserved", "capacity-block"].includes(word)) return "on-demand";
    return null;
  }
  if (labels["cloud.google.com/gke-spot"] === "true" || labels["cloud.google.com/gke-preemptible"] === "true")
    return "spot";
  // GKE and AKS label only their spot pools.
  const isManagedPool = labels["cloud.google.com/gke-nodepool"] ?? labels["kubernetes.azure.com/agentpool"];
  return isManagedPool === undefined ? null : "on-demand";
}

/** The provider that a `spec.providerID` names ("aws:///us-east-1a/i-0abc" → "aws"), else `null`. */
export function parseProvider(providerId: string | null): string | null {
  if (providerId === null) return null;
  const scheme = /^([a-z0-9]+)(?::\/\/|\.)/.exec(providerId)?.[1];
  return scheme === undefined ? null : (PROVIDERS[scheme] ?? null);
}

/** The provider most nodes name; `null` when none does. */
export function providerOfNodes(nodes: readonly NodeFacts[]): string | null {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const provider = parseProvider(node.providerId);
    if (provider !== null) counts.set(provider, (counts.get(provider) ?? 0) + 1);
  }
  let best: string | null = null;
  for (const [provider, count] of counts) if (best === null || count > (counts.get(best) ?? 0)) best = provider;
  return best;
}

function first(labels: Labels, keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = labels[key];
    if (value !== undefined && value !== "") return value;
  }
  return null;
}
