export type RepackNode = {
  readonly name: string;
  /** Pods move inside a group only: same pool, taints and zone rules. */
  readonly group: string;
  readonly cpuCores: number;
  readonly memoryBytes: number;
  readonly podCount: number;
  /** Null = no price known. */
  readonly costPerHour: number | null;
  /** A control plane or a cordoned node is not taken away here. */
  readonly isRemovable: boolean;
};
export type RepackPod = {
  readonly nodeName: string;
  readonly cpuCores: number;
  readonly memoryBytes: number;
  /** Bare pods and holders of devices stay where they are, and their node with them. */
  readonly isMovable: boolean;
};
export type RepackResult = {
  readonly removed: readonly string[];
  /** Cost per hour of the removed nodes that have a price. */
  readonly costPerHour: number;
  readonly unpricedCount: number;
};

/** Nodes are filled up to this part, so that a rollout and a burst still fit. */
const FILL_RATIO = 0.9;

/**
 * Which nodes can go when the pods are moved together (first fit, largest pod first).
 *
 * Basis: group by group, the node with the least on it first: it goes when each of its pods fits on another node of the group that
 * stays, filled to 90 % of what it can give by request. At least one node of a group stays. Pods of DaemonSets are not given: they go
 * with their node. No better packing is searched for, so the answer is a lower bound.
 * Unit: cores, bytes; cost per hour as given. Errors: none; pods on nodes that are not listed are left out.
 */
export function repackNodes(nodes: readonly RepackNode[], pods: readonly RepackPod[]): RepackResult {
  const podsByNode = Map.groupBy(pods, (pod) => pod.nodeName);
  const removed: RepackNode[] = [];
  for (const group of Map.groupBy(nodes, (node) => node.group).values()) removed.push(...drainGroup(group, podsByNode));
  return {
    removed: removed.map((node) => node.name),
    costPerHour: removed.reduce((sum, node) => sum + (node.costPerHour ?? 0), 0),
    unpricedCount: removed.filter((node) => node.costPerHour === null).length,
  };
}

type Bin = { readonly node: RepackNode; pods: RepackPod[]; cpu: number; memory: number; count: number };

function drainGroup(nodes: readonly RepackNode[], podsByNode: ReadonlyMap<string, readonly RepackPod[]>): RepackNode[] {
  const bins = nodes
    .map((node): Bin => {
      const pods = [...(podsByNode.get(node.name) ?? [])];
      return {
        node,
        pods,
        cpu: node.cpuCores * FILL_RATIO - sum(pods, (pod) => pod.cpuCores),
        memory: node.memoryBytes * FILL_RATIO - sum(pods, (pod) => pod.memoryBytes),
        count: node.podCount - pods.length,
      };
    })
    .sort((a, b) => loadOf(a) - loadOf(b) || (a.node.name < b.node.name ? -1 : 1));
  const stays = new Set(bins);
  const gone: RepackNode[] = [];
  for (const bin of bins) {
    if (stays.size === 1) break;
    if (!bin.node.isRemovable || bin.pods.some((pod) => !pod.isMovable)) continue;
    // Fullest first keeps the emptier ones free to go after it.
    const targets = [...stays].filter((other) => other !== bin).reverse();
    const moves = place(bin.pods, targets);
    if (moves === null) continue;
    for (const [pod, target] of moves) target.pods.push(pod);
    stays.delete(bin);
    gone.push(bin.node);
  }
  return gone;
}

/** Room is taken while placing and given back when one pod does not fit. */
function place(pods: readonly RepackPod[], targets: readonly Bin[]): [RepackPod, Bin][] | null {
  const moves: [RepackPod, Bin][] = [];
  for (const pod of [...pods].sort((a, b) => b.memoryBytes - a.memoryBytes || b.cpuCores - a.cpuCores)) {
    const target = targets.find((bin) => bin.cpu >= pod.cpuCores && bin.memory >= pod.memoryBytes && bin.count >= 1);
    if (target === undefined) {
      for (const [placed, bin] of moves) take(bin, placed, -1);
      return null;
    }
    take(target, pod, 1);
    moves.push([pod, target]);
  }
  return moves;
}

function take(bin: Bin, pod: RepackPod, sign: 1 | -1): void {
  bin.cpu -= sign * pod.cpuCores;
  bin.memory -= sign * pod.memoryBytes;
  bin.count -= sign;
}

const loadOf = ({ node, pods }: Bin) =>
  Math.max(sum(pods, (pod) => pod.cpuCores) / node.cpuCores, sum(pods, (pod) => pod.memoryBytes) / node.memoryBytes);
const sum = (pods: readonly RepackPod[], pick: (pod: RepackPod) => number) =>
  pods.reduce((total, pod) => total + pick(pod), 0);
