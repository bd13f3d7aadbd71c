import type { Evidence, EvidenceKind } from "../evidence.ts";
import { evaluateGates } from "../gates/gate-state.ts";
import type { GateMatrix, GateRow } from "../gates/gate-types.ts";
import type { Reading } from "../reading.ts";
import type { ClusterIdentity, ClusterParts, ClusterSnapshot, PartName } from "../snapshot.ts";
import { decideVerdict, inferStages } from "./funnel.ts";
import { cannotTell, notApplicable, notExposedHere, type Tally } from "./judgement.ts";
import { PART_SOURCES } from "./part-sources.ts";
import {
  type Adoption,
  type Blocker,
  type CheckWords,
  type FeatureOutcome,
  type ObjectList,
  STAGE_NAMES,
  type StageName,
  type StageOutcome,
  type TeamOf,
  type ValueAtStake,
} from "./types.ts";

type PartValue<P extends PartName> = ClusterParts[P] extends Reading<infer T> ? T : never;
export type Needed<N extends PartName, W extends PartName> = { readonly [P in N]: PartValue<P> } & {
  readonly [P in W]: PartValue<P> | null;
};

/** What a rule may look at besides the parts it named. */
export type CheckContext = {
  readonly cluster: ClusterIdentity;
  /** "1.34" of the API server; `null` when it could not be read. */
  readonly minor: string | null;
  readonly gates: GateMatrix;
  readonly gate: (name: string) => GateRow | null;
  readonly now: Date;
  readonly team: TeamOf;
  /** Evidence that a part of the snapshot gave, with the time of that part. */
  readonly saw: (part: PartName, subject: string, observed: string | number) => Evidence;
  /** Evidence from elsewhere: a metric, a configuration, the catalogue. */
  readonly noted: (kind: EvidenceKind, ref: string, subject: string, observed: string | number) => Evidence;
  /** A value that several rules share, computed once per evaluation. */
  readonly once: <T>(key: string, make: () => T) => T;
  /** What was last measured of a node; `null` = nothing. */
  readonly measuredNode: (name: string) => NodeUse | null;
};

/** The newest measurement of a node, as far as an effect shows in it. */
export type NodeUse = {
  readonly swapUsedBytes: number | null;
  /** Share of time in which some task waited for memory, 0..1. */
  readonly memoryWaitingRatio: number | null;
  readonly at: Date;
};

/** A rule over named parts. `signal` names where its answer comes from; `null` = no signal exists. */
export type Rule<R> = {
  readonly needs: readonly PartName[];
  readonly signal: string | null;
  readonly run: (snapshot: ClusterSnapshot, context: CheckContext) => R | Missing;
};
export type Missing = { readonly missing: { readonly part: PartName; readonly reading: Reading<unknown> } };
export function isMissing(value: unknown): value is Missing {
  return typeof value === "object" && value !== null && "missing" in value;
}

type RuleSpec<N extends PartName, W extends PartName, R> = {
  readonly needs: readonly N[];
  /** Parts that help but may be missing; the judge gets `null` for those. */
  readonly wants?: readonly W[];
  readonly signal: string | null;
  readonly judge: (facts: Needed<N, W>, context: CheckContext) => R;
};

/** Builds a rule that answers for a missing part by itself and hands the judge only what it named. */
export function rule<R, N extends PartName = never, W extends PartName = never>(spec: RuleSpec<N, W, R>): Rule<R> {
  return {
    needs: spec.needs,
    signal: spec.signal,
    run(snapshot, context) {
      const facts: Partial<Record<PartName, unknown>> = {};
      for (const part of spec.needs) {
        const reading: Reading<unknown> = snapshot.parts[part];
        if (reading.state !== "value") return { missing: { part, reading } };
        facts[part] = reading.value;
      }
      for (const part of spec.wants ?? []) {
        const reading: Reading<unknown> = snapshot.parts[part];
        facts[part] = reading.state === "value" ? reading.value : null;
      }
      return spec.judge(asNeeded<N, W>(facts), context);
    },
  };
}

/** `rule` has just put every part of N and W there. */
function asNeeded<N extends PartName, W extends PartName>(facts: Partial<Record<PartName, unknown>>): Needed<N, W> {
  return facts as Needed<N, W>;
}

