import type { PressureQuery, PressureRanking } from "../contract/pressure.ts";
import { rankTallies, tallyFrames } from "../domain/pressure/frames.ts";
import type { PressureThresholds } from "../domain/pressure/thresholds.ts";
import { getStore } from "../store/client.ts";
import { type RankRow, readPressureRanking } from "../store/sql/read-pressure.ts";
import { readPressureFrames, readSeenEntities, readUnframed } from "../store/sql/read-pressure-frames.ts";
import type { Scope } from "../store/sql/rows.ts";
import type { WindowPlan } from "./pressure-window.ts";

type Ranked = { readonly rows: readonly RankRow[]; readonly counts: Pick<PressureRanking, "total" | "counts"> };

/**
 * The worst of one level with their figures, and how many of all are how bad. Nodes are shared; of everything else only what belongs
 * to the scope's teams is ranked and counted.
 */
export async function rankPressure(
  scope: Scope,
  query: PressureQuery,
  plan: WindowPlan,
  limits: PressureThresholds,
): Promise<Ranked> {
  const { pool } = getStore();
  const { level, resource, kind, limit } = query;
  const question = { level, basis: plan.rankBasis, from: plan.rankFrom, to: plan.to, resource, kind, limits, limit };
  if (level === "cluster") {
    const missing = await readUnframed(pool, scope, { ...question, level: "node" });
    const rows = await readPressureRanking(pool, scope, { ...question, entities: [], isFramed: missing.length === 0 });
    return { rows, counts: toCounts(rows[0] ?? { total: 0, criticalCount: 0, attentionCount: 0, calmCount: 0 }) };
  }
  const [frames, seen] = await Promise.all([
    readPressureFrames(pool, scope, { ...question, level }),
    level === "node" || scope.teams === null ? null : readSeenEntities(pool, scope, level),
  ]);
  const byCluster = Map.groupBy(frames, ({ clusterId }) => clusterId);
  const ranked = rankTallies(
    [...byCluster].map(([clusterId, own]) => tallyFrames(clusterId, own)),
    { ...question, isSeen: (clusterId, entityId) => seen === null || (seen.get(clusterId)?.has(entityId) ?? false) },
  );
  const rows = await readPressureRanking(pool, scope, { ...question, entities: ranked.entities, isFramed: true });
  return { rows, counts: toCounts(ranked) };
}

function toCounts(
  counted: Pick<RankRow, "total" | "criticalCount" | "attentionCount" | "calmCount">,
): Ranked["counts"] {
  const { total, criticalCount, attentionCount, calmCount } = counted;
  return {
    total,
    counts: {
      critical: criticalCount,
      attention: attentionCount,
      calm: calmCount,
      unmeasured: total - criticalCount - attentionCount - calmCount,
    },
  };
}
