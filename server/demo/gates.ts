import { readFileSync } from "node:fs";

/** One gate as a binary of a given minor knows it. */
export type KnownGate = {
  readonly name: string;
  /** Label value of `kubernetes_feature_enabled`: empty for GA. */
  readonly stage: "ALPHA" | "BETA" | "" | "DEPRECATED";
  readonly isOnByDefault: boolean;
  readonly isLocked: boolean;
};

type Row = {
  readonly name: string;
  readonly since: string | null;
  readonly gone: string | null;
  readonly history: readonly (readonly [version: string, stage: string, on: 0 | 1, locked: 0 | 1])[];
};

const STAGES: Readonly<Record<string, KnownGate["stage"]>> = {
  Alpha: "ALPHA",
  Beta: "BETA",
  GA: "",
  Deprecated: "DEPRECATED",
};

/** Gates that no upstream catalogue lists; a vendor's build adds them (as a recorded fork does). */
const VENDOR_GATES: readonly KnownGate[] = [
  { name: "MinimumKubeletVersion", stage: "ALPHA", isOnByDefault: false, isLocked: false },
  { name: "StoragePerformantSecurityPolicy", stage: "ALPHA", isOnByDefault: false, isLocked: false },
];

/** Every Kubernetes binary registers these two switches, and no history lists them. */
const GROUP_SWITCHES: readonly KnownGate[] = [
  { name: "AllAlpha", stage: "ALPHA", isOnByDefault: false, isLocked: false },
  { name: "AllBeta", stage: "BETA", isOnByDefault: false, isLocked: false },
];

function minorNumber(version: string): number {
  return Number(version.split(".")[1] ?? "0");
}

// The file is written by build-gates.ts, which validates it; the cast names that guarantee.
const ROWS = JSON.parse(readFileSync(new URL("gates-1.31-1.37.json", import.meta.url), "utf8")) as readonly Row[];
const byMinor = new Map<string, readonly KnownGate[]>();

/** Every gate that a binary of this minor registers, sorted by name. */
export function gatesOfMinor(
  minor: string,
  options: { readonly withVendorGates?: boolean } = {},
): readonly KnownGate[] {
  const key = `${minor}/${options.withVendorGates === true}`;
  const known = byMinor.get(key);
  if (known !== undefined) return known;
  const wanted = minorNumber(minor);
  const gates: KnownGate[] =
    options.withVendorGates === true ? [...GROUP_SWITCHES, ...VENDOR_GATES] : [...GROUP_SWITCHES];
  for (const row of ROWS) {
    if (row.gone !== null && minorNumber(row.gone) <= wanted) continue;
    if (row.since !== null && minorNumber(row.since) > wanted) continue;
    const inForce = row.history.filter(([version]) => minorNumber(version) <= wanted).at(-1);
    if (inForce === undefined) continue;
    const stage = STAGES[inForce[1]];
    if (stage === undefined) continue;
    gates.push({ name: row.name, stage, isOnByDefault: inForce[2] === 1, isLocked: inForce[3] === 1 });
  }
  gates.sort((left, right) => (left.name < right.name ? -1 : 1));
  byMinor.set(key, gates);
  return gates;
}

/** Value of a gate in a process: what was set explicitly, else the default of its minor. `null` = unknown name. */
export function gateValue(minor: string, name: string, explicit: Readonly<Record<string, boolean>>): boolean | null {
  const gate = gatesOfMinor(minor, { withVendorGates: true }).find((one) => one.name === name);
  if (gate === undefined) return null;
  return gate.isLocked ? gate.isOnByDefault : (explicit[name] ?? gate.isOnByDefault);
}
