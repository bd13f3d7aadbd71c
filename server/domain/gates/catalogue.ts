import type { ComponentName } from "../snapshot.ts";
import source from "./catalogue.json" with { type: "json" };
import { minorIndex, parseVersion } from "./version.ts";

/**
 * Every feature gate of the covered minors, with its history. The JSON beside this file is our own compact copy of the
 * facts, one gate per line; `scripts/refresh-gate-catalogue.ts` writes it.
 */
export type GateStage = "Alpha" | "Beta" | "GA" | "Deprecated";
/** `client-go` = a library gate that every kube binary accepts. */
export type GateConsumer = ComponentName | "cloud-controller-manager" | "client-go";

export type GateRelease = {
  /** First minor of this row; "1.0" means that the behaviour is older than the gate. */
  readonly minor: string;
  readonly stage: GateStage;
  readonly isOnByDefault: boolean;
  readonly isLocked: boolean;
};
export type CatalogueGate = {
  readonly name: string;
  readonly history: readonly GateRelease[];
  /** First minor that no longer knows the name; `null` while it is known. */
  readonly removedIn: string | null;
  readonly kep: number | null;
  /** Who acts on it. Empty = not established; then every component counts. */
  readonly components: readonly GateConsumer[];
  readonly dependsOn: readonly string[];
  /** First minor that knows the name; `null` = older than the oldest source read. */
  readonly knownSince: string | null;
};

/** What a version makes of a gate. `beyond` = the minor is newer than the catalogue. */
export type GateAtVersion =
  | ({ readonly status: "known" } & GateRelease)
  | { readonly status: "not-yet" }
  /** Stable and locked on before the name went, or announced: the behaviour is unconditional. */
  | { readonly status: "removed-always-on" }
  | { readonly status: "removed-gone" }
  | { readonly status: "beyond" };

const ROW = /^(\d+\.\d+) (Alpha|Beta|GA|Deprecated)([+-])(L?)$/;

/** "1.34 GA+L" → one row of a history. Throws on anything else: the catalogue is ours and must be whole. */
export function parseHistoryRow(text: string): GateRelease {
  const match = ROW.exec(text);
  if (match === null) throw new Error(`gate catalogue: unreadable history row "${text}"`);
  const [, minor = "", stage = "", sign, lock] = match;
  return { minor, stage: stage as GateStage, isOnByDefault: sign === "+", isLocked: lock === "L" };
}

type SourceGate = {
  readonly name: string;
  readonly history: readonly string[];
  readonly removedIn?: string;
  readonly kep?: number;
  readonly components?: readonly string[];
  readonly dependsOn?: readonly string[];
  readonly knownSince?: string;
};

/** The refresh script checks components against the closed list before it writes the file. */
function toGate(gate: SourceGate): CatalogueGate {
  return {
    name: gate.name,
    history: gate.history.map(parseHistoryRow),
    removedIn: gate.removedIn ?? null,
    kep: gate.kep ?? null,
    components: (gate.components ?? []) as readonly GateConsumer[],
    dependsOn: gate.dependsOn ?? [],
    knownSince: gate.knownSince ?? null,
  };
}

const sourceGates: readonly SourceGate[] = source.gates;
export const GATES: readonly CatalogueGate[] = sourceGates.map(toGate);
export const NEWEST_MINOR: string = source.newestMinor;
export const OLDEST_MINOR: string = source.oldestMinor;
const newestIndex = minorIndex(NEWEST_MINOR) ?? 0;
const byName = new Map(GATES.map((gate) => [gate.name, gate]));

export function findGate(name: string): CatalogueGate | null {
  return byName.get(name) ?? null;
}

/** Names that the development branch after the newest minor no longer has: plans, not facts. */
export function plannedRemovals(minor: string): readonly string[] {
  const plans: Readonly<Record<string, readonly string[]>> = source.plannedRemovals;
  return plans[minor] ?? [];
}

/** Defaults that changed inside a minor: first row whose patch range holds wins. */
const PATCH_EXCEPTIONS: readonly {
  readonly gate: string;
  readonly minor: string;
  readonly fromPatch: number;
  readonly toPatch: number;
  readonly stage: GateStage;
  readonly isOnByDefault: boolean;
}[] = [
  { gate: "MaxUnavailableStatefulSet", minor: "1.35", fromPatch: 0, toPatch: 3, stage: "Beta", isOnByDefault: true },
  { gate: "DisableNodeKubeProxyVersion", minor: "1.31", fromPatch: 0, toPatch: 0, stage: "Beta", isOnByDefault: true },
];

/**
 * What `version` ("1.34" or "1.34.9") makes of a gate.
 *
 * Basis: the newest history row at or before that minor, patch exceptions first. A minor after the catalogue answers
 * `beyond` unless the gate is already gone; a minor without a readable number does too.
 */
export function gateAt(gate: CatalogueGate, version: string): GateAtVersion {
  const parsed = parseVersion(version);
  const index = minorIndex(version);
  if (parsed === null || index === null) return { status: "beyond" };
  const removed = gate.removedIn === null ? null : minorIndex(gate.removedIn);
  if (removed !== null && index >= removed)
    return { status: isAlwaysOnAfterRemoval(gate) ? "removed-always-on" : "removed-gone" };
  if (index > newestIndex) return { status: "beyond" };
  const since = gate.knownSince === null ? null : minorIndex(gate.knownSince);
  if (since !== null && index < since) return { status: "not-yet" };
  let current: GateRelease | null = null;
  for (const row of gate.history) if ((minorIndex(row.minor) ?? 0) <= index) current = row;
  if (current === null) return { status: "not-yet" };
  if (parsed.patch !== null) {
    const patch = parsed.patch;
    const exception = PATCH_EXCEPTIONS.find(
      (row) =>
        row.gate === gate.name && minorIndex(row.minor) === index && patch >= row.fromPatch && patch <= row.toPatch,
    );
    if (exception !== undefined) {
      return { status: "known", ...current, stage: exception.stage, isOnByDefault: exception.isOnByDefault };
    }
  }
  return { status: "known", ...current };
}

/**
 * Gates whose behaviour stayed although their history ends before a locked stable stage: the histories cannot tell.
 * PreventStaticPodAPIReferences: "Static Pods can no longer reference Secrets or ConfigMaps. The feature gate that previously let you
 * opt out of the restriction has been removed" (Kubernetes v1.37 sneak peek, 2026-07-31; kubernetes/kubernetes#140226).
 */
const ALWAYS_ON_BY_ANNOUNCEMENT: ReadonlySet<string> = new Set(["PreventStaticPodAPIReferences"]);

function isAlwaysOnAfterRemoval(gate: CatalogueGate): boolean {
  if (ALWAYS_ON_BY_ANNOUNCEMENT.has(gate.name)) return true;
  const last = gate.history.at(-1);
  return last !== undefined && last.stage === "GA" && last.isLocked && last.isOnByDefault;
}

/** True when the component acts on the gate; a gate without an established list counts for everyone. */
export function consults(gate: CatalogueGate, component: ComponentName): boolean {
  return gate.components.length === 0 || gate.components.includes(component) || gate.components.includes("client-go");
}
