import type { CronJobFacts, JobFacts, Labels, PodTemplateFacts, WorkloadFacts } from "../../snapshot.ts";
import { defineCheck, noSignal, rule, stage } from "../define-check.ts";
import { availableByGates, enabledByGates } from "../gate-stages.ts";
import { jobSources } from "../job-index.ts";
import { blocker, EvidenceList, ObjectCollector, share, Tally } from "../judgement.ts";

const GATE = "AppArmorFields";

export const appArmorFields = defineCheck({
  id: "app-armor-fields",
  kind: "adoptable",
  gates: [GATE],
  docsUrl: "https://kubernetes.io/docs/tutorials/security/apparmor/",
  words: {
    en: {
      title: "AppArmor fields",
      why: "Profiles are part of the checked API instead of annotations that a typing error disables.",
      sentences: {
        "node-profile-not-visible": "Whether a node runs AppArmor, or has a profile loaded, is not exposed.",
        "pods-accepted": "{met} of {of} {of|pod|pods} with a profile {met|was|were} accepted by their node.",
        "no-profiled-pod": "No pod has a profile.",
        "annotations-left":
          "{count} {count|template|templates} still {count|uses|use} the deprecated annotation ({example}).",
        "profile-missing": "{count} {count|pod|pods} {count|was|were} rejected by AppArmor on their node ({example}).",
        "to-migrate": "Templates to migrate",
        annotation: "{containers}: {profiles}",
      },
    },
    zh: {
      title: "AppArmor 字段",
      why: "配置文件成为受校验 API 的一部分，而不是会因笔误而失效的注解。",
      sentences: {
        "node-profile-not-visible": "节点是否运行 AppArmor、是否加载了配置文件均未暴露。",
        "pods-accepted": "{of} 个带配置文件的 Pod 中有 {met} 个被节点接受。",
        "no-profiled-pod": "没有 Pod 使用配置文件。",
        "annotations-left": "{count} 个模板仍使用已弃用的注解（{example}）。",
        "profile-missing": "{count} 个 Pod 被其节点的 AppArmor 拒绝（{example}）。",
        "to-migrate": "待迁移的模板",
        annotation: "{containers}：{profiles}",
      },
    },
  },
  available: availableByGates(GATE),
  enabled: enabledByGates(GATE),
  ready: noSignal("node-profile-not-visible"),
  adopted: rule({
    needs: ["workloads", "jobs", "cronJobs"],
    signal: "securityContext.appArmorProfile in templates ÷ templates with field or annotation",
    judge({ workloads, jobs, cronJobs }, context) {
      const tally = new Tally(context.team, "workloads");
      for (const { template, namespace, labels } of templatesOf(workloads, jobs, cronJobs)) {
        const isField = hasField(template);
        if (isField || hasAnnotation(template)) tally.add(namespace, labels, isField && !needsMigration(template));
      }
      return tally;
    },
  }),
  effective: stage({
    needs: ["pods"],
    signal: "pod status.reason AppArmor",
    judge({ pods }, context) {
      const rejected = new EvidenceList();
      let of = 0;
      for (const pod of pods) {
        if (!hasField(pod.template) && !hasAnnotation(pod.template)) continue;
        of += 1;
        if (pod.statusReason === "AppArmor")
          rejected.add(() => context.saw("pods", `pod/${pod.namespace}/${pod.name}`, "rejected: AppArmor"));
      }
      return share(of - rejected.total, of, "pods-accepted", rejected, {}, "no-profiled-pod");
    },
  }),
  blockers: [
    rule({
      needs: ["workloads", "jobs", "cronJobs"],
      signal: "annotations of templates",
      judge({ workloads, jobs, cronJobs }, context) {
        const old = templatesOf(workloads, jobs, cronJobs).filter(({ template }) => needsMigration(template));
        const evidence = old.map(({ kind, namespace, name, template }) =>
          context.saw(
            "workloads",
            `${kind.toLowerCase()}/${namespace}/${name}`,
            Object.values(template.appArmorAnnotations).join(", "),
          ),
        );
        return old.length > 0
          ? [blocker("annotations-left", "warning", evidence, { example: `${old[0]?.namespace}/${old[0]?.name}` })]
          : [];
      },
    }),
    rule({
      needs: ["pods"],
      signal: "pod status.reason",
      judge({ pods }, context) {
        const rejected = pods.filter((pod) => pod.statusReason === "AppArmor");
        const evidence = rejected.map((pod) =>
          context.saw("pods", `pod/${pod.namespace}/${pod.name}`, `on node ${pod.nodeName ?? "?"}`),
        );
        return rejected.length > 0
          ? [
              blocker("profile-missing", "blocking", evidence, {
                example: `${rejected[0]?.namespace}/${rejected[0]?.name}`,
              }),
            ]
          : [];
      },
    }),
  ],
  objects: rule({
    needs: ["workloads", "jobs", "cronJobs"],
    signal: "templates",
    judge({ workloads, jobs, cronJobs }) {
      const list = new ObjectCollector("to-migrate");
      for (const { kind, namespace, name, template } of templatesOf(workloads, jobs, cronJobs)) {
        if (!needsMigration(template)) continue;
        const entries = Object.entries(template.appArmorAnnotations);
        const params = {
          containers: entries.map(([container]) => container).join(", "),
          profiles: entries.map(([, profile]) => profile).join(", "),
        };
        list.add(kind, namespace, name, "annotation", params);
      }
      return [list.toList()];
    },
  }),
});

export type TemplateOwner = {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly template: PodTemplateFacts;
};

/** Templates, not pods: the API server copies a valid annotation into the field of every new pod. */
export function templatesOf(
  workloads: readonly WorkloadFacts[],
  jobs: readonly JobFacts[],
  cronJobs: readonly CronJobFacts[],
): TemplateOwner[] {
  const own: TemplateOwner[] = workloads
    .filter(({ kind }) => kind !== "Job" && kind !== "CronJob")
    .map(({ kind, namespace, name, labels, template }) => ({ kind, namespace, name, labels, template }));
  for (const { kind, namespace, name, labels, spec } of jobSources(jobs, cronJobs))
    own.push({ kind, namespace, name, labels, template: spec.template });
  return own;
}
export function hasField(template: PodTemplateFacts): boolean {
  return (
    template.appArmorProfile !== null ||
    [...template.containers, ...template.initContainers].some((container) => container.appArmorProfile !== null)
  );
}
function hasAnnotation(template: PodTemplateFacts): boolean {
  return Object.keys(template.appArmorAnnotations).length > 0;
}
/** A container with an annotation whose field, on itself or on the pod, is not set. */
export function needsMigration(template: PodTemplateFacts): boolean {
  if (template.appArmorProfile !== null) return false;
  return Object.keys(template.appArmorAnnotations).some((name) => {
    const container = [...template.containers, ...template.initContainers].find((entry) => entry.name === name);
    return container === undefined || container.appArmorProfile === null;
  });
}
