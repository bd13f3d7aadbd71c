import { EvidenceList } from "../features/judgement.ts";
import { findGate, gateAt, NEWEST_MINOR } from "../gates/catalogue.ts";
import type { ComponentGroup } from "../gates/gate-types.ts";
import { isAtLeast, minorIndex } from "../gates/version.ts";
import { listGateTransitions, unmetDependencies } from "./gate-transitions.ts";
import { noted, type PlanContext } from "./plan-context.ts";

/** Gates that would stop a component from starting, turn behaviour off, or cannot be seen. */
export function judgeGates({ facts, matrix, from, target, minors, add }: PlanContext): void {
  if ((minorIndex(target) ?? 0) > (minorIndex(NEWEST_MINOR) ?? 0)) {
    add({ kind: "gate", severity: "unknown", key: "target-beyond-catalogue", params: { newest: NEWEST_MINOR } });
  }
  const groups = new Map(matrix.groups.map((group) => [group.key, group]));
  const setOn = new Set(
    matrix.rows
      .filter((row) => row.cells.some((cell) => "isOn" in cell.explicit && cell.explicit.isOn))
      .map((row) => row.gate),
  );
  for (const row of matrix.rows) {
    if (!row.isSetExplicitly) continue;
    const gate = findGate(row.gate);
    const set = row.cells.filter((cell) => cell.explicit.how === "visible" || cell.explicit.how === "inferred");
    const proofOf = (cells: typeof set): EvidenceList => {
      const proof = new EvidenceList();
      for (const cell of cells) {
        const group = groups.get(cell.group);
        const how =
          cell.explicit.how === "visible"
            ? `set to ${cell.explicit.isOn} in ${cell.explicit.source}`
            : `${cell.state}, which is not the default`;
        proof.add(() => ({
          ...noted(
            facts,
            cell.explicit.how === "visible" ? "configuration" : "inference",
            `feature-gates: ${row.gate}`,
            group?.label ?? cell.group,
            how,
          ),
          at: group?.readAt ?? matrix.takenAt,
        }));
      }
      return proof;
    };
    if (gate === null) {
      add({
        kind: "gate",
        severity: "review",
        key: "gate-not-in-catalogue",
        about: row.gate,
        params: { gate: row.gate },
        proof: proofOf(set),
      });
      continue;
    }
    for (const minor of minors) {
      const at = gateAt(gate, minor);
      if (at.status === "removed-always-on" || at.status === "removed-gone") {
        add({
          kind: "gate",
          severity: "blocker",
          key: "gate-set-removed",
          about: row.gate,
          params: { gate: row.gate, minor },
          atMinor: minor,
          proof: proofOf(set),
        });
        break;
      }
      if (at.status !== "known" || !at.isLocked) continue;
      const against = set.filter((cell) => "isOn" in cell.explicit && cell.explicit.isOn !== at.isOnByDefault);
      if (against.length > 0) {
        add({
          kind: "gate",
          severity: "blocker",
          key: "gate-set-locked",
          about: row.gate,
          params: { gate: row.gate, minor, value: at.isOnByDefault ? "true" : "false" },
          atMinor: minor,
          proof: proofOf(against),
        });
        break;
      }
    }
    if (setOn.has(row.gate) && isAtLeast(target, "1.35") === true) {
      const unmet = unmetDependencies(gate, target, (name) => setOn.has(name));
      if (unmet.length > 0) {
        add({
          kind: "gate",
          severity: "blocker",
          key: "gate-needs-gates",
          about: row.gate,
          params: { gate: row.gate, needs: unmet.join(", ") },
          proof: proofOf(set),
        });
      }
    }
  }
  const rows = new Map(matrix.rows.map((row) => [row.gate, row]));
  const told = new Set<string>();
  for (const change of listGateTransitions(from, target, matrix)) {
    if (change.setBy.length > 0 || told.has(change.gate)) continue;
    const isLoss = change.change === "flips-off" || change.change === "locks-off" || change.change === "vanishes-gone";
    const wasOn = rows
      .get(change.gate)
      ?.cells.some(
        (cell) =>
          cell.isConsulted !== false &&
          (cell.state === "on" || (cell.state === "unknown" && cell.isOnByDefault === true)),
      );
    if (isLoss && wasOn === true) {
      told.add(change.gate); // a later lock or end of the same gate is no news
      add({
        kind: "gate",
        severity: "review",
        key: change.change === "vanishes-gone" ? "gate-goes" : "gate-turns-off",
        about: change.gate,
        params: { gate: change.gate, minor: change.atMinor },
        atMinor: change.atMinor,
      });
    }
  }
  // A managed control plane is set and upgraded by its provider; kube-proxy binds its page to localhost.
  const isOwnToSet = ({ component, instanceCount }: ComponentGroup): boolean =>
    component === "kubelet" ? instanceCount > 0 : component !== "kube-proxy" && facts.service === null;
  const hidden = matrix.groups.filter(
    (group) =>
      isOwnToSet(group) &&
      matrix.rows.some((row) =>
        row.cells.some((cell) => cell.group === group.key && cell.explicit.how === "not-visible"),
      ),
  );
  if (hidden.length > 0) {
    const proof = new EvidenceList();
    for (const group of hidden)
      proof.add(() =>
        noted(
          facts,
          "metric",
          "explicit settings",
          group.label,
          "not visible; a gate set to its default would not show",
        ),
      );
    add({ kind: "gate", severity: "review", key: "gate-settings-hidden", proof });
  }
}
