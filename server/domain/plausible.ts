import { type Reading, unknownBecause } from "./reading.ts";
import type { ClusterParts } from "./snapshot.ts";

type Checked = Pick<ClusterParts, "namespaces" | "nodes" | "pods">;

/**
 * Refuses answers that cannot be true, so that they never replace good data: a cluster has at least the kube-system namespace,
 * and pods that run sit on nodes. An empty list in their place is a broken proxy or a filtered view, not a deleted fleet.
 */
export function refuseImplausible<P extends Checked>(parts: P): P {
  const namespaces = isEmpty(parts.namespaces)
    ? refused(parts.namespaces, "the list of namespaces is empty, which no cluster has")
    : parts.namespaces;
  const hasPlacedPods = parts.pods.state === "value" && parts.pods.value.some((pod) => pod.nodeName !== null);
  const nodes =
    isEmpty(parts.nodes) && hasPlacedPods
      ? refused(parts.nodes, "the list of nodes is empty although pods run on nodes")
      : parts.nodes;
  return { ...parts, namespaces, nodes };
}

function isEmpty(reading: Reading<readonly unknown[]>): boolean {
  return reading.state === "value" && reading.value.length === 0;
}

function refused<T>(reading: Reading<T>, why: string): Reading<T> {
  return unknownBecause("malformed", reading.readAt, why);
}
