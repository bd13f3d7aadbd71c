import type { EntityKey, EntityLevel, EntitySample, MetricId } from "./metrics.ts";

export type RequestedRow = {
  readonly nodeName: string | null;
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly cpuCores: number | null;
  readonly memoryBytes: number | null;
  readonly podCount: number;
};
export type CapacityRow = {
  readonly name: string;
  readonly cpuCores: number | null;
  readonly memoryBytes: number | null;
  readonly swapBytes: number | null;
};

/** Quantities that add up over nodes; shares of time never do. */
const ADDITIVE: readonly MetricId[] = [
  "cpuUsedCores",
  "memoryWorkingSetBytes",
  "swapUsedBytes",
  "cpuRequestedCores",
  "memoryRequestedBytes",
  "cpuCapacityCores",
  "memoryCapacityBytes",
  "swapCapacityBytes",
];

/**
 * Measured samples completed by what the inventory knows – requests and capacity, per node, workload, namespace and cluster – so that
 * one row answers "used of requested of available" at one moment.
 *
 * Basis: cluster sums are over nodes and only given where every node has the quantity; a partial sum would look like a drop.
 */
export function addInventoryQuantities(
  samples: readonly EntitySample[],
  nodes: readonly CapacityRow[],
  requested: readonly RequestedRow[],
): EntitySample[] {
  const table = new Map<string, { entity: EntityKey; values: Partial<Record<MetricId, number>> }>();
  const at = (level: EntityLevel, namespace: string, kind: string, name: string): Partial<Record<MetricId, number>> => {
    const key = `${level}\u0000${namespace}\u0000${kind}\u0000${name}\u0000`;
    let entry = table.get(key);
    if (entry === undefined) {
      entry = { entity: { level, namespace, kind, name, container: "" }, values: {} };
      table.set(key, entry);
    }
    return entry.values;
  };
  const others: EntitySample[] = [];
  for (const sample of samples) {
    const { level, namespace, kind, name } = sample.entity;
    if (level === "container") others.push(sample);
    else Object.assign(at(level, namespace, kind, name), sample.values);
  }
  for (const node of nodes) {
    const values = at("node", "", "", node.name);
    set(values, "cpuCapacityCores", node.cpuCores);
    set(values, "memoryCapacityBytes", node.memoryBytes);
    set(values, "swapCapacityBytes", node.swapBytes);
    // A node without pods requests nothing, which is a fact.
    values.cpuRequestedCores ??= 0;
    values.memoryRequestedBytes ??= 0;
  }
  const known = new Set(nodes.map((node) => node.name));
  for (const row of requested) {
    const workload = at("workload", row.namespace, row.kind, row.name);
    workload.replicaCount = (workload.replicaCount ?? 0) + row.podCount;
    const places = [workload, at("namespace", "", "", row.namespace)];
    if (row.nodeName !== null && known.has(row.nodeName)) places.push(at("node", "", "", row.nodeName));
    for (const values of places) {
      if (row.cpuCores !== null) values.cpuRequestedCores = (values.cpuRequestedCores ?? 0) + row.cpuCores;
      if (row.memoryBytes !== null) values.memoryRequestedBytes = (values.memoryRequestedBytes ?? 0) + row.memoryBytes;
    }
  }
  if (nodes.length > 0) {
    const cluster = at("cluster", "", "", "");
    for (const id of ADDITIVE) {
      let sum: number | null = 0;
      for (const node of nodes) {
        const value = table.get(`node\u0000\u0000\u0000${node.name}\u0000`)?.values[id];
        sum = sum === null || value === undefined ? null : sum + value;
      }
      if (sum !== null) cluster[id] = sum;
    }
  }
  return [...table.values(), ...others];
}

function set(values: Partial<Record<MetricId, number>>, id: MetricId, value: number | null): void {
  if (value !== null) values[id] = value;
}
