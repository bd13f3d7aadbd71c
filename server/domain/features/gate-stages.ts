import type { Evidence } from "../evidence.ts";
import { findGate, gateAt } from "../gates/catalogue.ts";
import { isInEffect } from "../gates/gate-state.ts";
import type { ComponentGroup, GateCell } from "../gates/gate-types.ts";
import { type CheckContext, type Rule, stage } from "./define-check.ts";
import { cannotTell, inferred, met, notExposedHere, notMet, share } from "./judgement.ts";
import type { StageOutcome } from "./types.ts";

type Seen = { readonly gate: string; readonly cell: GateCell; readonly group: ComponentGroup };

/** Cells of the named gates on components that act on them. Nodes of kube-proxy count only where it was read. */
function cellsOf(context: CheckContext, gates: readonly string[]): Seen[] {
  const groups = context.once("groups-by-key", () => new Map(context.gates.groups.map((group) => [group.key, group])));
  return gates.flatMap((gate) =>
    (context.gate(gate)?.cells ?? []).flatMap((cell) => {
      const group = groups.get(cell.group);
      return group === undefined || cell.isConsulted === false ? [] : [{ gate, cell, group }];
    }),
  );
}

function proof(context: CheckContext, { gate, cell, group }: Seen): Evidence {
  const observed = cell.isInferred ? `${cell.state} (by version)` : cell.state;
  const kind = cell.source === "catalogue" ? "catalogue" : cell.source.includes("arg") ? "configuration" : "metric";
  const ref = kind === "metric" ? `kubernetes_feature_enabled{name="${gate}"}` : `${cell.source}: ${gate}`;
  return { ...context.noted(kind, ref, group.label, observed), at: group.readAt ?? context.gates.takenAt };
}

/** First minor that has the gate, for the sentence "not before 1.33". */
function sinceOf(gates: readonly string[]): string {
  const [first] = gates;
  const gate = first === undefined ? null : findGate(first);
  return gate?.knownSince ?? gate?.history[0]?.minor ?? "?";
}

function judgeAvailability(context: CheckContext, gates: readonly string[]): StageOutcome {
  const params = { gate: gates.join(", "), since: sinceOf(gates) };
  if (context.minor === null) return cannotTell("version-unknown", "version: not read", params);
  // The matrix drops gates that nobody knows: then the catalogue answers for the API server's minor.
  const minor = context.minor;
  const known = gates.filter((name) => {
    const gate = findGate(name);
    if (gate === null) return context.gate(name) !== null;
    const at = gateAt(gate, minor).status;
    return at === "known" || at === "removed-always-on" || (at === "beyond" && isTold(context, name));
  });
  const evidence = [context.noted("catalogue", `gates: ${params.gate}`, "", `version ${minor}`)];
  if (known.length < gates.length) {
    const beyond = gates.some((name) => {
      const gate = findGate(name);
      return gate !== null && gateAt(gate, minor).status === "beyond" && !known.includes(name);
    });
    if (beyond) return cannotTell("beyond-catalogue", "catalogue: older than this version", { ...params, minor });
    const isGone = gates.some((name) => {
      const gate = findGate(name);
      return gate !== null && gateAt(gate, minor).status === "removed-gone";
    });
    return notMet(isGone ? "gone-from-version" : "not-in-version", { ...params, minor }, evidence);
  }
  return met("in-version", { ...params, minor }, evidence);
}

/** Whether a component says the gate itself; the matrix has a row for every gate of the catalogue, read or not. */
function isTold(context: CheckContext, name: string): boolean {
  return context.gate(name)?.cells.some(({ state }) => state === "on" || state === "off") === true;
}

/** Available when the version of the API server knows the gates or made them unconditional. */
export function availableByGates(...gates: readonly string[]): Rule<StageOutcome> {
  return stage({
    needs: ["version"],
    signal: `version and catalogue (${gates.join(", ")})`,
    judge: (_facts, context) => judgeAvailability(context, gates),
  });
}

/** Available by version alone, for behaviour without a gate of its own. */
export function availableSince(minor: string): Rule<StageOutcome> {
  return stage({
    needs: ["version"],
    signal: `/version (since ${minor})`,
    judge: ({ version }, context) => {
      const [major = 0, number = 0] = minor.split(".").map(Number);
      const [haveMajor = 0, haveNumber = 0] = version.minor.split(".").map(Number);
      const has = haveMajor > major || (haveMajor === major && haveNumber >= number);
      const evidence = [context.saw("version", "", version.gitVersion)];
      const params = { since: minor, minor: version.minor };
      return has ? met("in-version", params, evidence) : notMet("not-in-version", params, evidence);
    },
  });
}

/** Enabled when the gates are on in every component that acts on them; some on and some off is drift. */
export function enabledByGates(...gates: readonly string[]): Rule<StageOutcome> {
  return {
    needs: [],
    signal: `kubernetes_feature_enabled{name=${gates.join(" | ")}}`,
    run: (_snapshot, context) => judgeEnabled(context, gates),
  };
}

export function judgeEnabled(context: CheckContext, gates: readonly string[]): StageOutcome {
  const cells = cellsOf(context, gates);
  const on = cells.filter((seen) => isInEffect(seen.cell.state) === true);
  const off = cells.filter((seen) => isInEffect(seen.cell.state) === false);
  const silent = cells.filter((seen) => isInEffect(seen.cell.state) === null);
  const params = { gate: gates.join(", ") };
  const told = on.length + off.length;
  if (told === 0) {
    const reasons = [...new Set(silent.map((seen) => seen.cell.reason ?? "not-yet-read"))];
    if (silent.length > 0 && silent.every((seen) => seen.cell.state === "not-exposed")) {
      return notExposedHere("gate-not-exposed", params);
    }
    const reason = reasons.find((entry) => entry !== "not-exposed") ?? "not-yet-read";
    return cannotTell("gate-unread", `components: ${reason}`, { ...params, why: reason });
  }
  // Those that differ come first: they are what someone must look at.
  const evidence = [...off, ...on].map((seen) => proof(context, seen));
  if (off.length > 0) {
    const named = off.map((seen) => seen.group.label).slice(0, 3);
    return share(on.length, told, "gate-on-in", evidence, { ...params, off: named.join("; ") });
  }
  if (silent.length === 0 && on.some((seen) => !seen.cell.isInferred)) {
    return share(on.length, told, "gate-on", evidence, params);
  }
  const key = on.every((seen) => seen.cell.isInferred) ? "gate-on-by-version" : "gate-on-where-read";
  return inferred(key, params, evidence, { met: on.length, of: cells.length });
}
