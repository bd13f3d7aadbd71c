import { defineJobPolicy } from "./job-policies.ts";

export const jobPodFailurePolicy = defineJobPolicy({
  id: "job-pod-failure-policy",
  gate: "JobPodFailurePolicy",
  docsUrl: "https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy",
  signal: "podFailurePolicy.rules ÷ Jobs whose template has restartPolicy Never",
  isCandidate: ({ spec }) => spec.template.restartPolicy === "Never",
  isSet: ({ spec }) => spec.podFailurePolicyRules !== null,
  actedReasons: ["PodFailurePolicy"],
  words: {
    en: {
      title: "Job pod failure policy",
      why: "A bug ends the Job at once, a preemption costs no retry.",
      sentences: {
        "not-ended": "No Job with the policy has ended yet.",
        acted: "The policy decided {met} of {of} ended {of|Job|Jobs}.",
        candidates: "Jobs that could use it",
        "futile-retries":
          "{count} {count|Job|Jobs} retried {retries} {retries|time|times} after exit code {exitCode}, which could not succeed ({minutes} {minutes|pod-minute|pod-minutes}).",
        "minutes-burned":
          "{minutes} {minutes|pod-minute|pod-minutes} went into retries of {count} {count|Job|Jobs} that could not succeed.",
      },
    },
    zh: {
      title: "Job Pod 失败策略",
      why: "程序缺陷会立即结束 Job，而被抢占不消耗重试次数。",
      sentences: {
        "not-ended": "尚无使用该策略的 Job 结束。",
        acted: "{of} 个已结束的 Job 中有 {met} 个由该策略裁决。",
        candidates: "可以使用它的 Job",
        "futile-retries":
          "{count} 个 Job 在退出码 {exitCode} 之后重试了 {retries} 次，不可能成功（{minutes} Pod 分钟）。",
        "minutes-burned": "{count} 个 Job 的无望重试耗费了 {minutes} Pod 分钟。",
      },
    },
  },
});
