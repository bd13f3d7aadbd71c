import type { NodeFacts } from "../snapshot.ts";
import { isGpuDriver, newestSlices, PARTITIONS_OF_MODE } from "./device-counts.ts";
import { type Draft, draftDevices, draftsFromSamples } from "./device-drafts.ts";
import { addHolders, holdersByClaim, isHolding, placeUnnamedHolders } from "./device-holders.ts";
import { exactModels } from "./device-names.ts";
import type { DeviceHolder, DeviceInput, DevicePartition, GpuDevice } from "./device-types.ts";

export { isGpuDriver, physicalDeviceCount, requestedDevices } from "./device-counts.ts";
export type {
  DeviceAccess,
  DeviceHolder,
  DeviceInput,
  DevicePartition,
  DeviceSharing,
  DeviceState,
  GpuDevice,
} from "./device-types.ts";
export { isGpuResource } from "./gpu-resources.ts";

/** Below this share of time a held device counts as idle; the figure is shown next to every idle verdict. */
export const IDLE_ACTIVITY_RATIO = 0.05;

/**
 * Every accelerator of a cluster once, whatever gives access to it, with who holds it and what it does.
 *
 * Basis: DRA slices and telemetry are joined by UUID; a node that offers more devices than both name gets unnamed ones, so that no
 * device is missing from the count. A pod that holds a device nobody names is put on an unnamed or unheld device of its node and
 * marked `node-only`.
 * Errors: none; without telemetry a held device is "held-unknown", never idle.
 */
export function buildDevices(input: DeviceInput): GpuDevice[] {
  const podsByName = new Map(input.pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod]));
  const podsByNode = Map.groupBy(input.pods.filter(isHolding), (pod) => pod.nodeName ?? "");
  const samplesByNode = Map.groupBy(input.samples, (sample) => sample.nodeName ?? "");
  const slicesByNode = Map.groupBy(
    newestSlices(input.slices).filter((slice) => isGpuDriver(slice.driver)),
    (slice) => slice.nodeName ?? "",
  );
  const context = {
    pods: podsByName,
    claimHolders: holdersByClaim(input.claims, podsByName, input),
    exact: exactModels(input.samples, input.slices),
    teamOf: input.teamOf,
  };
  const devices: GpuDevice[] = [];
  for (const node of input.nodes) {
    const drafts = draftDevices(node, samplesByNode.get(node.name) ?? [], slicesByNode.get(node.name) ?? [], context);
    placeUnnamedHolders(drafts, podsByNode.get(node.name) ?? [], input.teamOf);
    for (const draft of drafts) devices.push(finish(draft, node));
  }
  const known = new Set(input.nodes.map((node) => node.name));
  for (const [nodeName, samples] of samplesByNode) {
    if (known.has(nodeName)) continue;
    // Telemetry of a node that the inventory does not have (yet): shown, so that it is not lost, with its own labels.
    for (const draft of draftsFromSamples(samples, context)) devices.push(finish(draft, null));
  }
  return devices.sort((a, b) => ((a.nodeName ?? "") + a.id < (b.nodeName ?? "") + b.id ? -1 : 1));
}

function finish(draft: Draft, node: NodeFacts | null): GpuDevice {
  const partitions = draft.partitions.map((partition): DevicePartition => {
    const activityRatio = partition.sample?.activityRatio ?? null;
    return {
      id: partition.id,
      profile: partition.profile,
      computeShare: computeShareOf(partition.profile),
      activityRatio,
      memoryUsedBytes: partition.sample?.memoryUsedBytes ?? null,
      holders: partition.holders,
      ...stateOf(partition.holders, activityRatio, node, draft.isTainted),
    };
  });
  const activityRatio = draft.sample?.activityRatio ?? weightedActivity(partitions);
  const holders = partitions.length > 0 ? uniqueHolders(partitions) : draft.holders;
  const judged = stateOf(holders, activityRatio, node, draft.isTainted);
  return {
    id: draft.id,
    nodeName: draft.nodeName,
    pool: node?.pool ?? null,
    vendor: draft.vendor,
    model: draft.model,
    access: draft.access,
    sharing: draft.sharing,
    memoryBytes: draft.memoryBytes,
    hasTelemetry: draft.sample !== null || partitions.some((partition) => partition.activityRatio !== null),
    activityRatio,
    activitySource:
      draft.sample?.activitySource ?? draft.partitions.find((p) => p.sample !== null)?.sample?.activitySource ?? null,
    memoryUsedBytes: draft.sample?.memoryUsedBytes ?? memoryOfParts(partitions),
    powerWatts: draft.sample?.powerWatts ?? null,
    lastErrorCode: draft.sample?.lastErrorCode ?? errorOfParts(draft),
    state: judged.state,
    stateReason: judged.stateReason,
    holders,
    partitions,
  };
}

function stateOf(
  holders: readonly DeviceHolder[],
  activityRatio: number | null,
  node: NodeFacts | null,
  isTainted: boolean,
): Pick<GpuDevice, "state" | "stateReason"> {
  const isBusy = activityRatio !== null && activityRatio >= IDLE_ACTIVITY_RATIO;
  if (holders.length === 0) {
    if (isBusy) return { state: "active", stateReason: "busy-without-owner" };
    if (node !== null && node.isReady === false) return { state: "unavailable", stateReason: "node-not-ready" };
    if (node !== null && !node.isSchedulable) return { state: "unavailable", stateReason: "node-cordoned" };
    if (isTainted) return { state: "unavailable", stateReason: "tainted" };
    return { state: "free", stateReason: "no-holder" };
  }
  if (activityRatio === null) return { state: "held-unknown", stateReason: "silent" };
  return isBusy ? { state: "active", stateReason: "busy" } : { state: "held-idle", stateReason: "idle" };
}

/** "3g.40gb" → 3/7: MIG cuts a device into seven compute slices. "cpx_nps4" → 1/8 of an MI300X. */
export function computeShareOf(profile: string | null): number | null {
  const slices = /^(\d+)g\./.exec(profile ?? "")?.[1];
  if (slices !== undefined) return Math.min(1, Number(slices) / 7);
  const mode = /^([a-z]px)_nps\d$/.exec(profile ?? "")?.[1];
  const parts = mode === undefined ? undefined : PARTITIONS_OF_MODE[mode];
  return parts === undefined ? null : 1 / parts;
}

function weightedActivity(partitions: readonly DevicePartition[]): number | null {
  let sum = 0;
  let seen = false;
  for (const partition of partitions) {
    if (partition.activityRatio === null || partition.computeShare === null) continue;
    sum += partition.activityRatio * partition.computeShare;
    seen = true;
  }
  return seen ? Math.min(1, sum) : null;
}

/** Of a card that reports by instance alone; null as soon as one does not tell. */
function memoryOfParts(partitions: readonly DevicePartition[]): number | null {
  let sum = 0;
  for (const { memoryUsedBytes } of partitions) {
    if (memoryUsedBytes === null) return null;
    sum += memoryUsedBytes;
  }
  return partitions.length === 0 ? null : sum;
}

/** Errors are the card's, repeated on its instances. */
function errorOfParts({ partitions }: Draft): number | null {
  const codes = partitions.flatMap((partition) => partition.sample?.lastErrorCode ?? []);
  return codes.length === 0 ? null : Math.max(...codes);
}

function uniqueHolders(partitions: readonly DevicePartition[]): DeviceHolder[] {
  const holders: DeviceHolder[] = [];
  for (const partition of partitions) addHolders(holders, partition.holders);
  return holders;
}
