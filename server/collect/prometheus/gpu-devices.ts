import type { GpuDeviceSample, GpuHolder, GpuVendor } from "../../domain/gpu/device-sample.ts";
import type { Labels } from "../../domain/snapshot.ts";
import { exporterInstancesOf, heldBy, type NodeResolver, type PodOwnerOf } from "./labels.ts";
import type { InstantSample } from "./parse-answer.ts";

const MIB = 1024 * 1024;
const MB = 1_000_000;
/** Above these a value is one of DCGM's "not supported" markers (2^31, 2^47, 2^63), not a measurement. */
const HIGHEST = { ratio: 1.05, percent: 105, mib: 64 * 1024 * 1024, watts: 100_000, code: 1_000_000 } as const;
type Bound = keyof typeof HIGHEST;

type Draft = {
  readonly vendor: GpuVendor;
  readonly deviceId: string;
  readonly partitionId: string;
  labels: Labels;
  nodeName: string | null;
  /** Figures of the whole device, by part id. */
  readonly device: Map<string, number>;
  readonly holders: Map<string, HolderDraft>;
};
type HolderDraft = {
  readonly holder: Omit<GpuHolder, "activityRatio" | "memoryUsedBytes">;
  readonly own: Map<string, number>;
};

/** The parts whose per-pod rows may be a process's own share; all others only repeat the device. */
const PROCESS_PARTS = new Set(["nvidia.util", "nvidia.memoryUsed"]);

/**
 * Rows of the GPU query, by part → one sample per device and per partition.
 *
 * Basis: a device shared by several pods repeats its figure on each pod's row; the largest row is the device, never the
 * sum. Where one row has no pod while others do, the exporter measures processes, and the rows with a pod are shares.
 * Unit: ratios 0–1, bytes, watts (MiB, MB and percent of the exporters are converted).
 * Errors: none; rows without any device id are counted in `skippedCount`.
 */
export function toGpuDevices(
  rowsByPart: ReadonlyMap<string, readonly InstantSample[]>,
  resolveNode: NodeResolver,
  podOwner: PodOwnerOf,
): { readonly devices: readonly GpuDeviceSample[]; readonly skippedCount: number } {
  const exporters = exporterInstancesOf([...rowsByPart.values()].flatMap((rows) => rows.map((row) => row.labels)));
  const drafts = new Map<string, Draft>();
  let skippedCount = 0;
  for (const [part, rows] of rowsByPart) {
    for (const { labels, value } of rows) {
      const bound = boundOf(part);
      if (bound === null || value < 0 || value > HIGHEST[bound]) {
        skippedCount += 1;
        continue;
      }
      const found = draftsOf(drafts, part, labels, (own) => resolveNode(hostLabels(own)) ?? nodeOfPods(own, podOwner));
      if (found === null) {
        skippedCount += 1;
        continue;
      }
      addRow(found, part, labels, value, exporters, podOwner);
    }
  }
  const partitioned = new Set([...drafts.values()].filter((d) => d.partitionId !== "").map((d) => d.deviceId));
  const devices = [...drafts.values()].map((draft) => toSample(draft, partitioned.has(draft.deviceId)));
  return { devices: devices.sort(byPlace), skippedCount };
}

/** The same id for a card on every row: AMD's serial number (a partition has a UUID of its own), NVIDIA's UUID, else place and index. */
function deviceIdOf(vendor: GpuVendor, labels: Labels, place: string): string {
  const uuid = labels.UUID ?? labels.uuid ?? labels.gpu_uuid ?? "";
  const serial = labels.serial_number ?? "";
  const ownId = vendor === "amd" ? serial || uuid : uuid || serial;
  if (ownId !== "") return ownId;
  const index = labels.gpu ?? labels.gpu_id ?? "";
  return index === "" ? "" : `${place}/${index}`;
}

