import type { CrossZoneEstimate, FlowImportRecord, FlowSource } from "../contract/network.ts";
import { estimateCrossZone, type ZoneTraffic } from "../domain/network/estimate-cross-zone.ts";
import { bothEnds, priceFlow } from "../domain/network/price-flows.ts";
import { hintState, type RoutedService, settingOf } from "../domain/network/service-flows.ts";
import type { Db } from "../store/db.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";
import { type ImportRow, type PodTrafficRow, readPodTraffic } from "../store/sql/read-network-estimate.ts";
import { RUN_RATE_HOURS_PER_MONTH } from "./figures.ts";
import type { NetworkBase } from "./network-base.ts";
import { loadServices } from "./network-flows.ts";

const HOURS = 24;
const DAY_SECONDS = 86_400;

/** An upper bound for every cluster whose zones no source names. Whole clusters: nobody can say which team a byte is of. */
export async function loadEstimates(
  db: Db,
  base: NetworkBase,
  sources: readonly FlowSource[],
  now: Date,
): Promise<CrossZoneEstimate[]> {
  const clusters = base.clusters.filter((cluster) =>
    sources.some((source) => source.cluster === cluster.name && source.state !== "measured"),
  );
  if (clusters.length === 0) return [];
  const span = { from: new Date(now.getTime() - HOURS * 3_600_000), to: now };
  const pods = await readPodTraffic(
    db,
    clusters.map((cluster) => cluster.id),
    span,
  );
  // Of a cluster whose pods nobody has read there is no bound, not one of 0.
  const read = clusters.filter((cluster) => pods.some((pod) => pod.clusterId === cluster.id));
  return Promise.all(
    read.map(async (cluster) => {
      const own = pods.filter((pod) => pod.clusterId === cluster.id);
      const { services } = await loadServices(db, base, cluster, now);
      return toEstimate(base, cluster, own, keptPods(services));
    }),
  );
}

/** Pods that only get what their own zone sends, as far as the rules hold: every zone's endpoints are hinted. */
function keptPods(services: readonly RoutedService[]): ReadonlySet<string> {
  return new Set(
    services
      .filter(
        (one) => settingOf(one.service) !== null && !one.service.isHeadless && hintState(one.endpoints).isEffective,
      )
      .flatMap((one) => one.endpoints.map((endpoint) => `${one.service.namespace}/${endpoint.id}`)),
  );
}

function toEstimate(
  base: NetworkBase,
  cluster: ClusterRow,
  pods: readonly PodTrafficRow[],
  kept: ReadonlySet<string>,
): CrossZoneEstimate {
  const own = pods.filter((pod) => !pod.isHostNetwork);
  const measured = own.filter((pod) => pod.receivedBytesPerSecond !== null && pod.sentBytesPerSecond !== null);
  const isKept = (pod: PodTrafficRow) => kept.has(`${pod.namespace}/${pod.pod}`);
  const zones = [...Map.groupBy(measured, (pod) => pod.zone)].map(([zone, list]): ZoneTraffic => {
    const sum = (pick: (pod: PodTrafficRow) => number | null) =>
      list.reduce((total, pod) => total + (pick(pod) ?? 0), 0);
    return {
      zone,
      receivedBytesPerSecond: sum((pod) => pod.receivedBytesPerSecond),
      sentBytesPerSecond: sum((pod) => pod.sentBytesPerSecond),
      keptBytesPerSecond: sum((pod) => (isKept(pod) ? pod.receivedBytesPerSecond : 0)),
    };
  });
  const bound = measured.length === 0 ? null : estimateCrossZone(zones);
  const perDay = (rate: number | undefined) => (rate === undefined ? null : rate * DAY_SECONDS);
  const perByte = bothEnds(
    priceFlow(
      {
        provider: cluster.provider,
        region: regionOf(base, cluster.id),
        scope: "cross-zone",
        on: base.days.at(-1) ?? "",
      },
      base.book,
    ),
  );
  const perMonth = (rate: number | undefined) =>
    rate === undefined || perByte === null ? null : rate * perByte * 3600 * RUN_RATE_HOURS_PER_MONTH;
  const isOneZone = new Set(pods.map((pod) => pod.zone).filter((zone) => zone !== "")).size < 2;
  return {
    cluster: cluster.name,
    state: bound !== null ? "estimated" : isOneZone ? "one-zone" : "no-pod-network",
    highBytesPerDay: perDay(bound?.highBytesPerSecond),
    expectedBytesPerDay: perDay(bound?.expectedBytesPerSecond),
    highCostPerMonth: perMonth(bound?.highBytesPerSecond),
    expectedCostPerMonth: perMonth(bound?.expectedBytesPerSecond),
    receivedBytesPerDay:
      measured.length === 0 ? null : perDay(zones.reduce((sum, zone) => sum + zone.receivedBytesPerSecond, 0)),
    podCount: measured.filter((pod) => pod.zone !== "").length,
    podCountAll: own.length,
    hostNetworkPodCount: pods.length - own.length,
    keptPodCount: measured.filter(isKept).length,
    hours: HOURS,
    zones: zones
      .map((zone) => ({
        zone: zone.zone,
        receivedBytesPerDay: zone.receivedBytesPerSecond * DAY_SECONDS,
        sentBytesPerDay: zone.sentBytesPerSecond * DAY_SECONDS,
      }))
      .sort((a, b) => a.zone.localeCompare(b.zone)),
  };
}

/** The region of all of a cluster's zones, when they share one. */
function regionOf(base: NetworkBase, clusterId: number): string | null {
  const regions = new Set(base.zones.filter((row) => row.clusterId === clusterId).map((row) => row.region));
  const [only] = regions;
  return regions.size === 1 ? (only ?? null) : null;
}

export function toImportRecord(row: ImportRow, cluster: string): FlowImportRecord {
  return {
    id: row.id,
    cluster,
    fileName: row.fileName,
    from: row.fromAt?.toISOString() ?? null,
    to: row.toAt?.toISOString() ?? null,
    lineCount: row.lineCount,
    countedCount: row.countedCount,
    leftOut: row.leftOut,
    bytes: row.bytes,
    unknownPeerBytes: row.unknownPeerBytes,
    samplingRate: row.samplingRate,
    importedAt: row.importedAt.toISOString(),
    importedBy: row.importedBy,
  };
}
