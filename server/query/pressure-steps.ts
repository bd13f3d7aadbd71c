import type { PressureQuery } from "../contract/pressure.ts";
import { linesOf, type PressureFrame } from "../domain/pressure/frames.ts";
import { PRESSURE_RESOURCES } from "../domain/pressure/thresholds.ts";
import { getStore } from "../store/client.ts";
import { FOLDS, type FoldBasis } from "../store/pressure-frames.ts";
import { PRESSURE_METRICS } from "../store/sql/read-pressure.ts";
import {
  type FrameQuestion,
  readFoldedMeans,
  readHourlyMeans,
  readPressureFrames,
  readUnframed,
} from "../store/sql/read-pressure-frames.ts";
import { type BucketRow, readPressureSeries } from "../store/sql/read-pressure-series.ts";
import type { Scope } from "../store/sql/rows.ts";
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
    const folded = await readFoldedMeans(pool, scope, { ...range, basis: fold, kind });
    const rest = uncovered(scope, folded, range, FOLDS[fold].seconds).map(({ clusterIds, ...part }) =>
      readPressureFrames(pool, { ...scope, clusterIds }, { ...range, ...part, basis: FOLDS[fold].of, kind }),
    );
    return [...folded, ...(await Promise.all(rest)).flat()];
  }
  if (plan.heatBasis === "hourly" && plan.heatStepSeconds === HOUR_SECONDS) {
    const question = { ...range, basis: "hourly" } as const;
    const [means, missing] = await Promise.all([
      readHourlyMeans(pool, scope, { ...range, kind }),
      readUnframed(pool, scope, question),
    ]);
    if (missing.length === 0) return means;
  }
  return readPressureFrames(pool, scope, { ...range, basis: plan.heatBasis, kind });
}

/**
 * The small lines of a ranking: means per step of the ranked kind. Whole quarter-hours come out of their frames, the rest – the quarter
 * that goes on, and what is not put together yet – out of the things' own rows.
 */
export async function readTrends(
  scope: Scope,
  query: Pick<PressureQuery, "kind"> & { readonly level: FrameQuestion["level"] },
  entities: readonly Entity[],
  plan: WindowPlan,
): Promise<BucketRow[]> {
  const { pool } = getStore();
  const range = { from: plan.rankFrom, to: plan.to };
  const stepSeconds = plan.trendStepSeconds;
  const question = { basis: plan.seriesBasis, stepSeconds, metrics: PRESSURE_METRICS };
  if (plan.seriesBasis !== "raw" || stepSeconds !== FOLDS.quarter.seconds)
    return readPressureSeries(pool, scope, entities, { ...question, ...range });
  const clusterIds = scope.clusterIds.filter((id) => entities.some(({ clusterId }) => clusterId === id));
  const own = { ...scope, clusterIds };
  const { kind, level } = query;
  const frames = await readFoldedMeans(pool, own, { level, basis: "quarter", ...range, kind });
  const rest = uncovered(own, frames, range, stepSeconds).map(async (part) => {
    const inside = entities.filter(({ clusterId }) => part.clusterIds.includes(clusterId));
    const rows = await readPressureSeries(pool, scope, inside, { ...question, from: part.from, to: part.to });
    const shift = Math.round((part.from.getTime() - range.from.getTime()) / 1000 / stepSeconds);
    return rows.map((row) => ({ ...row, bucket: row.bucket + shift }));
  });
  return [...foldedTrends(frames, entities, kind, range.from, stepSeconds), ...(await Promise.all(rest)).flat()];
}

function foldedTrends(
  frames: readonly PressureFrame[],
  entities: readonly Entity[],
  kind: "waiting" | "stalled",
  from: Date,
  stepSeconds: number,
): BucketRow[] {
  const places = PRESSURE_RESOURCES.map((resource) =>
    PRESSURE_METRICS.indexOf(`${resource}${kind === "waiting" ? "Waiting" : "Stalled"}Ratio`),
  );
  return [...Map.groupBy(frames, ({ clusterId }) => clusterId)].flatMap(([clusterId, own]) => {
    const wanted = new Set(entities.flatMap((entity) => (entity.clusterId === clusterId ? [entity.entityId] : [])));
    return [...linesOf(own, wanted)].flatMap(([entityId, steps]) =>
      steps.flatMap((cells, index): BucketRow[] => {
        const at = own[index]?.at;
        if (at === undefined || cells.every((cell) => cell === null)) return [];
        const means = new Array<number | null>(PRESSURE_METRICS.length).fill(null);
        for (const [plane, place] of places.entries()) means[place] = cells[plane] ?? null;
        const bucket = Math.floor((at.getTime() - from.getTime()) / 1000 / stepSeconds);
        return [{ clusterId, entityId, bucket, coveredSeconds: stepSeconds, means }];
      }),
    );
  });
}

function foldOf(stepSeconds: number): FoldBasis | null {
  if (stepSeconds === FOLDS.quarter.seconds) return "quarter";
  return stepSeconds === FOLDS.eighth.seconds ? "eighth" : null;
}

type Part = TimeSpan & { readonly clusterIds: number[] };

/** Runs of steps without a folded frame; clusters with the same run are asked together. */
function uncovered(scope: Scope, frames: readonly PressureFrame[], range: TimeSpan, stepSeconds: number): Part[] {
  const byCluster = Map.groupBy(frames, ({ clusterId }) => clusterId);
  const parts = new Map<string, Part>();
  for (const clusterId of scope.clusterIds) {
    const starts = byCluster.get(clusterId)?.map(({ at }) => at) ?? [];
    for (const run of uncoveredRuns(starts, range, stepSeconds)) {
      const key = `${run.from.getTime()}-${run.to.getTime()}`;
      const part = parts.get(key) ?? { ...run, clusterIds: [] };
      part.clusterIds.push(clusterId);
      parts.set(key, part);
    }
  }
  return [...parts.values()];
}
