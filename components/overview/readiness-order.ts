import type { Overview } from "#server/contract/overview.ts";
import { VERDICTS, type Verdict } from "../ui/verdict-badge.tsx";

type FeatureRow = Overview["readiness"]["features"][number];

/** What asks for a decision comes first, what works next, what does not apply last. */
export const BY_URGENCY: readonly Verdict[] = [
  "drift",
  "blocked",
  "ready-unused",
  "unknown",
  "not-exposed",
  "off",
  "in-use",
  "effective",
  "always-on",
  "not-available",
  "not-applicable",
];

export type VerdictCount = { readonly verdict: Verdict; readonly count: number };

/** Clusters per verdict of one feature, the most urgent first. */
export function verdictCounts({ byVerdict }: Pick<FeatureRow, "byVerdict">): VerdictCount[] {
  return BY_URGENCY.flatMap((verdict) => {
    const count = byVerdict[verdict];
    return count === undefined || count === 0 ? [] : [{ verdict, count }];
  });
}

/** Features by their most urgent verdict; equals stay in the order of the names. */
export function byUrgency(features: readonly FeatureRow[]): FeatureRow[] {
  const urgency = (row: FeatureRow) => BY_URGENCY.findIndex((verdict) => (row.byVerdict[verdict] ?? 0) > 0);
  return [...features].sort((a, b) => urgency(a) - urgency(b) || a.feature.localeCompare(b.feature));
}

/** How many feature × cluster pairs have each verdict; the sum is their number. */
export function countVerdicts(features: readonly FeatureRow[]): VerdictCount[] {
  return VERDICTS.flatMap((verdict) => {
    const count = features.reduce((sum, row) => sum + (row.byVerdict[verdict] ?? 0), 0);
    return count === 0 ? [] : [{ verdict, count }];
  });
}
