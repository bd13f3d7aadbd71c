import type { PoolClient } from "pg";
import { requestedDevices } from "../domain/gpu/device-model.ts";
import type { Reading } from "../domain/reading.ts";
import type { ClusterParts, ContainerTemplateFacts, PodFacts, PodTemplateFacts } from "../domain/snapshot.ts";
import type { CopyValue } from "./copy-rows.ts";
import { type MergeTable, mergeRows } from "./merge-rows.ts";

export type InventoryParts = Pick<ClusterParts, "namespaces" | "nodes" | "pods" | "workloads">;
export type NodePrice = { readonly priceRowId: number | null; readonly costPerHour: number | null };
export type InventoryOwners = {
  /** Team of a workload's pods; null = unowned. */
  readonly teamOfPod: (pod: PodFacts) => string | null;
  readonly teamOfWorkload: (namespace: string, kind: string, name: string) => string | null;
  readonly teamOfNamespace: (name: string) => string | null;
  readonly priceOfNode: (nodeName: string) => NodePrice;
};

/**
 * Replaces the stored state of one cluster by what a read brought, part by part, inside the caller's transaction. A part
 * that the read could not see keeps its last good rows; its coverage says since when.
 */
export async function saveInventory(
  client: PoolClient,
  clusterId: number,
  parts: InventoryParts,
  owners: InventoryOwners,
): Promise<{ written: number; deleted: number }> {
  const total = { written: 0, deleted: 0 };
  const merge = async <T>(
    reading: Reading<readonly T[]>,
    target: MergeTable,
    toRow: (item: T) => readonly CopyValue[],
  ) => {
    if (reading.state !== "value") return;
    const result = await mergeRows(client, target, clusterId, mapRows(reading.value, toRow));
    total.written += result.written;
    total.deleted += result.deleted;
  };
  await merge(parts.namespaces, NAMESPACE, (n) => [
    clusterId,
    n.name,
    owners.teamOfNamespace(n.name),
    { json: n.labels },
  ]);
  await merge(parts.nodes, NODE, (n) => {
    const price = owners.priceOfNode(n.name);
    return [
      clusterId,
      n.name,
      n.uid,
      n.pool,
      n.zone,
      n.region,
      n.instanceType,
      n.capacityType,
      n.providerId,
      n.isReady,
      n.isSchedulable,
      n.isControlPlane,
      n.kubeletVersion,
      n.kernelVersion,
      n.osImage,
      n.containerRuntimeVersion,
      n.architecture,
      n.capacity.cpuCores,
      n.capacity.memoryBytes,
      n.allocatable.cpuCores,
      n.allocatable.memoryBytes,
      n.swapCapacityBytes,
      { json: n.allocatable.extended },
      { json: n.addresses },
      { json: n.labels },
      price.priceRowId,
      price.costPerHour,
      n.createdAt,
    ];
  });
  if (parts.pods.state === "value") {
    const pods = parts.pods.value;
    await merge(parts.workloads, WORKLOAD, workloadRow(clusterId, pods, owners));
    await merge(parts.pods, POD, (pod) => podRow(clusterId, pod, owners));
  }
  return total;
}

function* mapRows<T>(items: readonly T[], toRow: (item: T) => readonly CopyValue[]): Generator<readonly CopyValue[]> {
  for (const item of items) yield toRow(item);
}

const NAMESPACE: MergeTable = {
  table: "namespace",
  key: ["cluster_id", "name"],
  columns: ["cluster_id", "name", "team", "labels"],
};
const NODE: MergeTable = {
  table: "node",
  key: ["cluster_id", "name"],
  columns: [
    "cluster_id",
    "name",
    "uid",
    "pool",
    "zone",
    "region",
    "instance_type",
    "capacity_type",
    "provider_id",
    "is_ready",
    "is_schedulable",
    "is_control_plane",
    "kubelet_version",
    "kernel_version",
    "os_image",
    "container_runtime_version",
    "architecture",
    "cpu_cores_capacity",
    "memory_bytes_capacity",
    "cpu_cores_allocatable",
    "memory_bytes_allocatable",
    "swap_capacity_bytes",
    "extended",
    "addresses",
    "labels",
    "price_row_id",
    "cost_per_hour",
    "created_at",
  ],
};
const WORKLOAD: MergeTable = {
  table: "workload",
  key: ["cluster_id", "namespace", "kind", "name"],
  columns: [
    "cluster_id",
    "namespace",
    "kind",
    "name",
    "team",
    "desired_replicas",
    "ready_replicas",
    "pod_count",
    "cpu_cores_requested",
    "memory_bytes_requested",
    "labels",
    "created_at",
  ],
};
const POD: MergeTable = {
  table: "pod",
  key: ["cluster_id", "namespace", "name"],
  columns: [
    "cluster_id",
    "namespace",
    "name",
    "uid",
    "node_name",
    "workload_kind",
    "workload_name",
    "team",
    "phase",
    "reason",
    "qos_class",
    "pod_ip",
    "host_network",
    "has_device",
    "restart_count",
    "cpu_cores_requested",
    "memory_bytes_requested",
    "cpu_cores_limit",
    "memory_bytes_limit",
    "containers",
    "created_at",
    "started_at",
  ],
};

type Amounts = { cpuCores: number | null; memoryBytes: number | null };
export type PodAmounts = { readonly requests: Amounts; readonly limits: Amounts };
const amountsByTemplate = new WeakMap<PodTemplateFacts, PodAmounts>();

