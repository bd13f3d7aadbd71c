import { setImmediate as yieldToOthers } from "node:timers/promises";
import { type AllocatedPod, allocate } from "../domain/cost/allocate.ts";
import { dayIn } from "../domain/cost/billing-day.ts";
import { openPriceBook } from "../domain/cost/price-book.ts";
import type { NodeFacts, PodFacts } from "../domain/snapshot.ts";
import { markActionListDue } from "../store/actions.ts";
import { isUseFilled } from "../store/backfill.ts";
import { findUncostedHours, loadPastUse, type PastUse, saveEstimatedCosts } from "../store/cost-history.ts";
import type { CostLine } from "../store/costs.ts";
import { inTransaction } from "../store/db.ts";
import { loadNodeDevices, type NodeDevices } from "../store/gpu.ts";
import { loadPrices } from "../store/prices.ts";
import { loadSnapshot } from "../store/snapshots.ts";
import { volumeLines } from "./charge-volumes.ts";
import type { JobContext } from "./context.ts";
import { indexOwners, type Owners } from "./owners.ts";
import { type NodePrices, priceNodesOn } from "./price-nodes.ts";
import { devicePods, spreadOverPods, toAllocated, toCostLines, toDemand, type Usage } from "./record-costs.ts";
import { settleHours } from "./roll-up.ts";
import { rollUpSpan } from "./roll-up-costs.ts";

const HOUR_MS = 3_600_000;
const PARTS = [
  "nodes",
  "pods",
  "workloads",
  "namespaces",
  "resourceSlices",
  "volumes",
  "volumeClaims",
  "storageClasses",
] as const;

/**
 * Charges the hours before Sluice began, once the metrics of those hours are there.
 *
 * Basis: the nodes that had samples in the hour, at the prices in force on its day; use per workload of that hour, spread over today's
 * pods; requests and placement of today, as those of the past are not known; volumes of today that were there then. Rows are marked
 * as estimates.
 * Errors: none of its own; hours that have lines already are left alone, so it may run again and side by side.
 */
export async function backfillCosts(context: JobContext, clusterId: number, signal: AbortSignal): Promise<number> {
  // The loop and the end of a backfill both ask; the second would only compute what the first is writing.
  if (underWay.has(clusterId)) return 0;
  underWay.add(clusterId);
  try {
    return await fillCosts(context, clusterId, signal);
  } finally {
    underWay.delete(clusterId);
  }
}

const underWay = new Set<number>();

async function fillCosts(context: JobContext, clusterId: number, signal: AbortSignal): Promise<number> {
  const { pool, config, log } = context;
  if (!(await isUseFilled(pool, clusterId))) return 0;
  await settleHours(context, clusterId, signal);
  const hours = await findUncostedHours(pool, clusterId);
  if (hours.length === 0) return 0;
  const cluster = await loadCluster(context, clusterId);
  const snapshot = await loadSnapshot(pool, cluster, context.now(), PARTS);
  const { nodes, pods } = snapshot.parts;
  if (nodes.state !== "value" || pods.state !== "value") return 0;
  const book = openPriceBook(await loadPrices(pool), config.billing.currency);
  const owners = indexOwners(config.teams.from, snapshot.parts);
  const devices = await loadNodeDevices(pool, clusterId);
  const known: Known = { owners, devices, nodes: nodes.value, pods: pods.value };
  let written = 0;
  // A billing day in one transaction keeps both memory and what a stop undoes small, and each day is summed once.
  const days = Map.groupBy(hours, (at) => dayIn(config.billing.timeZone, at));
  for (const [day, batch] of days) {
    const [first, last] = [batch[0], batch.at(-1)];
    if (signal.aborted || first === undefined || last === undefined) break;
    const past = await loadPastUse(pool, clusterId, first, new Date(last.getTime() + HOUR_MS));
    const lines: { at: Date; lines: CostLine[] }[] = [];
    const prices = priceNodesOn(snapshot, book, day, config.billing.timeZone);
    for (const at of batch) {
      lines.push({
        at,
        lines: [
          ...chargeHour(known, at, past.get(at.getTime()) ?? [], prices),
          ...volumeLines(snapshot, owners, prices.volumes, 1, at),
        ],
      });
      await yieldToOthers();
    }
    written += await inTransaction(pool, (client) => saveEstimatedCosts(client, clusterId, lines));
    await rollUpSpan(context, clusterId, first, last);
  }
  // What capacity cost in the last week is known only now: the list made before stands on minutes.
  if (written > 0) await markActionListDue(pool, clusterId);
  log.info({ cluster: cluster.name, hours: hours.length, rows: written }, "past costs estimated");
  return written;
}

