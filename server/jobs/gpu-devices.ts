import type { PoolClient } from "pg";
import { publishedDeviceCount } from "../domain/gpu/device-counts.ts";
import { buildDevices, isGpuDriver, physicalDeviceCount, requestedDevices } from "../domain/gpu/device-model.ts";
import type { GpuDeviceSample } from "../domain/gpu/device-sample.ts";
import { gpuAsksOf } from "../domain/gpu/gpu-resources.ts";
import type { AskingTemplate } from "../domain/gpu/migration.ts";
import type { ClusterParts, ClusterSnapshot, NodeFacts, ResourceSliceFacts } from "../domain/snapshot.ts";
import { addDeviceHours, type DevicePrice, saveDevices } from "../store/gpu.ts";
import type { GpuInput } from "../store/gpu-input.ts";
import type { Owners } from "./owners.ts";
import type { NodePrices } from "./price-nodes.ts";

const NO_PRICE: DevicePrice = { priceRowId: null, costPerHour: null };
const HOUR_MS = 3_600_000;

/** The accelerator part of an inventory, or null when the lists it needs could not be read (then the last one stays). */
export function toGpuInput(snapshot: ClusterSnapshot, owners: Owners, prices: NodePrices): GpuInput | null {
  const { nodes, pods, resourceSlices, resourceClaims } = snapshot.parts;
  if (nodes.state !== "value" || pods.state !== "value") return null;
  const slices =
    resourceSlices.state === "value" ? resourceSlices.value.filter((slice) => isGpuDriver(slice.driver)) : [];
  const claims =
    resourceClaims.state === "value"
      ? resourceClaims.value.filter((claim) => claim.allocation?.some((result) => isGpuDriver(result.driver)))
      : [];
  const consumers = new Set(
    claims.flatMap((claim) => claim.reservedFor.map((consumer) => `${claim.namespace}/${consumer.name}`)),
  );
  const sliceNodes = new Set(slices.map((slice) => slice.nodeName));
  const gpuNodes = nodes.value.filter((node) => physicalDeviceCount(node) > 0 || sliceNodes.has(node.name));
  const onGpuNode = new Set(gpuNodes.map((node) => node.name));
  const kept = pods.value.filter(
    (pod) =>
      (pod.nodeName !== null && onGpuNode.has(pod.nodeName)) ||
      requestedDevices(pod) > 0 ||
      consumers.has(`${pod.namespace}/${pod.name}`),
  );
  return {
    nodes: gpuNodes,
    pods: kept.map((pod) => ({ pod, team: owners.ofPod(pod) })),
    slices,
    claims,
    prices: priceDevices(gpuNodes, slices, prices),
    askers: listAskers(snapshot.parts, owners),
    teamByNamespace: new Map(claims.map((claim) => [claim.namespace, owners.ofLabels(claim.namespace, {})])),
  };
}

/** The device part of each node's price, by device. A node without a price or without devices is not there. */
export function priceDevices(
  nodes: readonly NodeFacts[],
  slices: readonly ResourceSliceFacts[],
  prices: Pick<NodePrices, "detailOf">,
): Map<string, DevicePrice> {
  const byNode = Map.groupBy(slices, (slice) => slice.nodeName ?? "");
  const priced = new Map<string, DevicePrice>();
  for (const node of nodes) {
    const count = Math.max(physicalDeviceCount(node), publishedDeviceCount(byNode.get(node.name) ?? []));
    const part = prices.detailOf(node.name)?.parts.gpu ?? null;
    if (part !== null && count > 0)
      priced.set(node.name, { priceRowId: part.row.id, costPerHour: part.costPerHour / count });
  }
  return priced;
}

/** Templates that ask for accelerators, of everything that makes pods. */
function listAskers(
  { workloads, cronJobs }: Pick<ClusterParts, "workloads" | "cronJobs">,
  owners: Owners,
): AskingTemplate[] {
  const asking = (workloads.state === "value" ? workloads.value : []).filter(
    (workload) => gpuAsksOf(workload.template).length > 0,
  );
  const timed = (cronJobs.state === "value" ? cronJobs.value : []).filter(
    (job) => gpuAsksOf(job.jobSpec.template).length > 0,
  );
  return [
    ...asking.map(({ kind, namespace, name, template }) => ({ ref: { kind, namespace, name }, template })),
    ...timed.map(({ namespace, name, jobSpec }) => ({
      ref: { kind: "CronJob", namespace, name },
      template: jobSpec.template,
    })),
  ].map((asker) => ({ ...asker, team: owners.ofWorkload(asker.ref.namespace, asker.ref.kind, asker.ref.name) }));
}

/** Devices out of inventory and telemetry, stored as they are now; the span since the last read is added to their hours. */
export async function recordDevices(
  client: PoolClient,
  clusterId: number,
  input: GpuInput,
  samples: readonly GpuDeviceSample[],
  span: { readonly fromAt: Date; readonly toAt: Date },
): Promise<number> {
  const teams = new Map(input.pods.map(({ pod, team }) => [`${pod.namespace}/${pod.name}`, team]));
  const devices = buildDevices({
    nodes: input.nodes,
    pods: input.pods.map(({ pod }) => pod),
    slices: input.slices,
    claims: input.claims,
    samples,
    teamOf: (pod) => teams.get(`${pod.namespace}/${pod.name}`) ?? null,
    teamOfNamespace: (namespace) => input.teamByNamespace?.get(namespace) ?? null,
  });
  await saveDevices(client, clusterId, devices, span.toAt);
  const priceOf = (device: { nodeName: string | null }) =>
    device.nodeName === null ? NO_PRICE : (input.prices.get(device.nodeName) ?? NO_PRICE);
  for (let fromMs = span.fromAt.getTime(); fromMs < span.toAt.getTime(); ) {
    const hourMs = Math.floor(fromMs / HOUR_MS) * HOUR_MS;
    const toMs = Math.min(span.toAt.getTime(), hourMs + HOUR_MS);
    await addDeviceHours(client, clusterId, devices, priceOf, new Date(hourMs), Math.round((toMs - fromMs) / 1000));
    fromMs = toMs;
  }
  return devices.length;
}
