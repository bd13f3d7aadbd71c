import type { NodeUse } from "../domain/features/define-check.ts";
import { evaluateFeatures } from "../domain/features/evaluate-features.ts";
import { toManifestFacts } from "../domain/manifests/manifest-facts.ts";
import type { ClusterSnapshot } from "../domain/snapshot.ts";
import { toUpgradeFacts } from "../domain/upgrade/upgrade-facts.ts";
import type { EvaluatedFacts } from "../store/evaluated-facts.ts";
import type { VerdictRow } from "../store/verdicts.ts";
import type { Owners } from "./owners.ts";

/** Every feature of one cluster, judged by today's rules, in the shape that the store keeps. `measured` = by node name. */
export function judgeFeatures(
  snapshot: ClusterSnapshot,
  owners: Owners,
  measured: ReadonlyMap<string, NodeUse>,
  now: Date,
): VerdictRow[] {
  const outcomes = evaluateFeatures(snapshot, { now, team: owners.ofLabels, measured });
  return outcomes.map((outcome) => ({
    feature: outcome.feature,
    verdict: outcome.verdict,
    adoptedCount: outcome.adoption?.numerator ?? null,
    adoptableCount: outcome.adoption?.denominator ?? null,
    byTeam: outcome.adoption?.byTeam ?? null,
    outcome,
  }));
}

/** What the planner and the manifests need of the same snapshot. */
export function toEvaluatedFacts(snapshot: ClusterSnapshot): EvaluatedFacts {
  return { upgradeFacts: toUpgradeFacts(snapshot), manifestFacts: toManifestFacts(snapshot) };
}
