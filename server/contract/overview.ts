import { SourceState } from "./clusters.ts";
import { Coverage, Day, Figure, FleetFilter, Moment, PartOf, TeamName, UnknownReason } from "./common.ts";
import { Verdict } from "./verdict.ts";
import { z } from "./zod.ts";

export const OverviewQuery = z.object({ ...FleetFilter });
export type OverviewQuery = z.infer<typeof OverviewQuery>;

/**
 * Who holds a part of the run-rate. `unowned` = pods without a team; `unallocated` = capacity that nobody requested;
 * `shared` = system and overhead; `unsplit` = nodes whose cost has not been split yet (no costed hour of their cluster).
 */
export const CostOwner = z.enum(["team", "unowned", "shared", "unallocated", "unsplit"]).meta({ id: "CostOwner" });
export type CostOwner = z.infer<typeof CostOwner>;

export const OverviewCost = z
  .object({
    /** Sum of priced nodes now, at list price; `part` says how many nodes carry a price. Volumes and traffic are in `besideNodes`. */
    costPerHour: Figure,
    /** Run-rate: 730 hours. */
    costPerMonth: Figure,
    /** Volumes and traffic between zones or regions, as on `day`, the last complete one (null = there is none yet). */
    besideNodes: z.object({ costPerMonth: Figure, day: Day.nullable() }),
    byCluster: z.array(
      z.object({
        cluster: z.string(),
        costPerHour: Figure,
        nodeCount: z.number().int(),
        unpricedNodeCount: z.number().int(),
      }),
    ),
    /** Adds up to `costPerHour`. */
    byOwner: z.array(z.object({ owner: CostOwner, team: TeamName, costPerHour: Figure })),
    /** Oldest of the hours whose proportions split the run-rate by owner. */
    splitAt: Moment.nullable(),
  })
  .meta({ id: "OverviewCost" });

export const PressureResource = z.enum(["cpu", "memory", "io"]).meta({ id: "PressureResource" });
export const HotSpot = z
  .object({
    cluster: z.string(),
    level: z.enum(["node", "workload"]),
    /** Empty for nodes. */
    namespace: z.string(),
    kind: z.string(),
    name: z.string(),
    team: TeamName,
    pool: z.string().nullable(),
    /** The resource that its tasks waited longest for. */
    resource: PressureResource,
    /** How far `waitingRatio` is above the limits of its resource. */
    severity: z.enum(["calm", "attention", "critical"]),
    /** Share of the time in which some task waited. */
    waitingRatio: Figure,
    /** Share of the time in which all tasks waited at once. */
    stalledRatio: Figure,
    cpuUsedCores: Figure,
    memoryWorkingSetBytes: Figure,
  })
  .meta({ id: "HotSpot" });
export type HotSpot = z.infer<typeof HotSpot>;

export const OverviewPressure = z
  .object({
    from: Moment,
    to: Moment,
    nodes: z.array(HotSpot),
    workloads: z.array(HotSpot),
    /** Nodes with a pressure sample in their cluster's newest reading, of all nodes. */
    measuredNodes: PartOf,
    /** Why there is nothing to rank, where that is so. */
    missing: z.array(z.object({ cluster: z.string(), reason: UnknownReason, detail: z.string().nullable() })),
  })
  .meta({ id: "OverviewPressure" });
export type OverviewPressure = z.infer<typeof OverviewPressure>;

export const OverviewReadiness = z
  .object({
    features: z.array(
      z.object({
        feature: z.string(),
        title: z.object({ en: z.string(), zh: z.string() }),
        /** Clusters per verdict; a verdict that no cluster has is left out. */
        byVerdict: z.partialRecord(Verdict, z.number().int()),
        clusterCount: z.number().int(),
        adoptedCount: z.number().int().nullable(),
        adoptableCount: z.number().int().nullable(),
      }),
    ),
    /** Clusters with verdicts, of all clusters. */
    evaluated: PartOf,
  })
  .meta({ id: "OverviewReadiness" });

export const Overview = z
  .object({
    at: Moment,
    currency: z.string(),
    timeZone: z.string(),
    coverage: Coverage,
    cost: OverviewCost,
    pressure: OverviewPressure,
    readiness: OverviewReadiness,
    /** Sources that gave nothing or only a part: what we cannot see. Worst first. */
    gaps: z.object({
      items: z.array(SourceState.extend({ cluster: z.string() })),
      total: z.number().int(),
    }),
  })
  .meta({ id: "Overview" });
export type Overview = z.infer<typeof Overview>;
