import { Coverage, Figure, FleetFilter, Moment, TeamName } from "./common.ts";
import { z } from "./zod.ts";

const Name = z.string().min(1).max(253);
const Language = z.enum(["en", "zh"]).default("en");

/** Whole days of the billing time zone, today's begun one included. */
const Window = { days: z.coerce.number().int().min(1).max(90).default(30) };
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

/** Where a cluster's flows come from and what that source can say. */
export const FlowSource = z
  .object({
    cluster: z.string(),
    state: z.enum(["measured", "no-zones", "none"]),
    /** Why nothing is there, when nothing is. */
    reason: z.enum(["no-flow-source", "prometheus-unreachable", "not-yet-read"]).nullable(),
    adapter: z.string().nullable(),
    capability: z.enum(["pair-with-zones", "pair", "source-only"]).nullable(),
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
      /** The newest whole day, times 730 hours. */
      costPerMonth: Figure,
      /** Of the run-rate: what routing alone could take away. */
      routingCostPerMonth: Figure,
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
    prices: z.array(TrafficPrice),
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
  days: z.coerce.number().int().min(1).max(90).default(7),
});
export type SimulateQuery = z.infer<typeof SimulateQuery>;
export const ClusterSimulateQuery = SimulateQuery.omit({ cluster: true });

export const SimulationRisk = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("zone-without-endpoints"), zone: z.string(), clientBytes: z.number() }),
    z.object({ kind: z.literal("endpoint-without-zone"), endpoint: z.string() }),
    z.object({ kind: z.literal("uneven-load"), zone: z.string(), factor: z.number() }),
    z.object({ kind: z.literal("zone-loss-overload"), lostZone: z.string(), factor: z.number() }),
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
    services: z.array(ServiceSimulation),
    savedCostPerMonth: z.number().nullable(),
    savedBytesPerMonth: z.number(),
  })
  .meta({ id: "NetworkSimulation" });
export type NetworkSimulation = z.infer<typeof NetworkSimulation>;

export const ServiceParams = z.object({ id: Name, namespace: Name, name: Name });
export const NetworkServiceQuery = z.object({
  days: z.coerce.number().int().min(1).max(90).default(30),
  setting: Setting.default("PreferSameZone"),
  spread: z.stringbool().default(false),
});
export type NetworkServiceQuery = z.infer<typeof NetworkServiceQuery>;

export const NetworkService = z
  .object({
    cluster: z.string(),
    namespace: z.string(),
    name: z.string(),
    team: TeamName,
    currency: z.string(),
    timeZone: z.string(),
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
    /** Set once a preference is in force: what the simulator forecasts for it against what is measured. */
    forecast: z
      .object({
        setting: z.string(),
        forecastCrossZoneRatio: z.number().nullable(),
        measuredCrossZoneRatio: z.number().nullable(),
      })
      .nullable(),
    manifest: z.string().nullable(),
    source: FlowSource,
    coverage: Coverage,
  })
  .meta({ id: "NetworkService" });
export type NetworkService = z.infer<typeof NetworkService>;

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
