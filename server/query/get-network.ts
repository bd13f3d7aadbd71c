import type { Figure } from "../contract/common.ts";
import {
  type FlowPeer,
  FlowScope,
  type Network,
  type NetworkDay,
  type NetworkFix,
  type NetworkPair,
  type NetworkQuery,
} from "../contract/network.ts";
import type { Viewer } from "../contract/viewer.ts";
import { FLOW_ADAPTER_NAMES, FLOW_ADAPTERS } from "../domain/network/flow-sample.ts";
import { pairKey, pairService } from "../domain/network/service-flows.ts";
import { getStore } from "../store/client.ts";
import { type BillRow, readBillDays } from "../store/sql/read-bill.ts";
import { readClusterNodes } from "../store/sql/read-cluster-figures.ts";
import {
  type CoveredRow,
  type FlowDayRow,
  readFlowCells,
  readFlowCovered,
  readFlowDays,
  readFlowSources,
  readPairDays,
} from "../store/sql/read-flows.ts";
import { readFlowImports } from "../store/sql/read-network-estimate.ts";
import { readReadStates } from "../store/sql/read-reads.ts";
import { computeCoverage } from "./coverage.ts";
import { RUN_RATE_HOURS_PER_MONTH, unknownFigure, valueFigure } from "./figures.ts";
import { beforeCorrection, loadNetworkBase, type NetworkBase, usedPrices, withDays } from "./network-base.ts";
import { loadEstimates, toImportRecord } from "./network-estimate.ts";
import {
  addCost,
  type ClusterServices,
  costOf,
  coveredByDay,
  hoursOf,
  isCrossing,
  type JudgedCell,
  judgeCells,
  loadServices,
  pairSteps,
  sourceOf,
  targetOf,
  toFlowSource,
  toSteps,
} from "./network-flows.ts";
import { reasonOf, toReadStates } from "./read-state.ts";

const MAX_PAIRS = 200;
const MAX_STEP_PAIRS = 500;
/** Steps are looked for in the newest quarter of a long window: an older level is nobody's alarm any more. */
const STEP_DAYS = 92;
const MAX_IMPORTS = 10;
/** A day with fewer measured hours is no basis for a month. */
const WHOLE_DAY_HOURS = 20;

