import type { UpgradePlan } from "#server/contract/upgrade.ts";
import { KINDS, type Kind } from "./upgrade-params.ts";

/** The readings that a subject needs before it can be said to have passed. */
const NEEDS: Readonly<Record<Kind, readonly string[]>> = {
  gate: ["components"],
  api: ["deprecatedApiUse", "apiResources", "apiServices"],
  skew: ["components", "nodes"],
  node: ["nodes", "kubelets"],
  runtime: ["nodes"],
  etcd: ["pods"],
  workload: ["workloads", "pods"],
  drain: ["podDisruptionBudgets", "pods"],
  support: ["version"],
  reading: [],
};

/**
 * Subjects in which nothing was found although everything that they need was read. A subject whose reading is missing did not
 * pass: nobody looked.
 */
export function passedKinds(plan: Pick<UpgradePlan, "items" | "coverage">): readonly Kind[] {
  const missing = new Set(plan.coverage.missing.map((text) => text.split(":")[0] ?? text));
  const found = new Set(plan.items.filter(({ severity }) => severity !== "info").map(({ kind }) => kind));
  return KINDS.filter((kind) => {
    if (kind === "reading") return plan.coverage.missing.length === 0 && !found.has(kind);
    return !found.has(kind) && !NEEDS[kind].some((part) => missing.has(part));
  });
}
