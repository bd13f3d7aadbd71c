import { EvidenceList } from "../features/judgement.ts";
import { isAtLeast, isKernelAtLeast, parseVersion } from "../gates/version.ts";
import { CGROUP_V2_SINCE, type PlanContext, saw } from "./plan-context.ts";

/** First minor whose kubelet needs a runtime that answers RuntimeConfig; containerd has it from 2.0. */
const RUNTIME_CONFIG_SINCE = "1.38";
/** Kernels before this predate a complete cgroup v2 (the distribution's default there is v1). */
const CGROUP_V2_KERNEL = "5.8";
/** Oldest etcd that kubeadm of 1.31–1.36 accepts. */
const OLDEST_ETCD = { major: 3, minor: 5, patch: 24 };

/** cgroup version, kernel and container runtime of the nodes. */
export function judgeNodes({ facts, target, minors, add }: PlanContext): void {
  const lists = {
    old: new EvidenceList(),
    unread: new EvidenceList(),
    kernel: new EvidenceList(),
    runtime: new EvidenceList(),
    soon: new EvidenceList(),
    losing: new EvidenceList(),
  };
  const crosses = (minor: string) => minors.some((step) => isAtLeast(step, minor) === true);
  for (const group of facts.nodes) {
    const { cgroupVersion: cgroup, kernelVersion: kernel, containerRuntimeVersion: runtime } = group;
    const put = (list: EvidenceList, observed: string, part: "nodes" | "kubelets" = "nodes"): void =>
      list.addAll(group.count, group.names, (name) => saw(facts, part, `node/${name}`, observed));
    if (group.criLosingSupport !== null)
      put(lists.losing, `kubelet_cri_losing_support ${group.criLosingSupport}`, "kubelets");
    if (!group.isLinux) continue;
    if (crosses(CGROUP_V2_SINCE)) {
      if (cgroup === 1) put(lists.old, `cgroup v1, kernel ${kernel}`);
      if (cgroup === null) put(lists.unread, `cgroup version not read, kernel ${kernel}`);
      if (cgroup !== 1 && isKernelAtLeast(kernel, CGROUP_V2_KERNEL) === false) put(lists.kernel, `kernel ${kernel}`);
    }
    if (runtime.startsWith("containerd://1.")) put(crosses(RUNTIME_CONFIG_SINCE) ? lists.runtime : lists.soon, runtime);
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
  if (lists.losing.total > 0 && lists.runtime.total === 0)
    add({
      kind: "runtime",
      severity: crosses(RUNTIME_CONFIG_SINCE) ? "blocker" : "info",
      key: "runtime-losing-support",
      params: { target },
      proof: lists.losing,
    });
}

/** etcd, where its pods are visible. */
export function judgeControlPlane({ facts, service, add }: PlanContext): void {
  if (!facts.parts.pods.isRead || service !== null) return;
  const old = new EvidenceList();
  for (const { subject, version } of facts.etcdPods) {
    const parsed = parseVersion(version);
    if (parsed === null) continue;
    const { major, minor, patch } = OLDEST_ETCD;
    const isOld =
      parsed.major < major ||
      (parsed.major === major && (parsed.minor < minor || (parsed.minor === minor && (parsed.patch ?? 0) < patch)));
    if (isOld) old.add(() => saw(facts, "pods", subject, `etcd ${version}`));
  }
  if (old.total > 0) add({ kind: "etcd", severity: "review", key: "etcd-old", proof: old });
  if (facts.etcdPods.length === 0) add({ kind: "etcd", severity: "info", key: "etcd-not-visible", count: 1 });
}