type Known = {
  readonly owners: Owners;
  readonly devices: NodeDevices;
  readonly nodes: readonly NodeFacts[];
  readonly pods: readonly PodFacts[];
};

/** One past hour → its lines. */
export function chargeHour(known: Known, at: Date, use: readonly PastUse[], prices: NodePrices): CostLine[] {
  const reported = new Set(use.filter((row) => row.level === "node").map((row) => row.name));
  const nodes = known.nodes.filter((node) => reported.has(node.name));
  const workloads = new Map<string, Usage>();
  for (const row of use) {
    if (row.level === "workload")
      workloads.set(`${row.namespace}/${row.kind}/${row.name}`, {
        cpuCores: row.cpuCores,
        memoryBytes: row.memoryBytes,
      });
  }
  const keyOf = (pod: PodFacts) => `${pod.namespace}/${pod.workload.kind}/${pod.workload.name}`;
  // A pod of today stands for its workload where that had samples; where it had none, only if the pod itself is that old.
  const pods = known.pods.filter(
    (pod) => pod.phase === "Running" && (workloads.has(keyOf(pod)) || (pod.createdAt !== null && pod.createdAt <= at)),
  );
  const usage = new Map<string, Usage>();
  spreadOverPods(workloads, pods, usage);
  const placed = new Set(pods.map(keyOf));
  const demands: AllocatedPod[] = pods.flatMap((pod) => toDemand(pod, known.owners, usage, known.devices));
  // Who holds a device today held it while the workload ran; what the device did then is not known.
  demands.push(
    ...devicePods(known.devices, "unknown").filter(({ owner }) => placed.has(owner.split("\u0000").slice(1).join("/"))),
  );
  const unplaced = use.filter(
    (row) => row.level === "workload" && !placed.has(`${row.namespace}/${row.kind}/${row.name}`),
  );
  demands.push(...spreadOverNodes(unplaced, nodes));
  const lines = allocate(
    nodes.map((node) => toAllocated(node, prices, known.devices)),
    demands,
  );
  const pools = new Map(nodes.map((node) => [node.name, node.pool ?? ""]));
  const gone = [...reported].filter((name) => !known.nodes.some((node) => node.name === name));
  return [...toCostLines(lines, pools, prices, 1), ...goneNodeLines(gone.length)];
}

/** Use of workloads that have no pod today, over the nodes that serve everybody, in proportion to their CPU. */
function spreadOverNodes(use: readonly PastUse[], nodes: readonly NodeFacts[]): AllocatedPod[] {
  const open = nodes.filter((node) => node.taints.length === 0 && node.allocatable.cpuCores !== null);
  const sum = open.reduce((total, node) => total + (node.allocatable.cpuCores ?? 0), 0);
  if (sum <= 0) return [];
  return use.flatMap((row) =>
    open.map((node) => {
      const part = (node.allocatable.cpuCores ?? 0) / sum;
      const demand = (used: number | null) => (used === null ? null : { requested: 0, used: used * part });
      return {
        owner: [row.team ?? "", row.namespace, row.kind, row.name].join("\u0000"),
        nodeName: node.name,
        demands: { cpu: demand(row.cpuCores), memory: demand(row.memoryBytes), gpu: null },
      };
    }),
  );
}

/** Nodes that are gone today had a price that nobody can tell any more: their hours are kept, their cost is unknown. */
function goneNodeLines(count: number): CostLine[] {
  if (count === 0) return [];
  return [
    {
      team: "",
      namespace: "",
      workloadKind: "",
      workloadName: "",
      pool: "",
      resource: "cpu",
      share: "unallocated",
      priceRowId: 0,
      quantity: count,
      cost: null,
    },
  ];
}

async function loadCluster(context: JobContext, clusterId: number) {
  const { rows } = await context.pool.query<{ id: number; name: string; uid: string | null; provider: string | null }>(
    `SELECT id, name, uid, provider FROM cluster WHERE id = $1`,
    [clusterId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`cluster ${clusterId} is gone`);
  return row;
}
