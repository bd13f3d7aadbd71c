import { jobSources } from "../features/job-index.ts";
import { valueOrNull } from "../reading.ts";
import type { JobSpecFacts } from "../snapshot.ts";
import { type ManifestDocument, type ManifestFacts, quote } from "./manifest-types.ts";

export function runsIndexed(spec: JobSpecFacts): boolean {
  return spec.completionMode === "Indexed";
}
export function neverRestarts(spec: JobSpecFacts): boolean {
  return spec.template.restartPolicy === "Never";
}

/** The first Job or CronJob that could use a policy lends its name and image; a Job's policies cannot be changed later. */
function example(
  snapshot: ManifestFacts,
  isIndexed: boolean,
): { namespace: string; name: string; container: string; image: string } {
  const sources = jobSources(valueOrNull(snapshot.parts.jobs) ?? [], valueOrNull(snapshot.parts.cronJobs) ?? []);
  const source = sources.find(({ spec }) => (isIndexed ? runsIndexed(spec) : neverRestarts(spec)));
  const container = source?.spec.template.containers[0];
  return {
    namespace: source?.namespace ?? "default",
    name: source === undefined ? "example" : `${source.name.slice(0, 50)}-next`,
    container: container?.name ?? "main",
    image: container?.image ?? "registry.example.com/app:1",
  };
}

function job(snapshot: ManifestFacts, isIndexed: boolean, comment: string, policy: string): ManifestDocument[] {
  const { namespace, name, container, image } = example(snapshot, isIndexed);
  const mode = isIndexed ? "  completionMode: Indexed\n  completions: 8\n  parallelism: 4\n" : "";
  const text = `# ${comment}
# For a CronJob the same fields go under spec.jobTemplate.spec.
apiVersion: batch/v1
kind: Job
metadata:
  namespace: ${quote(namespace)}
  name: ${quote(name)}
spec:
${mode}${policy.replaceAll("<container>", quote(container))}  template:
    spec:
      restartPolicy: Never
      containers:
        - name: ${quote(container)}
          image: ${quote(image)}
`;
  return [{ fileName: "job.yaml", format: "api-object", text }];
}

export function failurePolicyJob(snapshot: ManifestFacts): ManifestDocument[] {
  return job(
    snapshot,
    false,
    "Ends the Job at once on exit codes that no retry can mend, and does not count evictions.",
    `  backoffLimit: 6
  podFailurePolicy: # needs restartPolicy Never
    rules:
      - action: FailJob
        onExitCodes:
          containerName: <container>
          operator: In
          values: [2, 126, 127] # wrong usage, not executable, not found
      - action: Ignore
        onPodConditions:
          - type: DisruptionTarget
            status: "True"
`,
  );
}
export function perIndexJob(snapshot: ManifestFacts): ManifestDocument[] {
  return job(
    snapshot,
    true,
    "Each index has its own retries; the Job gives up after too many bad ones.",
    "  backoffLimitPerIndex: 1\n  maxFailedIndexes: 2\n",
  );
}
export function successPolicyJob(snapshot: ManifestFacts): ManifestDocument[] {
  return job(
    snapshot,
    true,
    "The Job succeeds as soon as index 0 (the leader) has.",
    `  successPolicy:\n    rules:\n      - succeededIndexes: "0"\n        succeededCount: 1\n`,
  );
}
export function replacementJob(snapshot: ManifestFacts): ManifestDocument[] {
  return job(
    snapshot,
    false,
    "A new pod starts only after the old one has fully ended.",
    "  podReplacementPolicy: Failed\n",
  );
}
