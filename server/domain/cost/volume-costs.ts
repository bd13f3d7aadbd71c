import { hoursOfMonth } from "./billing-day.ts";
import { GIB_BYTES } from "./node-price.ts";
import type { PriceBook, PriceRow } from "./price-book.ts";

export type ChargedVolume = {
  readonly name: string;
  readonly storageClassName: string | null;
  /** Parameters of the class that may name what the provider prices: `type`, `skuName` … */
  readonly classParameters: Readonly<Record<string, string>>;
  readonly region: string | null;
  readonly bytes: number | null;
  /** Null = no claim holds it (any more). */
  readonly claim: { readonly namespace: string; readonly name: string } | null;
};
/** Keys of whoever is charged, as in allocation lines. */
export type VolumeHolders = {
  /** Workloads whose pods mount the claim; empty = nobody does. */
  readonly mounting: (claim: { readonly namespace: string; readonly name: string }) => readonly string[];
  /** The claim itself, for one that nobody mounts. */
  readonly claiming: (claim: { readonly namespace: string; readonly name: string }) => string;
};
export type VolumeCharge = {
  readonly volume: string;
  readonly owner: string | null;
  /** `requested-unmeasured`: mounted, fill not known · `requested-unused`: claimed, mounted by nobody · `unallocated`: without claim. */
  readonly share: "requested-unmeasured" | "requested-unused" | "unallocated";
  readonly row: PriceRow | null;
  /** In the unit of the row, per hour; GiB-months where there is none. */
  readonly quantityPerHour: number;
  /** Null = no price. */
  readonly costPerHour: number | null;
};

/** Class parameters by which providers tell disk types apart. */
const TYPE_PARAMETERS = ["type", "skuName", "skuname", "storageaccounttype"] as const;

/** Names under which a price book may hold a volume: its class, what the class makes, then the fallback. */
export function volumePriceKeys(volume: Pick<ChargedVolume, "storageClassName" | "classParameters">): string[] {
  const keys = [
    volume.storageClassName,
    ...TYPE_PARAMETERS.map((name) => volume.classParameters[name] ?? null),
    "default",
  ];
  return [...new Set(keys.filter((key) => key !== null && key !== ""))] as string[];
}

/**
 * What volumes cost per hour and who holds them.
 *
 * Basis: provisioned capacity × the price of its class; a price per GiB-month is divided by the hours of the calendar month in the
 * billing time zone, so that a whole month costs its price. A claim that several workloads mount is charged to them evenly.
 * Shape: one charge per volume and holder; those of a volume add up to it. A volume whose size is not known is left out.
 * Unit: the book's currency per hour. Errors: none; no row or no rate makes the cost null.
 * Source: capacity from the PersistentVolume; OpenCost charges volumes by requested capacity too.
 */
export function chargeVolumes(
  volumes: readonly ChargedVolume[],
  holders: VolumeHolders,
  prices: {
    readonly book: PriceBook;
    readonly provider: string | null;
    readonly cluster: string;
    readonly on: string;
    readonly timeZone: string;
  },
): VolumeCharge[] {
  const monthHours = hoursOfMonth(prices.timeZone, prices.on);
  return volumes.flatMap((volume): VolumeCharge[] => {
    if (volume.bytes === null) return [];
    const row = volumePrice(volume, prices);
    const amount = row === null ? null : prices.book.amount(row, prices.on);
    const quantity = (volume.bytes / GIB_BYTES) * (row?.unit === "GiB-hour" ? 1 : 1 / monthHours);
    const base = { volume: volume.name, row };
    const part = (owner: string | null, share: VolumeCharge["share"], ratio: number): VolumeCharge => ({
      ...base,
      owner,
      share,
      quantityPerHour: quantity * ratio,
      costPerHour: amount === null ? null : amount * quantity * ratio,
    });
    if (volume.claim === null) return [part(null, "unallocated", 1)];
    const mounting = [...new Set(holders.mounting(volume.claim))];
    if (mounting.length === 0) return [part(holders.claiming(volume.claim), "requested-unused", 1)];
    return mounting.map((owner) => part(owner, "requested-unmeasured", 1 / mounting.length));
  });
}

/** The row that prices a volume on a day; null = none, or one in a unit that volumes are not sold in. */
export function volumePrice(
  volume: Pick<ChargedVolume, "storageClassName" | "classParameters" | "region">,
  prices: { readonly book: PriceBook; readonly provider: string | null; readonly cluster: string; readonly on: string },
): PriceRow | null {
  for (const key of volumePriceKeys(volume)) {
    const { provider, cluster, on } = prices;
    const row = prices.book.find({ provider, region: volume.region, kind: "storage", key, on, cluster });
    if (row !== null && (row.unit === "GiB-month" || row.unit === "GiB-hour")) return row;
  }
  return null;
}
