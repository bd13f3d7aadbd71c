import type { UpgradePlan as DomainPlan } from "../domain/upgrade/upgrade-types.ts";
import { Coverage, Day, Evidence, FleetFilter, Moment } from "./common.ts";
import { Minor } from "./gates.ts";
import { z } from "./zod.ts";

const Params = z.record(z.string(), z.union([z.string(), z.number()]));
const Sentence = z.object({ en: z.string(), zh: z.string() });

export const Support = z
  .object({
    minor: z.string(),
    state: z.enum(["supported", "maintenance", "extended", "ended", "unknown"]),
    /** Day on which the present state ends, or ended. */
    endsOn: Day.nullable(),
    by: z.enum(["upstream", "eks", "gke", "aks"]),
    source: z.string(),
  })
  .meta({ id: "Support" });

export const UpgradeVerdict = z
  .enum(["blocked", "review", "no-known-blockers", "unknown"])
  .meta({ id: "UpgradeVerdict" });
export type UpgradeVerdict = z.infer<typeof UpgradeVerdict>;

export const UpgradeItem = z
  .object({
    id: z.string(),
    kind: z.enum(["gate", "api", "skew", "node", "runtime", "etcd", "workload", "drain", "support", "reading"]),
    severity: z.enum(["blocker", "unknown", "review", "info"]),
    key: z.string(),
    params: Params,
    /** What it says, and what to do. */
    text: Sentence,
    fix: Sentence.nullable(),
    count: z.number(),
    atMinor: z.string(),
    evidence: z.array(Evidence),
    evidenceTotal: z.number().int(),
  })
  .meta({ id: "UpgradeItem" });
export type UpgradeItem = z.infer<typeof UpgradeItem>;

export const UpgradePlan = z
  .object({
    cluster: z.string(),
    from: z.string().nullable(),
    target: z.string(),
    verdict: UpgradeVerdict,
    coverage: z.object({
      read: z.number().int(),
      of: z.number().int(),
      /** "pods: forbidden"; the same in words in `missingText`. */
      missing: z.array(z.string()),
      missingText: z.array(Sentence),
      /** Read in part. */
      partial: z.array(z.string()),
    }),
    items: z.array(UpgradeItem),
    gates: z.array(
      z.object({
        gate: z.string(),
        atMinor: z.string(),
        change: z.enum([
          "flips-on",
          "flips-off",
          "locks-on",
          "locks-off",
          "appears",
          "vanishes-always-on",
          "vanishes-gone",
        ]),
        stage: z.string().nullable(),
        setBy: z.array(z.string()),
      }),
    ),
    steps: z.array(
      z.object({
        minor: z.string(),
        support: Support,
        actions: z.array(z.object({ key: z.string(), params: Params, text: Sentence })),
      }),
    ),
    possible: z.array(
      z.object({
        feature: z.string(),
        title: Sentence,
        gate: z.string(),
        atMinor: z.string(),
        change: z.enum(["available", "on-by-default"]),
        value: z.object({ quantity: z.number(), unit: z.string() }).nullable(),
      }),
    ),
    support: z.object({ now: Support, target: Support }),
    effort: z.object({
      points: z.number(),
      size: z.enum(["small", "medium", "large"]),
      parts: z.array(
        z.object({
          key: z.string(),
          text: Sentence,
          count: z.number(),
          pointsEach: z.number(),
          points: z.number(),
        }),
      ),
    }),
    cannotRollBack: z.array(z.object({ key: z.string(), text: Sentence })),
    evaluatedAt: Moment,
  })
  .meta({ id: "UpgradePlan" });
export type UpgradePlan = z.infer<typeof UpgradePlan>;

export const UpgradeQuery = z.object({
  cluster: FleetFilter.cluster,
  /** Default: each cluster's next minor. */
  target: Minor.optional(),
});
export type UpgradeQuery = z.infer<typeof UpgradeQuery>;
export const UpgradeAnswer = z
  .object({
    plans: z.array(UpgradePlan),
    /** Minors that the catalogue knows, oldest first, later than the oldest cluster of the answer. */
    targets: z.array(z.string()),
    /** Clusters whose version is not known, or that were not evaluated yet: there is no plan to make. */
    unplanned: z.array(z.string()),
    coverage: Coverage,
  })
  .meta({ id: "UpgradeAnswer" });
export type UpgradeAnswer = z.infer<typeof UpgradeAnswer>;

export const ChecklistQuery = z.object({
  cluster: z.string().min(1).max(253),
  target: Minor.optional(),
  language: z.enum(["en", "zh"]).default("en"),
});
export type ChecklistQuery = z.infer<typeof ChecklistQuery>;

// A field added to the domain's plan must be added here.
type Fits<Actual extends Expected, Expected> = Actual extends Expected ? true : never;
export const UPGRADE_MATCHES_DOMAIN: readonly true[] = [
  true satisfies Fits<keyof DomainPlan, keyof UpgradePlan>,
  true satisfies Fits<DomainPlan["items"][number]["kind"], UpgradeItem["kind"]>,
  true satisfies Fits<DomainPlan["gates"][number]["change"], UpgradePlan["gates"][number]["change"]>,
];