/** A stage rule; the name reads better where checks are written. */
export function stage<N extends PartName = never, W extends PartName = never>(
  spec: RuleSpec<N, W, StageOutcome>,
): Rule<StageOutcome> {
  return rule<StageOutcome, N, W>(spec);
}

/** Nothing is needed for this stage; it neither helps nor stops the funnel. */
export const nothingNeeded: Rule<StageOutcome> = {
  needs: [],
  signal: "nothing needed",
  run: () => notApplicable("nothing-needed"),
};
/** The stage matters, but Kubernetes exposes nothing that tells. */
export function noSignal(reasonKey: string): Rule<StageOutcome> {
  return { needs: [], signal: null, run: () => notExposedHere(reasonKey) };
}
/** Switches have no objects that adopt them. */
export const clusterWide: Rule<StageOutcome> = {
  needs: [],
  signal: "cluster-wide switch, no objects",
  run: () => notApplicable("cluster-wide"),
};

/** `switch` = on for the whole cluster; `adoptable` = objects opt in; `gate` = all that is known is the gate. */
export type CheckKind = "adoptable" | "switch" | "gate";

export type CheckSpec = {
  readonly id: string;
  readonly kind: CheckKind;
  readonly words: CheckWords;
  readonly docsUrl: string;
  /** Gates behind it, for links to the matrix. */
  readonly gates: readonly string[];
  readonly available: Rule<StageOutcome>;
  readonly enabled: Rule<StageOutcome>;
  readonly ready: Rule<StageOutcome>;
  /** For `adoptable`: who uses it among who could; for a switch `clusterWide`. */
  readonly adopted: Rule<StageOutcome | Tally>;
  readonly effective: Rule<StageOutcome>;
  readonly blockers?: readonly Rule<readonly Blocker[]>[];
  readonly objects?: Rule<readonly ObjectList[]>;
  readonly value?: Rule<ValueAtStake | null>;
};

export type EvaluateOptions = {
  readonly gates?: GateMatrix;
  readonly team?: TeamOf;
  readonly now?: Date;
  readonly context?: CheckContext;
  /** Newest measurements by node name; left out, nothing was measured. */
  readonly measured?: ReadonlyMap<string, NodeUse>;
};
export type FeatureCheck = CheckSpec & {
  readonly evaluate: (snapshot: ClusterSnapshot, options?: EvaluateOptions) => FeatureOutcome;
};

const nobody: TeamOf = () => null;

export function makeContext(snapshot: ClusterSnapshot, options: EvaluateOptions = {}): CheckContext {
  const gates = options.gates ?? evaluateGates(snapshot);
  const now = options.now ?? snapshot.takenAt;
  const rows = new Map(gates.rows.map((row) => [row.gate, row]));
  const memo = new Map<string, unknown>();
  return {
    cluster: snapshot.cluster,
    minor: snapshot.parts.version.state === "value" ? snapshot.parts.version.value.minor : null,
    gates,
    gate: (name) => rows.get(name) ?? null,
    now,
    team: options.team ?? nobody,
    measuredNode: (name) => options.measured?.get(name) ?? null,
    saw: (part, subject, observed) => ({
      kind: PART_SOURCES[part].kind,
      ref: PART_SOURCES[part].ref,
      subject,
      observed: String(observed),
      at: snapshot.parts[part].readAt,
    }),
    noted: (kind, ref, subject, observed) => ({ kind, ref, subject, observed: String(observed), at: snapshot.takenAt }),
    once<T>(key: string, make: () => T): T {
      if (!memo.has(key)) memo.set(key, make());
      return asMemo<T>(memo.get(key));
    },
  };
}

/** Each key of `once` belongs to one caller, which always asks for the same type. */
function asMemo<T>(value: unknown): T {
  return value as T;
}

/**
 * One feature as data and pure functions. `evaluate` runs every rule, turns missing parts into `unknown` or `not
 * exposed` for that stage alone, infers what version or later stages prove, and reduces the funnel to one verdict.
 */
