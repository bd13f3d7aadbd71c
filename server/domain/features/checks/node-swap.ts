import { isAtLeast, isKernelAtLeast } from "../../gates/version.ts";
import type { ContainerTemplateFacts, KubeletFacts, NodeFacts, PodFacts } from "../../snapshot.ts";
import { isFinished, kubeletsByNode, linuxNodes, nodesByName } from "../cluster-index.ts";
import { type CheckContext, defineCheck, rule, stage } from "../define-check.ts";
import { availableByGates, enabledByGates } from "../gate-stages.ts";
import {
  blocker,
  cannotTell,
  EvidenceList,
  notApplicable,
  notExposedHere,
  notMet,
  ObjectCollector,
  share,
  Tally,
} from "../judgement.ts";
import { sayBytes } from "../shared-words.ts";
import type { Blocker } from "../types.ts";

const GATE = "NodeSwap";
/** Priorities from here on are system-critical; such pods never swap. */
const SYSTEM_CRITICAL_PRIORITY = 2_000_000_000;
/** From this share of time on, waiting for memory counts as a stall: swapping then costs more than it saves. */
const STALL_RATIO = 0.1;
/** First kernel whose tmpfs keeps secrets out of swap. */
const TMPFS_NOSWAP_KERNEL = "6.4";

