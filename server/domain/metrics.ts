/**
 * The measured quantities that Sluice keeps per entity and time, in storage order.
 *
 * Rows hold them as one array (`value[i]`), so the position of an entry is its identity in the database: append, never
 * reorder, never remove. `null` at a position means "no sample", 0 means measured zero.
 */
export const METRICS = [
  { id: "cpuUsedCores", unit: "cores", histogram: false },
  { id: "memoryWorkingSetBytes", unit: "bytes", histogram: false },
  { id: "cpuWaitingRatio", unit: "ratio", histogram: true },
  { id: "cpuStalledRatio", unit: "ratio", histogram: true },
  { id: "memoryWaitingRatio", unit: "ratio", histogram: true },
  { id: "memoryStalledRatio", unit: "ratio", histogram: true },
  { id: "ioWaitingRatio", unit: "ratio", histogram: true },
  { id: "ioStalledRatio", unit: "ratio", histogram: true },
  { id: "swapUsedBytes", unit: "bytes", histogram: false },
  { id: "swapInBytesPerSecond", unit: "bytes/s", histogram: false },
  { id: "swapOutBytesPerSecond", unit: "bytes/s", histogram: false },
  { id: "cpuThrottledRatio", unit: "ratio", histogram: true },
  { id: "oomKillsPerSecond", unit: "events/s", histogram: false },
  { id: "restartsPerSecond", unit: "events/s", histogram: false },
  { id: "networkReceiveBytesPerSecond", unit: "bytes/s", histogram: false },
  { id: "networkTransmitBytesPerSecond", unit: "bytes/s", histogram: false },
  { id: "cpuRequestedCores", unit: "cores", histogram: false },
  { id: "memoryRequestedBytes", unit: "bytes", histogram: false },
  { id: "cpuCapacityCores", unit: "cores", histogram: false },
  { id: "memoryCapacityBytes", unit: "bytes", histogram: false },
  { id: "swapCapacityBytes", unit: "bytes", histogram: false },
  { id: "ioReadBytesPerSecond", unit: "bytes/s", histogram: false },
  { id: "ioWriteBytesPerSecond", unit: "bytes/s", histogram: false },
  { id: "replicaCount", unit: "count", histogram: false },
] as const;

export type MetricId = (typeof METRICS)[number]["id"];
export type MetricUnit = (typeof METRICS)[number]["unit"];
export const METRIC_IDS: readonly MetricId[] = METRICS.map((metric) => metric.id);

/** 1-based position in the stored array (PostgreSQL arrays start at 1). */
export function metricPosition(id: MetricId): number {
  return METRIC_IDS.indexOf(id) + 1;
}

export type EntityLevel = "cluster" | "node" | "namespace" | "workload" | "pod" | "container";

/** Who a sample is about. Fields that do not apply to the level are empty strings. */
export type EntityKey = {
  readonly level: EntityLevel;
  readonly namespace: string;
  /** Workload kind; empty for other levels. */
  readonly kind: string;
  /** Node, namespace, workload or pod name. */
  readonly name: string;
  readonly container: string;
};

export type EntitySample = {
  readonly entity: EntityKey;
  readonly values: Partial<Record<MetricId, number>>;
};

/** One quantity of one entity over the past: value by moment (epoch seconds), in no particular order. */
export type EntityHistory = {
  readonly entity: EntityKey;
  readonly metric: MetricId;
  readonly points: ReadonlyMap<number, number>;
};

/** Upper edges of the histogram kept with ratio metrics (share of time, 0–1); one overflow bucket follows. */
export const RATIO_BUCKET_EDGES = [
  0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1,
] as const;
