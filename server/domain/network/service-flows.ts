import type { EndpointSliceFacts, ServiceFacts } from "../snapshot.ts";
import type { RoutedEndpoint, TrafficDistribution } from "./routing.ts";
import { selectEndpoints } from "./routing.ts";
import type { ServiceFlow } from "./simulate.ts";

export type WorkloadEnd = { readonly namespace: string; readonly kind: string; readonly name: string };
/** Bytes of a window from one workload in one zone to another; zones are empty where not known. */
export type FlowCell = {
  readonly source: WorkloadEnd;
  readonly target: WorkloadEnd;
  readonly sourceZone: string;
  readonly targetZone: string;
  readonly scope: string;
  readonly bytes: number;
  /** Charges of both ends; `null` = no price. Left out = not asked for. */
  readonly cost?: number | null;
};
/** A Service with the endpoints behind it and the workloads that they belong to. */
export type RoutedService = {
  readonly service: ServiceFacts;
  readonly endpoints: readonly RoutedEndpoint[];
  readonly workloads: readonly string[];
};
export type PodPlace = {
  readonly namespace: string;
  readonly pod: string;
  readonly kind: string;
  readonly name: string;
};

export function endKey(end: WorkloadEnd): string {
  return `${end.namespace}/${end.kind}/${end.name}`;
}

/** Services with their endpoints, by the names of the pods in their slices. Endpoints listed in two slices (both IP families) count once. */
export function routeServices(
  services: readonly ServiceFacts[],
  slices: readonly EndpointSliceFacts[],
  pods: readonly PodPlace[],
): RoutedService[] {
  const owners = new Map(pods.map((place) => [`${place.namespace}/${place.pod}`, endKey(place)]));
  const byService = Map.groupBy(
    slices.filter((slice) => slice.serviceName !== null),
    (slice) => `${slice.namespace}/${slice.serviceName}`,
  );
  return services.map((service) => {
    const endpoints = new Map<string, RoutedEndpoint>();
    const workloads = new Set<string>();
    for (const slice of byService.get(`${service.namespace}/${service.name}`) ?? []) {
      for (const facts of slice.endpoints) {
        const id = facts.podName ?? facts.addresses[0] ?? "";
        const { isReady, zone, nodeName, hintZones, hintNodes } = facts;
        endpoints.set(id, { id, zone, nodeName, isReady, hintZones, hintNodes });
        const owner = facts.podName === null ? undefined : owners.get(`${service.namespace}/${facts.podName}`);
        if (owner !== undefined) workloads.add(owner);
      }
    }
    return { service, endpoints: [...endpoints.values()], workloads: [...workloads].sort() };
  });
}

/** The Service of each workload: the one with a cluster address, then the one with most endpoints, then by name. */
export function serviceByWorkload(services: readonly RoutedService[]): Map<string, RoutedService> {
  const found = new Map<string, RoutedService>();
  const rank = (one: RoutedService) => (one.service.isHeadless ? 0 : 1e6) + one.endpoints.length;
  for (const one of services) {
    for (const workload of one.workloads) {
      const before = found.get(workload);
      if (
        before === undefined ||
        rank(one) > rank(before) ||
        (rank(one) === rank(before) && one.service.name < before.service.name)
      )
        found.set(workload, one);
    }
  }
  return found;
}

/** Which end of a pair serves. `inferred`: both ends stand behind Services, and the one that sends more is taken for the server. */
export type PairService = {
  readonly server: WorkloadEnd;
  readonly client: WorkloadEnd;
  readonly routed: RoutedService;
  readonly isInferred: boolean;
};

/**
 * The Service that a pair of workloads talks through.
 *
 * Basis: the end behind a Service serves; when both are, answers are taken to be larger than requests, so the end that sends
 * more serves, and the result says that this was inferred. Errors: none; `null` = neither end is behind a Service.
 */
