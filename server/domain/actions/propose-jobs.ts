import { findClassicSidecar } from "../features/checks/native-sidecars.ts";
import { findFutileRetries } from "../features/job-index.ts";
import type { JobFacts, PodFacts } from "../snapshot.ts";
import { type ActionDraft, LEAST_COST_PER_MONTH, MONTH_HOURS } from "./action-draft.ts";

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;

export type JobOwner = { readonly kind: "Job" | "CronJob"; readonly namespace: string; readonly name: string };
export type JobInput = {
  readonly jobs: readonly JobFacts[];
  readonly pods: readonly PodFacts[];
  readonly teamOf: (pod: PodFacts) => string | null;
  /** What a pod's requests cost per hour where it runs; null = no price. */
  readonly costPerHour: (pod: PodFacts) => number | null;
};

/**
 * Pod-hours that Jobs lose to what a policy would end: work that is done but held by a classic sidecar, and retries that could not
 * succeed.
 *
 * Basis: a held pod costs its requests as long as it is held, so the month is that at 730 hours. Retries: their run time over the span
 * that the pods still tell of (a day at least), carried on for a month. Both are lower bounds: pods that are gone tell nothing.
 * Shape: one action per Job or CronJob and policy. Errors: none.
 */
export function proposeJobs(cluster: string, input: JobInput, at: Date): ActionDraft[] {
  return [...heldPods(cluster, input, at), ...futileRetries(cluster, input, at)];
}

function heldPods(cluster: string, input: JobInput, at: Date): ActionDraft[] {
  const held = input.pods.flatMap((pod) => heldSince(pod) ?? []);
  const groups = Map.groupBy(held, ({ pod }) => ownerKey(ownerOf(pod, input.jobs)));
  return [...groups.values()].flatMap((own): ActionDraft[] => {
    const [first] = own;
    if (first === undefined) return [];
    const owner = ownerOf(first.pod, input.jobs);
    const hours = own.reduce((sum, { endedAt }) => sum + Math.max(0, at.getTime() - endedAt.getTime()) / HOUR_MS, 0);
    const rate = sumOrNull(own.map(({ pod }) => input.costPerHour(pod)));
    const perMonth = rate === null ? null : rate * MONTH_HOURS;
    if (perMonth !== null && perMonth < LEAST_COST_PER_MONTH) return [];
    const pods = own.map(({ pod }) => pod.name);
    return [
      {
        ...base(cluster, owner, input.teamOf(first.pod), "native-sidecars"),
        freedPerMonth: perMonth,
        cash: "packed",
        confidence: hours >= DAY_HOURS ? "high" : "medium",
        risk: "low",
        facts: { policy: "native-sidecars", podHours: hours, podCount: own.length, sidecar: first.sidecar },
        evidence: own.slice(0, 5).map(({ pod, sidecar, endedAt }) => ({
          kind: "api" as const,
          ref: `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}`,
          subject: `Pod/${pod.namespace}/${pod.name}`,
          observed: `only ${sidecar} runs since ${endedAt.toISOString()}`,
          at,
        })),
        manifest: sidecarManifest(owner, first.pod, first.sidecar),
        change: {
          workload: `${first.pod.workload.namespace}/${first.pod.workload.kind}/${first.pod.workload.name}`,
          cpuRatio: 0,
          memoryRatio: 0,
          pods,
        },
      },
    ];
  });
}

function futileRetries(cluster: string, input: JobInput, at: Date): ActionDraft[] {
  const podsByJob = Map.groupBy(
    input.pods.filter((pod) => pod.owner?.kind === "Job"),
    (pod) => `${pod.namespace}/${pod.owner?.name ?? ""}`,
  );
  const found = findFutileRetries(input.jobs, podsByJob);
  const groups = Map.groupBy(found, ({ job }) => ownerKey(toOwner(job)));
  return [...groups.values()].flatMap((own): ActionDraft[] => {
    const [first] = own;
    if (first === undefined) return [];
    const owner = toOwner(first.job);
    const pods = own.flatMap(({ job }) => podsByJob.get(`${job.namespace}/${job.name}`) ?? []);
    const [pod] = pods;
    const hours = own.reduce((sum, { burnedSeconds }) => sum + (burnedSeconds ?? 0) / 3600, 0);
    const starts = pods.flatMap(({ createdAt }) => (createdAt === null ? [] : [createdAt.getTime()]));
    const spanHours = Math.max(DAY_HOURS, (at.getTime() - Math.min(at.getTime(), ...starts)) / HOUR_MS);
    const rate = pod === undefined ? null : input.costPerHour(pod);
    const perMonth = rate === null ? null : (rate * hours * MONTH_HOURS) / spanHours;
    const retries = own.reduce((sum, { retryCount }) => sum + retryCount, 0);
    return [
      {
        ...base(cluster, owner, pod === undefined ? null : input.teamOf(pod), "job-pod-failure-policy"),
        freedPerMonth: perMonth,
        // Pods of retries come and go: no node waits for them.
        cash: "none",
        confidence: retries >= 10 ? "high" : "medium",
        risk: "low",
        facts: { policy: "job-pod-failure-policy", podHours: hours, retryCount: retries, exitCode: first.exitCode },
        evidence: own.slice(0, 5).map(({ job, exitCode, retryCount }) => ({
          kind: "api" as const,
          ref: `/apis/batch/v1/namespaces/${job.namespace}/jobs/${job.name}`,
          subject: `Job/${job.namespace}/${job.name}`,
          observed: `${retryCount + 1} tries, exit code ${exitCode} each`,
          at,
        })),
        manifest: failurePolicyManifest(owner, first.exitCode, first.job),
        change: null,
      },
    ];
  });
}

