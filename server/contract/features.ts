import type { FeatureOutcome as DomainOutcome } from "../domain/features/types.ts";
import { Coverage, Day, Evidence, FleetFilter, Moment, Paging, paged } from "./common.ts";
import { Verdict } from "./verdict.ts";
import { z } from "./zod.ts";

export const StageName = z.enum(["available", "enabled", "ready", "adopted", "effective"]).meta({ id: "StageName" });
export type StageName = z.infer<typeof StageName>;
export const StageState = z
  .enum(["met", "partly", "not-met", "inferred", "unknown", "not-exposed", "not-applicable"])
  .meta({ id: "StageState" });
export type StageState = z.infer<typeof StageState>;

const Params = z.record(z.string(), z.union([z.string(), z.number()]));

/** One stage without its evidence: what a cell of the matrix shows. */
export const StageSummary = z
  .object({
    state: StageState,
    met: z.number().nullable(),
    of: z.number().nullable(),
    /** Key of a sentence in `words`. */
    reasonKey: z.string(),
    params: Params,
    unknownReason: z.string().nullable(),
    evidenceTotal: z.number().int(),
  })
  .meta({ id: "StageSummary" });
export const StageOutcome = StageSummary.extend({ evidence: z.array(Evidence) }).meta({ id: "StageOutcome" });

const stages = <S extends z.ZodType>(stage: S) =>
  z.object({ available: stage, enabled: stage, ready: stage, adopted: stage, effective: stage });

export const ShareCount = z.object({ met: z.number(), of: z.number() }).meta({ id: "ShareCount" });
export const Adoption = z
  .object({
    numerator: z.number(),
    denominator: z.number(),
    /** What is counted; a key of the shared words. */
    unit: z.string(),
    /** `""` = nobody owns it. */
    byTeam: z.record(z.string(), ShareCount),
    byNamespace: z.record(z.string(), ShareCount),
  })
  .meta({ id: "Adoption" });
export type Adoption = z.infer<typeof Adoption>;

export const Blocker = z
  .object({
    key: z.string(),
    params: Params,
    severity: z.enum(["blocking", "warning", "info"]),
    count: z.number(),
    evidence: z.array(Evidence),
    evidenceTotal: z.number().int(),
  })
  .meta({ id: "Blocker" });

export const ObjectRef = z
  .object({ kind: z.string(), namespace: z.string(), name: z.string() })
  .meta({ id: "ObjectRef" });
export const ObjectList = z
  .object({
    key: z.string(),
    total: z.number().int(),
    items: z.array(z.object({ ref: ObjectRef, noteKey: z.string(), params: Params })),
  })
  .meta({ id: "ObjectList" });

export const ValueAtStake = z
  .object({
    quantity: z.number(),
    unit: z.enum(["pod-hours", "core-hours", "bytes", "swap-bytes", "device-hours", "volume-bytes"]),
    key: z.string(),
    params: Params,
  })
  .meta({ id: "ValueAtStake" });

/** Everything that the rules said of one feature in one cluster; stored as it was judged. */
export const FeatureOutcome = z
  .object({
    feature: z.string(),
    verdict: Verdict,
    stages: stages(StageOutcome),
    blockers: z.array(Blocker),
    adoption: Adoption.nullable(),
    objects: z.array(ObjectList),
    value: ValueAtStake.nullable(),
    unjudged: z.array(z.string()),
  })
  .meta({ id: "FeatureOutcome" });
export type FeatureOutcome = z.infer<typeof FeatureOutcome>;

const inBothLanguages = z.object({ en: z.string(), zh: z.string() });
const describedFeature = {
  feature: z.string(),
  title: inBothLanguages,
  /** What someone gains by using it. */
  why: inBothLanguages,
  docsUrl: z.string(),
  /** `adoptable` = objects opt in; `switch` = on for the whole cluster; `gate` = only its switch can be judged. */
  kind: z.enum(["adoptable", "switch", "gate"]),
  /** Gates behind it, for links to the matrix. */
  gates: z.array(z.string()),
};

export const TrendPoint = z
  .object({
    day: Day,
    verdict: Verdict,
    adoptedCount: z.number().nullable(),
    adoptableCount: z.number().nullable(),
  })
  .meta({ id: "TrendPoint" });
export type TrendPoint = z.infer<typeof TrendPoint>;

