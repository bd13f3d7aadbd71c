import { clusterProvider, type PriceKind } from "./price-book.ts";

/** What OpenCost exports of a node, in its currency. */
export type ExportedNodePrice = {
  readonly instanceType: string | null;
  readonly isSpot: boolean | null;
  readonly costPerHour: number | null;
  readonly costPerCoreHour: number | null;
  readonly costPerGibHour: number | null;
  readonly costPerGpuHour: number | null;
};
export type ExportedVolumePrice = { readonly storageClassName: string; readonly costPerGibHour: number };
export type ExportedPriceRow = {
  readonly provider: string;
  readonly region: string;
  readonly kind: PriceKind;
  readonly key: string;
  readonly unit: string;
  readonly price: number;
  readonly source: string;
};

/**
 * Prices that OpenCost exports in a cluster → rows of the price book that hold for this cluster alone.
 *
 * Shape: a row per instance type (":spot" for spot nodes), per resource and per storage class. Basis: the mean over the nodes or
 * volumes, so that their sum stays what OpenCost says; a price of 0 is one that OpenCost does not know and is left out.
 * Unit: node per hour, core-hour, GiB-hour. Errors: none. Source: node_total_hourly_cost, node_cpu_hourly_cost,
 * node_ram_hourly_cost, node_gpu_hourly_cost, pv_hourly_cost (all GiB, not GB).
 */
export function toExportedRows(
  cluster: string,
  nodes: readonly ExportedNodePrice[],
  volumes: readonly ExportedVolumePrice[],
): ExportedPriceRow[] {
  const means = new Map<string, { sum: number; count: number; row: Omit<ExportedPriceRow, "price"> }>();
  const add = (kind: PriceKind, key: string, unit: string, metric: string, price: number | null): void => {
    if (price === null || !Number.isFinite(price) || price <= 0) return;
    const id = `${kind}\u0000${key}`;
    const known = means.get(id) ?? {
      sum: 0,
      count: 0,
      row: {
        provider: clusterProvider(cluster),
        region: "",
        kind,
        key,
        unit,
        source: `OpenCost in ${cluster}: ${metric}`,
      },
    };
    known.sum += price;
    known.count += 1;
    means.set(id, known);
  };
  for (const node of nodes) {
    const type = node.instanceType;
    if (type !== null)
      add("node", node.isSpot === true ? `${type}:spot` : type, "hour", "node_total_hourly_cost", node.costPerHour);
    add("resource", "cpu", "core-hour", "node_cpu_hourly_cost", node.costPerCoreHour);
    add("resource", "memory", "GiB-hour", "node_ram_hourly_cost", node.costPerGibHour);
    add("resource", "gpu", "hour", "node_gpu_hourly_cost", node.costPerGpuHour);
  }
  for (const { storageClassName, costPerGibHour } of volumes)
    add("storage", storageClassName, "GiB-hour", "pv_hourly_cost", costPerGibHour);
  return [...means.values()].map(({ sum, count, row }) => ({ ...row, price: Math.round((sum / count) * 1e10) / 1e10 }));
}
