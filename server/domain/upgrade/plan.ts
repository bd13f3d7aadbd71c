import { needsMigration, templatesOf } from "../features/checks/app-armor-fields.ts";
import { cgroupVersionOf } from "../features/checks/cgroup-v2.ts";
import { FEATURE_CHECKS } from "../features/checks/index.ts";
import { linuxNodes } from "../features/cluster-index.ts";
import { type CheckContext, makeContext } from "../features/define-check.ts";
import { EvidenceList } from "../features/judgement.ts";
import type { FeatureOutcome, Params } from "../features/types.ts";
import { findGate, gateAt, NEWEST_MINOR } from "../gates/catalogue.ts";
import { managedService } from "../gates/component-groups.ts";
import type { GateMatrix } from "../gates/gate-types.ts";
import { isAtLeast, isKernelAtLeast, minorIndex, minorOf, minorText, parseVersion } from "../gates/version.ts";
import { type Reading, valueOrNull } from "../reading.ts";
import type { ClusterSnapshot, PartName } from "../snapshot.ts";
import { listGateTransitions, minorsBetween, unmetDependencies } from "./gate-transitions.ts";
import { type ManagedService, supportOf } from "./releases.ts";
import { findRemovedApi, isRemovedBy } from "./removed-apis.ts";
import type {
  EffortPart,
  ItemKind,
  ItemSeverity,
  NewPossibility,
  UpgradeItem,
  UpgradePlan,
  UpgradeStep,
  UpgradeVerdict,
} from "./upgrade-types.ts";

/** First minor whose kubelet refuses cgroup v1 by default. */
const CGROUP_V2_SINCE = "1.35";
/** First minor whose kubelet needs a runtime that answers RuntimeConfig; containerd has it from 2.0. */
const RUNTIME_CONFIG_SINCE = "1.38";
/** Kernels before this predate a complete cgroup v2 (the distribution's default there is v1). */
const CGROUP_V2_KERNEL = "5.8";
/** Oldest etcd that kubeadm of 1.31–1.36 accepts. */
const OLDEST_ETCD = { major: 3, minor: 5, patch: 24 };
/** Kubelets may trail the API server by this many minors (two when older than 1.25). */
const KUBELET_SKEW = 3;
const EXIT_SKEW_BEFORE = "1.25";

export type UpgradeInput = {
  readonly snapshot: ClusterSnapshot;
  readonly gateStates: GateMatrix;
  /** Minor to reach, "1.36". */
  readonly target: string;
  readonly now: Date;
  /** Today's outcomes, for the value of what becomes possible; left out, no value is shown. */
  readonly features?: readonly FeatureOutcome[];
};

type Draft = {
  readonly kind: ItemKind;
  readonly severity: ItemSeverity;
  readonly key: string;
  readonly about?: string;
  readonly params?: Params;
  readonly atMinor?: string;
  readonly proof?: EvidenceList;
  readonly count?: number;
};
type Plan = {
  readonly snapshot: ClusterSnapshot;
  readonly context: CheckContext;
  readonly matrix: GateMatrix;
  readonly from: string;
  readonly target: string;
  readonly minors: readonly string[];
  readonly service: ManagedService | null;
  readonly add: (draft: Draft) => void;
};

/** Readings that decide; without one of them "no known blockers" would be a guess. */
const DECIDING: readonly PartName[] = [
  "version",
  "nodes",
  "components",
  "deprecatedApiUse",
  "kubelets",
  "pods",
  "podDisruptionBudgets",
  "workloads",
];

/**
 * What stands between a cluster and a target minor.
 *
 * Shape: items worst first; one step per minor, control plane before nodes; gate changes, new possibilities, effort as
 * counted points.
 * Basis: `blocked` when something would not start or a used API is gone; else `unknown` when a reading that decides is
 * missing; else `review` when someone must look at something; else `no-known-blockers`.
 * Errors: none. A cluster without a readable version, or a target that is no later minor, has no steps and says so.
 */
