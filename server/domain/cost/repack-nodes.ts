import { FirstFit } from "./first-fit.ts";

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
    .map((node) => {
      const pods = [...(podsByNode.get(node.name) ?? [])];
      const cpu = sum(pods, (pod) => pod.cpuCores);
      const memory = sum(pods, (pod) => pod.memoryBytes);
      const bin: Bin = {
        node,
        pods,
        cpu: node.cpuCores * FILL_RATIO - cpu,
        memory: node.memoryBytes * FILL_RATIO - memory,
        count: node.podCount - pods.length,
      };
      return { bin, load: Math.max(cpu / node.cpuCores, memory / node.memoryBytes) };
    })
    // Fullest first: pods go to the fullest node that has room, which keeps the emptier ones free to go.
    .sort((a, b) => b.load - a.load || (a.bin.node.name < b.bin.node.name ? 1 : -1))
    .map(({ bin }) => bin);
  const room = new FirstFit(bins.length);
  bins.forEach((bin, index) => {
    room.set(index, bin.cpu, bin.memory, bin.count);
  });
  let left = bins.length;
  const gone: RepackNode[] = [];
  for (let index = bins.length - 1; index >= 0; index -= 1) {
    const bin = bins[index];
    if (bin === undefined || left === 1) break;
    if (!bin.node.isRemovable || bin.pods.some((pod) => !pod.isMovable)) continue;
    room.set(index, -Infinity, -Infinity, -Infinity);
    if (place(bin.pods, bins, room)) {
      gone.push(bin.node);
      left -= 1;
    } else room.set(index, bin.cpu, bin.memory, bin.count);
  }
  return gone;
}

/** Room is taken while placing and given back when one pod does not fit; then false. */
function place(pods: readonly RepackPod[], bins: readonly Bin[], room: FirstFit): boolean {
  const moves: [RepackPod, Bin, number][] = [];
  const take = (bin: Bin, index: number, pod: RepackPod, sign: 1 | -1): void => {
    bin.cpu -= sign * pod.cpuCores;
    bin.memory -= sign * pod.memoryBytes;
    bin.count -= sign;
    room.set(index, bin.cpu, bin.memory, bin.count);
  };
  for (const pod of [...pods].sort((a, b) => b.memoryBytes - a.memoryBytes || b.cpuCores - a.cpuCores)) {
    const index = room.find(pod.cpuCores, pod.memoryBytes);
    const target = bins[index];
    if (target === undefined) {
      for (const [placed, bin, at] of moves) take(bin, at, placed, -1);
      return false;
    }
    take(target, index, pod, 1);
    moves.push([pod, target, index]);
  }
  for (const [pod, bin] of moves) bin.pods.push(pod);
  return true;
}

const sum = (pods: readonly RepackPod[], pick: (pod: RepackPod) => number) =>
  pods.reduce((total, pod) => total + pick(pod), 0);
