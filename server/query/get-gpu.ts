import type { Gpu, GpuHolderRow, GpuQuery, GpuWaste } from "../contract/gpu.ts";
import type { Viewer } from "../contract/viewer.ts";
import { IDLE_ACTIVITY_RATIO } from "../domain/gpu/device-model.ts";
import { summarizeDevices } from "../domain/gpu/device-shares.ts";
import { rankWaste } from "../domain/gpu/waste.ts";
import { getStore } from "../store/client.ts";
import { readClusterNodes } from "../store/sql/read-cluster-figures.ts";
import {
  type GpuDeviceRow,
  type GpuHolderHoursRow,
  type HourRange,
  REST,
  readGpuActivity,
  readGpuDevices,
  readGpuHours,
  readGpuKnownHours,
  readHolderPods,
  readRecordedHours,
} from "../store/sql/read-gpu.ts";
import { readReadStates } from "../store/sql/read-reads.ts";
import type { Scope } from "../store/sql/rows.ts";
import { computeCoverage } from "./coverage.ts";
import { costUnit, isoOrNull, sumFigure, unknownFigure, valueFigure } from "./figures.ts";
import {
  costOf,
  HOUR_MS,
  hoursByState,
  seesHolder,
  toDevice,
  toDivided,
  toHourRange,
  toStepSeconds,
} from "./gpu-figures.ts";
import { toTotals, toWholeCents } from "./gpu-totals.ts";
import { explainCluster } from "./gpu-waiting.ts";
import { toHolderHours, toOffers, toWasteRow } from "./gpu-waste.ts";
import { loadInstallation } from "./installation.ts";
import { boundFleet } from "./scope.ts";

/** More silent devices than these are an exporter that is away, which the headline says. */
const SILENT_DEVICES_COUNTED = 200;

/**
 * What accelerators do, who holds them, what it costs and who waits.
 *
 * Basis: devices as of the newest metrics read; hours and money of the range from the stored device-hours, whose five states add up to
 * all device-hours. With a bound to teams only what those teams hold is there.
 */
