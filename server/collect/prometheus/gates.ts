import type { ComponentName, ComponentReading, GateStageLabel, Labels } from "../../domain/snapshot.ts";
import { SIGNATURE_PREFIX } from "./catalogue-control-plane.ts";
import type { NodeResolver } from "./labels.ts";
import type { InstantSample } from "./parse-answer.ts";

type Rows = ReadonlyMap<string, readonly InstantSample[]>;
type Gate = { readonly isOn: boolean; readonly stage: GateStageLabel };
type TargetGroup = {
  readonly components: readonly ComponentName[];
  /** Gates on which every instance of the group agrees. */
  readonly agreed: ReadonlyMap<string, Gate>;
};

const COMPONENTS: readonly ComponentName[] = [
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
];
const JOB_WORDS: readonly (readonly [RegExp, ComponentName])[] = [
  [/api-?server/, "kube-apiserver"],
  [/controller-?manager/, "kube-controller-manager"],
  [/scheduler/, "kube-scheduler"],
  [/kubelet|^kubernetes-nodes$/, "kubelet"],
  [/kube-?proxy/, "kube-proxy"],
];

export type GateCounts = {
  readonly groups: ReadonlyMap<string, TargetGroup>;
  /** Gates to ask per instance: those that differ, and one that all have, to learn who the instances are. */
  readonly namesToAsk: readonly string[];
};

/**
 * First answer: per job and path how many instances say on or off to each gate. Groups whose instances agree need no
 * rows per instance, so that 5,000 kubelets with 210 gates cost 5,000 rows instead of a million.
 */
export function toGateCounts(rows: Rows): GateCounts {
  const signatures = new Map<string, ComponentName[]>();
  for (const component of COMPONENTS) {
    for (const { labels } of rows.get(`${SIGNATURE_PREFIX}${component}`) ?? []) {
      signatures.set(targetKey(labels), [...(signatures.get(targetKey(labels)) ?? []), component]);
    }
  }
  type Tally = { on: number; off: number; stages: Set<string> };
  const tallies = new Map<string, { readonly job: string; readonly gates: Map<string, Tally> }>();
  for (const { labels, value } of rows.get("gates") ?? []) {
    const name = labels.name ?? "";
    if (!isGateName(name)) continue;
    const key = targetKey(labels);
    const group = tallies.get(key) ?? { job: labels.job ?? "", gates: new Map<string, Tally>() };
    const tally = group.gates.get(name) ?? { on: 0, off: 0, stages: new Set<string>() };
    if (labels.gate_value === "1") tally.on += value;
    else if (labels.gate_value === "0") tally.off += value;
    tally.stages.add(labels.stage ?? "");
    group.gates.set(name, tally);
    tallies.set(key, group);
  }
  const groups = new Map<string, TargetGroup>();
  const namesToAsk = new Set<string>();
  for (const [key, { job, gates }] of tallies) {
    const instanceCount = Math.max(...[...gates.values()].map(({ on, off }) => on + off));
    const agreed = new Map<string, Gate>();
    for (const [name, { on, off, stages }] of gates) {
      const [stage] = stages;
      const isAgreed = stages.size === 1 && (on === instanceCount || off === instanceCount);
      if (isAgreed) agreed.set(name, { isOn: on > 0, stage: toStage(stage) });
      else namesToAsk.add(name);
    }
    const [everywhere] = agreed.keys();
    if (everywhere !== undefined) namesToAsk.add(everywhere);
    groups.set(key, { components: signatures.get(key) ?? componentsOfJob(job), agreed });
  }
  return { groups, namesToAsk: [...namesToAsk].sort() };
}

/**
 * Second answer: the instances, their versions and the gates that differ → one reading per instance and component.
 * Equal gate maps are one object in memory. Groups that no signature and no job name explains are left out and counted.
 */
export function toComponentReadings(
  counts: GateCounts,
  rows: Rows,
  resolveNode: NodeResolver,
  readAt: Date,
): { readonly components: readonly ComponentReading[]; readonly unexplainedCount: number } {
  const versions = new Map<string, string>();
  for (const { labels } of rows.get("version") ?? []) {
    const version = /^v?(\d+\.\d+\.\d+)/.exec(labels.git_version ?? "")?.[1];
    if (version !== undefined) versions.set(instanceKey(labels), version);
  }
  const instances = new Map<string, { readonly labels: Labels; readonly differing: Map<string, Gate> }>();
  for (const { labels, value } of rows.get("gates") ?? []) {
    const name = labels.name ?? "";
    const key = instanceKey(labels);
    const instance = instances.get(key) ?? { labels, differing: new Map<string, Gate>() };
    instances.set(key, instance);
    const isAgreed = counts.groups.get(targetKey(labels))?.agreed.has(name) ?? false;
    if (isGateName(name) && !isAgreed)
      instance.differing.set(name, { isOn: value === 1, stage: toStage(labels.stage) });
  }
  const shared = new Map<string, ReadonlyMap<string, Gate>>();
  const readings: ComponentReading[] = [];
  let unexplainedCount = 0;
  for (const [key, { labels, differing }] of instances) {
    const group = counts.groups.get(targetKey(labels));
    if (group === undefined || group.components.length === 0) {
      unexplainedCount += 1;
      continue;
    }
    const fingerprint = `${targetKey(labels)}\u0000${JSON.stringify([...differing].sort())}`;
    const gates = shared.get(fingerprint) ?? new Map([...group.agreed, ...differing]);
    shared.set(fingerprint, gates);
    for (const component of group.components) {
      readings.push({
        component,
        instance: placeOf(component, labels, resolveNode),
        version: versions.get(key) ?? null,
        gates,
        explicit: null,
        explicitSource: null,
        source: "prometheus",
        unread: null,
        readAt,
      });
    }
  }
  return { components: readings, unexplainedCount };
}

/** What an instance is called: its node where there is one per node, else what the target says of itself. */
export function placeOf(component: ComponentName, labels: Labels, resolveNode: NodeResolver): string {
  const isPerNode = component === "kubelet" || component === "kube-proxy";
  return (isPerNode ? resolveNode(labels) : null) ?? labels.node ?? labels.pod ?? labels.instance ?? "";
}

function componentsOfJob(job: string): ComponentName[] {
  const found = JOB_WORDS.find(([words]) => words.test(job));
  return found === undefined ? [] : [found[1]];
}

function toStage(stage: string | undefined): GateStageLabel {
  return stage === "ALPHA" || stage === "BETA" || stage === "DEPRECATED" ? stage : "GA"; // GA is the empty string
}

function isGateName(name: string): boolean {
  return /^[A-Za-z0-9_]+$/.test(name);
}

export function targetKey(labels: Labels): string {
  return `${labels.job ?? ""}\u0000${labels.metrics_path ?? ""}`;
}

function instanceKey(labels: Labels): string {
  return [
    labels.job,
    labels.metrics_path,
    labels.instance,
    labels.node,
    labels.kubernetes_io_hostname,
    labels.pod,
  ].join("\u0000");
}