function draftsOf(
  drafts: Map<string, Draft>,
  part: string,
  labels: Labels,
  resolveNode: NodeResolver,
): { readonly card: Draft; readonly own: Draft } | null {
  const vendor: GpuVendor = part.startsWith("amd.") ? "amd" : "nvidia";
  const nodeName = resolveNode(labels);
  const place = nodeName ?? labels.Hostname ?? labels.hostname ?? labels.instance ?? "";
  const deviceId = deviceIdOf(vendor, labels, place);
  if (deviceId === "") return null;
  const partitionId = labels.GPU_I_ID ?? labels.dra_mig_device_uuid ?? amdPartition(labels);
  const draft = (ownId: string): Draft => {
    const key = `${deviceId}\u0000${ownId}`;
    const known = drafts.get(key);
    if (known !== undefined) {
      known.nodeName ??= nodeName;
      known.labels = { ...labels, ...known.labels };
      return known;
    }
    const made: Draft = {
      vendor,
      deviceId,
      partitionId: ownId,
      labels,
      nodeName,
      device: new Map(),
      holders: new Map(),
    };
    drafts.set(key, made);
    return made;
  };
  const own = draft(partitionId);
  return { own, card: vendor === "amd" && partitionId === "0" ? draft("") : own };
}

/** The number of a partition of a cut card, "" on a whole one. */
function amdPartition(labels: Labels): string {
  const mode = (labels.gpu_compute_partition_type ?? "").toLowerCase();
  return mode === "" || mode === "spx" ? "" : (labels.gpu_partition_id ?? "0");
}

function amdProfile(labels: Labels): string | null {
  const mode = (labels.gpu_compute_partition_type ?? "").toLowerCase();
  const memory = (labels.gpu_memory_partition_type ?? "").toLowerCase();
  return mode === "" || memory === "" ? null : `${mode}_${memory}`;
}

/** `pod` and `namespace` of a device row are the holder's or the exporter's; they lead to a node only as the latter. */
function hostLabels(labels: Labels): Labels {
  const { pod: _pod, namespace: _namespace, ...host } = labels;
  return host;
}

/** Where the row names no host that is a node: the exporter runs on the device's node, and so does whoever holds the device. */
function nodeOfPods(labels: Labels, podOwner: PodOwnerOf): string | null {
  const pods: readonly (readonly [string | undefined, string | undefined])[] = [
    [labels.exported_namespace, labels.exported_pod],
    [labels.pod_namespace, labels.pod_name],
    [labels.namespace, labels.pod],
  ];
  for (const [namespace = "", pod = ""] of pods) {
    const node = pod === "" ? null : (podOwner(namespace, pod)?.nodeName ?? null);
    if (node !== null) return node;
  }
  return null;
}

function addRow(
  { card, own: draft }: { readonly card: Draft; readonly own: Draft },
  part: string,
  labels: Labels,
  value: number,
  exporters: ReadonlySet<string>,
  podOwner: PodOwnerOf,
): void {
  const held = heldBy(labels, exporters, podOwner);
  if (draft.vendor === "amd" && draft.partitionId !== "") {
    // Only partition 0 of a cut card carries figures, and they are the card's; the others repeat zeros that say nothing.
    if (card !== draft) card.device.set(part, Math.max(card.device.get(part) ?? 0, value));
  } else if (held === null) draft.device.set(part, Math.max(draft.device.get(part) ?? 0, value));
  if (held === null) return;
  const key = `${held.namespace}\u0000${held.pod}\u0000${held.container}`;
  const claimName = labels.dra_claim_name ?? "";
  const known = draft.holders.get(key) ?? {
    holder: {
      ...held,
      workload: podOwner(held.namespace, held.pod)?.workload ?? null,
      claim: claimName === "" ? null : { namespace: labels.dra_claim_namespace ?? held.namespace, name: claimName },
    },
    own: new Map<string, number>(),
  };
  if (draft.vendor !== "amd" || draft.partitionId === "")
    known.own.set(part, Math.max(known.own.get(part) ?? 0, value));
  draft.holders.set(key, known);
}