export function planUpgrade({ snapshot, gateStates, target, now, features = [] }: UpgradeInput): UpgradePlan {
  const version = valueOrNull(snapshot.parts.version);
  const service = version === null ? null : managedService(version.gitVersion, snapshot.cluster.provider);
  const context = makeContext(snapshot, { gates: gateStates, now });
  const items: UpgradeItem[] = [];
  const from = version?.minor ?? null;
  const minors = from === null ? [] : minorsBetween(from, target);
  const firstMinor = minors[0] ?? target;
  const add = ({ kind, severity, key, about = "", params = {}, atMinor = firstMinor, proof, count }: Draft): void => {
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
    const plan: Plan = { snapshot, context, matrix: gateStates, from, target, minors, service, add };
    judgeGates(plan);
    judgeApis(plan);
    judgeSkew(plan);
    judgeNodes(plan);
    judgeControlPlane(plan);
    judgeWorkloads(plan);
    judgeSupport(plan, now);
    judgeReadings(plan);
  }
  const order: readonly ItemSeverity[] = ["blocker", "unknown", "review", "info"];
  items.sort(
    (a, b) =>
      order.indexOf(a.severity) - order.indexOf(b.severity) || a.kind.localeCompare(b.kind) || a.id.localeCompare(b.id),
  );
  const missing = DECIDING.flatMap((part) => {
    const reading: Reading<unknown> = snapshot.parts[part];
    return reading.state === "value"
      ? []
      : [`${part}: ${reading.state === "unknown" ? reading.reason : reading.state}`];
  });
  const partial = DECIDING.filter((part) => {
    const reading: Reading<unknown> = snapshot.parts[part];
    return reading.state === "value" && reading.partial !== undefined;
  });
  return {
    cluster: snapshot.cluster.name,
    from,
    target,
    verdict: verdictOf(items),
    coverage: { read: DECIDING.length - missing.length, of: DECIDING.length, missing, partial },
    items,
    gates: from === null ? [] : listGateTransitions(from, target, gateStates),
    steps: minors.map((minor) => toStep(minor, service, snapshot, now)),
    possible: from === null ? [] : listPossibilities(from, minors, features),
    support: { now: supportOf(from ?? "", service, now), target: supportOf(target, service, now) },
    effort: countEffort(items, minors.length, valueOrNull(snapshot.parts.nodes)?.length ?? 0),
    cannotRollBack:
      minors.length === 0
        ? []
        : ["no-downgrade", "stored-versions", ...(service === null ? ["etcd-restore"] : ["managed-rollback"])],
    evaluatedAt: now,
  };
}

function verdictOf(items: readonly UpgradeItem[]): UpgradeVerdict {
  if (items.some((item) => item.severity === "blocker")) return "blocked";
  if (items.some((item) => item.severity === "unknown")) return "unknown";
  return items.some((item) => item.severity === "review") ? "review" : "no-known-blockers";
}

