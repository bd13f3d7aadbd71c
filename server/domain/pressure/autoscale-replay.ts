import type { Series } from "./series.ts";

/** The part of an HPA that decides; defaults are Kubernetes' own (autoscaling/v2). */
export type ScalingSettings = {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Pressure ratio (0–1) that the autoscaler holds. */
  readonly targetRatio: number;
  readonly toleranceRatio: number;
  readonly scaleUpStabilizationSeconds: number;
  readonly scaleDownStabilizationSeconds: number;
  /** At most this many pods, or this share of the replicas, may be added per period – whichever is more. */
  readonly scaleUpPods: number;
  readonly scaleUpRatio: number;
  readonly scaleDownRatio: number;
  readonly periodSeconds: number;
};
export const DEFAULT_SCALING: ScalingSettings = {
  minReplicas: 2,
  maxReplicas: 10,
  targetRatio: 0.2,
  toleranceRatio: 0.1,
  scaleUpStabilizationSeconds: 0,
  scaleDownStabilizationSeconds: 300,
  scaleUpPods: 4,
  scaleUpRatio: 1,
  scaleDownRatio: 1,
  periodSeconds: 15,
};

export type ScaleEvent = { readonly at: Date; readonly from: number; readonly to: number };
export type Replay = {
  readonly events: readonly ScaleEvent[];
  /** Changes of direction within an hour of the previous change. */
  readonly flapCount: number;
  readonly replicaHours: number;
  readonly recordedReplicaHours: number;
  readonly peakReplicas: number;
  /** Hours at more than the minimum although the pressure at that moment was below the target. */
  readonly surplusReplicaHours: number;
  readonly replicas: readonly number[];
  /** Steps without a sample: the autoscaler holds still there, as the real one does on a failed metric. */
  readonly missingSteps: number;
  readonly stepSeconds: number;
};

const FLAP_SECONDS = 3_600;

/**
 * What an HPA on a pressure metric would have done with a workload's recorded history.
 *
 * Basis: at each stored step the ratio is compared with the target as the HPA controller does (ceil(replicas × ratio ÷ target),
 * tolerance, stabilisation windows, rate policies). Pressure is taken to spread over replicas: at n replicas instead of the
 * recorded r it is ratio × r ÷ n, at most 1. That is an assumption, stated with the answer; a stall caused by a neighbour does not
 * shrink with replicas.
 * Resolution: the series' step. Spikes shorter than a step are averaged away, so events are a lower bound at coarse steps.
 */
export function replayAutoscaling(pressure: Series, recordedReplicas: Series, settings: ScalingSettings): Replay {
  const step = pressure.stepSeconds;
  const stepsPer = (seconds: number) => Math.ceil(seconds / step);
  const upWindow = stepsPer(settings.scaleUpStabilizationSeconds);
  const downWindow = stepsPer(settings.scaleDownStabilizationSeconds);
  const periods = Math.max(1, step / settings.periodSeconds);
  const recommendations: number[] = [];
  const replicas: number[] = [];
  const events: ScaleEvent[] = [];
  let current = clamp(recordedReplicas.values.find((value) => value !== null) ?? settings.minReplicas, settings);
  let lastDirection = 0;
  let lastChangeAt = Number.NEGATIVE_INFINITY;
  let flapCount = 0;
  let surplusSteps = 0;
  let missingSteps = 0;
  let recordedSum = 0;

  pressure.values.forEach((ratio, index) => {
    const recorded = recordedReplicas.values[index] ?? null;
    recordedSum += recorded ?? 0;
    let wanted = current;
    let spread: number | null = null;
    if (ratio === null || recorded === null) {
      missingSteps += 1;
    } else {
      spread = Math.min(1, (ratio * recorded) / Math.max(1, current));
      const factor = spread / settings.targetRatio;
      if (Math.abs(factor - 1) > settings.toleranceRatio) wanted = clamp(Math.ceil(current * factor), settings);
    }
    recommendations.push(wanted);
    const up = Math.min(...recommendations.slice(-Math.max(1, upWindow + 1)));
    const down = Math.max(...recommendations.slice(-Math.max(1, downWindow + 1)));
    let next = current;
    if (up > current) next = Math.min(up, growLimit(current, settings, periods));
    else if (down < current) next = Math.max(down, shrinkLimit(current, settings, periods));
    if (next !== current) {
      const at = new Date(pressure.startAt.getTime() + index * step * 1000);
      const direction = Math.sign(next - current);
      if (lastDirection !== 0 && direction !== lastDirection && at.getTime() / 1000 - lastChangeAt < FLAP_SECONDS)
        flapCount += 1;
      lastDirection = direction;
      lastChangeAt = at.getTime() / 1000;
      events.push({ at, from: current, to: next });
      current = next;
    }
    replicas.push(current);
    if (spread !== null && spread < settings.targetRatio) surplusSteps += Math.max(0, current - settings.minReplicas);
  });

  const hours = step / 3_600;
  return {
    events,
    flapCount,
    replicaHours: replicas.reduce((sum, value) => sum + value, 0) * hours,
    recordedReplicaHours: recordedSum * hours,
    peakReplicas: replicas.reduce((max, value) => Math.max(max, value), 0),
    surplusReplicaHours: surplusSteps * hours,
    replicas,
    missingSteps,
    stepSeconds: step,
  };
}