export async function getGpu(viewer: Viewer, query: GpuQuery, now = new Date()): Promise<Gpu> {
  const { pool } = getStore();
  const { clusters, scope } = await boundFleet(viewer, query);
  const range = toHourRange(query, now);
  const stepSeconds = toStepSeconds(range);
  const [devices, amounts, known, activity, holderPods, nodes, states, installation] = await Promise.all([
    readGpuDevices(pool, scope),
    readGpuHours(pool, scope, range),
    readGpuKnownHours(pool, scope, range),
    readGpuActivity(pool, scope, range, stepSeconds),
    readHolderPods(pool, scope),
    readClusterNodes(pool, scope),
    readReadStates(pool, scope),
    loadInstallation(),
  ]);
  const { currency, timeZone } = installation;
  const unrecorded = await unrecordedHours(scope, range, devices, known);
  // Rounded once, together: headline and every cut of it agree to the cent.
  const rows = toWholeCents(amounts);
  const names = new Map(clusters.map((cluster) => [cluster.id, cluster.name]));
  const name = (id: number) => names.get(id) ?? "";
  const explained = await Promise.all(
    clusters.map((cluster) =>
      explainCluster(
        cluster,
        scope,
        devices.filter((device) => device.clusterId === cluster.id),
        currency,
        now,
      ),
    ),
  );
  const sees = seesHolder(scope);
  const summary = summarizeDevices(devices.map(toDivided), (part) => sees(part.holder));
  const bornAt = new Map(
    holderPods.map((row) => [JSON.stringify([row.clusterId, row.namespace, row.kind, row.name]), row.bornAt]),
  );
  const holders = toHolders(rows, name, currency, bornAt);
  const held = rows.filter(isHeld);
  const heldHours = sum(held);
  const withoutOwner = sum(held.filter((row) => row.name === ""));
  return {
    at: now.toISOString(),
    from: range.from.toISOString(),
    to: range.to.toISOString(),
    currency,
    timeZone,
    coverage: computeCoverage("metrics", clusters, states, nodes, now),
    deviceCount: summary.deviceCount,
    byState: summary.byState,
    costPerHour: runRate(devices, currency),
    idleBelowRatio: IDLE_ACTIVITY_RATIO,
    withoutOwner: summary.withoutOwner,
    withoutTelemetry: summary.devicesWithoutTelemetry,
    silent: summary.silentDevices,
    hours: hoursByState(rows),
    hoursKnown: knownHours(devices, known, range),
    unrecordedHours: unrecorded,
    knownFrom: isoOrNull(
      known.reduce<Date | null>((first, { firstAt }) => (first === null || firstAt < first ? firstAt : first), null),
    ),
    cost: costOf(rows, currency),
    idleCost: costOf(rows, currency, "held-idle"),
    heldUnknownCost: costOf(rows, currency, "held-unknown"),
    freeCost: costOf(rows, currency, "free"),
    attributedRatio:
      heldHours === 0
        ? unknownFigure("ratio", "not-yet-read", "no held device-hours in this range")
        : valueFigure((heldHours - withoutOwner) / heldHours, "ratio"),
    hoursWithoutOwner: withoutOwner,
    byModel: toModels(devices, scope, currency),
    byPool: toGroups(rows, (row) => `${row.clusterId}/${row.pool}/${row.model}`, currency).map(
      ({ first, ...group }) => ({
        ...group,
        cluster: name(first.clusterId),
        pool: first.pool,
        model: first.model,
      }),
    ),
    devices: devices.map((device) => toDevice(device, name(device.clusterId), scope)),
    totals: toTotals(rows, name),
    holders,
    waste: toWaste(holders, devices, name, currency),
    waiting: explained.flatMap(({ waiting }) => waiting),
    free: explained.flatMap(({ free }) => free),
    activity: {
      stepSeconds,
      series: [...Map.groupBy(activity, (row) => JSON.stringify([row.model, row.pool])).values()].flatMap((points) => {
        const [first] = points;
        if (first === undefined) return [];
        return [
          {
            model: first.model,
            pool: first.pool,
            points: points.map(({ at, value }) => ({ at: at.toISOString(), value })),
          },
        ];
      }),
    },
  };
}

function isHeld(row: GpuHolderHoursRow): boolean {
  return row.state === "active" || row.state === "held-idle" || row.state === "held-unknown";
}

function sum(rows: readonly { readonly hours: number }[]): number {
  return rows.reduce((total, row) => total + row.hours, 0);
}

/** Hours of the range with records, of all its hours, over the clusters that have devices or had some. */
function knownHours(
  devices: readonly GpuDeviceRow[],
  known: readonly { readonly clusterId: number; readonly hourCount: number }[],
  range: HourRange,
): Gpu["hoursKnown"] {
  const clusterIds = new Set([...devices, ...known].map(({ clusterId }) => clusterId));
  const hours = Math.ceil((range.to.getTime() - range.from.getTime()) / HOUR_MS);
  return { covered: known.reduce((total, row) => total + row.hourCount, 0), of: hours * clusterIds.size };
}

/**
 * Hours that devices which are silent now lack, of those that their cluster has records for: a past that was filled from telemetry knows
 * nothing of a device that said nothing then.
 */
async function unrecordedHours(
  scope: Scope,
  range: HourRange,
  devices: readonly GpuDeviceRow[],
  known: readonly { readonly clusterId: number; readonly hourCount: number }[],
): Promise<number> {
  const silent = devices.filter((device) => !device.facts.hasTelemetry).slice(0, SILENT_DEVICES_COUNTED);
  if (silent.length === 0) return 0;
  const ids = silent.map((device) => device.id);
  const recorded = await readRecordedHours(getStore().pool, scope, range, ids);
  const hoursOf = new Map(known.map(({ clusterId, hourCount }) => [clusterId, hourCount]));
  const expected = silent.reduce((total, { clusterId }) => total + (hoursOf.get(clusterId) ?? 0), 0);
  return Math.max(0, expected - recorded.reduce((total, { hourCount }) => total + hourCount, 0));
}

