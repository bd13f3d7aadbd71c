import type { Evidence, EvidenceKind } from "../evidence.ts";
import { EvidenceList } from "../features/judgement.ts";
import { PART_SOURCES } from "../features/part-sources.ts";
import type { Params } from "../features/types.ts";
import type { GateMatrix } from "../gates/gate-types.ts";
import type { ManagedService } from "./releases.ts";
import type { Found, UpgradeFacts, UpgradePart } from "./upgrade-facts.ts";
import type { ItemKind, ItemSeverity } from "./upgrade-types.ts";

/** What a judge says of one thing; `count` is that of the proof unless given. */
export type ItemDraft = {
  readonly kind: ItemKind;
  readonly severity: ItemSeverity;
  readonly key: string;
  readonly about?: string;
  readonly params?: Params;
  readonly atMinor?: string;
  readonly proof?: EvidenceList;
  readonly count?: number;
};
/** What the judges of one plan share. */
export type PlanContext = {
  readonly facts: UpgradeFacts;
  readonly matrix: GateMatrix;
  readonly from: string;
  readonly target: string;
  readonly minors: readonly string[];
  readonly service: ManagedService | null;
  readonly add: (draft: ItemDraft) => void;
};

/** Evidence that a part of the snapshot gave, with the time of that part. */
export function saw(facts: UpgradeFacts, part: UpgradePart, subject: string, observed: string): Evidence {
  return {
    kind: PART_SOURCES[part].kind,
    ref: PART_SOURCES[part].ref,
    subject,
    observed,
    at: facts.parts[part].readAt,
  };
}
/** Evidence from elsewhere: a metric, a configuration, the catalogue. */
export function noted(
  facts: UpgradeFacts,
  kind: EvidenceKind,
  ref: string,
  subject: string,
  observed: string,
): Evidence {
  return { kind, ref, subject, observed, at: facts.takenAt };
}
export function proofOf(facts: UpgradeFacts, part: UpgradePart, found: Found): EvidenceList {
  const proof = new EvidenceList();
  proof.addAll(found.total, found.named, ({ subject, observed }) => saw(facts, part, subject, observed));
  return proof;
}

/** First minor whose kubelet refuses cgroup v1 by default. */
export const CGROUP_V2_SINCE = "1.35";

/** Readings that decide; without one of them "no known blockers" would be a guess. */
export const DECIDING: readonly UpgradePart[] = [
  "version",
  "nodes",
  "components",
  "deprecatedApiUse",
  "kubelets",
  "pods",
  "podDisruptionBudgets",
  "workloads",
];
