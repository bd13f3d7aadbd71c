import type { PodFacts, ResourceClaimFacts } from "../snapshot.ts";
import { requestedDevices } from "./device-counts.ts";
import type { Draft } from "./device-drafts.ts";
import type { GpuHolder } from "./device-sample.ts";
import type { DeviceHolder, DeviceInput } from "./device-types.ts";
import { gpuAsksOf } from "./gpu-resources.ts";

/** The kind under which a claim that no pod uses holds its devices: somebody's namespace, nobody's pod. */
export const CLAIM_HOLDER_KIND = "ResourceClaim";

export function isHolding(pod: PodFacts): boolean {
  return pod.nodeName !== null && pod.phase !== "Succeeded" && pod.phase !== "Failed" && requestedDevices(pod) > 0;
}

/** Who holds each published device, by driver, pool and name. A claim that is allocated and that no pod uses holds it itself. */
export function holdersByClaim(
  claims: readonly ResourceClaimFacts[],
  pods: ReadonlyMap<string, PodFacts>,
  { teamOf, teamOfNamespace }: Pick<DeviceInput, "teamOf" | "teamOfNamespace">,
): Map<string, DeviceHolder[]> {
  const holders = new Map<string, DeviceHolder[]>();
  for (const claim of claims) {
    const own = { namespace: claim.namespace, name: claim.name };
    const consumers = claim.reservedFor.filter((consumer) => consumer.resource === "pods");
    for (const result of claim.allocation ?? []) {
      // Admin access looks at a device without consuming it.
      if (result.adminAccess) continue;
      const key = `${result.driver}/${result.pool}/${result.device}`;
      const list = holders.get(key) ?? [];
      for (const consumer of consumers) list.push(toHolder(claim.namespace, consumer.name, pods, teamOf, "claim", own));
      if (consumers.length === 0)
        list.push({
          namespace: claim.namespace,
          pod: "",
          workload: { kind: CLAIM_HOLDER_KIND, name: claim.name },
          team: teamOfNamespace?.(claim.namespace) ?? null,
          attribution: "claim",
          claim: own,
          activityRatio: null,
          memoryUsedBytes: null,
        });
      holders.set(key, list);
    }
  }
  return holders;
}

export function toHolder(
  namespace: string,
  podName: string,
  pods: ReadonlyMap<string, PodFacts>,
  teamOf: DeviceInput["teamOf"],
  attribution: DeviceHolder["attribution"],
  claim: DeviceHolder["claim"],
  own?: GpuHolder,
): DeviceHolder {
  const pod = pods.get(`${namespace}/${podName}`);
  const workload = pod?.workload ?? own?.workload ?? null;
  return {
    namespace,
    pod: podName,
    workload: workload === null ? null : { kind: workload.kind, name: workload.name },
    team: pod === undefined ? null : teamOf(pod),
    attribution,
    claim,
    activityRatio: own?.activityRatio ?? null,
    memoryUsedBytes: own?.memoryUsedBytes ?? null,
  };
}

/** One entry per pod: a claim and the exporter may both name the same holder; the exporter's own figures are kept. */
export function addHolders(target: DeviceHolder[], more: readonly DeviceHolder[]): void {
  for (const holder of more) {
    const index = target.findIndex((entry) => entry.namespace === holder.namespace && entry.pod === holder.pod);
    const existing = target[index];
    if (existing === undefined) target.push(holder);
    else
      target[index] = {
        ...existing,
        claim: existing.claim ?? holder.claim,
        activityRatio: existing.activityRatio ?? holder.activityRatio,
        memoryUsedBytes: existing.memoryUsedBytes ?? holder.memoryUsedBytes,
      };
  }
}

/**
 * Pods that hold devices by count only: on devices without telemetry first, then on ones that nobody is named for. A pod that the
 * exporter names on some of its devices holds the others too: a device that fell silent is not free.
 */
export function placeUnnamedHolders(drafts: Draft[], pods: readonly PodFacts[], teamOf: DeviceInput["teamOf"]): void {
  const named = new Map<string, number>();
  for (const draft of drafts) {
    for (const { namespace, pod } of [...draft.holders, ...draft.partitions.flatMap((partition) => partition.holders)])
      named.set(`${namespace}/${pod}`, (named.get(`${namespace}/${pod}`) ?? 0) + 1);
  }
  for (const pod of pods) {
    const isPartOnly = gpuAsksOf(pod.template).every((ask) => ask.resource.profile !== null || ask.resource.isShared);
    const known = named.get(`${pod.namespace}/${pod.name}`) ?? 0;
    const wanted = Math.max(1, Math.round(requestedDevices(pod)));
    // Several shares of one device carry its pod's name once: only whole devices can be missing.
    if (known >= wanted || (known > 0 && (isPartOnly || drafts.some(isSharedByPlugin)))) continue;
    const holder: DeviceHolder = {
      namespace: pod.namespace,
      pod: pod.name,
      workload: { kind: pod.workload.kind, name: pod.workload.name },
      team: teamOf(pod),
      attribution: "node-only",
      claim: null,
      activityRatio: null,
      memoryUsedBytes: null,
    };
    const candidates = drafts
      .filter(
        (draft) =>
          draft.access !== "dra" &&
          draft.partitions.length === 0 &&
          (isSharedByPlugin(draft) || draft.holders.length === 0) &&
          // A device that reports and names nobody is free, as long as this exporter names the holders of others.
          (known === 0 || draft.sample === null),
      )
      .sort((a, b) => a.holders.length - b.holders.length || Number(a.sample !== null) - Number(b.sample !== null));
    for (const draft of candidates.slice(0, wanted - known)) draft.holders.push(holder);
  }
}

/** Several pods may hold it at once, each a part. */
function isSharedByPlugin(draft: Draft): boolean {
  return draft.sharing === "time-slicing" || draft.sharing === "mps" || draft.sharing === "mig";
}
