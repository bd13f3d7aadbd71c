import type { NodeFacts, PodFacts, ResourceClaimFacts, ResourceSliceFacts } from "../snapshot.ts";
import type { GpuDeviceSample, GpuHolder } from "./device-sample.ts";

/** Below this share of time a held device counts as idle; the figure is shown next to every idle verdict. */
export const IDLE_ACTIVITY_RATIO = 0.05;

export type DeviceState = "free" | "active" | "held-idle" | "held-unknown" | "unavailable";
export type DeviceAccess = "device-plugin" | "dra" | "telemetry-only";
export type DeviceSharing = "exclusive" | "mig" | "time-slicing" | "mps" | "shared-claim";

export type DeviceHolder = {
  readonly namespace: string;
  readonly pod: string;
  readonly workload: { readonly kind: string; readonly name: string } | null;
  readonly team: string | null;
  /** How we know: the exporter named the pod, a claim names device and pod, or only the node is known and one device was taken. */
  readonly attribution: "telemetry" | "claim" | "node-only";
  readonly claim: { readonly namespace: string; readonly name: string } | null;
  readonly activityRatio: number | null;
  readonly memoryUsedBytes: number | null;
};

export type DevicePartition = {
  readonly id: string;
  readonly profile: string | null;
  /** Share of the device's compute (g slices of 7 for MIG); null when the profile does not say. */
  readonly computeShare: number | null;
  readonly state: DeviceState;
  readonly activityRatio: number | null;
  readonly memoryUsedBytes: number | null;
  readonly holders: readonly DeviceHolder[];
};

export type GpuDevice = {
  /** UUID, else driver/pool/device, else node and number: stable as long as the source is. */
  readonly id: string;
  readonly nodeName: string | null;
  readonly pool: string | null;
  readonly vendor: string;
  readonly model: string | null;
  readonly access: DeviceAccess;
  readonly sharing: DeviceSharing;
  readonly memoryBytes: number | null;
  readonly hasTelemetry: boolean;
  readonly activityRatio: number | null;
  readonly activitySource: string | null;
  readonly memoryUsedBytes: number | null;
  readonly powerWatts: number | null;
  readonly lastErrorCode: number | null;
  readonly state: DeviceState;
  /** Key of the sentence that explains the state. */
  readonly stateReason:
    | "no-holder"
    | "busy-without-owner"
    | "busy"
    | "idle"
    | "silent"
    | "node-not-ready"
    | "node-cordoned"
    | "tainted";
  readonly holders: readonly DeviceHolder[];
  readonly partitions: readonly DevicePartition[];
};

export type DeviceInput = {
  readonly nodes: readonly NodeFacts[];
  readonly pods: readonly PodFacts[];
  readonly slices: readonly ResourceSliceFacts[];
  readonly claims: readonly ResourceClaimFacts[];
  readonly samples: readonly GpuDeviceSample[];
  readonly teamOf: (pod: PodFacts) => string | null;
};

/** Extended resources that stand for whole, shared or partitioned accelerators. `_monitoring` resources are not devices. */
export function isGpuResource(name: string): boolean {
  return (
    /^nvidia\.com\/(gpu(\.shared)?|mig-.+)$/.test(name) ||
    /^amd\.com\/gpu/.test(name) ||
    /^gpu\.intel\.com\/(i915|xe)$/.test(name)
  );
}

/** Drivers whose devices are accelerators; fabric channels of the same vendors are not. */
export function isGpuDriver(driver: string): boolean {
  return (
    /(^|\.)gpu\./.test(driver) || driver === "gpu.nvidia.com" || driver === "gpu.amd.com" || driver === "gpu.intel.com"
  );
}

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
  const podsByNode = groupBy(input.pods.filter(isHolding), (pod) => pod.nodeName ?? "");
  const samplesByNode = groupBy(input.samples, (sample) => sample.nodeName ?? "");
  const slicesByNode = groupBy(
    newestSlices(input.slices).filter((slice) => isGpuDriver(slice.driver)),
    (slice) => slice.nodeName ?? "",
  );
  const claimHolders = holdersByClaim(input.claims, podsByName, input.teamOf);
  const devices: GpuDevice[] = [];
  for (const node of input.nodes) {
    const drafts = draftDevices(
      node,
      samplesByNode.get(node.name) ?? [],
      slicesByNode.get(node.name) ?? [],
      claimHolders,
      podsByName,
      input.teamOf,
    );
    placeUnnamedHolders(drafts, podsByNode.get(node.name) ?? [], input.teamOf);
    for (const draft of drafts) devices.push(finish(draft, node));
  }
  const known = new Set(input.nodes.map((node) => node.name));
  for (const [nodeName, samples] of samplesByNode) {
    if (known.has(nodeName)) continue;
    // Telemetry of a node that the inventory does not have (yet): shown, so that it is not lost, with its own labels.
    for (const draft of draftsFromSamples(samples, podsByName, input.teamOf)) devices.push(finish(draft, null));
  }
  return devices.sort((a, b) => ((a.nodeName ?? "") + a.id < (b.nodeName ?? "") + b.id ? -1 : 1));
}

