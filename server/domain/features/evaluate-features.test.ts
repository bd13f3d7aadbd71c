import { describe, expect, it } from "vitest";
import { aSnapshot, aVersion } from "../../testing/builders/index.ts";
import { judge } from "../../testing/builders/judge.ts";
import { aLargeSnapshot } from "../../testing/builders/large-snapshot.ts";
import { evaluateGates } from "../gates/gate-state.ts";
import type { ClusterSnapshot, PartName } from "../snapshot.ts";
import { FEATURE_CHECKS, findCheck, GENERIC_CHECKS } from "./checks/index.ts";
import { evaluateFeatures } from "./evaluate-features.ts";
import { decideVerdict, inferStages } from "./funnel.ts";
import { cannotTell, inferred, met, notApplicable, notExposedHere, notMet, share } from "./judgement.ts";
import { SHARED_SENTENCES, sayUnread, VERDICT_WORDS } from "./shared-words.ts";
import { LANGUAGES, type StageName, type StageOutcome, VERDICTS } from "./types.ts";

const QUIET = { isLockedOn: false, isBlocked: false };
const PARTS = Object.keys(aSnapshot().parts).filter((part): part is PartName => part !== "");

function without(snapshot: ClusterSnapshot, part: PartName, reason: "forbidden" | "not-exposed"): ClusterSnapshot {
  const readAt = snapshot.takenAt;
  const reading = reason === "forbidden" ? { state: "unknown" as const, reason, readAt } : { state: reason, readAt };
  return { ...snapshot, parts: { ...snapshot.parts, [part]: reading } };
}

describe("every feature", () => {
  const snapshot = aLargeSnapshot(12, 5);
  const gates = evaluateGates(snapshot);

  it.each(FEATURE_CHECKS.map((check) => check.id))(
    "%s survives any one missing part and says so in both languages",
    (id) => {
      const check = findCheck(id);
      if (check === null) throw new Error(`${id} is not registered`);
      for (const part of PARTS) {
        for (const reason of ["forbidden", "not-exposed"] as const) {
          const lacking = without(snapshot, part, reason);
          // Only these decide gates; the matrix of the whole snapshot serves for all others.
          const isDeciding = part === "version" || part === "nodes" || part === "components";
          const outcome = judge(check, lacking, isDeciding ? {} : { gates });
          expect(VERDICTS).toContain(outcome.verdict);
        }
      }
    },
  );

  it("claims nothing about a cluster of which nothing could be read", () => {
    const silent = aSnapshot({}, Object.fromEntries(PARTS.map((part) => [part, "unreachable"])));
    for (const outcome of evaluateFeatures(silent)) {
      // CPU burst has no API anywhere; that needs no cluster.
      const expected = outcome.feature === "cpu-burst" ? "not-available" : "unknown";
      expect(outcome.verdict, outcome.feature).toBe(expected);
    }
  });

  it.each(["1.31", "1.33", "1.34", "1.36", "1.37"])("is judged on %s, gates without a check included", (minor) => {
    const outcomes = evaluateFeatures(aSnapshot({ version: aVersion(minor) }));
    expect(outcomes).toHaveLength(FEATURE_CHECKS.length + GENERIC_CHECKS.length);
    expect(new Set(outcomes.map((outcome) => outcome.feature)).size).toBe(outcomes.length);
  });

  it("has the same keys in both languages", () => {
    for (const check of FEATURE_CHECKS) {
      expect(Object.keys(check.words.zh.sentences).sort(), check.id).toEqual(
        Object.keys(check.words.en.sentences).sort(),
      );
      for (const lang of LANGUAGES) expect(check.words[lang].title.length, check.id).toBeGreaterThan(2);
    }
    expect(Object.keys(SHARED_SENTENCES.zh).sort()).toEqual(Object.keys(SHARED_SENTENCES.en).sort());
    expect(Object.keys(VERDICT_WORDS)).toEqual([...VERDICTS]);
  });

  it("has words for every part of a snapshot and every reason", () => {
    const reasons = ["unreachable", "forbidden", "timed-out", "malformed", "stale", "not-configured", "not-yet-read"];
    for (const lang of LANGUAGES) {
      for (const part of PARTS) expect(SHARED_SENTENCES[lang][`part.${part}`], `${part} ${lang}`).toBeDefined();
      for (const why of reasons) expect(SHARED_SENTENCES[lang][`why.${why}`], `${why} ${lang}`).toBeDefined();
    }
    expect(sayUnread("podDisruptionBudgets: forbidden", "en")).toBe("disruption budgets: forbidden");
    expect(sayUnread("podDisruptionBudgets: forbidden", "zh")).toBe("中断预算: 无权限");
  });

  it("shares adoption out to teams and namespaces without loss", () => {
    const outcomes = evaluateFeatures(snapshot, {
      only: "named",
      team: (namespace) => (namespace === "team-0" ? null : namespace),
    });
    for (const { feature, adoption } of outcomes) {
      if (adoption === null || Object.keys(adoption.byTeam).length === 0) continue;
      for (const split of [adoption.byTeam, adoption.byNamespace]) {
        const sum = Object.values(split).reduce((total, own) => ({ met: total.met + own.met, of: total.of + own.of }), {
          met: 0,
          of: 0,
        });
        expect(sum, feature).toEqual({ met: adoption.numerator, of: adoption.denominator });
      }
    }
  });
});

