import type { Reading } from "../reading.ts";
import { valueOrNull } from "../reading.ts";
import type { ClusterSnapshot, ComponentName, ComponentReading, VersionFacts } from "../snapshot.ts";
import {
  type CatalogueGate,
  consults,
  findGate,
  GATES,
  type GateAtVersion,
  type GateStage,
  gateAt,
} from "./catalogue.ts";
import { type GateNode, groupComponents, type ReadGroup } from "./component-groups.ts";
import type { EncodedMatrix } from "./encoded-matrix.ts";
import type { ExplicitSetting, GateCell, GateDrift, GateMatrix, GateRow, GateState } from "./gate-types.ts";
import { minorIndex, minorOf, minorText } from "./version.ts";

export type GateInput = {
  readonly version: Reading<VersionFacts>;
  readonly components: Reading<readonly ComponentReading[]>;
  readonly nodes: Reading<readonly GateNode[]>;
  readonly provider: string | null;
  readonly takenAt: Date;
  /** Minor for the "vanishes by target" mark; `null` = no target chosen. */
  readonly target: string | null;
};

/** The gate matrix of a snapshot, without or with a target minor. */
export function evaluateGates(snapshot: ClusterSnapshot, target: string | null = null): GateMatrix {
  const { version, components, nodes } = snapshot.parts;
  return computeGateMatrix({
    version,
    components,
    nodes,
    provider: snapshot.cluster.provider,
    takenAt: snapshot.takenAt,
    target,
  });
}

/**
 * Every gate on every group of equal instances.
 *
 * Shape: rows by gate name, every catalogue gate included (one that this version lacks says so); each row has one cell
 * per group. Gates that a component names and the catalogue lacks are shown as met.
 * Basis: what an instance says wins. Unread, the value set in visible arguments wins; then a version that locks, lacks
 * or has dropped the gate decides (marked inferred); a default alone decides only where everything set is visible.
 * Errors: none; a missing reading makes cells `unknown` with the reason.
 */
export function computeGateMatrix(input: GateInput): GateMatrix {
  const version = valueOrNull(input.version);
  const readings = valueOrNull(input.components) ?? [];
  const nodes = valueOrNull(input.nodes) ?? [];
  const groups = groupComponents(readings, nodes, version, input.provider).map((group) => withPartReason(group, input));
  const clusterMinor = version === null ? null : version.minor;
  const rows: GateRow[] = [];
  for (const gate of GATES) {
    const cells = groups.map((group) => toCell(gate.name, gate, group, clusterMinor));
    rows.push(toRow(gate.name, gate, cells, groups, input.target));
  }
  for (const name of unlistedGates(groups)) {
    const cells = groups.map((group) => toCell(name, null, group, clusterMinor));
    rows.push(toRow(name, null, cells, groups, input.target));
  }
  rows.sort((a, b) => (a.gate < b.gate ? -1 : a.gate > b.gate ? 1 : 0));
  return {
    minor: clusterMinor,
    groups: groups.map(({ sample: _sample, ...group }) => group),
    rows,
    takenAt: input.takenAt,
  };
}

/** When the whole part is missing, "not configured" would be a guess: carry the real reason. */
function withPartReason(group: ReadGroup, { components }: GateInput): ReadGroup {
  if (group.sample !== null || components.state === "value") return group;
  const reason = components.state === "unknown" ? components.reason : components.state;
  return { ...group, reason: group.reason === "not-exposed" ? group.reason : reason };
}

function unlistedGates(groups: readonly ReadGroup[]): string[] {
  const names = new Set<string>();
  for (const { sample } of groups) {
    for (const map of [sample?.gates, sample?.explicit]) {
      if (map === null || map === undefined) continue;
      for (const name of map.keys()) if (findGate(name) === null && !UMBRELLA.has(name)) names.add(name);
    }
  }
  return [...names];
}
const UMBRELLA = new Set(["AllAlpha", "AllBeta"]);

const STAGE_OF_LABEL: Readonly<Record<string, GateStage>> = {
  ALPHA: "Alpha",
  BETA: "Beta",
  GA: "GA",
  DEPRECATED: "Deprecated",
};

