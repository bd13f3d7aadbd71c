import { type RepackNode, type RepackPod, type RepackResult, repackNodes } from "./repack-nodes.ts";

/** A pod that a change can name: by its workload, or alone. */
export type PackedPod = RepackPod & { readonly workload: string; readonly pod: string };

/** Requests of a workload's pods times a ratio; `pods` narrows it to some of them. A ratio of 0 for both leaves an empty pod. */
export type PackingChange = {
  readonly workload: string;
  readonly cpuRatio: number;
  readonly memoryRatio: number;
  readonly pods: readonly string[] | null;
};

export type Packing = {
  /** What could go with everything as it is. */
  readonly base: RepackResult;
  /** The same with changes applied together. Only groups that hold a changed pod are packed anew. */
  with(changes: readonly PackingChange[]): RepackResult;
};

/**
 * Nodes and pods, ready to be packed again and again with different changes.
 *
 * Basis: as `repackNodes`, group by group; groups do not touch each other, so those without a changed pod keep their result.
 * Errors: none.
 */
export function openPacking(nodes: readonly RepackNode[], pods: readonly PackedPod[]): Packing {
  const groupOf = new Map(nodes.map((node) => [node.name, node.group]));
  const nodesByGroup = Map.groupBy(nodes, (node) => node.group);
  const podsByGroup = Map.groupBy(pods, (pod) => groupOf.get(pod.nodeName) ?? "");
  const groupsByWorkload = new Map<string, Set<string>>();
  for (const pod of pods) {
    const group = groupOf.get(pod.nodeName);
    if (group === undefined) continue;
    const known = groupsByWorkload.get(pod.workload);
    if (known === undefined) groupsByWorkload.set(pod.workload, new Set([group]));
    else known.add(group);
  }
  const pack = (group: string, changes: ReadonlyMap<string, readonly PackingChange[]>): RepackResult =>
    repackNodes(
      nodesByGroup.get(group) ?? [],
      (podsByGroup.get(group) ?? []).map((pod) => applied(pod, changes.get(pod.workload) ?? [])),
    );
  const baseByGroup = new Map([...nodesByGroup.keys()].map((group) => [group, pack(group, new Map())]));
  return {
    base: add(baseByGroup.values()),
    with(changes) {
      const byWorkload = Map.groupBy(changes, (change) => change.workload);
      const touched = new Set(
        [...byWorkload.keys()].flatMap((workload) => [...(groupsByWorkload.get(workload) ?? [])]),
      );
      if (touched.size === 0) return add(baseByGroup.values());
      return add([...baseByGroup].map(([group, base]) => (touched.has(group) ? pack(group, byWorkload) : base)));
    },
  };
}

function applied(pod: PackedPod, changes: readonly PackingChange[]): RepackPod {
  let { cpuCores, memoryBytes } = pod;
  for (const change of changes) {
    if (change.pods !== null && !change.pods.includes(pod.pod)) continue;
    cpuCores *= change.cpuRatio;
    memoryBytes *= change.memoryRatio;
  }
  return { ...pod, cpuCores, memoryBytes };
}

function add(results: Iterable<RepackResult>): RepackResult {
  const all = [...results];
  return {
    removed: all.flatMap((result) => result.removed),
    costPerHour: all.reduce((sum, result) => sum + result.costPerHour, 0),
    unpricedCount: all.reduce((sum, result) => sum + result.unpricedCount, 0),
  };
}