/** Cross-zone traffic in bytes and money: by zone, pair, team and day, what changed and what could be done. */
export async function getNetwork(viewer: Viewer, query: NetworkQuery, now = new Date()): Promise<Network> {
  const { pool } = getStore();
  const base = await loadNetworkBase(viewer, query, now);
  const { clusters, part, installation } = base;
  const ids = clusters.map((cluster) => cluster.id);
  const recent = base.days.length > STEP_DAYS ? await withDays(base, base.days.slice(-STEP_DAYS), now) : base;
  const corrected = beforeCorrection(base);
  // A bill, a flow log and an estimate are of a whole cluster or account and tell of all teams.
  const isWhole = !part.isMasked && query.team === undefined;
  const [cells, dayRows, pairDays, sourceRows, covered, states, nodes, bill, imports, dayRowsBefore] =
    await Promise.all([
      readFlowCells(pool, part),
      readFlowDays(pool, part),
      readPairDays(pool, recent.part, { only: null, limit: MAX_STEP_PAIRS }),
      readFlowSources(pool, ids, part),
      readFlowCovered(pool, ids, part),
      readReadStates(pool, part.scope),
      readClusterNodes(pool, part.scope),
      isWhole ? readBillDays(pool, ids, base.days) : Promise.resolve([]),
      isWhole ? readFlowImports(pool, ids, MAX_IMPORTS) : Promise.resolve([]),
      corrected === null ? Promise.resolve([]) : readFlowDays(pool, corrected.part),
    ]);
  const services = new Map<number, ClusterServices>();
  for (const cluster of clusters)
    if (cells.some((cell) => cell.clusterId === cluster.id))
      services.set(cluster.id, await loadServices(pool, base, cluster, now));
  const judged = [...Map.groupBy(cells, (cell) => cell.clusterId)].flatMap(([clusterId, rows]) => {
    const known = services.get(clusterId);
    return known === undefined ? [] : judgeCells(rows, known);
  });
  const bytesBetween = new Map<string, number>();
  for (const row of cells) {
    const key = `${row.clusterId}/${pairKey(sourceOf(row), targetOf(row))}`;
    bytesBetween.set(key, (bytesBetween.get(key) ?? 0) + row.bytes);
  }
  const serviceOf = (clusterId: number, source: FlowPeer, target: FlowPeer) => {
    const known = services.get(clusterId);
    if (known === undefined || source.name === "" || target.name === "") return null;
    const bytes = (key: string) => bytesBetween.get(`${clusterId}/${key}`) ?? 0;
    const pair = pairService(
      source,
      target,
      bytes(pairKey(source, target)),
      bytes(pairKey(target, source)),
      known.byWorkload,
    );
    return pair === null ? null : { namespace: pair.routed.service.namespace, name: pair.routed.service.name };
  };
  const steps = pairSteps(recent, pairDays, covered, serviceOf);
  const fleetSteps = clusters.flatMap((cluster) => {
    const own = dayRows.filter((row) => row.clusterId === cluster.id && isCrossing(row));
    const days = own.map((row) => ({ day: row.day, crossZoneBytes: row.bytes, cost: row.cost }));
    return toSteps(recent, cluster.id, days, covered);
  });
  const all = pairsOf(base, judged, steps);
  const pairs = all.slice(0, MAX_PAIRS);
  const crossing = dayRows.filter(isCrossing);
  const crossZoneBytes = crossing.reduce((sum, row) => sum + row.bytes, 0);
  const cost = sumCost(crossing);
  const listed = pairs.reduce((sum, pair) => sum + pair.crossZoneBytes, 0);
  const listedCost = pairs.reduce<number | null>((sum, pair) => addCost(sum, pair.cost), 0);
  const isMeasured = sourceRows.length > 0;
  const sources = clusters.map((cluster) => {
    const metrics = toReadStates(cluster, states, now).find((state) => state.kind === "metrics");
    const isFresh = metrics?.freshness.state === "fresh";
    return toFlowSource(cluster, sourceRows, covered, isFresh ? null : reasonOf(metrics));
  });
  return {
    currency: installation.currency,
    timeZone: installation.timeZone,
    fromDay: base.days[0] ?? "",
    toDay: base.days.at(-1) ?? "",
    total: {
      ...totals(base, dayRows, covered, judged, isMeasured),
      crossZoneBytes: isMeasured
        ? valueFigure(crossZoneBytes, "traffic-bytes")
        : unknownFigure("traffic-bytes", "not-configured"),
      cost: money(base, cost, isMeasured),
    },
    scopes: FlowScope.options.map((scope) => {
      const own = dayRows.filter((row) => row.scope === scope);
      return {
        scope,
        bytes: own.reduce((sum, row) => sum + row.bytes, 0),
        cost: own.reduce<number | null>((sum, row) => addCost(sum, row.cost), 0),
      };
    }),
    matrix: matrixOf(base, judged),
    pairs,
    rest: {
      pairCount: all.length - pairs.length,
      crossZoneBytes: remainder(crossZoneBytes, listed),
      cost: cost === null || listedCost === null ? null : remainder(cost, listedCost),
    },
    teams: teamsOf(base, judged),
    fixes: sumFixes(judged.filter(({ row }) => isCrossing(row))),
    days: daysOf(base, dayRows, covered, bill),
    steps: [...fleetSteps, ...steps].slice(0, 100),
    sources,
    adapters: FLOW_ADAPTER_NAMES.map((adapter) => ({ adapter, declared: FLOW_ADAPTERS[adapter] })),
    prices: usedPrices(base),
    repriced:
      corrected === null
        ? null
        : { at: corrected.at.toISOString(), costBefore: sumCost(dayRowsBefore.filter(isCrossing)), costAfter: cost },
    estimates: isWhole ? await loadEstimates(pool, base, sources, now) : [],
    imports: imports.map((row) => toImportRecord(row, nameOf(base, row.clusterId))),
    coverage: computeCoverage("metrics", clusters, states, nodes, now),
  };
}

function money(base: NetworkBase, amount: number | null, isMeasured: boolean): Figure {
  const unit = `money:${base.installation.currency}` as const;
  if (!isMeasured) return unknownFigure(unit, "not-configured");
  if (amount === null) return unknownFigure(unit, "not-configured", "no price row for this traffic");
  const at = base.part.window.to.toISOString();
  return valueFigure(amount, unit, {
    evidence: usedPrices(base).map((row) => ({
      kind: "price" as const,
      ref: `price_row/${row.id}`,
      subject: [row.provider, row.region, row.key].filter((word) => word !== "").join(" "),
      observed: `${row.price} ${row.currency}/${row.unit}`,
      at,
    })),
  });
}

