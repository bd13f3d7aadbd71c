import type { Fix as DomainFix, RbacRule as DomainRbacRule, ReadKind as DomainReadKind } from "../domain/coverage.ts";
import type { EvidenceKind } from "../domain/evidence.ts";
import type { UnknownReason as DomainUnknownReason } from "../domain/reading.ts";
import { z } from "./zod.ts";

/** A moment over HTTP: ISO 8601 in UTC. */
export const Moment = z.iso.datetime();
/** A calendar day in the billing time zone, `2026-11-22`. */
export const Day = z.iso
  .date()
  .refine((day) => day >= "1900-01-01" && day < "2200-01-01", "must be between 1900 and 2200");

export const UnknownReason = z
  .enum([
    "unreachable",
    "forbidden",
    "timed-out",
    "malformed",
    "stale",
    "not-configured",
    "not-yet-read",
    "partial",
  ] as const satisfies readonly DomainUnknownReason[])
  .meta({ id: "UnknownReason" });
export type UnknownReason = z.infer<typeof UnknownReason>;

export const Evidence = z
  .object({
    kind: z.enum([
      "api",
      "query",
      "metric",
      "price",
      "catalogue",
      "configuration",
      "inference",
    ] as const satisfies readonly EvidenceKind[]),
    /** API path, query id, metric with labels, price-row id or catalogue entry; never PromQL. */
    ref: z.string(),
    /** Object or component it speaks of; empty for the whole cluster. */
    subject: z.string(),
    /** Observed value as text, in base units. */
    observed: z.string(),
    at: Moment,
  })
  .meta({ id: "Evidence" });
export type Evidence = z.infer<typeof Evidence>;

/** Base units; a money unit ends in its currency (`money/h:USD`). The same words as components/format/unit.ts. */
export const Unit = z
  .union([
    z.enum([
      "count",
      "number",
      "ratio",
      "cores",
      "bytes",
      "traffic-bytes",
      "bytes/s",
      "traffic-bytes/s",
      "events/s",
      "seconds",
      "watts",
      "celsius",
      "hours",
    ]),
    z.templateLiteral(["money:", z.string()]),
    z.templateLiteral(["money/h:", z.string()]),
  ])
  .meta({ id: "Unit" });
export type Unit = z.infer<typeof Unit>;

/** The value stands on `covered` of `of` things; the rest could not be read and is not in it. */
export const PartOf = z.object({ covered: z.number().int(), of: z.number().int() }).meta({ id: "PartOf" });
export type PartOf = z.infer<typeof PartOf>;

/**
 * One figure and what is known of it. `value` includes a measured zero; `below` was cut from a top-k answer and is less
 * than `value`; the others have no number, and must not be drawn as one.
 */
export const Figure = z
  .discriminatedUnion("state", [
    z.object({
      state: z.literal("value"),
      unit: Unit,
      value: z.number(),
      at: Moment.optional(),
      part: PartOf.optional(),
      evidence: z.array(Evidence).optional(),
    }),
    z.object({
      state: z.literal("below"),
      unit: Unit,
      value: z.number(),
      at: Moment.optional(),
      evidence: z.array(Evidence).optional(),
    }),
    z.object({
      state: z.literal("unknown"),
      unit: Unit,
      reason: UnknownReason,
      detail: z.string().optional(),
      evidence: z.array(Evidence).optional(),
    }),
    z.object({
      state: z.enum(["not-exposed", "not-applicable"]),
      unit: Unit,
      detail: z.string().optional(),
      evidence: z.array(Evidence).optional(),
    }),
  ])
  .meta({ id: "Figure" });
export type Figure = z.infer<typeof Figure>;

export const ReadKind = z
  .enum(["inventory", "metrics", "gates", "backfill", "detail"] as const satisfies readonly DomainReadKind[])
  .meta({ id: "ReadKind" });
export type ReadKind = z.infer<typeof ReadKind>;

const stringList = z.array(z.string()).readonly();
export const RbacRule = z
  .object({
    apiGroups: stringList.optional(),
    resources: stringList.optional(),
    nonResourceURLs: stringList.optional(),
    verbs: stringList,
  })
  .meta({ id: "RbacRule" });

/** What the reader can do about a source that did not answer. */
export const Fix = z
  .object({
    code: z.enum([
      "grant-rbac",
      "check-token",
      "check-address",
      "check-certificate",
      "configure-prometheus",
      "configure-kubelet-access",
      "configure-control-plane",
      "enable-exporter",
      "raise-limits",
      "upgrade-source",
      "wait",
      "see-detail",
    ] as const satisfies readonly DomainFix["code"][]),
    rbac: RbacRule.optional(),
    hint: z.string().optional(),
  })
  .meta({ id: "Fix" });
export type Fix = z.infer<typeof Fix>;

/**
 * How old the newest good reading of one kind is. `stale` = older than `staleAfterSeconds` (three cadences),
 * `never` = not read yet.
 */
export const Freshness = z
  .object({
    kind: ReadKind,
    state: z.enum(["fresh", "stale", "never"]),
    takenAt: Moment.nullable(),
    staleAfterSeconds: z.number(),
  })
  .meta({ id: "Freshness" });
export type Freshness = z.infer<typeof Freshness>;

/** What an answer covers: “18 of 20 clusters, 4,850 of 5,000 nodes, oldest reading 4 min ago”. */
export const Coverage = z
  .object({
    clusters: PartOf,
    nodes: PartOf,
    /** Clusters without a fresh reading, and why. */
    missing: z.array(z.object({ cluster: z.string(), reason: UnknownReason, detail: z.string().nullable() })),
    oldestAt: Moment.nullable(),
    newestAt: Moment.nullable(),
    isDemo: z.boolean(),
  })
  .meta({ id: "Coverage" });
export type Coverage = z.infer<typeof Coverage>;

/** `null` owner = unowned: no label of `teams.from` was found. */
export const TeamName = z.string().nullable();
/** The word for unowned in a URL. */
export const UNOWNED = "unowned";

const NAME_LENGTH = 253;
export const ClusterName = z.string().min(1).max(NAME_LENGTH);

/** `?cluster=a&cluster=b` or `?cluster=a,b`. */
const nameList = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (Array.isArray(value) ? value : [value]).flatMap((item) => item.split(",")))
  .pipe(z.array(z.string().trim().min(1).max(NAME_LENGTH)).max(200));

/** Which part of the fleet is asked for; nothing = everything the viewer may see. */
export const FleetFilter = { cluster: nameList.optional(), team: nameList.optional() };

export const MAX_PAGE = 1000;
export const Paging = {
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(100),
  cursor: z.string().min(1).max(2000).optional(),
};

/** One page of a list. `nextCursor` null = this was the last; `total` null = not counted. */
export function paged<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable(), total: z.number().int().nullable() });
}

/** `from` included, `to` excluded. */
export const TimeRange = z.object({ from: Moment, to: Moment }).meta({ id: "TimeRange" });
export type TimeRange = z.infer<typeof TimeRange>;

// The contract may not say less than the domain: a word added there must be added here.
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
export const COMMON_MATCHES_DOMAIN: readonly true[] = [
  true satisfies Same<UnknownReason, DomainUnknownReason>,
  true satisfies Same<ReadKind, DomainReadKind>,
  true satisfies Same<Evidence["kind"], EvidenceKind>,
  true satisfies Same<Fix["code"], DomainFix["code"]>,
  true satisfies Same<keyof z.infer<typeof RbacRule>, keyof DomainRbacRule>,
];
