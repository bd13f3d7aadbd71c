import { Coverage, Day, Figure, FleetFilter, Moment, TeamName } from "./common.ts";
import { z } from "./zod.ts";

const Name = z.string().min(1).max(253);
const Language = z.enum(["en", "zh"]).default("en");

const DayOrMoment = z.union([Day, Moment]);
/**
 * Whole days of the billing time zone that the window touches: `from` to `to` (`to` left out = today; a moment is the first or last of its
 * day, and `to` as a moment is excluded), or without `from` the newest `days`,
 * today's begun one included.
 */
const Window = {
  days: z.coerce.number().int().min(1).max(731).default(30),
  from: DayOrMoment.optional(),
  to: DayOrMoment.optional(),
};
export const NetworkQuery = z.object({ ...FleetFilter, ...Window });
export type NetworkQuery = z.infer<typeof NetworkQuery>;
export const NetworkExportQuery = NetworkQuery.extend({ language: Language });
export type NetworkExportQuery = z.infer<typeof NetworkExportQuery>;
export const ClusterNetworkQuery = z.object({ team: FleetFilter.team, ...Window });

export const FlowScope = z
  .enum(["same-zone", "cross-zone", "cross-region", "internet", "unknown"])
  .meta({ id: "FlowScope" });
export type FlowScope = z.infer<typeof FlowScope>;

/** One end of a flow. An empty name is a peer that no source could name; `isHidden` = it belongs to teams the viewer does not see. */
export const FlowPeer = z
  .object({ namespace: z.string(), kind: z.string(), name: z.string(), team: TeamName, isHidden: z.boolean() })
  .meta({ id: "FlowPeer" });
export type FlowPeer = z.infer<typeof FlowPeer>;

export const ServiceName = z.object({ namespace: z.string(), name: z.string() }).meta({ id: "ServiceName" });

export const NetworkFix = z
  .object({
    kind: z.enum(["routing", "placement", "none"]),
    reason: z.enum([
      "not-set",
      "hints-missing",
      "zone-without-endpoints",
      "single-endpoint",
      "no-service",
      "already-preferred",
      "headless",
      "endpoint-without-zone",
      "no-ready-endpoints",
      "outside",
      "not-examined",
    ]),
    bytes: z.number(),
    /** `null` = no price. */
    cost: z.number().nullable(),
  })
  .meta({ id: "NetworkFix" });
export type NetworkFix = z.infer<typeof NetworkFix>;

/** A series that moved to another level; of a pair, or (without ends) of all cross-zone traffic of the cluster. */
export const NetworkStep = z
  .object({
    cluster: z.string(),
    source: FlowPeer.nullable(),
    target: FlowPeer.nullable(),
    service: ServiceName.nullable(),
    day: z.iso.date(),
    factor: z.number(),
    beforeBytesPerDay: z.number(),
    afterBytesPerDay: z.number(),
    /** What a month on the new level costs more (or less) than one on the old, at 730 hours. */
    costPerMonthChange: z.number().nullable(),
    isConfirmed: z.boolean(),
  })
  .meta({ id: "NetworkStep" });
export type NetworkStep = z.infer<typeof NetworkStep>;

export const NetworkPair = z
  .object({
    cluster: z.string(),
    source: FlowPeer,
    target: FlowPeer,
    /** The Service that they talk through; `null` = none is known. */
    service: ServiceName.nullable(),
    /** Both ends are behind Services and the one that sends more was taken for the server. */
    isServiceInferred: z.boolean(),
    bytes: z.number(),
    crossZoneBytes: z.number(),
    /** Charges of the window at both ends, as far as they are the asked teams'; `null` = no price. */
    cost: z.number().nullable(),
    fixes: z.array(NetworkFix),
    step: z.object({ day: z.iso.date(), factor: z.number(), isConfirmed: z.boolean() }).nullable(),
  })
  .meta({ id: "NetworkPair" });
