import type { MetricsCollection } from "../collect/prometheus/collect-metrics.ts";
import { type ExportedPriceRow, toExportedRows } from "../domain/cost/opencost-prices.ts";
import { valueOrNull } from "../domain/reading.ts";
import { loadSnapshot } from "../store/snapshots.ts";
import type { JobContext } from "./context.ts";

/** Prices that OpenCost exports in the cluster as rows of the price book; empty where there is none, or it was not its turn. */
export async function exportedRows(
  context: JobContext,
  cluster: { readonly clusterId: number; readonly clusterName: string },
  collection: Pick<MetricsCollection, "prices" | "volumePrices">,
): Promise<ExportedPriceRow[]> {
  if (collection.prices.length === 0) return [];
  const identity = { id: cluster.clusterId, name: cluster.clusterName, uid: null, provider: null };
  const { parts } = await loadSnapshot(context.pool, identity, context.now(), ["volumes"]);
  const classes = new Map((valueOrNull(parts.volumes) ?? []).map((volume) => [volume.name, volume.storageClassName]));
  const volumes = collection.volumePrices.flatMap(({ volume, costPerGibHour }) => {
    const storageClassName = classes.get(volume) ?? null;
    return storageClassName === null ? [] : [{ storageClassName, costPerGibHour }];
  });
  return toExportedRows(cluster.clusterName, collection.prices, volumes);
}
