import { needsMigration, templatesOf } from "../features/checks/app-armor-fields.ts";
import { cgroupVersionFrom } from "../features/checks/cgroup-v2.ts";
import { EVIDENCE_KEPT } from "../features/types.ts";
import { managedService } from "../gates/component-groups.ts";
import { type Reading, valueOrNull } from "../reading.ts";
import type {
  ApiWriterFacts,
  ClusterSnapshot,
  DeprecatedApiUseFacts,
  NodeFacts,
  PartName,
  PodDisruptionBudgetFacts,
  PodFacts,
  VersionFacts,
} from "../snapshot.ts";
import type { ManagedService } from "./releases.ts";
import { findRemovedApi } from "./removed-apis.ts";

/** What the planner looks at; services, volumes and the like are none of its business. */
export const UPGRADE_PARTS = [
  "version",
  "apiResources",
  "apiServices",
  "deprecatedApiUse",
  "apiWriters",
  "components",
  "kubelets",
  "nodes",
  "pods",
  "workloads",
  "jobs",
  "cronJobs",
  "podDisruptionBudgets",
  "events",
] as const satisfies readonly PartName[];
export type UpgradePart = (typeof UPGRADE_PARTS)[number];

export type PartState = {
  readonly isRead: boolean;
  /** Why it was not read, or "not-exposed" and the like; `null` when it was. */
  readonly why: string | null;
  readonly isPartial: boolean;
  readonly readAt: Date;
};

/** Things found of one sort: all counted, the first EVIDENCE_KEPT named. */
export type Found = {
  readonly total: number;
  readonly named: readonly { readonly subject: string; readonly observed: string }[];
};

/** Nodes that no rule of the planner can tell apart. */
export type NodeGroup = {
  readonly kubeletVersion: string;
  readonly kernelVersion: string;
  readonly containerRuntimeVersion: string;
  readonly isLinux: boolean;
  /** `null` = not told. */
  readonly cgroupVersion: 1 | 2 | null;
  /** `kubelet_cri_losing_support`: the version from which the runtime is refused; `null` = no such word. */
  readonly criLosingSupport: string | null;
  readonly count: number;
  /** The first EVIDENCE_KEPT names. */
  readonly names: readonly string[];
};

/**
 * All that the planner needs of a snapshot, small enough to be kept beside it: a cluster of 5,000 nodes and 150,000 pods
 * becomes some kilobytes, from which a plan for any target follows without unpacking the snapshot.
 */
export type UpgradeFacts = {
  readonly cluster: string;
  readonly takenAt: Date;
  readonly version: VersionFacts | null;
  readonly service: ManagedService | null;
  readonly parts: Readonly<Record<UpgradePart, PartState>>;
  readonly nodes: readonly NodeGroup[];
  readonly deprecatedApiUse: readonly DeprecatedApiUseFacts[];
  /** Who wrote listed objects through APIs that some minor drops. */
  readonly apiWriters: readonly ApiWriterFacts[];
  /** Served APIs that some minor drops. */
  readonly endingApis: readonly { readonly group: string; readonly version: string; readonly resource: string }[];
  readonly downApiServices: Found;
  readonly annotatedTemplates: Found;
  readonly budgetsNever: Found;
  readonly budgetsNow: Found;
  readonly barePods: Found;
  readonly scratchPodCount: number;
  readonly etcdPods: readonly { readonly subject: string; readonly version: string }[];
  readonly proxyDaemonSets: readonly { readonly subject: string; readonly version: string | null }[];
};

const ETCD_IMAGE = /(?:^|\/)etcd(?:-\w+)?:v?(\d+\.\d+\.\d+)/;
const PROXY_IMAGE = /kube-proxy:v?(\d+\.\d+[^@]*)/;

class Finder {
  total = 0;
  readonly named: { subject: string; observed: string }[] = [];
  add(subject: string, observed: string): void {
    this.total += 1;
    if (this.named.length < EVIDENCE_KEPT) this.named.push({ subject, observed });
  }
}

/** The facts of a snapshot; parts that could not be read leave their facts empty and say so in `parts`. */
export function toUpgradeFacts(snapshot: ClusterSnapshot): UpgradeFacts {
  const { parts } = snapshot;
  const version = valueOrNull(parts.version);
  const nodes = valueOrNull(parts.nodes) ?? [];
  const pods = valueOrNull(parts.pods) ?? [];
  const workloads = valueOrNull(parts.workloads) ?? [];
  const annotated = new Finder();
  for (const { kind, namespace, name, template } of templatesOf(
    workloads,
    valueOrNull(parts.jobs) ?? [],
    valueOrNull(parts.cronJobs) ?? [],
  )) {
    if (needsMigration(template)) annotated.add(`${kind.toLowerCase()}/${namespace}/${name}`, "AppArmor annotation");
  }
  const down = new Finder();
  for (const service of valueOrNull(parts.apiServices) ?? [])
    if (service.isAvailable === false) down.add(service.name, service.reason ?? "not available");
  return {
    cluster: snapshot.cluster.name,
    takenAt: snapshot.takenAt,
    version,
    service: version === null ? null : managedService(version.gitVersion, snapshot.cluster.provider, nodes),
    parts: partStates(snapshot),
    nodes: groupNodes(snapshot, nodes),
    deprecatedApiUse: valueOrNull(parts.deprecatedApiUse) ?? [],
    apiWriters: valueOrNull(parts.apiWriters) ?? [],
    endingApis: (valueOrNull(parts.apiResources) ?? [])
      .filter((api) => findRemovedApi(api.group, api.version, api.resource) !== null)
      .map(({ group, version, resource }) => ({ group, version, resource })),
    downApiServices: down,
    annotatedTemplates: annotated,
    ...findBudgets(valueOrNull(parts.podDisruptionBudgets) ?? []),
    ...findPods(pods),
    proxyDaemonSets: workloads
      .filter(
        ({ kind, namespace, name }) =>
          kind === "DaemonSet" && namespace === "kube-system" && name.startsWith("kube-proxy"),
      )
      .map(({ namespace, name, template }) => ({
        subject: `daemonset/${namespace}/${name}`,
        // The Node no longer tells kube-proxy's version; the image of its DaemonSet does.
        version: firstTag(template.containers, PROXY_IMAGE),
      })),
  };
}