/** What is left of a total; sums of doubles in another order differ in their last digits, which is nothing. */
function remainder(total: number, listed: number): number {
  const left = total - listed;
  return left <= Math.abs(total) * 1e-9 ? 0 : left;
}

function sumCost(rows: readonly FlowDayRow[]): number | null {
  return rows.reduce<number | null>((sum, row) => addCost(sum, row.cost), 0);
}

function totals(
  base: NetworkBase,
  rows: readonly FlowDayRow[],
  covered: readonly CoveredRow[],
  judged: readonly JudgedCell[],
  isMeasured: boolean,
): Pick<Network["total"], "costPerMonth" | "routingCostPerMonth" | "newestCostPerMonth" | "unpricedBytes"> {
  let perMonth: number | null = 0;
  let routing: number | null = 0;
  let newest: number | null = 0;
  const toMonth = (cost: number | null, hours: number) =>
    cost === null ? null : (cost / hours) * RUN_RATE_HOURS_PER_MONTH;
  for (const cluster of base.clusters) {
    const hours = hoursOf(covered, cluster.id);
    if (hours === 0) continue;
    const own = rows.filter((row) => row.clusterId === cluster.id && isCrossing(row));
    const routed = judged
      .filter(({ row, fix }) => row.clusterId === cluster.id && isCrossing(row) && fix.kind === "routing")
      .reduce<number | null>((sum, { row }) => addCost(sum, costOf(row)), 0);
    perMonth = addCost(perMonth, toMonth(sumCost(own), hours));
    routing = addCost(routing, toMonth(routed, hours));
    const day = newestDay(coveredByDay(covered, cluster.id), base.days.at(-1));
    newest = addCost(newest, toMonth(sumCost(own.filter((row) => row.day === day?.day)), day?.hours ?? 1));
  }
  const unpriced = rows
    .filter((row) => row.scope !== "same-zone" && row.cost === null)
    .reduce((sum, row) => sum + row.bytes, 0);
  return {
    costPerMonth: money(base, perMonth, isMeasured),
    routingCostPerMonth: money(base, routing, isMeasured),
    newestCostPerMonth: money(base, newest, isMeasured),
    unpricedBytes: isMeasured
      ? valueFigure(unpriced, "traffic-bytes")
      : unknownFigure("traffic-bytes", "not-configured"),
  };
}

/** The newest day that is over and was measured, else the newest measured one. */
function newestDay(
  hours: ReadonlyMap<string, number>,
  today: string | undefined,
): { readonly day: string; readonly hours: number } | null {
  const days = [...hours].filter(([, count]) => count > 0).sort(([a], [b]) => b.localeCompare(a));
  const whole = days.find(([day, count]) => day !== today && count >= WHOLE_DAY_HOURS) ?? days[0];
  return whole === undefined ? null : { day: whole[0], hours: whole[1] };
}

function nameOf(base: NetworkBase, clusterId: number): string {
  return base.clusters.find((cluster) => cluster.id === clusterId)?.name ?? "";
}

function matrixOf(base: NetworkBase, judged: readonly JudgedCell[]): Network["matrix"] {
  const groups = Map.groupBy(judged, ({ row }) =>
    [row.clusterId, row.sourceZone, row.targetZone, row.scope].join("\u0000"),
  );
  return [...groups.values()].flatMap((cells) => {
    const row = cells[0]?.row;
    const scope = FlowScope.safeParse(row?.scope);
    if (row === undefined || !scope.success) return [];
    return [
      {
        cluster: nameOf(base, row.clusterId),
        from: row.sourceZone,
        to: row.targetZone,
        scope: scope.data,
        bytes: cells.reduce((sum, cell) => sum + cell.row.bytes, 0),
        cost: cells.reduce<number | null>((sum, cell) => addCost(sum, costOf(cell.row)), 0),
      },
    ];
  });
}

