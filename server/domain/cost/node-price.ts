import type { PriceBook, PriceRow } from "./price-book.ts";

export const GIB_BYTES = 1_073_741_824;

export type PricedNode = {
  readonly name: string;
  readonly instanceType: string | null;
  readonly region: string | null;
  readonly capacityType: "on-demand" | "spot" | null;
  readonly cpuCores: number | null;
  readonly memoryBytes: number | null;
  readonly gpuCount: number;
  readonly gpuModel: string | null;
};

/** How the hourly price of a node is made up. `quantity` of a part is per hour, in the unit of its row. */
export type NodePrice = {
  readonly basis: "instance-type" | "per-resource";
  readonly costPerHour: number;
  /** The row of the node itself; null when it is put together from resources. */
  readonly row: PriceRow | null;
  readonly parts: Readonly<Record<NodeResource, { readonly row: PriceRow; readonly costPerHour: number } | null>>;
};
export type NodeResource = "cpu" | "memory" | "gpu";

/**
 * What a node costs per hour and how that splits into CPU, memory and GPU.
 *
 * Basis: the instance type's row, split in proportion to the resource rows (OpenCost's rule, so that parts add up to the node);
 * without such a row the resources are priced one by one and the basis says so. Spot nodes take a row for "<type>:spot" and have no
 * fallback to the on-demand price. With `cluster`, what OpenCost exports there comes before shipped rows.
 * Unit: the book's currency per hour. Errors: none; `null` = no price can be stated.
 */
export function priceNode(
  node: PricedNode,
  provider: string | null,
  book: PriceBook,
  on: string,
  cluster?: string,
): NodePrice | null {
  const isSpot = node.capacityType === "spot";
  const ask = (kind: "node" | "resource" | "gpu", key: string) =>
    book.find({ provider, region: node.region, kind, key, on, ...(cluster === undefined ? {} : { cluster }) });
  const askModel = (model: string | null) => {
    for (const name of model === null ? [] : gpuPriceKeys(model)) {
      const found = ask("gpu", name);
      if (found !== null) return found;
    }
    return null;
  };
  const weigh = (key: NodeResource, amount: number | null) => {
    const row = (key === "gpu" ? askModel(node.gpuModel) : null) ?? ask("resource", key);
    const price = row === null ? null : book.amount(row, on);
    return row === null || price === null || amount === null ? null : { row, costPerHour: price * amount };
  };
  const cpu = weigh("cpu", node.cpuCores);
  const memory = weigh("memory", node.memoryBytes === null ? null : node.memoryBytes / GIB_BYTES);
  const gpu = node.gpuCount > 0 ? weigh("gpu", node.gpuCount) : null;
  const row = node.instanceType === null ? null : ask("node", isSpot ? `${node.instanceType}:spot` : node.instanceType);
  const listed = row === null ? null : book.amount(row, on);
  const weight = (cpu?.costPerHour ?? 0) + (memory?.costPerHour ?? 0) + (gpu?.costPerHour ?? 0);
  if (row !== null && listed !== null) {
    if (weight <= 0) return null;
    const share = (part: { costPerHour: number } | null) =>
      part === null ? null : { row, costPerHour: (listed * part.costPerHour) / weight };
    return {
      basis: "instance-type",
      costPerHour: listed,
      row,
      parts: { cpu: share(cpu), memory: share(memory), gpu: share(gpu) },
    };
  }
  if (isSpot || cpu === null || memory === null || (node.gpuCount > 0 && gpu === null)) return null;
  return { basis: "per-resource", costPerHour: weight, row: null, parts: { cpu, memory, gpu } };
}

/**
 * Names under which a price book may hold a device model, the exact one first: `NVIDIA-A100-SXM4-40GB` is also
 * `NVIDIA A100 40GB`. Labels and drivers write form factor, memory kind and sharing into the name; prices rarely tell them apart.
 */
export function gpuPriceKeys(model: string): string[] {
  const plain = model.replaceAll(/[-_]+/g, " ");
  const family = /\b((?:RTX )?[A-Z]{1,3}\d{1,4}[A-Z]{0,2})\b/.exec(
    plain.replace(/^(NVIDIA|Tesla|AMD|Instinct) /g, ""),
  )?.[1];
  const memory = /\b(\d+) ?GB\b/i.exec(plain)?.[1];
  const keys = [model, plain];
  if (family !== undefined) {
    if (memory !== undefined) keys.push(`NVIDIA ${family} ${memory}GB`);
    keys.push(`NVIDIA ${family}`, `Tesla ${family}`, `AMD Instinct ${family}`);
  }
  return [...new Set(keys)];
}
