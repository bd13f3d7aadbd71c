import { defineJobPolicy } from "./job-policies.ts";

export const jobSuccessPolicy = defineJobPolicy({
  id: "job-success-policy",
  gate: "JobSuccessPolicy",
  docsUrl: "https://kubernetes.io/docs/concepts/workloads/controllers/job/#success-policy",
  signal: "successPolicy.rules ÷ Jobs in Indexed mode",
  isCandidate: ({ spec }) => spec.completionMode === "Indexed",
  isSet: ({ spec }) => spec.successPolicyRuleCount !== null && spec.successPolicyRuleCount > 0,
  actedReasons: ["SuccessPolicy"],
  words: {
    en: {
      title: "Job success policy",
      why: "A Job ends as soon as the indexes that matter have succeeded.",
      sentences: {
        "not-ended": "No Job with the policy has ended yet.",
        acted: "The policy ended {met} of {of} {of|Job|Jobs}.",
        candidates: "Jobs that could use it",
      },
    },
    zh: {
      title: "Job 成功策略",
      why: "关键索引成功后 Job 立即结束。",
      sentences: {
        "not-ended": "尚无使用该策略的 Job 结束。",
        acted: "{of} 个 Job 中有 {met} 个由该策略结束。",
        candidates: "可以使用它的 Job",
      },
    },
  },
});
