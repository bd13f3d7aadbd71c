import { CLAIM_HOLDER_KIND } from "./device-holders.ts";
import { computeShareOf } from "./device-model.ts";
import type { DeviceSharing, DeviceState } from "./device-types.ts";

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
  /** It holds devices at the moment, not only some time in the window. */
  readonly isHeldNow: boolean;
  /** How it holds them now, and the instance's profile where all of them are alike; null = it holds nothing now, or several ways. */
  readonly sharing: DeviceSharing | null;
  readonly profile: string | null;
  /** The most that it uses on one device (or instance) now; null = not told. */
  readonly memoryUsedBytes: number | null;
};

/** A device or instance that the cluster has, as something to move to. */
export type DeviceOffer = {
  readonly cluster: string;
  readonly vendor: string;
  readonly model: string;
  /** Null = the whole device. */
  readonly profile: string | null;
  readonly memoryBytes: number | null;
  /** Of the whole device; null = no price. */
  readonly costPerHour: number | null;
};

/**
 * What to do about it. `find-out` = nothing is heard from the device. `cheaper-model` = a smaller instance or another model that the
 * cluster has. `fix-claim` = a claim holds the device and no pod uses it.
 */
export type WasteVerb = "release" | "shrink" | "share" | "cheaper-model" | "fix-claim" | "find-out";
export type Waste = HolderHours & {
  readonly verb: WasteVerb;
  readonly idleHours: number;
  /** Share of measured hours that were idle. */
  readonly idleRatio: number | null;
  /** Cost of what the verb would save in the window; null = it would be a guess, or there is no price. */
  readonly wastedCost: number | null;
  /** Why there is no figure. */
  readonly noFigure: "silent" | "other-model" | "no-price" | null;
  /** Where to move, for `cheaper-model`. */
  readonly target: DeviceOffer | null;
};

const RELEASE_IDLE_RATIO = 0.95;
const SHRINK_IDLE_RATIO = 0.3;
const SHARE_ACTIVITY_RATIO = 0.3;
/** A busier holder would feel a slower device. */
const CHEAPER_ACTIVITY_RATIO = 0.15;
/** Another model is worth the change only if it is clearly cheaper. */
const CHEAPER_COST_RATIO = 0.8;
/** Memory grows between two looks: what is used now must leave this much room. */
const MEMORY_HEADROOM = 1.25;
/** A smaller instance is filled no more than this. */
const TARGET_ACTIVITY_RATIO = 0.8;
/** Less than this says more about when somebody looked than about the workload. */
const MIN_HELD_HOURS = 0.05;

/**
 * Ranks holders by what their idleness costs.
 *
 * Basis, first hit wins: a claim without a pod that holds devices now → fix the claim; mostly silent → find out; idle for 95 % of its measured hours →
 * release; idle for 30 % with several devices → shrink; below 30 % of activity: an instance of MIG moves to a smaller one that its
 * activity and memory fit (instances differ by compute slices alone, so the saving is known); a whole device below 15 % whose memory
 * fits a clearly cheaper model of the vendor in the cluster moves there (how fast it would run is not known, so no figure); else a
 * whole device is shared. Devices that are shared in turns already get no verb for being partly used. Dearest first, then by idle
 * hours; what has no figure comes last.
 * Errors: none.
 */
export function rankWaste<Holder extends HolderHours>(
  holders: readonly Holder[],
  offers: readonly DeviceOffer[] = [],
): (Holder & Waste)[] {
  const ranked = holders.flatMap((holder) => {
    const idle = holder.hours["held-idle"] ?? 0;
    const measured = (holder.hours.active ?? 0) + idle;
    const silent = holder.hours["held-unknown"] ?? 0;
    const isClaim = holder.kind === CLAIM_HOLDER_KIND;
    // A claim is judged by what it is, not by how long it was looked at; one that is gone needs no fixing.
    if (isClaim ? !holder.isHeldNow : measured + silent < MIN_HELD_HOURS) return [];
    const idleRatio = measured > 0 ? idle / measured : null;
    const advice = adviceFor(holder, idleRatio, silent > measured, offers);
    return advice === null ? [] : [{ ...holder, idleHours: idle, idleRatio, ...advice }];
  });
  return ranked.sort(
    (a, b) => (b.wastedCost ?? -1) - (a.wastedCost ?? -1) || b.idleHours - a.idleHours || (a.name < b.name ? -1 : 1),
  );
}

