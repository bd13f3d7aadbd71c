import type { CheckContext } from "../features/define-check.ts";
import type { EvidenceList } from "../features/judgement.ts";
import type { Params } from "../features/types.ts";
import type { GateMatrix } from "../gates/gate-types.ts";
import type { ClusterSnapshot, PartName } from "../snapshot.ts";
import type { ManagedService } from "./releases.ts";
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
  readonly snapshot: ClusterSnapshot;
  readonly context: CheckContext;
  readonly matrix: GateMatrix;
  readonly from: string;
  readonly target: string;
  readonly minors: readonly string[];
  readonly service: ManagedService | null;
  readonly add: (draft: ItemDraft) => void;
};

/** First minor whose kubelet refuses cgroup v1 by default. */
export const CGROUP_V2_SINCE = "1.35";

/** Readings that decide; without one of them "no known blockers" would be a guess. */
export const DECIDING: readonly PartName[] = [
  "version",
  "nodes",
  "components",
  "deprecatedApiUse",
  "kubelets",
  "pods",
  "podDisruptionBudgets",
  "workloads",
];
