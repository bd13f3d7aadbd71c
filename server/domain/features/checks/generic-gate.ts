import { type CatalogueGate, GATES } from "../../gates/catalogue.ts";
import { clusterWide, defineCheck, type FeatureCheck, noSignal, nothingNeeded, stage } from "../define-check.ts";
import { availableByGates, enabledByGates, judgeEnabled } from "../gate-stages.ts";

/** What can be said of a gate that has no check of its own: whether it is there, on, and has what it depends on. */
export function genericGateCheck(gate: CatalogueGate): FeatureCheck {
  const kep = gate.kep === null ? "" : ` (KEP-${gate.kep})`;
  return defineCheck({
    id: gateFeatureId(gate.name),
    kind: "gate",
    gates: [gate.name],
    docsUrl:
      gate.kep === null
        ? "https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/"
        : `https://www.kubernetes.dev/resources/keps/${gate.kep}/`,
    words: {
      en: { title: gate.name, why: `A feature gate${kep}; only its switch can be judged.`, sentences: {} },
      zh: { title: gate.name, why: `特性门控${kep}；只能判断其开关。`, sentences: {} },
    },
    available: availableByGates(gate.name),
    enabled: enabledByGates(gate.name),
    ready:
      gate.dependsOn.length === 0
        ? nothingNeeded
        : stage({
            needs: [],
            signal: `gates it depends on: ${gate.dependsOn.join(", ")}`,
            judge: (_facts, context) => judgeEnabled(context, gate.dependsOn),
          }),
    adopted: clusterWide,
    effective: noSignal("no-effect-signal"),
  });
}

export function gateFeatureId(name: string): string {
  return `gate:${name}`;
}

/** One generic check per catalogue gate that no named check covers. */
export function genericChecks(named: readonly FeatureCheck[]): FeatureCheck[] {
  const covered = new Set(named.flatMap((check) => check.gates));
  return GATES.filter((gate) => !covered.has(gate.name)).map(genericGateCheck);
}