function toCell(name: string, gate: CatalogueGate | null, group: ReadGroup, clusterMinor: string | null): GateCell {
  const at = gate === null ? null : catalogueView(gate, group, clusterMinor);
  const sample = group.sample;
  const read = sample?.gates?.get(name);
  const isOnByDefault = at?.status === "known" ? at.isOnByDefault : null;
  const stage = at?.status === "known" ? at.stage : read === undefined ? null : (STAGE_OF_LABEL[read.stage] ?? null);
  const base = {
    group: group.key,
    isOnByDefault,
    stage,
    isLocked: at?.status === "known" ? at.isLocked : null,
    isConsulted: gate === null || gate.components.length === 0 ? null : consults(gate, group.component),
  };
  const setTo = sample?.explicit?.get(name);
  if (read !== undefined) {
    const explicit = explicitOf(sample, setTo, read.isOn, isOnByDefault);
    const state = read.isOn ? "on" : "off";
    return { ...base, state, explicit, source: sample?.source ?? "component-metrics", isInferred: false, reason: null };
  }
  const visible: ExplicitSetting =
    setTo !== undefined
      ? { how: "visible", isOn: setTo, source: sample?.explicitSource ?? "flagz" }
      : sample?.explicit != null
        ? { how: "no" }
        : { how: "not-visible" };
  if (sample?.gates != null) {
    // The metric lists every gate that the process knows: absence is an answer of that instance.
    const state = at === null ? "not-known" : absentState(at);
    return {
      ...base,
      state,
      explicit: visible,
      source: sample.source ?? "component-metrics",
      isInferred: false,
      reason: null,
    };
  }
  const settled = at === null ? null : settledByVersion(at);
  if (setTo !== undefined && settled === null) {
    const source = sample?.explicitSource ?? "flagz";
    return { ...base, state: setTo ? "on" : "off", explicit: visible, source, isInferred: false, reason: null };
  }
  if (settled !== null) {
    return { ...base, state: settled, explicit: visible, source: "catalogue", isInferred: true, reason: null };
  }
  if (sample?.explicit != null && at?.status === "known") {
    // All that is set can be seen, and this gate is not: its default holds, unless a whole stage was switched.
    const umbrella = at.stage === "Alpha" ? "AllAlpha" : at.stage === "Beta" ? "AllBeta" : "";
    const isOn = sample.explicit.get(umbrella) ?? at.isOnByDefault;
    const source = sample.explicitSource ?? "catalogue";
    return { ...base, state: isOn ? "on" : "off", explicit: visible, source, isInferred: true, reason: null };
  }
  const reason = group.reason ?? "not-yet-read";
  const state = reason === "not-exposed" ? "not-exposed" : "unknown";
  return { ...base, state, explicit: visible, source: "catalogue", isInferred: false, reason };
}

/**
 * What the catalogue says for this group's version. Controller manager and scheduler may trail the API server by one
 * minor, so without their own version only an answer that both minors share counts.
 */
function catalogueView(gate: CatalogueGate, group: ReadGroup, clusterMinor: string | null): GateAtVersion {
  if (group.version !== null) return gateAt(gate, group.version);
  if (clusterMinor === null) return { status: "beyond" };
  const now = gateAt(gate, clusterMinor);
  const index = minorIndex(clusterMinor);
  if (group.component === "kube-apiserver" || index === null) return now;
  const before = gateAt(gate, minorText(index - 1));
  const agree =
    now.status === before.status &&
    (now.status !== "known" || (before.status === "known" && before.isLocked && now.isLocked));
  return agree ? now : { status: "beyond" };
}

function absentState(at: GateAtVersion): GateState {
  return at.status === "removed-always-on" || at.status === "removed-gone" ? at.status : "not-known";
}

function settledByVersion(at: GateAtVersion): GateState | null {
  switch (at.status) {
    case "known":
      return at.isLocked ? (at.isOnByDefault ? "on" : "off") : null;
    case "not-yet":
      return "not-known";
    case "removed-always-on":
    case "removed-gone":
      return at.status;
    case "beyond":
      return null;
  }
}

function explicitOf(
  sample: ComponentReading | null,
  setTo: boolean | undefined,
  isOn: boolean,
  isOnByDefault: boolean | null,
): ExplicitSetting {
  if (setTo !== undefined) return { how: "visible", isOn: setTo, source: sample?.explicitSource ?? "flagz" };
  if (isOnByDefault !== null && isOn !== isOnByDefault) return { how: "inferred", isOn };
  return sample?.explicit != null ? { how: "no" } : { how: "not-visible" };
}

