/** Pressure resources and what "stalled" means for each; see docs/pressure.md for the reasons behind the numbers. */
export const PRESSURE_RESOURCES = ["cpu", "memory", "io"] as const;
export type PressureResource = (typeof PRESSURE_RESOURCES)[number];
/** `waiting` = PSI some: at least one task waited. `stalled` = PSI full: nobody could work. */
export type PressureKind = "waiting" | "stalled";

/**
 * Share of time (0–1) from which pressure is worth a look (`attention`) or hurts (`critical`).
 * CPU waits are normal on a busy node, memory and I/O waits are not: hence the different scales.
 */
export type PressureThresholds = Readonly<
  Record<PressureResource, Readonly<Record<PressureKind, { readonly attention: number; readonly critical: number }>>>
>;

export const DEFAULT_THRESHOLDS: PressureThresholds = {
  cpu: { waiting: { attention: 0.2, critical: 0.5 }, stalled: { attention: 0.1, critical: 0.3 } },
  memory: { waiting: { attention: 0.05, critical: 0.2 }, stalled: { attention: 0.02, critical: 0.1 } },
  io: { waiting: { attention: 0.1, critical: 0.4 }, stalled: { attention: 0.05, critical: 0.2 } },
};

export type Severity = "calm" | "attention" | "critical";

export function severityOf(ratio: number, limits: { readonly attention: number; readonly critical: number }): Severity {
  if (ratio >= limits.critical) return "critical";
  return ratio >= limits.attention ? "attention" : "calm";
}