export type NetworkPair = z.infer<typeof NetworkPair>;

export const ZoneCell = z
  .object({
    cluster: z.string(),
    /** Empty = the source could not say. */
    from: z.string(),
    to: z.string(),
    scope: FlowScope,
    bytes: z.number(),
    cost: z.number().nullable(),
  })
  .meta({ id: "ZoneCell" });

export const FlowCapability = z.enum(["pair-with-zones", "pair", "source-only"]).meta({ id: "FlowCapability" });

/** Where a cluster's flows come from and what that source can say. */
export const FlowSource = z
  .object({
    cluster: z.string(),
    state: z.enum(["measured", "no-zones", "none"]),
    /** Why nothing is there, when nothing is. */
    reason: z.enum(["no-flow-source", "prometheus-unreachable", "not-yet-read"]).nullable(),
    adapter: z.string().nullable(),
    /** What was really there; `declared` is what the adapter can say when all of its labels are selected. */
    capability: FlowCapability.nullable(),
    declared: FlowCapability.nullable(),
    /** Share of bytes by the way double reports were removed; see docs/network.md. */
    basis: z.array(z.object({ basis: z.string(), bytes: z.number(), rowCount: z.number().int() })),
    coveredHours: z.number(),
    firstAt: Moment.nullable(),
    lastAt: Moment.nullable(),
  })
  .meta({ id: "FlowSource" });
export type FlowSource = z.infer<typeof FlowSource>;

/** A price row in use; `superseded` are the rows it took the place of since history is kept: they re-priced it. */
export const TrafficPrice = z
  .object({
    id: z.number().int(),
    provider: z.string(),
    region: z.string(),
    key: z.string(),
    unit: z.string(),
    price: z.number(),
    currency: z.string(),
    validFrom: z.iso.date(),
    validTo: z.iso.date().nullable(),
    origin: z.string(),
    source: z.string(),
    superseded: z.array(z.object({ id: z.number().int(), price: z.number(), unit: z.string(), at: Moment })),
  })
  .meta({ id: "TrafficPrice" });
export type TrafficPrice = z.infer<typeof TrafficPrice>;

/**
 * What could at most cross zones in a cluster without a source that names zones, and what would if senders did not look at zones.
 * Never a measurement, in no total.
 */
export const CrossZoneEstimate = z
  .object({
    cluster: z.string(),
    state: z.enum(["estimated", "one-zone", "no-pod-network"]),
    /** Bytes per day. The truth lies between 0 and `high`; `expected` is where an even spread over senders would put it. */
    highBytesPerDay: z.number().nullable(),
    expectedBytesPerDay: z.number().nullable(),
    /** At today's price, per month of 730 hours; `null` = no price. */
    highCostPerMonth: z.number().nullable(),
    expectedCostPerMonth: z.number().nullable(),
    receivedBytesPerDay: z.number().nullable(),
    /** Pods with a zone and a measurement, of all that are not on the host's network. */
    podCount: z.number().int(),
    podCountAll: z.number().int(),
    hostNetworkPodCount: z.number().int(),
    /** Pods behind a Service whose zone preference is in force: their bytes are in `high` only. */
    keptPodCount: z.number().int(),
    hours: z.number(),
    zones: z.array(z.object({ zone: z.string(), receivedBytesPerDay: z.number(), sentBytesPerDay: z.number() })),
  })
  .meta({ id: "CrossZoneEstimate" });
export type CrossZoneEstimate = z.infer<typeof CrossZoneEstimate>;

/** A flow log that was imported, with what was left out of it and why. */
export const FlowImportRecord = z
  .object({
    id: z.uuid(),
    cluster: z.string(),
    fileName: z.string(),
    from: Moment.nullable(),
    to: Moment.nullable(),
    lineCount: z.number().int(),
    countedCount: z.number().int(),
    leftOut: z.record(z.string(), z.number().int()),
    bytes: z.number(),
    unknownPeerBytes: z.number(),
    samplingRate: z.number(),
    importedAt: Moment,
    importedBy: z.string(),
  })
  .meta({ id: "FlowImportRecord" });
