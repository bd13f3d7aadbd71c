import type { NetworkSimulation, ServiceSimulation, SimulateQuery } from "../contract/network.ts";
import { bothEnds, priceFlow } from "../domain/network/price-flows.ts";
import type { TrafficDistribution } from "../domain/network/routing.ts";
import {
  endKey,
  hintState,
  type RoutedService,
  type ServiceTraffic,
  settingOf,
  zonePair,
} from "../domain/network/service-flows.ts";
import { type PairPrice, simulateService } from "../domain/network/simulate.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";
import { RUN_RATE_HOURS_PER_MONTH } from "./figures.ts";
import type { NetworkBase } from "./network-base.ts";
import type { ClusterServices } from "./network-flows.ts";

/** Price of a byte from one zone to another on the window's last day, both ends. */
export function pairPrice(base: NetworkBase, cluster: ClusterRow): PairPrice {
  const on = base.days.at(-1) ?? "";
  const known = new Map<string, number | null>();
  return (from, to) => {
    const key = zonePair(from, to);
    const kept = known.get(key);
    if (kept !== undefined) return kept;
    const place = (zone: string) => ({ zone, region: base.regionOf(cluster.id, zone) });
    const question = { provider: cluster.provider, region: null, from: place(from), to: place(to), on };
    const price = bothEnds(priceFlow({ ...question, scope: "cross-zone" }, base.book));
    known.set(key, price);
    return price;
  };
}

/**
 * What the window charged this Service for a byte between two zones; where it had none of them, the price of the last day. So the
 * measured cost is the page's to the cent, also when a price changed within the window.
 */
function chargedPrice({ charges }: ServiceTraffic, listed: PairPrice): PairPrice {
  return (from, to) => {
    const charge = charges.get(zonePair(from, to));
    if (charge === undefined || charge.bytes === 0) return listed(from, to);
    return charge.cost === null ? null : charge.cost / charge.bytes;
  };
}

export function toSetting(setting: SimulateQuery["setting"]): TrafficDistribution {
  return setting === "none" ? null : setting;
}

/** The team that owns a Service: that of the workload behind it. */
export function serviceTeam(routed: RoutedService, { teamOf }: ClusterServices): string | null {
  const team = routed.workloads.map((workload) => teamOf.get(workload) ?? "").find((name) => name !== "");
  return team ?? null;
}

/** PreferClose is the older word for PreferSameZone. */
function isSame(one: TrafficDistribution, other: TrafficDistribution): boolean {
  const word = (setting: TrafficDistribution) => (setting === "PreferClose" ? "PreferSameZone" : setting);
  return one !== null && word(one) === word(other);
}

/** What a setting would do to one Service; money per month of 730 hours at the traffic of the measured hours. */
export function simulate(
  traffic: ServiceTraffic,
  services: ClusterServices,
  options: {
    readonly setting: TrafficDistribution;
    readonly spread: boolean;
    readonly coveredHours: number;
    readonly isForecast?: boolean;
  },
  price: PairPrice,
): ServiceSimulation {
  const { routed, flows } = traffic;
  const zones = [
    ...new Set([
      ...flows.map((flow) => flow.clientZone),
      ...routed.endpoints.flatMap((endpoint) => (endpoint.zone === null ? [] : [endpoint.zone])),
    ]),
  ].sort();
  // A preference changes nothing for a headless Service: its clients get all addresses and choose themselves.
  const isHeadless = routed.service.isHeadless;
  const result = simulateService(
    flows,
    routed.endpoints,
    { setting: isHeadless ? null : options.setting, spreadOverZones: options.spread ? zones : null },
    chargedPrice(traffic, price),
  );
  // A preference that is in force already saves nothing more, whatever the rules would have it do.
  const isInForce =
    !options.isForecast &&
    isSame(settingOf(routed.service), options.setting) &&
    hintState(routed.endpoints).isEffective;
  const keepsMeasured = isHeadless || ((options.setting === null || isInForce) && !options.spread);
  const perMonth = (cost: number | null) =>
    cost === null || options.coveredHours === 0 ? null : (cost / options.coveredHours) * RUN_RATE_HOURS_PER_MONTH;
  return {
    namespace: routed.service.namespace,
    name: routed.service.name,
    team: serviceTeam(routed, services),
    setting: settingOf(routed.service),
    isHeadless,
    measuredCrossZoneBytes: result.measuredCrossZoneBytes,
    simulatedCrossZoneBytes: keepsMeasured ? result.measuredCrossZoneBytes : result.simulatedCrossZoneBytes,
    measuredCostPerMonth: perMonth(result.measuredCost),
    simulatedCostPerMonth: perMonth(keepsMeasured ? result.measuredCost : result.simulatedCost),
    unplacedBytes: traffic.unplacedBytes,
    zones: result.zones.map((zone) => ({
      ...zone,
      ...(keepsMeasured
        ? {
            bytesAfter: zone.bytesBefore,
            perEndpointAfter: zone.perEndpointBefore,
            lossFactorAfter: zone.lossFactorNow,
          }
        : {}),
    })),
    risks: keepsMeasured ? [] : [...result.risks],
  };
}