function toRow(
  name: string,
  gate: CatalogueGate | null,
  cells: readonly GateCell[],
  groups: readonly ReadGroup[],
  target: string | null,
): GateRow {
  return {
    gate: name,
    isInCatalogue: gate !== null,
    kep: gate?.kep ?? null,
    components: gate?.components ?? [],
    cells,
    drift: findDrift(cells, groups),
    isSetExplicitly: cells.some((cell) => cell.explicit.how === "visible" || cell.explicit.how === "inferred"),
    differsFromDefault: cells.some(
      (cell) =>
        cell.isOnByDefault !== null &&
        (cell.state === "on" || cell.state === "off") &&
        (cell.state === "on") !== cell.isOnByDefault,
    ),
    vanishesByTarget: target === null ? null : vanishes(gate, cells, target),
  };
}

function vanishes(gate: CatalogueGate | null, cells: readonly GateCell[], target: string): boolean {
  return hasGoneBy(gate, target) && cells.some(isKnownIn);
}

function isKnownIn(cell: Pick<GateCell, "state" | "isOnByDefault">): boolean {
  return cell.state === "on" || cell.state === "off" || cell.isOnByDefault !== null;
}

function hasGoneBy(gate: CatalogueGate | null, target: string): boolean {
  const then = gate === null ? null : gateAt(gate, target).status;
  return then === "removed-always-on" || then === "removed-gone";
}

/** Gates of a cluster that it knows now and that the target no longer knows. */
export function gatesThatVanish({ palette, rows }: EncodedMatrix, target: string): ReadonlySet<string> {
  const isKnownNow = palette.map(isKnownIn);
  return new Set(
    rows.flatMap(({ gate, cells }) =>
      hasGoneBy(findGate(gate), target) && cells.some((position) => isKnownNow[position]) ? [gate] : [],
    ),
  );
}

/** Whether the behaviour is there: on and unconditional count alike; `null` = cannot be told. */
export function isInEffect(state: GateState): boolean | null {
  switch (state) {
    case "on":
    case "removed-always-on":
      return true;
    case "off":
    case "removed-gone":
    case "not-known":
      return false;
    case "not-exposed":
    case "unknown":
      return null;
  }
}

type Side = { readonly group: ReadGroup; readonly isOn: boolean; readonly minor: string | null };

function findDrift(cells: readonly GateCell[], groups: readonly ReadGroup[]): GateDrift[] {
  // Nearly every cell agrees; decide that before allocating anything.
  let hasOn = false;
  let hasOff = false;
  for (const cell of cells) {
    if (cell.isConsulted === false) continue;
    const isOn = isInEffect(cell.state);
    if (isOn === true) hasOn = true;
    else if (isOn === false) hasOff = true;
  }
  if (!hasOn || !hasOff) return [];
  const sides: Side[] = [];
  cells.forEach((cell, position) => {
    const group = groups[position];
    const isOn = isInEffect(cell.state);
    if (group === undefined || cell.isConsulted === false || isOn === null) return;
    sides.push({ group, isOn, minor: group.version === null ? null : minorOf(group.version) });
  });
  const drift: GateDrift[] = [];
  const byComponent = Map.groupBy(sides, (side) => side.group.component);
  for (const [component, own] of byComponent) {
    const found = splitOf(own, component === "kubelet" || component === "kube-proxy" ? "node-group" : "instance");
    if (found !== null) drift.push(found);
  }
  const votes = [...byComponent].map(([component, own]) => ({ component, has: new Set(own.map((side) => side.isOn)) }));
  const isOnOnly = votes.some((vote) => vote.has.has(true) && !vote.has.has(false));
  const isOffOnly = votes.some((vote) => vote.has.has(false) && !vote.has.has(true));
  if (isOnOnly && isOffOnly) {
    const found = splitOf(sides, "component");
    if (found !== null) {
      const names = (wanted: boolean): ComponentName[] =>
        votes.filter((vote) => vote.has.has(wanted)).map((vote) => vote.component);
      drift.push({ ...found, on: names(true), off: names(false) });
    }
  }
  return drift;
}

function splitOf(sides: readonly Side[], kind: GateDrift["kind"]): GateDrift | null {
  const on = sides.filter((side) => side.isOn);
  const off = sides.filter((side) => !side.isOn);
  if (on.length === 0 || off.length === 0) return null;
  // If no minor holds both answers, the versions explain the difference.
  const minorsOn = new Set(on.map((side) => side.minor));
  const cause = off.some((side) => minorsOn.has(side.minor)) ? "setting" : "version";
  return { kind, cause, on: on.map((side) => side.group.key), off: off.map((side) => side.group.key) };
}
