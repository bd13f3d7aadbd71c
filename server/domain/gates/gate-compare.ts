import type { ComponentName } from "../snapshot.ts";
import type { EncodedMatrix } from "./encoded-matrix.ts";
import { isInEffect } from "./gate-state.ts";
import type { ComponentGroup, GateMatrix, GateState } from "./gate-types.ts";
import { minorOf } from "./version.ts";

/** What changed for one gate on one component (and node pool) between two readings of a cluster. */
export type GateChange = {
  readonly gate: string;
  readonly component: ComponentName;
  readonly pool: string | null;
  /** Distinct states, in order; more than one where groups differed. */
  readonly before: readonly GateState[];
  readonly after: readonly GateState[];
  /** `version` = the component's version changed too; `setting` = same version, someone set it. */
  readonly cause: "version" | "setting";
  readonly versionsBefore: readonly string[];
  readonly versionsAfter: readonly string[];
  readonly changedAt: Date;
};

type Slot = { readonly component: ComponentName; readonly pool: string | null; readonly versions: readonly string[] };
type Summary = {
  readonly slots: ReadonlyMap<string, Slot>;
  readonly states: ReadonlyMap<string, readonly GateState[]>;
};

function slotKey(group: ComponentGroup): string {
  return `${group.component}|${group.pool ?? "-"}`;
}

function summarize(matrix: GateMatrix): Summary {
  const slots = new Map<string, Slot>();
  const slotOfGroup = new Map<string, string>();
  for (const group of matrix.groups) {
    const key = slotKey(group);
    slotOfGroup.set(group.key, key);
    const versions = new Set([...(slots.get(key)?.versions ?? []), ...(group.version === null ? [] : [group.version])]);
    slots.set(key, { component: group.component, pool: group.pool, versions: [...versions].sort() });
  }
  const states = new Map<string, readonly GateState[]>();
  for (const row of matrix.rows) {
    const found = new Map<string, Set<GateState>>();
    for (const cell of row.cells) {
      const slot = slotOfGroup.get(cell.group);
      if (slot === undefined) continue;
      const set = found.get(slot) ?? new Set();
      found.set(slot, set.add(cell.state));
    }
    for (const [slot, set] of found) states.set(`${row.gate}|${slot}`, [...set].sort());
  }
  return { slots, states };
}

/**
 * What changed between two readings, oldest first. A state that merely could not be read (unknown, not exposed) on either
 * side is no change: silence is not a setting. Groups are matched by component and pool, so nodes may come and go.
 */
export function listGateChanges(before: GateMatrix, after: GateMatrix): GateChange[] {
  const old = summarize(before);
  const now = summarize(after);
  const changes: GateChange[] = [];
  for (const [key, states] of now.states) {
    const previous = old.states.get(key);
    if (previous === undefined || previous.join() === states.join()) continue;
    if ([...previous, ...states].some((state) => isInEffect(state) === null)) continue;
    const [gate = "", component = "", pool = ""] = key.split("|");
    const slot = now.slots.get(`${component}|${pool}`);
    const oldSlot = old.slots.get(`${component}|${pool}`);
    if (slot === undefined || oldSlot === undefined) continue;
    changes.push({
      gate,
      component: slot.component,
      pool: slot.pool,
      before: previous,
      after: states,
      cause: oldSlot.versions.join() === slot.versions.join() ? "setting" : "version",
      versionsBefore: oldSlot.versions,
      versionsAfter: slot.versions,
      changedAt: after.takenAt,
    });
  }
  return changes;
}

/** One gate that two or more clusters answer differently. */
export type FleetDrift = {
  readonly gate: string;
  readonly on: readonly string[];
  readonly off: readonly string[];
  /** Clusters that hold both answers inside; their own drift tells more. */
  readonly mixed: readonly string[];
  /** True when two clusters of one minor disagree: a setting. False: the versions explain it. */
  readonly isWithinOneMinor: boolean;
};

/** Drift between clusters, by gate name; a cluster whose state cannot be read takes no side. */
export function findFleetDrift(
  clusters: readonly { readonly cluster: string; readonly matrix: EncodedMatrix }[],
): FleetDrift[] {
  const votes = new Map<string, { cluster: string; minor: string; answer: "on" | "off" | "mixed" }[]>();
  for (const { cluster, matrix } of clusters) {
    const minor = matrix.minor === null ? "" : (minorOf(matrix.minor) ?? matrix.minor);
    // Few cells differ, so each is asked once and the rest are looked up.
    const sides = matrix.palette.map(({ isConsulted, state }) => (isConsulted === false ? null : isInEffect(state)));
    for (const row of matrix.rows) {
      let hasOn = false;
      let hasOff = false;
      for (const position of row.cells) {
        const isOn = sides[position];
        if (isOn === true) hasOn = true;
        if (isOn === false) hasOff = true;
      }
      if (!hasOn && !hasOff) continue;
      const answer = hasOn && hasOff ? "mixed" : hasOn ? "on" : "off";
      const list = votes.get(row.gate);
      if (list === undefined) votes.set(row.gate, [{ cluster, minor, answer }]);
      else list.push({ cluster, minor, answer });
    }
  }
  const drift: FleetDrift[] = [];
  for (const [gate, list] of votes) {
    if (new Set(list.map((vote) => vote.answer)).size < 2) continue;
    const of = (answer: string) => list.filter((vote) => vote.answer === answer).map((vote) => vote.cluster);
    const byMinor = Map.groupBy(list, (vote) => vote.minor);
    const isWithinOneMinor = [...byMinor.values()].some((own) => new Set(own.map((vote) => vote.answer)).size > 1);
    drift.push({ gate, on: of("on"), off: of("off"), mixed: of("mixed"), isWithinOneMinor });
  }
  return drift.sort((a, b) => a.gate.localeCompare(b.gate));
}