function runRate(devices: readonly GpuDeviceRow[], currency: string): Gpu["costPerHour"] {
  const priced = devices.filter((device) => device.costPerHour !== null);
  const cost = priced.reduce((total, device) => total + (device.costPerHour ?? 0), 0);
  return sumFigure(cost, { covered: priced.length, of: devices.length }, costUnit(currency), "not-configured");
}

function toModels(devices: readonly GpuDeviceRow[], scope: Scope, currency: string): Gpu["byModel"] {
  const sees = seesHolder(scope);
  return [...Map.groupBy(devices, (device) => device.model ?? "")]
    .map(([model, own]) => {
      const measured = own.flatMap((device) => device.activityRatio ?? []);
      const mean = measured.reduce((total, ratio) => total + ratio, 0) / measured.length;
      return {
        model,
        deviceCount: own.length,
        byState: summarizeDevices(own.map(toDivided), (part) => sees(part.holder)).byState,
        activity: sumFigure(mean || 0, { covered: measured.length, of: own.length }, "ratio", "not-configured"),
        costPerHour: runRate(own, currency),
      };
    })
    .sort((a, b) => b.deviceCount - a.deviceCount);
}

function toGroups(rows: readonly GpuHolderHoursRow[], keyOf: (row: GpuHolderHoursRow) => string, currency: string) {
  return [...Map.groupBy(rows, keyOf).values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    return [
      { first, hours: hoursByState(own), cost: costOf(own, currency), idleCost: costOf(own, currency, "held-idle") },
    ];
  });
}

function toHolders(
  rows: readonly GpuHolderHoursRow[],
  name: (id: number) => string,
  currency: string,
  bornAt: ReadonlyMap<string, Date | null>,
): GpuHolderRow[] {
  const held = rows.filter(isHeld);
  const key = (row: GpuHolderHoursRow) =>
    JSON.stringify([row.clusterId, row.namespace, row.kind, row.name, row.team, row.model, row.pool]);
  const byKey = Map.groupBy(held, key);
  return toGroups(held, key, currency)
    .map(({ first, ...group }): GpuHolderRow => {
      const own = byKey.get(key(first)) ?? [];
      const seconds = own.reduce((total, row) => total + (row.activitySeconds ?? 0), 0);
      const active = own.reduce((total, row) => total + (row.activitySum ?? 0), 0);
      return {
        ...group,
        cluster: name(first.clusterId),
        namespace: first.namespace,
        kind: first.kind,
        name: first.name,
        team: first.team === "" ? null : first.team,
        model: first.model,
        pool: first.pool,
        deviceCount: Math.max(...own.map((row) => row.deviceCount)),
        activity:
          seconds > 0
            ? valueFigure(active / seconds, "ratio")
            : unknownFigure("ratio", "stale", "nothing is heard from its devices"),
        heldSince: isoOrNull(
          bornAt.get(JSON.stringify([first.clusterId, first.namespace, first.kind, first.name])) ?? null,
        ),
      };
    })
    .sort((a, b) => total(b) - total(a));
}

function total(row: GpuHolderRow): number {
  return Object.values(row.hours).reduce((all, hours) => all + hours, 0);
}

function toWaste(
  holders: readonly GpuHolderRow[],
  devices: readonly GpuDeviceRow[],
  name: (id: number) => string,
  currency: string,
): GpuWaste[] {
  const rows = new Map(
    holders
      .filter((holder) => holder.name !== "" && holder.kind !== REST)
      .map((holder) => [toHolderHours(holder, devices, name), holder]),
  );
  const byKey = new Map([...rows].map(([hours, row]) => [hours.key, row]));
  return rankWaste([...rows.keys()], toOffers(devices, name)).flatMap((waste) => {
    const row = byKey.get(waste.key);
    return row === undefined ? [] : [toWasteRow(row, waste, currency)];
  });
}