export const FeatureCell = z
  .object({
    cluster: z.string(),
    verdict: Verdict,
    adoptedCount: z.number().nullable(),
    adoptableCount: z.number().nullable(),
    stages: stages(StageSummary),
    blockerCount: z.number().int(),
    evaluatedAt: Moment,
    sinceAt: Moment,
    rulesVersion: z.number().int(),
    /** One point a day, oldest first; days without an evaluation are missing. */
    trend: z.array(TrendPoint),
  })
  .meta({ id: "FeatureCell" });
export type FeatureCell = z.infer<typeof FeatureCell>;

export const FeatureRow = z
  .object({
    ...describedFeature,
    /** Clusters without a cell have not been evaluated. */
    cells: z.array(FeatureCell),
  })
  .meta({ id: "FeatureRow" });
export type FeatureRow = z.infer<typeof FeatureRow>;

/** How many days of trend an answer carries. */
const trendDays = z.coerce.number().int().min(0).max(366).default(30);
export const FeatureQuery = z.object({
  ...FleetFilter,
  /** `named` = features with a check of their own; `all` = every other gate of the catalogue too. */
  include: z.enum(["named", "all"]).default("named"),
  trendDays,
  ...Paging,
});
export type FeatureQuery = z.infer<typeof FeatureQuery>;
export const FeatureList = paged(FeatureRow)
  .extend({ clusters: z.array(z.object({ name: z.string(), minor: z.string().nullable() })), coverage: Coverage })
  .meta({ id: "FeatureList" });
export type FeatureList = z.infer<typeof FeatureList>;

export const FeatureParams = z.object({ feature: z.string().min(1).max(120) });
export const FeatureDetailQuery = z.object({ ...FleetFilter, trendDays });
export type FeatureDetailQuery = z.infer<typeof FeatureDetailQuery>;
export const FeatureDetail = z
  .object({
    ...describedFeature,
    /** Sentences by key, with {name} places for params: the check's own over the shared ones. */
    words: z.object({ en: z.record(z.string(), z.string()), zh: z.record(z.string(), z.string()) }),
    clusters: z.array(
      z.object({
        cluster: z.string(),
        outcome: FeatureOutcome,
        evaluatedAt: Moment,
        sinceAt: Moment,
        rulesVersion: z.number().int(),
        trend: z.array(TrendPoint),
      }),
    ),
    /** Where each stage's answer comes from; `null` = no signal exists. */
    signals: z.object({
      available: z.string().nullable(),
      enabled: z.string().nullable(),
      ready: z.string().nullable(),
      adopted: z.string().nullable(),
      effective: z.string().nullable(),
    }),
    /** Sum over the clusters of the answer. */
    byTeam: z.array(z.object({ team: z.string().nullable(), met: z.number(), of: z.number() })),
    coverage: Coverage,
  })
  .meta({ id: "FeatureDetail" });
export type FeatureDetail = z.infer<typeof FeatureDetail>;

export const ManifestQuery = z.object({ cluster: z.string().min(1).max(253) });
export type ManifestQuery = z.infer<typeof ManifestQuery>;

export const FeatureManifest = z
  .object({
    feature: z.string(),
    cluster: z.string(),
    minor: z.string().nullable(),
    documents: z.array(
      z.object({
        fileName: z.string(),
        format: z.enum([
          "api-object",
          "patch",
          "kubelet-config",
          "apiserver-config",
          "credential-provider-config",
          "flags",
        ]),
        text: z.string(),
      }),
    ),
    /** Why there is nothing to apply. */
    because: z.enum(["nothing-to-do", "no-api", "version-unknown", "not-available", "upgrade-first"]).nullable(),
  })
  .meta({ id: "FeatureManifest" });
export type FeatureManifest = z.infer<typeof FeatureManifest>;

// The stored outcome is the domain's, with moments as text; a field added there must be added here.
type Json<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? Json<Item>[]
    : T extends object
      ? { -readonly [Key in keyof T]: Json<T[Key]> }
      : T;
type Fits<Actual extends Expected, Expected> = Actual extends Expected ? true : never;
export const FEATURES_MATCH_DOMAIN: readonly true[] = [
  true satisfies Fits<Json<DomainOutcome>, FeatureOutcome>,
  true satisfies Fits<keyof DomainOutcome, keyof FeatureOutcome>,
];