/** What was recorded in the same terms, as the baseline: its own changes, its own hours, and those without need. */
export function replayRecorded(pressure: Series, recorded: Series, settings: ScalingSettings): Replay {
  const step = pressure.stepSeconds;
  const events: ScaleEvent[] = [];
  const replicas: number[] = [];
  let last: number | null = null;
  let lastDirection = 0;
  let lastChangeAt = Number.NEGATIVE_INFINITY;
  let flapCount = 0;
  let surplusSteps = 0;
  recorded.values.forEach((value, index) => {
    const current = value ?? last ?? 0;
    if (last !== null && current !== last) {
      const at = new Date(recorded.startAt.getTime() + index * step * 1000);
      const direction = Math.sign(current - last);
      if (lastDirection !== 0 && direction !== lastDirection && at.getTime() / 1000 - lastChangeAt < FLAP_SECONDS)
        flapCount += 1;
      lastDirection = direction;
      lastChangeAt = at.getTime() / 1000;
      events.push({ at, from: last, to: current });
    }
    last = current;
    replicas.push(current);
    const ratio = pressure.values[index] ?? null;
    if (ratio !== null && ratio < settings.targetRatio) surplusSteps += Math.max(0, current - settings.minReplicas);
  });
  const hours = step / 3_600;
  const replicaHours = replicas.reduce((sum, value) => sum + value, 0) * hours;
  return {
    events,
    flapCount,
    replicaHours,
    recordedReplicaHours: replicaHours,
    peakReplicas: replicas.reduce((max, value) => Math.max(max, value), 0),
    surplusReplicaHours: surplusSteps * hours,
    replicas,
    missingSteps: pressure.values.filter((value) => value === null).length,
    stepSeconds: step,
  };
}

function clamp(value: number, { minReplicas, maxReplicas }: ScalingSettings): number {
  return Math.max(minReplicas, Math.min(maxReplicas, Math.round(value)));
}

/** Most replicas reachable within one step under the scale-up policies (the larger of both, once per period). */
function growLimit(current: number, settings: ScalingSettings, periods: number): number {
  let reach = current;
  for (let period = 0; period < Math.min(periods, 100); period += 1) {
    reach = Math.max(reach + settings.scaleUpPods, Math.ceil(reach * (1 + settings.scaleUpRatio)));
    if (reach >= settings.maxReplicas) return settings.maxReplicas;
  }
  return reach;
}

function shrinkLimit(current: number, settings: ScalingSettings, periods: number): number {
  let reach = current;
  for (let period = 0; period < Math.min(periods, 100); period += 1) {
    reach = Math.floor(reach * (1 - settings.scaleDownRatio));
    if (reach <= settings.minReplicas) return settings.minReplicas;
  }
  return reach;
}
