import type { FlowPeer, FlowSource, NetworkFix, NetworkStep } from "../contract/network.ts";
import { declaredCapability } from "../domain/network/flow-sample.ts";
import {
  directedBytes,
  endKey,
  type FlowCell,
  fixOf,
  type NodesOf,
  type PairService,
  pairKey,
  pairService,
  type RoutedService,
  routeServices,
  serviceByWorkload,
  type WorkloadEnd,
} from "../domain/network/service-flows.ts";
import { findSteps } from "../domain/network/step-change.ts";
import type { UnknownReason } from "../domain/reading.ts";
import { valueOrNull } from "../domain/reading.ts";
import type { Db } from "../store/db.ts";
import { loadSnapshot } from "../store/snapshots.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";
import {
  type CoveredRow,
  type FlowCellRow,
  type FlowSourceRow,
  type PairSeriesRow,
  type PodPlaceRow,
  readPodPlaces,
} from "../store/sql/read-flows.ts";
import { loadOutcomeBounds } from "./feature-rows.ts";
import { RUN_RATE_HOURS_PER_MONTH } from "./figures.ts";
import type { NetworkBase } from "./network-base.ts";

type EndsRow = Pick<
  FlowCellRow,
  | "sourceNamespace"
  | "sourceKind"
  | "sourceName"
  | "sourceTeam"
  | "sourceHidden"
  | "targetNamespace"
  | "targetKind"
  | "targetName"
  | "targetTeam"
  | "targetHidden"
>;
export function sourceOf(row: EndsRow): FlowPeer {
  return {
    namespace: row.sourceNamespace,
    kind: row.sourceKind,
    name: row.sourceName,
    team: row.sourceTeam === "" ? null : row.sourceTeam,
    isHidden: row.sourceHidden,
  };
}
export function targetOf(row: EndsRow): FlowPeer {
  return {
    namespace: row.targetNamespace,
    kind: row.targetKind,
    name: row.targetName,
    team: row.targetTeam === "" ? null : row.targetTeam,
    isHidden: row.targetHidden,
  };
}

/** Charges of both ends; `null` = one of them has no price. */
export function costOf(row: { readonly outCost: number | null; readonly inCost: number | null }): number | null {
  return row.outCost === null || row.inCost === null ? null : row.outCost + row.inCost;
}
export function isCrossing(row: { readonly scope: string }): boolean {
  return row.scope === "cross-zone" || row.scope === "cross-region";
}
/** A sum that is unknown as soon as one part is. */
export function addCost(sum: number | null, cost: number | null): number | null {
  return sum === null || cost === null ? null : sum + cost;
}

export type ClusterServices = {
  readonly services: readonly RoutedService[];
  readonly byWorkload: ReadonlyMap<string, RoutedService>;
  readonly teamOf: ReadonlyMap<string, string>;
  readonly nodesOf: NodesOf;
};

/** Services with endpoints of one cluster; a viewer of some teams gets those of their namespaces. */
export async function loadServices(
  db: Db,
  base: NetworkBase,
  cluster: ClusterRow,
  now: Date,
): Promise<ClusterServices> {
  const bounds = base.part.isMasked ? await loadOutcomeBounds(db, base.part.scope) : null;
  const own = bounds === null ? null : bounds(cluster.id).namespaces;
  const snapshot = await loadSnapshot(db, cluster, now, ["services", "endpointSlices"]);
  const keep = <T extends { readonly namespace: string }>(items: readonly T[] | null) =>
    (items ?? []).filter((item) => own === null || own.has(item.namespace));
  const places = await readPodPlaces(db, cluster.id, own === null ? null : [...own]);
  const services = routeServices(
    keep(valueOrNull(snapshot.parts.services)),
    keep(valueOrNull(snapshot.parts.endpointSlices)),
    places,
  );
  return {
    services,
    byWorkload: serviceByWorkload(services),
    teamOf: new Map(places.map((place) => [endKey(place), place.team])),
    nodesOf: nodesByZone(places),
  };
}

