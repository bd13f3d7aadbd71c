import type { ComponentName, ComponentReading, NodeFacts, VersionFacts } from "../snapshot.ts";
import { type ComponentGroup, INSTANCE_NAMES_KEPT } from "./gate-types.ts";

/** What the rules look at of a node; a stored row has no more. */
export type GateNode = Pick<NodeFacts, "name" | "pool" | "isControlPlane" | "kubeletVersion">;

/** A group with one reading that speaks for all of its members. */
export type ReadGroup = ComponentGroup & { readonly sample: ComponentReading | null };

export const CONTROL_PLANE: readonly ComponentName[] = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"];

type Draft = {
  component: ComponentName;
  version: string | null;
  pool: string | null;
  hash: string;
  sample: ComponentReading | null;
  reason: string | null;
  readAt: Date | null;
  names: string[];
};

const nameHashes = new Map<string, number>();
function hashText(text: string): number {
  const cached = nameHashes.get(text);
  if (cached !== undefined) return cached;
  let hash = 2166136261;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 16777619);
  nameHashes.set(text, hash);
  return hash;
}

// Readers hand out one Map for many equal nodes where they can; then each is walked once.
const mapHashes = new WeakMap<object, string>();

/** Order-free fingerprint of a gate map: two sums of mixed 32-bit hashes, enough to tell a cluster's groups apart. */
function hashMap<V>(map: ReadonlyMap<string, V> | null, isOn: (value: V) => boolean): string {
  if (map === null) return "-";
  const cached = mapHashes.get(map);
  if (cached !== undefined) return cached;
  let first = map.size;
  let second = 0;
  for (const [name, value] of map) {
    const base = hashText(name);
    const mixed = Math.imul(base ^ (isOn(value) ? 0x9e3779b9 : 0x7f4a7c15), 0x85ebca6b);
    first = (first + mixed) | 0;
    second = (second ^ Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)) | 0;
  }
  const text = `${(first >>> 0).toString(36)}${(second >>> 0).toString(36)}`;
  mapHashes.set(map, text);
  return text;
}

function fingerprint(reading: ComponentReading): string {
  const gates = hashMap(reading.gates, (gate) => gate.isOn);
  const explicit = hashMap(reading.explicit, (isOn) => isOn);
  return `${gates}.${explicit}.${reading.source ?? ""}.${reading.unread?.reason ?? ""}`;
}

/**
 * The managed service behind a cluster, where it shows; `null` = self-managed or not told. EKS and GKE write themselves
 * into the version. AKS does not: there it is Azure machines without any control-plane node among them.
 */
export function managedService(
  gitVersion: string,
  provider: string | null,
  nodes: readonly Pick<NodeFacts, "isControlPlane">[],
): "eks" | "gke" | "aks" | null {
  if (/-eks-/.test(gitVersion)) return "eks";
  if (/-gke\./.test(gitVersion)) return "gke";
  if (provider === "aks") return "aks";
  return provider === "azure" && nodes.length > 0 && nodes.every((node) => !node.isControlPlane) ? "aks" : null;
}

/**
 * Instances grouped by component, version, pool and everything that they say of gates.
 *
 * Shape: control plane first, then kubelets, largest group first. A node whose kubelet was not read joins a group of
 * unread nodes of its pool and version, so every node is counted once. A control-plane component that nobody lists gets one
 * group without instances: `not-exposed` on a managed service and for kube-proxy (bound to localhost by default), else
 * `not-configured`.
 */