type Draft = {
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
  partitions: { id: string; profile: string | null; sample: GpuDeviceSample | null; holders: DeviceHolder[] }[];
};

function isHolding(pod: PodFacts): boolean {
  return pod.nodeName !== null && pod.phase !== "Succeeded" && pod.phase !== "Failed" && requestedDevices(pod) > 0;
}

/** Devices a pod asks for through extended resources. */
export function requestedDevices(pod: PodFacts): number {
  let count = 0;
  for (const container of pod.template.containers) {
    for (const [name, amount] of Object.entries(container.limits.extended)) if (isGpuResource(name)) count += amount;
  }
  return count;
}

function newestSlices(slices: readonly ResourceSliceFacts[]): ResourceSliceFacts[] {
  const newest = new Map<string, number>();
  for (const slice of slices) {
    const key = `${slice.driver}/${slice.poolName}`;
    newest.set(key, Math.max(newest.get(key) ?? 0, slice.poolGeneration));
  }
  return slices.filter((slice) => slice.poolGeneration === newest.get(`${slice.driver}/${slice.poolName}`));
}

function holdersByClaim(
  claims: readonly ResourceClaimFacts[],
  pods: ReadonlyMap<string, PodFacts>,
  teamOf: DeviceInput["teamOf"],
): Map<string, DeviceHolder[]> {
  const holders = new Map<string, DeviceHolder[]>();
  for (const claim of claims) {
    for (const result of claim.allocation ?? []) {
      // Admin access looks at a device without consuming it.
      if (result.adminAccess) continue;
      const key = `${result.driver}/${result.pool}/${result.device}`;
      const list = holders.get(key) ?? [];
      const consumers = claim.reservedFor.filter((consumer) => consumer.resource === "pods");
      for (const consumer of consumers)
        list.push(
          toHolder(claim.namespace, consumer.name, pods, teamOf, "claim", {
            namespace: claim.namespace,
            name: claim.name,
          }),
        );
      if (consumers.length === 0)
        list.push({
          namespace: claim.namespace,
          pod: "",
          workload: null,
          team: null,
          attribution: "claim",
          claim: { namespace: claim.namespace, name: claim.name },
          activityRatio: null,
          memoryUsedBytes: null,
        });
      holders.set(key, list);
    }
  }
  return holders;
}

function toHolder(
  namespace: string,
  podName: string,
  pods: ReadonlyMap<string, PodFacts>,
  teamOf: DeviceInput["teamOf"],
  attribution: DeviceHolder["attribution"],
  claim: DeviceHolder["claim"],
  own?: GpuHolder,
): DeviceHolder {
  const pod = pods.get(`${namespace}/${podName}`);
  const workload = pod?.workload ?? own?.workload ?? null;
  return {
    namespace,
    pod: podName,
    workload: workload === null ? null : { kind: workload.kind, name: workload.name },
    team: pod === undefined ? null : teamOf(pod),
    attribution,
    claim,
    activityRatio: own?.activityRatio ?? null,
    memoryUsedBytes: own?.memoryUsedBytes ?? null,
  };
}

