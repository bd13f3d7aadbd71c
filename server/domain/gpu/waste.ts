import type { DeviceState } from "./device-model.ts";

/** What one workload did with its devices over a window. Hours of all states together are what it held. */
export type HolderHours = {
  readonly cluster: string;
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly team: string;
  readonly model: string;
  readonly deviceCount: number;
  readonly hours: Readonly<Partial<Record<DeviceState, number>>>;
  readonly cost: number | null;
  readonly idleCost: number | null;
  /** Mean activity over measured hours; null = nothing measured. */
  readonly activityRatio: number | null;
};

/** What to do about it. `find-out` = nothing is heard from the device: no figure, because any would be a guess. */
export type WasteVerb = "release" | "shrink" | "share" | "find-out";
export type Waste = HolderHours & {
  readonly verb: WasteVerb;
  readonly idleHours: number;
  /** Share of measured hours that were idle. */
  readonly idleRatio: number | null;
  /** Cost of the idle hours in the window; null = no price, or no telemetry to say that they were idle. */
  readonly wastedCost: number | null;
};

const RELEASE_IDLE_RATIO = 0.95;
const SHRINK_IDLE_RATIO = 0.3;
const SHARE_ACTIVITY_RATIO = 0.3;
/** Less than this says more about when somebody looked than about the workload. */
const MIN_HELD_HOURS = 0.05;

/**
 * Ranks holders by what their idleness costs.
 *
 * Basis: idle for 95 % of its measured hours → release; idle for 30 % with several devices → shrink; always busy, but below 30 % on
 * average → share; mostly silent → find out. Dearest first, then by idle hours; what has no figure comes last.
 * Errors: none.
 */
export function rankWaste(holders: readonly HolderHours[]): Waste[] {
  const ranked: Waste[] = [];
  for (const holder of holders) {
    const active = holder.hours.active ?? 0;
    const idle = holder.hours["held-idle"] ?? 0;
    const silent = holder.hours["held-unknown"] ?? 0;
    const measured = active + idle;
    if (measured + silent < MIN_HELD_HOURS) continue;
    const idleRatio = measured > 0 ? idle / measured : null;
    const verb = verbOf(holder, idleRatio, measured, silent);
    if (verb === null) continue;
    ranked.push({
      ...holder,
      verb,
      idleHours: idle,
      idleRatio,
      wastedCost: verb === "find-out" ? null : wastedCost(holder, verb),
    });
  }
  return ranked.sort(
    (a, b) => (b.wastedCost ?? -1) - (a.wastedCost ?? -1) || b.idleHours - a.idleHours || (a.name < b.name ? -1 : 1),
  );
}

function verbOf(holder: HolderHours, idleRatio: number | null, measured: number, silent: number): WasteVerb | null {
  if (silent > measured) return "find-out";
  if (idleRatio === null) return null;
  if (idleRatio >= RELEASE_IDLE_RATIO) return "release";
  if (idleRatio >= SHRINK_IDLE_RATIO && holder.deviceCount > 1) return "shrink";
  if (holder.activityRatio !== null && holder.activityRatio < SHARE_ACTIVITY_RATIO) return "share";
  return null;
}

/** Idle hours at their price; for sharing the unused part of all hours, which is an upper bound and said so. */
function wastedCost(holder: HolderHours, verb: WasteVerb): number | null {
  if (verb !== "share") return holder.idleCost;
  return holder.cost === null || holder.activityRatio === null ? null : holder.cost * (1 - holder.activityRatio);
}
