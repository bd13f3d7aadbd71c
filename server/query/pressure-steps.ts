import type { PressureFrame } from "../domain/pressure/frames.ts";
import { getStore } from "../store/client.ts";
import { STEP_SECONDS } from "../store/metric-steps.ts";
import { FOLDS, type FoldBasis } from "../store/pressure-frames.ts";
import { PRESSURE_METRICS } from "../store/sql/read-pressure.ts";
import { readMeans, readPressureFrames, readUnframed } from "../store/sql/read-pressure-frames.ts";
import type { BucketRow } from "../store/sql/read-pressure-series.ts";
import { narrowScope, type Scope } from "../store/sql/rows.ts";
import { readBuckets } from "./pressure-buckets.ts";
import type { WindowPlan } from "./pressure-window.ts";
import { type TimeSpan, uncoveredRuns } from "./uncovered-runs.ts";

const HOUR_SECONDS = 3_600;
type Kind = { readonly kind: "waiting" | "stalled" };
type Entity = { readonly clusterId: number; readonly entityId: number };

/**
 * Frames for a heatmap of nodes: of whole steps where they are put together, else what they would be put together of. A step holds
 * either one frame of means or several that stand for their own seconds.
 */
export async function readHeatFrames(scope: Scope, plan: WindowPlan, { kind }: Kind): Promise<PressureFrame[]> {
  const { pool } = getStore();
  const range = { level: "node", from: plan.from, to: plan.to } as const;
  const fold = foldOf(plan.heatStepSeconds);
  if (fold !== null) {
    const folded = await readMeans(pool, scope, { ...range, basis: fold, kind });
    const rest = uncovered(scope, folded, range, FOLDS[fold].seconds).map(({ ids, ...part }) =>
      readPressureFrames(pool, narrowScope(scope, ids), { ...range, ...part, basis: FOLDS[fold].of, kind }),
    );
    return [...folded, ...(await Promise.all(rest)).flat()];
  }
  if (plan.heatBasis === "hourly" && plan.heatStepSeconds === HOUR_SECONDS) {
    const question = { ...range, basis: "hourly" } as const;
    const [means, missing] = await Promise.all([
      readMeans(pool, scope, { ...question, kind }),
      readUnframed(pool, scope, question),
    ]);
    if (missing.length === 0) return means;
  }
  return readPressureFrames(pool, scope, { ...range, basis: plan.heatBasis, kind });
}

/** The small lines of a ranking. A quarter-hour is the mean of its five-minute steps that have a sample. */
export async function readTrends(scope: Scope, entities: readonly Entity[], plan: WindowPlan): Promise<BucketRow[]> {
  const question = { basis: plan.seriesBasis, metrics: PRESSURE_METRICS, from: plan.rankFrom, to: plan.to };
  const stepSeconds = plan.trendStepSeconds;
  const perStep = stepSeconds / STEP_SECONDS;
  const isCoarse = plan.seriesBasis === "raw" && perStep > 1;
  const byCluster = Map.groupBy(entities, ({ clusterId }) => clusterId);
  const rows = await Promise.all(
    [...byCluster].map(([clusterId, own]) =>
      readBuckets(narrowScope(scope, [clusterId]), own, {
        ...question,
        stepSeconds: isCoarse ? STEP_SECONDS : stepSeconds,
      }),
    ),
  );
  return isCoarse ? rows.flatMap((own) => joinSteps(own, perStep)) : rows.flat();
}

function joinSteps(rows: readonly BucketRow[], perStep: number): BucketRow[] {
  const joined = Map.groupBy(rows, ({ entityId, bucket }) => `${entityId}/${Math.floor(bucket / perStep)}`);
  return [...joined.values()].flatMap((parts): BucketRow[] => {
    const [first] = parts;
    if (first === undefined) return [];
    return [
      {
        ...first,
        bucket: Math.floor(first.bucket / perStep),
        coveredSeconds: Math.max(...parts.map(({ coveredSeconds }) => coveredSeconds)),
        means: first.means.map((_, place) => {
          const known = parts.flatMap(({ means }) => means[place] ?? []);
          return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
        }),
      },
    ];
  });
}

function foldOf(stepSeconds: number): FoldBasis | null {
  if (stepSeconds === FOLDS.quarter.seconds) return "quarter";
  return stepSeconds === FOLDS.eighth.seconds ? "eighth" : null;
}

type Part = TimeSpan & { readonly ids: number[] };

/** Runs of steps without a folded frame; clusters with the same run are asked together. */
function uncovered(scope: Scope, frames: readonly PressureFrame[], range: TimeSpan, stepSeconds: number): Part[] {
  const byCluster = Map.groupBy(frames, ({ clusterId }) => clusterId);
  const parts = new Map<string, Part>();
  for (const clusterId of scope.clusterIds) {
    const starts = byCluster.get(clusterId)?.map(({ at }) => at) ?? [];
    for (const run of uncoveredRuns(starts, range, stepSeconds)) {
      const key = `${run.from.getTime()}-${run.to.getTime()}`;
      const part = parts.get(key) ?? { ...run, ids: [] };
      part.ids.push(clusterId);
      parts.set(key, part);
    }
  }
  return [...parts.values()];
}
