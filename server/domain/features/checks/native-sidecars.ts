import { isAtLeast } from "../../gates/version.ts";
import type { PodFacts, PodTemplateFacts } from "../../snapshot.ts";
import { isFinished, linuxNodes, podsByTemplate } from "../cluster-index.ts";
import { type CheckContext, defineCheck, rule, stage } from "../define-check.ts";
import { availableByGates, enabledByGates } from "../gate-stages.ts";
import { blocker, EvidenceList, ObjectCollector, share, Tally } from "../judgement.ts";

const GATE = "SidecarContainers";
/** A sidecar may take this long to start before its pod counts as stuck. */
const START_GRACE_SECONDS = 300;

/** Images and names of helpers that are commonly run beside an application; a pattern, so always "looks like". */
const SIDECAR_PATTERN =
  /(istio-proxy|proxyv2|linkerd-proxy|envoy|fluent-?bit|fluentd|filebeat|promtail|vector|otel|opentelemetry-collector|cloud-?sql-?proxy|alloydb-auth-proxy|vault-agent|dapr|daprd|oauth2-proxy|datadog-agent|jaeger-agent|statsd|nginx-exporter|log-?shipper|log-?collector|sidecar|config-reloader|csi-proxy)/i;

export const nativeSidecars = defineCheck({
  id: "native-sidecars",
  kind: "adoptable",
  gates: [GATE],
  docsUrl: "https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/",
  words: {
    en: {
      title: "Native sidecar containers",
      why: "Helpers start before the application, stop after it, and let Jobs finish.",
      sentences: {
        "kubelets-new-enough": "{met} of {of} {of|kubelet|kubelets} {met|is|are} 1.29 or newer.",
        "sidecars-started": "{met} of {of} {of|pod|pods} with native sidecars {met|has|have} them started.",
        "no-sidecar-pod": "No pod runs a native sidecar.",
        "never-started": "{count} {count|pod|pods} {count|waits|wait} for a sidecar that does not start ({example}).",
        "jobs-kept-alive":
          "{count} Job {count|pod|pods} {count|has|have} finished {count|its|their} work and {count|is|are} kept alive by a classic sidecar ({example}).",
        rejected:
          "{count} {count|pod|pods} {count|was|were} rejected because {count|its|their} kubelet does not allow sidecars.",
        "pod-hours-lost":
          "{hours} {hours|pod-hour|pod-hours} so far went into Jobs kept alive by a sidecar ({count} {count|pod|pods}).",
        "classic-sidecars": "Workloads with what looks like a classic sidecar",
        "looks-like": "container {container} ({pods} {pods|pod|pods})",
      },
    },
    zh: {
      title: "原生边车容器",
      why: "辅助容器先于应用启动、晚于应用停止，并让 Job 能够结束。",
      sentences: {
        "kubelets-new-enough": "{of} 个 kubelet 中有 {met} 个为 1.29 或更新。",
        "sidecars-started": "{of} 个带原生边车的 Pod 中有 {met} 个边车已启动。",
        "no-sidecar-pod": "没有 Pod 运行原生边车。",
        "never-started": "{count} 个 Pod 在等待无法启动的边车（{example}）。",
        "jobs-kept-alive": "{count} 个 Job Pod 已完成工作，却被传统边车拖住（{example}）。",
        rejected: "{count} 个 Pod 因 kubelet 不允许边车而被拒绝。",
        "pod-hours-lost": "被边车拖住的 Job 至今耗费了 {hours} Pod 小时（{count} 个 Pod）。",
        "classic-sidecars": "疑似使用传统边车的工作负载",
        "looks-like": "容器 {container}（{pods} 个 Pod）",
      },
    },
  },
  available: availableByGates(GATE),
  enabled: enabledByGates(GATE),
  ready: stage({
    needs: ["nodes"],
    signal: "node status.nodeInfo.kubeletVersion",
    judge({ nodes }, context) {
      const old = new EvidenceList();
      const linux = linuxNodes(nodes);
      for (const node of linux) {
        if (isAtLeast(node.kubeletVersion, "1.29") === false)
          old.add(() => context.saw("nodes", `node/${node.name}`, node.kubeletVersion));
      }
      return share(linux.length - old.total, linux.length, "kubelets-new-enough", old);
    },
  }),
  adopted: rule({
    needs: ["pods"],
    signal: "initContainers[].restartPolicy = Always ÷ pods with a native or (by pattern) a classic sidecar",
    judge({ pods }, context) {
      const tally = new Tally(context.team, "pods");
      for (const [template, group] of podsByTemplate(context, pods)) {
        const isNative = hasNativeSidecar(template);
        if (!isNative && findClassicSidecar(template) === null) continue;
        for (const pod of group) if (!isFinished(pod)) tally.add(pod.namespace, pod.labels, isNative);
      }
      return tally;
    },
  }),
  effective: stage({
    needs: ["pods"],
    signal: "status.initContainerStatuses[].started",
    judge({ pods }, context) {
      let of = 0;
      const late = new EvidenceList();
      for (const [template, group] of podsByTemplate(context, pods)) {
        if (!hasNativeSidecar(template)) continue;
        for (const pod of group) {
          if (isFinished(pod)) continue;
          of += 1;
          const stuck = stuckSidecar(pod, context.now);
          if (stuck !== null)
            late.add(() => context.saw("pods", `pod/${pod.namespace}/${pod.name}`, `${stuck} has not started`));
        }
      }
      return share(of - late.total, of, "sidecars-started", late, {}, "no-sidecar-pod");
    },
  }),
  blockers: [
    rule({
      needs: ["pods"],
      signal: "container statuses",
      judge({ pods }, context) {
        const late = new EvidenceList();
        const rejected = new EvidenceList();
        let example = "";
        for (const [template, group] of podsByTemplate(context, pods)) {
          if (!hasNativeSidecar(template)) continue;
          for (const pod of group) {
            if (pod.statusReason === "InitContainerRestartPolicyForbidden") {
              rejected.add(() =>
                context.saw("pods", `pod/${pod.namespace}/${pod.name}`, "InitContainerRestartPolicyForbidden"),
              );
            }
            const stuck = isFinished(pod) ? null : stuckSidecar(pod, context.now);
            if (stuck === null) continue;
            example ||= `${pod.namespace}/${pod.name}`;
            late.add(() => context.saw("pods", `pod/${pod.namespace}/${pod.name}`, `${stuck} has not started`));
          }
        }
        const kept = keptAlive(context, pods);
        const evidence = kept.map(({ pod, sidecar }) =>
          context.saw("pods", `pod/${pod.namespace}/${pod.name}`, `only ${sidecar} still runs`),
        );
        return [
          ...(late.total > 0 ? [blocker("never-started", "blocking", late, { example })] : []),
          ...(rejected.total > 0 ? [blocker("rejected", "blocking", rejected)] : []),
          ...(kept.length > 0
            ? [
                blocker("jobs-kept-alive", "warning", evidence, {
                  example: `${kept[0]?.pod.namespace}/${kept[0]?.pod.name}`,
                }),
              ]
            : []),
        ];
      },
    }),
  ],
  objects: rule({
    needs: ["pods"],
    signal: "containers by pattern",
    judge({ pods }, context) {
      const list = new ObjectCollector("classic-sidecars");
      for (const [template, group] of podsByTemplate(context, pods)) {
        const container = findClassicSidecar(template);
        const [first] = group;
        if (container === null || first === undefined || hasNativeSidecar(template)) continue;
        list.addRef(first.workload, "looks-like", { container, pods: group.length });
      }
      return [list.toList()];
    },
  }),
  value: rule({
    needs: ["pods"],
    signal: "time since the main containers of a Job pod ended",
    judge({ pods }, context) {
      const kept = keptAlive(context, pods).filter(({ endedAt }) => endedAt !== null);
      const hours = kept.reduce(
        (sum, { endedAt }) => sum + Math.max(0, context.now.getTime() - (endedAt?.getTime() ?? 0)) / 3_600_000,
        0,
      );
      if (kept.length === 0) return null;
      return {
        quantity: hours,
        unit: "pod-hours",
        key: "pod-hours-lost",
        params: { hours: Math.round(hours * 10) / 10, count: kept.length },
      };
    },
  }),
});

