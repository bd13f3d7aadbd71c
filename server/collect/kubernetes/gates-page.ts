import type { ComponentReading, GateStageLabel } from "../../domain/snapshot.ts";
import type { MetricSample } from "./metrics-page.ts";

export type GateMap = NonNullable<ComponentReading["gates"]>;
type GateValue = { readonly isOn: boolean; readonly stage: GateStageLabel };

export const GATE_METRICS = ["kubernetes_feature_enabled", "kubernetes_build_info", "version_info"] as const;

const STAGES: Readonly<Record<string, GateStageLabel>> = {
  ALPHA: "ALPHA",
  BETA: "BETA",
  DEPRECATED: "DEPRECATED",
  "": "GA",
};

/** Eight objects stand for every gate of every component of a fleet. */
const VALUES = new Map<string, GateValue>();
function gateValue(isOn: boolean, stage: GateStageLabel): GateValue {
  const key = `${stage}${isOn}`;
  const known = VALUES.get(key);
  if (known !== undefined) return known;
  const value = { isOn, stage };
  VALUES.set(key, value);
  return value;
}

/** Gathers gates and version from the samples of one component's page. */
export class GatesPage {
  readonly #gates = new Map<string, GateValue>();
  #gitVersion: string | null = null;
  #binaryVersion: string | null = null;

  take(sample: MetricSample): void {
    if (sample.name === "kubernetes_feature_enabled") {
      const name = sample.labels.name;
      // An absent stage is GA too: Prometheus drops empty labels.
      const stage = STAGES[sample.labels.stage ?? ""];
      if (name === undefined || stage === undefined || (sample.value !== 0 && sample.value !== 1)) return;
      this.#gates.set(name, gateValue(sample.value === 1, stage));
    } else if (sample.name === "kubernetes_build_info") {
      this.#gitVersion = sample.labels.git_version ?? null;
    } else if (sample.name === "version_info" && sample.labels.component === "kube") {
      this.#binaryVersion = sample.labels.binary ?? null;
    }
  }

  /** `null` when the page names no gate at all: a component older than the metric, or a page that was cut. */
  gates(): GateMap | null {
    return this.#gates.size === 0 ? null : this.#gates;
  }

  version(): string | null {
    const written = this.#gitVersion ?? this.#binaryVersion;
    return written === null ? null : parseComponentVersion(written);
  }
}

/** "v1.34.9-eks-1234" → "1.34.9". `null` when it holds no version. */
export function parseComponentVersion(text: string): string | null {
  return /(?:^|[^\d])(\d+\.\d+(?:\.\d+)?)/.exec(` ${text}`)?.[1] ?? null;
}

/** Thousands of kubelets answer the same 200 gates: equal maps become one. */
export class GateMaps {
  readonly #known = new Map<string, GateMap>();

  share(gates: GateMap | null): GateMap | null {
    if (gates === null) return null;
    let key = "";
    for (const [name, value] of gates) key += `${name}${value.isOn ? "+" : "-"}${value.stage} `;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, gates);
    return gates;
  }
}

/** `A=true,B=false` of `--feature-gates`. What is neither true nor false is left out. */
export function parseGateFlag(text: string): ReadonlyMap<string, boolean> {
  const gates = new Map<string, boolean>();
  for (const pair of text.replace(/^["']|["']$/g, "").split(",")) {
    const [name, value] = pair.split("=").map((part) => part.trim());
    if (name && (value === "true" || value === "false")) gates.set(name, value === "true");
  }
  return gates;
}
