import { type GpuChunk, planGpuBackfill, runGpuChunk } from "../collect/prometheus/backfill-gpu.ts";
import type { PrometheusClient } from "../collect/prometheus/client.ts";
import { type PodOwnerOf, toNodeResolver } from "../collect/prometheus/labels.ts";
import type { Presence } from "../collect/prometheus/presence.ts";
import { QueryBudget } from "../collect/prometheus/query-budget.ts";
import { buildDevices, type DeviceHolder, type GpuDevice } from "../domain/gpu/device-model.ts";
import type { ObjectRef } from "../domain/snapshot.ts";
import { finishBackfillChunk } from "../store/backfill.ts";
import { inTransaction } from "../store/db.ts";
import { addDeviceSpans, type DeviceSpan, readFirstGpuHour } from "../store/gpu.ts";
import { loadGpuInput } from "../store/gpu-input.ts";
import type { BackfillJob } from "../store/queue.ts";
import type { JobContext } from "./context.ts";
import type { InventoryIndex } from "./inventory-index.ts";

const HOUR_SECONDS = 3_600;
const NO_PRICE = { priceRowId: null, costPerHour: null };

/** Whether a stored chunk is one of accelerators. */
export function isGpuChunk(plan: unknown): plan is GpuChunk {
  return typeof plan === "object" && plan !== null && "level" in plan && plan.level === "gpu";
}

/** Chunks of the hours before live recording began. */
export async function planGpuHours(
  { pool }: Pick<JobContext, "pool">,
  clusterId: number,
  input: { readonly nowSeconds: number; readonly historySeconds: number; readonly presence: Presence },
): Promise<GpuChunk[]> {
  const first = await readFirstGpuHour(pool, clusterId);
  return planGpuBackfill({ ...input, liveFromSeconds: first === null ? null : first.getTime() / 1000 });
}

/**
 * The workload behind the name of a pod that is gone: the name without the hash and ordinal that controllers add, if a workload of
 * that name exists today.
 */
export function workloadOfPodName(
  workloadByName: InventoryIndex["workloadByName"],
  namespace: string,
  pod: string,
): ObjectRef | null {
  const parts = pod.split("-");
  for (const drop of [0, 1, 2]) {
    if (parts.length <= drop) break;
    const found = workloadByName(namespace, parts.slice(0, parts.length - drop).join("-"));
    if (found !== null) return found;
  }
  return null;
}

/**
 * Asks for one span of hours and stores it together with its mark.
 *
 * Basis: devices and holders as the exporter labelled them in that hour, at today's price of the node. A device that said nothing has
 * no hour: nothing is invented, and the page tells which hours are known.
 * Errors: throws what Prometheus threw; the caller decides whether the chunk is refused or asked again.
 */
export async function backfillGpuChunk(
  { pool, now }: Pick<JobContext, "pool" | "now">,
  job: Pick<BackfillJob, "clusterId">,
  client: PrometheusClient,
  chunk: GpuChunk,
  inventory: InventoryIndex,
  signal: AbortSignal,
): Promise<number> {
  const podOwner: PodOwnerOf = (namespace, pod) => {
    const known = inventory.podOwner(namespace, pod);
    if (known !== null) return known;
    const workload = workloadOfPodName(inventory.workloadByName, namespace, pod);
    return workload === null ? null : { workload, nodeName: null, isHostNetwork: false, holdsDevice: null };
  };
  const hours = await runGpuChunk(
    client,
    chunk,
    { resolveNode: toNodeResolver(inventory.nodes, inventory.podOwner), podOwner, budget: new QueryBudget() },
    signal,
  );
  const input = await loadGpuInput(pool, job.clusterId);
  const pools = new Map(input?.nodes.map((node) => [node.name, node.pool]));
  const own = (holder: DeviceHolder): DeviceHolder => ({ ...holder, team: teamOf(inventory, holder) });
  const spans = hours.map(
    ({ hourAtSeconds, samples }): DeviceSpan => ({
      hourAt: new Date(hourAtSeconds * 1000),
      seconds: HOUR_SECONDS,
      devices: buildDevices({ nodes: [], pods: [], slices: [], claims: [], samples, teamOf: () => null }).map(
        (device): GpuDevice => ({
          ...device,
          pool: pools.get(device.nodeName ?? "") ?? null,
          holders: device.holders.map(own),
          partitions: device.partitions.map((partition) => ({ ...partition, holders: partition.holders.map(own) })),
        }),
      ),
    }),
  );
  const rowCount = spans.reduce((count, { devices }) => count + devices.length, 0);
  return inTransaction(pool, async (db) => {
    await addDeviceSpans(db, job.clusterId, spans, (device) => input?.prices.get(device.nodeName ?? "") ?? NO_PRICE);
    await finishBackfillChunk(db, job.clusterId, chunk.id, {
      status: "done",
      rowCount,
      reason: null,
      detail: null,
      at: now(),
    });
    return rowCount;
  });
}

function teamOf(inventory: InventoryIndex, { namespace, workload }: DeviceHolder): string | null {
  const team = workload === null ? null : inventory.teamOfWorkload(namespace, workload.kind, workload.name);
  return team ?? inventory.teamOfNamespace(namespace);
}
