import { UnknownReason } from "#server/contract/common.ts";
import type { FeatureCell } from "#server/contract/features.ts";
import type { Figure } from "../ui/figure.ts";

type AdoptedStage = Pick<FeatureCell["stages"]["adopted"], "state" | "unknownReason">;

/** Why there is no count of adopters: not read and why, not exposed, or nothing to count; never 0. */
export function uncountedFigure({ state, unknownReason }: AdoptedStage): Figure {
  if (state === "not-exposed") return { state, unit: "ratio" };
  if (state !== "unknown") return { state: "not-applicable", unit: "ratio" };
  // "services: forbidden" names the part and the reason.
  const reason = UnknownReason.safeParse(unknownReason?.split(":").at(-1)?.trim());
  const detail = unknownReason === null ? {} : { detail: unknownReason };
  return { state: "unknown", unit: "ratio", reason: reason.success ? reason.data : "partial", ...detail };
}
