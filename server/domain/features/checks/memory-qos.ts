import { isAtLeast, isKernelAtLeast } from "../../gates/version.ts";
import type { KubeletFacts } from "../../snapshot.ts";
import { kubeletsByNode, linuxNodes } from "../cluster-index.ts";
import { defineCheck, noSignal, rule, stage } from "../define-check.ts";
import { availableByGates, enabledByGates, judgeEnabled } from "../gate-stages.ts";
import { blocker, EvidenceList, share, Tally } from "../judgement.ts";

const GATE = "MemoryQoS";
const MIN_KERNEL = "5.9";
/** From here on nothing is throttled or protected unless a setting asks for it. */
const INERT_SINCE = "1.37";

export const memoryQos = defineCheck({
  id: "memory-qos",
  kind: "adoptable",
  gates: [GATE],
  docsUrl: "https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/",
  words: {
    en: {
      title: "Memory QoS",
      why: "Requested memory is protected and runaway allocation is slowed before it is killed.",
      sentences: {
        "nodes-fit": "{met} of {of} Linux {of|node|nodes} {met|has|have} cgroup v2 and kernel 5.9 or newer.",
        "memory-effect-not-visible": "Its effect is in cgroup files alone: no API or metric shows it.",
        "low-factor":
          "{count} {count|node|nodes} {count|throttles|throttle} allocation early (factor below 0.5): expect memory pressure, not kills.",
      },
    },
    zh: {
      title: "内存服务质量（MemoryQoS）",
      why: "保护所请求的内存，并在失控分配被杀死之前先行减速。",
      sentences: {
        "nodes-fit": "{of} 个 Linux 节点中有 {met} 个具备 cgroup v2 与 5.9 以上内核。",
        "memory-effect-not-visible": "其效果只体现在 cgroup 文件中：没有 API 或指标显示。",
        "low-factor": "{count} 个节点过早限制分配（系数低于 0.5）：会出现内存压力而非被杀死。",
      },
    },
  },
  available: availableByGates(GATE),
  enabled: enabledByGates(GATE),
  ready: stage({
    needs: ["nodes", "kubelets"],
    signal: "kubelet_cgroup_version, nodeInfo.kernelVersion",
    judge({ nodes, kubelets }, context) {
      const known = kubeletsByNode(context, kubelets);
      const unfit = new EvidenceList();
      const linux = linuxNodes(nodes);
      for (const node of linux) {
        const isUnfit =
          known.get(node.name)?.cgroupVersion === 1 || isKernelAtLeast(node.kernelVersion, MIN_KERNEL) === false;
        if (isUnfit) unfit.add(() => context.saw("nodes", `node/${node.name}`, node.kernelVersion));
      }
      return share(linux.length - unfit.total, linux.length, "nodes-fit", unfit);
    },
  }),
  adopted: rule({
    needs: ["nodes", "kubelets"],
    signal: "configz.memoryThrottlingFactor (deliberate from 1.37) or memoryReservationPolicy TieredReservation",
    judge({ nodes, kubelets }, context) {
      const known = kubeletsByNode(context, kubelets);
      const tally = new Tally(context.team, "nodes");
      // Where the gate is off everywhere, a defaulted factor does nothing.
      const isOff = judgeEnabled(context, [GATE]).state === "not-met";
      for (const node of linuxNodes(nodes)) {
        const kubelet = known.get(node.name);
        // failSwapOn is always in configz: null means that it was not read.
        if (kubelet === undefined || kubelet.failSwapOn === null) continue;
        tally.addUnowned(!isOff && isActing(kubelet, node.kubeletVersion));
      }
      return tally;
    },
  }),
  effective: noSignal("memory-effect-not-visible"),
  blockers: [
    rule({
      needs: ["kubelets"],
      signal: "configz",
      judge({ kubelets }, context) {
        const low = kubelets.filter(
          (kubelet) => kubelet.memoryThrottlingFactor !== null && kubelet.memoryThrottlingFactor < 0.5,
        );
        const evidence = low.map((kubelet) =>
          context.saw(
            "kubelets",
            `node/${kubelet.nodeName}`,
            `memoryThrottlingFactor ${kubelet.memoryThrottlingFactor}`,
          ),
        );
        return low.length > 0 ? [blocker("low-factor", "warning", evidence)] : [];
      },
    }),
  ],
});

/** Before 1.37 the factor is defaulted, so the gate alone makes it act; from 1.37 a setting must ask. */
function isActing(kubelet: KubeletFacts, version: string): boolean {
  if (kubelet.memoryReservationPolicy === "TieredReservation") return true;
  return isAtLeast(version, INERT_SINCE) === false || kubelet.memoryThrottlingFactor !== null;
}