export type FlowImportRecord = z.infer<typeof FlowImportRecord>;

export const NetworkDay = z
  .object({
    day: z.iso.date(),
    cluster: z.string(),
    crossZoneBytes: z.number(),
    /** All other bytes, priced or not. */
    otherBytes: z.number(),
    cost: z.number().nullable(),
    coveredHours: z.number(),
    billedBytes: z.number().nullable(),
    billedCost: z.number().nullable(),
  })
  .meta({ id: "NetworkDay" });
export type NetworkDay = z.infer<typeof NetworkDay>;

export const Network = z
  .object({
    currency: z.string(),
    timeZone: z.string(),
    /** First and last day, both included. */
    fromDay: z.iso.date(),
    toDay: z.iso.date(),
    total: z.object({
      crossZoneBytes: Figure,
      cost: Figure,
      /** Cost of the window ÷ its measured hours × 730 h, cluster by cluster. */
      costPerMonth: Figure,
      /** Of that: what routing alone could take away, by the rules of the simulator on the same window. */
      routingCostPerMonth: Figure,
      /** The newest whole day ÷ its measured hours × 730 h: what goes on now. */
      newestCostPerMonth: Figure,
      unpricedBytes: Figure,
    }),
    scopes: z.array(z.object({ scope: FlowScope, bytes: z.number(), cost: z.number().nullable() })),
    matrix: z.array(ZoneCell),
    pairs: z.array(NetworkPair),
    /** What the pairs below the list add up to; the list and this are the total. */
    rest: z.object({ pairCount: z.number().int(), crossZoneBytes: z.number(), cost: z.number().nullable() }),
    teams: z.array(
      z.object({ team: TeamName, sentBytes: z.number(), receivedBytes: z.number(), cost: z.number().nullable() }),
    ),
    fixes: z.array(NetworkFix),
    days: z.array(NetworkDay),
    steps: z.array(NetworkStep),
    sources: z.array(FlowSource),
    /** Every source that Sluice reads, in order of preference, with what it can say. */
    adapters: z.array(
      z.object({
        adapter: z.enum(["obi", "beyla", "netobserv", "coroot", "network-costs", "vpc-flow-log"]),
        declared: FlowCapability,
      }),
    ),
    prices: z.array(TrafficPrice),
    /** What the newest correction of a price row in use did to the cost of this window; `null` = none was corrected. */
    repriced: z.object({ at: Moment, costBefore: z.number().nullable(), costAfter: z.number().nullable() }).nullable(),
    estimates: z.array(CrossZoneEstimate),
    imports: z.array(FlowImportRecord),
    coverage: Coverage,
  })
  .meta({ id: "Network" });
export type Network = z.infer<typeof Network>;

const Setting = z.enum(["none", "PreferSameZone", "PreferSameNode"]);
export const SimulateQuery = z.object({
  cluster: Name,
  /** Both together name one Service; neither = every Service of the cluster. */
  namespace: Name.optional(),
  service: Name.optional(),
  setting: Setting.default("PreferSameZone"),
  /** Endpoints moved so that zones hold equal numbers. */
  spread: z.stringbool().default(false),
  ...Window,
});
export type SimulateQuery = z.infer<typeof SimulateQuery>;
export const ClusterSimulateQuery = SimulateQuery.omit({ cluster: true });

export const SimulationRisk = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("zone-without-endpoints"), zone: z.string(), clientBytes: z.number() }),
    z.object({ kind: z.literal("endpoint-without-zone"), endpoint: z.string() }),
    z.object({ kind: z.literal("uneven-load"), zone: z.string(), factor: z.number() }),
    z.object({ kind: z.literal("uneven-endpoint"), endpoint: z.string(), factor: z.number() }),
    z.object({
      kind: z.literal("zone-loss-overload"),
      lostZone: z.string(),
      factor: z.number(),
      factorNow: z.number().nullable(),
    }),
    z.object({ kind: z.literal("zone-loss-outage"), lostZone: z.string() }),
    z.object({ kind: z.literal("no-ready-endpoints") }),
  ])
  .meta({ id: "SimulationRisk" });
