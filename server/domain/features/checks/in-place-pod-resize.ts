import { isAtLeast } from "../../gates/version.ts";
import type { PodFacts } from "../../snapshot.ts";
import { isFinished, linuxNodes, nodesByName } from "../cluster-index.ts";
import { defineCheck, rule, stage } from "../define-check.ts";
import { availableByGates, enabledByGates } from "../gate-stages.ts";
import { blocker, EvidenceList, notApplicable, notMet, share, Tally } from "../judgement.ts";

const GATE = "InPlacePodVerticalScaling";
/** First minor where the gate is on by default. */
const OLDEST = "1.33";
const RESIZE_EVENTS = new Set(["ResizeStarted", "ResizeCompleted"]);

export const inPlacePodResize = defineCheck({
  id: "in-place-pod-resize",
  kind: "adoptable",
  gates: [GATE],
  docsUrl: "https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/",
  words: {
    en: {
      title: "In-place pod resize",
      why: "Requests follow real usage without a restart.",
      sentences: {
        "kubelets-can": "{met} of {of} {of|kubelet|kubelets} can resize running pods.",
        "resize-not-served": "The API does not serve pods/resize.",
        "resizes-done": "{met} of {of} resizing {of|pod|pods} {met|is|are} not stuck.",
        "no-resize": "No resize is under way.",
        "resize-Deferred":
          "{count} {count|resize|resizes} {count|waits|wait} for room on {count|its|their} node ({example}).",
        "resize-Infeasible": "{count} {count|resize|resizes} will never fit {count|its|their} node ({example}).",
        "resize-Error": "{count} {count|resize|resizes} failed ({example}).",
        "static-managers":
          "{count} {count|node|nodes} {count|uses|use} static CPU or memory managers: Guaranteed pods there cannot be resized.",
      },
    },
    zh: {
      title: "Pod 原地调整资源",
      why: "资源请求贴合实际用量而无需重启。",
      sentences: {
        "kubelets-can": "{of} 个 kubelet 中有 {met} 个可调整运行中的 Pod。",
        "resize-not-served": "API 未提供 pods/resize。",
        "resizes-done": "{of} 个正在调整的 Pod 中有 {met} 个未卡住。",
        "no-resize": "没有正在进行的调整。",
        "resize-Deferred": "{count} 个调整在等待节点空间（{example}）。",
        "resize-Infeasible": "{count} 个调整永远无法在其节点上满足（{example}）。",
        "resize-Error": "{count} 个调整失败（{example}）。",
        "static-managers": "{count} 个节点使用静态 CPU 或内存管理器：其上的 Guaranteed Pod 无法调整。",
      },
    },
  },
  available: availableByGates(GATE),
  enabled: enabledByGates(GATE),
  ready: stage({
    needs: ["nodes", "apiResources"],
    signal: "subresource pods/resize in /api/v1; node kubeletVersion 1.33+",
    judge({ nodes, apiResources }, context) {
      const pods = apiResources.find((api) => api.group === "" && api.resource === "pods");
      if (pods !== undefined && !pods.subresources.includes("resize")) {
        return notMet("resize-not-served", {}, [context.saw("apiResources", "pods", "no subresource resize")]);
      }
      const linux = linuxNodes(nodes);
      if (linux.length === 0) return notApplicable("nothing-to-count");
      const old = new EvidenceList();
      for (const node of linux)
        if (isAtLeast(node.kubeletVersion, OLDEST) === false)
          old.add(() => context.saw("nodes", `node/${node.name}`, node.kubeletVersion));
      return share(linux.length - old.total, linux.length, "kubelets-can", old);
    },
  }),
  adopted: rule({
    needs: ["pods", "nodes"],
    wants: ["events"],
    signal:
      "conditions PodResizePending / PodResizeInProgress, events ResizeStarted / ResizeCompleted, resizePolicy RestartContainer ÷ running pods on kubelets 1.33+",
    judge({ pods, nodes, events }, context) {
      const resized = new Set(
        (events ?? [])
          .filter((event) => RESIZE_EVENTS.has(event.reason))
          .map((event) => `${event.involved.namespace}/${event.involved.name}`),
      );
      const byName = nodesByName(context, nodes);
      const canResize = new Set(
        linuxNodes(nodes)
          .filter((node) => isAtLeast(node.kubeletVersion, OLDEST) === true)
          .map((node) => node.name),
      );
      const tally = new Tally(context.team, "pods");
      for (const pod of pods) {
        if (pod.isMirror || isFinished(pod) || pod.nodeName === null) continue;
        if (byName.has(pod.nodeName) && !canResize.has(pod.nodeName)) continue;
        const isUsed =
          resizeStateOf(pod) !== null ||
          pod.template.containers.some((container) => container.resizeRestart.length > 0) ||
          (resized.size > 0 && resized.has(`${pod.namespace}/${pod.name}`));
        tally.add(pod.namespace, pod.labels, isUsed);
      }
      return tally;
    },
  }),
  effective: stage({
    needs: ["pods"],
    wants: ["events"],
    signal: "PodResizePending reason Deferred or Infeasible, PodResizeInProgress reason Error",
    judge({ pods, events }, context) {
      let of = (events ?? []).filter((event) => event.reason === "ResizeCompleted").length;
      const stuck = new EvidenceList();
      for (const pod of pods) {
        const state = resizeStateOf(pod);
        if (state === null) continue;
        of += 1;
        if (state !== "InProgress") stuck.add(() => context.saw("pods", `pod/${pod.namespace}/${pod.name}`, state));
      }
      return share(of - stuck.total, of, "resizes-done", stuck, {}, "no-resize");
    },
  }),
  blockers: [
    rule({
      needs: ["pods"],
      signal: "pod conditions",
      judge({ pods }, context) {
        const found = new Map<string, { list: EvidenceList; example: string }>();
        for (const pod of pods) {
          const state = resizeStateOf(pod);
          if (state === null || state === "InProgress") continue;
          const name = `${pod.namespace}/${pod.name}`;
          const entry = found.get(state) ?? { list: new EvidenceList(), example: name };
          entry.list.add(() => context.saw("pods", `pod/${name}`, state));
          found.set(state, entry);
        }
        return [...found].map(([state, { list, example }]) =>
          blocker(`resize-${state}`, state === "Deferred" ? "warning" : "blocking", list, { example }),
        );
      },
    }),
    rule({
      needs: ["kubelets"],
      signal: "configz.cpuManagerPolicy, configz.memoryManagerPolicy",
      judge({ kubelets }, context) {
        const pinned = kubelets.filter(
          (kubelet) => kubelet.cpuManagerPolicy === "static" || kubelet.memoryManagerPolicy?.toLowerCase() === "static",
        );
        const evidence = pinned.map((kubelet) =>
          context.saw(
            "kubelets",
            `node/${kubelet.nodeName}`,
            `cpu ${kubelet.cpuManagerPolicy}, memory ${kubelet.memoryManagerPolicy}`,
          ),
        );
        return pinned.length > 0 ? [blocker("static-managers", "info", evidence)] : [];
      },
    }),
  ],
});

type ResizeState = "Deferred" | "Infeasible" | "Error" | "InProgress";

/** From the conditions (1.33+), else from `status.resize` of older kubelets. */
function resizeStateOf(pod: PodFacts): ResizeState | null {
  for (const { type, status, reason } of pod.conditions) {
    if (status !== "True") continue;
    if (type === "PodResizePending") return reason === "Infeasible" ? "Infeasible" : "Deferred";
    if (type === "PodResizeInProgress") return reason === "Error" ? "Error" : "InProgress";
  }
  switch (pod.resizeStatus) {
    case "Deferred":
    case "Infeasible":
      return pod.resizeStatus;
    case null:
    case "":
      return null;
    default:
      return "InProgress";
  }
}
