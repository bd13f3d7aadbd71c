import type { SpreadRule as DomainSpreadRule } from "../domain/cost/spread-shared.ts";
import { Coverage, Day, Figure, FleetFilter, Moment, TeamName } from "./common.ts";
import { z } from "./zod.ts";

export const CostGroup = z
  .enum(["team", "cluster", "namespace", "workload", "label", "pool", "resource"])
  .meta({ id: "CostGroup" });
export type CostGroup = z.infer<typeof CostGroup>;
/** Who bears what nobody requested and what the system keeps. */
export const SpreadRule = z
  .enum(["none", "even", "proportional"] as const satisfies readonly DomainSpreadRule[])
  .meta({ id: "SpreadRule" });
export type SpreadRule = z.infer<typeof SpreadRule>;

const CUSTOM_RANGE = /^(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})$/;
/** `month` (to date), `last-month`, or days of the billing time zone, both included: `2026-11-01..2026-11-14`. */
export const CostRange = z
  .union([z.enum(["month", "last-month"]), z.string().regex(CUSTOM_RANGE, "two days, such as 2026-11-01..2026-11-14")])
  .refine((range) => {
    const [, from = "", to = ""] = CUSTOM_RANGE.exec(range) ?? [];
    if (from === "") return true;
    const isDay = (day: string) => Day.safeParse(day).success;
    return isDay(from) && isDay(to) && from <= to && Date.parse(to) - Date.parse(from) < 731 * 86_400_000;
  }, "must be two days in order, at most two years apart");

export const CostQuery = z.object({
  ...FleetFilter,
  range: CostRange.default("month"),
  groupBy: CostGroup.default("team"),
  shared: SpreadRule.default("none"),
  namespace: z.string().min(1).max(253).optional(),
  /** Key by whose values `groupBy=label` tells workloads apart; the first known one where it is left out. */
  label: z.string().min(1).max(317).optional(),
});
export type CostQuery = z.infer<typeof CostQuery>;

/**
 * `team` and `unowned` (no team label) hold what their pods requested or used; `unallocated` was requested by nobody, `overhead` is
 * kept by the system; `unlabelled` are workloads without the label that is grouped by; `rest` are the rows that a long list leaves out.
 */
export const CostHolder = z
  .enum(["team", "unowned", "unlabelled", "unallocated", "overhead", "rest"])
  .meta({ id: "CostHolder" });
export type CostHolder = z.infer<typeof CostHolder>;

/** Amounts in the currency, whole cents; `cost` is the sum of the others, and every column adds up to the total. */
const amounts = {
  used: z.number(),
  requestedUnused: z.number(),
  /** Requested, use not measured (devices without telemetry, hours before Sluice). */
  requestedUnmeasured: z.number(),
  unallocated: z.number(),
  overhead: z.number(),
  /** Unallocated and overhead of others, put here by the rule. */
  shared: z.number(),
  cost: z.number(),
};
export const CostAmounts = z.object(amounts).meta({ id: "CostAmounts" });
export type CostAmounts = z.infer<typeof CostAmounts>;

export const CostRow = z
  .object({
    key: z.string(),
    holder: CostHolder,
    team: TeamName,
    cluster: z.string().nullable(),
    namespace: z.string().nullable(),
    kind: z.string().nullable(),
    name: z.string().nullable(),
    pool: z.string().nullable(),
    resource: z.string().nullable(),
    /** Value of the label that is grouped by. */
    label: z.string().nullable(),
    ...amounts,
    /** Hours of nodes whose price is not known; their cost is in no figure. */
    unpricedNodeHours: z.number(),
  })
  .meta({ id: "CostRow" });
export type CostRow = z.infer<typeof CostRow>;

