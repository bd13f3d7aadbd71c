import type { ClusterParts, Labels, PodFacts } from "../domain/snapshot.ts";
import { type TeamSource, teamOf } from "../domain/teams.ts";

const NO_LABELS = {};

export type Owners = {
  readonly ofPod: (pod: PodFacts) => string | null;
  readonly ofWorkload: (namespace: string, kind: string, name: string) => string | null;
  readonly ofNamespace: (name: string) => string | null;
  /** By an object's own labels, else by its namespace's – for objects that are not workloads. */
  readonly ofLabels: (namespace: string, labels: Labels) => string | null;
};

/**
 * Who owns what, by `teams.from`. A workload is owned by its own labels, else its namespace's; a pod by its labels, else by its
 * workload – so that all pods of a workload are counted where the workload is.
 */
export function indexOwners(
  sources: readonly TeamSource[],
  parts: Pick<ClusterParts, "namespaces" | "workloads">,
): Owners {
  const namespaceLabels = new Map(
    parts.namespaces.state === "value" ? parts.namespaces.value.map((item) => [item.name, item.labels]) : [],
  );
  const labelsOf = (namespace: string) => namespaceLabels.get(namespace) ?? NO_LABELS;
  const workloads = new Map<string, string | null>();
  if (parts.workloads.state === "value") {
    for (const item of parts.workloads.value) {
      workloads.set(
        `${item.namespace}/${item.kind}/${item.name}`,
        teamOf(sources, item.labels, labelsOf(item.namespace), item.namespace),
      );
    }
  }
  const ofWorkload = (namespace: string, kind: string, name: string) => {
    const known = workloads.get(`${namespace}/${kind}/${name}`);
    return known === undefined ? teamOf(sources, NO_LABELS, labelsOf(namespace), namespace) : known;
  };
  const labelSources = sources.filter((source) => source.kind === "label");
  return {
    ofPod: (pod) =>
      teamOf(labelSources, pod.labels, NO_LABELS, pod.namespace) ??
      ofWorkload(pod.namespace, pod.workload.kind, pod.workload.name),
    ofWorkload,
    ofNamespace: (name) =>
      teamOf(
        sources.filter((source) => source.kind !== "label"),
        NO_LABELS,
        labelsOf(name),
        name,
      ),
    ofLabels: (namespace, labels) => teamOf(sources, labels, labelsOf(namespace), namespace),
  };
}