export function pairService(
  source: WorkloadEnd,
  target: WorkloadEnd,
  bytesThere: number,
  bytesBack: number,
  services: ReadonlyMap<string, RoutedService>,
): PairService | null {
  const ofSource = services.get(endKey(source));
  const ofTarget = services.get(endKey(target));
  if (endKey(source) === endKey(target)) return null;
  if (ofSource !== undefined && ofTarget !== undefined) {
    const sourceServes = bytesThere > bytesBack || (bytesThere === bytesBack && endKey(source) < endKey(target));
    return sourceServes
      ? { server: source, client: target, routed: ofSource, isInferred: true }
      : { server: target, client: source, routed: ofTarget, isInferred: true };
  }
  if (ofTarget !== undefined) return { server: target, client: source, routed: ofTarget, isInferred: false };
  return ofSource === undefined ? null : { server: source, client: target, routed: ofSource, isInferred: false };
}

export type ServiceTraffic = {
  readonly routed: RoutedService;
  readonly flows: readonly ServiceFlow[];
  /** Bytes with an unknown zone: in no simulation. */
  readonly unplacedBytes: number;
  readonly totalBytes: number;
  readonly isInferred: boolean;
  /** What was charged for the bytes from one zone to another; by `zonePair`. */
  readonly charges: ReadonlyMap<string, { readonly bytes: number; readonly cost: number | null }>;
};

/** Nodes of a zone on which a workload has pods; empty = not known. */
export type NodesOf = (end: WorkloadEnd, zone: string) => readonly string[];

export function zonePair(fromZone: string, toZone: string): string {
  return `${fromZone}\u0000${toZone}`;
}

/**
 * Measured cells → the traffic of each Service, as the simulator takes it. Every cell goes to one Service or to none, so no byte
 * is counted twice. Sources tell zones, not nodes: with `nodesOf`, a client's bytes are taken to come evenly from its nodes in the
 * zone. Unit: bytes of the window.
 */
export function toServiceTraffic(
  cells: readonly FlowCell[],
  services: ReadonlyMap<string, RoutedService>,
  nodesOf?: NodesOf,
): Map<RoutedService, ServiceTraffic> {
  const between = directedBytes(cells);
  const found = new Map<
    RoutedService,
    {
      flows: Map<string, ServiceFlow>;
      charges: Map<string, { bytes: number; cost: number | null }>;
      unplacedBytes: number;
      totalBytes: number;
      isInferred: boolean;
    }
  >();
  for (const cell of cells) {
    const there = between.get(pairKey(cell.source, cell.target)) ?? 0;
    const back = between.get(pairKey(cell.target, cell.source)) ?? 0;
    const pair = pairService(cell.source, cell.target, there, back, services);
    if (pair === null) continue;
    const known = found.get(pair.routed) ?? {
      flows: new Map(),
      charges: new Map(),
      unplacedBytes: 0,
      totalBytes: 0,
      isInferred: false,
    };
    found.set(pair.routed, known);
    known.totalBytes += cell.bytes;
    known.isInferred ||= pair.isInferred;
    if (cell.sourceZone === "" || cell.targetZone === "") {
      known.unplacedBytes += cell.bytes;
      continue;
    }
    const isRequest = endKey(pair.server) === endKey(cell.target);
    const [clientZone, endpointZone] = isRequest
      ? [cell.sourceZone, cell.targetZone]
      : [cell.targetZone, cell.sourceZone];
    const charge = known.charges.get(zonePair(cell.sourceZone, cell.targetZone)) ?? { bytes: 0, cost: 0 };
    const cost = cell.cost === undefined ? null : cell.cost;
    known.charges.set(zonePair(cell.sourceZone, cell.targetZone), {
      bytes: charge.bytes + cell.bytes,
      cost: charge.cost === null || cost === null ? null : charge.cost + cost,
    });
    const nodes = nodesOf?.(pair.client, clientZone) ?? [];
    const parts = Math.max(1, nodes.length);
    for (const clientNode of nodes.length === 0 ? [null] : nodes) {
      const key = `${clientZone}\u0000${endpointZone}\u0000${clientNode ?? ""}`;
      const before = known.flows.get(key);
      known.flows.set(key, {
        clientZone,
        clientNode,
        endpointZone,
        requestBytes: (before?.requestBytes ?? 0) + (isRequest ? cell.bytes / parts : 0),
        replyBytes: (before?.replyBytes ?? 0) + (isRequest ? 0 : cell.bytes / parts),
      });
    }
  }
  return new Map(
    [...found].map(([routed, { flows, ...rest }]) => [routed, { routed, flows: [...flows.values()], ...rest }]),
  );
}

