import type { FeatureOutcome } from "../contract/features.ts";

export type OutcomeBounds = {
  /** Teams as stored, `""` = unowned. */
  readonly teams: ReadonlySet<string>;
  /** Namespaces in which every workload belongs to those teams. */
  readonly namespaces: ReadonlySet<string>;
};

type Stage = FeatureOutcome["stages"]["available"];

/**
 * An outcome as a viewer of some teams may see it: verdict and stages of the whole cluster, adoption of the own teams, and
 * no object, evidence or parameter that could name somebody else's. Evidence is told by what it speaks of: only what lies
 * in an own namespace stays.
 */
export function boundOutcome(outcome: FeatureOutcome, bounds: OutcomeBounds): FeatureOutcome {
  const isOwn = (namespace: string) => bounds.namespaces.has(namespace);
  const keepEvidence = (evidence: FeatureOutcome["blockers"][number]["evidence"]) =>
    evidence.filter((entry) => entry.subject.split("/").some((part) => part !== "" && isOwn(part)));
  const boundStage = (stage: Stage): Stage => {
    const evidence = keepEvidence(stage.evidence);
    return { ...stage, params: withoutNames(stage.params), evidence, evidenceTotal: evidence.length };
  };
  const { stages, adoption } = outcome;
  const byTeam = adoption === null ? [] : Object.entries(adoption.byTeam).filter(([team]) => bounds.teams.has(team));
  const numerator = byTeam.reduce((sum, [, share]) => sum + share.met, 0);
  const denominator = byTeam.reduce((sum, [, share]) => sum + share.of, 0);
  return {
    ...outcome,
    stages: {
      available: boundStage(stages.available),
      enabled: boundStage(stages.enabled),
      ready: boundStage(stages.ready),
      adopted:
        adoption === null
          ? boundStage(stages.adopted)
          : ownAdoption(boundStage(stages.adopted), numerator, denominator),
      effective: boundStage(stages.effective),
    },
    blockers: outcome.blockers.map((blocker) => {
      const evidence = keepEvidence(blocker.evidence);
      return { ...blocker, params: withoutNames(blocker.params), evidence, evidenceTotal: evidence.length };
    }),
    adoption:
      adoption === null
        ? null
        : {
            numerator,
            denominator,
            unit: adoption.unit,
            byTeam: Object.fromEntries(byTeam),
            byNamespace: Object.fromEntries(
              Object.entries(adoption.byNamespace).filter(([namespace]) => isOwn(namespace)),
            ),
          },
    objects: outcome.objects.flatMap((list) => {
      const items = list.items
        .filter((item) => isOwn(item.ref.namespace))
        .map((item) => ({ ...item, params: withoutNames(item.params) }));
      return items.length === 0 ? [] : [{ key: list.key, total: items.length, items }];
    }),
    // Hours and bytes at stake are those of the whole cluster.
    value: null,
  };
}

/** Places of sentences that hold words of Kubernetes or of ours, never the name of somebody's object. */
const HARMLESS = new Set(["unit", "gate", "part", "why", "minor", "since", "api"]);

/** Other texts may be names; counts are of the whole cluster and tell nobody apart. */
export function withoutNames(params: Stage["params"]): Stage["params"] {
  return Object.fromEntries(
    Object.entries(params).filter(([place, value]) => typeof value === "number" || HARMLESS.has(place)),
  );
}

function ownAdoption(stage: Stage, met: number, of: number): Stage {
  const state = of === 0 ? "not-applicable" : met === 0 ? "not-met" : met === of ? "met" : "partly";
  return { ...stage, state, met, of, params: { ...stage.params, met, of } };
}
