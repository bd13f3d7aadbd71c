import type { FreeDevices, WaitingClaim } from "../contract/gpu.ts";
import { isGpuDriver, isGpuResource } from "../domain/gpu/device-model.ts";
import { driverOf } from "../domain/gpu/device-selector.ts";
import { explainFree, explainWaiting, type Need, needsOfClaim, type OfferedDevice } from "../domain/gpu/waiting.ts";
import { valueOrNull } from "../domain/reading.ts";
import type { DeviceClassFacts, EventFacts, PodFacts } from "../domain/snapshot.ts";
import { getStore } from "../store/client.ts";
import { loadGpuInput } from "../store/gpu-input.ts";
import { loadSnapshot } from "../store/snapshots.ts";
import type { ClusterRow } from "../store/sql/read-clusters.ts";
import { type GpuDeviceRow, readWaitingPods } from "../store/sql/read-gpu.ts";
import type { Scope } from "../store/sql/rows.ts";
import { costUnit, isoOrNull, sumFigure } from "./figures.ts";

type Waiting = { readonly row: WaitingClaim; readonly needs: readonly Need[] };
export type WaitingAnswer = { readonly waiting: WaitingClaim[]; readonly free: FreeDevices[] };

/**
 * Claims without devices and pods without a node that ask for one, longest first, each with what is missing; and the free devices of
 * the cluster with what keeps them from helping.
 *
 * Basis: the stored claims, classes and events of the newest inventory. A claim belongs to the team of its pod.
 */
export async function explainCluster(
  cluster: ClusterRow,
  scope: Scope,
  devices: readonly GpuDeviceRow[],
  currency: string,
  now: Date,
): Promise<WaitingAnswer> {
  const { pool } = getStore();
  const { parts } = await loadSnapshot(pool, cluster, now, ["resourceClaims", "deviceClasses", "events"]);
  const claims = (valueOrNull(parts.resourceClaims) ?? []).filter(
    (claim) => claim.allocation === null && claim.deletionAt === null && claim.requests.length > 0,
  );
  const input = await loadGpuInput(pool, cluster.id);
  const pods = (input?.pods ?? []).filter(({ pod }) => pod.phase === "Pending" && pod.nodeName === null);
  const podOf = (claim: (typeof claims)[number]) =>
    claim.ownerPod ?? claim.reservedFor.find((consumer) => consumer.resource === "pods")?.name ?? null;
  const events = valueOrNull(parts.events) ?? [];
  // A claim that stands alone does not name its pod; the scheduler's event about a pod of the same namespace may name the claim's class.
  const guessPod = (claim: (typeof claims)[number]): string | null => {
    const classes = needsOfClaim(claim).map((need) => need.wants);
    const event = events.find(
      (entry) =>
        entry.involved.kind === "Pod" &&
        entry.involved.namespace === claim.namespace &&
        entry.reason === "FailedScheduling" &&
        classes.some((name) => entry.message.includes(name)),
    );
    return event?.involved.name ?? null;
  };
  const withPods = claims.map((claim) => ({ claim, pod: podOf(claim) ?? guessPod(claim) }));
  const names = [
    ...withPods.flatMap(({ claim, pod }) => (pod === null ? [] : [`${claim.namespace}/${pod}`])),
    ...pods.map(({ pod }) => `${pod.namespace}/${pod.name}`),
  ];
  const podRows = new Map(
    (await readWaitingPods(pool, { ...scope, clusterIds: [cluster.id] }, names)).map((row) => [
      `${row.namespace}/${row.name}`,
      row,
    ]),
  );
  const offered = devices.flatMap(toOffered).map(({ device }) => device);
  const classes = parts.deviceClasses.state === "value" ? parts.deviceClasses.value : null;
  const found: Waiting[] = [];
  for (const { claim, pod } of withPods) {
    const needs = needsOfClaim(claim);
    if (!needs.some((need) => asksForGpu(need, classes, offered))) continue;
    const owner = pod === null ? undefined : podRows.get(`${claim.namespace}/${pod}`);
    // Whose claim it is says only its pod: a reader of some teams does not see the others'.
    if (scope.teams !== null && owner === undefined) continue;
    const message = pod === null ? null : messageFor(events, claim.namespace, pod);
    found.push(toWaiting(cluster.name, "claim", claim, owner?.team ?? null, pod, needs, classes, offered, message));
  }
  for (const { pod } of pods) {
    const needs = needsOfPod(pod);
    const owner = podRows.get(`${pod.namespace}/${pod.name}`);
    if (needs.length === 0 || owner === undefined) continue;
    const condition = pod.conditions.find((entry) => entry.type === "PodScheduled" && entry.status === "False");
    const message = condition?.message || messageFor(events, pod.namespace, pod.name);
    found.push(toWaiting(cluster.name, "pod", pod, owner.team, pod.name, needs, classes, offered, message));
  }
  const waiting = found.map(({ row }) => row).sort((a, b) => ((a.since ?? "") < (b.since ?? "") ? -1 : 1));
  // What is free belongs to nobody: told only to who sees the whole cluster.
  return { waiting, free: scope.teams === null ? toFree(cluster.name, devices, found, currency) : [] };
}

