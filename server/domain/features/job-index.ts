import type { CronJobFacts, JobFacts, JobSpecFacts, Labels, PodFacts } from "../snapshot.ts";
import type { CheckContext } from "./define-check.ts";

/** A Job that nobody else made, or a CronJob: what a team writes. */
export type JobSource = {
  readonly kind: "Job" | "CronJob";
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly spec: JobSpecFacts;
};

/** Jobs made by a CronJob count once, through the CronJob, or a minute schedule would drown everything else. */
export function jobSources(jobs: readonly JobFacts[], cronJobs: readonly CronJobFacts[]): JobSource[] {
  const sources: JobSource[] = cronJobs.map(({ namespace, name, labels, jobSpec }) => ({
    kind: "CronJob",
    namespace,
    name,
    labels,
    spec: jobSpec,
  }));
  for (const job of jobs) {
    if (job.ownerCronJob !== null) continue;
    sources.push({ kind: "Job", namespace: job.namespace, name: job.name, labels: job.labels, spec: job.spec });
  }
  return sources;
}

export function refOfJob(job: { readonly namespace: string; readonly name: string }): string {
  return `job/${job.namespace}/${job.name}`;
}

/** Pods by "namespace/job". */
export function podsByJob(context: CheckContext, pods: readonly PodFacts[]): Map<string, PodFacts[]> {
  return context.once("pods-by-job", () => {
    const groups = new Map<string, PodFacts[]>();
    for (const pod of pods) {
      if (pod.owner?.kind !== "Job") continue;
      const key = `${pod.namespace}/${pod.owner.name}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [pod]);
      else group.push(pod);
    }
    return groups;
  });
}

/** Exit codes of killed processes: the next try may well succeed. */
const KILLED = new Set([130, 137, 143]);

export type FutileRetries = {
  readonly job: JobFacts;
  readonly exitCode: number;
  /** Tries after the first; each was bound to fail like it. */
  readonly retryCount: number;
  /** Their run time; `null` when no try told its start and end. */
  readonly burnedSeconds: number | null;
};

/**
 * Retries that could not succeed: a Job failed, and every one of its failed pods ended with the same exit code that
 * no signal explains. Only pods that still exist can be judged, so the figures are a lower bound.
 */
export function findFutileRetries(
  jobs: readonly JobFacts[],
  pods: ReadonlyMap<string, readonly PodFacts[]>,
): FutileRetries[] {
  const found: FutileRetries[] = [];
  for (const job of jobs) {
    const hasFailed = job.conditions.some((condition) => condition.type === "Failed" && condition.status === "True");
    if (!hasFailed && job.failedCount < 3) continue;
    const failed = (pods.get(`${job.namespace}/${job.name}`) ?? []).filter((pod) => pod.phase === "Failed");
    if (failed.length < 2 || job.succeededCount > 0) continue;
    const codes = new Set(failed.map(exitCodeOf));
    const [code] = codes;
    if (codes.size !== 1 || code === undefined || code === null || code === 0 || KILLED.has(code)) continue;
    const times = failed.map((pod) => runSeconds(pod, job)).filter((seconds) => seconds !== null);
    // The first try was needed to learn of the failure: leave out the longest, so the figure stays a lower bound.
    times.sort((a, b) => a - b);
    const burned = times.slice(0, Math.max(0, Math.min(times.length, failed.length - 1)));
    found.push({
      job,
      exitCode: code,
      retryCount: failed.length - 1,
      burnedSeconds: burned.length === 0 ? null : burned.reduce((sum, seconds) => sum + seconds, 0),
    });
  }
  return found;
}

function exitCodeOf(pod: PodFacts): number | null {
  const ended = pod.containers.find(
    (container) => !container.isInit && container.exitCode !== null && container.exitCode !== 0,
  );
  return ended?.exitCode ?? null;
}

function runSeconds(pod: PodFacts, job: JobFacts): number | null {
  let endedAt: Date | null = null;
  for (const container of pod.containers) {
    if (container.finishedAt !== null && (endedAt === null || container.finishedAt > endedAt))
      endedAt = container.finishedAt;
  }
  if (endedAt === null) {
    // A failed pod's Ready condition turned false when its container ended.
    endedAt =
      pod.conditions.find((condition) => condition.type === "ContainersReady" || condition.type === "Ready")?.at ??
      null;
  }
  if (pod.startedAt === null || endedAt === null || job.startedAt === null) return null;
  return Math.max(0, (endedAt.getTime() - pod.startedAt.getTime()) / 1000);
}