/**
 * Effective requests and limits of a pod as the scheduler counts them.
 *
 * Basis: pod-level values where set; else the larger of (containers + sidecars) and the largest init step, plus overhead.
 * `null` = no container sets the value (a limit counts only when every container has one).
 * Source: KEP-753 for sidecars; pod template from the Kubernetes API.
 */
export function podAmounts(template: PodTemplateFacts): PodAmounts {
  const known = amountsByTemplate.get(template);
  if (known) return known;
  const result: PodAmounts = {
    requests: {
      cpuCores:
        template.podRequests?.cpuCores ??
        effectiveRequest(template, (c) => c.requests.cpuCores, template.overheadCpuCores),
      memoryBytes:
        template.podRequests?.memoryBytes ??
        effectiveRequest(template, (c) => c.requests.memoryBytes, template.overheadMemoryBytes),
    },
    limits: {
      cpuCores: template.podLimits?.cpuCores ?? sumIfAll(template.containers.map((c) => c.limits.cpuCores)),
      memoryBytes: template.podLimits?.memoryBytes ?? sumIfAll(template.containers.map((c) => c.limits.memoryBytes)),
    },
  };
  amountsByTemplate.set(template, result);
  return result;
}

function effectiveRequest(
  template: PodTemplateFacts,
  pick: (c: ContainerTemplateFacts) => number | null,
  overhead: number | null,
): number | null {
  let isSet = false;
  const amount = (container: ContainerTemplateFacts): number => {
    const value = pick(container);
    if (value !== null) isSet = true;
    return value ?? 0;
  };
  let sidecars = 0;
  let largestInitStep = 0;
  for (const container of template.initContainers) {
    const value = amount(container);
    if (container.restartPolicy === "Always") sidecars += value;
    largestInitStep = Math.max(largestInitStep, container.restartPolicy === "Always" ? sidecars : sidecars + value);
  }
  let running = sidecars;
  for (const container of template.containers) running += amount(container);
  if (!isSet && overhead === null) return null;
  return Math.max(running, largestInitStep) + (overhead ?? 0);
}

function sumIfAll(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return values.length === 0 ? null : sum;
}

function podRow(clusterId: number, pod: PodFacts, owners: InventoryOwners): readonly CopyValue[] {
  const amounts = podAmounts(pod.template);
  let restarts = 0;
  for (const container of pod.containers) restarts += container.restartCount;
  return [
    clusterId,
    pod.namespace,
    pod.name,
    pod.uid,
    pod.nodeName,
    pod.workload.kind,
    pod.workload.name,
    owners.teamOfPod(pod),
    pod.phase,
    pod.statusReason,
    pod.qosClass,
    pod.podIp,
    pod.template.hostNetwork,
    requestedDevices(pod) > 0 || pod.template.resourceClaims.length > 0 || pod.extendedResourceClaimName !== null,
    restarts,
    amounts.requests.cpuCores,
    amounts.requests.memoryBytes,
    amounts.limits.cpuCores,
    amounts.limits.memoryBytes,
    { json: containerRows(pod) },
    pod.createdAt,
    pod.startedAt,
  ];
}

function containerRows(pod: PodFacts): unknown[] {
  const status = new Map(pod.containers.map((container) => [container.name, container]));
  return [...pod.template.initContainers.filter((c) => c.restartPolicy === "Always"), ...pod.template.containers].map(
    (container) => {
      const now = status.get(container.name);
      return {
        name: container.name,
        cpuCoresRequested: container.requests.cpuCores,
        memoryBytesRequested: container.requests.memoryBytes,
        cpuCoresLimit: container.limits.cpuCores,
        memoryBytesLimit: container.limits.memoryBytes,
        isSidecar: container.restartPolicy === "Always",
        restartCount: now?.restartCount ?? null,
        state: now?.state ?? "unknown",
        stateReason: now?.stateReason ?? null,
        lastTerminatedReason: now?.lastTerminatedReason ?? null,
        lastTerminatedAt: now?.lastTerminatedAt ?? null,
      };
    },
  );
}

function workloadRow(clusterId: number, pods: readonly PodFacts[], owners: InventoryOwners) {
  const sums = new Map<string, { count: number; cpu: number | null; memory: number | null }>();
  for (const pod of pods) {
    if (pod.phase !== "Pending" && pod.phase !== "Running") continue;
    const key = `${pod.namespace}/${pod.workload.kind}/${pod.workload.name}`;
    const entry = sums.get(key) ?? { count: 0, cpu: null, memory: null };
    const { requests } = podAmounts(pod.template);
    entry.count += 1;
    if (requests.cpuCores !== null) entry.cpu = (entry.cpu ?? 0) + requests.cpuCores;
    if (requests.memoryBytes !== null) entry.memory = (entry.memory ?? 0) + requests.memoryBytes;
    sums.set(key, entry);
  }
  return (w: {
    namespace: string;
    kind: string;
    name: string;
    desiredReplicas: number | null;
    readyReplicas: number | null;
    labels: Readonly<Record<string, string>>;
    createdAt: Date | null;
  }): readonly CopyValue[] => {
    const sum = sums.get(`${w.namespace}/${w.kind}/${w.name}`);
    return [
      clusterId,
      w.namespace,
      w.kind,
      w.name,
      owners.teamOfWorkload(w.namespace, w.kind, w.name),
      w.desiredReplicas,
      w.readyReplicas,
      sum?.count ?? 0,
      sum?.cpu ?? null,
      sum?.memory ?? null,
      { json: w.labels },
      w.createdAt,
    ];
  };
}
