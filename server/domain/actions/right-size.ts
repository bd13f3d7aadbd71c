/** Requests and use of one workload over a window; all sums over its pods. Null = not known. */
export type WorkloadUse = {
  readonly cpuCoresRequested: number | null;
  readonly memoryBytesRequested: number | null;
  /** 95th percentile of hourly means. */
  readonly cpuCoresP95: number | null;
  /** Largest hourly mean: memory that was needed once is needed. */
  readonly memoryBytesMax: number | null;
  /** Largest hourly share of time in which tasks waited. */
  readonly cpuWaitingRatioMax: number | null;
  readonly cpuThrottledRatioMax: number | null;
  readonly memoryWaitingRatioMax: number | null;
  readonly oomKillCount: number;
  readonly hourCount: number;
};

export type RightSize = {
  /** New requests; null = stays. */
  readonly cpuCores: number | null;
  readonly memoryBytes: number | null;
  readonly confidence: "low" | "medium" | "high";
  readonly risk: "low" | "medium";
  /** Why one of the two was left alone. */
  readonly guards: readonly ("cpu-waits" | "cpu-throttled" | "memory-waits" | "oom")[];
};

/** Room above what was seen: a request is a promise for the hour to come. */
const CPU_HEADROOM = 1.2;
const MEMORY_HEADROOM = 1.25;
const FEWEST_HOURS = 24;
const HIGH_CONFIDENCE_HOURS = 14 * 24;
const MEDIUM_CONFIDENCE_HOURS = 7 * 24;
/** Below these a change is not worth a rollout. */
const LEAST_CHANGE_RATIO = 0.2;
const WAITING_RATIO = 0.1;
const THROTTLED_RATIO = 0.05;
const MEMORY_WAITING_RATIO = 0.01;

/**
 * Requests that fit what a workload used, or null when there is nothing to take back.
 *
 * Basis: CPU the 95th percentile of hourly means × 1.2, memory the largest hourly mean × 1.25; only cuts of a fifth or more. CPU stays
 * where tasks waited 10 % of an hour for it or were throttled 5 %, memory where tasks waited 1 % or the kernel killed.
 * Unit: cores and bytes, sums over the pods as they are today. Errors: none; below 24 hours of history nothing is said.
 */
export function rightSize(use: WorkloadUse): RightSize | null {
  if (use.hourCount < FEWEST_HOURS) return null;
  const guards: RightSize["guards"][number][] = [];
  if ((use.cpuWaitingRatioMax ?? 0) >= WAITING_RATIO) guards.push("cpu-waits");
  if ((use.cpuThrottledRatioMax ?? 0) >= THROTTLED_RATIO) guards.push("cpu-throttled");
  if ((use.memoryWaitingRatioMax ?? 0) >= MEMORY_WAITING_RATIO) guards.push("memory-waits");
  if (use.oomKillCount > 0) guards.push("oom");
  const isCpuGuarded = guards.includes("cpu-waits") || guards.includes("cpu-throttled");
  const isMemoryGuarded = guards.includes("memory-waits") || guards.includes("oom");
  const cpuCores = isCpuGuarded ? null : cut(use.cpuCoresRequested, use.cpuCoresP95, CPU_HEADROOM);
  const memoryBytes = isMemoryGuarded ? null : cut(use.memoryBytesRequested, use.memoryBytesMax, MEMORY_HEADROOM);
  if (cpuCores === null && memoryBytes === null) return null;
  return {
    cpuCores,
    memoryBytes,
    confidence:
      use.hourCount >= HIGH_CONFIDENCE_HOURS ? "high" : use.hourCount >= MEDIUM_CONFIDENCE_HOURS ? "medium" : "low",
    // Without pressure figures nobody can tell whether it was content with what it got.
    risk: memoryBytes !== null || use.cpuWaitingRatioMax === null ? "medium" : "low",
    guards,
  };
}

function cut(requested: number | null, used: number | null, headroom: number): number | null {
  if (requested === null || used === null || requested <= 0) return null;
  const wanted = used * headroom;
  return wanted <= requested * (1 - LEAST_CHANGE_RATIO) ? wanted : null;
}
