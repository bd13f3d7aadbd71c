import type { EventFacts, KubeletFacts } from "../../snapshot.ts";
import { kubeletsByNode, linuxNodes } from "../cluster-index.ts";
import { type CheckContext, defineCheck, nothingNeeded, rule, stage } from "../define-check.ts";
import { availableSince } from "../gate-stages.ts";
import { blocker, cannotTell, EvidenceList, notApplicable, share, Tally } from "../judgement.ts";

export const cgroupV2 = defineCheck({
  id: "cgroup-v2",
  kind: "adoptable",
  gates: [],
  docsUrl: "https://kubernetes.io/docs/concepts/architecture/cgroups/",
  words: {
    en: {
      title: "cgroup v2 on every node",
      why: "Swap, pressure and memory protection need it; from 1.35 kubelets refuse to start without.",
      sentences: {
        "cgroup-unread": "No kubelet told its cgroup version.",
        "no-linux": "There is no Linux node.",
        "all-v2": "{met} of {of} {of|node|nodes} read {met|runs|run} on cgroup v2.",
        "v1-nodes":
          "{count} {count|node|nodes} {count|runs|run} on cgroup v1: {count|its kubelet|their kubelets} will not start from 1.35 on ({example}).",
        "v1-tolerated":
          "{count} {count|node|nodes} on cgroup v1 {count|is|are} told to tolerate it (failCgroupV1: false), which is a stay of execution.",
        "nodes-unread": "{count} {count|node|nodes} did not tell {count|its|their} cgroup version.",
      },
    },
    zh: {
      title: "所有节点使用 cgroup v2",
      why: "交换内存、压力信息与内存保护都需要它；自 1.35 起 kubelet 缺少它将拒绝启动。",
      sentences: {
        "cgroup-unread": "没有 kubelet 报告其 cgroup 版本。",
        "no-linux": "没有 Linux 节点。",
        "all-v2": "已读取的 {of} 个节点中有 {met} 个运行在 cgroup v2 上。",
        "v1-nodes": "{count} 个节点运行在 cgroup v1 上：自 1.35 起其 kubelet 将无法启动（{example}）。",
        "v1-tolerated": "{count} 个 cgroup v1 节点被设置为容忍（failCgroupV1: false），只是缓期。",
        "nodes-unread": "{count} 个节点未报告其 cgroup 版本。",
      },
    },
  },
  available: availableSince("1.25"),
  enabled: nothingNeeded,
  ready: nothingNeeded,
  adopted: rule({
    needs: ["nodes", "kubelets"],
    wants: ["events"],
    signal: "kubelet_cgroup_version per node (1.31+); event reason CgroupV1",
    judge({ nodes, kubelets, events }, context) {
      const tally = new Tally(context.team, "nodes");
      const linux = linuxNodes(nodes);
      for (const node of linux) {
        const version = cgroupVersionOf(context, node.name, kubelets, events);
        if (version !== null) tally.addUnowned(version === 2);
      }
      if (tally.denominator > 0) return tally;
      return linux.length === 0 ? notApplicable("no-linux") : cannotTell("cgroup-unread", "kubelets: not-yet-read");
    },
  }),
  effective: stage({
    needs: ["nodes", "kubelets"],
    wants: ["events"],
    signal: "kubelet_cgroup_version",
    judge({ nodes, kubelets, events }, context) {
      let of = 0;
      const old = new EvidenceList();
      for (const node of linuxNodes(nodes)) {
        const version = cgroupVersionOf(context, node.name, kubelets, events);
        if (version === null) continue;
        of += 1;
        if (version === 1)
          old.add(() => context.saw("kubelets", `node/${node.name}`, `cgroup v1, kernel ${node.kernelVersion}`));
      }
      return of === 0
        ? cannotTell("cgroup-unread", "kubelets: not-yet-read")
        : share(of - old.total, of, "all-v2", old);
    },
  }),
  blockers: [
    rule({
      needs: ["nodes", "kubelets"],
      wants: ["events"],
      signal: "kubelet metrics and configz",
      judge({ nodes, kubelets, events }, context) {
        const known = kubeletsByNode(context, kubelets);
        const old = new EvidenceList();
        const tolerated = new EvidenceList();
        const silent = new EvidenceList();
        let example = "";
        for (const node of linuxNodes(nodes)) {
          const version = cgroupVersionOf(context, node.name, kubelets, events);
          if (version === null) silent.add(() => context.saw("kubelets", `node/${node.name}`, "not read"));
          if (version !== 1) continue;
          example ||= node.name;
          old.add(() => context.saw("kubelets", `node/${node.name}`, `cgroup v1, kernel ${node.kernelVersion}`));
          if (known.get(node.name)?.failCgroupV1 === false)
            tolerated.add(() => context.saw("kubelets", `node/${node.name}`, "failCgroupV1: false"));
        }
        return [
          ...(old.total > 0 ? [blocker("v1-nodes", "blocking", old, { example })] : []),
          ...(tolerated.total > 0 ? [blocker("v1-tolerated", "info", tolerated)] : []),
          ...(silent.total > 0 ? [blocker("nodes-unread", "info", silent)] : []),
        ];
      },
    }),
  ],
});

/** By the kubelet's metric, else by the warning event that it writes on v1; `null` = not told. */
export function cgroupVersionOf(
  context: CheckContext,
  nodeName: string,
  kubelets: readonly KubeletFacts[],
  events: readonly EventFacts[] | null,
): 1 | 2 | null {
  const warned = context.once(
    "cgroup-v1-events",
    () => new Set((events ?? []).filter((event) => event.reason === "CgroupV1").map((event) => event.involved.name)),
  );
  return cgroupVersionFrom(kubeletsByNode(context, kubelets).get(nodeName), warned.has(nodeName));
}
export function cgroupVersionFrom(kubelet: KubeletFacts | undefined, isWarned: boolean): 1 | 2 | null {
  return kubelet?.cgroupVersion ?? (isWarned ? 1 : null);
}
