import { type CatalogueGate, findGate, GATES, gateAt } from "../gates/catalogue.ts";
import type { GateMatrix } from "../gates/gate-types.ts";
import { minorIndex, minorText } from "../gates/version.ts";
import type { GateTransition } from "./upgrade-types.ts";

/** The minors on the way, current one excluded: an API server must not skip one. */
export function minorsBetween(from: string, target: string): string[] {
  const start = minorIndex(from);
  const end = minorIndex(target);
  if (start === null || end === null || end <= start) return [];
  return Array.from({ length: end - start }, (_, step) => minorText(start + step + 1));
}

/** Every gate that changes on the way, in the order of the minors; gates that nobody set and that stay are left out. */
export function listGateTransitions(from: string, target: string, matrix: GateMatrix): GateTransition[] {
  const setBy = explicitGroups(matrix);
  const found: GateTransition[] = [];
  for (const gate of GATES) {
    let before = gateAt(gate, from);
    for (const minor of minorsBetween(from, target)) {
      const after = gateAt(gate, minor);
      const change = changeBetween(before, after);
      if (change !== null) {
        const stage = after.status === "known" ? after.stage : null;
        found.push({ gate: gate.name, atMinor: minor, change, stage, setBy: setBy.get(gate.name) ?? [] });
      }
      before = after;
    }
  }
  return found.sort(
    (a, b) => (minorIndex(a.atMinor) ?? 0) - (minorIndex(b.atMinor) ?? 0) || a.gate.localeCompare(b.gate),
  );
}

type At = ReturnType<typeof gateAt>;
function changeBetween(before: At, after: At): GateTransition["change"] | null {
  if (after.status === "removed-always-on") return before.status === "known" ? "vanishes-always-on" : null;
  if (after.status === "removed-gone") return before.status === "known" ? "vanishes-gone" : null;
  if (after.status !== "known") return null;
  if (before.status !== "known") return before.status === "not-yet" ? "appears" : null;
  if (after.isLocked && !before.isLocked) return after.isOnByDefault ? "locks-on" : "locks-off";
  if (after.isOnByDefault !== before.isOnByDefault) return after.isOnByDefault ? "flips-on" : "flips-off";
  return null;
}

function explicitGroups(matrix: GateMatrix): Map<string, string[]> {
  const labels = new Map(matrix.groups.map((group) => [group.key, group.label]));
  const found = new Map<string, string[]>();
  for (const row of matrix.rows) {
    if (!row.isSetExplicitly) continue;
    const own = row.cells.filter((cell) => cell.explicit.how === "visible" || cell.explicit.how === "inferred");
    found.set(
      row.gate,
      own.map((cell) => labels.get(cell.group) ?? cell.group),
    );
  }
  return found;
}

/** Gates that a gate needs and that the target has off by default: from 1.35 on enabling it alone stops the process. */
export function unmetDependencies(gate: CatalogueGate, target: string, isSetOn: (name: string) => boolean): string[] {
  return gate.dependsOn.filter((name) => {
    const other = findGate(name);
    const at = other === null ? null : gateAt(other, target);
    return at?.status === "known" && !at.isOnByDefault && !isSetOn(name);
  });
}
