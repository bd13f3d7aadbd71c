import { FeatureOutcome as StoredOutcome } from "../contract/features.ts";
import type { ChecklistQuery, UpgradeAnswer, UpgradePlan, UpgradeQuery } from "../contract/upgrade.ts";
import type { Viewer } from "../contract/viewer.ts";
import type { Evidence } from "../domain/evidence.ts";
import { findCheck } from "../domain/features/checks/index.ts";
import { sayUnread } from "../domain/features/shared-words.ts";
import type { FeatureOutcome, Language, Params } from "../domain/features/types.ts";
import { toChecklistCsv, toChecklistMarkdown } from "../domain/upgrade/checklist.ts";
import { nextMinor, planUpgrade } from "../domain/upgrade/plan.ts";
import type { UpgradePlan as DomainPlan } from "../domain/upgrade/upgrade-types.ts";
import { sayUpgrade } from "../domain/upgrade/words.ts";
import { AppError } from "../errors.ts";
import { getStore } from "../store/client.ts";
import type { Db } from "../store/db.ts";
import { loadEvaluatedFacts } from "../store/evaluated-facts.ts";
import { readClusterNodes } from "../store/sql/read-cluster-figures.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";
import { type ReadStateRow, readReadStates } from "../store/sql/read-reads.ts";
import { readNamedOutcomes } from "../store/sql/read-verdicts.ts";
import { withoutNames } from "./bound-outcome.ts";
import { computeCoverage } from "./coverage.ts";
import { loadOutcomeBounds } from "./feature-rows.ts";
import { loadGateMatrices, toGateMatrix } from "./gate-matrices.ts";
import { boundFleet, isBoundToTeams } from "./scope.ts";
import { targetMinors } from "./target-minors.ts";

// A plan follows from readings that never change, the target, and the hour: facts grow stale and support ends.
const MAX_KEPT = 100;
const shared = globalThis as typeof globalThis & { sluiceUpgradePlans?: Map<string, Promise<DomainPlan | null>> };

/** What stands between each cluster and a later minor: blockers, what to review, what is unknown, and the steps. */
export async function getUpgrade(viewer: Viewer, query: UpgradeQuery, now = new Date()): Promise<UpgradeAnswer> {
  const { pool } = getStore();
  const { clusters, scope } = await boundFleet(viewer, query);
  const [states, nodes, bounds] = await Promise.all([
    readReadStates(pool, scope),
    readClusterNodes(pool, scope),
    loadOutcomeBounds(pool, scope),
  ]);
  const plans: UpgradePlan[] = [];
  const unplanned: string[] = [];
  for (const cluster of clusters) {
    const target = query.target ?? defaultTarget(cluster);
    if (target === null || cluster.gitVersion === null) {
      unplanned.push(cluster.name);
      continue;
    }
    const made = await loadPlan(pool, cluster, states, target, now);
    if (made === null) {
      unplanned.push(cluster.name);
      continue;
    }
    const plan = toPlan(made);
    plans.push(bounds === null ? plan : boundPlan(plan, bounds(cluster.id).namespaces));
  }
  return {
    plans,
    targets: targetMinors(clusters),
    unplanned,
    coverage: computeCoverage("inventory", clusters, states, nodes, now),
  };
}

/**
 * The plan of one cluster as a list to work through, in Markdown or CSV.
 * Errors: `not-found`; `forbidden` for a viewer of some teams, since the list names every team's objects.
 */
export async function getUpgradeChecklist(
  viewer: Viewer,
  format: "markdown" | "csv",
  query: ChecklistQuery,
  now = new Date(),
): Promise<string> {
  const { pool } = getStore();
  const { clusters, scope } = await boundFleet(viewer, { cluster: [query.cluster] });
  if (isBoundToTeams(viewer)) throw new AppError("forbidden", "The checklist is of the whole cluster.");
  const [cluster] = clusters;
  const target = query.target ?? (cluster === undefined ? null : defaultTarget(cluster));
  if (cluster === undefined || target === null) {
    throw new AppError("not-found", "The version of this cluster is not known yet.", { cluster: query.cluster });
  }
  const plan = await loadPlan(pool, cluster, await readReadStates(pool, scope), target, now);
  if (plan === null)
    throw new AppError("not-found", "This cluster has not been evaluated yet.", { cluster: query.cluster });
  return (format === "markdown" ? toChecklistMarkdown : toChecklistCsv)(plan, query.language);
}

function defaultTarget(cluster: ClusterRow): string | null {
  return cluster.gitVersion === null ? null : nextMinor(cluster.gitVersion);
}

