import { EvidenceList } from "../features/judgement.ts";
import { isAtLeast } from "../gates/version.ts";
import { CGROUP_V2_SINCE, DECIDING, noted, type PlanContext, proofOf } from "./plan-context.ts";
import { supportOf } from "./releases.ts";
import type { Found, UpgradePart } from "./upgrade-facts.ts";
import type { ItemKind, ItemSeverity } from "./upgrade-types.ts";

/** A day-old picture of a cluster is history, not state. */
const STALE_HOURS = 24;

/** AppArmor annotations and what stands in the way of a drain. */
export function judgeWorkloads({ facts, add }: PlanContext): void {
  const say = (kind: ItemKind, severity: ItemSeverity, key: string, part: UpgradePart, found: Found): void => {
    if (found.total > 0) add({ kind, severity, key, proof: proofOf(facts, part, found) });
  };
  say("workload", "review", "app-armor-annotations", "workloads", facts.annotatedTemplates);
  say("drain", "blocker", "budget-never", "podDisruptionBudgets", facts.budgetsNever);
  say("drain", "review", "budget-now", "podDisruptionBudgets", facts.budgetsNow);
  say("drain", "review", "bare-pods", "pods", facts.barePods);
  if (facts.scratchPodCount > 0)
    add({ kind: "drain", severity: "info", key: "empty-dir", count: facts.scratchPodCount });
}

/** Whether this minor and the target are supported, by the provider's dates where it has some. */
export function judgeSupport({ facts, from, target, service, add }: PlanContext, now: Date): void {
  const current = supportOf(from, service, now);
  const then = supportOf(target, service, now);
  const proof = (source: string, observed: string) => {
    const list = new EvidenceList();
    list.add(() => noted(facts, "catalogue", source, "", observed));
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
export function judgeReadings({ facts, minors, add }: PlanContext, now: Date): void {
  for (const part of DECIDING) {
    if (part === "version") continue;
    // Kubelet facts decide only where the way crosses the cgroup line.
    if (part === "kubelets" && !minors.some((minor) => isAtLeast(minor, CGROUP_V2_SINCE) === true)) continue;
    const { isRead, why } = facts.parts[part];
    if (isRead) continue;
    add({ kind: "reading", severity: "unknown", key: "part-unread", about: part, params: { part, why: why ?? "" } });
  }
  const ageHours = Math.floor((now.getTime() - facts.takenAt.getTime()) / 3_600_000);
  if (ageHours >= STALE_HOURS)
    add({ kind: "reading", severity: "unknown", key: "facts-stale", params: { hours: ageHours } });
}
