import type { ClusterSnapshot } from "../snapshot.ts";
import { FEATURE_CHECKS, GENERIC_CHECKS } from "./checks/index.ts";
import { type EvaluateOptions, makeContext } from "./define-check.ts";
import type { FeatureOutcome } from "./types.ts";

/**
 * Every feature of one cluster. Named features first, in the order of the pages, then every other gate of the catalogue;
 * `named` leaves the latter out. Indexes and the gate matrix are built once for all of them.
 */
export function evaluateFeatures(
  snapshot: ClusterSnapshot,
  options: Omit<EvaluateOptions, "context"> & { readonly only?: "named" | "all" } = {},
): FeatureOutcome[] {
  const context = makeContext(snapshot, options);
  const checks = options.only === "named" ? FEATURE_CHECKS : [...FEATURE_CHECKS, ...GENERIC_CHECKS];
  return checks.map((check) => check.evaluate(snapshot, { context }));
}
