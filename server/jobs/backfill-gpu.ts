import { type GpuChunk, planGpuBackfill, runGpuChunk } from "../collect/prometheus/backfill-gpu.ts";
import type { PrometheusClient } from "../collect/prometheus/client.ts";
import { type PodOwnerOf, toNodeResolver } from "../collect/prometheus/labels.ts";
import type { Presence } from "../collect/prometheus/presence.ts";
import { QueryBudget } from "../collect/prometheus/query-budget.ts";
import { dayIn } from "../domain/cost/billing-day.ts";
import { openPriceBook } from "../domain/cost/price-book.ts";
import { buildDevices, type DeviceHolder, type GpuDevice } from "../domain/gpu/device-model.ts";
import { known } from "../domain/reading.ts";
import type { ObjectRef } from "../domain/snapshot.ts";
import { loadCluster } from "../store/clusters.ts";
import { addDeviceSpans, type DevicePrice, type DeviceSpan, readFirstGpuHour } from "../store/gpu.ts";
import { type GpuInput, loadGpuInput } from "../store/gpu-input.ts";
import { loadPrices } from "../store/prices.ts";
import type { BackfillJob } from "../store/queue.ts";
import { saveChunk } from "./backfill-chunk.ts";
import type { JobContext } from "./context.ts";
import { priceDevices } from "./gpu-devices.ts";
import type { InventoryIndex } from "./inventory-index.ts";
import { priceNodesOn } from "./price-nodes.ts";

const HOUR_SECONDS = 3_600;
const NO_PRICE = { priceRowId: null, costPerHour: null };

type BackfillContext = Pick<JobContext, "pool" | "now"> & { readonly config: Pick<JobContext["config"], "billing"> };

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
 * Basis: devices and holders as the exporter labelled them in that hour, at the prices in force on its day in the billing time zone, for
 * the nodes of today; a node that is gone has no price any more. A bare pod that is younger than the hour is not who held the device
 * then, whatever the name says: its workload is not known. A device that said nothing has no hour: nothing is invented, and the page
 * tells which hours are known.
 * Errors: throws what Prometheus threw; the caller decides whether the chunk is refused or asked again.
 */
export async function backfillGpuChunk(
  context: BackfillContext,
  job: Pick<BackfillJob, "clusterId" | "clusterName">,
  client: Pick<PrometheusClient, "range">,
  chunk: GpuChunk,
  inventory: InventoryIndex,
  signal: AbortSignal,
): Promise<number> {
  const { pool } = context;
  const podOwner: PodOwnerOf = (namespace, pod) => {
    const owner = inventory.podOwner(namespace, pod);
    if (owner !== null) return owner;
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
  const bornAt = barePodsBornAt(input);
  const pricesAt = await pricesByHour(context, job.clusterName, input);
  const spans = hours.map(({ hourAtSeconds, samples }): DeviceSpan => {
    const endsAt = (hourAtSeconds + HOUR_SECONDS) * 1000;
    const own = (holder: DeviceHolder): DeviceHolder => {
      const isOther = (bornAt.get(`${holder.namespace}/${holder.pod}`) ?? 0) >= endsAt;
      return { ...holder, team: teamOf(inventory, holder), workload: isOther ? null : holder.workload };
    };
    return {
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
    };
  });
  const rowCount = spans.reduce((count, { devices }) => count + devices.length, 0);
  return saveChunk(context, job, chunk, async (db) => {
    await addDeviceSpans(
      db,
      job.clusterId,
      spans,
      (device, hourAt) => pricesAt(hourAt).get(device.nodeName ?? "") ?? NO_PRICE,
    );
    return rowCount;
  });
}

/** Pods that no controller makes again under the same name, by when they were made (epoch milliseconds). */
function barePodsBornAt(input: GpuInput | null): Map<string, number> {
  return new Map(
    (input?.pods ?? []).flatMap(({ pod }) =>
      pod.workload.kind === "Pod" && pod.createdAt !== null
        ? [[`${pod.namespace}/${pod.name}`, pod.createdAt.getTime()] as const]
        : [],
    ),
  );
}

/** Device prices of the day that an hour belongs to, for the nodes of today. */
async function pricesByHour(
  { pool, config }: Pick<BackfillContext, "pool" | "config">,
  clusterName: string,
  input: GpuInput | null,
): Promise<(at: Date) => ReadonlyMap<string, DevicePrice>> {
  const { currency, timeZone } = config.billing;
  const [prices, cluster] = await Promise.all([loadPrices(pool), loadCluster(pool, clusterName)]);
  const book = openPriceBook(prices, currency);
  const nodes = input?.nodes ?? [];
  const byDay = new Map<string, ReadonlyMap<string, DevicePrice>>();
  return (at) => {
    const day = dayIn(timeZone, at);
    const stored = byDay.get(day);
    if (stored !== undefined) return stored;
    const snapshot = {
      cluster: { name: clusterName, provider: cluster?.provider ?? null },
      parts: { nodes: known(nodes, at), resourceSlices: known(input?.slices ?? [], at) },
    };
    const found = priceDevices(nodes, input?.slices ?? [], priceNodesOn(snapshot, book, day, timeZone));
    byDay.set(day, found);
    return found;
  };
}

function teamOf(inventory: InventoryIndex, { namespace, workload }: DeviceHolder): string | null {
  const team = workload === null ? null : inventory.teamOfWorkload(namespace, workload.kind, workload.name);
  return team ?? inventory.teamOfNamespace(namespace);
}
