import { defineJobPolicy } from "./job-policies.ts";

export const jobBackoffLimitPerIndex = defineJobPolicy({
  id: "job-backoff-limit-per-index",
  gate: "JobBackoffLimitPerIndex",
  docsUrl: "https://kubernetes.io/docs/concepts/workloads/controllers/job/#backoff-limit-per-index",
  signal: "backoffLimitPerIndex ÷ Jobs in Indexed mode",
  isCandidate: ({ spec }) => spec.completionMode === "Indexed",
  isSet: ({ spec }) => spec.backoffLimitPerIndex !== null,
  actedReasons: ["FailedIndexes", "MaxFailedIndexesExceeded"],
  words: {
    en: {
      title: "Job backoff limit per index",
      why: "One bad index no longer fails all the others.",
      sentences: {
        "not-ended": "No Job with the limit has ended yet.",
        acted: "The limit decided {met} of {of} ended {of|Job|Jobs}.",
        candidates: "Jobs that could use it",
      },
    },
    zh: {
      title: "Job 按索引的重试上限",
      why: "一个出错的索引不再拖垮其余索引。",
      sentences: {
        "not-ended": "尚无使用该上限的 Job 结束。",
        acted: "{of} 个已结束的 Job 中有 {met} 个由该上限裁决。",
        candidates: "可以使用它的 Job",
      },
    },
  },
});
