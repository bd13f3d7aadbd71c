import { needsMigration, templatesOf } from "../features/checks/app-armor-fields.ts";
import { EvidenceList } from "../features/judgement.ts";
import { isAtLeast } from "../gates/version.ts";
import { type Reading, valueOrNull } from "../reading.ts";
import { CGROUP_V2_SINCE, DECIDING, type PlanContext } from "./plan-context.ts";
import { supportOf } from "./releases.ts";

/** AppArmor annotations and what stands in the way of a drain. */
export function judgeWorkloads({ snapshot, context, add }: PlanContext): void {
  const { workloads, jobs, cronJobs, pods, podDisruptionBudgets } = snapshot.parts;
  const annotated = templatesOf(
    valueOrNull(workloads) ?? [],
    valueOrNull(jobs) ?? [],
    valueOrNull(cronJobs) ?? [],
  ).filter(({ template }) => needsMigration(template));
  if (annotated.length > 0) {
    const proof = new EvidenceList();
    for (const { kind, namespace, name } of annotated)
      proof.add(() => context.saw("workloads", `${kind.toLowerCase()}/${namespace}/${name}`, "AppArmor annotation"));
    add({ kind: "workload", severity: "review", key: "app-armor-annotations", proof });
  }
  const never = new EvidenceList();
  const now = new EvidenceList();
  for (const budget of valueOrNull(podDisruptionBudgets) ?? []) {
    if (budget.disruptionsAllowed !== 0 || budget.expectedPods === 0) continue;
    const isPermanent =
      budget.maxUnavailable === "0" ||
      budget.maxUnavailable === "0%" ||
      budget.minAvailable === "100%" ||
      (budget.minAvailable !== null &&
        budget.expectedPods !== null &&
        Number(budget.minAvailable) >= budget.expectedPods);
    const observed = `0 disruptions allowed; minAvailable ${budget.minAvailable ?? "–"}, maxUnavailable ${budget.maxUnavailable ?? "–"}, ${budget.currentHealthy ?? "?"} of ${budget.expectedPods ?? "?"} healthy`;
    (isPermanent ? never : now).add(() =>
      context.saw("podDisruptionBudgets", `pdb/${budget.namespace}/${budget.name}`, observed),
    );
  }
  if (never.total > 0) add({ kind: "drain", severity: "blocker", key: "budget-never", proof: never });
  if (now.total > 0) add({ kind: "drain", severity: "review", key: "budget-now", proof: now });
  const bare = new EvidenceList();
  let scratch = 0;
  for (const pod of valueOrNull(pods) ?? []) {
    if (pod.phase !== "Running" || pod.isMirror) continue;
    if (pod.owner === null) bare.add(() => context.saw("pods", `pod/${pod.namespace}/${pod.name}`, "no controller"));
    if (pod.template.hasEmptyDir && pod.owner?.kind !== "DaemonSet") scratch += 1;
  }
  if (bare.total > 0) add({ kind: "drain", severity: "review", key: "bare-pods", proof: bare });
  if (scratch > 0) add({ kind: "drain", severity: "info", key: "empty-dir", count: scratch });
}

/** Whether this minor and the target are supported, by the provider's dates where it has some. */
export function judgeSupport({ from, target, service, context, add }: PlanContext, now: Date): void {
  const current = supportOf(from, service, now);
  const then = supportOf(target, service, now);
  const proof = (source: string, observed: string) => {
    const list = new EvidenceList();
    list.add(() => context.noted("catalogue", source, "", observed));
    return list;
  };
  if (current.state === "ended")
    add({
      kind: "support",
      severity: "review",
      key: "support-ended",
      params: { minor: from, endsOn: current.endsOn ?? "?", by: current.by },
      proof: proof(current.source, current.endsOn ?? ""),
    });
  if (current.state === "extended")
    add({
      kind: "support",
      severity: "info",
      key: "support-extended",
      params: { minor: from, endsOn: current.endsOn ?? "?", by: current.by },
      proof: proof(current.source, current.endsOn ?? ""),
    });
  if (then.state === "ended")
    add({
      kind: "support",
      severity: "review",
      key: "target-ended",
      params: { minor: target, endsOn: then.endsOn ?? "?", by: then.by },
      proof: proof(then.source, then.endsOn ?? ""),
    });
  if (then.state === "unknown")
    add({ kind: "support", severity: "info", key: "target-no-dates", params: { minor: target, by: then.by } });
}

/** Readings that decide and are missing: silence must not look like health. */
export function judgeReadings({ snapshot, minors, add }: PlanContext): void {
  for (const part of DECIDING) {
    if (part === "version") continue;
    // Kubelet facts decide only where the way crosses the cgroup line.
    if (part === "kubelets" && !minors.some((minor) => isAtLeast(minor, CGROUP_V2_SINCE) === true)) continue;
    const reading: Reading<unknown> = snapshot.parts[part];
    if (reading.state === "value") continue;
    const why = reading.state === "unknown" ? reading.reason : reading.state;
    add({ kind: "reading", severity: "unknown", key: "part-unread", about: part, params: { part, why } });
  }
}