export const nodeSwap = defineCheck({
  id: "node-swap",
  kind: "adoptable",
  gates: [GATE],
  docsUrl: "https://kubernetes.io/docs/concepts/cluster-administration/swap-memory-management/",
  words: {
    en: {
      title: "Node swap",
      why: "Burstable containers move cold memory to disk instead of being killed, so nodes hold more.",
      sentences: {
        "swap-devices":
          "{met} of {of} Linux {of|node|nodes} {met|has|have} swap that {met|its|their} kubelet tolerates, on cgroup v2.",
        "no-swap-device": "None of {of} Linux {of|node|nodes} reports swap.",
        "no-linux": "There is no Linux node.",
        "swap-untold": "None of {of} {of|kubelet|kubelets} reports swap: older than 1.33.",
        "configz-unread": "No kubelet configuration was read, so the swap behaviour is not known.",
        "swap-works":
          "{met} of {of} LimitedSwap {of|node|nodes} read {met|swaps|swap} without stalls; swap that nobody uses, or that stalls, has no good effect.",
        "swap-unmeasured": "How much swap the LimitedSwap nodes use was not measured.",
        "swap-idle": "{count} {count|node|nodes} {count|has|have} swap that no workload may use (NoSwap).",
        "swap-no-taker":
          "{count} LimitedSwap {count|node|nodes} {count|runs|run} no container that may swap: only Burstable ones whose memory request differs from the limit do.",
        "swap-refused":
          "{count} {count|node|nodes} {count|has|have} swap while failSwapOn is true: the kubelet will not start again.",
        "swap-behavior-invalid":
          "{count} {count|kubelet|kubelets} {count|asks|ask} for a swap behaviour that no longer exists.",
        "swap-cgroup-v1":
          "{count} {count|node|nodes} {count|asks|ask} for LimitedSwap on cgroup v1: the kubelet refuses to start.",
        "control-plane-swap":
          "{count} control-plane {count|node|nodes} {count|has|have} swap; keep etcd and the API server out of it.",
        "pool-unmarked":
          "{count} node {count|pool|pools} {count|mixes|mix} into ordinary scheduling: swap nodes carry neither label nor taint that says so.",
        "secrets-may-swap":
          "{count} swap {count|node|nodes} {count|runs a kernel|run kernels} older than 6.4: memory-backed secrets may reach the disk.",
        "swap-unobservable":
          "Not observable through Kubernetes: memory limits of system.slice, encryption and speed of the swap device.",
        "eligible-containers": "Containers that may swap, with their computed limit",
        "swap-limit": "{container}: up to {limitBytes} of swap on {node}",
        "swap-unused": "{bytes} of swap stands unused because of NoSwap.",
      },
    },
    zh: {
      title: "节点交换内存",
      why: "Burstable 容器把冷内存移到磁盘而不是被杀死，节点可容纳更多负载。",
      sentences: {
        "swap-devices": "{of} 个 Linux 节点中有 {met} 个在 cgroup v2 上拥有 kubelet 容许的交换空间。",
        "no-swap-device": "{of} 个 Linux 节点均未报告交换空间。",
        "no-linux": "没有 Linux 节点。",
        "swap-untold": "{of} 个 kubelet 均早于 1.33，不报告交换空间。",
        "configz-unread": "未读取到任何 kubelet 配置，交换行为未知。",
        "swap-works":
          "已读取的 {of} 个 LimitedSwap 节点中，有 {met} 个在无停顿地使用交换；无人使用或造成停顿的交换没有益处。",
        "swap-unmeasured": "未测得 LimitedSwap 节点使用了多少交换。",
        "swap-idle": "{count} 个节点有交换空间，但工作负载不可使用（NoSwap）。",
        "swap-no-taker":
          "{count} 个 LimitedSwap 节点上没有可使用交换的容器：只有内存请求与上限不同的 Burstable 容器可以。",
        "swap-refused": "{count} 个节点有交换空间而 failSwapOn 为 true：kubelet 将无法再次启动。",
        "swap-behavior-invalid": "{count} 个 kubelet 请求了已不存在的交换行为。",
        "swap-cgroup-v1": "{count} 个节点在 cgroup v1 上请求 LimitedSwap：kubelet 会拒绝启动。",
        "control-plane-swap": "{count} 个控制平面节点有交换空间；应避免 etcd 与 API 服务器被换出。",
        "pool-unmarked": "{count} 个节点池未用标签或污点标明交换节点，会混入普通调度。",
        "secrets-may-swap": "{count} 个交换节点的内核早于 6.4：内存中的密钥可能写入磁盘。",
        "swap-unobservable": "无法通过 Kubernetes 观察：system.slice 的内存限制，以及交换设备的加密与速度。",
        "eligible-containers": "可使用交换的容器及其计算出的上限",
        "swap-limit": "{container}：在 {node} 上最多使用 {limitBytes} 交换",
        "swap-unused": "因 NoSwap 而闲置的交换空间为 {bytes}。",
      },
    },
  },
  available: availableByGates(GATE),
  enabled: enabledByGates(GATE),
  ready: stage({
    needs: ["nodes"],
    wants: ["kubelets"],
    signal:
      "node status.nodeInfo.swap.capacity (1.33+), configz.failSwapOn, kubelet_cgroup_version; kernel swap controller not exposed",
    judge({ nodes, kubelets }, context) {
      const linux = linuxNodes(nodes);
      if (linux.length === 0) return notApplicable("no-linux");
      const known = kubeletsByNode(context, kubelets);
      const evidence = new EvidenceList();
      let fit = 0;
      let of = 0;
      for (const node of linux) {
        if (isSwapUntold(node)) continue;
        of += 1;
        const kubelet = known.get(node.name);
        if (hasSwap(node) && kubelet?.failSwapOn !== true && kubelet?.cgroupVersion !== 1) {
          fit += 1;
          evidence.add(() =>
            context.saw("nodes", `node/${node.name}`, `swap ${sayBytes(node.swapCapacityBytes ?? 0)}`),
          );
        }
      }
      if (of === 0) return notExposedHere("swap-untold", { of: linux.length });
      if (fit > 0) return share(fit, of, "swap-devices", evidence);
      return notMet("no-swap-device", { of }, [context.saw("nodes", "", "no nodeInfo.swap.capacity")]);
    },
  }),
  adopted: rule({
    needs: ["nodes", "kubelets"],
    signal: "configz.memorySwap.swapBehavior = LimitedSwap ÷ Linux nodes",
    judge({ nodes, kubelets }, context) {
      const known = kubeletsByNode(context, kubelets);
      const tally = new Tally(context.team, "nodes");
      let isRead = false;
      for (const node of linuxNodes(nodes)) {
        const kubelet = known.get(node.name);
        if (kubelet !== undefined && kubelet.failSwapOn !== null) isRead = true;
        tally.addUnowned(isLimited(node, kubelet));
      }
      return isRead || tally.denominator === 0 ? tally : cannotTell("configz-unread", "kubelets: not-configured");
    },
  }),
  effective: stage({
    needs: ["nodes", "kubelets"],
    signal: "node_swap_usage_bytes above 0 on LimitedSwap nodes whose memory waiting (PSI some) stays below 10 %",
    judge({ nodes, kubelets }, context) {
      const known = kubeletsByNode(context, kubelets);
      const limited = linuxNodes(nodes).filter((node) => isLimited(node, known.get(node.name)));
      if (limited.length === 0) return notApplicable("nothing-adopted");
      const evidence = new EvidenceList();
      let measured = 0;
      let working = 0;
      for (const { name } of limited) {
        const use = context.measuredNode(name);
        const used = use?.swapUsedBytes ?? null;
        if (use === null || used === null) continue;
        measured += 1;
        const waiting = use.memoryWaitingRatio;
        const isStalling = waiting !== null && waiting >= STALL_RATIO;
        if (used > 0 && !isStalling) working += 1;
        const stall = waiting === null ? "pressure not read" : `waiting for memory ${Math.round(waiting * 100)} %`;
        const observed = `${sayBytes(used)} of swap used, ${stall}`;
        evidence.add(() => ({
          ...context.noted("metric", "node_swap_usage_bytes", `node/${name}`, observed),
          at: use.at,
        }));
      }
      if (measured === 0) return cannotTell("swap-unmeasured", "metrics: not-yet-read");
      return share(working, measured, "swap-works", evidence);
    },
  }),
  blockers: [
    rule({ needs: ["nodes"], wants: ["kubelets"], signal: "configz and node status", judge: swapFindings }),
    rule({
      needs: ["nodes", "kubelets", "pods"],
      signal: "Burstable containers with request ≠ limit on LimitedSwap nodes",
      judge({ nodes, kubelets, pods }, context) {
        const known = kubeletsByNode(context, kubelets);
        const free = new Set(
          linuxNodes(nodes)
            .filter((node) => isLimited(node, known.get(node.name)))
            .map((node) => node.name),
        );
        for (const pod of pods) {
          if (free.size === 0) break;
          if (pod.nodeName !== null && free.has(pod.nodeName) && maySwap(pod)) {
            if (pod.template.containers.some(hasSwapShare)) free.delete(pod.nodeName);
          }
        }
        const evidence = [...free].map((name) => context.saw("pods", `node/${name}`, "no eligible container"));
        return evidence.length > 0 ? [blocker("swap-no-taker", "info", evidence)] : [];
      },
    }),
  ],
  objects: rule({
    needs: ["nodes", "kubelets", "pods"],
    signal: "floor(request ÷ node memory × node swap)",
    judge({ nodes, kubelets, pods }, context) {
      const known = kubeletsByNode(context, kubelets);
      const list = new ObjectCollector("eligible-containers");
      const byName = nodesByName(context, nodes);
      for (const pod of pods) {
        const node = pod.nodeName === null ? undefined : byName.get(pod.nodeName);
        if (node === undefined || !isLimited(node, known.get(node.name)) || !maySwap(pod)) continue;
        for (const container of pod.template.containers) {
          const limitBytes = computeSwapLimitBytes(container, node);
          if (limitBytes === null || limitBytes === 0) continue;
          list.add("Pod", pod.namespace, pod.name, "swap-limit", {
            container: container.name,
            limitBytes,
            node: node.name,
          });
        }
      }
      return [list.toList()];
    },
  }),
  value: rule({
    needs: ["nodes", "kubelets"],
    signal: "swap capacity of NoSwap nodes",
    judge({ nodes, kubelets }, context) {
      const known = kubeletsByNode(context, kubelets);
      let bytes = 0;
      for (const node of nodes) if (isIdleSwap(node, known.get(node.name))) bytes += node.swapCapacityBytes ?? 0;
      return bytes === 0 ? null : { quantity: bytes, unit: "swap-bytes", key: "swap-unused", params: { bytes } };
    },
  }),
});