export function simulationTotals(
  services: readonly ServiceSimulation[],
  coveredHours: number,
): Pick<NetworkSimulation, "measuredCostPerMonth" | "savedCostPerMonth" | "savedBytesPerMonth"> {
  let measuredCost: number | null = 0;
  let savedCost: number | null = 0;
  let savedBytes = 0;
  for (const service of services) {
    savedBytes += service.measuredCrossZoneBytes - service.simulatedCrossZoneBytes;
    const { measuredCostPerMonth: before, simulatedCostPerMonth: after } = service;
    measuredCost = measuredCost === null || before === null ? null : measuredCost + before;
    savedCost = savedCost === null || before === null || after === null ? null : savedCost + before - after;
  }
  return {
    measuredCostPerMonth: measuredCost,
    savedCostPerMonth: savedCost,
    savedBytesPerMonth: coveredHours === 0 ? 0 : (savedBytes / coveredHours) * RUN_RATE_HOURS_PER_MONTH,
  };
}

/** The change as YAML, for kubectl apply --server-side or a patch file; `null` where a setting would change nothing. */
export function trafficManifest(
  routed: RoutedService,
  setting: TrafficDistribution,
  spread: boolean,
  minor: number | null,
): string | null {
  const { service } = routed;
  if (service.isHeadless || (setting === null && !spread)) return null;
  // PreferSameZone and PreferSameNode are words of 1.34; before it PreferClose said the same as PreferSameZone.
  const word = setting === "PreferSameZone" && minor !== null && minor < 34 ? "PreferClose" : setting;
  const documents: string[] = [];
  if (word !== null) {
    documents.push(
      [
        `# kubectl patch service ${service.name} -n ${service.namespace} --patch-file traffic.yaml`,
        "apiVersion: v1",
        "kind: Service",
        "metadata:",
        `  name: ${service.name}`,
        `  namespace: ${service.namespace}`,
        "spec:",
        `  trafficDistribution: ${word}`,
      ].join("\n"),
    );
  }
  if (spread) {
    for (const workload of routed.workloads) {
      const [namespace = "", kind = "", name = ""] = workload.split("/");
      if (kind !== "Deployment" && kind !== "StatefulSet") continue;
      const labels = Object.entries(service.selector).map(
        ([key, value]) => `              ${key}: ${JSON.stringify(value)}`,
      );
      documents.push(
        [
          "apiVersion: apps/v1",
          `kind: ${kind}`,
          "metadata:",
          `  name: ${name}`,
          `  namespace: ${namespace}`,
          "spec:",
          "  template:",
          "    spec:",
          "      topologySpreadConstraints:",
          "        - maxSkew: 1",
          "          topologyKey: topology.kubernetes.io/zone",
          "          whenUnsatisfiable: ScheduleAnyway",
          "          labelSelector:",
          "            matchLabels:",
          ...labels,
        ].join("\n"),
      );
    }
  }
  return documents.length === 0 ? null : `${documents.join("\n---\n")}\n`;
}

export function isBehind(routed: RoutedService, end: { namespace: string; kind: string; name: string }): boolean {
  return routed.workloads.includes(endKey(end));
}
