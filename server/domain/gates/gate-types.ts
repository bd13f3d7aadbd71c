import type { ComponentName, GateSource } from "../snapshot.ts";
import type { GateConsumer, GateStage } from "./catalogue.ts";

/** The gate states of the product, as codes; `words.ts` holds their words. */
export const GATE_STATES = [
  "on",
  "off",
  "removed-always-on",
  "removed-gone",
  "not-known",
  "not-exposed",
  "unknown",
] as const;
export type GateState = (typeof GATE_STATES)[number];

/** Who chose the value: `visible` in flags or configuration, `inferred` from value ≠ default. */
export type ExplicitSetting =
  | { readonly how: "visible"; readonly isOn: boolean; readonly source: GateSource }
  | { readonly how: "inferred"; readonly isOn: boolean }
  /** Everything set is visible, and this gate is not among it. */
  | { readonly how: "no" }
  /** What is set cannot be seen, and the value equals the default. */
  | { readonly how: "not-visible" };

/** One gate on one component, for one group of equal instances. */
export type GateCell = {
  readonly group: string;
  readonly state: GateState;
  readonly isOnByDefault: boolean | null;
  readonly stage: GateStage | null;
  readonly isLocked: boolean | null;
  readonly explicit: ExplicitSetting;
  readonly source: GateSource;
  /** True when no instance said it and the version (or what is set) decides it. */
  readonly isInferred: boolean;
  /** Whether this component acts on the gate; `null` when nobody established who does. */
  readonly isConsulted: boolean | null;
  /** Why the state is `unknown` or `not-exposed`. */
  readonly reason: string | null;
};

/** Instances of one component that say the same: the rows of 5,000 kubelets become a few of these. */
export type ComponentGroup = {
  /** Stable between reads: component, pool and version; only minority groups carry a hash. */
  readonly key: string;
  readonly label: string;
  readonly component: ComponentName;
  readonly version: string | null;
  /** Node pool; "" where nodes have none, `null` for control-plane components. */
  readonly pool: string | null;
  readonly instanceCount: number;
  /** At most INSTANCE_NAMES_KEPT of them, in order. */
  readonly instances: readonly string[];
  readonly isRead: boolean;
  readonly reason: string | null;
  readonly readAt: Date | null;
};
/** Enough to go and look; 20 clusters × 30 groups × 50 names were a third of the bytes of the matrix. */
export const INSTANCE_NAMES_KEPT = 12;

export type GateDrift = {
  /** Component against component, node group against node group, or replicas of one component. */
  readonly kind: "component" | "node-group" | "instance";
  /** `version` = the versions differ and explain it; `setting` = someone set it. */
  readonly cause: "version" | "setting";
  readonly on: readonly string[];
  readonly off: readonly string[];
};

export type GateRow = {
  readonly gate: string;
  readonly isInCatalogue: boolean;
  readonly kep: number | null;
  readonly components: readonly GateConsumer[];
  readonly cells: readonly GateCell[];
  readonly drift: readonly GateDrift[];
  readonly isSetExplicitly: boolean;
  readonly differsFromDefault: boolean;
  /** With a target: known now and no longer known there. `null` without a target. */
  readonly vanishesByTarget: boolean | null;
};

export type GateMatrix = {
  /** Minor of the API server; `null` when the version could not be read. */
  readonly minor: string | null;
  readonly groups: readonly ComponentGroup[];
  readonly rows: readonly GateRow[];
  readonly takenAt: Date;
};