function draftsFromSamples(
  samples: readonly GpuDeviceSample[],
  pods: ReadonlyMap<string, PodFacts>,
  teamOf: DeviceInput["teamOf"],
): Draft[] {
  const drafts = new Map<string, Draft>();
  const ordered = [...samples].sort((a, b) => a.partitionId.length - b.partitionId.length);
  for (const sample of ordered) {
    const holders = sample.holders.map((h) => toHolder(h.namespace, h.pod, pods, teamOf, "telemetry", h.claim, h));
    const existing = drafts.get(sample.deviceId);
    const draft: Draft = existing ?? {
      id: sample.deviceId,
      nodeName: sample.nodeName,
      vendor: sample.vendor,
      model: sample.model,
      access: "telemetry-only",
      sharing: "exclusive",
      memoryBytes: null,
      sample: null,
      isTainted: false,
      holders: [],
      partitions: [],
    };
    drafts.set(sample.deviceId, draft);
    if (sample.partitionId === "") {
      draft.sample = sample;
      draft.memoryBytes = sample.memoryTotalBytes;
      draft.model = sample.model;
      if (!sample.isPartitioned) addHolders(draft.holders, holders);
    } else {
      draft.sharing = "mig";
      draft.model ??= sample.model;
      draft.partitions.push({ id: sample.partitionId, profile: sample.partitionProfile, sample, holders });
    }
  }
  return [...drafts.values()];
}

function draftDevices(
  node: NodeFacts,
  samples: readonly GpuDeviceSample[],
  slices: readonly ResourceSliceFacts[],
  claimHolders: ReadonlyMap<string, DeviceHolder[]>,
  pods: ReadonlyMap<string, PodFacts>,
  teamOf: DeviceInput["teamOf"],
): Draft[] {
  const drafts = draftsFromSamples(samples, pods, teamOf);
  const byId = new Map(drafts.map((draft) => [draft.id, draft]));
  for (const slice of slices) {
    for (const device of slice.devices) {
      const type = device.attributes.type ?? "gpu";
      const uuid = typeof device.attributes.uuid === "string" ? device.attributes.uuid : null;
      const name = `${slice.driver}/${slice.poolName}/${device.name}`;
      const holders = claimHolders.get(name) ?? [];
      const model = typeof device.attributes.productName === "string" ? device.attributes.productName : null;
      if (type === "mig") {
        const parentId = typeof device.attributes.parentUUID === "string" ? device.attributes.parentUUID : null;
        const parent = parentId === null ? undefined : byId.get(parentId);
        if (parent === undefined) continue;
        parent.sharing = "mig";
        const profile = typeof device.attributes.profile === "string" ? device.attributes.profile : null;
        const partition = parent.partitions.find((entry) => entry.id === uuid || entry.id === device.name);
        if (partition === undefined)
          parent.partitions.push({ id: uuid ?? device.name, profile, sample: null, holders: [...holders] });
        else addHolders(partition.holders, holders);
        continue;
      }
      if (type !== "gpu") continue;
      const draft =
        (uuid === null ? undefined : byId.get(uuid)) ?? newDraft(uuid ?? name, node.name, vendorOf(slice.driver));
      if (!byId.has(draft.id)) {
        byId.set(draft.id, draft);
        drafts.push(draft);
      }
      draft.access = "dra";
      draft.model ??= model;
      draft.memoryBytes ??= device.capacity.memory ?? null;
      draft.isTainted ||= device.taints.some((taint) => taint.effect !== "None");
      addHolders(draft.holders, holders);
      if (draft.holders.length > 1 && device.allowsMultipleAllocations) draft.sharing = "shared-claim";
    }
  }
  addUnnamed(node, drafts);
  return drafts;
}

function newDraft(id: string, nodeName: string, vendor: string): Draft {
  return {
    id,
    nodeName,
    vendor,
    model: null,
    access: "device-plugin",
    sharing: "exclusive",
    memoryBytes: null,
    sample: null,
    isTainted: false,
    holders: [],
    partitions: [],
  };
}

function vendorOf(text: string): string {
  return /nvidia/.test(text) ? "nvidia" : /amd/.test(text) ? "amd" : /intel/.test(text) ? "intel" : "other";
}

/** One entry per pod: a claim and the exporter may both name the same holder; the exporter's own figures are kept. */
function addHolders(target: DeviceHolder[], more: readonly DeviceHolder[]): void {
  for (const holder of more) {
    const index = target.findIndex((entry) => entry.namespace === holder.namespace && entry.pod === holder.pod);
    const existing = target[index];
    if (existing === undefined) target.push(holder);
    else
      target[index] = {
        ...existing,
        claim: existing.claim ?? holder.claim,
        activityRatio: existing.activityRatio ?? holder.activityRatio,
        memoryUsedBytes: existing.memoryUsedBytes ?? holder.memoryUsedBytes,
      };
  }
}

