import { cgroupVersionOf } from "../features/checks/cgroup-v2.ts";
import { linuxNodes } from "../features/cluster-index.ts";
import { EvidenceList } from "../features/judgement.ts";
import { isAtLeast, isKernelAtLeast, parseVersion } from "../gates/version.ts";
import { valueOrNull } from "../reading.ts";
import { CGROUP_V2_SINCE, type PlanContext } from "./plan-context.ts";

/** First minor whose kubelet needs a runtime that answers RuntimeConfig; containerd has it from 2.0. */
const RUNTIME_CONFIG_SINCE = "1.38";
/** Kernels before this predate a complete cgroup v2 (the distribution's default there is v1). */
const CGROUP_V2_KERNEL = "5.8";
/** Oldest etcd that kubeadm of 1.31–1.36 accepts. */
const OLDEST_ETCD = { major: 3, minor: 5, patch: 24 };
const ETCD_IMAGE = /(?:^|\/)etcd(?:-\w+)?:v?(\d+\.\d+\.\d+)/;

/** cgroup version, kernel and container runtime of the nodes. */
export function judgeNodes({ snapshot, context, target, minors, add }: PlanContext): void {
  const nodes = valueOrNull(snapshot.parts.nodes) ?? [];
  const kubelets = valueOrNull(snapshot.parts.kubelets) ?? [];
  const events = valueOrNull(snapshot.parts.events);
  const lists = {
    old: new EvidenceList(),
    unread: new EvidenceList(),
    kernel: new EvidenceList(),
    runtime: new EvidenceList(),
    soon: new EvidenceList(),
  };
  const crosses = (minor: string) => minors.some((step) => isAtLeast(step, minor) === true);
  for (const node of linuxNodes(nodes)) {
    const cgroup = cgroupVersionOf(context, node.name, kubelets, events);
    const saw = (observed: string) => () => context.saw("nodes", `node/${node.name}`, observed);
    if (crosses(CGROUP_V2_SINCE)) {
      if (cgroup === 1) lists.old.add(saw(`cgroup v1, kernel ${node.kernelVersion}`));
      if (cgroup === null) lists.unread.add(saw(`cgroup version not read, kernel ${node.kernelVersion}`));
      if (cgroup !== 1 && isKernelAtLeast(node.kernelVersion, CGROUP_V2_KERNEL) === false)
        lists.kernel.add(saw(`kernel ${node.kernelVersion}`));
    }
    if (node.containerRuntimeVersion.startsWith("containerd://1."))
      (crosses(RUNTIME_CONFIG_SINCE) ? lists.runtime : lists.soon).add(saw(node.containerRuntimeVersion));
  }
  const at = (minor: string) => (minors.includes(minor) ? { atMinor: minor } : {});
  if (lists.old.total > 0)
    add({ kind: "node", severity: "blocker", key: "cgroup-v1", proof: lists.old, ...at(CGROUP_V2_SINCE) });
  if (lists.unread.total > 0)
    add({ kind: "node", severity: "unknown", key: "cgroup-unread", proof: lists.unread, ...at(CGROUP_V2_SINCE) });
  if (lists.kernel.total > 0)
    add({ kind: "node", severity: "review", key: "kernel-old", proof: lists.kernel, ...at(CGROUP_V2_SINCE) });
  if (lists.runtime.total > 0)
    add({
      kind: "runtime",
      severity: "blocker",
      key: "containerd-1",
      proof: lists.runtime,
      ...at(RUNTIME_CONFIG_SINCE),
    });
  if (lists.soon.total > 0) add({ kind: "runtime", severity: "info", key: "containerd-1-later", proof: lists.soon });
  const losing = new EvidenceList();
  for (const kubelet of kubelets)
    if (kubelet.criLosingSupport !== null)
      losing.add(() =>
        context.saw("kubelets", `node/${kubelet.nodeName}`, `kubelet_cri_losing_support ${kubelet.criLosingSupport}`),
      );
  if (losing.total > 0 && lists.runtime.total === 0)
    add({
      kind: "runtime",
      severity: crosses(RUNTIME_CONFIG_SINCE) ? "blocker" : "info",
      key: "runtime-losing-support",
      params: { target },
      proof: losing,
    });
}

/** etcd, where its pods are visible. */
export function judgeControlPlane({ snapshot, context, service, add }: PlanContext): void {
  const pods = valueOrNull(snapshot.parts.pods);
  if (pods === null || service !== null) return;
  const old = new EvidenceList();
  let found = false;
  for (const pod of pods) {
    if (pod.namespace !== "kube-system" || !pod.name.startsWith("etcd")) continue;
    const version = pod.template.containers
      .map((container) => ETCD_IMAGE.exec(container.image)?.[1])
      .find((text) => text !== undefined);
    if (version === undefined) continue;
    found = true;
    const parsed = parseVersion(version);
    if (parsed === null) continue;
    const { major, minor, patch } = OLDEST_ETCD;
    const isOld =
      parsed.major < major ||
      (parsed.major === major && (parsed.minor < minor || (parsed.minor === minor && (parsed.patch ?? 0) < patch)));
    if (isOld) old.add(() => context.saw("pods", `pod/kube-system/${pod.name}`, `etcd ${version}`));
  }
  if (old.total > 0) add({ kind: "etcd", severity: "review", key: "etcd-old", proof: old });
  if (!found) add({ kind: "etcd", severity: "info", key: "etcd-not-visible", count: 1 });
}
