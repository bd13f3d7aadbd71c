import type { SourceRecord } from "../../domain/coverage.ts";
import { known, type Reading, unknownBecause } from "../../domain/reading.ts";
import type {
  ClusterParts,
  ComponentReading,
  ControlPlaneSample,
  DeprecatedApiUseFacts,
  NodeFacts,
  PodFacts,
} from "../../domain/snapshot.ts";
import { probeAnonymously } from "./anonymous-probe.ts";
import { collectKubelets } from "./collect-kubelets.ts";
import type { KubernetesConnection } from "./connection.ts";
import {
  type ComponentPage,
  controlPlaneTargets,
  fromPod,
  joinInstances,
  readComponent,
} from "./control-plane-components.ts";
import { findComponentPods } from "./control-plane-pods.ts";
import { GateMaps } from "./gates-page.ts";
import { readKubeProxies } from "./read-kube-proxies.ts";
import type { OnProgress } from "./source-records.ts";
import { okRecord } from "./source-records.ts";

export type GatesParts = Pick<
  ClusterParts,
  "components" | "kubelets" | "controlPlaneMetrics" | "deprecatedApiUse" | "anonymousProbe"
>;
export type GatesOptions = {
  /** Nodes whose kubelets are read now: all of the newest inventory, or a share of them where reads are spread. */
  readonly nodes: readonly NodeFacts[];
  /** Pods of the newest inventory; those of kube-system tell versions and arguments. `[]` when not known. */
  readonly pods: readonly PodFacts[];
  readonly onProgress?: OnProgress;
  readonly now?: () => Date;
};
export type GatesRead = { readonly parts: GatesParts; readonly sources: readonly SourceRecord[] };

/**
 * One read of what components say of themselves. Never throws for what the cluster does; a component that cannot be read is an
 * instance with a reason. Errors: the abort reason when `signal` fires.
 */
export async function collectGates(
  connection: KubernetesConnection,
  options: GatesOptions,
  signal?: AbortSignal,
): Promise<GatesRead> {
  const now = options.now ?? (() => new Date());
  const gateMaps = new GateMaps();
  const pods = findComponentPods(options.pods);
  const [pages, probe, kubelets, proxies] = await Promise.all([
    Promise.all(controlPlaneTargets(connection).map((target) => readComponent(target, gateMaps, now, signal))),
    probeAnonymously(connection, now, signal),
    collectKubelets(connection, options.nodes, gateMaps, { now, onProgress: options.onProgress }, signal),
    readKubeProxies(connection, options.nodes, gateMaps, now, signal),
  ]);
  const readAt = now();
  const components: ComponentReading[] = [];
  const sources: SourceRecord[] = [...pages.flatMap((page) => page.records), probe.record, ...kubelets.sources];
  if (proxies.record !== null) sources.push(proxies.record);
  for (const component of ["kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const) {
    const own = pages.map((page) => page.reading).filter((reading) => reading.component === component);
    components.push(
      ...joinInstances(
        component,
        own,
        pods.filter((pod) => pod.component === component),
        readAt,
      ),
    );
    if (own.length === 0) sources.push(notConfigured(component, readAt));
  }
  components.push(...kubelets.components);
  const readProxies = new Set(proxies.readings.map((reading) => reading.instance));
  components.push(...proxies.readings);
  for (const pod of pods) {
    if (pod.component === "kube-proxy" && !readProxies.has(pod.nodeName ?? pod.podName))
      components.push(fromPod(pod, readAt));
  }
  return {
    parts: {
      components: known(components, readAt),
      kubelets: kubelets.kubelets,
      controlPlaneMetrics: samplesReading(pages, kubelets.samples, readAt),
      deprecatedApiUse: deprecatedReading(pages, readAt),
      anonymousProbe: probe.reading,
    },
    sources,
  };
}

/**
 * The nodes of one share, where reading all of them at once would be too much. Every node is in exactly one of `shareCount`
 * shares, and stays there while it exists.
 */
export function nodesOfShare(nodes: readonly NodeFacts[], share: number, shareCount: number): readonly NodeFacts[] {
  return nodes.filter((node) => hashOf(node.name) % shareCount === share);
}

function hashOf(text: string): number {
  let hash = 2166136261; // FNV-1a
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 16777619) >>> 0;
  return hash;
}

function notConfigured(component: string, readAt: Date): SourceRecord {
  return okRecord(`component:${component}`, "component", readAt, readAt, {
    status: "skipped",
    reason: "not-configured",
    detail: "no endpoint of it is configured; the API server does not pass it on",
    fix: { code: "configure-control-plane" },
    queryCount: 0,
  });
}

function samplesReading(
  pages: readonly ComponentPage[],
  kubeletSamples: readonly ControlPlaneSample[],
  readAt: Date,
): Reading<readonly ControlPlaneSample[]> {
  const failed = pages.filter((page) => page.error !== null);
  const first = failed[0]?.error;
  if (first != null && failed.length === pages.length) return unknownBecause(first.reason, readAt, first.message);
  const samples = [...pages.flatMap((page) => page.samples), ...kubeletSamples];
  const gaps = failed.map((page) => `${page.reading.component}: ${page.error?.reason ?? ""}`);
  return gaps.length === 0 ? known(samples, readAt) : known(samples, readAt, gaps.join("; "));
}

/** Each API server counts what it was asked itself: counts add up, and one unread replica makes the answer partial. */
function deprecatedReading(pages: readonly ComponentPage[], readAt: Date): Reading<readonly DeprecatedApiUseFacts[]> {
  const servers = pages.filter((page) => page.reading.component === "kube-apiserver");
  const failed = servers.filter((page) => page.error !== null);
  const first = failed[0]?.error;
  if (first != null && failed.length === servers.length) return unknownBecause(first.reason, readAt, first.message);
  const merged = new Map<string, DeprecatedApiUseFacts>();
  for (const use of servers.flatMap((page) => page.deprecatedApis)) {
    const key = `${use.group}/${use.version}/${use.resource}/${use.subresource}`;
    const before = merged.get(key);
    merged.set(
      key,
      before === undefined ? use : { ...use, requestCount: addCounts(before.requestCount, use.requestCount) },
    );
  }
  const uses = [...merged.values()];
  return failed.length === 0
    ? known(uses, readAt)
    : known(uses, readAt, `${failed.length} of ${servers.length} API servers were not read`);
}

function addCounts(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : a + b;
}
