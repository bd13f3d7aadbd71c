import type { Labels, NodeFacts, ObjectRef } from "../../domain/snapshot.ts";

export type NodeIdentity = Pick<NodeFacts, "name" | "addresses"> & { readonly zone?: string | null };

/** What the inventory knows of a pod. Returned by the function that the caller hands in. */
export type PodOwner = {
  readonly workload: ObjectRef;
  readonly nodeName: string | null;
  /** Its network counters are those of the node. */
  readonly isHostNetwork: boolean;
  /** Requests a GPU or a device claim; `null` when not known. */
  readonly holdsDevice: boolean | null;
};
export type PodOwnerOf = (namespace: string, pod: string) => PodOwner | null;

/** Labels that may lead to the node of a target, kept by every query of the node level. */
export const NODE_LABELS = ["node", "kubernetes_io_hostname", "instance", "namespace", "pod"] as const;

/**
 * Finds the node of a series: `node`, then the copied node label, then the host labels of GPU exporters, then the
 * address in `instance`, then the exporter's own pod. A candidate only counts when the API knows a node of that name or
 * address, so a label that means something else is passed over. `null` = no label leads to a node.
 */
export type NodeResolver = (labels: Labels) => string | null;

export function toNodeResolver(nodes: readonly NodeIdentity[], podOwner: PodOwnerOf): NodeResolver {
  const names = new Set(nodes.map((node) => node.name));
  const byAddress = new Map<string, string | null>();
  for (const node of nodes) {
    for (const { address } of node.addresses) {
      const known = byAddress.get(address);
      // Two nodes behind one address (a proxy): the address says nothing.
      byAddress.set(address, known === undefined || known === node.name ? node.name : null);
    }
  }
  const named = (text: string | undefined): string | null => {
    if (text === undefined || text === "") return null;
    return names.has(text) ? text : (byAddress.get(text) ?? null);
  };
  return (labels) => {
    for (const label of ["node", "exported_node", "kubernetes_io_hostname", "Hostname", "hostname", "nodename"]) {
      const found = named(labels[label]);
      if (found !== null) return found;
    }
    const found = named(labels.instance) ?? named(withoutPort(labels.instance ?? ""));
    if (found !== null) return found;
    const { namespace, pod } = labels;
    return namespace === undefined || pod === undefined ? null : named(podOwner(namespace, pod)?.nodeName ?? undefined);
  };
}

/** `10.0.0.1:9100` → `10.0.0.1`, `[::1]:9100` → `::1`, a bare name stays. */
export function withoutPort(instance: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(instance);
  if (bracketed?.[1] !== undefined) return bracketed[1];
  const parts = instance.split(":");
  return parts.length === 2 ? (parts[0] ?? "") : instance;
}

export type HeldBy = { readonly namespace: string; readonly pod: string; readonly container: string };

// The pods of dcgm-exporter and AMD's device-metrics-exporter in their charts' names.
const EXPORTER_POD = /(dcgm|metrics|gpu|device)-?exporter/;

/**
 * The workload of a device series, `null` on a device that nobody holds.
 *
 * Scraped without honorLabels, the workload sits in `exported_*` and plain `pod` is the exporter; with honorLabels it
 * is plain; builds with the old names say `pod_name`. An idle device has no workload labels at all, so a plain `pod` is
 * believed only when it is not the exporter: not by name, not because the same target uses `exported_pod` elsewhere, and
 * not because the inventory says that this pod asks for no device.
 */
export function heldBy(labels: Labels, exporterInstances: ReadonlySet<string>, podOwner: PodOwnerOf): HeldBy | null {
  const exportedPod = labels.exported_pod ?? "";
  if (exportedPod !== "") {
    return {
      namespace: labels.exported_namespace ?? labels.namespace ?? "",
      pod: exportedPod,
      container: labels.exported_container ?? "",
    };
  }
  const oldPod = labels.pod_name ?? "";
  if (oldPod !== "") {
    return { namespace: labels.pod_namespace ?? "", pod: oldPod, container: labels.container_name ?? "" };
  }
  const pod = labels.pod ?? "";
  const namespace = labels.namespace ?? "";
  if (pod === "" || namespace === "") return null;
  if (EXPORTER_POD.test(pod) || exporterInstances.has(labels.instance ?? "")) return null;
  if (podOwner(namespace, pod)?.holdsDevice === false) return null;
  return { namespace, pod, container: labels.container ?? "" };
}

/** Targets whose series use `exported_pod`: there, plain `pod` is always the exporter. */
export function exporterInstancesOf(series: Iterable<Labels>): ReadonlySet<string> {
  const instances = new Set<string>();
  for (const labels of series) {
    if ((labels.exported_pod ?? "") !== "" && labels.instance !== undefined) instances.add(labels.instance);
  }
  return instances;
}