export type SimulationRisk = z.infer<typeof SimulationRisk>;

export const ServiceSimulation = z
  .object({
    namespace: z.string(),
    name: z.string(),
    team: TeamName,
    /** In force now, as the Service says; `null` = none. */
    setting: z.string().nullable(),
    isHeadless: z.boolean(),
    measuredCrossZoneBytes: z.number(),
    simulatedCrossZoneBytes: z.number(),
    measuredCostPerMonth: z.number().nullable(),
    simulatedCostPerMonth: z.number().nullable(),
    /** Bytes of the window that no zone is known for: in neither figure. */
    unplacedBytes: z.number(),
    zones: z.array(
      z.object({
        zone: z.string(),
        clientBytes: z.number(),
        endpointCount: z.number().int(),
        bytesBefore: z.number(),
        bytesAfter: z.number(),
        perEndpointBefore: z.number().nullable(),
        perEndpointAfter: z.number().nullable(),
        /** Fullest endpoint left when this zone is lost ÷ fullest one today, now and then; `null` = none is left. */
        lossFactorNow: z.number().nullable(),
        lossFactorAfter: z.number().nullable(),
      }),
    ),
    risks: z.array(SimulationRisk),
  })
  .meta({ id: "ServiceSimulation" });
export type ServiceSimulation = z.infer<typeof ServiceSimulation>;

export const NetworkSimulation = z
  .object({
    cluster: z.string(),
    currency: z.string(),
    setting: Setting,
    spread: z.boolean(),
    /** Hours that were measured in the window; monthly figures are bytes per such hour × 730 h. */
    coveredHours: z.number(),
    fromDay: z.iso.date(),
    toDay: z.iso.date(),
    services: z.array(ServiceSimulation),
    /** Of the cluster's cross-zone bytes: no Service stands between their ends, so nothing was simulated. */
    withoutServiceBytes: z.number(),
    measuredCostPerMonth: z.number().nullable(),
    savedCostPerMonth: z.number().nullable(),
    savedBytesPerMonth: z.number(),
  })
  .meta({ id: "NetworkSimulation" });
export type NetworkSimulation = z.infer<typeof NetworkSimulation>;

export const ServiceParams = z.object({ id: Name, namespace: Name, name: Name });
export const NetworkServiceQuery = z.object({
  ...Window,
  setting: Setting.default("PreferSameZone"),
  spread: z.stringbool().default(false),
});
export type NetworkServiceQuery = z.infer<typeof NetworkServiceQuery>;

/**
 * A routing preference held against its forecast. With `since`, the forecast is the simulator's for the traffic of up to seven
 * whole days before the change, and measured are the days after it; the day of the change counts for neither. Without, the
 * preference was there when the Service was first read, and the forecast is the simulator's for the traffic of the window.
 */
export const RoutingForecast = z
  .object({
    setting: z.string(),
    /** When a read first saw it; `null` = before the first read. */
    since: Moment.nullable(),
    before: z
      .object({
        fromDay: z.iso.date(),
        toDay: z.iso.date(),
        crossZoneBytesPerDay: z.number().nullable(),
        costPerMonth: z.number().nullable(),
      })
      .nullable(),
    forecast: z.object({
      crossZoneRatio: z.number().nullable(),
      crossZoneBytesPerDay: z.number().nullable(),
      costPerMonth: z.number().nullable(),
    }),
    measured: z.object({
      fromDay: z.iso.date(),
      toDay: z.iso.date(),
      hours: z.number(),
      crossZoneRatio: z.number().nullable(),
      crossZoneBytesPerDay: z.number().nullable(),
      costPerMonth: z.number().nullable(),
    }),
    /** Per month, before ÷ since and forecast; `null` = not yet a measured day since, or no price. */
    savedCostPerMonth: z.number().nullable(),
    forecastSavedCostPerMonth: z.number().nullable(),
  })
  .meta({ id: "RoutingForecast" });
