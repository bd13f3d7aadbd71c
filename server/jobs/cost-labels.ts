import { chooseLabels, type LabelledWorkload, type WorkloadLabel } from "../domain/cost/cost-labels.ts";
import { valueOrNull } from "../domain/reading.ts";
import type { ClusterParts, Labels } from "../domain/snapshot.ts";

const NONE: Labels = {};

/** The chosen labels of every workload that anything is charged to: of its pods, of itself, of its namespace. */
export function labelsOfWorkloads(
  parts: Pick<ClusterParts, "pods" | "workloads" | "namespaces">,
  keys: readonly string[],
): WorkloadLabel[] {
  const namespaces = new Map((valueOrNull(parts.namespaces) ?? []).map((item) => [item.name, item.labels]));
  const own = new Map(
    (valueOrNull(parts.workloads) ?? []).map((item) => [`${item.namespace}/${item.kind}/${item.name}`, item.labels]),
  );
  const workloads = new Map<string, LabelledWorkload>();
  for (const { namespace, labels, workload } of valueOrNull(parts.pods) ?? []) {
    const key = `${namespace}/${workload.kind}/${workload.name}`;
    if (workloads.has(key)) continue;
    workloads.set(key, {
      namespace,
      kind: workload.kind,
      name: workload.name,
      labels: [labels, own.get(key) ?? NONE, namespaces.get(namespace) ?? NONE],
    });
  }
  return chooseLabels([...workloads.values()], keys);
}
