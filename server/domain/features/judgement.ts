import type { Evidence } from "../evidence.ts";
import type { ObjectRef } from "../snapshot.ts";
import {
  type Adoption,
  type Blocker,
  type BlockerSeverity,
  EVIDENCE_KEPT,
  type ListedObject,
  OBJECTS_KEPT,
  type ObjectList,
  type Params,
  type ShareCount,
  type StageOutcome,
  type StageState,
  type TeamOf,
} from "./types.ts";

/** Evidence collected without end would outgrow the page: the first ones stay, all are counted. */
export class EvidenceList {
  readonly kept: Evidence[] = [];
  total = 0;
  /** `make` runs only while there is room, so thousands of findings cost nothing. */
  add(make: () => Evidence): void {
    this.total += 1;
    if (this.kept.length < EVIDENCE_KEPT) this.kept.push(make());
  }
  /** `total` findings of which only some still have names. */
  addAll<T>(total: number, named: readonly T[], make: (item: T) => Evidence): void {
    this.total += total;
    for (const item of named.slice(0, EVIDENCE_KEPT - this.kept.length)) this.kept.push(make(item));
  }
}

type Proof = readonly Evidence[] | EvidenceList;

function outcome(
  state: StageState,
  reasonKey: string,
  params: Params,
  proof: Proof,
  counts: ShareCount | null = null,
  unknownReason: string | null = null,
): StageOutcome {
  const evidence = proof instanceof EvidenceList ? proof.kept : proof.slice(0, EVIDENCE_KEPT);
  return {
    state,
    met: counts?.met ?? null,
    of: counts?.of ?? null,
    reasonKey,
    params: counts === null ? params : { met: counts.met, of: counts.of, ...params },
    unknownReason,
    evidence,
    evidenceTotal: proof instanceof EvidenceList ? proof.total : proof.length,
  };
}

export function met(reasonKey: string, params: Params = {}, proof: Proof = []): StageOutcome {
  return outcome("met", reasonKey, params, proof);
}
export function notMet(reasonKey: string, params: Params = {}, proof: Proof = []): StageOutcome {
  return outcome("not-met", reasonKey, params, proof);
}
export function inferred(reasonKey: string, params: Params = {}, proof: Proof = [], counts: ShareCount | null = null) {
  return outcome("inferred", reasonKey, params, proof, counts);
}
export function notApplicable(reasonKey: string, params: Params = {}): StageOutcome {
  return outcome("not-applicable", reasonKey, params, []);
}
export function notExposedHere(reasonKey: string, params: Params = {}, proof: Proof = []): StageOutcome {
  return outcome("not-exposed", reasonKey, params, proof);
}
export function cannotTell(reasonKey: string, unknownReason: string, params: Params = {}): StageOutcome {
  return outcome("unknown", reasonKey, { reason: unknownReason, ...params }, [], null, unknownReason);
}

/** `met` of `of`: nothing to count is not applicable, none is not met, some is partly. */
export function share(
  metCount: number,
  of: number,
  reasonKey: string,
  proof: Proof = [],
  params: Params = {},
  emptyKey = "nothing-to-count",
): StageOutcome {
  if (of === 0) return notApplicable(emptyKey, params);
  const state: StageState = metCount === of ? "met" : metCount === 0 ? "not-met" : "partly";
  return outcome(state, reasonKey, params, proof, { met: metCount, of });
}

export function blocker(
  key: string,
  severity: BlockerSeverity,
  proof: Proof,
  params: Params = {},
  count?: number,
): Blocker {
  const evidence = proof instanceof EvidenceList ? proof.kept : proof.slice(0, EVIDENCE_KEPT);
  const total = proof instanceof EvidenceList ? proof.total : proof.length;
  return {
    key,
    severity,
    params: { count: count ?? total, ...params },
    count: count ?? total,
    evidence,
    evidenceTotal: total,
  };
}

/** Counts adopters among candidates, by team and namespace. */
export class Tally {
  readonly #team: TeamOf;
  readonly #unit: string;
  readonly #byTeam = new Map<string, { met: number; of: number }>();
  readonly #byNamespace = new Map<string, { met: number; of: number }>();
  numerator = 0;
  denominator = 0;

  constructor(team: TeamOf, unit: string) {
    this.#team = team;
    this.#unit = unit;
  }

  add(namespace: string, labels: Readonly<Record<string, string>>, isAdopted: boolean): void {
    this.denominator += 1;
    if (isAdopted) this.numerator += 1;
    count(this.#byTeam, this.#team(namespace, labels) ?? "", isAdopted);
    count(this.#byNamespace, namespace, isAdopted);
  }

  /** Something that no namespace or team owns: a node, a policy of the cluster. */
  addUnowned(isAdopted: boolean): void {
    this.denominator += 1;
    if (isAdopted) this.numerator += 1;
  }

  toAdoption(): Adoption {
    return {
      numerator: this.numerator,
      denominator: this.denominator,
      unit: this.#unit,
      byTeam: Object.fromEntries(this.#byTeam),
      byNamespace: Object.fromEntries(this.#byNamespace),
    };
  }
}

function count(map: Map<string, { met: number; of: number }>, key: string, isMet: boolean): void {
  const entry = map.get(key);
  if (entry === undefined) map.set(key, { met: isMet ? 1 : 0, of: 1 });
  else {
    entry.of += 1;
    if (isMet) entry.met += 1;
  }
}

/** A bounded list of objects that counts them all. */
export class ObjectCollector {
  readonly #items: ListedObject[] = [];
  readonly #key: string;
  total = 0;
  constructor(key: string) {
    this.#key = key;
  }
  add(kind: string, namespace: string, name: string, noteKey = "listed", params: Params = {}): void {
    this.total += 1;
    if (this.#items.length < OBJECTS_KEPT) this.#items.push({ ref: { kind, namespace, name }, noteKey, params });
  }
  addRef(ref: ObjectRef, noteKey = "listed", params: Params = {}): void {
    this.add(ref.kind, ref.namespace, ref.name, noteKey, params);
  }
  toList(): ObjectList {
    return { key: this.#key, total: this.total, items: this.#items };
  }
}