function judgeGates({ matrix, context, from, target, minors, add }: Plan): void {
  if ((minorIndex(target) ?? 0) > (minorIndex(NEWEST_MINOR) ?? 0)) {
    add({ kind: "gate", severity: "unknown", key: "target-beyond-catalogue", params: { newest: NEWEST_MINOR } });
  }
  const groups = new Map(matrix.groups.map((group) => [group.key, group]));
  const setOn = new Set(
    matrix.rows
      .filter((row) => row.cells.some((cell) => "isOn" in cell.explicit && cell.explicit.isOn))
      .map((row) => row.gate),
  );
  for (const row of matrix.rows) {
    if (!row.isSetExplicitly) continue;
    const gate = findGate(row.gate);
    const set = row.cells.filter((cell) => cell.explicit.how === "visible" || cell.explicit.how === "inferred");
    const proofOf = (cells: typeof set): EvidenceList => {
      const proof = new EvidenceList();
      for (const cell of cells) {
        const group = groups.get(cell.group);
        const how =
          cell.explicit.how === "visible"
            ? `set to ${cell.explicit.isOn} in ${cell.explicit.source}`
            : `${cell.state}, which is not the default`;
        proof.add(() => ({
          ...context.noted(
            cell.explicit.how === "visible" ? "configuration" : "inference",
            `feature-gates: ${row.gate}`,
            group?.label ?? cell.group,
            how,
          ),
          at: group?.readAt ?? matrix.takenAt,
        }));
      }
      return proof;
    };
    if (gate === null) {
      add({
        kind: "gate",
        severity: "review",
        key: "gate-not-in-catalogue",
        about: row.gate,
        params: { gate: row.gate },
        proof: proofOf(set),
      });
      continue;
    }
    for (const minor of minors) {
      const at = gateAt(gate, minor);
      if (at.status === "removed-always-on" || at.status === "removed-gone") {
        add({
          kind: "gate",
          severity: "blocker",
          key: "gate-set-removed",
          about: row.gate,
          params: { gate: row.gate, minor },
          atMinor: minor,
          proof: proofOf(set),
        });
        break;
      }
      if (at.status !== "known" || !at.isLocked) continue;
      const against = set.filter((cell) => "isOn" in cell.explicit && cell.explicit.isOn !== at.isOnByDefault);
      if (against.length > 0) {
        add({
          kind: "gate",
          severity: "blocker",
          key: "gate-set-locked",
          about: row.gate,
          params: { gate: row.gate, minor, value: at.isOnByDefault ? "true" : "false" },
          atMinor: minor,
          proof: proofOf(against),
        });
        break;
      }
    }
    if (setOn.has(row.gate) && isAtLeast(target, "1.35") === true) {
      const unmet = unmetDependencies(gate, target, (name) => setOn.has(name));
      if (unmet.length > 0) {
        add({
          kind: "gate",
          severity: "blocker",
          key: "gate-needs-gates",
          about: row.gate,
          params: { gate: row.gate, needs: unmet.join(", ") },
          proof: proofOf(set),
        });
      }
    }
  }
  for (const change of listGateTransitions(from, target, matrix)) {
    if (change.setBy.length > 0) continue;
    const isLoss = change.change === "flips-off" || change.change === "locks-off" || change.change === "vanishes-gone";
    const wasOn = context
      .gate(change.gate)
      ?.cells.some(
        (cell) =>
          cell.isConsulted !== false &&
          (cell.state === "on" || (cell.state === "unknown" && cell.isOnByDefault === true)),
      );
    if (isLoss && wasOn === true) {
      add({
        kind: "gate",
        severity: "review",
        key: change.change === "vanishes-gone" ? "gate-goes" : "gate-turns-off",
        about: change.gate,
        params: { gate: change.gate, minor: change.atMinor },
        atMinor: change.atMinor,
      });
    }
  }
  const hidden = matrix.groups.filter(
    (group) =>
      group.component !== "kube-proxy" &&
      group.instanceCount > 0 &&
      matrix.rows.some((row) =>
        row.cells.some((cell) => cell.group === group.key && cell.explicit.how === "not-visible"),
      ),
  );
  if (hidden.length > 0) {
    const proof = new EvidenceList();
    for (const group of hidden)
      proof.add(() =>
        context.noted(
          "metric",
          "explicit settings",
          group.label,
          "not visible; a gate set to its default would not show",
        ),
      );
    add({ kind: "gate", severity: "review", key: "gate-settings-hidden", proof });
  }
}

