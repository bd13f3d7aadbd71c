import type { Labels } from "./snapshot.ts";

/** Where a team's name is looked for, in order; see `teams.from` of sluice.yaml. */
export type TeamSource =
  | { readonly kind: "label" | "namespaceLabel"; readonly key: string }
  | { readonly kind: "namespace" };

/** The name under which pages show what nobody owns. It is stored as an empty string, so no real team can collide with it. */
export const UNOWNED = "";

/**
 * The team that owns a workload: the first source that gives a non-empty name; `null` = nothing hit, which is shown as
 * unowned and never spread over others.
 */
export function teamOf(
  sources: readonly TeamSource[],
  labels: Labels,
  namespaceLabels: Labels,
  namespace: string,
): string | null {
  for (const source of sources) {
    const found =
      source.kind === "label"
        ? labels[source.key]
        : source.kind === "namespaceLabel"
          ? namespaceLabels[source.key]
          : namespace;
    if (found !== undefined && found !== "") return found;
  }
  return null;
}
