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
  /**
   * Load of the fullest endpoint left when this zone is lost ÷ that of the fullest one today: as endpoints are hinted now, and as
   * the scenario would have them. Null = no endpoint is left, or nothing was measured.
   */
  readonly lossFactorNow: number | null;
  readonly lossFactorAfter: number | null;
};
export type SimulationRisk =
  | { readonly kind: "zone-without-endpoints"; readonly zone: string; readonly clientBytes: number }
  | { readonly kind: "endpoint-without-zone"; readonly endpoint: string }
  | { readonly kind: "uneven-load"; readonly zone: string; readonly factor: number }
  | { readonly kind: "uneven-endpoint"; readonly endpoint: string; readonly factor: number }
  | {
      readonly kind: "zone-loss-overload";
      readonly lostZone: string;
      readonly factor: number;
      readonly factorNow: number | null;
    }
  | { readonly kind: "zone-loss-outage"; readonly lostZone: string }
  | { readonly kind: "no-ready-endpoints" };

/** Above this multiple of the mean load per endpoint, a zone's endpoints are called overloaded. */
const UNEVEN_FACTOR = 1.5;
/** What a zone's loss does already today is no risk of the change; this much more is. */
const WORSE_FACTOR = 1.1;

/**
 * What a routing setting would do to a Service's measured traffic.
 *
 * Basis: every client zone keeps the bytes that it sent and received; only their distribution over endpoints changes, evenly over
 * the endpoints that kube-proxy would choose. Clients for whom kube-proxy chooses among all endpoints, now and then, keep what was
 * measured: the setting changes nothing for them, and endpoints may have stood elsewhere in the window. Long-lived connections move only when they are opened anew, so the figure is the
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
  if (ready.length === 0) risks.push({ kind: "no-ready-endpoints" });
  const routed =
    ready.length === 0
      ? null
      : distributeByRouting(flows, hinted, scenario.spreadOverZones === null ? endpoints : null);
  const after = routed?.pairs ?? before;

  const loads = zoneLoads(flows, ready, before, after);
  const losses = ready.length === 0 ? null : zoneLosses(flows, endpoints, hinted, loads);
  const zones = loads.map((load) => ({
    ...load,
    lossFactorNow: losses?.get(load.zone)?.now ?? null,
    lossFactorAfter: losses?.get(load.zone)?.after ?? null,
  }));
  if (routed !== null) {
    for (const zone of zones) {
      if (scenario.setting !== null && zone.endpointCount === 0 && zone.clientBytes > 0) {
        risks.push({ kind: "zone-without-endpoints", zone: zone.zone, clientBytes: zone.clientBytes });
      }
    }
    for (const endpoint of ready)
      if (endpoint.zone === null) risks.push({ kind: "endpoint-without-zone", endpoint: endpoint.id });
    const mean = zones.reduce((sum, zone) => sum + zone.bytesAfter, 0) / ready.length;
    const over = (bytes: number | null) => (mean > 0 && bytes !== null ? bytes / mean : 0);
    for (const { zone, perEndpointAfter } of zones) {
      if (over(perEndpointAfter) > UNEVEN_FACTOR)
        risks.push({ kind: "uneven-load", zone, factor: over(perEndpointAfter) });
    }
    const fullest = fullestOf(routed.endpoints);
    if (
      scenario.setting === "PreferSameNode" &&
      fullest !== null &&
      over(fullest.bytes) > UNEVEN_FACTOR &&
      over(fullest.bytes) > WORSE_FACTOR * Math.max(0, ...zones.map((zone) => over(zone.perEndpointAfter)))
    ) {
      risks.push({ kind: "uneven-endpoint", endpoint: fullest.id, factor: over(fullest.bytes) });
    }
    for (const zone of zones) {
      const loss = losses?.get(zone.zone);
      if (loss === undefined) continue;
      if (loss.isOutage) risks.push({ kind: "zone-loss-outage", lostZone: zone.zone });
      else if (loss.after !== null && loss.after > UNEVEN_FACTOR && loss.after > WORSE_FACTOR * (loss.now ?? 0))
        risks.push({ kind: "zone-loss-overload", lostZone: zone.zone, factor: loss.after, factorNow: loss.now });
    }
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

function distributeByRouting(
  flows: readonly ServiceFlow[],
  endpoints: readonly RoutedEndpoint[],
  /** The endpoints as they are hinted now: clients for whom nothing changes keep their measured bytes. Null = all are distributed. */
  today: readonly RoutedEndpoint[] | null,
): { readonly pairs: PairBytes; readonly endpoints: ReadonlyMap<string, number> } {
  const pairs: PairBytes = new Map();
  const perEndpoint = new Map<string, number>();
  const selections = new Map<string, { readonly endpoints: readonly RoutedEndpoint[]; readonly isKept: boolean }>();
  const ready = endpoints.filter((endpoint) => endpoint.isReady);
  const load = (list: readonly RoutedEndpoint[], bytes: number) => {
    for (const { id } of list) perEndpoint.set(id, (perEndpoint.get(id) ?? 0) + bytes / list.length);
  };
  for (const flow of flows) {
    const client = { zone: flow.clientZone, nodeName: flow.clientNode };
    const key = `${flow.clientZone}\u0000${flow.clientNode ?? ""}`;
    let selection = selections.get(key);
    if (selection === undefined) {
      const then = selectEndpoints(endpoints, client);
      const isKept = today !== null && then.by === "cluster" && selectEndpoints(today, client).by === "cluster";
      selection = { endpoints: then.endpoints, isKept };
      selections.set(key, selection);
    }
    const { endpoints: selected } = selection;
    const bytes = flow.requestBytes + flow.replyBytes;
    if (selection.isKept) {
      const there = ready.filter((endpoint) => endpoint.zone === flow.endpointZone);
      load(there.length === 0 ? ready : there, bytes);
      add(pairs, flow.clientZone, flow.endpointZone, flow.requestBytes, flow.replyBytes);
      continue;
    }
    load(selected, bytes);
    const share = 1 / selected.length;
    for (const endpoint of selected) {
      // An endpoint without a zone cannot be placed in the matrix; its bytes stay where they were measured.
      add(
        pairs,
        flow.clientZone,
        endpoint.zone ?? flow.endpointZone,
        flow.requestBytes * share,
        flow.replyBytes * share,
      );
    }
  }
  return { pairs, endpoints: perEndpoint };
}