export function defineCheck(spec: CheckSpec): FeatureCheck {
  return {
    ...spec,
    evaluate(snapshot, options = {}) {
      const context = options.context ?? makeContext(snapshot, options);
      const unjudged = new Set<string>();
      const note = (parts: readonly PartName[]): void => {
        for (const part of parts) {
          const reading: Reading<unknown> = snapshot.parts[part];
          if (reading.state === "unknown") unjudged.add(`${part}: ${reading.reason}`);
          else if (reading.state === "value" && reading.partial !== undefined) unjudged.add(`${part}: partial`);
        }
      };
      let adoption: Adoption | null = null;
      const read: Partial<Record<StageName, StageOutcome>> = {};
      for (const name of STAGE_NAMES) {
        const stageRule = spec[name];
        note(stageRule.needs);
        const result = stageRule.run(snapshot, context);
        if (isMissing(result)) read[name] = missingStage(result);
        else if ("toAdoption" in result) {
          adoption = result.toAdoption();
          const { numerator, denominator, unit } = adoption;
          const observed = `${numerator} of ${denominator} ${unit}`;
          read[name] = adoptedStage(
            adoption,
            stageRule.needs.map((part) => context.saw(part, "", observed)),
          );
        } else read[name] = withSource(result, stageRule.needs, context);
      }
      const stages = inferStages(asComplete(read));
      const blockers = (spec.blockers ?? []).flatMap((found) => {
        note(found.needs);
        const result = found.run(snapshot, context);
        return isMissing(result) ? [] : result;
      });
      const objects = spec.objects?.run(snapshot, context) ?? [];
      const value = spec.value?.run(snapshot, context) ?? null;
      return {
        feature: spec.id,
        verdict: decideVerdict(spec.kind, stages, {
          isLockedOn: isLockedOn(spec, context),
          isBlocked: blockers.some((found) => found.severity === "blocking"),
        }),
        stages,
        blockers,
        adoption,
        objects: isMissing(objects) ? [] : objects.filter((list) => list.total > 0),
        value: isMissing(value) ? null : value,
        unjudged: [...unjudged].sort(),
      };
    },
  };
}

/** The loop above fills every stage name. */
function asComplete(read: Partial<Record<StageName, StageOutcome>>): Record<StageName, StageOutcome> {
  return read as Record<StageName, StageOutcome>;
}

/** A stage that was seen names at least the lists that it was seen in, also where nothing in them stands out. */
function withSource(result: StageOutcome, needs: readonly PartName[], context: CheckContext): StageOutcome {
  const isSeen = result.state === "met" || result.state === "partly" || result.state === "not-met";
  if (!isSeen || result.evidenceTotal > 0 || needs.length === 0) return result;
  const observed = result.of === null ? result.state : `${result.met} of ${result.of}`;
  const evidence = needs.map((part) => context.saw(part, "", observed));
  return { ...result, evidence, evidenceTotal: evidence.length };
}

function missingStage({ missing: { part, reading } }: Missing): StageOutcome {
  if (reading.state === "unknown") {
    return cannotTell("part-unknown", `${part}: ${reading.reason}`, { part, why: reading.reason });
  }
  return notExposedHere("part-not-exposed", { part });
}

/** Evidence: every list that was counted, and when it was read. */
function adoptedStage(adoption: Adoption, evidence: readonly Evidence[]): StageOutcome {
  const { numerator, denominator, unit } = adoption;
  if (denominator === 0) return notApplicable("nobody-could-use-it", { unit });
  return {
    state: numerator === 0 ? "not-met" : numerator === denominator ? "met" : "partly",
    met: numerator,
    of: denominator,
    reasonKey: "adopted-share",
    params: { met: numerator, of: denominator, unit },
    unknownReason: null,
    evidence,
    evidenceTotal: evidence.length,
  };
}

function isLockedOn(spec: CheckSpec, context: CheckContext): boolean {
  if (spec.gates.length === 0) return false;
  return spec.gates.every((name) => {
    const cells = context.gate(name)?.cells.filter((cell) => cell.isConsulted !== false) ?? [];
    const told = cells.filter((cell) => cell.state !== "unknown" && cell.state !== "not-exposed");
    return (
      told.length > 0 &&
      told.every((cell) => cell.state === "removed-always-on" || (cell.state === "on" && cell.isLocked === true))
    );
  });
}