/** Physical devices that a node's labels and resources promise. MIG and sharing multiply the resource, not the hardware. */
export function physicalDeviceCount(node: NodeFacts): number {
  const { labels } = node;
  const labelled = Number(labels["nvidia.com/gpu.count"]);
  const isSingleMig =
    labels["nvidia.com/mig.strategy"] === "single" && /-MIG-/.test(labels["nvidia.com/gpu.product"] ?? "");
  if (Number.isInteger(labelled) && labelled > 0 && !isSingleMig) return labelled;
  const replicas = Math.max(1, Number(labels["nvidia.com/gpu.replicas"] ?? 1) || 1);
  const amount = (name: string) => node.capacity.extended[name] ?? 0;
  const nvidia = isSingleMig ? 0 : Math.round((amount("nvidia.com/gpu") + amount("nvidia.com/gpu.shared")) / replicas);
  return nvidia + amount("amd.com/gpu") + amount("gpu.intel.com/i915") + amount("gpu.intel.com/xe");
}

function addUnnamed(node: NodeFacts, drafts: Draft[]): void {
  const { labels } = node;
  const strategy = labels["nvidia.com/gpu.sharing-strategy"];
  const sharing: DeviceSharing =
    strategy === "time-slicing" ? "time-slicing" : strategy === "mps" ? "mps" : "exclusive";
  const pluginVendor = Object.keys(node.capacity.extended).find(isGpuResource);
  for (const draft of drafts) {
    if (draft.access === "telemetry-only" && pluginVendor !== undefined) draft.access = "device-plugin";
    if (draft.sharing === "exclusive" && draft.access === "device-plugin") draft.sharing = sharing;
    draft.model ??= modelOfLabels(labels);
  }
  for (let number = drafts.length; number < physicalDeviceCount(node); number += 1) {
    const draft = newDraft(`${node.name}/unnamed-${number}`, node.name, vendorOf(pluginVendor ?? ""));
    draft.sharing = sharing;
    draft.model = modelOfLabels(labels);
    const memoryMebibytes = Number(labels["nvidia.com/gpu.memory"]);
    draft.memoryBytes = Number.isFinite(memoryMebibytes) && memoryMebibytes > 0 ? memoryMebibytes * 1_048_576 : null;
    drafts.push(draft);
  }
}

function modelOfLabels(labels: NodeFacts["labels"]): string | null {
  const product = labels["nvidia.com/gpu.product"] ?? labels["amd.com/gpu.product-name"];
  return product === undefined
    ? null
    : product
        .replace(/-SHARED$/, "")
        .replace(/-MIG-.*$/, "")
        .replaceAll("-", " ");
}

/** Pods that hold devices by count only: on devices without telemetry first, then on ones that nobody is named for. */
function placeUnnamedHolders(drafts: Draft[], pods: readonly PodFacts[], teamOf: DeviceInput["teamOf"]): void {
  const named = new Set<string>();
  for (const draft of drafts) {
    for (const holder of [...draft.holders, ...draft.partitions.flatMap((partition) => partition.holders)])
      named.add(`${holder.namespace}/${holder.pod}`);
  }
  for (const pod of pods) {
    if (named.has(`${pod.namespace}/${pod.name}`)) continue;
    const holder: DeviceHolder = {
      namespace: pod.namespace,
      pod: pod.name,
      workload: { kind: pod.workload.kind, name: pod.workload.name },
      team: teamOf(pod),
      attribution: "node-only",
      claim: null,
      activityRatio: null,
      memoryUsedBytes: null,
    };
    const candidates = drafts
      .filter(
        (draft) =>
          draft.access !== "dra" &&
          (draft.sharing === "time-slicing" || draft.sharing === "mps" || draft.holders.length === 0),
      )
      .sort((a, b) => a.holders.length - b.holders.length || Number(a.sample !== null) - Number(b.sample !== null));
    for (const draft of candidates.slice(0, Math.max(1, Math.round(requestedDevices(pod))))) draft.holders.push(holder);
  }
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
    memoryUsedBytes: draft.sample?.memoryUsedBytes ?? null,
    powerWatts: draft.sample?.powerWatts ?? null,
    lastErrorCode: draft.sample?.lastErrorCode ?? null,
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

/** "3g.40gb" → 3/7: MIG cuts a device into seven compute slices. */
export function computeShareOf(profile: string | null): number | null {
  const match = /^(\d+)g\./.exec(profile ?? "");
  return match ? Math.min(1, Number(match[1]) / 7) : null;
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

function uniqueHolders(partitions: readonly DevicePartition[]): DeviceHolder[] {
  const holders: DeviceHolder[] = [];
  for (const partition of partitions) addHolders(holders, partition.holders);
  return holders;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
