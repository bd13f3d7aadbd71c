/** A holder as the repacking sees it: one pod's need of devices. */
export type RepackItem = {
  readonly id: string;
  readonly model: string;
  readonly deviceCount: number;
  /** Share of one device that it keeps busy (0–1), and memory it uses on each; null = not known: it keeps whole devices. */
  readonly activityRatio: number | null;
  readonly memoryBytes: number | null;
  /** Fixed MIG profile: it needs that partition and nothing else. */
  readonly migProfile: string | null;
};
export type RepackDevice = {
  readonly id: string;
  readonly model: string;
  readonly memoryBytes: number | null;
  /** Devices with a fast link among them; a holder of several devices stays inside one domain. */
  readonly linkDomain: string;
  readonly migProfiles: readonly string[];
};
export type RepackOptions = {
  /** Devices are filled up to this share, so that a burst still fits. */
  readonly targetRatio: number;
};
export type RepackResult = {
  readonly placements: readonly { readonly itemId: string; readonly deviceIds: readonly string[] }[];
  readonly usedDevices: readonly string[];
  readonly freedDevices: readonly string[];
  readonly unplaced: readonly string[];
  /** Mean activity of used devices after repacking; null without measured items. */
  readonly utilizationRatio: number | null;
};

export const DEFAULT_REPACK: RepackOptions = { targetRatio: 0.8 };

/**
 * Today's holders on fewer devices: what sharing would free if every holder went on as measured.
 *
 * Basis: best fit, largest first, per model. Holders of several devices, without measured activity or with unknown memory keep whole
 * devices in one link domain; the rest share a device while activity and memory fit. MIG holders keep a partition of their profile.
 * A simulation of capacity: it knows nothing of isolation needs, so its answer is an upper bound of what sharing frees.
 */
export function repackDevices(
  items: readonly RepackItem[],
  devices: readonly RepackDevice[],
  options: RepackOptions = DEFAULT_REPACK,
): RepackResult {
  const bins = new Map<string, Bin[]>();
  for (const device of devices) {
    const list = bins.get(device.model) ?? [];
    list.push({
      device,
      activity: 0,
      memoryBytes: 0,
      isWhole: false,
      freeProfiles: [...device.migProfiles],
      itemCount: 0,
    });
    bins.set(device.model, list);
  }
  const placements: { itemId: string; deviceIds: string[] }[] = [];
  const unplaced: string[] = [];
  const ordered = [...items].sort(
    (a, b) => b.deviceCount - a.deviceCount || weight(b) - weight(a) || (a.id < b.id ? -1 : 1),
  );
  for (const item of ordered) {
    const placed = place(item, bins.get(item.model) ?? [], options);
    if (placed === null) unplaced.push(item.id);
    else placements.push({ itemId: item.id, deviceIds: placed.map((bin) => bin.device.id) });
  }
  const all = [...bins.values()].flat();
  const used = all.filter((bin) => bin.itemCount > 0);
  const measured = used.filter((bin) => bin.activity > 0);
  return {
    placements,
    unplaced,
    usedDevices: used.map((bin) => bin.device.id),
    freedDevices: all.filter((bin) => bin.itemCount === 0).map((bin) => bin.device.id),
    utilizationRatio: measured.length === 0 ? null : measured.reduce((sum, bin) => sum + bin.activity, 0) / used.length,
  };
}

type Bin = {
  device: RepackDevice;
  activity: number;
  memoryBytes: number;
  isWhole: boolean;
  freeProfiles: string[];
  itemCount: number;
};

function weight(item: RepackItem): number {
  return isShareable(item) ? (item.activityRatio ?? 1) : 2;
}

function isShareable(item: RepackItem): boolean {
  return item.deviceCount === 1 && item.activityRatio !== null && item.memoryBytes !== null && item.migProfile === null;
}

function place(item: RepackItem, bins: Bin[], options: RepackOptions): Bin[] | null {
  if (item.migProfile !== null) return placeMig(item, item.migProfile, bins);
  if (!isShareable(item)) return placeWhole(item, bins);
  const activity = item.activityRatio ?? 1;
  const memory = item.memoryBytes ?? 0;
  let best: Bin | null = null;
  for (const bin of bins) {
    if (bin.isWhole || bin.device.migProfiles.length > 0) continue;
    const isEmpty = bin.itemCount === 0;
    const fitsActivity = isEmpty || bin.activity + activity <= options.targetRatio;
    const fitsMemory =
      isEmpty || (bin.device.memoryBytes !== null && bin.memoryBytes + memory <= bin.device.memoryBytes);
    if (!fitsActivity || !fitsMemory) continue;
    if (best === null || bin.activity > best.activity) best = bin;
  }
  if (best === null) return null;
  best.activity += activity;
  best.memoryBytes += memory;
  best.itemCount += 1;
  return [best];
}

function placeMig(item: RepackItem, profile: string, bins: Bin[]): Bin[] | null {
  // The fullest device that still has such a partition, so that whole devices empty out.
  const candidates = bins.filter((bin) => bin.freeProfiles.includes(profile)).sort((a, b) => b.itemCount - a.itemCount);
  const bin = candidates[0];
  if (bin === undefined) return null;
  bin.freeProfiles.splice(bin.freeProfiles.indexOf(profile), 1);
  bin.itemCount += 1;
  bin.activity += item.activityRatio ?? 0;
  return [bin];
}

function placeWhole(item: RepackItem, bins: Bin[]): Bin[] | null {
  const domains = new Map<string, Bin[]>();
  for (const bin of bins) {
    if (bin.itemCount > 0 || bin.device.migProfiles.length > 0) continue;
    const list = domains.get(bin.device.linkDomain) ?? [];
    list.push(bin);
    domains.set(bin.device.linkDomain, list);
  }
  const need = Math.max(1, Math.round(item.deviceCount));
  // The tightest domain that holds it all keeps the larger ones whole.
  const domain = [...domains.values()].filter((list) => list.length >= need).sort((a, b) => a.length - b.length)[0];
  if (domain === undefined) return null;
  const taken = domain.slice(0, need);
  for (const bin of taken) {
    bin.isWhole = true;
    bin.itemCount += 1;
    bin.activity += item.activityRatio ?? 0;
  }
  return taken;
}
