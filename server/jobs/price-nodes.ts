import { readFile } from "node:fs/promises";
import type { Pool } from "pg";
import type { Logger } from "pino";
import { listShippedPrices } from "../collect/prices/shipped-prices.ts";
import type { Config } from "../config.ts";
import { dayIn } from "../domain/cost/billing-day.ts";
import { type NodePrice, type PricedNode, priceNode } from "../domain/cost/node-price.ts";
import { openPriceBook, type PriceBook } from "../domain/cost/price-book.ts";
import { publishedDeviceCount, publishedModel } from "../domain/gpu/device-counts.ts";
import { isGpuDriver, isGpuResource, physicalDeviceCount } from "../domain/gpu/device-model.ts";
import type { ClusterSnapshot, NodeFacts, ResourceSliceFacts } from "../domain/snapshot.ts";
import type { NodePrice as StoredNodePrice } from "../store/inventory.ts";
import { parsePriceFile } from "../store/price-file.ts";
import { loadPrices, type NewPrice, syncPrices } from "../store/prices.ts";
import type { VolumePrices } from "./charge-volumes.ts";
import type { JobContext } from "./context.ts";

export type NodePrices = {
  readonly ofNode: (name: string) => StoredNodePrice;
  readonly detailOf: (name: string) => NodePrice | null;
  /** The book and day that they are from, for what else is priced with them. */
  readonly volumes: VolumePrices;
};

/** Shipped rows and the configured price file → price book. Edited rows stay. */
export async function seedPriceBook(pool: Pool, config: Config, log: Logger): Promise<void> {
  const withOrigin = (origin: string) => (entry: Omit<NewPrice, "origin">) => ({
    ...entry,
    origin,
  });
  const shipped = await syncPrices(pool, "shipped", listShippedPrices().map(withOrigin("shipped")), "sluice");
  const file = config.billing.priceBook;
  const fromFile = file === null ? [] : parsePriceFile(await readFile(file, "utf8"), file);
  const own = await syncPrices(pool, "file", fromFile.map(withOrigin("file")), "sluice.yaml");
  if (shipped.added + shipped.superseded + own.added + own.superseded > 0)
    log.info({ shipped, file: own }, "price book brought up to date");
}

/** The price of every node of a snapshot, by the book of today. */
export async function priceNodes(context: JobContext, snapshot: ClusterSnapshot): Promise<NodePrices> {
  const book = openPriceBook(await loadPrices(context.pool), context.config.billing.currency);
  const { timeZone } = context.config.billing;
  return priceNodesOn(snapshot, book, dayIn(timeZone, context.now()), timeZone);
}

/** What pricing looks at: nodes, and whose list prices hold for them. */
export type PricedNodes = {
  readonly cluster: Pick<ClusterSnapshot["cluster"], "name" | "provider">;
  /** Without slices, devices that only a DRA driver publishes are not seen, and their node has no device price. */
  readonly parts: Pick<ClusterSnapshot["parts"], "nodes"> & Partial<Pick<ClusterSnapshot["parts"], "resourceSlices">>;
};

/** The same by the prices in force on a day. */
export function priceNodesOn(snapshot: PricedNodes, book: PriceBook, on: string, timeZone = "UTC"): NodePrices {
  const { nodes, resourceSlices } = snapshot.parts;
  const slicesByNode = Map.groupBy(
    resourceSlices?.state === "value" ? resourceSlices.value.filter((slice) => isGpuDriver(slice.driver)) : [],
    (slice) => slice.nodeName ?? "",
  );
  const prices = new Map<string, NodePrice | null>();
  for (const node of nodes.state === "value" ? nodes.value : []) {
    const priced = toPriced(node, slicesByNode.get(node.name) ?? []);
    prices.set(node.name, priceNode(priced, snapshot.cluster.provider, book, on, snapshot.cluster.name));
  }
  return {
    ofNode: (name) => {
      const price = prices.get(name) ?? null;
      return { priceRowId: price?.row?.id ?? null, costPerHour: price?.costPerHour ?? null };
    },
    detailOf: (name) => prices.get(name) ?? null,
    volumes: { book, on, timeZone },
  };
}

/** Labels and extended resources tell devices of plugins; a driver's slices those that are reached through claims alone. */
function toPriced(node: NodeFacts, slices: readonly ResourceSliceFacts[]): PricedNode {
  return {
    name: node.name,
    instanceType: node.instanceType,
    region: node.region,
    capacityType: node.capacityType,
    cpuCores: node.capacity.cpuCores,
    memoryBytes: node.capacity.memoryBytes,
    gpuCount: Math.max(physicalDeviceCount(node), publishedDeviceCount(slices)),
    gpuModel:
      node.labels["nvidia.com/gpu.product"] ?? node.labels["amd.com/gpu.product-name"] ?? publishedModel(slices),
  };
}

/** Devices that pods can ask for by count on a node, as the scheduler sees them. */
export function deviceAmounts(node: NodeFacts): { capacity: number; allocatable: number } {
  let capacity = 0;
  let allocatable = 0;
  for (const [name, amount] of Object.entries(node.capacity.extended)) {
    if (!isGpuResource(name)) continue;
    capacity += amount;
    allocatable += node.allocatable.extended[name] ?? 0;
  }
  return { capacity, allocatable };
}
