import type { Series } from "./series.ts";

export type Candidate = { readonly id: string; readonly usage: Series };
export type Suspect = {
  readonly id: string;
  /** Pearson's r between its usage and the victim's stall, over the moments that both have. */
  readonly correlation: number;
  readonly pairedSampleCount: number;
  /** Mean usage while the victim stalled, and while it did not; null where there is no such moment. */
  readonly usageDuringStall: number | null;
  readonly usageOtherwise: number | null;
  readonly strength: "weak" | "moderate" | "strong";
};

/** Fewer common samples than this prove nothing in either direction. */
export const MIN_PAIRED_SAMPLES = 8;
const MODERATE = 0.5;
const STRONG = 0.8;

/**
 * Who used what while others waited: neighbours on the same node ranked by how their usage moves with the victim's stall.
 * A correlation is a place to look, never a proof; negative ones are left out.
 *
 * Shape: strongest first, at most `limit`. Errors: none; series of other steps or without movement are left out.
 */
export function rankSuspects(
  stall: Series,
  candidates: readonly Candidate[],
  stallLimit: number,
  limit = 10,
): Suspect[] {
  const suspects: Suspect[] = [];
  for (const { id, usage } of candidates) {
    if (usage.stepSeconds !== stall.stepSeconds) continue;
    const shift = Math.round((stall.startAt.getTime() - usage.startAt.getTime()) / (stall.stepSeconds * 1000));
    const pairs: [number, number][] = [];
    stall.values.forEach((value, index) => {
      const other = usage.values[index + shift];
      if (value !== null && other !== undefined && other !== null) pairs.push([value, other]);
    });
    if (pairs.length < MIN_PAIRED_SAMPLES) continue;
    const correlation = pearson(pairs);
    if (correlation === null || correlation <= 0) continue;
    suspects.push({
      id,
      correlation,
      pairedSampleCount: pairs.length,
      usageDuringStall: mean(pairs.filter(([value]) => value >= stallLimit).map(([, other]) => other)),
      usageOtherwise: mean(pairs.filter(([value]) => value < stallLimit).map(([, other]) => other)),
      strength: correlation >= STRONG ? "strong" : correlation >= MODERATE ? "moderate" : "weak",
    });
  }
  return suspects.sort((a, b) => b.correlation - a.correlation || (a.id < b.id ? -1 : 1)).slice(0, limit);
}

/** Null when one side does not move: then nothing can move with it. */
export function pearson(pairs: readonly (readonly [number, number])[]): number | null {
  const count = pairs.length;
  if (count < 2) return null;
  const meanA = pairs.reduce((sum, [a]) => sum + a, 0) / count;
  const meanB = pairs.reduce((sum, [, b]) => sum + b, 0) / count;
  let both = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (const [a, b] of pairs) {
    both += (a - meanA) * (b - meanB);
    squaresA += (a - meanA) ** 2;
    squaresB += (b - meanB) ** 2;
  }
  const scale = Math.sqrt(squaresA) * Math.sqrt(squaresB);
  if (!(scale > 1e-12)) return null;
  return Math.max(-1, Math.min(1, both / scale));
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
