import type { GateCell as DomainCell } from "../domain/gates/gate-types.ts";
import { Coverage, FleetFilter, Moment, Paging, paged } from "./common.ts";
import { z } from "./zod.ts";

export const GateState = z
  .enum(["on", "off", "removed-always-on", "removed-gone", "not-known", "not-exposed", "unknown"])
  .meta({ id: "GateState" });
export type GateState = z.infer<typeof GateState>;
export const GateStage = z.enum(["Alpha", "Beta", "GA", "Deprecated"]).meta({ id: "GateStage" });
const GateSource = z.enum(["component-metrics", "prometheus", "configz", "flagz", "mirror-pod-args", "catalogue"]);
const Component = z.enum(["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy"]);

/** Who chose the value: `visible` in flags or configuration, `inferred` from value ≠ default. */
export const ExplicitSetting = z
  .discriminatedUnion("how", [
    z.object({ how: z.literal("visible"), isOn: z.boolean(), source: GateSource }),
    z.object({ how: z.literal("inferred"), isOn: z.boolean() }),
    z.object({ how: z.literal("no") }),
    z.object({ how: z.literal("not-visible") }),
  ])
  .meta({ id: "ExplicitSetting" });

/** Everything known of one gate on one group, without saying which: equal cells are sent once. */
export const GateCell = z
  .object({
    state: GateState,
    isOnByDefault: z.boolean().nullable(),
    stage: GateStage.nullable(),
    isLocked: z.boolean().nullable(),
    explicit: ExplicitSetting,
    source: GateSource,
    isInferred: z.boolean(),
    /** Whether this component acts on the gate; `null` = nobody established who does. */
    isConsulted: z.boolean().nullable(),
    reason: z.string().nullable(),
  })
  .meta({ id: "GateCell" });
export type GateCell = z.infer<typeof GateCell>;

/** A column: instances of one component in one cluster that say the same. */
export const GateColumn = z
  .object({
    cluster: z.string(),
    /** Unique within the cluster and stable between reads. */
    group: z.string(),
    label: z.string(),
    component: Component,
    version: z.string().nullable(),
    /** `""` where nodes have no pool, `null` for control-plane components. */
    pool: z.string().nullable(),
    instanceCount: z.number().int(),
    /** The first of them by name. */
    instances: z.array(z.string()),
    isRead: z.boolean(),
    reason: z.string().nullable(),
    readAt: Moment.nullable(),
  })
  .meta({ id: "GateColumn" });
export type GateColumn = z.infer<typeof GateColumn>;

export const GateDrift = z
  .object({
    cluster: z.string(),
    kind: z.enum(["component", "node-group", "instance"]),
    cause: z.enum(["version", "setting"]),
    on: z.array(z.string()),
    off: z.array(z.string()),
  })
  .meta({ id: "GateDrift" });
/** Clusters that answer differently. */
export const GateFleetDrift = z
  .object({
    on: z.array(z.string()),
    off: z.array(z.string()),
    mixed: z.array(z.string()),
    isWithinOneMinor: z.boolean(),
  })
  .meta({ id: "GateFleetDrift" });

/**
 * Positions in the palette. Checked in one walk: 20 clusters are 200,000 of them, and a schema per number took a third of the answer's
 * time.
 */
const Positions = z
  .custom<number[]>((value) => Array.isArray(value) && value.every((item) => Number.isInteger(item)), {
    error: "expected whole numbers",
  })
  .meta({ type: "array", items: { type: "integer" } });

export const GateRow = z
  .object({
    gate: z.string(),
    isInCatalogue: z.boolean(),
    kep: z.number().int().nullable(),
    components: z.array(z.string()),
    /** Position in `palette` per column; -1 = no version of that cluster knows the gate. */
    cells: Positions,
    drift: z.array(GateDrift),
    fleetDrift: GateFleetDrift.nullable(),
    isSetExplicitly: z.boolean(),
    differsFromDefault: z.boolean(),
    /** `null` without a target. */
    vanishesByTarget: z.boolean().nullable(),
  })
  .meta({ id: "GateRow" });
export type GateRow = z.infer<typeof GateRow>;

export const Minor = z.string().regex(/^1\.\d{1,3}$/, "a minor such as 1.36");

export const GateQuery = z.object({
  cluster: FleetFilter.cluster,
  target: Minor.optional(),
  /** Part of a gate's name, in any case. */
  search: z.string().trim().min(1).max(100).optional(),
  only: z.enum(["drift", "fleet", "explicit", "differs", "vanishes", "unlisted"]).optional(),
  ...Paging,
  limit: z.coerce.number().int().min(1).max(1000).default(500),
});
export type GateQuery = z.infer<typeof GateQuery>;

export const GateList = paged(GateRow)
  .extend({
    columns: z.array(GateColumn),
    palette: z.array(GateCell),
    clusters: z.array(z.object({ name: z.string(), minor: z.string().nullable(), takenAt: Moment.nullable() })),
    /** Minors that the catalogue knows, oldest first, later than the oldest cluster of the answer. */
    targets: z.array(z.string()),
    counts: z.object({
      /** Differences that no version explains. */
      drift: z.number().int(),
      /** Differences between clusters, those of unlike minors included. */
      fleet: z.number().int(),
      explicit: z.number().int(),
      differs: z.number().int(),
      vanishes: z.number().int().nullable(),
      unlisted: z.number().int(),
    }),
    coverage: Coverage,
  })
  .meta({ id: "GateList" });
export type GateList = z.infer<typeof GateList>;

export const GateChangeQuery = z.object({
  cluster: FleetFilter.cluster,
  gate: z.string().min(1).max(200).optional(),
  /** Default: the last 90 days. */
  days: z.coerce.number().int().min(1).max(730).default(90),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
export type GateChangeQuery = z.infer<typeof GateChangeQuery>;
export const GateChange = z
  .object({
    cluster: z.string(),
    at: Moment,
    gate: z.string(),
    component: z.string(),
    /** `null` = the component did not know the gate. */
    wasOn: z.boolean().nullable(),
    isOn: z.boolean().nullable(),
    fromVersion: z.string().nullable(),
    toVersion: z.string().nullable(),
    cause: z.enum(["version", "setting"]),
    instanceCount: z.number().int(),
    instances: z.array(z.string()),
  })
  .meta({ id: "GateChange" });
export const GateChangeList = z
  .object({ items: z.array(GateChange), isCut: z.boolean() })
  .meta({ id: "GateChangeList" });
export type GateChangeList = z.infer<typeof GateChangeList>;

// A field added to the domain's cell must be added here.
type Fits<Actual extends Expected, Expected> = Actual extends Expected ? true : never;
export const GATES_MATCH_DOMAIN: readonly true[] = [
  true satisfies Fits<Omit<DomainCell, "group">, GateCell>,
  true satisfies Fits<Exclude<keyof DomainCell, "group">, keyof GateCell>,
];
