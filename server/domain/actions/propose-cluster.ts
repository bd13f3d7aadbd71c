import type { RepackNode, RepackResult } from "../cost/repack-nodes.ts";
import type { FeatureOutcome } from "../features/types.ts";
import { type ActionDraft, MONTH_HOURS } from "./action-draft.ts";

/** The nodes of a cluster that could go today, as they are. */
export function proposeConsolidation(
  cluster: string,
  base: RepackResult,
  nodes: readonly RepackNode[],
  at: Date,
): ActionDraft[] {
  if (base.removed.length === 0) return [];
  const removed = new Set(base.removed);
  const own = nodes.filter(({ name }) => removed.has(name));
  const priced = own.filter(({ costPerHour }) => costPerHour !== null);
  return [
    {
      id: `consolidate/${cluster}`,
      kind: "consolidate-nodes",
      namespace: null,
      objectKind: "Node",
      name: cluster,
      team: null,
      isWhole: true,
      freedPerMonth:
        priced.length === 0 ? null : priced.reduce((sum, { costPerHour }) => sum + (costPerHour ?? 0), 0) * MONTH_HOURS,
      cash: "packed",
      confidence: "medium",
      risk: "medium",
      facts: { nodeCount: own.length, unpricedCount: own.length - priced.length },
      guards: [],
      evidence: own.slice(0, 20).map((node) => ({
        kind: "inference" as const,
        ref: "pods fit on the other nodes of its pool and zone",
        subject: `Node/${node.name}`,
        observed: node.group,
        at,
      })),
      manifest: null,
      touches: ["packing"],
      change: null,
      removedNodes: [...base.removed],
    },
  ];
}

export type ReadyFeature = {
  readonly outcome: FeatureOutcome;
  /** YAML of the next step; null = there is none to write. */
  readonly manifest: string | null;
  readonly at: Date;
};

/** Features that have all they need and that nothing uses. What they are worth is told as a quantity; no money is guessed. */
export function proposeFeatures(cluster: string, features: readonly ReadyFeature[]): ActionDraft[] {
  return features.map(({ outcome, manifest, at }): ActionDraft => {
    const { feature, stages, adoption, value } = outcome;
    return {
      id: `feature/${cluster}/${feature}`,
      kind: "use-feature",
      namespace: null,
      objectKind: "Feature",
      name: feature,
      team: null,
      isWhole: true,
      freedPerMonth: null,
      cash: "not-applicable",
      confidence: stages.ready.state === "met" ? "high" : "medium",
      risk: "low",
      facts: {
        feature,
        candidates: adoption?.denominator ?? null,
        valueQuantity: value?.quantity ?? null,
        valueUnit: value?.unit ?? null,
      },
      guards: [],
      evidence: [...stages.enabled.evidence, ...stages.ready.evidence].slice(0, 6).map((item) => ({
        kind: item.kind,
        ref: item.ref,
        subject: item.subject,
        observed: item.observed,
        at,
      })),
      manifest,
      touches: [`feature/${feature}`],
      change: null,
      removedNodes: [],
    };
  });
}