export function pairKey(source: WorkloadEnd, target: WorkloadEnd): string {
  return `${endKey(source)}>${endKey(target)}`;
}

/** All bytes from one workload to another, whatever the zones. */
export function directedBytes(cells: readonly FlowCell[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const cell of cells) {
    const key = pairKey(cell.source, cell.target);
    sums.set(key, (sums.get(key) ?? 0) + cell.bytes);
  }
  return sums;
}

export type FixKind = "routing" | "placement" | "none";
export type FixReason =
  | "not-set"
  | "hints-missing"
  | "zone-without-endpoints"
  | "single-endpoint"
  | "no-service"
  | "already-preferred"
  | "headless"
  | "endpoint-without-zone"
  | "no-ready-endpoints"
  | "outside";
export type Fix = { readonly kind: FixKind; readonly reason: FixReason };

/** The setting of a Service in one word; unknown values are no preference. */
export function settingOf(service: ServiceFacts): TrafficDistribution {
  const { trafficDistribution: value } = service;
  return value === "PreferClose" || value === "PreferSameZone" || value === "PreferSameNode" ? value : null;
}

/** How many ready endpoints carry hints, and whether kube-proxy would use them in every zone that has an endpoint. */
export function hintState(endpoints: readonly RoutedEndpoint[]): {
  hinted: number;
  ready: number;
  isEffective: boolean;
} {
  const ready = endpoints.filter((endpoint) => endpoint.isReady);
  const hinted = ready.filter((endpoint) => (endpoint.hintZones?.length ?? 0) > 0);
  const isEffective =
    ready.length > 0 &&
    ready.every((endpoint) => selectEndpoints(endpoints, { zone: endpoint.zone, nodeName: null }).by === "zone");
  return { hinted: hinted.length, ready: ready.length, isEffective };
}

/**
 * What could keep the bytes of one cell in their zone.
 *
 * routing – the client's zone has a ready endpoint, and the Service does not prefer it (or prefers it and its hints are missing);
 * placement – no endpoint where the clients are (or one in all, elsewhere), or no Service that could choose;
 * none – the preference is in force already, clients choose endpoints themselves (headless), or the peer is outside.
 */
export function fixOf(pair: PairService | null, clientZone: string, isKnownPeer: boolean): Fix {
  if (!isKnownPeer || clientZone === "") return { kind: "none", reason: "outside" };
  if (pair === null) return { kind: "placement", reason: "no-service" };
  const { service, endpoints } = pair.routed;
  if (service.isHeadless) return { kind: "none", reason: "headless" };
  const ready = endpoints.filter((endpoint) => endpoint.isReady);
  if (ready.length === 0) return { kind: "none", reason: "no-ready-endpoints" };
  if (!ready.some((endpoint) => endpoint.zone === clientZone))
    return { kind: "placement", reason: ready.length === 1 ? "single-endpoint" : "zone-without-endpoints" };
  if (ready.some((endpoint) => endpoint.zone === null)) return { kind: "none", reason: "endpoint-without-zone" };
  if (settingOf(service) === null) return { kind: "routing", reason: "not-set" };
  return hintState(endpoints).isEffective
    ? { kind: "none", reason: "already-preferred" }
    : { kind: "routing", reason: "hints-missing" };
}
