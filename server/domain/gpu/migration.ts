import type { ObjectRef, PodFacts, PodTemplateFacts } from "../snapshot.ts";
import { gpuAsksOf } from "./gpu-resources.ts";
import { clusterBlockers, draVersion, workloadBlockers } from "./migration-blockers.ts";
import { planRequests } from "./migration-selector.ts";
import type { AskingWorkload, MigrationInput, MigrationPlan } from "./migration-types.ts";

/** A template that asks, as an inventory lists it: it may have no pod at the moment. */
export type AskingTemplate = {
  readonly ref: ObjectRef;
  readonly team: string | null;
  readonly template: PodTemplateFacts;
};

/**
 * The workloads that ask for accelerators by extended resource: those that pods belong to, and those that have none now (scaled to
 * zero, between two runs).
 *
 * Shape: one per workload, by cluster order of namespace, kind and name. The template is that of the newest pod, else of the workload.
 */
export function listAskingWorkloads(
  pods: readonly { readonly pod: PodFacts; readonly team: string | null }[],
  templates: readonly AskingTemplate[],
): AskingWorkload[] {
  const keyOf = (ref: ObjectRef) => `${ref.namespace}/${ref.kind}/${ref.name}`;
  const running = pods.filter(
    ({ pod }) => pod.phase !== "Succeeded" && pod.phase !== "Failed" && gpuAsksOf(pod.template).length > 0,
  );
  const found = new Map<string, AskingWorkload>();
  for (const { ref, team, template } of templates)
    if (gpuAsksOf(template).length > 0) found.set(keyOf(ref), { ref, team, template, podCount: 0, nodeNames: [] });
  for (const [key, own] of Map.groupBy(running, ({ pod }) => keyOf(pod.workload))) {
    const newest = own.reduce((one, other) => ((other.pod.createdAt ?? 0) > (one.pod.createdAt ?? 0) ? other : one));
    const nodeNames = [...new Set(own.flatMap(({ pod }) => pod.nodeName ?? []))].sort();
    const { kind, namespace, name } = newest.pod.workload;
    const template = found.get(key)?.template ?? newest.pod.template;
    found.set(key, { ref: { kind, namespace, name }, team: newest.team, template, podCount: own.length, nodeNames });
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, workload]) => workload);
}

/** Pods that hold devices through claims already: the other side of the move. */
export function isClaiming(pod: Pick<PodFacts, "template" | "extendedResourceClaimName">): boolean {
  return pod.template.resourceClaims.length > 0 || pod.extendedResourceClaimName !== null;
}

/**
 * How each workload would ask through dynamic resource allocation, and what stands in the way.
 *
 * Basis: the version that the cluster serves; selectors out of where the workload's pods run (see `planRequests`), tried against the
 * devices that drivers publish; blockers of the cluster and of the workload. A workload is `ready` when nothing blocks and nothing
 * that would block is unknown.
 * Errors: none.
 */
export function planMigration(input: MigrationInput): MigrationPlan[] {
  const common = clusterBlockers(input);
  const { version, isInferred } = draVersion(input);
  return input.workloads.map((workload) => {
    const requests = planRequests(workload, gpuAsksOf(workload.template), input);
    const isPossible = !common.some((entry) => entry.key === "no-dra-in-version" || entry.key === "version-unknown");
    const blockers = [...common, ...(isPossible ? workloadBlockers(workload, requests, input) : [])];
    const isBlocked = blockers.some((entry) => entry.severity === "blocking");
    // Who pays is not known of an unproven exporter; whether pods start is.
    const isUnknown = blockers.some((entry) => entry.severity === "unknown" && entry.key !== "exporter-unproven");
    return {
      workload,
      version: isPossible ? version : null,
      isVersionInferred: isInferred,
      requests,
      blockers,
      state: isBlocked ? "blocked" : isUnknown ? "unknown" : "ready",
    };
  });
}
