import type { Labels } from "../snapshot.ts";

export type LabelledWorkload = {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  /** Labels in the order in which they are believed: pods, the workload itself, its namespace. */
  readonly labels: readonly Labels[];
};
export type WorkloadLabel = {
  readonly key: string;
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  /** Null = the workload has no such label. */
  readonly value: string | null;
};

/** What the values beyond the bound are stored as: a label with a value per object would make as many rows as objects. */
export const OTHER_VALUES = "(other values)";
export const VALUES_PER_KEY = 200;

/**
 * Values of the chosen label keys by workload.
 *
 * Shape: one entry per workload and key, those without a value too. Basis: the first set of labels that has the key; of more than
 * `bound` values of a key the ones on most workloads stay, the rest become one.
 * Errors: none; an empty value counts as none.
 */
export function chooseLabels(
  workloads: readonly LabelledWorkload[],
  keys: readonly string[],
  bound = VALUES_PER_KEY,
): WorkloadLabel[] {
  return keys.flatMap((key) => {
    const found = workloads.map(({ namespace, kind, name, labels }) => ({
      key,
      namespace,
      kind,
      name,
      value: labels.map((own) => own[key]).find((value) => value !== undefined && value !== "") ?? null,
    }));
    const counts = new Map<string, number>();
    for (const { value } of found) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
    if (counts.size <= bound) return found;
    const kept = new Set(
      [...counts]
        .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
        .slice(0, bound - 1)
        .map(([value]) => value),
    );
    return found.map((entry) => ({
      ...entry,
      value: entry.value === null || kept.has(entry.value) ? entry.value : OTHER_VALUES,
    }));
  });
}
