import type { FlowPeer, FlowSource, NetworkFix, NetworkStep, TrafficPrice } from "../contract/network.ts";
import type { Viewer } from "../contract/viewer.ts";
import { dayIn, startOfDayIn } from "../domain/cost/billing-day.ts";
import { openPriceBook, type PriceBook, type PriceRow } from "../domain/cost/price-book.ts";
import { priceFlow } from "../domain/network/price-flows.ts";
import {
  directedBytes,
  endKey,
  type FlowCell,
  fixOf,
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
import { getStore } from "../store/client.ts";
import type { Db } from "../store/db.ts";
import { loadSnapshot } from "../store/snapshots.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";
import {
  type CoveredRow,
  type FlowCellRow,
  type FlowPart,
  type FlowPriceRow,
  type FlowSourceRow,
  type PairDayRow,
  readPodPlaces,
  readZones,
} from "../store/sql/read-flows.ts";
import { readPrices, type StoredPrice } from "../store/sql/read-prices.ts";
import { loadOutcomeBounds } from "./feature-rows.ts";
import { RUN_RATE_HOURS_PER_MONTH } from "./figures.ts";
import { type Installation, loadInstallation } from "./installation.ts";
import { boundFleet, type FleetPart, isBoundToTeams } from "./scope.ts";

const DAY_MS = 86_400_000;
const PRICED_SCOPES = ["cross-zone", "cross-region"] as const;

export type NetworkBase = {
  readonly clusters: readonly ClusterRow[];
  readonly part: FlowPart;
  readonly installation: Installation;
  readonly book: PriceBook;
  readonly prices: readonly StoredPrice[];
  readonly days: readonly string[];
  readonly regionOf: (clusterId: number, zone: string) => string | null;
};

/** What every question about flows stands on: whose they are, which days, and what a byte cost on each of them. */
export async function loadNetworkBase(
  viewer: Viewer,
  query: FleetPart & { readonly days: number },
  now: Date,
): Promise<NetworkBase> {
  const { pool } = getStore();
  const [{ clusters, scope }, installation] = await Promise.all([boundFleet(viewer, query), loadInstallation()]);
  const { timeZone, currency } = installation;
  const days = daysUntil(now, query.days, timeZone);
  const [first = dayIn(timeZone, now)] = days;
  const [stored, zones] = await Promise.all([
    readTrafficPrices(pool),
    readZones(
      pool,
      clusters.map((cluster) => cluster.id),
    ),
  ]);
  const book = openPriceBook(stored.filter((row) => row.supersededAt === null).map(toBookRow), currency);
  const rows = priceRows(clusters, zones, days, book);
  return {
    clusters,
    installation,
    book,
    prices: stored,
    days,
    regionOf: (clusterId, zone) =>
      zones.find((row) => row.clusterId === clusterId && row.zone === zone)?.region ?? null,
    part: {
      scope,
      window: { from: startOfDayIn(timeZone, first), to: now, timeZone },
      prices: rows,
      isMasked: isBoundToTeams(viewer),
    },
  };
}

/** Days in the billing zone, the last is today. */
export function daysUntil(now: Date, count: number, timeZone: string): string[] {
  const days = new Set<string>();
  for (let back = count * 2; back >= 0; back -= 1)
    days.add(dayIn(timeZone, new Date(now.getTime() - (back * DAY_MS) / 2)));
  return [...days].slice(-count);
}

async function readTrafficPrices(db: Db): Promise<StoredPrice[]> {
  const rows = await Promise.all(
    (["traffic", "exchange"] as const).map((kind) =>
      readPrices(db, {
        provider: null,
        region: null,
        kind,
        search: null,
        on: null,
        withSuperseded: true,
        afterId: 0,
        limit: 10_000,
      }),
    ),
  );
  return rows.flat();
}

function toBookRow(row: StoredPrice): PriceRow {
  // The kind was asked for: only these two come back.
  return { ...row, kind: row.kind === "exchange" ? "exchange" : "traffic" };
}

function priceRows(
  clusters: readonly ClusterRow[],
  zones: readonly { readonly clusterId: number; readonly zone: string; readonly region: string | null }[],
  days: readonly string[],
  book: PriceBook,
): FlowPriceRow[] {
  return clusters.flatMap((cluster) => {
    const places = [{ zone: "", region: null }, ...zones.filter((row) => row.clusterId === cluster.id)];
    return places.flatMap(({ zone, region }) =>
      PRICED_SCOPES.flatMap((scope) =>
        days.map((day) => {
          const price = priceFlow({ provider: cluster.provider, region, scope, on: day }, book);
          return { clusterId: cluster.id, zone, scope, day, outPerByte: price.outPerByte, inPerByte: price.inPerByte };
        }),
      ),
    );
  });
}

/** The traffic rows that a cluster's answer stands on, each with what it replaced. */
export function usedPrices({ clusters, prices, book, days, regionOf, part }: NetworkBase): TrafficPrice[] {
  const used = new Map<number, PriceRow>();
  for (const cluster of clusters) {
    for (const zone of new Set(part.prices.filter((row) => row.clusterId === cluster.id).map((row) => row.zone))) {
      for (const day of days) {
        const region = regionOf(cluster.id, zone);
        const price = priceFlow({ provider: cluster.provider, region, scope: "cross-zone", on: day }, book);
        for (const row of [price.outRow, price.inRow]) if (row !== null) used.set(row.id, row);
      }
    }
  }
  return [...used.values()].map((row) => ({
    id: row.id,
    provider: row.provider,
    region: row.region,
    key: row.key,
    unit: row.unit,
    price: row.price,
    currency: row.currency,
    validFrom: row.validFrom,
    validTo: row.validTo,
    origin: row.origin,
    source: row.source,
    superseded: prices.flatMap((old) =>
      old.supersededBy === row.id && old.supersededAt !== null
        ? [{ id: old.id, price: old.price, unit: old.unit, at: old.supersededAt.toISOString() }]
        : [],
    ),
  }));
}

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
  };
}