function judgeApis({ snapshot, context, from, target, minors, add }: Plan): void {
  const use = valueOrNull(snapshot.parts.deprecatedApiUse);
  const used = new Set<string>();
  for (const api of use ?? []) {
    const name = `${api.group === "" ? "core" : api.group}/${api.version} ${api.resource}`;
    used.add(`${api.group}/${api.version}/${api.resource}`);
    const known = findRemovedApi(api.group, api.version, api.resource);
    const removedIn = api.removedRelease !== "" ? api.removedRelease : known?.removedIn;
    const proof = new EvidenceList();
    proof.add(() =>
      context.saw(
        "deprecatedApiUse",
        name,
        api.requestCount === null ? "requested since the API server started" : `${api.requestCount} requests`,
      ),
    );
    const params = { api: name, removedIn: removedIn ?? "?", instead: known?.useInstead ?? "?" };
    const isGone = removedIn !== undefined && isRemovedBy(removedIn, target);
    add({
      kind: "api",
      severity: isGone ? "blocker" : "info",
      key: isGone ? "api-used-removed" : "api-used-deprecated",
      about: name,
      params,
      proof,
      ...(isGone && minors.includes(removedIn) ? { atMinor: removedIn } : {}),
    });
  }
  for (const api of valueOrNull(snapshot.parts.apiResources) ?? []) {
    const known = findRemovedApi(api.group, api.version, api.resource);
    if (known === null || isRemovedBy(known.removedIn, from) || !isRemovedBy(known.removedIn, target)) continue;
    if (used.has(`${api.group}/${api.version}/${api.resource}`)) continue;
    const name = `${api.group}/${api.version} ${api.resource}`;
    const proof = new EvidenceList();
    proof.add(() => context.saw("apiResources", name, "served"));
    add({
      kind: "api",
      severity: "review",
      key: "api-served-removed",
      about: name,
      params: { api: name, removedIn: known.removedIn, instead: known.useInstead },
      atMinor: known.removedIn,
      proof,
    });
  }
  const down = (valueOrNull(snapshot.parts.apiServices) ?? []).filter((service) => service.isAvailable === false);
  if (down.length > 0) {
    const proof = new EvidenceList();
    for (const service of down)
      proof.add(() => context.saw("apiServices", service.name, service.reason ?? "not available"));
    add({ kind: "api", severity: "review", key: "api-service-down", proof });
  }
}

const PROXY_IMAGE = /kube-proxy:v?(\d+\.\d+[^@]*)/;

function judgeSkew({ snapshot, context, matrix, from, minors, add }: Plan): void {
  const nodes = valueOrNull(snapshot.parts.nodes) ?? [];
  const fromIndex = minorIndex(from) ?? 0;
  const newer = new EvidenceList();
  const lagging = new EvidenceList();
  const blockedAt = new Map<string, EvidenceList>();
  let oldest: string | null = null;
  for (const node of nodes) {
    const index = minorIndex(node.kubeletVersion);
    if (index === null) continue;
    const saw = () =>
      context.saw("nodes", `node/${node.name}`, `kubelet ${node.kubeletVersion}, kernel ${node.kernelVersion}`);
    if (index > fromIndex) newer.add(saw);
    if (index < fromIndex) {
      lagging.add(saw);
      oldest = oldest === null || index < (minorIndex(oldest) ?? index + 1) ? minorText(index) : oldest;
    }
    const allowed = isAtLeast(node.kubeletVersion, EXIT_SKEW_BEFORE) === false ? 2 : KUBELET_SKEW;
    const minor = minors.find((step) => (minorIndex(step) ?? 0) - index > allowed);
    // Nodes on the cluster's own minor are upgraded on the way; only those that already trail can block a step.
    if (minor !== undefined && index < fromIndex) {
      const list = blockedAt.get(minor) ?? new EvidenceList();
      list.add(saw);
      blockedAt.set(minor, list);
    }
  }
  if (newer.total > 0) add({ kind: "skew", severity: "blocker", key: "kubelet-newer", params: { from }, proof: newer });
  for (const [minor, proof] of blockedAt)
    add({
      kind: "skew",
      severity: "blocker",
      key: "kubelet-too-old",
      about: minor,
      params: { minor },
      atMinor: minor,
      proof,
    });
  if (lagging.total > 0)
    add({
      kind: "skew",
      severity: "review",
      key: "kubelet-lags",
      params: { from, oldest: oldest ?? "?" },
      proof: lagging,
    });
  const wrong = new EvidenceList();
  const servers = new Set<number>();
  for (const group of matrix.groups) {
    const index = group.version === null ? null : minorIndex(group.version);
    if (index === null) continue;
    if (group.component === "kube-apiserver") servers.add(index);
    const isManager = group.component === "kube-controller-manager" || group.component === "kube-scheduler";
    const isWrong = isManager
      ? index > fromIndex || index < fromIndex - 1
      : group.component === "kube-proxy" && (index > fromIndex || index < fromIndex - KUBELET_SKEW);
    if (isWrong) wrong.add(() => context.noted("metric", "component version", group.label, group.version ?? ""));
  }
  for (const { kind, namespace, name, template } of valueOrNull(snapshot.parts.workloads) ?? []) {
    if (kind !== "DaemonSet" || namespace !== "kube-system" || !name.startsWith("kube-proxy")) continue;
    // The Node no longer tells kube-proxy's version; the image of its DaemonSet does.
    const tag = template.containers
      .map((container) => PROXY_IMAGE.exec(container.image)?.[1])
      .find((text) => text !== undefined);
    const index = tag === undefined ? null : minorIndex(tag);
    if (index !== null && (index > fromIndex || index < fromIndex - KUBELET_SKEW)) {
      wrong.add(() => context.saw("workloads", `daemonset/${namespace}/${name}`, `kube-proxy ${tag}`));
    }
  }
  if (wrong.total > 0)
    add({ kind: "skew", severity: "blocker", key: "component-skew", params: { from }, proof: wrong });
  if (servers.size > 0 && Math.max(...servers) - Math.min(...servers) > 1)
    add({ kind: "skew", severity: "blocker", key: "apiserver-skew" });
}