export function hasNativeSidecar(template: PodTemplateFacts): boolean {
  return template.initContainers.some((container) => container.restartPolicy === "Always");
}

/** The container that looks like a helper, where a pod has several and at least one that does not. */
export function findClassicSidecar(template: PodTemplateFacts): string | null {
  if (template.containers.length < 2) return null;
  const helpers = template.containers.filter(
    (container) => SIDECAR_PATTERN.test(container.name) || SIDECAR_PATTERN.test(imageName(container.image)),
  );
  return helpers.length === 0 || helpers.length === template.containers.length ? null : (helpers[0]?.name ?? null);
}
/** Without registry and tag: a registry called "envoy.example" is no helper. */
function imageName(image: string): string {
  return image.slice(image.lastIndexOf("/") + 1).replace(/[:@].*$/, "");
}

function stuckSidecar(pod: PodFacts, now: Date): string | null {
  if (pod.phase !== "Pending" || pod.nodeName === null) return null;
  const since = pod.startedAt ?? pod.createdAt;
  if (since === null || now.getTime() - since.getTime() < START_GRACE_SECONDS * 1000) return null;
  for (const container of pod.template.initContainers) {
    if (container.restartPolicy !== "Always") continue;
    const status = pod.containers.find((entry) => entry.isInit && entry.name === container.name);
    if (status !== undefined && status.isStarted !== true) return container.name;
  }
  return null;
}

type KeptAlive = { readonly pod: PodFacts; readonly sidecar: string; readonly endedAt: Date | null };

/** Running Job pods whose containers have all ended well, a classic sidecar aside. */
function keptAlive(context: CheckContext, pods: readonly PodFacts[]): KeptAlive[] {
  return context.once("jobs-kept-alive", () => {
    const found: KeptAlive[] = [];
    for (const [template, group] of podsByTemplate(context, pods)) {
      if (template.containers.length < 2) continue;
      for (const pod of group) {
        if (pod.phase !== "Running" || pod.owner?.kind !== "Job") continue;
        const own = pod.containers.filter((status) => !status.isInit);
        const running = own.filter((status) => status.state === "running");
        const ended = own.filter((status) => status.state === "terminated" && status.exitCode === 0);
        if (running.length === 0 || ended.length === 0 || running.length + ended.length !== own.length) continue;
        const isHelper = (name: string) => {
          const container = template.containers.find((entry) => entry.name === name);
          return (
            container !== undefined && (SIDECAR_PATTERN.test(name) || SIDECAR_PATTERN.test(imageName(container.image)))
          );
        };
        if (!running.every((status) => isHelper(status.name))) continue;
        const times = ended.flatMap((status) => (status.finishedAt === null ? [] : [status.finishedAt]));
        times.sort((a, b) => b.getTime() - a.getTime());
        found.push({ pod, sidecar: running[0]?.name ?? "", endedAt: times[0] ?? null });
      }
    }
    return found;
  });
}
