import type { ContainerStatusFacts, ObjectRef, PodFacts } from "../../domain/snapshot.ts";
import type { Interner } from "./interner.ts";
import {
  booleanOrNull,
  isTrue,
  type JsonObject,
  numberOrNull,
  objectAt,
  objectOrNull,
  objectsAt,
  requireObject,
  requireText,
  textAt,
  textOrNull,
} from "./parse-json.ts";
import { projectAmountsOrNull } from "./project-amounts.ts";
import { controllerOf, metadataOf, shortMessage } from "./project-meta.ts";
import { projectPodTemplate } from "./project-pod-template.ts";

const PHASES: ReadonlySet<string> = new Set(["Pending", "Running", "Succeeded", "Failed", "Unknown"]);
const MIRROR_ANNOTATION = "kubernetes.io/config.mirror";

/** Labels that differ on every pod or rollout: kept, they would make every label set its own object. */
export const PER_POD_LABELS: ReadonlySet<string> = new Set([
  "pod-template-hash",
  "controller-revision-hash",
  "pod-template-generation",
  "statefulset.kubernetes.io/pod-name",
  "apps.kubernetes.io/pod-index",
  "controller-uid",
  "batch.kubernetes.io/controller-uid",
  "batch.kubernetes.io/job-completion-index",
]);

/** True on every healthy pod; kept only when they say something else. "Ready" stays for its moment. */
const ORDINARY_CONDITIONS: ReadonlySet<string> = new Set([
  "PodScheduled",
  "Initialized",
  "ContainersReady",
  "PodReadyToStartContainers",
]);

const NO_CLAIMS: PodFacts["claimNames"] = Object.freeze([]);

export type ResolveWorkload = (
  owner: ObjectRef | null,
  pod: { readonly name: string; readonly hash: string | null; readonly namespace: string },
) => ObjectRef;

/**
 * One pod. Statuses, conditions, templates, labels and moments are shared between pods where they are equal, so that an
 * ordinary pod costs about half a kilobyte.
 */
export function projectPod(raw: unknown, interner: Interner, resolveWorkload: ResolveWorkload): PodFacts {
  const item = requireObject(raw);
  const spec = objectAt(item, "spec");
  const repeated = {
    nodeName: textOrNull(spec, "nodeName"),
    template: projectPodTemplate(metadataOf(item), spec, interner),
    containers: projectContainerStatuses(objectAt(item, "status"), interner),
  };
  return assemblePod(item, repeated, interner, resolveWorkload);
}

/** A pod from what is its own – metadata and the rest of its status – and what its replicas repeat. */
export function assemblePod(
  item: JsonObject,
  repeated: Pick<PodFacts, "nodeName" | "template" | "containers">,
  interner: Interner,
  resolveWorkload: ResolveWorkload,
): PodFacts {
  const metadata = metadataOf(item);
  const status = objectAt(item, "status");
  const name = requireText(metadata, "name");
  const namespace = interner.text(requireText(metadata, "namespace"));
  const owner = controllerOf(metadata, namespace, interner);
  const phase = textAt(status, "phase");
  const rawLabels = objectAt(metadata, "labels");
  const claims = objectsAt(status, "resourceClaimStatuses");
  return {
    name,
    namespace,
    uid: textAt(metadata, "uid"),
    nodeName: interner.textOrNull(repeated.nodeName),
    phase: isPhase(phase) ? phase : "Unknown",
    statusReason: interner.textOrNull(textOrNull(status, "reason")),
    createdAt: interner.moment(metadata.creationTimestamp),
    startedAt: interner.moment(status.startTime),
    deletionAt: interner.moment(metadata.deletionTimestamp),
    qosClass: interner.textOrNull(textOrNull(status, "qosClass")),
    podIp: textOrNull(status, "podIP"),
    owner,
    workload: resolveWorkload(owner, { name, namespace, hash: textOrNull(rawLabels, "pod-template-hash") }),
    labels: interner.labels(rawLabels, PER_POD_LABELS),
    isMirror: MIRROR_ANNOTATION in objectAt(metadata, "annotations"),
    template: repeated.template,
    containers: repeated.containers,
    conditions: projectConditions(status, interner),
    claimNames:
      claims.length === 0
        ? NO_CLAIMS
        : claims.map((claim) => ({ name: textAt(claim, "name"), claimName: textOrNull(claim, "resourceClaimName") })),
    extendedResourceClaimName: textOrNull(objectAt(status, "extendedResourceClaimStatus"), "resourceClaimName"),
    resizeStatus: interner.textOrNull(textOrNull(status, "resize")),
  };
}

export function projectContainerStatuses(status: JsonObject, interner: Interner): PodFacts["containers"] {
  return interner.share([
    ...objectsAt(status, "initContainerStatuses").map((container) => projectStatus(container, true, interner)),
    ...objectsAt(status, "containerStatuses").map((container) => projectStatus(container, false, interner)),
  ]);
}

function isPhase(phase: string): phase is PodFacts["phase"] {
  return PHASES.has(phase);
}

export function isKeptCondition(condition: JsonObject): boolean {
  return condition.status !== "True" || !ORDINARY_CONDITIONS.has(textAt(condition, "type"));
}

function projectConditions(status: JsonObject, interner: Interner): PodFacts["conditions"] {
  const kept = objectsAt(status, "conditions").filter(isKeptCondition);
  // Not shared as a whole: each has its own moment. Their texts are.
  return kept.map((condition) => ({
    type: interner.text(textAt(condition, "type")),
    status: interner.text(textAt(condition, "status")),
    reason: interner.text(textAt(condition, "reason")),
    message: interner.text(shortMessage(textAt(condition, "message"))),
    at: interner.moment(condition.lastTransitionTime),
  }));
}

function projectStatus(status: JsonObject, isInit: boolean, interner: Interner): ContainerStatusFacts {
  const state = objectAt(status, "state");
  const waiting = objectOrNull(state, "waiting");
  const terminated = objectOrNull(state, "terminated");
  const lastTerminated = objectAt(objectAt(status, "lastState"), "terminated");
  return {
    name: textAt(status, "name"),
    isInit,
    isReady: isTrue(status, "ready"),
    isStarted: booleanOrNull(status, "started"),
    restartCount: numberOrNull(status, "restartCount") ?? 0, // a required field of the API: the server always writes it
    state:
      waiting !== null
        ? "waiting"
        : terminated !== null
          ? "terminated"
          : objectOrNull(state, "running") !== null
            ? "running"
            : "unknown",
    stateReason: textOrNull(waiting ?? terminated ?? {}, "reason"),
    exitCode: terminated === null ? null : numberOrNull(terminated, "exitCode"),
    finishedAt: terminated === null ? null : interner.moment(terminated.finishedAt),
    lastTerminatedReason: textOrNull(lastTerminated, "reason"),
    lastExitCode: numberOrNull(lastTerminated, "exitCode"),
    lastTerminatedAt: interner.moment(lastTerminated.finishedAt),
    actualRequests: projectAmountsOrNull(objectAt(status, "resources").requests),
  };
}
