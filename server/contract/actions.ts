import type { ActionKind as DomainActionKind } from "../domain/actions/action-draft.ts";
import { Coverage, Evidence, Figure, FleetFilter, Moment, TeamName } from "./common.ts";
import { z } from "./zod.ts";

export const ActionKind = z
  .enum([
    "right-size",
    "swap-pool",
    "release-devices",
    "consolidate-nodes",
    "route-by-zone",
    "job-policy",
    "remove-volume",
    "use-feature",
  ] as const satisfies readonly DomainActionKind[])
  .meta({ id: "ActionKind" });
export type ActionKind = z.infer<typeof ActionKind>;
export const ActionStatus = z.enum(["open", "accepted", "dismissed", "snoozed"]).meta({ id: "ActionStatus" });
export type ActionStatus = z.infer<typeof ActionStatus>;
const Level = z.enum(["low", "medium", "high"]);

export const ActionDecision = z
  .object({
    decision: z.enum(["accepted", "dismissed", "snoozed"]),
    reason: z.string().nullable(),
    untilAt: Moment.nullable(),
    decidedAt: Moment,
    decidedBy: z.string(),
  })
  .meta({ id: "ActionDecision" });

export const Action = z
  .object({
    id: z.string(),
    kind: ActionKind,
    cluster: z.string(),
    namespace: z.string().nullable(),
    objectKind: z.string(),
    name: z.string(),
    team: TeamName,
    /** Capacity that it gives back, at node price and 730 hours a month. */
    freedCostPerMonth: Figure,
    /** What leaves the bill once the remaining pods are moved together; 0 when no node goes. */
    cashPerMonth: Figure,
    /** Nodes that go with it. */
    removedNodes: z.array(z.string()),
    confidence: Level,
    risk: Level,
    /** Key and values of the sentence that says what to do; base units. */
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
    guards: z.array(z.string()),
    evidence: z.array(Evidence),
    /** YAML to apply; null where the step is no manifest. */
    manifest: z.string().nullable(),
    /** Other actions that touch the same thing: of these only some can be done. */
    overlaps: z.array(z.string()),
    /** In the best set of actions that do not overlap, which the total adds up. */
    isCounted: z.boolean(),
    status: ActionStatus,
    decision: ActionDecision.nullable(),
  })
  .meta({ id: "Action" });
export type Action = z.infer<typeof Action>;

export const ActionQuery = z.object({ ...FleetFilter });
export type ActionQuery = z.infer<typeof ActionQuery>;
/** What became of an accepted action. */
export const ActionOutcome = z
  .object({
    id: z.string(),
    kind: ActionKind,
    cluster: z.string(),
    namespace: z.string().nullable(),
    objectKind: z.string(),
    name: z.string(),
    team: TeamName,
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
    decidedAt: Moment,
    decidedBy: z.string(),
    /** By inventory: `applied`, `not-yet`, `gone` = its object is no more, `unknown` = could not be looked at. */
    state: z.enum(["not-yet", "applied", "gone", "unknown"]),
    appliedAt: Moment.nullable(),
    /** What was expected to be freed when it was accepted. */
    forecastCostPerMonth: Figure,
    /** Mean day before minus mean day since, as a month; whatever else changed meanwhile is in it. */
    measuredCostPerMonth: Figure,
    /** Complete days since that it stands on. */
    measuredDays: z.number().int(),
    evidence: z.array(z.object({ ref: z.string(), observed: z.string() })),
    checkedAt: Moment.nullable(),
  })
  .meta({ id: "ActionOutcome" });
export type ActionOutcome = z.infer<typeof ActionOutcome>;

export const ActionList = z
  .object({
    at: Moment,
    /** When the list was made, of the oldest cluster; null = not for every cluster yet. */
    computedAt: Moment.nullable(),
    /** A decision is not in the totals yet; they are made anew within seconds. */
    isBeingMade: z.boolean(),
    currency: z.string(),
    coverage: Coverage,
    /** Of the counted actions, all applied together. */
    total: z.object({
      freedCostPerMonth: Figure,
      cashPerMonth: Figure,
      /** Null = no list has been made, so nothing was packed: for the reason that `cashPerMonth` states. */
      removedNodeCount: z.number().int().nullable(),
      /** Of several teams together: each was packed alone, so together it is this much at least. */
      isLowerBound: z.boolean(),
    }),
    items: z.array(Action),
    /** Accepted actions, newest first. */
    outcomes: z.array(ActionOutcome),
  })
  .meta({ id: "ActionList" });
export type ActionList = z.infer<typeof ActionList>;

export const ActionParams = z.object({ id: z.string().min(1).max(1000) });
export const ActionDecisionInput = z
  .object({
    decision: z.enum(["accepted", "dismissed", "snoozed", "open"]),
    reason: z.string().trim().min(1).max(1000).nullable().default(null),
    untilAt: Moment.nullable().default(null),
  })
  .refine(({ decision, reason }) => decision !== "dismissed" || reason !== null, {
    path: ["reason"],
    message: "is needed to dismiss",
  })
  .refine(({ decision, untilAt }) => decision !== "snoozed" || untilAt !== null, {
    path: ["untilAt"],
    message: "is needed to snooze",
  })
  .meta({ id: "ActionDecisionInput" });
export type ActionDecisionInput = z.infer<typeof ActionDecisionInput>;
export const ActionChange = z.object({ id: z.string(), status: ActionStatus }).meta({ id: "ActionChange" });
export type ActionChange = z.infer<typeof ActionChange>;
export const ClusterActionParams = z.object({ id: z.string().min(1).max(253) });