export function toCell(row: FlowCellRow): FlowCell {
  return {
    source: { namespace: row.sourceNamespace, kind: row.sourceKind, name: row.sourceName },
    target: { namespace: row.targetNamespace, kind: row.targetKind, name: row.targetName },
    sourceZone: row.sourceZone,
    targetZone: row.targetZone,
    scope: row.scope,
    bytes: row.bytes,
  };
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

/** Steps of every pair, largest change first. `services` names the Service of a pair where one is known. */
export function pairSteps(
  base: NetworkBase,
  rows: readonly PairDayRow[],
  covered: readonly CoveredRow[],
  serviceOf: (clusterId: number, source: FlowPeer, target: FlowPeer) => NetworkStep["service"],
): NetworkStep[] {
  const groups = Map.groupBy(rows, (row) =>
    [row.clusterId, pairKey(sourceOf(row), targetOf(row)), row.sourceHidden, row.targetHidden].join("\u0000"),
  );
  const steps = [...groups.values()].flatMap((days) => {
    const [first] = days;
    if (first === undefined) return [];
    const source = sourceOf(first);
    const target = targetOf(first);
    return toSteps(base, first.clusterId, days, covered).map((step) => ({
      ...step,
      source,
      target,
      service: serviceOf(first.clusterId, source, target),
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
      basis: [],
      coveredHours: 0,
      firstAt: null,
      lastAt: null,
    };
  }
  const sum = (pick: (row: FlowSourceRow) => number) => own.reduce((total, row) => total + pick(row), 0);
  const hasZones = sum((row) => row.zonedBytes) > 0;
  const hasTargets = sum((row) => row.namedTargetBytes) > 0;
  const moment = (pick: (row: FlowSourceRow) => Date, choose: (...values: number[]) => number) =>
    new Date(choose(...own.map((row) => pick(row).getTime()))).toISOString();
  return {
    cluster: cluster.name,
    state: hasZones ? "measured" : "no-zones",
    reason: null,
    adapter: newest.adapter,
    capability: hasZones ? "pair-with-zones" : hasTargets ? "pair" : "source-only",
    basis: own.map(({ basis, bytes, rowCount }) => ({ basis, bytes, rowCount })),
    coveredHours: [...coveredByDay(covered, cluster.id).values()].reduce((total, hours) => total + hours, 0),
    firstAt: moment((row) => row.firstAt, Math.min),
    lastAt: moment((row) => row.lastAt, Math.max),
  };
}
