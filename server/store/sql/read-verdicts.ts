import { z } from "zod";
import type { Db } from "../db.ts";
import { type Scope, selectRows } from "./rows.ts";

const VerdictCountRow = z.object({
  feature: z.string(),
  verdict: z.string(),
  clusterCount: z.number(),
  adoptedCount: z.number().nullable(),
  adoptableCount: z.number().nullable(),
});
export type VerdictCountRow = z.infer<typeof VerdictCountRow>;

/** Clusters by feature and verdict. */
export function readVerdictCounts(db: Db, scope: Scope): Promise<VerdictCountRow[]> {
  return selectRows(
    db,
    VerdictCountRow,
    `SELECT feature, verdict, count(*)::int AS "clusterCount", sum(adopted_count)::int AS "adoptedCount",
            sum(adoptable_count)::int AS "adoptableCount"
       FROM verdict WHERE cluster_id = ANY($1::smallint[])
      GROUP BY feature, verdict ORDER BY feature, verdict LIMIT 10000`,
    [scope.clusterIds],
  );
}

const EvaluatedRow = z.object({ clusterId: z.number() });

/** Clusters that have verdicts. */
export function readEvaluatedClusters(db: Db, scope: Scope): Promise<z.infer<typeof EvaluatedRow>[]> {
  return selectRows(
    db,
    EvaluatedRow,
    `SELECT DISTINCT cluster_id::int AS "clusterId" FROM verdict WHERE cluster_id = ANY($1::smallint[])`,
    [scope.clusterIds],
  );
}

const VerdictRow = z.object({
  clusterId: z.number(),
  feature: z.string(),
  verdict: z.string(),
  adoptedCount: z.number().nullable(),
  adoptableCount: z.number().nullable(),
  stages: z.unknown(),
  blockerCount: z.number(),
  byTeam: z.unknown(),
  rulesVersion: z.number(),
  evaluatedAt: z.date(),
  sinceAt: z.date(),
});
export type VerdictRow = z.infer<typeof VerdictRow>;

/**
 * The cells of the matrix: verdict, adoption, and state and share of each stage, without evidence, which is most of an
 * outcome. Ordered by feature, then cluster.
 */
export function readVerdicts(db: Db, scope: Scope, features: readonly string[] | null): Promise<VerdictRow[]> {
  return selectRows(
    db,
    VerdictRow,
    `SELECT cluster_id::int AS "clusterId", feature, verdict, adopted_count AS "adoptedCount",
            adoptable_count AS "adoptableCount",
            (SELECT jsonb_object_agg(s.key, s.value - 'evidence')
               FROM jsonb_each(outcome -> 'stages') AS s) AS stages,
            coalesce(jsonb_array_length(outcome -> 'blockers'), 0) AS "blockerCount",
            outcome #> '{adoption,byTeam}' AS "byTeam",
            rules_version AS "rulesVersion", evaluated_at AS "evaluatedAt", since_at AS "sinceAt"
       FROM verdict
      WHERE cluster_id = ANY($1::smallint[]) AND ($2::text[] IS NULL OR feature = ANY($2::text[]))
      ORDER BY feature, cluster_id LIMIT 100000`,
    [scope.clusterIds, features],
  );
}

const OutcomeRow = z.object({
  clusterId: z.number(),
  outcome: z.unknown(),
  rulesVersion: z.number(),
  evaluatedAt: z.date(),
  sinceAt: z.date(),
});
export type OutcomeRow = z.infer<typeof OutcomeRow>;

/** The whole outcome of one feature in each cluster. */
export function readOutcomes(db: Db, scope: Scope, feature: string): Promise<OutcomeRow[]> {
  return selectRows(
    db,
    OutcomeRow,
    `SELECT cluster_id::int AS "clusterId", outcome, rules_version AS "rulesVersion", evaluated_at AS "evaluatedAt",
            since_at AS "sinceAt"
       FROM verdict WHERE cluster_id = ANY($1::smallint[]) AND feature = $2 ORDER BY cluster_id LIMIT 1000`,
    [scope.clusterIds, feature],
  );
}

const NamedOutcomeRow = z.object({ outcome: z.unknown() });

/** The outcomes of every feature that has a check of its own (gates without one have ids that begin with `gate:`). */
export function readNamedOutcomes(db: Db, scope: Scope): Promise<z.infer<typeof NamedOutcomeRow>[]> {
  return selectRows(
    db,
    NamedOutcomeRow,
    `SELECT outcome FROM verdict
      WHERE cluster_id = ANY($1::smallint[]) AND feature NOT LIKE 'gate:%' ORDER BY cluster_id, feature LIMIT 5000`,
    [scope.clusterIds],
  );
}

const TrendRow = z.object({
  clusterId: z.number(),
  feature: z.string(),
  day: z.date(),
  verdict: z.string(),
  adoptedCount: z.number().nullable(),
  adoptableCount: z.number().nullable(),
  byTeam: z.unknown(),
});
export type TrendRow = z.infer<typeof TrendRow>;

/** The last verdict of each day in the range; a day without an evaluation has no row. */
export function readVerdictTrend(
  db: Db,
  scope: Scope,
  question: { readonly features: readonly string[]; readonly from: Date; readonly to: Date },
): Promise<TrendRow[]> {
  return selectRows(
    db,
    TrendRow,
    `SELECT DISTINCT ON (feature, cluster_id, day) cluster_id::int AS "clusterId", feature,
            date_trunc('day', at, 'UTC') AS day, verdict, adopted_count AS "adoptedCount",
            adoptable_count AS "adoptableCount", by_team AS "byTeam"
       FROM verdict_history
      WHERE cluster_id = ANY($1::smallint[]) AND feature = ANY($2::text[]) AND at >= $3 AND at < $4
      ORDER BY feature, cluster_id, day, at DESC LIMIT 200000`,
    [scope.clusterIds, question.features, question.from, question.to],
  );
}
