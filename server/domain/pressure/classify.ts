import type { Series } from "./series.ts";

export type PressurePattern = "calm" | "spike" | "recurring" | "lasting" | "unknown";

/** A run at least this long is lasting: shorter stalls end before anyone could act on them. */
export const LASTING_SECONDS = 900;
/** From this share of the covered time above the limit, pressure is lasting however it is cut into runs. */
export const LASTING_SHARE = 0.5;
/** From this number of separate runs on, spikes are a pattern of their own (a cron job, a batch). */
export const RECURRING_RUNS = 3;
/** Below this share of covered time nothing is said: a gap may hide what matters. */
export const MIN_COVERAGE = 0.3;

export type Classified = {
  readonly pattern: PressurePattern;
  readonly runCount: number;
  readonly longestRunSeconds: number;
  readonly secondsAbove: number;
  readonly coveredSeconds: number;
  readonly startedAt: Date | null;
};

/**
 * Tells spikes from lasting pressure.
 *
 * Basis: runs of samples at or above `limit`; a gap ends a run. Lasting = longest run ≥ 15 min, or above for half of the covered
 * time; recurring = three runs or more; spike = otherwise above at least once; unknown = less than 30 % of the window covered and
 * nothing above. At coarse steps (1 h) one sample above counts as one step: the step is part of the answer's meaning.
 */
export function classifyPressure(series: Series, limit: number): Classified {
  let runCount = 0;
  let run = 0;
  let longest = 0;
  let above = 0;
  let covered = 0;
  let startedAt: Date | null = null;
  series.values.forEach((value, index) => {
    if (value !== null) covered += 1;
    if (value !== null && value >= limit) {
      above += 1;
      run += 1;
      if (run === 1) {
        runCount += 1;
        startedAt = new Date(series.startAt.getTime() + index * series.stepSeconds * 1000);
      }
      longest = Math.max(longest, run);
    } else {
      run = 0;
    }
  });
  const step = series.stepSeconds;
  const facts = {
    runCount,
    longestRunSeconds: longest * step,
    secondsAbove: above * step,
    coveredSeconds: covered * step,
    startedAt,
  };
  const total = series.values.length;
  if (above === 0) return { pattern: total > 0 && covered / total >= MIN_COVERAGE ? "calm" : "unknown", ...facts };
  const isLasting = (longest * step >= LASTING_SECONDS && longest > 1) || above / covered >= LASTING_SHARE;
  return { pattern: isLasting ? "lasting" : runCount >= RECURRING_RUNS ? "recurring" : "spike", ...facts };
}

/** Below this share of its capacity a CPU counts as idle. */
export const IDLE_CPU_RATIO = 0.3;

/**
 * "Looks idle but stalls": CPU use is low while memory or I/O waits are at or above their limits – what a utilisation dashboard
 * shows green. Null = one of the figures is missing, so nothing can be said.
 */
export function looksIdleButStalls(
  figures: {
    cpuUsedCores: number | null;
    cpuCapacityCores: number | null;
    memoryWaitingRatio: number | null;
    ioWaitingRatio: number | null;
  },
  limits: { memory: number; io: number },
): boolean | null {
  const { cpuUsedCores, cpuCapacityCores, memoryWaitingRatio, ioWaitingRatio } = figures;
  if (cpuUsedCores === null || cpuCapacityCores === null || cpuCapacityCores <= 0) return null;
  if (memoryWaitingRatio === null && ioWaitingRatio === null) return null;
  const isIdle = cpuUsedCores / cpuCapacityCores < IDLE_CPU_RATIO;
  return isIdle && ((memoryWaitingRatio ?? 0) >= limits.memory || (ioWaitingRatio ?? 0) >= limits.io);
}
