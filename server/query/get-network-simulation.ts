import type { NetworkSimulation, SimulateQuery } from "../contract/network.ts";
import type { Viewer } from "../contract/viewer.ts";
import { toServiceTraffic } from "../domain/network/service-flows.ts";
import { AppError } from "../errors.ts";
import { getStore } from "../store/client.ts";
import { readFlowCells, readFlowCovered } from "../store/sql/read-flows.ts";
import { loadNetworkBase } from "./network-base.ts";
import { hoursOf, isCrossing, isPlaceable, loadServices, toCell } from "./network-flows.ts";
import { pairPrice, simulate, simulationTotals, toSetting } from "./network-services.ts";

/**
 * What a routing preference or an even spread would save, for one Service or every Service of a cluster.
 * Errors: `not-found` for a cluster or a Service that is not there or not the viewer's.
 */
export async function getNetworkSimulation(
  viewer: Viewer,
  query: SimulateQuery,
  now = new Date(),
): Promise<NetworkSimulation> {
  const { pool } = getStore();
  const base = await loadNetworkBase(viewer, { ...query, cluster: [query.cluster] }, now);
  const [cluster] = base.clusters;
  if (cluster === undefined) throw new AppError("not-found", "There is no such cluster.", { cluster: query.cluster });
  const [rows, covered, services] = await Promise.all([
    readFlowCells(pool, base.part),
    readFlowCovered(pool, [cluster.id], base.part),
    loadServices(pool, base, cluster, now),
  ]);
  const coveredHours = hoursOf(covered, cluster.id);
  const placed = rows.filter(isPlaceable);
  // Sources tell zones; only a preference of nodes asks on which of them the clients sit.
  const nodesOf = query.setting === "PreferSameNode" ? services.nodesOf : undefined;
  const traffic = toServiceTraffic(placed.map(toCell), services.byWorkload, nodesOf);
  const isAsked = (name: string | undefined, asked: string | undefined) => asked === undefined || asked === name;
  const chosen = [...traffic.values()].filter(
    ({ routed: { service } }) => isAsked(service.name, query.service) && isAsked(service.namespace, query.namespace),
  );
  const isThere = services.services.some(
    ({ service }) => isAsked(service.name, query.service) && isAsked(service.namespace, query.namespace),
  );
  if (query.service !== undefined && !isThere)
    throw new AppError("not-found", "There is no such Service.", { service: query.service });
  const price = pairPrice(base, cluster);
  const options = { setting: toSetting(query.setting), spread: query.spread, coveredHours };
  const simulated = chosen
    .map((one) => simulate(one, services, options, price))
    .sort(
      (a, b) =>
        b.measuredCrossZoneBytes - b.simulatedCrossZoneBytes - (a.measuredCrossZoneBytes - a.simulatedCrossZoneBytes),
    );
  const crossing = rows.filter(isCrossing).reduce((sum, row) => sum + row.bytes, 0);
  const served = [...traffic.values()]
    .flatMap((one) => [...one.charges])
    .reduce((sum, [pair, charge]) => (isInside(pair) ? sum : sum + charge.bytes), 0);
  return {
    cluster: cluster.name,
    currency: base.installation.currency,
    setting: query.setting,
    spread: query.spread,
    coveredHours,
    fromDay: base.part.window.firstDay,
    toDay: base.part.window.lastDay,
    services: simulated,
    withoutServiceBytes: Math.max(0, crossing - served),
    ...simulationTotals(simulated, coveredHours),
  };
}

function isInside(pair: string): boolean {
  const [from, to] = pair.split("\u0000");
  return from === to;
}