describe("the funnel", () => {
  const all = (parts: Partial<Record<StageName, StageOutcome>>) => ({
    available: met("x"),
    enabled: met("x"),
    ready: met("x"),
    adopted: share(1, 2, "x"),
    effective: met("x"),
    ...parts,
  });
  const unknown = cannotTell("x", "nodes: forbidden");
  it.each([
    ["all met", {}, "effective"],
    ["not for this cluster", { available: notApplicable("x") }, "not-applicable"],
    ["version too old", { available: notMet("x") }, "not-available"],
    ["gate off", { enabled: notMet("x") }, "off"],
    ["gate off in places", { enabled: share(1, 2, "x") }, "drift"],
    ["prerequisite missing", { ready: notMet("x") }, "blocked"],
    ["some nodes ready", { ready: share(1, 2, "x") }, "effective"],
    ["nobody uses it", { adopted: share(0, 2, "x"), effective: notApplicable("x") }, "ready-unused"],
    ["nobody could", { adopted: share(0, 0, "x"), effective: notApplicable("x") }, "not-applicable"],
    ["used, no effect", { effective: notMet("x") }, "in-use"],
    ["used, effect unknown", { effective: unknown }, "in-use"],
    ["use unknown", { adopted: unknown, effective: unknown }, "unknown"],
    [
      "readiness not told, unused",
      { ready: notExposedHere("x"), adopted: share(0, 2, "x"), effective: notApplicable("x") },
      "not-exposed",
    ],
    ["readiness not told, used", { ready: notExposedHere("x") }, "effective"],
    ["gate unread, used", { enabled: unknown }, "effective"],
    ["gate unread, unused", { enabled: unknown, adopted: share(0, 2, "x"), effective: notApplicable("x") }, "unknown"],
    ["off beats use that lingers", { enabled: notMet("x"), adopted: share(1, 2, "x") }, "off"],
    ["enabled by version", { enabled: inferred("x") }, "effective"],
  ] as const)("%s", (_what, parts, verdict) => {
    expect(decideVerdict("adoptable", inferStages(all(parts)), QUIET)).toBe(verdict);
  });
  it.each([
    ["none of it takes effect", notMet("x"), "blocked"],
    ["some of it does", share(1, 3, "x"), "in-use"],
    ["all of it does", met("x"), "effective"],
    ["nobody can tell", unknown, "in-use"],
  ] as const)("calls use that something blocks by its effect: %s", (_what, effective, verdict) => {
    const found = { isLockedOn: false, isBlocked: true };
    expect(decideVerdict("adoptable", inferStages(all({ effective })), found)).toBe(verdict);
  });
  it("takes a fitting node for no proof of an enabled gate", () => {
    const stages = inferStages(all({ enabled: unknown, adopted: share(0, 2, "x"), effective: notApplicable("x") }));
    expect(stages.enabled.state).toBe("unknown");
  });
  it("marks what it inferred with the evidence of use", () => {
    const stages = inferStages(all({ enabled: unknown, effective: unknown }));
    expect(stages.enabled).toMatchObject({ state: "inferred", reasonKey: "inferred-from-use", unknownReason: null });
    expect(stages.effective.state).toBe("unknown");
  });
});
