import type { Evidence } from "../evidence.ts";
import type { Params } from "../features/types.ts";
import type { Support } from "./releases.ts";

export const UPGRADE_VERDICTS = ["blocked", "review", "no-known-blockers", "unknown"] as const;
export type UpgradeVerdict = (typeof UPGRADE_VERDICTS)[number];
/** `unknown` = something that decides could not be read. */
export type ItemSeverity = "blocker" | "unknown" | "review" | "info";
export const ITEM_KINDS = [
  "gate",
  "api",
  "skew",
  "node",
  "runtime",
  "etcd",
  "workload",
  "drain",
  "support",
  "reading",
] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

export type UpgradeItem = {
  /** Stable between evaluations: key and what it is about. */
  readonly id: string;
  readonly kind: ItemKind;
  readonly severity: ItemSeverity;
  /** Key of a sentence and, as `<key>.fix`, of what to do. */
  readonly key: string;
  readonly params: Params;
  readonly count: number;
  /** First minor on the way at which it matters. */
  readonly atMinor: string;
  readonly evidence: readonly Evidence[];
  readonly evidenceTotal: number;
};

export type GateTransition = {
  readonly gate: string;
  readonly atMinor: string;
  readonly change:
    | "flips-on"
    | "flips-off"
    | "locks-on"
    | "locks-off"
    | "appears"
    | "vanishes-always-on"
    | "vanishes-gone";
  readonly stage: string | null;
  /** Groups in which someone set it, visibly or by inference. */
  readonly setBy: readonly string[];
};

/** What the upgrade makes possible: a feature that is newly there or newly on by default. */
export type NewPossibility = {
  readonly feature: string;
  readonly gate: string;
  readonly atMinor: string;
  readonly change: "available" | "on-by-default";
  /** Figures of today's evaluation of that feature, where it has some. */
  readonly value: { readonly quantity: number; readonly unit: string } | null;
};

export type UpgradeStep = {
  readonly minor: string;
  readonly support: Support;
  /** Keys of the words of this step, in order. */
  readonly actions: readonly { readonly key: string; readonly params: Params }[];
};

export type EffortPart = {
  readonly key: string;
  readonly count: number;
  readonly pointsEach: number;
  readonly points: number;
};

export type UpgradePlan = {
  readonly cluster: string;
  readonly from: string | null;
  readonly target: string;
  readonly verdict: UpgradeVerdict;
  /** Which readings the verdict rests on: read in full or in part (`partial` names those), of how many. */
  readonly coverage: {
    readonly read: number;
    readonly of: number;
    readonly missing: readonly string[];
    readonly partial: readonly string[];
  };
  readonly items: readonly UpgradeItem[];
  readonly gates: readonly GateTransition[];
  readonly steps: readonly UpgradeStep[];
  readonly possible: readonly NewPossibility[];
  readonly support: { readonly now: Support; readonly target: Support };
  readonly effort: {
    readonly points: number;
    readonly size: "small" | "medium" | "large";
    readonly parts: readonly EffortPart[];
  };
  readonly cannotRollBack: readonly string[];
  readonly evaluatedAt: Date;
};