export type RoutingForecast = z.infer<typeof RoutingForecast>;

export const NetworkService = z
  .object({
    cluster: z.string(),
    namespace: z.string(),
    name: z.string(),
    team: TeamName,
    currency: z.string(),
    timeZone: z.string(),
    fromDay: z.iso.date(),
    toDay: z.iso.date(),
    type: z.string(),
    isHeadless: z.boolean(),
    trafficDistribution: z.string().nullable(),
    topologyMode: z.string().nullable(),
    internalTrafficPolicy: z.string().nullable(),
    /** What kube-proxy does with it now: zone, or all endpoints and why. */
    effective: z.object({
      isInForce: z.boolean(),
      hintedCount: z.number().int(),
      readyCount: z.number().int(),
    }),
    endpoints: z.array(
      z.object({
        id: z.string(),
        zone: z.string().nullable(),
        nodeName: z.string().nullable(),
        isReady: z.boolean(),
        hintZones: z.array(z.string()).nullable(),
      }),
    ),
    /** Both directions of every conversation with it. */
    peers: z.array(
      z.object({
        peer: FlowPeer,
        requestBytes: z.number(),
        replyBytes: z.number(),
        crossZoneBytes: z.number(),
        cost: z.number().nullable(),
        isInferred: z.boolean(),
      }),
    ),
    matrix: z.array(z.object({ from: z.string(), to: z.string(), bytes: z.number() })),
    days: z.array(
      z.object({
        day: z.iso.date(),
        crossZoneBytes: z.number(),
        sameZoneBytes: z.number(),
        cost: z.number().nullable(),
      }),
    ),
    steps: z.array(NetworkStep),
    simulation: ServiceSimulation.nullable(),
    /** Set once the Service has a preference: what the simulator forecasts for it against what is measured since. */
    forecast: RoutingForecast.nullable(),
    manifest: z.string().nullable(),
    source: FlowSource,
    coverage: Coverage,
  })
  .meta({ id: "NetworkService" });
export type NetworkService = z.infer<typeof NetworkService>;

export const FlowLogInput = z
  .object({
    cluster: Name,
    /** The same for every part of one log: parts add to each other, and together replace what the hours held before. */
    importId: z.uuid().optional(),
    fileName: z.string().trim().min(1).max(200).default("flow log"),
    /** One line in so many was kept when the log was exported; its bytes count as many times. */
    samplingRate: z.number().min(1).max(1_000_000).default(1),
    text: z.string().min(1).max(1_000_000),
  })
  .meta({ id: "FlowLogInput" });
export type FlowLogInput = z.infer<typeof FlowLogInput>;
export const FlowLogImport = z
  .object({
    record: FlowImportRecord,
    /** Hours that now hold this import; what an earlier one had put there is gone. */
    hourCount: z.number().int(),
    unreadable: z.array(z.object({ lineNumber: z.number().int(), why: z.string() })),
  })
  .meta({ id: "FlowLogImport" });
export type FlowLogImport = z.infer<typeof FlowLogImport>;

export const BillImportInput = z
  .object({ cluster: Name, csv: z.string().min(1).max(900_000) })
  .meta({ id: "BillImportInput" });
export type BillImportInput = z.infer<typeof BillImportInput>;
export const BillImport = z
  .object({
    saved: z.number().int(),
    skippedCount: z.number().int(),
    skipped: z.array(z.object({ lineNumber: z.number().int(), why: z.string() })),
  })
  .meta({ id: "BillImport" });
export type BillImport = z.infer<typeof BillImport>;