function pairsOf(base: NetworkBase, judged: readonly JudgedCell[], steps: Network["steps"]): NetworkPair[] {
  const groups = Map.groupBy(judged, ({ row }) =>
    [row.clusterId, pairKey(sourceOf(row), targetOf(row)), row.sourceHidden, row.targetHidden].join("\u0000"),
  );
  const pairs = [...groups.values()].flatMap((cells): NetworkPair[] => {
    const [first] = cells;
    if (first === undefined) return [];
    const crossing = cells.filter(({ row }) => isCrossing(row));
    if (crossing.length === 0) return [];
    const cluster = nameOf(base, first.row.clusterId);
    const source = sourceOf(first.row);
    const target = targetOf(first.row);
    const key = pairKey(source, target);
    const newest = steps
      .filter(
        (step) =>
          step.cluster === cluster &&
          step.source !== null &&
          step.target !== null &&
          pairKey(step.source, step.target) === key,
      )
      .sort((a, b) => b.day.localeCompare(a.day))[0];
    return [
      {
        cluster,
        source,
        target,
        service:
          first.pair === null
            ? null
            : { namespace: first.pair.routed.service.namespace, name: first.pair.routed.service.name },
        isServiceInferred: first.pair?.isInferred ?? false,
        bytes: cells.reduce((sum, { row }) => sum + row.bytes, 0),
        crossZoneBytes: crossing.reduce((sum, { row }) => sum + row.bytes, 0),
        cost: crossing.reduce<number | null>((sum, { row }) => addCost(sum, costOf(row)), 0),
        fixes: sumFixes(crossing),
        step: newest === undefined ? null : { day: newest.day, factor: newest.factor, isConfirmed: newest.isConfirmed },
      },
    ];
  });
  return pairs.sort((a, b) => b.crossZoneBytes - a.crossZoneBytes);
}

function sumFixes(cells: readonly JudgedCell[]): NetworkFix[] {
  const sums = new Map<string, NetworkFix>();
  for (const { row, fix } of cells) {
    const key = `${fix.kind}/${fix.reason}`;
    const before = sums.get(key) ?? { ...fix, bytes: 0, cost: 0 };
    sums.set(key, { ...before, bytes: before.bytes + row.bytes, cost: addCost(before.cost, costOf(row)) });
  }
  return [...sums.values()].sort((a, b) => b.bytes - a.bytes);
}

/** The sender's team pays what leaves, the receiver's what enters: parts add up to the total. */
function teamsOf(base: NetworkBase, judged: readonly JudgedCell[]): Network["teams"] {
  const sums = new Map<string, { sentBytes: number; receivedBytes: number; cost: number | null }>();
  const add = (team: string, sent: number, received: number, cost: number | null): void => {
    const before = sums.get(team) ?? { sentBytes: 0, receivedBytes: 0, cost: 0 };
    sums.set(team, {
      sentBytes: before.sentBytes + sent,
      receivedBytes: before.receivedBytes + received,
      cost: addCost(before.cost, cost),
    });
  };
  const { teams } = base.part.scope;
  const isOwn = (team: string) => teams === null || teams.includes(team);
  for (const { row } of judged) {
    if (!isCrossing(row)) continue;
    if (!row.sourceHidden && isOwn(row.sourceTeam)) add(row.sourceTeam, row.bytes, 0, row.outCost);
    if (!row.targetHidden && isOwn(row.targetTeam)) add(row.targetTeam, 0, row.bytes, row.inCost);
  }
  return [...sums]
    .map(([team, sum]) => ({ team: team === "" ? null : team, ...sum }))
    .sort((a, b) => (b.cost ?? 0) - (a.cost ?? 0) || b.sentBytes - a.sentBytes);
}

function daysOf(
  base: NetworkBase,
  rows: readonly FlowDayRow[],
  covered: readonly CoveredRow[],
  bill: readonly BillRow[],
): NetworkDay[] {
  return base.clusters.flatMap((cluster) => {
    const hours = coveredByDay(covered, cluster.id);
    return base.days.flatMap((day): NetworkDay[] => {
      const coveredHours = hours.get(day) ?? 0;
      const billed = bill.find((row) => row.clusterId === cluster.id && row.day === day);
      if (coveredHours === 0 && billed === undefined) return [];
      const own = rows.filter((row) => row.clusterId === cluster.id && row.day === day);
      const crossing = own.filter(isCrossing);
      const crossZoneBytes = crossing.reduce((sum, row) => sum + row.bytes, 0);
      return [
        {
          day,
          cluster: cluster.name,
          crossZoneBytes,
          otherBytes: own.reduce((sum, row) => sum + row.bytes, 0) - crossZoneBytes,
          cost: crossing.reduce<number | null>((sum, row) => addCost(sum, row.cost), 0),
          coveredHours,
          billedBytes: billed?.billedBytes ?? null,
          billedCost: billed?.billedCost ?? null,
        },
      ];
    });
  });
}