function nodesByZone(places: readonly PodPlaceRow[]): NodesOf {
  const nodes = new Map<string, Set<string>>();
  for (const place of places) {
    if (place.nodeName === null) continue;
    const key = `${endKey(place)}\u0000${place.zone}`;
    const known = nodes.get(key) ?? new Set();
    nodes.set(key, known.add(place.nodeName));
  }
  return (end, zone) => [...(nodes.get(`${endKey(end)}\u0000${zone}`) ?? [])].sort();
}

export function toCell(row: FlowCellRow): FlowCell {
  return {
    source: { namespace: row.sourceNamespace, kind: row.sourceKind, name: row.sourceName },
    target: { namespace: row.targetNamespace, kind: row.targetKind, name: row.targetName },
    sourceZone: row.sourceZone,
    targetZone: row.targetZone,
    scope: row.scope,
    bytes: row.bytes,
    cost: costOf(row),
  };
}

/** What a Service's traffic can be made of: both ends named and the viewer's to see. */
export function isPlaceable(row: FlowCellRow): boolean {
  return !row.sourceHidden && !row.targetHidden && row.sourceName !== "" && row.targetName !== "";
}

export type JudgedCell = {
  readonly row: FlowCellRow;
  readonly pair: PairService | null;
  readonly fix: Omit<NetworkFix, "bytes" | "cost">;
};

/** Every cell of one cluster with its Service and what could keep it in its zone. */
export function judgeCells(rows: readonly FlowCellRow[], { byWorkload }: ClusterServices): JudgedCell[] {
  const cells = rows.map(toCell);
  const between = directedBytes(cells);
  return rows.map((row, index) => {
    const cell = cells[index] ?? toCell(row);
    if (row.sourceHidden || row.targetHidden) return { row, pair: null, fix: { kind: "none", reason: "not-examined" } };
    const there = between.get(pairKey(cell.source, cell.target)) ?? 0;
    const back = between.get(pairKey(cell.target, cell.source)) ?? 0;
    const pair =
      isNamed(cell.source) && isNamed(cell.target)
        ? pairService(cell.source, cell.target, there, back, byWorkload)
        : null;
    const isToServer = pair === null || endKey(pair.server) === endKey(cell.target);
    const clientZone = isToServer ? row.sourceZone : row.targetZone;
    return { row, pair, fix: fixOf(pair, clientZone, isNamed(cell.source) && isNamed(cell.target)) };
  });
}

function isNamed(end: WorkloadEnd): boolean {
  return end.name !== "";
}

/** Days with their measured hours: the basis of every rate. */
export function coveredByDay(rows: readonly CoveredRow[], clusterId: number): Map<string, number> {
  return new Map(rows.filter((row) => row.clusterId === clusterId).map((row) => [row.day, row.coveredHours]));
}

export type PairDay = {
  readonly day: string;
  readonly bytes: number;
  readonly crossZoneBytes: number;
  readonly cost: number | null;
};

/** The days of one pair, in order. */
export function daysOfPair(row: PairSeriesRow): PairDay[] {
  return row.days.map((day, index) => ({
    day,
    bytes: row.bytes[index] ?? 0,
    crossZoneBytes: row.crossZoneBytes[index] ?? 0,
    cost: row.costs[index] ?? null,
  }));
}

/** Steps of every pair, largest change first. `services` names the Service of a pair where one is known. */
export function pairSteps(
  base: NetworkBase,
  rows: readonly PairSeriesRow[],
  covered: readonly CoveredRow[],
  serviceOf: (clusterId: number, source: FlowPeer, target: FlowPeer) => NetworkStep["service"],
): NetworkStep[] {
  const steps = rows.flatMap((row) => {
    const source = sourceOf(row);
    const target = targetOf(row);
    return toSteps(base, row.clusterId, daysOfPair(row), covered).map((step) => ({
      ...step,
      source,
      target,
      service: serviceOf(row.clusterId, source, target),
    }));
  });
  return steps.sort(
    (a, b) =>
      Math.abs(b.afterBytesPerDay - b.beforeBytesPerDay) - Math.abs(a.afterBytesPerDay - a.beforeBytesPerDay) ||
      a.day.localeCompare(b.day),
  );
}

