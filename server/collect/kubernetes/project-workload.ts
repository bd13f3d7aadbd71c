import type { ObjectRef, WorkloadFacts } from "../../domain/snapshot.ts";
import type { Interner } from "./interner.ts";
import { type JsonObject, numberOrNull, objectAt, requireObject, requireText, textAt } from "./parse-json.ts";
import { controllerOf, metadataOf } from "./project-meta.ts";
import { projectPodTemplate } from "./project-pod-template.ts";

/** Annotations that say who really writes the object, or whether its pods may be moved. */
const KEPT_ANNOTATIONS = [
  "cluster-autoscaler.kubernetes.io/safe-to-evict",
  "karpenter.sh/do-not-disrupt",
  "meta.helm.sh/release-name",
  "argocd.argoproj.io/tracking-id",
  "kustomize.toolkit.fluxcd.io/name",
  "deployment.kubernetes.io/revision",
] as const;

/** Deployment, StatefulSet, DaemonSet or ReplicaSet; `kind` is given, because list items do not carry theirs. */
export function projectWorkload(kind: string, raw: unknown, interner: Interner): WorkloadFacts {
  const item = requireObject(raw);
  const metadata = metadataOf(item);
  const spec = objectAt(item, "spec");
  const status = objectAt(item, "status");
  const template = objectAt(spec, "template");
  const isDaemonSet = kind === "DaemonSet";
  return {
    kind,
    namespace: interner.text(requireText(metadata, "namespace")),
    name: requireText(metadata, "name"),
    uid: textAt(metadata, "uid"),
    labels: interner.labels(objectAt(metadata, "labels")),
    annotations: keepAnnotations(metadata, interner),
    createdAt: interner.moment(metadata.creationTimestamp),
    desiredReplicas: isDaemonSet ? numberOrNull(status, "desiredNumberScheduled") : numberOrNull(spec, "replicas"),
    // `readyReplicas` is left out by the API when it is 0; a status that was never written has no `observedGeneration`.
    readyReplicas: isDaemonSet ? numberOrNull(status, "numberReady") : readyReplicas(status),
    selector: interner.labels(objectAt(objectAt(spec, "selector"), "matchLabels")),
    template: projectPodTemplate(objectAt(template, "metadata"), objectAt(template, "spec"), interner),
  };
}

/** Jobs without a CronJob and CronJobs as what a team owns: replicas do not apply. */
export function projectBatchWorkload(kind: "Job" | "CronJob", raw: unknown, interner: Interner): WorkloadFacts {
  const item = requireObject(raw);
  const metadata = metadataOf(item);
  const spec =
    kind === "Job" ? objectAt(item, "spec") : objectAt(objectAt(objectAt(item, "spec"), "jobTemplate"), "spec");
  const template = objectAt(spec, "template");
  return {
    kind,
    namespace: interner.text(requireText(metadata, "namespace")),
    name: requireText(metadata, "name"),
    uid: textAt(metadata, "uid"),
    labels: interner.labels(objectAt(metadata, "labels")),
    annotations: keepAnnotations(metadata, interner),
    createdAt: interner.moment(metadata.creationTimestamp),
    desiredReplicas: null,
    readyReplicas: null,
    selector: interner.labels(objectAt(objectAt(spec, "selector"), "matchLabels")),
    template: projectPodTemplate(objectAt(template, "metadata"), objectAt(template, "spec"), interner),
  };
}

export type ReplicaSetOwner = { readonly namespace: string; readonly name: string; readonly owner: ObjectRef | null };

/** Metadata of a ReplicaSet: enough to climb from its pods to what owns it. */
export function projectReplicaSetOwner(raw: unknown, interner: Interner): ReplicaSetOwner {
  const metadata = metadataOf(requireObject(raw));
  const namespace = interner.text(requireText(metadata, "namespace"));
  return { namespace, name: requireText(metadata, "name"), owner: controllerOf(metadata, namespace, interner) };
}

function readyReplicas(status: JsonObject): number | null {
  return numberOrNull(status, "readyReplicas") ?? (numberOrNull(status, "observedGeneration") === null ? null : 0);
}

function keepAnnotations(metadata: JsonObject, interner: Interner): WorkloadFacts["annotations"] {
  const annotations = objectAt(metadata, "annotations");
  const kept: Record<string, unknown> = {};
  for (const key of KEPT_ANNOTATIONS) if (key in annotations) kept[key] = annotations[key];
  return interner.labels(kept);
}
