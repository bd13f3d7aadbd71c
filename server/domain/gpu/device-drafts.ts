import type { NodeFacts, PodFacts, ResourceSliceFacts } from "../snapshot.ts";
import { kindOfDevice, physicalDeviceCount } from "./device-counts.ts";
import { addHolders, toHolder } from "./device-holders.ts";
import { modelKey, modelOfLabels, vendorOf } from "./device-names.ts";
import type { GpuDeviceSample } from "./device-sample.ts";
import type { DeviceAccess, DeviceHolder, DeviceInput, DeviceSharing } from "./device-types.ts";
import { isGpuResource, parseGpuResource, timeSharingOf } from "./gpu-resources.ts";

export type DraftPartition = {
  id: string;
  profile: string | null;
  sample: GpuDeviceSample | null;
  holders: DeviceHolder[];
};
export type Draft = {
  id: string;
  nodeName: string | null;
  vendor: string;
  model: string | null;
  access: DeviceAccess;
  sharing: DeviceSharing;
  memoryBytes: number | null;
  sample: GpuDeviceSample | null;
  isTainted: boolean;
  holders: DeviceHolder[];
  partitions: DraftPartition[];
};

/** What drafts are made from beside the objects of one node. */
export type DraftContext = {
  readonly pods: ReadonlyMap<string, PodFacts>;
  readonly claimHolders: ReadonlyMap<string, DeviceHolder[]>;
  readonly exact: ReadonlyMap<string, string>;
  readonly teamOf: DeviceInput["teamOf"];
};

export function draftsFromSamples(
  samples: readonly GpuDeviceSample[],
  { pods, teamOf }: Pick<DraftContext, "pods" | "teamOf">,
): Draft[] {
  const drafts = new Map<string, Draft>();
  // Whole devices first, then instances by number; rows that only a claim names (MIG-…) find their instance already there.
  const ordered = [...samples].sort((a, b) => a.partitionId.length - b.partitionId.length);
  for (const sample of ordered) {
    const holders = sample.holders.map((own) =>
      toHolder(own.namespace, own.pod, pods, teamOf, "telemetry", own.claim, own),
    );
    const draft =
      drafts.get(sample.deviceId) ?? newDraft(sample.deviceId, sample.nodeName, sample.vendor, "telemetry-only");
    drafts.set(sample.deviceId, draft);
    draft.model ??= sample.model;
    if (sample.partitionId === "") {
      draft.sample = sample;
      draft.memoryBytes = sample.memoryTotalBytes;
      if (!sample.isPartitioned) addHolders(draft.holders, holders);
      continue;
    }
    draft.sharing = "mig";
    const known = sample.partitionId.startsWith("MIG-")
      ? sameInstance(draft.partitions, sample.partitionId, sample.partitionProfile)
      : undefined;
    if (known === undefined)
      draft.partitions.push({ id: sample.partitionId, profile: sample.partitionProfile, sample, holders });
    else addHolders(known.holders, holders);
  }
  return [...drafts.values()];
}

/** Exporters number instances, drivers name them by UUID: the same one by name, else an instance of its profile that nobody is named for. */
function sameInstance(
  partitions: readonly DraftPartition[],
  id: string,
  profile: string | null,
): DraftPartition | undefined {
  return (
    partitions.find((entry) => entry.id === id) ??
    partitions.find((entry) => entry.profile === profile && profile !== null && entry.holders.length === 0)
  );
}

/** Devices of one node: those that report, those that a driver publishes, and as many unnamed ones as the node promises beyond. */
export function draftDevices(
  node: NodeFacts,
  samples: readonly GpuDeviceSample[],
  slices: readonly ResourceSliceFacts[],
  context: DraftContext,
): Draft[] {
  const drafts = draftsFromSamples(samples, context);
  for (const slice of slices) {
    for (const device of slice.devices) {
      const published = { slice, device, holders: context.claimHolders.get(keyOf(slice, device)) ?? [] };
      const kind = kindOfDevice(device);
      if (kind === "whole") addWhole(node, drafts, published, context.exact);
      else if (kind === "partition") addPartition(node, drafts, published, context.exact);
    }
  }
  addUnnamed(node, drafts, context.exact);
  return drafts;
}

type Published = {
  readonly slice: ResourceSliceFacts;
  readonly device: ResourceSliceFacts["devices"][number];
  readonly holders: readonly DeviceHolder[];
};

function keyOf(slice: ResourceSliceFacts, device: Published["device"]): string {
  return `${slice.driver}/${slice.poolName}/${device.name}`;
}

function textOf(device: Published["device"], name: string): string | null {
  const value = device.attributes[name];
  return typeof value === "string" ? value : null;
}

/** In the words that the exporter uses, so that one model is not two because a card of it is silent. */
function modelOf(device: Published["device"], exact: DraftContext["exact"]): string | null {
  const name = textOf(device, "productName");
  return name === null ? null : (exact.get(modelKey(name)) ?? name);
}

