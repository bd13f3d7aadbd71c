import type { Evidence, Figure, Unit } from "../contract/common.ts";
import type { PressureSource } from "../contract/pressure.ts";
import { valueFigure } from "./figures.ts";

/** Which query of the catalogue brings the pressure of a level. */
const QUERY_OF = {
  cluster: "nodes",
  node: "nodes",
  namespace: "podPressure",
  workload: "podPressure",
  pod: "podPressure",
  container: "containerPressure",
} as const;

export type Missing = {
  readonly source: PressureSource | undefined;
  /** The value that a list was cut at, for levels below the workload. */
  readonly belowValue?: number | undefined;
  /** The kernel keeps no such figure at this level (CPU "full" of a whole node). */
  readonly isApplicable?: boolean;
};

/** A share of time, or which of the four ways there is of not having one. */
export function shareFigure(value: number | null, missing: Missing): Figure {
  if (value !== null) return valueFigure(value, "ratio");
  if (missing.isApplicable === false) return { state: "not-applicable", unit: "ratio" };
  if (missing.belowValue !== undefined) return { state: "below", unit: "ratio", value: missing.belowValue };
  const { source } = missing;
  if (source === undefined || source.state === "unknown")
    return {
      state: "unknown",
      unit: "ratio",
      reason: source?.reason ?? "not-yet-read",
      ...(source?.detail ? { detail: source.detail } : {}),
    };
  return { state: "not-exposed", unit: "ratio" };
}

/** A quantity that is not a share: value, or why there is none by the state of the source. */
export function quantityFigure(
  value: number | null | undefined,
  unit: Unit,
  source: PressureSource | undefined,
): Figure {
  if (value !== null && value !== undefined) return valueFigure(value, unit);
  if (source === undefined || source.state === "unknown")
    return { state: "unknown", unit, reason: source?.reason ?? "not-yet-read" };
  return { state: "not-exposed", unit };
}

/** A request or limit of the specification: its absence is a fact, not a hole. */
export function specFigure(value: number | null | undefined, unit: Unit): Figure {
  return value === null || value === undefined ? { state: "not-applicable", unit } : valueFigure(value, unit);
}

export function pressureEvidence(
  level: keyof typeof QUERY_OF,
  subject: string,
  observed: string,
  source: PressureSource | undefined,
  at: string,
): Evidence[] {
  const isSummary = source?.source === "kubelet-summary";
  return [
    { kind: isSummary ? "api" : "query", ref: isSummary ? "/stats/summary" : QUERY_OF[level], subject, observed, at },
  ];
}
