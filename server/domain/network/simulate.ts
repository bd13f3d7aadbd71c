import { type RoutedEndpoint, selectEndpoints, type TrafficDistribution, withHints } from "./routing.ts";

/** Bytes of one Service in one window, from clients of one zone (and node, where the source says it) to endpoints of one zone. */
export type ServiceFlow = {
  readonly clientZone: string;
  readonly clientNode: string | null;
  readonly endpointZone: string;
  readonly requestBytes: number;
  /** Bytes of the answers, from the endpoint's zone back to the client's. */
  readonly replyBytes: number;
};

export type ServiceScenario = {
  readonly setting: TrafficDistribution;
  /** Endpoints are moved so that zones hold equal numbers, as a topology spread constraint would place them. */
  readonly spreadOverZones: readonly string[] | null;
};

/** Cost of bytes that leave one zone for another, both charged ends together; null = no price. */
export type PairPrice = (fromZone: string, toZone: string) => number | null;

export type Simulation = {
  readonly measuredCrossZoneBytes: number;
  readonly simulatedCrossZoneBytes: number;
  /** Cost of the window; null when a pair that carries bytes has no price. */
  readonly measuredCost: number | null;
  readonly simulatedCost: number | null;
  readonly zones: readonly ZoneLoad[];
  readonly risks: readonly SimulationRisk[];
};
export type ZoneLoad = {
  readonly zone: string;
  readonly clientBytes: number;
  readonly endpointCount: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Bytes per ready endpoint of the zone; null without endpoints. */
  readonly perEndpointBefore: number | null;
  readonly perEndpointAfter: number | null;
};
export type SimulationRisk =
  | { readonly kind: "zone-without-endpoints"; readonly zone: string; readonly clientBytes: number }
  | { readonly kind: "endpoint-without-zone"; readonly endpoint: string }
  | { readonly kind: "uneven-load"; readonly zone: string; readonly factor: number }
  | { readonly kind: "zone-loss-overload"; readonly lostZone: string; readonly factor: number }
  | { readonly kind: "no-ready-endpoints" };

/** Above this multiple of the mean load per endpoint, a zone's endpoints are called overloaded. */
const UNEVEN_FACTOR = 1.5;

/**
 * What a routing setting would do to a Service's measured traffic.
 *
 * Basis: every client zone keeps the bytes that it sent and received; only their distribution over endpoints changes, evenly over
 * the endpoints that kube-proxy would choose. Long-lived connections move only when they are opened anew, so the figure is the
 * state after they have been.
 * Unit: bytes of the window, cost in the currency of `price`.
 * Errors: none; no ready endpoint keeps the traffic as measured and says so as a risk.
 */
export function simulateService(
  flows: readonly ServiceFlow[],
  endpoints: readonly RoutedEndpoint[],
  scenario: ServiceScenario,
  price: PairPrice,
): Simulation {
  const risks: SimulationRisk[] = [];
  const placed = scenario.spreadOverZones === null ? endpoints : spread(endpoints, scenario.spreadOverZones);
  const hinted = withHints(placed, scenario.setting);
  const ready = hinted.filter((endpoint) => endpoint.isReady);
  const before = distributeAsMeasured(flows);
  let after = before;
  if (ready.length === 0) risks.push({ kind: "no-ready-endpoints" });
  else after = distributeByRouting(flows, hinted);

  const zones = zoneLoads(flows, ready, before, after);
  if (ready.length > 0) {
    for (const zone of zones) {
      if (scenario.setting !== null && zone.endpointCount === 0 && zone.clientBytes > 0) {
        risks.push({ kind: "zone-without-endpoints", zone: zone.zone, clientBytes: zone.clientBytes });
      }
    }
    for (const endpoint of ready)
      if (endpoint.zone === null) risks.push({ kind: "endpoint-without-zone", endpoint: endpoint.id });
    const mean = zones.reduce((sum, zone) => sum + zone.bytesAfter, 0) / ready.length;
    for (const zone of zones) {
      const factor = mean > 0 && zone.perEndpointAfter !== null ? zone.perEndpointAfter / mean : 0;
      if (factor > UNEVEN_FACTOR) risks.push({ kind: "uneven-load", zone: zone.zone, factor });
    }
    risks.push(...zoneLossRisks(flows, hinted, zones));
  }
  return {
    measuredCrossZoneBytes: crossZoneBytes(before),
    simulatedCrossZoneBytes: crossZoneBytes(after),
    measuredCost: cost(before, price),
    simulatedCost: cost(after, price),
    zones,
    risks,
  };
}

/** (client zone, endpoint zone) → bytes there and back. */
type PairBytes = Map<string, { clientZone: string; endpointZone: string; requestBytes: number; replyBytes: number }>;

function add(
  pairs: PairBytes,
  clientZone: string,
  endpointZone: string,
  requestBytes: number,
  replyBytes: number,
): void {
  const key = `${clientZone}\u0000${endpointZone}`;
  const pair = pairs.get(key);
  if (pair === undefined) pairs.set(key, { clientZone, endpointZone, requestBytes, replyBytes });
  else {
    pair.requestBytes += requestBytes;
    pair.replyBytes += replyBytes;
  }
}

