import type { EndpointSliceFacts, KubeletFacts, NodeFacts, PodFacts, PodTemplateFacts } from "../snapshot.ts";
import type { CheckContext } from "./define-check.ts";

/** Views of a snapshot that several checks share; each is built once per evaluation. */

/** Pods by template object: replicas share one, so 150,000 pods become a few thousand groups. */
export function podsByTemplate(context: CheckContext, pods: readonly PodFacts[]): Map<PodTemplateFacts, PodFacts[]> {
  return context.once("pods-by-template", () => {
    const groups = new Map<PodTemplateFacts, PodFacts[]>();
    for (const pod of pods) {
      const group = groups.get(pod.template);
      if (group === undefined) groups.set(pod.template, [pod]);
      else group.push(pod);
    }
    return groups;
  });
}

export function nodesByName(context: CheckContext, nodes: readonly NodeFacts[]): Map<string, NodeFacts> {
  return context.once("nodes-by-name", () => new Map(nodes.map((node) => [node.name, node])));
}

export function kubeletsByNode(
  context: CheckContext,
  kubelets: readonly KubeletFacts[] | null,
): Map<string, KubeletFacts> {
  return context.once(
    "kubelets-by-node",
    () => new Map((kubelets ?? []).map((kubelet) => [kubelet.nodeName, kubelet])),
  );
}

/** Slices by "namespace/service". */
export function slicesByService(
  context: CheckContext,
  slices: readonly EndpointSliceFacts[],
): Map<string, EndpointSliceFacts[]> {
  return context.once("slices-by-service", () => {
    const groups = new Map<string, EndpointSliceFacts[]>();
    for (const slice of slices) {
      if (slice.serviceName === null) continue;
      const key = `${slice.namespace}/${slice.serviceName}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [slice]);
      else group.push(slice);
    }
    return groups;
  });
}

export function isFinished(pod: PodFacts): boolean {
  return pod.phase === "Succeeded" || pod.phase === "Failed";
}
export function linuxNodes(nodes: readonly NodeFacts[]): readonly NodeFacts[] {
  return nodes.every(isLinux) ? nodes : nodes.filter(isLinux);
}
function isLinux(node: NodeFacts): boolean {
  return node.operatingSystem === "linux" || node.operatingSystem === "";
}