function addWhole(
  node: NodeFacts,
  drafts: Draft[],
  { slice, device, holders }: Published,
  exact: DraftContext["exact"],
): void {
  const uuid = textOf(device, "uuid");
  const vendor = vendorOf(slice.driver);
  const found =
    uuid === null
      ? // AMD publishes no UUID: a device that reports and is not published yet stands for it, first one with the same holder.
        pickReporting(drafts, vendor, holders)
      : drafts.find((draft) => draft.id === uuid);
  const draft = found ?? newDraft(uuid ?? keyOf(slice, device), node.name, vendor, "dra");
  if (found === undefined) drafts.push(draft);
  draft.access = "dra";
  draft.model ??= modelOf(device, exact);
  // AMD publishes 0 where it could not read the size.
  draft.memoryBytes ??= device.capacity.memory || null;
  draft.isTainted ||= device.taints.some((taint) => taint.effect !== "None");
  addHolders(draft.holders, holders);
  if (draft.holders.length > 1 && device.allowsMultipleAllocations) draft.sharing = "shared-claim";
}

function pickReporting(drafts: readonly Draft[], vendor: string, holders: readonly DeviceHolder[]): Draft | undefined {
  const open = drafts.filter((draft) => draft.vendor === vendor && draft.sample !== null && draft.access !== "dra");
  const isHeldBySame = (draft: Draft) =>
    draft.holders.some((own) => holders.some((other) => own.pod === other.pod && own.namespace === other.namespace));
  return (
    open.find(isHeldBySame) ??
    open.find((draft) => draft.holders.length === 0 && draft.partitions.length === 0) ??
    (holders.length === 0 ? undefined : open[0])
  );
}

function addPartition(
  node: NodeFacts,
  drafts: Draft[],
  { slice, device, holders }: Published,
  exact: DraftContext["exact"],
): void {
  const vendor = vendorOf(slice.driver);
  const bus = textOf(device, "resource.kubernetes.io/pciBusID");
  const parentId = textOf(device, "parentUUID") ?? (bus === null ? null : `${slice.driver}/${slice.poolName}/${bus}`);
  if (parentId === null) return;
  let parent = drafts.find((draft) => draft.id === parentId);
  if (parent === undefined) {
    parent = newDraft(parentId, node.name, vendor, "dra");
    drafts.push(parent);
  }
  parent.access = "dra";
  parent.sharing = "mig";
  parent.model ??= modelOf(device, exact);
  const profile = textOf(device, "profile") ?? textOf(device, "partitionProfile");
  const id = textOf(device, "uuid") ?? device.name;
  const partition =
    sameInstance(parent.partitions, id, profile) ?? parent.partitions.find((own) => own.id === device.name);
  if (partition === undefined) parent.partitions.push({ id, profile, sample: null, holders: [...holders] });
  else addHolders(partition.holders, holders);
}

function newDraft(id: string, nodeName: string | null, vendor: string, access: DeviceAccess): Draft {
  return {
    id,
    nodeName,
    vendor,
    model: null,
    access,
    sharing: "exclusive",
    memoryBytes: null,
    sample: null,
    isTainted: false,
    holders: [],
    partitions: [],
  };
}

function addUnnamed(node: NodeFacts, drafts: Draft[], exact: ReadonlyMap<string, string>): void {
  const { labels } = node;
  const offered = Object.entries(node.capacity.extended).flatMap(([name, count]) =>
    isGpuResource(name) && count > 0 ? [name] : [],
  );
  const isCut =
    offered.some((name) => parseGpuResource(name)?.profile !== null) ||
    /-MIG-/.test(labels["nvidia.com/gpu.product"] ?? "");
  const sharing: DeviceSharing = timeSharingOf(node) ?? (isCut ? "mig" : "exclusive");
  const mebibytes = Number(labels["nvidia.com/gpu.memory"]);
  // Under the "single" strategy the label is an instance's.
  const isWhole = mebibytes > 0 && !/-MIG-/.test(labels["nvidia.com/gpu.product"] ?? "");
  const memoryBytes = isWhole ? mebibytes * 1_048_576 : null;
  for (const draft of drafts) {
    if (draft.vendor === "nvidia") draft.memoryBytes ??= memoryBytes;
    if (draft.access === "telemetry-only" && offered.length > 0) draft.access = "device-plugin";
    if (draft.sharing === "exclusive" && draft.access === "device-plugin") draft.sharing = sharing;
    draft.model ??= modelOfLabels(labels, exact);
  }
  // AMD's "single" naming counts partitions: where cards report that they are cut, those that report are all there are.
  if (drafts.some((draft) => draft.vendor === "amd" && draft.partitions.length > 0)) return;
  for (let number = drafts.length; number < physicalDeviceCount(node); number += 1) {
    const draft = newDraft(`${node.name}/unnamed-${number}`, node.name, vendorOf(offered[0] ?? ""), "device-plugin");
    draft.sharing = sharing;
    draft.model = modelOfLabels(labels, exact);
    draft.memoryBytes = memoryBytes;
    drafts.push(draft);
  }
}
