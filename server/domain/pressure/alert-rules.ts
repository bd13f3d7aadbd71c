import type { MetricId } from "../metrics.ts";
import { PRESSURE_RESOURCES, type PressureKind, type PressureResource } from "./thresholds.ts";

export const ALERT_LEVELS = ["cluster", "node", "namespace", "workload", "pod", "container"] as const;
export type AlertLevel = (typeof ALERT_LEVELS)[number];
/** `ratio` = share of wall time (0–1); `seconds` = age of a reading; `count` = reads that failed in a row. */
export type AlertUnit = "ratio" | "seconds" | "count";

type Limits = {
  readonly unit: AlertUnit;
  readonly isEnabled: boolean;
  readonly fireAt: number;
  readonly clearAt: number;
  readonly forSeconds: number;
};
export type PressureAlert = Limits & {
  readonly topic: "pressure";
  readonly id: string;
  readonly level: AlertLevel;
  readonly resource: PressureResource;
  readonly kind: PressureKind;
  readonly metric: MetricId;
};
/** About what reads a cluster: `stale` = age of the newest good inventory, `reads` = failures in a row of one kind of read. */
export type ReadingAlert =
  | (Limits & { readonly topic: "stale"; readonly id: string; readonly level: "cluster" })
  | (Limits & { readonly topic: "reads"; readonly id: string; readonly level: "cluster" });
export type AlertDefinition = PressureAlert | ReadingAlert;

/**
 * Where pressure hurts enough to wake somebody: the critical limit of the pages for one thing, half of it for the mean of a
 * cluster's nodes. Cleared at half of that, so that a figure that swings around the limit is one alert, not twenty.
 */
const FIRE_AT: Readonly<Record<PressureResource, Readonly<Record<PressureKind, number>>>> = {
  cpu: { waiting: 0.5, stalled: 0.3 },
  memory: { waiting: 0.2, stalled: 0.1 },
  io: { waiting: 0.4, stalled: 0.2 },
};
/** On without anybody's doing: what tells the cause (nodes) and what tells the sufferer (workloads). */
const ENABLED: readonly AlertLevel[] = ["node", "workload"];
const FOR_SECONDS: Readonly<Record<AlertLevel, number>> = {
  cluster: 600,
  node: 300,
  namespace: 600,
  workload: 600,
  pod: 600,
  container: 600,
};

const pressureAlerts: readonly PressureAlert[] = ALERT_LEVELS.flatMap((level) =>
  PRESSURE_RESOURCES.flatMap((resource) =>
    (["waiting", "stalled"] as const).flatMap((kind): PressureAlert[] => {
      // The kernel keeps no full stall of a whole node's CPU.
      if (resource === "cpu" && kind === "stalled" && (level === "node" || level === "cluster")) return [];
      const fireAt = FIRE_AT[resource][kind] * (level === "cluster" ? 0.5 : 1);
      return [
        {
          topic: "pressure",
          id: `${level}.${resource}.${kind}`,
          level,
          resource,
          kind,
          metric: `${resource}${kind === "waiting" ? "Waiting" : "Stalled"}Ratio`,
          unit: "ratio",
          isEnabled: ENABLED.includes(level) && kind === "waiting",
          fireAt,
          clearAt: fireAt / 2,
          forSeconds: FOR_SECONDS[level],
        },
      ];
    }),
  ),
);
const STALE_SECONDS = 1_800; // six of the default cadences of the inventory

/** Every rule with its default limits. Ids are stored: never rename one. */
export const ALERT_DEFINITIONS: readonly AlertDefinition[] = [
  ...pressureAlerts,
  {
    topic: "stale",
    id: "cluster.stale",
    level: "cluster",
    unit: "seconds",
    isEnabled: true,
    fireAt: STALE_SECONDS,
    clearAt: STALE_SECONDS / 2,
    forSeconds: 0,
  },
  {
    topic: "reads",
    id: "cluster.reads-failing",
    level: "cluster",
    unit: "count",
    isEnabled: true,
    fireAt: 3,
    clearAt: 1,
    forSeconds: 0,
  },
];

export function alertDefinition(id: string): AlertDefinition | undefined {
  return ALERT_DEFINITIONS.find((definition) => definition.id === id);
}

export type AlertEdit = {
  readonly id: string;
  readonly isEnabled: boolean;
  readonly fireAt: number;
  readonly clearAt: number;
  readonly forSeconds: number;
  /** Names of webhooks; null = every one. */
  readonly webhooks: readonly string[] | null;
};
export type EffectiveRule = AlertDefinition & {
  readonly webhooks: readonly string[] | null;
  readonly isEdited: boolean;
};

/** The rules as they hold: the defaults, with what readers changed. Edits of rules that are gone change nothing. */
export function effectiveRules(edits: readonly AlertEdit[]): EffectiveRule[] {
  const byId = new Map(edits.map((edit) => [edit.id, edit]));
  return ALERT_DEFINITIONS.map((definition) => {
    const edit = byId.get(definition.id);
    if (edit === undefined) return { ...definition, webhooks: null, isEdited: false };
    const { isEnabled, fireAt, clearAt, forSeconds, webhooks } = edit;
    return { ...definition, isEnabled, fireAt, clearAt, forSeconds, webhooks, isEdited: true };
  });
}

/** Largest value that a limit of a unit may have. */
export const HIGHEST_LIMIT: Readonly<Record<AlertUnit, number>> = { ratio: 1, seconds: 30 * 86_400, count: 1_000 };
