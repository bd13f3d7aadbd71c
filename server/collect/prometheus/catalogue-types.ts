import type { EntityLevel, MetricId, MetricUnit } from "../../domain/metrics.ts";

/**
 * How often a query is worth its cost: `fast` with every metrics read, `slow` when the last answer is 5 minutes old,
 * `hourly` when it is an hour old. Every read still stays within its budget; what does not fit waits for the next one.
 */
export type Cadence = "fast" | "slow" | "hourly";
export const CADENCE_SECONDS: Readonly<Record<Cadence, number>> = { fast: 0, slow: 300, hourly: 3600 };

/** Targets that share a scrape interval. */
export type Family = "kubelet" | "nodeExporter" | "kubeStateMetrics" | "gpu" | "flows" | "controlPlane" | "prices";

/** One way to ask for a part. `needs`: metric names (or `rows:…` marks of the shape probe) that must all be there. */
export type Variant = { readonly needs: readonly string[]; readonly expr: string };

/**
 * One figure of a query. Parts of one query are joined with `or`, told apart by the label `sluice_part`, so that twenty
 * figures do not take twenty queries; the planner takes them apart again where the samples would be too many.
 */
export type CataloguePart = {
  readonly id: string;
  /** The stored quantity it fills; `null` for facts that are not kept as quantities. */
  readonly metric: MetricId | null;
  readonly unit: MetricUnit | "count" | "seconds" | "info" | "percent" | "MiB" | "MB" | "W" | "ratio" | "money/h";
  readonly family: Family;
  /** The first variant whose needs are there is asked; without one the part has no source. */
  readonly variants: readonly Variant[];
  /** Not asked when this mark of the shape probe covers all nodes: a cheaper part already says it. */
  readonly redundantWith?: string;
};

export type CatalogueQuery = {
  readonly id: string;
  readonly title: { readonly en: string; readonly zh: string };
  /** What has to be installed or switched on, in plain words. */
  readonly needs: { readonly en: string; readonly zh: string };
  readonly cadence: Cadence;
  readonly level: EntityLevel | "device" | "flow" | "component";
  /** Labels that survive the aggregation. */
  readonly by: readonly string[];
  readonly parts: readonly CataloguePart[];
  /** Highest number of rows per part; what lies beyond is “below X”. `null` = all rows come back. */
  readonly topRows: number | null;
  /** May be asked in batches of nodes, because a row never mixes two nodes' series. */
  readonly canShard: boolean;
  /** Where names, labels and units were read. */
  readonly sources: readonly string[];
};

export const PART_LABEL = "sluice_part";
/** Rows kept per part of a `topk` query. Clusters with fewer pods lose nothing. */
export { TOP_CONTAINER_ROWS, TOP_ROWS } from "../../domain/pressure/top-rows.ts";