function partStates({ parts }: ClusterSnapshot): Record<UpgradePart, PartState> {
  const states: Partial<Record<UpgradePart, PartState>> = {};
  for (const name of UPGRADE_PARTS) {
    const reading: Reading<unknown> = parts[name];
    const isRead = reading.state === "value";
    states[name] = {
      isRead,
      why: isRead ? null : reading.state === "unknown" ? reading.reason : reading.state,
      isPartial: isRead && reading.partial !== undefined,
      readAt: reading.readAt,
    };
  }
  return allStates(states);
}

/** The loop above fills every part. */
function allStates(states: Partial<Record<UpgradePart, PartState>>): Record<UpgradePart, PartState> {
  return states as Record<UpgradePart, PartState>;
}

function groupNodes({ parts }: ClusterSnapshot, nodes: readonly NodeFacts[]): NodeGroup[] {
  const kubelets = new Map((valueOrNull(parts.kubelets) ?? []).map((kubelet) => [kubelet.nodeName, kubelet]));
  const events = valueOrNull(parts.events) ?? [];
  const warned = new Set(events.filter((event) => event.reason === "CgroupV1").map((event) => event.involved.name));
  const groups = new Map<string, Omit<NodeGroup, "count" | "names"> & { count: number; names: string[] }>();
  for (const node of nodes) {
    const kubelet = kubelets.get(node.name);
    const { kubeletVersion, kernelVersion, containerRuntimeVersion, operatingSystem } = node;
    const facts = {
      kubeletVersion,
      kernelVersion,
      containerRuntimeVersion,
      isLinux: operatingSystem === "linux" || operatingSystem === "",
      cgroupVersion: cgroupVersionFrom(kubelet, warned.has(node.name)),
      criLosingSupport: kubelet?.criLosingSupport ?? null,
    };
    const key = JSON.stringify(Object.values(facts));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ...facts, count: 1, names: [node.name] });
    else {
      group.count += 1;
      if (group.names.length < EVIDENCE_KEPT) group.names.push(node.name);
    }
  }
  return [...groups.values()];
}

function findBudgets(budgets: readonly PodDisruptionBudgetFacts[]): Pick<UpgradeFacts, "budgetsNever" | "budgetsNow"> {
  const never = new Finder();
  const now = new Finder();
  for (const budget of budgets) {
    if (budget.disruptionsAllowed !== 0 || budget.expectedPods === 0) continue;
    const isPermanent =
      budget.maxUnavailable === "0" ||
      budget.maxUnavailable === "0%" ||
      budget.minAvailable === "100%" ||
      (budget.minAvailable !== null &&
        budget.expectedPods !== null &&
        Number(budget.minAvailable) >= budget.expectedPods);
    (isPermanent ? never : now).add(
      `pdb/${budget.namespace}/${budget.name}`,
      `0 disruptions allowed; minAvailable ${budget.minAvailable ?? "–"}, maxUnavailable ${budget.maxUnavailable ?? "–"}, ${budget.currentHealthy ?? "?"} of ${budget.expectedPods ?? "?"} healthy`,
    );
  }
  return { budgetsNever: never, budgetsNow: now };
}

function findPods(pods: readonly PodFacts[]): Pick<UpgradeFacts, "barePods" | "scratchPodCount" | "etcdPods"> {
  const bare = new Finder();
  const etcdPods: { subject: string; version: string }[] = [];
  let scratchPodCount = 0;
  for (const pod of pods) {
    if (pod.namespace === "kube-system" && pod.name.startsWith("etcd")) {
      const version = firstTag(pod.template.containers, ETCD_IMAGE);
      if (version !== null) etcdPods.push({ subject: `pod/kube-system/${pod.name}`, version });
    }
    if (pod.phase !== "Running" || pod.isMirror) continue;
    if (pod.owner === null) bare.add(`pod/${pod.namespace}/${pod.name}`, "no controller");
    if (pod.template.hasEmptyDir && pod.owner?.kind !== "DaemonSet") scratchPodCount += 1;
  }
  return { barePods: bare, scratchPodCount, etcdPods };
}

function firstTag(containers: readonly { readonly image: string }[], pattern: RegExp): string | null {
  for (const { image } of containers) {
    const tag = pattern.exec(image)?.[1];
    if (tag !== undefined) return tag;
  }
  return null;
}