/** Steps of one series of cross-zone bytes by day. */
export function toSteps(
  base: NetworkBase,
  clusterId: number,
  days: readonly { readonly day: string; readonly crossZoneBytes: number; readonly cost: number | null }[],
  covered: readonly CoveredRow[],
): NetworkStep[] {
  const hours = coveredByDay(covered, clusterId);
  const byDay = new Map<string, number>();
  let bytes = 0;
  let cost: number | null = 0;
  for (const day of days) {
    byDay.set(day.day, (byDay.get(day.day) ?? 0) + day.crossZoneBytes);
    bytes += day.crossZoneBytes;
    cost = addCost(cost, day.cost);
  }
  const rates = base.days.map((day) => {
    const measured = hours.get(day) ?? 0;
    return { day, bytesPerHour: measured > 0 ? (byDay.get(day) ?? 0) / measured : null };
  });
  const perByte = cost === null || bytes === 0 ? null : cost / bytes;
  return findSteps(rates).map((step) => ({
    cluster: base.clusters.find((cluster) => cluster.id === clusterId)?.name ?? "",
    source: null,
    target: null,
    service: null,
    day: step.day,
    factor: step.factor,
    beforeBytesPerDay: step.beforeBytesPerHour * 24,
    afterBytesPerDay: step.afterBytesPerHour * 24,
    costPerMonthChange:
      perByte === null ? null : (step.afterBytesPerHour - step.beforeBytesPerHour) * RUN_RATE_HOURS_PER_MONTH * perByte,
    isConfirmed: step.isConfirmed,
  }));
}

/** What a cluster's flow source can say, or why there is none. */
export function toFlowSource(
  cluster: ClusterRow,
  rows: readonly FlowSourceRow[],
  covered: readonly CoveredRow[],
  metricsReason: UnknownReason | null,
): FlowSource {
  const own = rows.filter((row) => row.clusterId === cluster.id);
  const [newest] = own;
  if (newest === undefined) {
    const reason =
      metricsReason === null
        ? "no-flow-source"
        : metricsReason === "not-yet-read"
          ? "not-yet-read"
          : "prometheus-unreachable";
    return {
      cluster: cluster.name,
      state: "none",
      reason,
      adapter: null,
      capability: null,
      declared: null,
      basis: [],
      coveredHours: 0,
      firstAt: null,
      lastAt: null,
    };
  }
  const sum = (pick: (row: FlowSourceRow) => number) => own.reduce((total, row) => total + pick(row), 0);
  const hasZones = sum((row) => row.zonedBytes) > 0;
  const hasTargets = sum((row) => row.namedTargetBytes) > 0;
  const days = covered.filter((row) => row.clusterId === cluster.id);
  const moments = (pick: (row: CoveredRow) => Date | null) => days.flatMap((day) => pick(day)?.getTime() ?? []);
  const iso = (times: readonly number[], choose: (...values: number[]) => number) =>
    times.length === 0 ? null : new Date(choose(...times)).toISOString();
  return {
    cluster: cluster.name,
    state: hasZones ? "measured" : "no-zones",
    reason: null,
    adapter: newest.adapter,
    capability: hasZones ? "pair-with-zones" : hasTargets ? "pair" : "source-only",
    declared: declaredCapability(newest.adapter),
    basis: own.map(({ basis, bytes, rowCount }) => ({ basis, bytes, rowCount })),
    coveredHours: hoursOf(covered, cluster.id),
    firstAt: iso(
      moments((row) => row.firstAt),
      Math.min,
    ),
    lastAt: iso(
      moments((row) => row.lastAt),
      Math.max,
    ),
  };
}

/** Measured hours of the window. */
export function hoursOf(covered: readonly CoveredRow[], clusterId: number): number {
  return [...coveredByDay(covered, clusterId).values()].reduce((total, hours) => total + hours, 0);
}