type Advice = Pick<Waste, "verb" | "wastedCost" | "noFigure" | "target">;

function withFigure(verb: WasteVerb, wastedCost: number | null, target: DeviceOffer | null = null): Advice {
  return { verb, wastedCost, noFigure: wastedCost === null ? "no-price" : null, target };
}

function adviceFor(
  holder: HolderHours,
  idleRatio: number | null,
  isMostlySilent: boolean,
  offers: readonly DeviceOffer[],
): Advice | null {
  // Nobody works on it, whatever the device says: all of it is lost.
  if (holder.kind === CLAIM_HOLDER_KIND) return withFigure("fix-claim", holder.cost);
  if (isMostlySilent) return { verb: "find-out", wastedCost: null, noFigure: "silent", target: null };
  if (idleRatio === null) return null;
  if (idleRatio >= RELEASE_IDLE_RATIO) return withFigure("release", holder.idleCost);
  if (idleRatio >= SHRINK_IDLE_RATIO && holder.deviceCount > 1) return withFigure("shrink", holder.idleCost);
  const { activityRatio } = holder;
  if (activityRatio === null || activityRatio >= SHARE_ACTIVITY_RATIO) return null;
  if (holder.sharing === "mig") return smallerInstance(holder, activityRatio, offers);
  if (holder.sharing !== null && holder.sharing !== "exclusive") return null;
  const cheaper = activityRatio < CHEAPER_ACTIVITY_RATIO ? cheaperModel(holder, offers) : null;
  if (cheaper !== null) return { verb: "cheaper-model", wastedCost: null, noFigure: "other-model", target: cheaper };
  // The unused part of all hours: an upper bound, and said so.
  return withFigure("share", holder.cost === null ? null : holder.cost * (1 - activityRatio));
}

function smallerInstance(holder: HolderHours, activityRatio: number, offers: readonly DeviceOffer[]): Advice | null {
  const own = computeShareOf(holder.profile);
  if (own === null) return null;
  const fitting = offers.flatMap((offer) => {
    const share = computeShareOf(offer.profile);
    const isSmaller = offer.cluster === holder.cluster && offer.model === holder.model && share !== null && share < own;
    return isSmaller && fitsMemory(holder, offer) && (activityRatio * own) / share <= TARGET_ACTIVITY_RATIO
      ? [{ offer, share }]
      : [];
  });
  const best = fitting.sort((a, b) => a.share - b.share)[0];
  if (best === undefined) return null;
  const saved = holder.cost === null ? null : holder.cost * (1 - best.share / own);
  return withFigure("cheaper-model", saved, best.offer);
}

function cheaperModel(holder: HolderHours, offers: readonly DeviceOffer[]): DeviceOffer | null {
  const whole = offers.filter((offer) => offer.cluster === holder.cluster && offer.profile === null);
  const own = whole.find((offer) => offer.model === holder.model);
  if (own === undefined || own.costPerHour === null) return null;
  const limit = own.costPerHour * CHEAPER_COST_RATIO;
  const fitting = whole.filter(
    (offer) =>
      offer.vendor === own.vendor &&
      offer.model !== own.model &&
      offer.costPerHour !== null &&
      offer.costPerHour <= limit &&
      fitsMemory(holder, offer),
  );
  return fitting.sort((a, b) => (a.costPerHour ?? 0) - (b.costPerHour ?? 0))[0] ?? null;
}

/** What is not known does not fit. */
function fitsMemory({ memoryUsedBytes }: HolderHours, { memoryBytes }: DeviceOffer): boolean {
  return memoryUsedBytes !== null && memoryBytes !== null && memoryUsedBytes * MEMORY_HEADROOM <= memoryBytes;
}