function hasSwap(node: NodeFacts): boolean {
  return node.swapCapacityBytes !== null && node.swapCapacityBytes > 0;
}
/** Kubelets before 1.33 do not report swap: no figure there is no statement. */
function isSwapUntold(node: NodeFacts): boolean {
  return node.swapCapacityBytes === null && isAtLeast(node.kubeletVersion, "1.33") !== true;
}
/** A kubelet that does not report swap and is told LimitedSwap counts: someone wanted it there. */
function isLimited(node: NodeFacts, kubelet: KubeletFacts | undefined): boolean {
  return kubelet?.swapBehavior === "LimitedSwap" && (hasSwap(node) || isSwapUntold(node));
}
/** Configz was read (it always tells failSwapOn) and leaves workloads without swap. */
function isIdleSwap(node: NodeFacts, kubelet: KubeletFacts | undefined): boolean {
  return (
    hasSwap(node) && kubelet !== undefined && kubelet.failSwapOn !== null && kubelet.swapBehavior !== "LimitedSwap"
  );
}

/** Burstable and not critical (mirror, or priority in the system range). */
export function maySwap(pod: PodFacts): boolean {
  return (
    !isFinished(pod) &&
    pod.qosClass === "Burstable" &&
    !pod.isMirror &&
    (pod.template.priority ?? 0) < SYSTEM_CRITICAL_PRIORITY
  );
}
function hasSwapShare(container: ContainerTemplateFacts): boolean {
  const request = container.requests.memoryBytes;
  return request !== null && request > 0 && request !== container.limits.memoryBytes;
}

