import type { NetworkService, NetworkServiceQuery } from "../contract/network.ts";
import type { Viewer } from "../contract/viewer.ts";
import {
  hintState,
  pairKey,
  pairService,
  type ServiceTraffic,
  toServiceTraffic,
  zonePair,
} from "../domain/network/service-flows.ts";
import { AppError } from "../errors.ts";
import { getStore } from "../store/client.ts";
import { readClusterNodes } from "../store/sql/read-cluster-figures.ts";
import {
  type FlowCellRow,
  readFlowCells,
  readFlowCovered,
  readFlowSources,
  readPairDays,
} from "../store/sql/read-flows.ts";
import { readReadStates } from "../store/sql/read-reads.ts";
import { computeCoverage } from "./coverage.ts";
import { loadNetworkBase } from "./network-base.ts";
import {
  addCost,
  costOf,
  coveredByDay,
  daysOfPair,
  hoursOf,
  isCrossing,
  isPlaceable,
  loadServices,
  pairSteps,
  sourceOf,
  targetOf,
  toCell,
  toFlowSource,
} from "./network-flows.ts";
import { loadForecast } from "./network-forecast.ts";
import { isBehind, pairPrice, serviceTeam, simulate, toSetting, trafficManifest } from "./network-services.ts";

const MAX_PAIRS = 500;

/**
 * One Service: who talks with it, over which zones, what its routing preference does now and what another would do.
 * Errors: `not-found` for a Service that is not there or not the viewer's.
 */
export async function getNetworkService(
  viewer: Viewer,
  place: { readonly cluster: string; readonly namespace: string; readonly name: string },
  query: NetworkServiceQuery,
  now = new Date(),
): Promise<NetworkService> {
  const { pool } = getStore();
  const base = await loadNetworkBase(viewer, { ...query, cluster: [place.cluster] }, now);
  const [cluster] = base.clusters;
  const services = cluster === undefined ? null : await loadServices(pool, base, cluster, now);
  const routed = services?.services.find(
    ({ service }) => service.namespace === place.namespace && service.name === place.name,
  );
  if (cluster === undefined || services === null || routed === undefined)
    throw new AppError("not-found", "There is no such Service.", { ...place });
  const { service } = routed;
  const [rows, pairDays, covered, sourceRows, states, nodes] = await Promise.all([
    readFlowCells(pool, base.part),
    readPairDays(pool, base.part, { only: routed.workloads, limit: MAX_PAIRS }),
    readFlowCovered(pool, [cluster.id], base.part),
    readFlowSources(pool, [cluster.id], base.part),
    readReadStates(pool, base.part.scope),
    readClusterNodes(pool, base.part.scope),
  ]);
  const named = rows.filter(isPlaceable);
  const bytes = new Map<string, number>();
  for (const row of named) {
    const key = pairKey(sourceOf(row), targetOf(row));
    bytes.set(key, (bytes.get(key) ?? 0) + row.bytes);
  }
  const serves = (row: Parameters<typeof sourceOf>[0]) => {
    const [source, target] = [sourceOf(row), targetOf(row)];
    const there = bytes.get(pairKey(source, target)) ?? 0;
    const back = bytes.get(pairKey(target, source)) ?? 0;
    const pair = pairService(source, target, there, back, services.byWorkload);
    return pair?.routed === routed ? pair : null;
  };
  const own = named.filter((row) => serves(row) !== null);
  const setting = toSetting(query.setting);
  const nodesOf = setting === "PreferSameNode" ? services.nodesOf : undefined;
  const traffic = toServiceTraffic(named.map(toCell), services.byWorkload, nodesOf).get(routed) ?? null;
  const coveredHours = hoursOf(covered, cluster.id);
  const price = pairPrice(base, cluster);
  const hints = hintState(routed.endpoints);
  const ownPairs = pairDays.filter((row) => serves(row) !== null);
  const ownDays = ownPairs.flatMap(daysOfPair);
  return {
    cluster: cluster.name,
    namespace: service.namespace,
    name: service.name,
    team: serviceTeam(routed, services),
    currency: base.installation.currency,
    timeZone: base.installation.timeZone,
    fromDay: base.part.window.firstDay,
    toDay: base.part.window.lastDay,
    type: service.type,
    isHeadless: service.isHeadless,
    trafficDistribution: service.trafficDistribution,
    topologyMode: service.topologyModeAnnotation,
    internalTrafficPolicy: service.internalTrafficPolicy,
    effective: { isInForce: hints.isEffective, hintedCount: hints.hinted, readyCount: hints.ready },
    endpoints: routed.endpoints.map((endpoint) => ({
      id: endpoint.id,
      zone: endpoint.zone,
      nodeName: endpoint.nodeName,
      isReady: endpoint.isReady,
      hintZones: endpoint.hintZones === null ? null : [...endpoint.hintZones],
    })),
    peers: peersOf(
      own,
      (row) => isBehind(routed, targetOf(row)),
      (row) => serves(row)?.isInferred ?? false,
    ),
    matrix: matrixOf(traffic),
    days: base.days.flatMap((day) => {
      if ((coveredByDay(covered, cluster.id).get(day) ?? 0) === 0) return [];
      const today = ownDays.filter((row) => row.day === day);
      const crossZoneBytes = today.reduce((sum, row) => sum + row.crossZoneBytes, 0);
      return [
        {
          day,
          crossZoneBytes,
          sameZoneBytes: today.reduce((sum, row) => sum + row.bytes, 0) - crossZoneBytes,
          cost: today.reduce<number | null>((sum, row) => addCost(sum, row.cost), 0),
        },
      ];
    }),
    steps: pairSteps(base, ownPairs, covered, () => ({ namespace: service.namespace, name: service.name })),
    simulation:
      traffic === null ? null : simulate(traffic, services, { setting, spread: query.spread, coveredHours }, price),
    forecast: traffic === null ? null : await loadForecast(base, cluster, services, traffic, coveredHours, now),
    manifest: trafficManifest(routed, setting, query.spread, minorOf(cluster.gitVersion)),
    source: toFlowSource(cluster, sourceRows, covered, null),
    coverage: computeCoverage("metrics", base.clusters, states, nodes, now),
  };
}

