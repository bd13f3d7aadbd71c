import { defineCheck, type FeatureCheck, nothingNeeded, rule, stage } from "../define-check.ts";
import { availableByGates, enabledByGates } from "../gate-stages.ts";
import { findFutileRetries, type JobSource, jobSources, podsByJob, refOfJob } from "../job-index.ts";
import { blocker, notApplicable, ObjectCollector, share, Tally } from "../judgement.ts";
import type { CheckWords } from "../types.ts";

type PolicySpec = {
  readonly id: string;
  readonly gate: string;
  readonly docsUrl: string;
  readonly words: CheckWords;
  readonly signal: string;
  /** Who could use it. */
  readonly isCandidate: (source: JobSource) => boolean;
  readonly isSet: (source: JobSource) => boolean;
  /** Reasons of Job conditions which show that it acted. */
  readonly actedReasons: readonly string[];
};

/** The three Job policies differ in their field, their candidates and the reason they leave on a Job; the rest is one. */
export function defineJobPolicy(spec: PolicySpec): FeatureCheck {
  return defineCheck({
    id: spec.id,
    kind: "adoptable",
    gates: [spec.gate],
    docsUrl: spec.docsUrl,
    words: spec.words,
    available: availableByGates(spec.gate),
    enabled: enabledByGates(spec.gate),
    ready: nothingNeeded,
    adopted: rule({
      needs: ["jobs", "cronJobs"],
      signal: spec.signal,
      judge({ jobs, cronJobs }, context) {
        const tally = new Tally(context.team, "jobs");
        for (const source of jobSources(jobs, cronJobs)) {
          const isSet = spec.isSet(source);
          if (isSet || spec.isCandidate(source)) tally.add(source.namespace, source.labels, isSet);
        }
        return tally;
      },
    }),
    effective: stage({
      needs: ["jobs"],
      signal: `Job condition reasons ${spec.actedReasons.join(", ")}`,
      judge({ jobs }, context) {
        const own = jobs.filter((job) => job.conditions.length > 0 && spec.isSet({ kind: "Job", ...job }));
        if (own.length === 0) return notApplicable("not-ended");
        const acted = own.filter((job) =>
          job.conditions.some((condition) => spec.actedReasons.includes(condition.reason)),
        );
        const evidence = acted.map((job) =>
          context.saw("jobs", refOfJob(job), job.conditions.map((condition) => condition.reason).join(", ")),
        );
        return share(acted.length, own.length, "acted", evidence);
      },
    }),
    objects: rule({
      needs: ["jobs", "cronJobs"],
      signal: "Jobs",
      judge({ jobs, cronJobs }) {
        const list = new ObjectCollector("candidates");
        for (const source of jobSources(jobs, cronJobs)) {
          if (spec.isCandidate(source) && !spec.isSet(source)) list.add(source.kind, source.namespace, source.name);
        }
        return [list.toList()];
      },
    }),
    ...(spec.id === "job-pod-failure-policy" ? futileRetryRules : {}),
  });
}

const futileRetryRules = {
  blockers: [
    rule({
      needs: ["jobs", "pods"],
      signal: "exit codes of failed pods of one Job",
      judge({ jobs, pods }, context) {
        const futile = findFutileRetries(jobs, podsByJob(context, pods));
        const byCode = Map.groupBy(futile, (entry) => entry.exitCode);
        return [...byCode].map(([exitCode, own]) => {
          const retries = own.reduce((sum, entry) => sum + entry.retryCount, 0);
          const seconds = own.reduce((sum, entry) => sum + (entry.burnedSeconds ?? 0), 0);
          const evidence = own.map((entry) =>
            context.saw("pods", refOfJob(entry.job), `${entry.retryCount + 1} tries, exit code ${exitCode} each`),
          );
          return blocker("futile-retries", "warning", evidence, {
            exitCode,
            retries,
            minutes: Math.round(seconds / 60),
          });
        });
      },
    }),
  ],
  value: rule({
    needs: ["jobs", "pods"],
    signal: "run time of retries that could not succeed",
    judge({ jobs, pods }, context) {
      const futile = findFutileRetries(jobs, podsByJob(context, pods));
      const seconds = futile.reduce((sum, entry) => sum + (entry.burnedSeconds ?? 0), 0);
      if (seconds === 0) return null;
      const minutes = Math.round(seconds / 60);
      return {
        quantity: seconds / 3600,
        unit: "pod-hours" as const,
        key: "minutes-burned",
        params: { minutes, count: futile.length },
      };
    },
  }),
};
