import { isAtLeast } from "../../gates/version.ts";
import type { KubeletFacts, NodeFacts } from "../../snapshot.ts";
import { kubeletsByNode, linuxNodes } from "../cluster-index.ts";
import { clusterWide, defineCheck, rule, stage } from "../define-check.ts";
import { availableByGates, enabledByGates } from "../gate-stages.ts";
import { blocker, cannotTell, EvidenceList, notApplicable, notExposedHere, share } from "../judgement.ts";

const GATE = "KubeletPSI";
/** From here on the kubelet tests the kernel first, so a zero is a measured zero. */
const TESTED_SINCE = "1.36";

type Told = "moving" | "calm" | "not-exposed" | "unread";

/**
 * What a node's pressure series are worth. Zeros from kubelets 1.33–1.35 prove nothing (series exist without kernel
 * support), and cgroup v1 has none at all; from 1.36 a zero was measured.
 */
export function pressureSignalOf(node: NodeFacts, kubelet: KubeletFacts | undefined): Told {
  if (kubelet === undefined) return "unread";
  if (kubelet.cgroupVersion === 1) return "not-exposed";
  switch (kubelet.pressureSeries) {
    case null:
      return "unread";
    case "moving":
      return "moving";
    case "absent":
      return "not-exposed";
    case "all-zero":
      return isAtLeast(node.kubeletVersion, TESTED_SINCE) === true ? "calm" : "not-exposed";
  }
}

export const pressureStallInformation = defineCheck({
  id: "pressure-stall-information",
  kind: "switch",
  gates: [GATE],
  docsUrl: "https://kubernetes.io/docs/reference/instrumentation/understand-psi-metrics/",
  words: {
    en: {
      title: "Pressure stall information",
      why: "Shows how long work waited for CPU, memory and disk, which utilisation cannot.",
      sentences: {
        "cgroup-v2": "{met} of {of} {of|node|nodes} {met|runs|run} on cgroup v2.",
        "cgroup-unread": "No kubelet told its cgroup version.",
        "no-linux": "There is no Linux node.",
        "pressure-moves": "{met} of {of} {of|node|nodes} {met|gives|give} pressure values that can be trusted.",
        "pressure-not-exposed":
          "None of {of} {of|node|nodes} read exposes pressure: series are absent, or all zero on kubelets that do not test the kernel.",
        "pressure-unread": "No kubelet's pressure series were read.",
        "series-absent":
          "{count} {count|node|nodes} {count|exposes|expose} no pressure series: the kernel lacks PSI or boots with psi=0.",
        "series-zero":
          "{count} {count|node|nodes} of 1.33–1.35 {count|gives|give} only zeros, which means probably unsupported.",
        "on-cgroup-v1": "{count} {count|node|nodes} on cgroup v1 cannot give pressure.",
        "kubelet-too-old":
          "{count} {count|kubelet|kubelets} {count|is|are} older than 1.33 and {count|does|do} not know it.",
      },
    },
    zh: {
      title: "压力阻塞信息（PSI）",
      why: "显示任务等待 CPU、内存与磁盘的时间，这是利用率无法体现的。",
      sentences: {
        "cgroup-v2": "{of} 个节点中有 {met} 个运行在 cgroup v2 上。",
        "cgroup-unread": "没有 kubelet 报告其 cgroup 版本。",
        "no-linux": "没有 Linux 节点。",
        "pressure-moves": "{of} 个节点中有 {met} 个提供可信的压力值。",
        "pressure-not-exposed": "已读取的 {of} 个节点均未暴露压力值：序列缺失，或在不检测内核的 kubelet 上全为零。",
        "pressure-unread": "未读取到任何 kubelet 的压力序列。",
        "series-absent": "{count} 个节点没有压力序列：内核不支持 PSI 或以 psi=0 启动。",
        "series-zero": "{count} 个 1.33–1.35 节点只给出零值，多半是不支持。",
        "on-cgroup-v1": "{count} 个 cgroup v1 节点无法提供压力值。",
        "kubelet-too-old": "{count} 个 kubelet 早于 1.33，不认识此特性。",
      },
    },
  },
  available: availableByGates(GATE),
  enabled: enabledByGates(GATE),
  ready: stage({
    needs: ["nodes", "kubelets"],
    signal: "kubelet_cgroup_version = 2; kernel support shows only from kubelet 1.36",
    judge({ nodes, kubelets }, context) {
      const linux = linuxNodes(nodes);
      if (linux.length === 0) return notApplicable("no-linux");
      const known = kubeletsByNode(context, kubelets);
      const old = new EvidenceList();
      let of = 0;
      for (const node of linux) {
        const version = known.get(node.name)?.cgroupVersion ?? null;
        if (version === null) continue;
        of += 1;
        if (version === 1) old.add(() => context.saw("kubelets", `node/${node.name}`, "cgroup v1"));
      }
      if (of === 0) return cannotTell("cgroup-unread", "kubelets: not-yet-read");
      return share(of - old.total, of, "cgroup-v2", old);
    },
  }),
  adopted: clusterWide,
  effective: stage({
    needs: ["nodes", "kubelets"],
    signal: "container_pressure_*_seconds_total above 0",
    judge({ nodes, kubelets }, context) {
      const known = kubeletsByNode(context, kubelets);
      const silent = new EvidenceList();
      let of = 0;
      let good = 0;
      for (const node of linuxNodes(nodes)) {
        const kubelet = known.get(node.name);
        const told = pressureSignalOf(node, kubelet);
        if (told === "unread") continue;
        of += 1;
        if (told !== "not-exposed") good += 1;
        else
          silent.add(() =>
            context.saw("kubelets", `node/${node.name}`, `pressure series: ${kubelet?.pressureSeries ?? "none"}`),
          );
      }
      if (of === 0) return cannotTell("pressure-unread", "kubelets: not-yet-read");
      if (good === 0) return notExposedHere("pressure-not-exposed", { of }, silent);
      return share(good, of, "pressure-moves", silent);
    },
  }),
  blockers: [
    rule({
      needs: ["nodes", "kubelets"],
      signal: "pressure series per node",
      judge({ nodes, kubelets }, context) {
        const known = kubeletsByNode(context, kubelets);
        const lists = {
          "on-cgroup-v1": new EvidenceList(),
          "series-absent": new EvidenceList(),
          "series-zero": new EvidenceList(),
          "kubelet-too-old": new EvidenceList(),
        };
        for (const node of linuxNodes(nodes)) {
          const kubelet = known.get(node.name);
          const tooOld = isAtLeast(node.kubeletVersion, "1.33") === false;
          const key = tooOld
            ? "kubelet-too-old"
            : kubelet?.cgroupVersion === 1
              ? "on-cgroup-v1"
              : kubelet?.pressureSeries === "absent"
                ? "series-absent"
                : kubelet?.pressureSeries === "all-zero" && isAtLeast(node.kubeletVersion, TESTED_SINCE) === false
                  ? "series-zero"
                  : null;
          if (key !== null)
            lists[key].add(() =>
              context.saw("nodes", `node/${node.name}`, `${node.kubeletVersion}, kernel ${node.kernelVersion}`),
            );
        }
        return Object.entries(lists).flatMap(([key, list]) => (list.total > 0 ? [blocker(key, "warning", list)] : []));
      },
    }),
  ],
});
