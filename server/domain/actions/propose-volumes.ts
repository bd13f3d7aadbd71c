import type { ActionDraft, ActionLevel } from "./action-draft.ts";
import { LEAST_COST_PER_MONTH, MONTH_HOURS } from "./action-draft.ts";

export type IdleVolume = {
  readonly volume: string;
  readonly phase: string;
  readonly bytes: number;
  readonly storageClassName: string | null;
  /** The claim that holds it, or held it last. */
  readonly claim: { readonly namespace: string; readonly name: string } | null;
  readonly team: string | null;
  /** Since when nobody has mounted it, as far as can be told: change of phase, else when it was made. */
  readonly since: Date | null;
  readonly costPerHour: number | null;
  readonly priceRef: string | null;
};

const DAY_MS = 86_400_000;
const RELEASED_DAYS = 7;
const UNMOUNTED_DAYS = 30;

/**
 * Volumes that nobody holds: released for a week, or claimed and mounted by no pod while older than a month.
 *
 * Basis: a released one is known to be given up; an unmounted claim may belong to something that is scaled to zero, so its
 * confidence is low. The disk leaves the bill when it is deleted, so all of it is cash.
 */
export function proposeVolumes(cluster: string, volumes: readonly IdleVolume[], at: Date): ActionDraft[] {
  return volumes.flatMap((volume): ActionDraft[] => {
    const isReleased = volume.phase !== "Bound";
    const days = volume.since === null ? null : (at.getTime() - volume.since.getTime()) / DAY_MS;
    if (days === null || days < (isReleased ? RELEASED_DAYS : UNMOUNTED_DAYS)) return [];
    const perMonth = volume.costPerHour === null ? null : volume.costPerHour * MONTH_HOURS;
    if (perMonth !== null && perMonth < LEAST_COST_PER_MONTH) return [];
    const confidence: ActionLevel = isReleased ? (days >= 30 ? "high" : "medium") : "low";
    const subject = `PersistentVolume/${volume.volume}`;
    return [
      {
        id: `remove-volume/${cluster}/${volume.volume}`,
        kind: "remove-volume",
        namespace: volume.claim?.namespace ?? null,
        objectKind: isReleased ? "PersistentVolume" : "PersistentVolumeClaim",
        name: isReleased ? volume.volume : (volume.claim?.name ?? volume.volume),
        team: volume.team,
        isWhole: volume.claim === null,
        freedPerMonth: perMonth,
        cash: "direct",
        confidence,
        // What is deleted is gone: a copy first.
        risk: isReleased ? "medium" : "high",
        facts: {
          volume: volume.volume,
          phase: volume.phase,
          volumeBytes: volume.bytes,
          idleDays: Math.floor(days),
          storageClass: volume.storageClassName,
          claim: volume.claim === null ? null : `${volume.claim.namespace}/${volume.claim.name}`,
        },
        guards: [],
        evidence: [
          { kind: "api", ref: "/api/v1/persistentvolumes", subject, observed: volume.phase, at },
          { kind: "api", ref: "pods that mount it", subject, observed: "0", at },
          ...(volume.priceRef === null
            ? []
            : [{ kind: "price" as const, ref: volume.priceRef, subject, observed: String(perMonth ?? ""), at }]),
        ],
        manifest: isReleased ? releaseManifest(volume) : snapshotManifest(volume),
        touches: [`volume/${volume.volume}`],
        change: null,
        removedNodes: [],
      },
    ];
  });
}

function releaseManifest({ volume }: IdleVolume): string {
  return `# Deletes the disk: a released volume with this policy is removed with what is on it. Copy it first if in doubt.
# kubectl patch pv ${volume} --patch-file volume.yaml
apiVersion: v1
kind: PersistentVolume
metadata:
  name: ${JSON.stringify(volume)}
spec:
  persistentVolumeReclaimPolicy: Delete
`;
}

function snapshotManifest({ claim, volume }: IdleVolume): string | null {
  if (claim === null) return null;
  return `# 1. Keep a copy (needs a CSI driver with snapshots), wait until it is ready to use.
# 2. kubectl delete pvc ${claim.name} -n ${claim.namespace}    # removes ${volume} where its policy is Delete
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshot
metadata:
  namespace: ${JSON.stringify(claim.namespace)}
  name: ${JSON.stringify(`${claim.name}-before-removal`.slice(0, 253))}
spec:
  source:
    persistentVolumeClaimName: ${JSON.stringify(claim.name)}
`;
}
