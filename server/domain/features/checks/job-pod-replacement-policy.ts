import type { JobFacts } from "../../snapshot.ts";
import { defineCheck, nothingNeeded, rule, stage } from "../define-check.ts";
import { availableByGates, enabledByGates } from "../gate-stages.ts";
import { jobSources, refOfJob } from "../job-index.ts";
import { blocker, share, Tally } from "../judgement.ts";

const GATE = "JobPodReplacementPolicy";

export const jobPodReplacementPolicy = defineCheck({
  id: "job-pod-replacement-policy",
  kind: "adoptable",
  gates: [GATE],
  docsUrl: "https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-replacement-policy",
  words: {
    en: {
      title: "Job pod replacement policy",
      why: "A new pod starts only after the old one has ended, so two never work on the same thing.",
      sentences: {
        "no-job-uses-it": "No running Job asks for it.",
        "replaced-in-time":
          "{met} of {of} running {of|Job|Jobs} with the policy {met|replaces|replace} pods without waiting on a stuck one.",
        "stuck-terminating":
          "{count} {count|Job|Jobs} {count|waits|wait} for pods that do not finish terminating ({example}).",
      },
    },
    zh: {
      title: "Job Pod 替换策略",
      why: "旧 Pod 结束后才启动新 Pod，两者绝不会同时处理同一任务。",
      sentences: {
        "no-job-uses-it": "没有运行中的 Job 使用它。",
        "replaced-in-time": "{of} 个使用该策略的运行中 Job 里有 {met} 个未被卡住的 Pod 拖住。",
        "stuck-terminating": "{count} 个 Job 在等待无法结束终止的 Pod（{example}）。",
      },
    },
  },
  available: availableByGates(GATE),
  enabled: enabledByGates(GATE),
  ready: nothingNeeded,
  adopted: rule({
    needs: ["jobs", "cronJobs"],
    signal:
      "podReplacementPolicy: Failed without podFailurePolicy (the field is defaulted) ÷ Jobs without podFailurePolicy",
    judge({ jobs, cronJobs }, context) {
      const tally = new Tally(context.team, "jobs");
      for (const { namespace, labels, spec } of jobSources(jobs, cronJobs)) {
        if (spec.podFailurePolicyRules === null) tally.add(namespace, labels, spec.podReplacementPolicy === "Failed");
      }
      return tally;
    },
  }),
  effective: stage({
    needs: ["jobs"],
    signal: "Job status.terminating and status.active",
    judge({ jobs }, context) {
      const own = jobs.filter(
        (job) =>
          job.completedAt === null &&
          job.spec.podReplacementPolicy === "Failed" &&
          job.spec.podFailurePolicyRules === null,
      );
      const late = own.filter(isStuck);
      const evidence = late.map((job) =>
        context.saw("jobs", refOfJob(job), `terminating ${job.terminatingCount}, active ${job.activeCount}`),
      );
      return share(own.length - late.length, own.length, "replaced-in-time", evidence, {}, "no-job-uses-it");
    },
  }),
  blockers: [
    rule({
      needs: ["jobs"],
      signal: "Job status",
      judge({ jobs }, context) {
        const late = jobs.filter(
          (job) => job.completedAt === null && job.spec.podReplacementPolicy === "Failed" && isStuck(job),
        );
        const evidence = late.map((job) => context.saw("jobs", refOfJob(job), `terminating ${job.terminatingCount}`));
        return late.length > 0
          ? [
              blocker("stuck-terminating", "warning", evidence, {
                example: refOfJob(late[0] ?? { namespace: "", name: "" }),
              }),
            ]
          : [];
      },
    }),
  ],
});

function isStuck(job: JobFacts): boolean {
  return (job.terminatingCount ?? 0) > 0 && job.activeCount < (job.spec.parallelism ?? 1);
}
