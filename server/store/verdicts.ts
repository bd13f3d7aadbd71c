import type { PoolClient } from "pg";

export type VerdictRow = {
  readonly feature: string;
  readonly verdict: string;
  readonly adoptedCount: number | null;
  readonly adoptableCount: number | null;
  readonly byTeam: unknown;
  readonly outcome: unknown;
};

/**
 * Stores the verdicts of one evaluation in the caller's transaction: the newest per feature, and a history row whenever the
 * verdict or the adoption changed, else once a day, so that trends have points without a row per read.
 */
export async function saveVerdicts(
  client: PoolClient,
  clusterId: number,
  verdicts: readonly VerdictRow[],
  rulesVersion: number,
  at: Date,
): Promise<void> {
  const payload = JSON.stringify(
    verdicts.map((v) => ({
      feature: v.feature,
      verdict: v.verdict,
      adopted: v.adoptedCount,
      adoptable: v.adoptableCount,
      team: v.byTeam,
      outcome: v.outcome,
    })),
  );
  await client.query(
    `WITH incoming AS (
       SELECT * FROM jsonb_to_recordset($2::jsonb) AS x(feature text, verdict text, adopted int, adoptable int, team jsonb, outcome jsonb)
     ), newest AS (
       SELECT DISTINCT ON (feature) feature, at, verdict, adopted_count, adoptable_count FROM verdict_history
        WHERE cluster_id = $1 AND at > $3::timestamptz - interval '2 days' ORDER BY feature, at DESC
     )
     INSERT INTO verdict_history (cluster_id, feature, at, verdict, adopted_count, adoptable_count, by_team)
     SELECT $1, i.feature, $3, i.verdict, i.adopted, i.adoptable, i.team FROM incoming i LEFT JOIN newest n USING (feature)
      WHERE n.feature IS NULL OR (n.verdict, n.adopted_count, n.adoptable_count) IS DISTINCT FROM (i.verdict, i.adopted, i.adoptable)
         OR date_trunc('day', n.at, 'UTC') < date_trunc('day', $3::timestamptz, 'UTC')
     ON CONFLICT DO NOTHING`,
    [clusterId, payload, at],
  );
  await client.query(
    `INSERT INTO verdict (cluster_id, feature, verdict, adopted_count, adoptable_count, outcome, rules_version, evaluated_at, since_at)
     SELECT $1, feature, verdict, adopted, adoptable, outcome, $4, $3, $3
       FROM jsonb_to_recordset($2::jsonb) AS x(feature text, verdict text, adopted int, adoptable int, outcome jsonb)
     ON CONFLICT (cluster_id, feature) DO UPDATE SET verdict = excluded.verdict, adopted_count = excluded.adopted_count,
       adoptable_count = excluded.adoptable_count, outcome = excluded.outcome, rules_version = excluded.rules_version,
       evaluated_at = excluded.evaluated_at,
       since_at = CASE WHEN verdict.verdict = excluded.verdict THEN verdict.since_at ELSE excluded.since_at END`,
    [clusterId, payload, at, rulesVersion],
  );
  await client.query(`DELETE FROM verdict WHERE cluster_id = $1 AND NOT (feature = ANY($2))`, [
    clusterId,
    verdicts.map((v) => v.feature),
  ]);
}
