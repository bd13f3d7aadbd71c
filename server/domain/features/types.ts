import type { Evidence } from "../evidence.ts";
import type { Labels, ObjectRef } from "../snapshot.ts";

/** Verdict words of the product, as codes. */
export const VERDICTS = [
  "not-applicable",
  "not-available",
  "off",
  "drift",
  "blocked",
  "ready-unused",
  "in-use",
  "effective",
  "always-on",
  "unknown",
  "not-exposed",
] as const;
export type Verdict = (typeof VERDICTS)[number];

export const STAGE_NAMES = ["available", "enabled", "ready", "adopted", "effective"] as const;
export type StageName = (typeof STAGE_NAMES)[number];

/** `inferred` = could not be read, yet the version or a later stage shows it; it counts as met and is marked. */
export const STAGE_STATES = [
  "met",
  "partly",
  "not-met",
  "inferred",
  "unknown",
  "not-exposed",
  "not-applicable",
] as const;
export type StageState = (typeof STAGE_STATES)[number];

export type Params = Readonly<Record<string, string | number>>;

export type StageOutcome = {
  readonly state: StageState;
  /** How many of how many (nodes, objects, components); `null` where the stage is a plain yes or no. */
  readonly met: number | null;
  readonly of: number | null;
  /** Key of a sentence in the check's words or the shared words. */
  readonly reasonKey: string;
  readonly params: Params;
  /** Why it is unknown, e.g. "nodes: forbidden"; `null` in any other state. */
  readonly unknownReason: string | null;
  /** At most EVIDENCE_KEPT; `evidenceTotal` counts all. */
  readonly evidence: readonly Evidence[];
  readonly evidenceTotal: number;
};

export type BlockerSeverity = "blocking" | "warning" | "info";
export type Blocker = {
  readonly key: string;
  readonly params: Params;
  readonly severity: BlockerSeverity;
  readonly count: number;
  readonly evidence: readonly Evidence[];
  readonly evidenceTotal: number;
};

export type ShareCount = { readonly met: number; readonly of: number };
export type Adoption = {
  readonly numerator: number;
  readonly denominator: number;
  /** What is counted, e.g. "services"; a key of the shared words. */
  readonly unit: string;
  /** Team "" = nobody owns it. */
  readonly byTeam: Readonly<Record<string, ShareCount>>;
  readonly byNamespace: Readonly<Record<string, ShareCount>>;
};

export type ListedObject = { readonly ref: ObjectRef; readonly noteKey: string; readonly params: Params };
/** At most OBJECTS_KEPT of `total`. */
export type ObjectList = { readonly key: string; readonly total: number; readonly items: readonly ListedObject[] };

/** What the feature would save or what its absence loses, as a quantity that a price can turn into money. */
export type ValueAtStake = {
  readonly quantity: number;
  readonly unit: "pod-hours" | "core-hours" | "bytes" | "swap-bytes" | "device-hours" | "volume-bytes";
  readonly key: string;
  readonly params: Params;
};

export type FeatureOutcome = {
  readonly feature: string;
  readonly verdict: Verdict;
  readonly stages: Readonly<Record<StageName, StageOutcome>>;
  readonly blockers: readonly Blocker[];
  readonly adoption: Adoption | null;
  readonly objects: readonly ObjectList[];
  /** `null` = no figure can be computed; never a guess. */
  readonly value: ValueAtStake | null;
  /** Parts that some rule needed and could not read, or read in part: "pods: forbidden". */
  readonly unjudged: readonly string[];
};

export const EVIDENCE_KEPT = 20;
export const OBJECTS_KEPT = 200;

/** Which team owns something; `null` = nobody. */
export type TeamOf = (namespace: string, labels: Labels) => string | null;

export const LANGUAGES = ["en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];
export type CheckWords = Readonly<
  Record<
    Language,
    {
      readonly title: string;
      /** What someone gains by using it. */
      readonly why: string;
      /** Sentences by key, with {name} places for params. */
      readonly sentences: Readonly<Record<string, string>>;
    }
  >
>;
