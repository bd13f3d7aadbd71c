import type { PoolClient } from "pg";
import {
  type AllocatedNode,
  type AllocatedPod,
  type AllocationLine,
  allocate,
  type PodDemand,
} from "../domain/cost/allocate.ts";
import type { NodeResource } from "../domain/cost/node-price.ts";
import { requestedDevices } from "../domain/gpu/device-model.ts";
import { metricPosition } from "../domain/metrics.ts";
import type { ClusterSnapshot, NodeFacts, PodFacts } from "../domain/snapshot.ts";
import { addCosts, type CostLine } from "../store/costs.ts";
import { loadNodeDevices, type NodeDevices } from "../store/gpu.ts";
import { podAmounts } from "../store/inventory.ts";
import type { ReadHandle } from "../store/reads.ts";
import { volumeLines } from "./charge-volumes.ts";
import type { Owners } from "./owners.ts";
import { deviceAmounts, type NodePrices } from "./price-nodes.ts";

/** A longer gap between two inventories is a hole in the books, not one long observation. */
const MAX_SPAN_SECONDS = 1_800;
const HOUR_MS = 3_600_000;

/**
 * Charges the span since the last good inventory to whoever held nodes and volumes, by what was requested and used. Runs in the transaction
 * of the read: the span ends where the next one begins, so no second is counted twice.
 */
export async function recordCosts(
  client: PoolClient,
  read: ReadHandle,
  snapshot: ClusterSnapshot,
  owners: Owners,
  prices: NodePrices,
): Promise<number> {
  const { nodes, pods } = snapshot.parts;
  if (nodes.state !== "value" || pods.state !== "value") return 0;
  const { rows } = await client.query<{ at: Date | null }>(
    `SELECT good_taken_at AS at FROM read_state WHERE cluster_id = $1 AND kind = 'inventory'`,
    [read.clusterId],
  );
  const since = rows[0]?.at ?? null;
  const endMs = read.startedAt.getTime();
  const startMs = since === null ? endMs - 60_000 : Math.max(since.getTime(), endMs - MAX_SPAN_SECONDS * 1000);
  if (endMs <= startMs) return 0;

  const usage = await loadPodUsage(client, read, pods.value);
  const devices = await loadNodeDevices(client, read.clusterId);
  const lines = allocate(
    nodes.value.map((node) => toAllocated(node, prices, devices)),
    [...pods.value.flatMap((pod) => toDemand(pod, owners, usage, devices)), ...devicePods(devices, "measured")],
  );
  const pools = new Map(nodes.value.map((node) => [node.name, node.pool ?? ""]));
  let written = 0;
  for (let fromMs = startMs; fromMs < endMs; ) {
    const hourMs = Math.floor(fromMs / HOUR_MS) * HOUR_MS;
    const toMs = Math.min(endMs, hourMs + HOUR_MS);
    const hours = (toMs - fromMs) / HOUR_MS;
    written += await addCosts(client, read.clusterId, new Date(hourMs), [
      ...toCostLines(lines, pools, prices, hours),
      ...volumeLines(snapshot, owners, prices.volumes, hours),
    ]);
    fromMs = toMs;
  }
  return written;
}

export function toAllocated(node: NodeFacts, prices: NodePrices, held: NodeDevices): AllocatedNode {
  const price = prices.detailOf(node.name);
  const devices = deviceAmounts(node);
  const known = held.get(node.name)?.deviceCount ?? 0;
  const part = (resource: NodeResource, capacity: number | null, allocatable: number | null) =>
    capacity === null
      ? null
      : { capacity, allocatable: allocatable ?? capacity, costPerHour: price?.parts[resource]?.costPerHour ?? null };
  return {
    name: node.name,
    resources: {
      cpu: part("cpu", node.capacity.cpuCores, node.allocatable.cpuCores),
      memory: part("memory", node.capacity.memoryBytes, node.allocatable.memoryBytes),
      // Known devices are charged by device, however they are handed out; before the first device read by what pods request.
      gpu:
        price?.parts.gpu == null
          ? null
          : known > 0
            ? part("gpu", known, known)
            : devices.capacity > 0
              ? part("gpu", devices.capacity, devices.allocatable)
              : part("gpu", 1, 1),
    },
  };
}

export type Usage = { readonly cpuCores: number | null; readonly memoryBytes: number | null };

export function toDemand(
  pod: PodFacts,
  owners: Owners,
  usage: ReadonlyMap<string, Usage>,
  held: NodeDevices,
): AllocatedPod[] {
  if (pod.nodeName === null || pod.phase === "Succeeded" || pod.phase === "Failed") return [];
  const { requests } = podAmounts(pod.template);
  const used = usage.get(`${pod.namespace}/${pod.name}`);
  const devices = held.has(pod.nodeName) ? 0 : requestedDevices(pod);
  const demand = (requested: number | null, measured: number | null | undefined): PodDemand => ({
    requested: requested ?? 0,
    used: measured ?? null,
  });
  const owner = [owners.ofPod(pod) ?? "", pod.namespace, pod.workload.kind, pod.workload.name].join("\u0000");
  return [
    {
      owner,
      nodeName: pod.nodeName,
      demands: {
        cpu: demand(requests.cpuCores, used?.cpuCores),
        memory: demand(requests.memoryBytes, used?.memoryBytes),
        gpu: devices > 0 ? { requested: devices, used: null } : null,
      },
    },
  ];
}

