import { EvidenceList } from "../features/judgement.ts";
import { isAtLeast, minorIndex, minorText } from "../gates/version.ts";
import { noted, type PlanContext, saw } from "./plan-context.ts";

/** Kubelets may trail the API server by this many minors (two when older than 1.25). */
const KUBELET_SKEW = 3;
const EXIT_SKEW_BEFORE = "1.25";

/** Version skew between API server, its companions and the kubelets, today and at each step. */
export function judgeSkew({ facts, matrix, from, minors, add }: PlanContext): void {
  const fromIndex = minorIndex(from) ?? 0;
  const newer = new EvidenceList();
  const lagging = new EvidenceList();
  const blockedAt = new Map<string, EvidenceList>();
  let oldest: string | null = null;
  for (const node of facts.nodes) {
    const index = minorIndex(node.kubeletVersion);
    if (index === null) continue;
    const observed = `kubelet ${node.kubeletVersion}, kernel ${node.kernelVersion}`;
    const put = (list: EvidenceList): void =>
      list.addAll(node.count, node.names, (name) => saw(facts, "nodes", `node/${name}`, observed));
    if (index > fromIndex) put(newer);
    if (index < fromIndex) {
      put(lagging);
      oldest = oldest === null || index < (minorIndex(oldest) ?? index + 1) ? minorText(index) : oldest;
    }
    const allowed = isAtLeast(node.kubeletVersion, EXIT_SKEW_BEFORE) === false ? 2 : KUBELET_SKEW;
    const minor = minors.find((step) => (minorIndex(step) ?? 0) - index > allowed);
    // Nodes on the cluster's own minor are upgraded on the way; only those that already trail can block a step.
    if (minor !== undefined && index < fromIndex) {
      const list = blockedAt.get(minor) ?? new EvidenceList();
      put(list);
      blockedAt.set(minor, list);
    }
  }
  if (newer.total > 0) add({ kind: "skew", severity: "blocker", key: "kubelet-newer", params: { from }, proof: newer });
  for (const [minor, proof] of blockedAt)
    add({
      kind: "skew",
      severity: "blocker",
      key: "kubelet-too-old",
      about: minor,
      params: { minor },
      atMinor: minor,
      proof,
    });
  if (lagging.total > 0)
    add({
      kind: "skew",
      severity: "review",
      key: "kubelet-lags",
      params: { from, oldest: oldest ?? "?" },
      proof: lagging,
    });
  const wrong = new EvidenceList();
  const servers = new Set<number>();
  for (const group of matrix.groups) {
    const index = group.version === null ? null : minorIndex(group.version);
    if (index === null) continue;
    if (group.component === "kube-apiserver") servers.add(index);
    const isManager = group.component === "kube-controller-manager" || group.component === "kube-scheduler";
    const isWrong = isManager
      ? index > fromIndex || index < fromIndex - 1
      : group.component === "kube-proxy" && (index > fromIndex || index < fromIndex - KUBELET_SKEW);
    if (isWrong) wrong.add(() => noted(facts, "metric", "component version", group.label, group.version ?? ""));
  }
  for (const { subject, version } of facts.proxyDaemonSets) {
    const index = version === null ? null : minorIndex(version);
    if (index !== null && (index > fromIndex || index < fromIndex - KUBELET_SKEW))
      wrong.add(() => saw(facts, "workloads", subject, `kube-proxy ${version}`));
  }
  if (wrong.total > 0)
    add({ kind: "skew", severity: "blocker", key: "component-skew", params: { from }, proof: wrong });
  if (servers.size > 0 && Math.max(...servers) - Math.min(...servers) > 1)
    add({ kind: "skew", severity: "blocker", key: "apiserver-skew" });
}