function fullestOf(endpoints: ReadonlyMap<string, number>): { readonly id: string; readonly bytes: number } | null {
  let fullest: { id: string; bytes: number } | null = null;
  for (const [id, bytes] of endpoints) if (fullest === null || bytes > fullest.bytes) fullest = { id, bytes };
  return fullest;
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
): Omit<ZoneLoad, "lossFactorNow" | "lossFactorAfter">[] {
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

type ZoneLoss = { readonly now: number | null; readonly after: number | null; readonly isOutage: boolean };

/**
 * What each zone's loss does to the endpoints that are left. Basis: the zone's endpoints go; what its clients did goes on from the
 * other zones, in proportion to what their clients do (in equal parts, where there are none) – a load balancer in front moves
 * readers, it does not lose them.
 */
function zoneLosses(
  flows: readonly ServiceFlow[],
  today: readonly RoutedEndpoint[],
  hinted: readonly RoutedEndpoint[],
  zones: readonly Omit<ZoneLoad, "lossFactorNow" | "lossFactorAfter">[],
): Map<string, ZoneLoss> {
  const fullestNow = Math.max(0, ...zones.map((zone) => zone.perEndpointBefore ?? 0));
  const losses = new Map<string, ZoneLoss>();
  for (const { zone: lost, endpointCount } of zones) {
    if (endpointCount === 0) continue;
    const moved = withoutZone(
      flows,
      lost,
      zones.map((zone) => zone.zone),
    );
    const factor = (endpoints: readonly RoutedEndpoint[]) => {
      const left = endpoints.filter((endpoint) => endpoint.zone !== lost);
      if (!left.some((endpoint) => endpoint.isReady)) return null;
      const fullest = fullestOf(distributeByRouting(moved, left, null).endpoints);
      return fullestNow > 0 && fullest !== null ? fullest.bytes / fullestNow : null;
    };
    const isOutage = !hinted.some((endpoint) => endpoint.isReady && endpoint.zone !== lost);
    losses.set(lost, { now: factor(today), after: factor(hinted), isOutage: isOutage && flows.length > 0 });
  }
  return losses;
}

function withoutZone(flows: readonly ServiceFlow[], lost: string, zones: readonly string[]): ServiceFlow[] {
  const left = flows.filter((flow) => flow.clientZone !== lost);
  const bytes = (list: readonly ServiceFlow[]) =>
    list.reduce((sum, flow) => sum + flow.requestBytes + flow.replyBytes, 0);
  const remaining = bytes(left);
  const gone = bytes(flows) - remaining;
  if (gone === 0) return left;
  if (remaining > 0) {
    const factor = 1 + gone / remaining;
    return left.map((flow) => ({
      ...flow,
      requestBytes: flow.requestBytes * factor,
      replyBytes: flow.replyBytes * factor,
    }));
  }
  const others = zones.filter((zone) => zone !== lost);
  return others.map((zone) => ({
    clientZone: zone,
    clientNode: null,
    endpointZone: zone,
    requestBytes: gone / others.length,
    replyBytes: 0,
  }));
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