function judgeNodes({ snapshot, context, target, minors, add }: Plan): void {
  const nodes = valueOrNull(snapshot.parts.nodes) ?? [];
  const kubelets = valueOrNull(snapshot.parts.kubelets) ?? [];
  const events = valueOrNull(snapshot.parts.events);
  const lists = {
    old: new EvidenceList(),
    unread: new EvidenceList(),
    kernel: new EvidenceList(),
    runtime: new EvidenceList(),
    soon: new EvidenceList(),
  };
  const crosses = (minor: string) => minors.some((step) => isAtLeast(step, minor) === true);
  for (const node of linuxNodes(nodes)) {
    const cgroup = cgroupVersionOf(context, node.name, kubelets, events);
    const saw = (observed: string) => () => context.saw("nodes", `node/${node.name}`, observed);
    if (crosses(CGROUP_V2_SINCE)) {
      if (cgroup === 1) lists.old.add(saw(`cgroup v1, kernel ${node.kernelVersion}`));
      if (cgroup === null) lists.unread.add(saw(`cgroup version not read, kernel ${node.kernelVersion}`));
      if (cgroup !== 1 && isKernelAtLeast(node.kernelVersion, CGROUP_V2_KERNEL) === false)
        lists.kernel.add(saw(`kernel ${node.kernelVersion}`));
    }
    if (node.containerRuntimeVersion.startsWith("containerd://1."))
      (crosses(RUNTIME_CONFIG_SINCE) ? lists.runtime : lists.soon).add(saw(node.containerRuntimeVersion));
  }
  const at = (minor: string) => (minors.includes(minor) ? { atMinor: minor } : {});
  if (lists.old.total > 0)
    add({ kind: "node", severity: "blocker", key: "cgroup-v1", proof: lists.old, ...at(CGROUP_V2_SINCE) });
  if (lists.unread.total > 0)
    add({ kind: "node", severity: "unknown", key: "cgroup-unread", proof: lists.unread, ...at(CGROUP_V2_SINCE) });
  if (lists.kernel.total > 0)
    add({ kind: "node", severity: "review", key: "kernel-old", proof: lists.kernel, ...at(CGROUP_V2_SINCE) });
  if (lists.runtime.total > 0)
    add({
      kind: "runtime",
      severity: "blocker",
      key: "containerd-1",
      proof: lists.runtime,
      ...at(RUNTIME_CONFIG_SINCE),
    });
  if (lists.soon.total > 0) add({ kind: "runtime", severity: "info", key: "containerd-1-later", proof: lists.soon });
  const losing = new EvidenceList();
  for (const kubelet of kubelets)
    if (kubelet.criLosingSupport !== null)
      losing.add(() =>
        context.saw("kubelets", `node/${kubelet.nodeName}`, `kubelet_cri_losing_support ${kubelet.criLosingSupport}`),
      );
  if (losing.total > 0 && lists.runtime.total === 0)
    add({
      kind: "runtime",
      severity: crosses(RUNTIME_CONFIG_SINCE) ? "blocker" : "info",
      key: "runtime-losing-support",
      params: { target },
      proof: losing,
    });
}

