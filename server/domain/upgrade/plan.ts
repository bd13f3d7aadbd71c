import { FEATURE_CHECKS } from "../features/checks/index.ts";
import type { FeatureOutcome } from "../features/types.ts";
import { findGate, gateAt } from "../gates/catalogue.ts";
import type { GateMatrix } from "../gates/gate-types.ts";
import { minorIndex, minorOf, minorText } from "../gates/version.ts";
import { listGateTransitions, minorsBetween } from "./gate-transitions.ts";
import { judgeApis } from "./judge-apis.ts";
import { judgeGates } from "./judge-gates.ts";
import { judgeControlPlane, judgeNodes } from "./judge-nodes.ts";
import { judgeSkew } from "./judge-skew.ts";
import { judgeReadings, judgeSupport, judgeWorkloads } from "./judge-workloads.ts";
import { DECIDING, type ItemDraft, type PlanContext } from "./plan-context.ts";
import { countEffort } from "./plan-effort.ts";
import { supportOf } from "./releases.ts";
import type { UpgradeFacts } from "./upgrade-facts.ts";
import type {
  ItemSeverity,
  NewPossibility,
  UpgradeItem,
  UpgradePlan,
  UpgradeStep,
  UpgradeVerdict,
} from "./upgrade-types.ts";

export type UpgradeInput = {
  readonly facts: UpgradeFacts;
  readonly gateStates: GateMatrix;
  /** Minor to reach, "1.36". */
  readonly target: string;
  readonly now: Date;
  /** Today's outcomes, for the value of what becomes possible; left out, no value is shown. */
  readonly features?: readonly FeatureOutcome[];
};

/**
 * What stands between a cluster and a target minor.
 *
 * Shape: items worst first; one step per minor, control plane before nodes; gate changes, new possibilities, effort as
 * counted points.
 * Basis: `blocked` when something would not start or a used API is gone; else `unknown` when a reading that decides is
 * missing; else `review` when someone must look at something; else `no-known-blockers`.
 * Errors: none. A cluster without a readable version, or a target that is no later minor, has no steps and says so.
 */
export function planUpgrade({ facts, gateStates, target, now, features = [] }: UpgradeInput): UpgradePlan {
  const { version, service } = facts;
  const items: UpgradeItem[] = [];
  const from = version?.minor ?? null;
  const minors = from === null ? [] : minorsBetween(from, target);
  const firstMinor = minors[0] ?? target;
  const add = ({
    kind,
    severity,
    key,
    about = "",
    params = {},
    atMinor = firstMinor,
    proof,
    count,
  }: ItemDraft): void => {
    const total = count ?? proof?.total ?? 1;
    items.push({
      id: about === "" ? key : `${key}:${about}`,
      kind,
      severity,
      key,
      params: { count: total, target, ...params },
      count: total,
      atMinor,
      evidence: proof?.kept ?? [],
      evidenceTotal: proof?.total ?? 0,
    });
  };
  if (from === null) add({ kind: "reading", severity: "unknown", key: "version-unread" });
  else if (minors.length === 0) add({ kind: "reading", severity: "blocker", key: "not-an-upgrade", params: { from } });
  else {
    const plan: PlanContext = { facts, matrix: gateStates, from, target, minors, service, add };
    judgeGates(plan);
    judgeApis(plan);
    judgeSkew(plan);
    judgeNodes(plan);
    judgeControlPlane(plan);
    judgeWorkloads(plan);
    judgeSupport(plan, now);
    judgeReadings(plan, now);
  }
  const order: readonly ItemSeverity[] = ["blocker", "unknown", "review", "info"];
  items.sort(
    (a, b) =>
      order.indexOf(a.severity) - order.indexOf(b.severity) || a.kind.localeCompare(b.kind) || a.id.localeCompare(b.id),
  );
  const missing = DECIDING.flatMap((part) => {
    const { isRead, why } = facts.parts[part];
    return isRead ? [] : [`${part}: ${why}`];
  });
  const partial = DECIDING.filter((part) => facts.parts[part].isPartial);
  return {
    cluster: facts.cluster,
    from,
    target,
    verdict: verdictOf(items),
    coverage: { read: DECIDING.length - missing.length, of: DECIDING.length, missing, partial },
    items,
    gates: from === null ? [] : listGateTransitions(from, target, gateStates),
    steps: minors.map((minor) => toStep(minor, facts, now)),
    possible: from === null ? [] : listPossibilities(from, minors, features),
    support: { now: supportOf(from ?? "", service, now), target: supportOf(target, service, now) },
    effort: countEffort(
      items,
      minors.length,
      facts.nodes.reduce((sum, group) => sum + group.count, 0),
    ),
    cannotRollBack:
      minors.length === 0
        ? []
        : ["no-downgrade", "stored-versions", ...(service === null ? ["etcd-restore"] : ["managed-rollback"])],
    evaluatedAt: facts.takenAt,
  };
}

function verdictOf(items: readonly UpgradeItem[]): UpgradeVerdict {
  if (items.some((item) => item.severity === "blocker")) return "blocked";
  if (items.some((item) => item.severity === "unknown")) return "unknown";
  return items.some((item) => item.severity === "review") ? "review" : "no-known-blockers";
}

function toStep(minor: string, { service, proxyDaemonSets }: UpgradeFacts, now: Date): UpgradeStep {
  const keys = [
    service === null ? "backup-etcd" : "backup-managed",
    "backup-manifests",
    "check-addons",
    service === null ? "upgrade-control-plane" : "upgrade-managed-control-plane",
    "verify-control-plane",
    ...(proxyDaemonSets.length > 0 ? ["upgrade-kube-proxy"] : []),
    "upgrade-nodes",
    "verify-nodes",
    "migrate-stored-versions",
  ];
  return { minor, support: supportOf(minor, service, now), actions: keys.map((key) => ({ key, params: { minor } })) };
}

function listPossibilities(
  from: string,
  minors: readonly string[],
  features: readonly FeatureOutcome[],
): NewPossibility[] {
  const outcomes = new Map(features.map((outcome) => [outcome.feature, outcome]));
  const found: NewPossibility[] = [];
  for (const check of FEATURE_CHECKS) {
    for (const name of check.gates) {
      const gate = findGate(name);
      if (gate === null) continue;
      let before = gateAt(gate, from);
      for (const minor of minors) {
        const after = gateAt(gate, minor);
        const isOn = (at: typeof after) =>
          (at.status === "known" && at.isOnByDefault) || at.status === "removed-always-on";
        const value = outcomes.get(check.id)?.value ?? null;
        const figure = value === null ? null : { quantity: value.quantity, unit: value.unit };
        if (isOn(after) && !isOn(before))
          found.push({ feature: check.id, gate: name, atMinor: minor, change: "on-by-default", value: figure });
        else if (after.status === "known" && before.status === "not-yet")
          found.push({ feature: check.id, gate: name, atMinor: minor, change: "available", value: figure });
        before = after;
      }
    }
  }
  return found;
}

/** The minor after a cluster's own, as the default target; `null` when the version is not known. */
export function nextMinor(version: string): string | null {
  const minor = minorOf(version);
  const index = minor === null ? null : minorIndex(minor);
  return index === null ? null : minorText(index + 1);
}
