import type { FeatureDetail, FeatureDetailQuery } from "../contract/features.ts";
import type { Viewer } from "../contract/viewer.ts";
import { findCheck } from "../domain/features/checks/index.ts";
import { SHARED_SENTENCES } from "../domain/features/shared-words.ts";
import { AppError } from "../errors.ts";
import { getStore } from "../store/client.ts";
import { readClusterNodes } from "../store/sql/read-cluster-figures.ts";
import { readReadStates } from "../store/sql/read-reads.ts";
import { readOutcomes, readVerdictTrend } from "../store/sql/read-verdicts.ts";
import { computeCoverage } from "./coverage.ts";
import { describeCheck, loadOutcomeBounds, toOutcome, toTrend, trendRange } from "./feature-rows.ts";
import { boundFleet } from "./scope.ts";

/** One feature in each cluster: evidence, blockers, objects, adoption by team, trend. Errors: `not-found`. */
export async function getFeature(
  viewer: Viewer,
  feature: string,
  query: FeatureDetailQuery,
  now = new Date(),
): Promise<FeatureDetail> {
  const check = findCheck(feature);
  if (check === null) throw new AppError("not-found", `There is no feature named ${feature}.`, { feature });
  const { pool } = getStore();
  const { clusters, scope } = await boundFleet(viewer, query);
  const [rows, trend, states, nodes, bounds] = await Promise.all([
    readOutcomes(pool, scope, feature),
    query.trendDays === 0
      ? []
      : readVerdictTrend(pool, scope, { features: [feature], ...trendRange(query.trendDays, now) }),
    readReadStates(pool, scope),
    readClusterNodes(pool, scope),
    loadOutcomeBounds(pool, scope),
  ]);
  const names = new Map(clusters.map((cluster) => [cluster.id, cluster.name]));
  const trendOf = Map.groupBy(trend, (row) => row.clusterId);
  const answers = rows.flatMap((row) => {
    const outcome = toOutcome(row.outcome, row.clusterId, bounds);
    if (outcome === null) return [];
    return [
      {
        cluster: names.get(row.clusterId) ?? "",
        outcome,
        evaluatedAt: row.evaluatedAt.toISOString(),
        sinceAt: row.sinceAt.toISOString(),
        rulesVersion: row.rulesVersion,
        trend: toTrend(trendOf.get(row.clusterId) ?? [], scope.teams),
      },
    ];
  });
  return {
    ...describeCheck(check),
    words: {
      en: { ...SHARED_SENTENCES.en, ...check.words.en.sentences },
      zh: { ...SHARED_SENTENCES.zh, ...check.words.zh.sentences },
    },
    signals: {
      available: check.available.signal,
      enabled: check.enabled.signal,
      ready: check.ready.signal,
      adopted: check.adopted.signal,
      effective: check.effective.signal,
    },
    clusters: answers,
    byTeam: sumByTeam(answers),
    coverage: computeCoverage("inventory", clusters, states, nodes, now),
  };
}

function sumByTeam(answers: FeatureDetail["clusters"]): FeatureDetail["byTeam"] {
  const sums = new Map<string, { met: number; of: number }>();
  for (const { outcome } of answers) {
    for (const [team, share] of Object.entries(outcome.adoption?.byTeam ?? {})) {
      const sum = sums.get(team) ?? { met: 0, of: 0 };
      sums.set(team, { met: sum.met + share.met, of: sum.of + share.of });
    }
  }
  return [...sums]
    .map(([team, sum]) => ({ team: team === "" ? null : team, ...sum }))
    .sort((a, b) => Number(a.team === null) - Number(b.team === null) || b.of - a.of);
}
