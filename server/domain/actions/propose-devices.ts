import { type ActionDraft, MONTH_HOURS } from "./action-draft.ts";

/** A holder that wastes its devices, as the GPU rules rank it, over a window of hours. */
export type WastedDevices = {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly team: string | null;
  readonly model: string;
  readonly deviceCount: number;
  readonly verb: "release" | "shrink" | "share" | "cheaper-model" | "fix-claim" | "find-out";
  readonly idleHours: number;
  readonly idleRatio: number | null;
  /** Device-hours held in the window, all states. */
  readonly heldHours: number;
  /** Cost of the idle hours of the window; null = no price. */
  readonly wastedCost: number | null;
};

const HIGH_CONFIDENCE_HOURS = 24;
const MEDIUM_CONFIDENCE_HOURS = 6;

/** Devices to release, shrink or share. A freed device leaves its node standing, so by itself it brings no cash. */
export function proposeDevices(
  cluster: string,
  waste: readonly WastedDevices[],
  windowHours: number,
  at: Date,
): ActionDraft[] {
  return waste.flatMap((row): ActionDraft[] => {
    // Another model is advice without a figure: it stays on the page of accelerators.
    if (row.verb === "find-out" || row.verb === "cheaper-model") return [];
    // What a claim without a pod holds is released by deleting the claim.
    const verb = row.verb === "fix-claim" ? "release" : row.verb;
    const hours = Math.min(windowHours, row.heldHours / Math.max(1, row.deviceCount));
    return [
      {
        id: `devices/${cluster}/${row.namespace}/${row.kind}/${row.name}/${row.model}`,
        kind: "release-devices",
        namespace: row.namespace,
        objectKind: row.kind,
        name: row.name,
        team: row.team,
        isWhole: false,
        freedPerMonth: row.wastedCost !== null && hours > 0 ? (row.wastedCost / hours) * MONTH_HOURS : null,
        cash: "none",
        confidence: hours >= HIGH_CONFIDENCE_HOURS ? "high" : hours >= MEDIUM_CONFIDENCE_HOURS ? "medium" : "low",
        risk: verb === "release" ? "low" : "medium",
        facts: {
          verb,
          model: row.model,
          deviceCount: row.deviceCount,
          idleHours: row.idleHours,
          idleRatio: row.idleRatio,
        },
        guards: [],
        evidence: [
          {
            kind: "metric",
            ref: "idle device-hours",
            subject: `${row.kind}/${row.namespace}/${row.name}`,
            observed: row.idleHours.toFixed(1),
            at,
          },
        ],
        manifest: null,
        touches: [`${row.namespace}/${row.kind}/${row.name}/devices`],
        change: null,
        removedNodes: [],
      },
    ];
  });
}