function loadPlan(
  db: Db,
  cluster: ClusterRow,
  states: readonly ReadStateRow[],
  target: string,
  now: Date,
): Promise<DomainPlan | null> {
  const reads = states.filter((state) => state.clusterId === cluster.id).map((state) => state.goodReadId);
  const hour = now.toISOString().slice(0, 13);
  const key = JSON.stringify([process.env.DATABASE_URL, cluster.id, cluster.gitVersion, reads, target, hour]);
  shared.sluiceUpgradePlans ??= new Map();
  const kept = shared.sluiceUpgradePlans;
  const present = kept.get(key);
  if (present !== undefined) return present;
  const made = makePlan(db, cluster, states, target, now);
  kept.set(key, made);
  // A plan that could not be made yet is asked for again.
  made.then((plan) => plan === null && kept.delete(key)).catch(() => kept.delete(key));
  const oldest = kept.keys().next().value;
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
  return made;
}

async function makePlan(
  db: Db,
  cluster: ClusterRow,
  states: readonly ReadStateRow[],
  target: string,
  now: Date,
): Promise<DomainPlan | null> {
  const [facts, outcomes, matrices] = await Promise.all([
    loadEvaluatedFacts(db, cluster.id, "upgradeFacts"),
    readNamedOutcomes(db, { clusterIds: [cluster.id], teams: null }),
    loadGateMatrices(db, [cluster], states, now),
  ]);
  if (facts === null) return null;
  const [gates] = matrices;
  if (gates === undefined) throw new Error("loadGateMatrices gave no matrix");
  const gateStates = toGateMatrix(gates);
  return planUpgrade({ facts, gateStates, target, now, features: outcomes.flatMap((row) => toDomain(row.outcome)) });
}

/** A stored outcome as the rules had it: moments are dates again. */
function toDomain(stored: unknown): FeatureOutcome[] {
  const parsed = StoredOutcome.safeParse(stored);
  if (!parsed.success) return [];
  const outcome = parsed.data;
  const withDates = (evidence: typeof outcome.stages.available.evidence): Evidence[] =>
    evidence.map((entry) => ({ ...entry, at: new Date(entry.at) }));
  const { available, enabled, ready, adopted, effective } = outcome.stages;
  const stage = (value: typeof available) => ({ ...value, evidence: withDates(value.evidence) });
  return [
    {
      ...outcome,
      stages: {
        available: stage(available),
        enabled: stage(enabled),
        ready: stage(ready),
        adopted: stage(adopted),
        effective: stage(effective),
      },
      blockers: outcome.blockers.map((blocker) => ({ ...blocker, evidence: withDates(blocker.evidence) })),
    },
  ];
}

function toPlan(plan: DomainPlan): UpgradePlan {
  return {
    ...plan,
    coverage: {
      ...plan.coverage,
      missing: [...plan.coverage.missing],
      missingText: plan.coverage.missing.map((text) => ({ en: sayUnread(text, "en"), zh: sayUnread(text, "zh") })),
      partial: [...plan.coverage.partial],
    },
    items: plan.items.map((item) => ({
      ...item,
      params: { ...item.params },
      text: inBoth(item.key, item.params) ?? { en: item.key, zh: item.key },
      fix: inBoth(`${item.key}.fix`, item.params),
      evidence: item.evidence.map((entry) => ({ ...entry, at: entry.at.toISOString() })),
    })),
    gates: plan.gates.map((gate) => ({ ...gate, setBy: [...gate.setBy] })),
    steps: plan.steps.map((step) => ({
      ...step,
      actions: step.actions.map(({ key, params }) => ({ key, params: { ...params }, text: words(key, params) })),
    })),
    possible: plan.possible.map((entry) => ({ ...entry, title: titleOf(entry.feature) })),
    effort: { ...plan.effort, parts: plan.effort.parts.map((part) => ({ ...part, text: words(part.key, {}) })) },
    cannotRollBack: plan.cannotRollBack.map((key) => ({ key, text: words(key, {}) })),
    evaluatedAt: plan.evaluatedAt.toISOString(),
  };
}

function titleOf(feature: string): { en: string; zh: string } {
  const words = findCheck(feature)?.words;
  return { en: words?.en.title ?? feature, zh: words?.zh.title ?? feature };
}

function words(key: string, params: Params): { en: string; zh: string } {
  return inBoth(key, params) ?? { en: key, zh: key };
}

function inBoth(key: string, params: Params): { en: string; zh: string } | null {
  const say = (language: Language) => sayUpgrade(key, params, language);
  const en = say("en");
  const zh = say("zh");
  return en === null || zh === null ? null : { en, zh };
}

/** The plan of the whole cluster without names of other teams' objects: counts stay, evidence in own namespaces stays. */
function boundPlan(plan: UpgradePlan, namespaces: ReadonlySet<string>): UpgradePlan {
  return {
    ...plan,
    items: plan.items.map((item) => {
      const params = withoutNames(item.params);
      const evidence = item.evidence.filter((entry) => entry.subject.split("/").some((part) => namespaces.has(part)));
      return {
        ...item,
        id: item.key,
        params,
        text: words(item.key, params),
        fix: inBoth(`${item.key}.fix`, params),
        evidence,
        evidenceTotal: evidence.length,
      };
    }),
    possible: plan.possible.map((entry) => ({ ...entry, value: null })),
  };
}
