import type { DemoCluster } from "../fleet/types.ts";
import { hash32 } from "../random.ts";

/** JSON as the API server writes it. */
export type JsonObject = { [key: string]: JsonValue };
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

export function isoTime(seconds: number): string {
  return new Date(Math.round(seconds) * 1000).toISOString().replace(".000Z", "Z");
}

/** Lists answer with one resource version for everything; it grows with the clock, as etcd's revision does. */
export function resourceVersionAt(seconds: number): string {
  return String(Math.floor(seconds / 10) - 170_000_000);
}

export function objectMeta(
  cluster: DemoCluster,
  meta: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly createdAt: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly generateName?: string;
    readonly owner?: {
      readonly apiVersion: string;
      readonly kind: string;
      readonly name: string;
      readonly uid: string;
    };
    readonly finalizers?: readonly string[];
    readonly generation?: number;
  },
): JsonObject {
  const filled = (record: Readonly<Record<string, string>> | undefined): JsonObject | null =>
    record === undefined || Object.keys(record).length === 0 ? null : { ...record };
  const labels = filled(meta.labels);
  const annotations = filled(meta.annotations);
  return {
    name: meta.name,
    ...(meta.generateName === undefined ? {} : { generateName: meta.generateName }),
    ...(meta.namespace === undefined ? {} : { namespace: meta.namespace }),
    uid: meta.uid,
    resourceVersion: String(1000 + (hash32(`${cluster.uid}/${meta.uid}`) % 900_000)),
    ...(meta.generation === undefined ? {} : { generation: meta.generation }),
    creationTimestamp: isoTime(meta.createdAt),
    ...(labels === null ? {} : { labels }),
    ...(annotations === null ? {} : { annotations }),
    ...(meta.owner === undefined
      ? {}
      : { ownerReferences: [{ ...meta.owner, controller: true, blockOwnerDeletion: true }] }),
    ...(meta.finalizers === undefined ? {} : { finalizers: [...meta.finalizers] }),
  };
}

const KIB = 1024;

/** 16384 MiB → "16Gi", 0.5 → "500m": quantities the way people and controllers write them. */
export function memoryQuantity(bytes: number): string {
  for (const [unit, size] of [
    ["Gi", KIB ** 3],
    ["Mi", KIB ** 2],
    ["Ki", KIB],
  ] as const) {
    if (bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return String(Math.round(bytes));
}

export function cpuQuantity(cores: number): string {
  return Number.isInteger(cores) ? String(cores) : `${Math.round(cores * 1000)}m`;
}
