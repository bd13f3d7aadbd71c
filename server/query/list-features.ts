import { z } from "zod";
import { type FeatureCell, type FeatureList, type FeatureQuery, StageSummary } from "../contract/features.ts";
import { Verdict } from "../contract/verdict.ts";
import type { Viewer } from "../contract/viewer.ts";
import { FEATURE_CHECKS, GENERIC_CHECKS } from "../domain/features/checks/index.ts";
import { minorOf } from "../domain/gates/version.ts";
import { getStore } from "../store/client.ts";
import { readClusterNodes } from "../store/sql/read-cluster-figures.ts";
import { readReadStates } from "../store/sql/read-reads.ts";
import { readVerdicts, readVerdictTrend, type TrendRow, type VerdictRow } from "../store/sql/read-verdicts.ts";
import { withoutNames } from "./bound-outcome.ts";
import { computeCoverage } from "./coverage.ts";
import { cutPage, decodeCursor } from "./cursor.ts";
import { describeCheck, sumShares, toTrend, trendRange } from "./feature-rows.ts";
import { boundFleet } from "./scope.ts";

const Stages = z.object({
  available: StageSummary,
  enabled: StageSummary,
  ready: StageSummary,
  adopted: StageSummary,
  effective: StageSummary,
});
type Stages = z.infer<typeof Stages>;

/** Features × clusters: one cell per pair with verdict, stages, adoption and trend. */
export async function listFeatures(viewer: Viewer, query: FeatureQuery, now = new Date()): Promise<FeatureList> {
  const { pool } = getStore();
  const after = decodeCursor(query.cursor, z.number().int().min(0)) ?? 0;
  const { clusters, scope } = await boundFleet(viewer, query);
  const checks = query.include === "all" ? [...FEATURE_CHECKS, ...GENERIC_CHECKS] : FEATURE_CHECKS;
  const page = cutPage(checks.slice(after), query.limit, () => after + query.limit);
  const features = page.items.map((check) => check.id);
  const [verdicts, trend, states, nodes] = await Promise.all([
    readVerdicts(pool, scope, features),
    query.trendDays === 0 ? [] : readVerdictTrend(pool, scope, { features, ...trendRange(query.trendDays, now) }),
    readReadStates(pool, scope),
    readClusterNodes(pool, scope),
  ]);
  const names = new Map(clusters.map((cluster) => [cluster.id, cluster.name]));
  const byFeature = Map.groupBy(verdicts, (row) => row.feature);
  const trendOf = Map.groupBy(trend, (row) => `${row.feature}/${row.clusterId}`);
  return {
    items: page.items.map((check) => ({
      ...describeCheck(check),
      cells: (byFeature.get(check.id) ?? []).flatMap((row) =>
        toCell(row, names.get(row.clusterId) ?? "", trendOf.get(`${row.feature}/${row.clusterId}`) ?? [], scope.teams),
      ),
    })),
    nextCursor: page.nextCursor,
    total: checks.length,
    clusters: clusters.map((cluster) => ({
      name: cluster.name,
      minor: cluster.gitVersion === null ? null : minorOf(cluster.gitVersion),
    })),
    coverage: computeCoverage("inventory", clusters, states, nodes, now),
  };
}

/** No cell for an outcome whose shape this version does not know: the next read writes it anew. */
function toCell(
  row: VerdictRow,
  cluster: string,
  trend: readonly TrendRow[],
  teams: readonly string[] | null,
): FeatureCell[] {
  const stages = Stages.safeParse(row.stages);
  if (!stages.success) return [];
  const own = teams === null ? null : sumShares(row.byTeam, teams);
  return [
    {
      cluster,
      verdict: Verdict.parse(row.verdict),
      adoptedCount: teams === null ? row.adoptedCount : (own?.met ?? null),
      adoptableCount: teams === null ? row.adoptableCount : (own?.of ?? null),
      stages: teams === null ? stages.data : boundStages(stages.data),
      blockerCount: row.blockerCount,
      evaluatedAt: row.evaluatedAt.toISOString(),
      sinceAt: row.sinceAt.toISOString(),
      rulesVersion: row.rulesVersion,
      trend: toTrend(trend, teams),
    },
  ];
}

function boundStages(stages: Stages): Stages {
  const bound = (stage: Stages["available"]) => ({ ...stage, params: withoutNames(stage.params) });
  return {
    available: bound(stages.available),
    enabled: bound(stages.enabled),
    ready: bound(stages.ready),
    adopted: bound(stages.adopted),
    effective: bound(stages.effective),
  };
}
