import type { EffortPart, UpgradeItem, UpgradePlan } from "./upgrade-types.ts";

/** Rough size of the work: points per counted thing, all shown; nothing is hidden in the sum. */
const POINTS = {
  "effort-steps": 3,
  "effort-blockers": 5,
  "effort-unknowns": 2,
  "effort-reviews": 1,
  "effort-node-tens": 1,
} as const;

export function countEffort(
  items: readonly UpgradeItem[],
  stepCount: number,
  nodeCount: number,
): UpgradePlan["effort"] {
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
