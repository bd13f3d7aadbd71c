import type { PriceBook } from "../domain/cost/price-book.ts";
import { type ChargedVolume, chargeVolumes, type VolumeHolders } from "../domain/cost/volume-costs.ts";
import { valueOrNull } from "../domain/reading.ts";
import type { ClusterSnapshot, PodFacts } from "../domain/snapshot.ts";
import type { CostLine } from "../store/costs.ts";
import type { Owners } from "./owners.ts";

export type VolumePrices = { readonly book: PriceBook; readonly on: string; readonly timeZone: string };

/** Quantity without a price row; then it is in GiB-months. */
const NO_PRICE_ROW = 0;

/**
 * Volumes of a snapshot → lines for a span of hours. Without the list of volumes there are none: their cost is then not recorded, as
 * for a cluster that may not be read. `at` leaves out volumes that were made later (null = none).
 */
export function volumeLines(
  snapshot: ClusterSnapshot,
  owners: Owners,
  prices: VolumePrices,
  hours: number,
  at: Date | null = null,
): CostLine[] {
  const volumes = toVolumes(snapshot).filter(({ createdAt }) => at === null || createdAt === null || createdAt <= at);
  const sums = new Map<string, { line: CostLine; quantity: number; cost: number | null }>();
  for (const charge of chargeVolumes(volumes, toHolders(snapshot, owners), {
    ...prices,
    provider: snapshot.cluster.provider,
    cluster: snapshot.cluster.name,
  })) {
    const [team = "", namespace = "", workloadKind = "", workloadName = ""] = charge.owner?.split("\u0000") ?? [];
    const line: CostLine = {
      team,
      namespace,
      workloadKind,
      workloadName,
      pool: "",
      resource: "storage",
      share: charge.share,
      priceRowId: charge.row?.id ?? NO_PRICE_ROW,
      quantity: charge.quantityPerHour * hours,
      cost: charge.costPerHour === null ? null : charge.costPerHour * hours,
    };
    const key = [charge.owner ?? "", line.share, line.priceRowId].join("\u0001");
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { line, quantity: line.quantity, cost: line.cost });
    else {
      sum.quantity += line.quantity;
      sum.cost = sum.cost === null || line.cost === null ? null : sum.cost + line.cost;
    }
  }
  return [...sums.values()].map(({ line, quantity, cost }) => ({ ...line, quantity, cost }));
}

/** Volumes with what prices them; a volume whose claim is gone is held by nobody, whatever it still refers to. */
export function toVolumes(snapshot: ClusterSnapshot): (ChargedVolume & { readonly createdAt: Date | null })[] {
  const { parts } = snapshot;
  const classes = new Map((valueOrNull(parts.storageClasses) ?? []).map((item) => [item.name, item.parameters]));
  const nodes = valueOrNull(parts.nodes) ?? [];
  const regions = new Map(nodes.flatMap((node) => (node.zone === null ? [] : [[node.zone, node.region] as const])));
  const [onlyRegion = null, ...otherRegions] = [...new Set(nodes.map((node) => node.region))];
  return (valueOrNull(parts.volumes) ?? []).map((volume) => ({
    name: volume.name,
    storageClassName: volume.storageClassName,
    classParameters: (volume.storageClassName === null ? undefined : classes.get(volume.storageClassName)) ?? {},
    region:
      (volume.zone === null ? undefined : regions.get(volume.zone)) ?? (otherRegions.length === 0 ? onlyRegion : null),
    bytes: volume.capacityBytes,
    claim:
      volume.phase === "Bound" && volume.claim !== null
        ? { namespace: volume.claim.namespace ?? "", name: volume.claim.name }
        : null,
    createdAt: volume.createdAt,
  }));
}

function toHolders({ parts }: ClusterSnapshot, owners: Owners): VolumeHolders {
  const byClaim = new Map<string, string[]>();
  for (const pod of valueOrNull(parts.pods) ?? []) {
    if (pod.phase !== "Running" && pod.phase !== "Pending") continue;
    for (const claim of pod.template.volumeClaimNames) {
      const key = `${pod.namespace}/${claim}`;
      byClaim.set(key, [...(byClaim.get(key) ?? []), ownerOf(pod, owners)]);
    }
  }
  const labels = new Map(
    (valueOrNull(parts.volumeClaims) ?? []).map((claim) => [`${claim.namespace}/${claim.name}`, claim.labels]),
  );
  return {
    mounting: ({ namespace, name }) => byClaim.get(`${namespace}/${name}`) ?? [],
    claiming: ({ namespace, name }) =>
      [
        owners.ofLabels(namespace, labels.get(`${namespace}/${name}`) ?? {}) ?? "",
        namespace,
        "PersistentVolumeClaim",
        name,
      ].join("\u0000"),
  };
}

function ownerOf(pod: PodFacts, owners: Owners): string {
  return [owners.ofPod(pod) ?? "", pod.namespace, pod.workload.kind, pod.workload.name].join("\u0000");
}
