import type { CheckKind } from "./define-check.ts";
import type { StageName, StageOutcome, Verdict } from "./types.ts";

type Stages = Readonly<Record<StageName, StageOutcome>>;

/**
 * A stage that could not be read but that use proves becomes `inferred`. Only objects in use or an observed effect prove
 * anything: a fitting kernel does not show that a gate is on.
 */
export function inferStages(stages: Stages): Stages {
  const proof = isSeen(stages.effective) ? "effective" : isSeen(stages.adopted) ? "adopted" : null;
  if (proof === null) return stages;
  const infer = (outcome: StageOutcome): StageOutcome => {
    if (outcome.state !== "unknown" && outcome.state !== "not-exposed") return outcome;
    const source = stages[proof];
    return {
      ...outcome,
      state: "inferred",
      reasonKey: proof === "effective" ? "inferred-from-effect" : "inferred-from-use",
      params: { ...outcome.params, met: source.met ?? 1 },
      unknownReason: null,
      evidence: source.evidence,
      evidenceTotal: source.evidenceTotal,
    };
  };
  return {
    available: infer(stages.available),
    enabled: infer(stages.enabled),
    ready: infer(stages.ready),
    adopted: proof === "effective" ? infer(stages.adopted) : stages.adopted,
    effective: stages.effective,
  };
}

function isSeen(outcome: StageOutcome): boolean {
  return outcome.state === "met" || outcome.state === "partly";
}

/** What else than the stages decides: the gates' lock, and whether something was found that blocks. */
export type FunnelFindings = { readonly isLockedOn: boolean; readonly isBlocked: boolean };

/**
 * The one word for a funnel. Walks from availability on and stops at the first stage known to be false; a stage that
 * cannot be read stops it with `unknown` or `not-exposed`, since nothing after it was seen either (else it were inferred).
 * Use that has no effect at all while something blocks it is `blocked`, not `in use`.
 */
export function decideVerdict(kind: CheckKind, stages: Stages, { isLockedOn, isBlocked }: FunnelFindings): Verdict {
  const { available, enabled, ready, adopted, effective } = stages;
  switch (available.state) {
    case "not-applicable":
      return "not-applicable";
    case "not-met":
      return "not-available";
    case "unknown":
    case "not-exposed":
      return available.state;
  }
  switch (enabled.state) {
    case "not-met":
      return "off";
    case "partly":
      return "drift";
    case "unknown":
    case "not-exposed":
      return enabled.state;
  }
  if (ready.state === "not-met") return "blocked";
  if (kind === "gate" && isLockedOn) return "always-on";
  const open = ready.state === "unknown" || ready.state === "not-exposed" ? ready.state : null;
  if (kind !== "adoptable") {
    if (effective.state === "met") return "effective";
    if (effective.state === "not-exposed") return "not-exposed";
    if (isLockedOn) return "always-on";
    return open ?? (effective.state === "unknown" ? "unknown" : "in-use");
  }
  switch (adopted.state) {
    case "not-met":
      return open ?? "ready-unused";
    case "not-applicable":
      return effective.state === "met" ? "effective" : "not-applicable";
    case "unknown":
    case "not-exposed":
      return adopted.state;
  }
  if (effective.state === "met") return "effective";
  return effective.state === "not-met" && isBlocked ? "blocked" : "in-use";
}
