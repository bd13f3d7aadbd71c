import { ALWAYS, type Family, gauge, type Row } from "../exposition.ts";
import { gatesOfMinor } from "../gates.ts";
import { hexDigits } from "../random.ts";

export type GateProcess = {
  readonly minor: string;
  /** v1.34.9 */
  readonly version: string;
  readonly explicit: Readonly<Record<string, boolean>>;
  readonly changes: readonly { readonly gate: string; readonly at: number; readonly before: boolean }[];
  readonly hasVendorGates: boolean;
};

/** What every Kubernetes component says about itself on its own page. */
export function gateFamilies(process: GateProcess): Family[] {
  const rows = gatesOfMinor(process.minor, { withVendorGates: process.hasVendorGates }).map((gate): Row => {
    const value = gate.isLocked ? gate.isOnByDefault : (process.explicit[gate.name] ?? gate.isOnByDefault);
    const change = process.changes.find((one) => one.gate === gate.name);
    return {
      ...ALWAYS,
      labels: { name: gate.name, stage: gate.stage },
      at: (seconds) => Number(change !== undefined && seconds < change.at ? change.before : value),
    };
  });
  const [major = "1", minor = ""] = process.version.slice(1).split(".");
  const build: Row = {
    ...ALWAYS,
    labels: {
      build_date: "2026-09-10T08:11:04Z",
      compiler: "gc",
      git_commit: hexDigits(1, process.version, 40),
      git_tree_state: "clean",
      git_version: process.version,
      go_version: "go1.24.9",
      major,
      minor,
      platform: "linux/amd64",
    },
    at: () => 1,
  };
  return [
    gauge(
      "kubernetes_build_info",
      "[ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.",
      [build],
    ),
    gauge(
      "kubernetes_feature_enabled",
      "[BETA] This metric records the data about the stage and enablement of a k8s feature.",
      rows,
    ),
  ];
}
