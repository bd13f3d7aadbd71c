import type { ComponentName, ContainerTemplateFacts, PodFacts } from "../../domain/snapshot.ts";
import { parseComponentVersion, parseGateFlag } from "./gates-page.ts";

const COMPONENTS: ReadonlySet<string> = new Set<ComponentName>([
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kube-proxy",
]);

/** A component as its own pod shows it: version by image tag, gates by argument. */
export type ComponentPod = {
  readonly component: ComponentName;
  readonly nodeName: string | null;
  readonly podName: string;
  readonly podIp: string | null;
  readonly version: string | null;
  /** Gates on its command line; `null` where they could also sit in a file that is not visible. */
  readonly explicit: ReadonlyMap<string, boolean> | null;
};

/** Control-plane components and kube-proxies among the pods of kube-system. Managed control planes have none. */
export function findComponentPods(pods: readonly PodFacts[]): readonly ComponentPod[] {
  const found: ComponentPod[] = [];
  for (const pod of pods) {
    if (pod.namespace !== "kube-system") continue;
    for (const container of pod.template.containers) {
      if (!isComponent(container.name)) continue;
      found.push({
        component: container.name,
        nodeName: pod.nodeName,
        podName: pod.name,
        podIp: pod.podIp,
        version: parseImageVersion(container.image),
        explicit: explicitGates(container.name, container),
      });
    }
  }
  return found;
}

function isComponent(name: string): name is ComponentName {
  return COMPONENTS.has(name);
}

function explicitGates(
  component: ComponentName,
  container: ContainerTemplateFacts,
): ReadonlyMap<string, boolean> | null {
  const flag = container.args.find((argument) => argument.startsWith("--feature-gates="));
  if (flag !== undefined) return parseGateFlag(flag.slice("--feature-gates=".length));
  // kube-proxy takes gates from its configuration file too; for the others the command line is the only place.
  return component === "kube-proxy" ? null : new Map();
}

/** "registry.k8s.io/kube-apiserver:v1.34.9@sha256:…" → "1.34.9". A digest alone names no version. */
export function parseImageVersion(image: string): string | null {
  const tag = /:([^:/@]+)(?:@|$)/.exec(image)?.[1];
  return tag === undefined || tag === "latest" ? null : parseComponentVersion(tag);
}