function matrixOf(traffic: ServiceTraffic | null): NetworkService["matrix"] {
  const cells = new Map<string, NetworkService["matrix"][number]>();
  for (const { clientZone: from, endpointZone: to, requestBytes, replyBytes } of traffic?.flows ?? []) {
    const before = cells.get(zonePair(from, to))?.bytes ?? 0;
    cells.set(zonePair(from, to), { from, to, bytes: before + requestBytes + replyBytes });
  }
  return [...cells.values()];
}

function minorOf(gitVersion: string | null): number | null {
  const minor = Number(/^v?\d+\.(\d+)/.exec(gitVersion ?? "")?.[1]);
  return Number.isInteger(minor) ? minor : null;
}

function peersOf(
  rows: readonly FlowCellRow[],
  isRequest: (row: FlowCellRow) => boolean,
  isInferred: (row: FlowCellRow) => boolean,
): NetworkService["peers"] {
  const sums = new Map<string, NetworkService["peers"][number]>();
  for (const row of rows) {
    const toServer = isRequest(row);
    const peer = toServer ? sourceOf(row) : targetOf(row);
    const key = [peer.namespace, peer.kind, peer.name, peer.isHidden].join("/");
    const before = sums.get(key) ?? {
      peer,
      requestBytes: 0,
      replyBytes: 0,
      crossZoneBytes: 0,
      cost: 0,
      isInferred: false,
    };
    sums.set(key, {
      peer,
      requestBytes: before.requestBytes + (toServer ? row.bytes : 0),
      replyBytes: before.replyBytes + (toServer ? 0 : row.bytes),
      crossZoneBytes: before.crossZoneBytes + (isCrossing(row) ? row.bytes : 0),
      cost: isCrossing(row) ? addCost(before.cost, costOf(row)) : before.cost,
      isInferred: before.isInferred || isInferred(row),
    });
  }
  return [...sums.values()].sort((a, b) => b.crossZoneBytes - a.crossZoneBytes);
}