/** Other classes are claimed too (fabric channels, cameras): only those that lead to accelerators, or to nothing at all, are shown. */
function asksForGpu(
  need: Need,
  classes: readonly DeviceClassFacts[] | null,
  offered: readonly OfferedDevice[],
): boolean {
  const found = classes?.find((entry) => entry.name === need.wants);
  if (found === undefined) return /gpu|accelerator|nvidia|amd|intel/i.test(need.wants);
  const driver = driverOf(found.selectorCel);
  return driver === null ? offered.length > 0 : isGpuDriver(driver);
}

function needsOfPod(pod: PodFacts): Need[] {
  const counts = new Map<string, number>();
  for (const container of pod.template.containers)
    for (const [name, amount] of Object.entries(container.limits.extended))
      if (isGpuResource(name)) counts.set(name, (counts.get(name) ?? 0) + amount);
  return [...counts].map(([wants, count]) => ({ wants, kind: "resource", count }));
}

function messageFor(events: readonly EventFacts[], namespace: string, pod: string): string | null {
  const own = events.filter(
    ({ involved }) => involved.kind === "Pod" && involved.namespace === namespace && involved.name === pod,
  );
  return (own.find((event) => event.reason === "FailedScheduling") ?? own[0])?.message ?? null;
}

function toWaiting(
  cluster: string,
  kind: WaitingClaim["kind"],
  object: { readonly namespace: string; readonly name: string; readonly createdAt: Date | null },
  team: string | null,
  pod: string | null,
  needs: readonly Need[],
  classes: readonly DeviceClassFacts[] | null,
  offered: readonly OfferedDevice[],
  message: string | null,
): Waiting {
  const { cause, wants, freeCount } = explainWaiting(needs, classes, offered);
  const row: WaitingClaim = {
    cluster,
    kind,
    namespace: object.namespace,
    name: object.name,
    team,
    pod: kind === "pod" ? null : pod,
    wants: needs.map((need) => ({ name: need.wants, count: need.count })),
    since: isoOrNull(object.createdAt),
    cause,
    causeOf: wants,
    freeCount,
    message,
  };
  return { row, needs };
}

type Offer = { readonly device: OfferedDevice; readonly row: GpuDeviceRow; readonly share: number };

/** What can be asked for on a device: itself, or each instance of a card that is cut. */
function toOffered(row: GpuDeviceRow): Offer[] {
  const { vendor, model, nodeName, state, facts } = row;
  const base = { vendor, model, nodeName, access: facts.access };
  if (facts.partitions.length === 0) return [{ device: { ...base, profile: null, state }, row, share: 1 }];
  return facts.partitions.map((partition) => ({
    device: { ...base, profile: partition.profile, state: partition.state },
    row,
    share: partition.computeShare ?? 0,
  }));
}

function toFree(
  cluster: string,
  devices: readonly GpuDeviceRow[],
  waiting: readonly Waiting[],
  currency: string,
): FreeDevices[] {
  const needs = waiting.map((entry) => ({ needs: entry.needs, cause: entry.row.cause }));
  const free = devices.flatMap(toOffered).filter(({ device }) => device.state === "free");
  const groups = Map.groupBy(free, ({ device, row }) =>
    JSON.stringify([row.pool, device.model, device.access, device.profile]),
  );
  return [...groups.values()].flatMap((own) => {
    const first = own[0];
    if (first === undefined) return [];
    const priced = own.filter(({ row }) => row.costPerHour !== null);
    const cost = priced.reduce((sum, { row, share }) => sum + (row.costPerHour ?? 0) * share, 0);
    return [
      {
        cluster,
        pool: first.row.pool,
        model: first.device.model,
        access: first.device.access,
        profile: first.device.profile,
        count: own.length,
        reason: explainFree(first.device, needs),
        costPerHour: sumFigure(cost, { covered: priced.length, of: own.length }, costUnit(currency), "not-configured"),
      },
    ];
  });
}