/** Holders of devices as claims on their nodes: busy is used, idle is held, silent or past is held with use unknown. */
export function devicePods(held: NodeDevices, use: "measured" | "unknown"): AllocatedPod[] {
  return [...held].flatMap(([nodeName, { shares }]) =>
    shares.flatMap(({ holder, share, state }) =>
      holder === null
        ? []
        : [
            {
              owner: [
                holder.team ?? "",
                holder.namespace,
                holder.workload?.kind ?? "Pod",
                holder.workload?.name ?? holder.pod,
              ].join("\u0000"),
              nodeName,
              demands: {
                cpu: null,
                memory: null,
                gpu: {
                  requested: share,
                  used: use === "unknown" ? null : state === "active" ? share : state === "held-idle" ? 0 : null,
                },
              },
            },
          ],
    ),
  );
}

/** Lines of equal owner, pool and price become one row; the unit of a row is an hour of what it prices. */
export function* toCostLines(
  lines: readonly AllocationLine[],
  pools: ReadonlyMap<string, string>,
  prices: NodePrices,
  hours: number,
): Generator<CostLine> {
  const sums = new Map<string, { line: CostLine; quantity: number; cost: number | null }>();
  for (const line of lines) {
    const price = prices.detailOf(line.nodeName);
    const part = price?.parts[line.resource] ?? null;
    const row = part?.row ?? null;
    const [team = "", namespace = "", workloadKind = "", workloadName = ""] =
      line.owner === null ? [] : line.owner.split("\u0000");
    const cost = line.costPerHour === null ? null : line.costPerHour * hours;
    const base: CostLine = {
      team,
      namespace,
      workloadKind,
      workloadName,
      pool: pools.get(line.nodeName) ?? "",
      resource: line.resource,
      share: line.share,
      // 0 = no price row: quantity stays known, its cost does not.
      priceRowId: row?.id ?? 0,
      quantity: 0,
      cost: null,
    };
    // With a node's own row the quantity is a part of its hour, else an amount of the resource: price × quantity = cost either way.
    const unitCost =
      part === null || row === null ? null : price?.row === null ? row.price : (price?.costPerHour ?? null);
    const quantity = unitCost === null || unitCost === 0 || cost === null ? line.fraction * hours : cost / unitCost;
    const key = [
      team,
      namespace,
      workloadKind,
      workloadName,
      base.pool,
      base.resource,
      base.share,
      base.priceRowId,
    ].join("\u0001");
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { line: base, quantity, cost });
    else {
      sum.quantity += quantity;
      sum.cost = sum.cost === null || cost === null ? null : sum.cost + cost;
    }
  }
  for (const { line, quantity, cost } of sums.values()) yield { ...line, quantity, cost };
}

/**
 * Measured use per pod: its own newest sample, else its workload's spread by request. A sample older than ten minutes is not the
 * present. Pods without either stay unmeasured.
 */
async function loadPodUsage(
  client: PoolClient,
  read: ReadHandle,
  pods: readonly PodFacts[],
): Promise<Map<string, Usage>> {
  const { rows } = await client.query<{
    level: string;
    namespace: string;
    kind: string;
    name: string;
    cpu: number | null;
    memory: number | null;
  }>(
    `SELECT DISTINCT ON (m.entity_id) e.level, e.namespace, e.kind, e.name, m."values"[${metricPosition("cpuUsedCores")}] AS cpu,
            m."values"[${metricPosition("memoryWorkingSetBytes")}] AS memory
       FROM metric_raw m JOIN entity e ON e.cluster_id = m.cluster_id AND e.id = m.entity_id
      WHERE m.cluster_id = $1 AND m.level IN ('pod', 'workload') AND m.at > $2::timestamptz - interval '10 minutes' AND m.at <= $2
      ORDER BY m.entity_id, m.at DESC`,
    [read.clusterId, read.startedAt],
  );
  const usage = new Map<string, Usage>();
  const workloads = new Map<string, Usage>();
  for (const row of rows) {
    const entry = { cpuCores: row.cpu, memoryBytes: row.memory };
    if (row.level === "pod") usage.set(`${row.namespace}/${row.name}`, entry);
    else workloads.set(`${row.namespace}/${row.kind}/${row.name}`, entry);
  }
  spreadOverPods(workloads, pods, usage);
  return usage;
}

/** Use of whole workloads → use of their running pods, by request; pods that have a figure of their own keep it. */
export function spreadOverPods(
  workloads: ReadonlyMap<string, Usage>,
  pods: readonly PodFacts[],
  usage: Map<string, Usage>,
): void {
  const byWorkload = Map.groupBy(
    pods.filter((pod) => pod.phase === "Running"),
    (pod) => `${pod.namespace}/${pod.workload.kind}/${pod.workload.name}`,
  );
  for (const [key, total] of workloads) {
    const members = byWorkload.get(key) ?? [];
    const cpuWeight = weights(members, "cpuCores");
    const memoryWeight = weights(members, "memoryBytes");
    for (const pod of members) {
      const id = `${pod.namespace}/${pod.name}`;
      if (usage.has(id)) continue;
      usage.set(id, {
        cpuCores: total.cpuCores === null ? null : total.cpuCores * cpuWeight(pod),
        memoryBytes: total.memoryBytes === null ? null : total.memoryBytes * memoryWeight(pod),
      });
    }
  }
}

/** Share of each pod in its workload by request; evenly where one of them requests nothing. */
export function weights(members: readonly PodFacts[], resource: "cpuCores" | "memoryBytes"): (pod: PodFacts) => number {
  const requests = members.map((member) => podAmounts(member.template).requests[resource]);
  const sum = requests.reduce<number>((total, request) => total + (request ?? 0), 0);
  if (sum === 0 || requests.includes(null)) return () => 1 / members.length;
  return (pod) => (podAmounts(pod.template).requests[resource] ?? 0) / sum;
}