function distributeAsMeasured(flows: readonly ServiceFlow[]): PairBytes {
  const pairs: PairBytes = new Map();
  for (const flow of flows) add(pairs, flow.clientZone, flow.endpointZone, flow.requestBytes, flow.replyBytes);
  return pairs;
}

function distributeByRouting(flows: readonly ServiceFlow[], endpoints: readonly RoutedEndpoint[]): PairBytes {
  const pairs: PairBytes = new Map();
  const selections = new Map<string, readonly RoutedEndpoint[]>();
  for (const flow of flows) {
    const key = `${flow.clientZone}\u0000${flow.clientNode ?? ""}`;
    let selected = selections.get(key);
    if (selected === undefined) {
      selected = selectEndpoints(endpoints, { zone: flow.clientZone, nodeName: flow.clientNode }).endpoints;
      selections.set(key, selected);
    }
    for (const endpoint of selected) {
      // An endpoint without a zone cannot be placed in the matrix; its bytes stay where they were measured.
      add(
        pairs,
        flow.clientZone,
        endpoint.zone ?? flow.endpointZone,
        flow.requestBytes / selected.length,
        flow.replyBytes / selected.length,
      );
    }
  }
  return pairs;
}

function crossZoneBytes(pairs: PairBytes): number {
  let sum = 0;
  for (const pair of pairs.values())
    if (pair.clientZone !== pair.endpointZone) sum += pair.requestBytes + pair.replyBytes;
  return sum;
}

function cost(pairs: PairBytes, price: PairPrice): number | null {
  let sum = 0;
  for (const pair of pairs.values()) {
    if (pair.clientZone === pair.endpointZone) continue;
    const there = price(pair.clientZone, pair.endpointZone);
    const back = price(pair.endpointZone, pair.clientZone);
    if ((there === null && pair.requestBytes > 0) || (back === null && pair.replyBytes > 0)) return null;
    sum += pair.requestBytes * (there ?? 0) + pair.replyBytes * (back ?? 0);
  }
  return sum;
}

function zoneLoads(
  flows: readonly ServiceFlow[],
  ready: readonly RoutedEndpoint[],
  before: PairBytes,
  after: PairBytes,
): ZoneLoad[] {
  const names = new Set<string>();
  for (const flow of flows) names.add(flow.clientZone).add(flow.endpointZone);
  for (const endpoint of ready) if (endpoint.zone !== null) names.add(endpoint.zone);
  const landed = (pairs: PairBytes, zone: string) => {
    let sum = 0;
    for (const pair of pairs.values()) if (pair.endpointZone === zone) sum += pair.requestBytes + pair.replyBytes;
    return sum;
  };
  return [...names].sort().map((zone) => {
    const endpointCount = ready.filter((endpoint) => endpoint.zone === zone).length;
    const bytesBefore = landed(before, zone);
    const bytesAfter = landed(after, zone);
    let clientBytes = 0;
    for (const flow of flows) if (flow.clientZone === zone) clientBytes += flow.requestBytes + flow.replyBytes;
    return {
      zone,
      clientBytes,
      endpointCount,
      bytesBefore,
      bytesAfter,
      perEndpointBefore: endpointCount === 0 ? null : bytesBefore / endpointCount,
      perEndpointAfter: endpointCount === 0 ? null : bytesAfter / endpointCount,
    };
  });
}

/** When a whole zone goes (its clients with it), the rest must carry what its endpoints served for others. */
function zoneLossRisks(
  flows: readonly ServiceFlow[],
  endpoints: readonly RoutedEndpoint[],
  zones: readonly ZoneLoad[],
): SimulationRisk[] {
  const risks: SimulationRisk[] = [];
  for (const { zone: lostZone } of zones) {
    const left = endpoints.filter((endpoint) => endpoint.zone !== lostZone);
    const ready = left.filter((endpoint) => endpoint.isReady);
    const remaining = flows.filter((flow) => flow.clientZone !== lostZone);
    if (ready.length === 0 || remaining.length === 0 || ready.length === endpoints.length) continue;
    const pairs = distributeByRouting(remaining, left);
    const loads = zoneLoads(remaining, ready, pairs, pairs);
    let worst = 0;
    for (const load of loads) {
      const before = zones.find((zone) => zone.zone === load.zone)?.perEndpointAfter ?? null;
      if (load.perEndpointAfter !== null && before !== null && before > 0)
        worst = Math.max(worst, load.perEndpointAfter / before);
    }
    if (worst > UNEVEN_FACTOR) risks.push({ kind: "zone-loss-overload", lostZone, factor: worst });
  }
  return risks;
}

/** Endpoints reassigned to zones in turn, so that the numbers per zone differ by at most one. Nodes are then unknown. */
function spread(endpoints: readonly RoutedEndpoint[], zones: readonly string[]): RoutedEndpoint[] {
  if (zones.length === 0) return [...endpoints];
  let next = 0;
  return endpoints.map((endpoint) => {
    if (!endpoint.isReady) return endpoint;
    const zone = zones[next % zones.length] ?? null;
    next += 1;
    return zone === endpoint.zone ? endpoint : { ...endpoint, zone, nodeName: null };
  });
}