function toSample(draft: Draft, hasPartitions: boolean): GpuDeviceSample {
  const figure = (part: string): number | null => deviceFigure(draft, part);
  const scaled = (part: string, factor: number): number | null => {
    const value = figure(part);
    return value === null ? null : value * factor;
  };
  const { labels } = draft;
  const activity = activityOf(figure);
  const used = scaled("nvidia.memoryUsed", MIB) ?? scaled("amd.memoryUsed", MB);
  const free = scaled("nvidia.memoryFree", MIB);
  return {
    vendor: draft.vendor,
    deviceId: draft.deviceId,
    partitionId: draft.partitionId,
    partitionProfile:
      draft.partitionId === "" ? null : (labels.GPU_I_PROFILE ?? labels.dra_mig_profile ?? amdProfile(labels)),
    isPartitioned: draft.partitionId === "" && hasPartitions,
    nodeName: draft.nodeName,
    index: labels.gpu ?? labels.gpu_id ?? null,
    model: labels.modelName ?? labels.card_series ?? labels.card_model ?? null,
    activityRatio: clamp(activity?.ratio ?? null),
    activitySource: activity?.source ?? null,
    tensorActiveRatio: clamp(figure("nvidia.tensorActive")),
    memoryBusyRatio: clamp(figure("nvidia.dramActive") ?? scaled("amd.memoryBusy", 0.01)),
    memoryUsedBytes: used,
    memoryTotalBytes:
      scaled("amd.memoryTotal", MB) ??
      (used === null || free === null ? null : used + free + (scaled("nvidia.memoryReserved", MIB) ?? 0)),
    powerWatts:
      figure("nvidia.power") ?? figure("amd.packagePower") ?? figure("amd.power") ?? figure("amd.averagePower"),
    lastErrorCode: figure("nvidia.xid"),
    holders: [...draft.holders.values()].map(({ holder, own }) => ({
      ...holder,
      activityRatio: share(draft, own, "nvidia.util", 0.01),
      memoryUsedBytes: share(draft, own, "nvidia.memoryUsed", MIB),
    })),
  };
}

/** Profiling activity before plain utilisation: the former works on MIG and counts what a kernel does, not that one ran. */
const ACTIVITY_PARTS: readonly { readonly part: string; readonly factor: number; readonly source: string }[] = [
  { part: "nvidia.engineActive", factor: 1, source: "DCGM_FI_PROF_GR_ENGINE_ACTIVE" },
  { part: "nvidia.smActive", factor: 1, source: "DCGM_FI_PROF_SM_ACTIVE" },
  { part: "nvidia.util", factor: 0.01, source: "DCGM_FI_DEV_GPU_UTIL" },
  { part: "amd.profiledActivity", factor: 0.01, source: "gpu_prof_gui_util_percent" },
  { part: "amd.activity", factor: 0.01, source: "gpu_gfx_activity" },
];

function activityOf(
  figure: (part: string) => number | null,
): { readonly ratio: number; readonly source: string } | null {
  for (const { part, factor, source } of ACTIVITY_PARTS) {
    const value = figure(part);
    if (value !== null) return { ratio: value * factor, source };
  }
  return null;
}

function deviceFigure(draft: Draft, part: string): number | null {
  const ofDevice = draft.device.get(part);
  if (ofDevice !== undefined && (PROCESS_PARTS.has(part) || draft.holders.size === 0)) return ofDevice;
  const copies = [...draft.holders.values()].flatMap(({ own }) => own.get(part) ?? []);
  const all = ofDevice === undefined ? copies : [...copies, ofDevice];
  return all.length === 0 ? null : Math.max(...all);
}

function share(draft: Draft, own: ReadonlyMap<string, number>, part: string, factor: number): number | null {
  const value = own.get(part);
  return value === undefined || !draft.device.has(part) ? null : value * factor;
}

function boundOf(part: string): Bound | null {
  if (part === "nvidia.util" || part === "amd.memoryBusy" || /^amd\..*[aA]ctivity$/.test(part)) return "percent";
  if (/Active$/.test(part)) return "ratio";
  if (/\.memory(Used|Free|Reserved|Total)$/.test(part)) return "mib";
  if (/[pP]ower$/.test(part)) return "watts";
  return part === "nvidia.xid" ? "code" : null;
}

function clamp(ratio: number | null): number | null {
  return ratio === null ? null : Math.min(1, Math.max(0, ratio));
}

function byPlace(a: GpuDeviceSample, b: GpuDeviceSample): number {
  return (
    (a.nodeName ?? "").localeCompare(b.nodeName ?? "") ||
    (a.index ?? "").localeCompare(b.index ?? "", "en", { numeric: true }) ||
    a.partitionId.localeCompare(b.partitionId, "en", { numeric: true })
  );
}