function base(cluster: string, owner: JobOwner, team: string | null, policy: string) {
  return {
    id: `job-policy/${cluster}/${owner.namespace}/${owner.kind}/${owner.name}/${policy}`,
    kind: "job-policy",
    namespace: owner.namespace,
    objectKind: owner.kind,
    name: owner.name,
    team,
    isWhole: false,
    guards: [],
    touches: [`${owner.namespace}/${owner.kind}/${owner.name}/${policy}`],
    removedNodes: [],
  } as const;
}

/** A running Job pod whose containers have all ended well, a helper aside; since when. */
export function heldSince(pod: PodFacts): { pod: PodFacts; sidecar: string; endedAt: Date } | null {
  if (pod.phase !== "Running" || pod.owner?.kind !== "Job") return null;
  const helper = findClassicSidecar(pod.template);
  if (helper === null) return null;
  const own = pod.containers.filter((status) => !status.isInit);
  const running = own.filter((status) => status.state === "running");
  const ended = own.filter((status) => status.state === "terminated" && status.exitCode === 0);
  if (running.length !== 1 || running[0]?.name !== helper || running.length + ended.length !== own.length) return null;
  const times = ended.flatMap(({ finishedAt }) => (finishedAt === null ? [] : [finishedAt.getTime()]));
  return times.length === 0 ? null : { pod, sidecar: helper, endedAt: new Date(Math.max(...times)) };
}

function ownerOf(pod: PodFacts, jobs: readonly JobFacts[]): JobOwner {
  const job = jobs.find(({ namespace, name }) => namespace === pod.namespace && name === pod.owner?.name);
  return job === undefined
    ? { kind: "Job", namespace: pod.namespace, name: pod.owner?.name ?? pod.name }
    : toOwner(job);
}

function toOwner(job: JobFacts): JobOwner {
  return job.ownerCronJob === null
    ? { kind: "Job", namespace: job.namespace, name: job.name }
    : { kind: "CronJob", namespace: job.namespace, name: job.ownerCronJob };
}

const ownerKey = ({ kind, namespace, name }: JobOwner) => `${namespace}/${kind}/${name}`;

function sumOrNull(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return sum;
}

/** Fields of a Job's spec, in the place where the owner keeps them. */
function inOwner(owner: JobOwner, lines: readonly string[]): string {
  const indent = owner.kind === "CronJob" ? "      " : "  ";
  const head =
    owner.kind === "CronJob"
      ? "spec:\n  jobTemplate:\n    spec:\n"
      : "# A Job's template cannot be changed: apply this to the next one.\nspec:\n";
  return `apiVersion: batch/v1
kind: ${owner.kind}
metadata:
  namespace: ${JSON.stringify(owner.namespace)}
  name: ${JSON.stringify(owner.name)}
${head}${lines.map((line) => `${indent}${line}\n`).join("")}`;
}

function sidecarManifest(owner: JobOwner, pod: PodFacts, sidecar: string): string {
  const image = pod.template.containers.find(({ name }) => name === sidecar)?.image ?? "";
  return `# The helper as a native sidecar: it stops when the work is done. Take it out of containers at the same time.
${inOwner(owner, [
  "template:",
  "  spec:",
  "    initContainers:",
  `      - name: ${JSON.stringify(sidecar)}`,
  `        image: ${JSON.stringify(image)}`,
  "        restartPolicy: Always",
])}`;
}

function failurePolicyManifest(owner: JobOwner, exitCode: number, job: JobFacts): string {
  const container = job.spec.template.containers[0]?.name ?? "main";
  return `# Ends the Job at once on the exit code that no retry has mended. Needs restartPolicy: Never.
${inOwner(owner, [
  "podFailurePolicy:",
  "  rules:",
  "    - action: FailJob",
  "      onExitCodes:",
  `        containerName: ${JSON.stringify(container)}`,
  "        operator: In",
  `        values: [${exitCode}]`,
  "    - action: Ignore",
  "      onPodConditions:",
  "        - type: DisruptionTarget",
])}`;
}