/**
 * `memory.swap.max` that LimitedSwap gives a container: floor(request ÷ machine memory × machine swap), in bytes.
 * `null` when the node's memory or swap is not known; 0 when the container has no request or request = limit.
 */
export function computeSwapLimitBytes(container: ContainerTemplateFacts, node: NodeFacts): number | null {
  const memory = node.capacity.memoryBytes;
  if (memory === null || memory === 0 || node.swapCapacityBytes === null) return null;
  if (!hasSwapShare(container)) return 0;
  return Math.floor(((container.requests.memoryBytes ?? 0) / memory) * node.swapCapacityBytes);
}

type SwapFacts = { readonly nodes: readonly NodeFacts[]; readonly kubelets: readonly KubeletFacts[] | null };

function swapFindings({ nodes, kubelets }: SwapFacts, context: CheckContext): Blocker[] {
  const known = kubeletsByNode(context, kubelets);
  const found = new Map<string, EvidenceList>();
  const add = (key: string, node: NodeFacts, observed: string): void => {
    const list = found.get(key) ?? new EvidenceList();
    list.add(() => context.saw("nodes", `node/${node.name}`, observed));
    found.set(key, list);
  };
  const unmarkedPools = new Map<string, NodeFacts>();
  let swapNodes = 0;
  for (const node of linuxNodes(nodes)) {
    const kubelet = known.get(node.name);
    if (kubelet?.swapBehavior === "LimitedSwap" && kubelet.cgroupVersion === 1)
      add("swap-cgroup-v1", node, "cgroup v1");
    const behavior = kubelet?.swapBehavior ?? null;
    if (behavior !== null && !["", "NoSwap", "LimitedSwap"].includes(behavior))
      add("swap-behavior-invalid", node, behavior);
    if (!hasSwap(node)) continue;
    swapNodes += 1;
    if (kubelet?.failSwapOn === true) add("swap-refused", node, "failSwapOn: true");
    if (isIdleSwap(node, kubelet)) add("swap-idle", node, `swapBehavior: ${behavior || "NoSwap"}`);
    if (node.isControlPlane) add("control-plane-swap", node, `swap ${sayBytes(node.swapCapacityBytes ?? 0)}`);
    if (isKernelAtLeast(node.kernelVersion, TMPFS_NOSWAP_KERNEL) === false)
      add("secrets-may-swap", node, node.kernelVersion);
    const isMarked = [...Object.keys(node.labels), ...node.taints.map((taint) => taint.key)].some((key) =>
      /swap/i.test(key),
    );
    if (!isMarked) unmarkedPools.set(node.pool ?? "", node);
  }
  for (const node of unmarkedPools.values())
    add("pool-unmarked", node, `pool ${node.pool ?? "–"}: no label or taint with "swap"`);
  const blocking = new Set(["swap-refused", "swap-behavior-invalid", "swap-cgroup-v1"]);
  const blockers = [...found].map(([key, list]) => blocker(key, blocking.has(key) ? "blocking" : "warning", list));
  if (swapNodes > 0) blockers.push(blocker("swap-unobservable", "info", [], {}, 1));
  return blockers;
}