export const TeamBudget = z
  .object({
    team: z.string(),
    budgetPerMonth: z.number(),
    validFrom: Day,
    monthToDate: z.number(),
    forecast: z.object({ cost: z.number(), low: z.number(), high: z.number(), basisDays: z.number().int() }).nullable(),
    /** `over` = spent more; `will-be-over` = the forecast is above; `may-be-over` = its band is. */
    state: z.enum(["within", "may-be-over", "will-be-over", "over", "unknown"]),
  })
  .meta({ id: "TeamBudget" });
export type TeamBudget = z.infer<typeof TeamBudget>;

export const CostAnomaly = z
  .object({
    cluster: z.string(),
    namespace: z.string(),
    kind: z.string(),
    name: z.string(),
    team: TeamName,
    resource: z.string(),
    sinceDay: Day,
    costPerDayBefore: z.number(),
    costPerDayAfter: z.number(),
    isEstimate: z.boolean(),
  })
  .meta({ id: "CostAnomaly" });
export type CostAnomaly = z.infer<typeof CostAnomaly>;

export const UsedPrice = z
  .object({
    id: z.number().int(),
    provider: z.string(),
    region: z.string(),
    kind: z.string(),
    key: z.string(),
    unit: z.string(),
    price: z.number(),
    currency: z.string(),
    validFrom: Day,
    /** `shipped`, `file`, `edited`, `opencost` or the name of an import. */
    origin: z.string(),
    source: z.string(),
    /** In the row's unit. */
    quantity: z.number(),
    cost: z.number().nullable(),
  })
  .meta({ id: "UsedPrice" });
export type UsedPrice = z.infer<typeof UsedPrice>;

export const Cost = z
  .object({
    at: Moment,
    currency: z.string(),
    timeZone: z.string(),
    coverage: Coverage,
    range: z.object({
      from: Day,
      /** Last day, included. */
      to: Day,
      /** First day with any cost; null = none yet. */
      recordedFrom: Day.nullable(),
      recordedHours: z.number().int(),
      expectedHours: z.number().int(),
      /** Days put together from backfilled use and today's requests. */
      estimatedDays: z.number().int(),
      /** Days that are over and recorded whole. */
      completeDays: z.number().int(),
    }),
    groupBy: CostGroup,
    label: z.string().nullable(),
    /** Label keys that can be grouped by. */
    labelKeys: z.array(z.string()),
    shared: SpreadRule,
    headline: z.object({
      monthToDate: Figure,
      forecast: Figure,
      forecastBand: z.object({ low: z.number(), high: z.number(), basisDays: z.number().int() }).nullable(),
      lastMonth: Figure,
      /** Part of last month that is recorded, in days. */
      lastMonthDays: z.object({ covered: z.number().int(), of: z.number().int() }),
      unallocated: Figure,
      unallocatedRatio: Figure,
    }),
    total: CostAmounts.extend({ unpricedNodeHours: z.number() }),
    rows: z.array(CostRow),
    daily: z.object({
      days: z.array(Day),
      /** By day: only a complete one tells a level; `running` is today, `partial` lacks hours, `missing` has none. */
      states: z.array(z.enum(["complete", "partial", "running", "missing"])),
      series: z.array(z.object({ holder: CostHolder, team: TeamName, costs: z.array(z.number().nullable()) })),
    }),
    budgets: z.array(TeamBudget),
    anomalies: z.array(CostAnomaly),
    unpriced: z.array(
      z.object({
        cluster: z.string(),
        pool: z.string(),
        instanceType: z.string().nullable(),
        capacityType: z.string().nullable(),
        region: z.string().nullable(),
        nodeCount: z.number().int(),
      }),
    ),
    prices: z.array(UsedPrice),
  })
  .meta({ id: "Cost" });
export type Cost = z.infer<typeof Cost>;

export const CostParams = z.object({ id: z.string().min(1).max(253) });
export const ClusterCostQuery = CostQuery.omit({ cluster: true });
export const CostExportQuery = CostQuery.extend({ language: z.enum(["en", "zh"]).default("en") });
export type CostExportQuery = z.infer<typeof CostExportQuery>;
