import type { PackingChange } from "../cost/packing.ts";

export const ACTION_KINDS = [
  "right-size",
  "swap-pool",
  "release-devices",
  "consolidate-nodes",
  "route-by-zone",
  "job-policy",
  "remove-volume",
  "use-feature",
] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];
export type ActionLevel = "low" | "medium" | "high";
export type ActionEvidence = {
  readonly kind: "api" | "query" | "metric" | "price" | "catalogue" | "configuration" | "inference";
  readonly ref: string;
  readonly subject: string;
  readonly observed: string;
  readonly at: Date;
};

/**
 * How its cash is known. `packed`: the nodes that go once its change is applied and pods are moved together. `direct`: it leaves the
 * bill by itself. `none`: it pays nothing by itself. `not-applicable`: no money in it.
 */
export type ActionCash = "packed" | "direct" | "none" | "not-applicable";

/** One proposal, before anything is ranked or repacked. */
export type ActionDraft = {
  readonly id: string;
  readonly kind: ActionKind;
  readonly namespace: string | null;
  readonly objectKind: string;
  readonly name: string;
  /** Null = of nobody, or of the whole cluster. */
  readonly team: string | null;
  /** Names nodes or objects of everybody: not for a reader of some teams. */
  readonly isWhole: boolean;
  /** Capacity that it gives back at node price, 730 hours a month; null = no price. */
  readonly freedPerMonth: number | null;
  readonly cash: ActionCash;
  readonly confidence: ActionLevel;
  readonly risk: ActionLevel;
  /** Key and values of the sentence that says what to do; base units. */
  readonly facts: Readonly<Record<string, string | number | null>>;
  readonly guards: readonly string[];
  readonly evidence: readonly ActionEvidence[];
  readonly manifest: string | null;
  /** Two actions that touch a common thing exclude each other. */
  readonly touches: readonly string[];
  readonly change: PackingChange | null;
  /** Nodes that go, where that is the action itself. */
  readonly removedNodes: readonly string[];
};

/** Hours of a month in run-rates. */
export const MONTH_HOURS = 730;
/** Below this nobody is served by a line; in the currency, per month. */
export const LEAST_COST_PER_MONTH = 1;