export function groupComponents(
  readings: readonly ComponentReading[],
  nodes: readonly GateNode[],
  version: VersionFacts | null,
  provider: string | null,
): ReadGroup[] {
  const drafts = new Map<string, Draft>();
  const nodesByName = new Map(nodes.map((node) => [node.name, node]));
  const seenKubelets = new Set<string>();
  const put = (draft: Omit<Draft, "names">, name: string): void => {
    const id = `${draft.component}|${draft.version ?? ""}|${draft.pool ?? "-"}|${draft.hash}`;
    const present = drafts.get(id);
    if (present === undefined) drafts.set(id, { ...draft, names: [name] });
    else present.names.push(name);
  };
  for (const reading of readings) {
    if (isUnseen(reading)) continue; // nobody listed it: judged below, by who runs the control plane
    const isPerNode = reading.component === "kubelet" || reading.component === "kube-proxy";
    const node = isPerNode ? nodesByName.get(reading.instance) : undefined;
    if (reading.component === "kubelet") seenKubelets.add(reading.instance);
    const found = reading.version ?? (reading.component === "kubelet" ? (node?.kubeletVersion ?? null) : null);
    put(
      {
        component: reading.component,
        version: found === null ? null : found.replace(/^v/, ""),
        pool: isPerNode ? poolOf(node) : null,
        hash: fingerprint(reading),
        sample: reading,
        reason: reading.unread?.reason ?? null,
        readAt: reading.readAt,
      },
      reading.instance,
    );
  }
  for (const node of nodes) {
    if (seenKubelets.has(node.name)) continue;
    const unread = {
      component: "kubelet",
      sample: null,
      reason: "not-yet-read",
      readAt: null,
      hash: "unread",
    } as const;
    put({ ...unread, version: node.kubeletVersion.replace(/^v/, ""), pool: poolOf(node) }, node.name);
  }
  const isManaged = version !== null && managedService(version.gitVersion, provider, nodes) !== null;
  for (const component of [...CONTROL_PLANE, "kube-proxy"] as const) {
    if ([...drafts.values()].some((draft) => draft.component === component)) continue;
    const reason = isManaged || component === "kube-proxy" ? "not-exposed" : "not-configured";
    const versionText =
      component === "kube-apiserver" && version !== null ? version.gitVersion.replace(/^v/, "") : null;
    drafts.set(component, {
      component,
      version: versionText,
      pool: null,
      hash: reason,
      sample: null,
      reason,
      readAt: null,
      names: [],
    });
  }
  return toGroups([...drafts.values()]);
}

/** What a read notes of a component of which it found neither endpoint nor pod. */
function isUnseen({ instance, version, gates, explicit }: ComponentReading): boolean {
  return instance === "" && version === null && gates === null && explicit === null;
}

function poolOf(node: GateNode | undefined): string {
  if (node === undefined) return "";
  return node.pool ?? (node.isControlPlane ? "control-plane" : "");
}

const ORDER: readonly ComponentName[] = [...CONTROL_PLANE, "kubelet", "kube-proxy"];

function toGroups(drafts: Draft[]): ReadGroup[] {
  drafts.sort(
    (a, b) =>
      ORDER.indexOf(a.component) - ORDER.indexOf(b.component) ||
      b.names.length - a.names.length ||
      (a.pool ?? "").localeCompare(b.pool ?? "") ||
      a.hash.localeCompare(b.hash),
  );
  const used = new Set<string>();
  return drafts.map((draft) => {
    const base = [draft.component, draft.pool, draft.version].filter((part) => part !== null).join(":");
    // The largest group owns the plain key, so an outlier that comes and goes does not rename it.
    const key = used.has(base) ? `${base}:${draft.hash}` : base;
    used.add(key);
    const count = draft.names.length;
    const unit = draft.pool === null ? "instance" : "node";
    const parts = [
      draft.pool === null ? draft.component : draft.pool === "" ? "no pool" : draft.pool,
      draft.version ?? "version unknown",
      count === 0 ? "none seen" : `${count} ${unit}${count === 1 ? "" : "s"}`,
    ];
    return {
      key,
      label: parts.join(" · "),
      component: draft.component,
      version: draft.version,
      pool: draft.pool,
      instanceCount: count,
      instances: draft.names.sort().slice(0, INSTANCE_NAMES_KEPT),
      isRead: draft.sample !== null && draft.sample.gates !== null,
      reason: draft.reason,
      readAt: draft.readAt,
      sample: draft.sample,
    };
  });
}