const ETCD_IMAGE = /(?:^|\/)etcd(?:-\w+)?:v?(\d+\.\d+\.\d+)/;

function judgeControlPlane({ snapshot, context, service, add }: Plan): void {
  const pods = valueOrNull(snapshot.parts.pods);
  if (pods === null || service !== null) return;
  const old = new EvidenceList();
  let found = false;
  for (const pod of pods) {
    if (pod.namespace !== "kube-system" || !pod.name.startsWith("etcd")) continue;
    const version = pod.template.containers
      .map((container) => ETCD_IMAGE.exec(container.image)?.[1])
      .find((text) => text !== undefined);
    if (version === undefined) continue;
    found = true;
    const parsed = parseVersion(version);
    if (parsed === null) continue;
    const { major, minor, patch } = OLDEST_ETCD;
    const isOld =
      parsed.major < major ||
      (parsed.major === major && (parsed.minor < minor || (parsed.minor === minor && (parsed.patch ?? 0) < patch)));
    if (isOld) old.add(() => context.saw("pods", `pod/kube-system/${pod.name}`, `etcd ${version}`));
  }
  if (old.total > 0) add({ kind: "etcd", severity: "review", key: "etcd-old", proof: old });
  if (!found) add({ kind: "etcd", severity: "info", key: "etcd-not-visible", count: 1 });
}

function judgeWorkloads({ snapshot, context, add }: Plan): void {
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

function judgeSupport({ from, target, service, context, add }: Plan, now: Date): void {
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

function judgeReadings({ snapshot, minors, add }: Plan): void {
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

function toStep(minor: string, service: ManagedService | null, snapshot: ClusterSnapshot, now: Date): UpgradeStep {
  const hasDaemonProxy = (valueOrNull(snapshot.parts.workloads) ?? []).some(
    (workload) => workload.kind === "DaemonSet" && workload.name === "kube-proxy",
  );
  const keys = [
    service === null ? "backup-etcd" : "backup-managed",
    "backup-manifests",
    "check-addons",
    service === null ? "upgrade-control-plane" : "upgrade-managed-control-plane",
    "verify-control-plane",
    ...(hasDaemonProxy ? ["upgrade-kube-proxy"] : []),
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

/** Rough size of the work: points per counted thing, all shown; nothing is hidden in the sum. */
const POINTS = {
  "effort-steps": 3,
  "effort-blockers": 5,
  "effort-unknowns": 2,
  "effort-reviews": 1,
  "effort-node-tens": 1,
} as const;

function countEffort(items: readonly UpgradeItem[], stepCount: number, nodeCount: number): UpgradePlan["effort"] {
  const counts = {
    "effort-steps": stepCount,
    "effort-blockers": items.filter((item) => item.severity === "blocker").length,
    "effort-unknowns": items.filter((item) => item.severity === "unknown").length,
    "effort-reviews": items.filter((item) => item.severity === "review").length,
    "effort-node-tens": Math.ceil((nodeCount * stepCount) / 10),
  };
  const parts: EffortPart[] = Object.entries(POINTS).map(([key, pointsEach]) => {
    const count = counts[key as keyof typeof POINTS];
    return { key, count, pointsEach, points: count * pointsEach };
  });
  const points = parts.reduce((sum, part) => sum + part.points, 0);
  return { points, size: points <= 10 ? "small" : points <= 40 ? "medium" : "large", parts };
}

/** The minor after a cluster's own, as the default target; `null` when the version is not known. */
export function nextMinor(version: string): string | null {
  const minor = minorOf(version);
  const index = minor === null ? null : minorIndex(minor);
  return index === null ? null : minorText(index + 1);
}
