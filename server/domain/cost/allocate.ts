import type { NodeResource } from "./node-price.ts";

/** What a node has of one resource and what one hour of all of it costs. Any unit, the same for pods of the node. */
export type NodeCapacity = {
  readonly capacity: number;
  readonly allocatable: number;
  readonly costPerHour: number | null;
};
export type AllocatedNode = {
  readonly name: string;
  readonly resources: Readonly<Record<NodeResource, NodeCapacity | null>>;
};
/** A pod's claim on one resource. `used` null = not measured. */
export type PodDemand = { readonly requested: number; readonly used: number | null };
export type AllocatedPod = {
  /** Whoever it is charged to; pods with one key are added up. */
  readonly owner: string;
  readonly nodeName: string;
  readonly demands: Readonly<Record<NodeResource, PodDemand | null>>;
};

/**
 * used – worked with; requested-unused – held and idle, by measurement; requested-unmeasured – held, use not known;
 * unallocated – nobody asked for it; overhead – kept by the system (capacity minus allocatable).
 */
export const COST_SHARES = ["used", "requested-unused", "requested-unmeasured", "unallocated", "overhead"] as const;
export type CostShare = (typeof COST_SHARES)[number];

export type AllocationLine = {
  readonly nodeName: string;
  readonly resource: NodeResource;
  readonly share: CostShare;
  /** null for unallocated and overhead. */
  readonly owner: string | null;
  /** Part of the node's resource (0–1); the parts of one node and resource add up to 1. */
  readonly fraction: number;
  /** Cost per hour; null when the node has no price. */
  readonly costPerHour: number | null;
};

/**
 * Who holds a node: the allocation kernel.
 *
 * Basis: a pod is charged the larger of request and use; what exceeds the node's allocatable amount is scaled down to it, so that a
 * node never costs more than it costs. The rest of allocatable is unallocated, capacity minus allocatable is overhead.
 * Shape: lines per node, resource, share and owner; per node and resource the fractions add up to 1 and the costs to the node's.
 * Unit: as the node prices. Errors: none; pods on unknown nodes are left out (they hold nothing that is priced here).
 * Source: OpenCost specification (max of request and use), with idle split into unallocated and requested-unused.
 */
export function allocate(nodes: readonly AllocatedNode[], pods: readonly AllocatedPod[]): AllocationLine[] {
  const podsByNode = new Map<string, AllocatedPod[]>();
  for (const pod of pods) {
    const list = podsByNode.get(pod.nodeName);
    if (list === undefined) podsByNode.set(pod.nodeName, [pod]);
    else list.push(pod);
  }
  const lines: AllocationLine[] = [];
  for (const node of nodes) {
    for (const resource of ["cpu", "memory", "gpu"] as const) {
      const capacity = node.resources[resource];
      if (capacity === null || !(capacity.capacity > 0)) continue;
      allocateResource(node.name, resource, capacity, podsByNode.get(node.name) ?? [], lines);
    }
  }
  return lines;
}

function allocateResource(
  nodeName: string,
  resource: NodeResource,
  node: NodeCapacity,
  pods: readonly AllocatedPod[],
  lines: AllocationLine[],
): void {
  const allocatable = Math.min(node.capacity, Math.max(0, node.allocatable));
  const parts = new Map<string, { owner: string | null; share: CostShare; amount: number }>();
  const add = (owner: string, share: CostShare, amount: number): void => {
    if (!(amount > 0)) return;
    const key = `${share}\u0000${owner}`;
    const part = parts.get(key);
    if (part === undefined) parts.set(key, { owner, share, amount });
    else part.amount += amount;
  };
  let charged = 0;
  for (const { owner, demands } of pods) {
    const demand = demands[resource];
    if (demand === null) continue;
    const requested = Math.max(0, demand.requested);
    if (demand.used === null) {
      add(owner, "requested-unmeasured", requested);
      charged += requested;
      continue;
    }
    const used = Math.max(0, demand.used);
    add(owner, "used", used);
    add(owner, "requested-unused", requested - used);
    charged += Math.max(requested, used);
  }
  // Use beyond allocatable (the system's part was borrowed) and over-committed figures are squeezed into what the node can give.
  const squeeze = charged > allocatable && charged > 0 ? allocatable / charged : 1;
  let left = 1;
  const push = (share: CostShare, owner: string | null, fraction: number): void => {
    left -= fraction;
    lines.push({
      nodeName,
      resource,
      share,
      owner,
      fraction,
      costPerHour: node.costPerHour === null ? null : node.costPerHour * fraction,
    });
  };
  for (const { owner, share, amount } of parts.values()) push(share, owner, (amount * squeeze) / node.capacity);
  const overhead = (node.capacity - allocatable) / node.capacity;
  if (overhead > 0) push("overhead", null, Math.min(overhead, left));
  // The remainder, not a figure of its own: that is what makes parts and whole equal.
  if (left > 1e-12) push("unallocated", null, left);
}
