import { expect } from "vitest";
import type { EvaluateOptions, FeatureCheck } from "../../domain/features/define-check.ts";
import { sayCheck } from "../../domain/features/shared-words.ts";
import { type FeatureOutcome, LANGUAGES, type Params, STAGE_NAMES } from "../../domain/features/types.ts";
import type { ClusterSnapshot } from "../../domain/snapshot.ts";

/** Evaluates a check and insists that everything it says has words in every language, with all places filled. */
export function judge(check: FeatureCheck, snapshot: ClusterSnapshot, options: EvaluateOptions = {}): FeatureOutcome {
  const outcome = check.evaluate(snapshot, options);
  const said: [string, Params][] = [
    ...STAGE_NAMES.map((name): [string, Params] => [outcome.stages[name].reasonKey, outcome.stages[name].params]),
    ...outcome.blockers.map((blocker): [string, Params] => [blocker.key, blocker.params]),
    ...outcome.objects.flatMap((list): [string, Params][] => [
      [list.key, { total: list.total }],
      ...list.items.map((item): [string, Params] => [item.noteKey, item.params]),
    ]),
    ...(outcome.value === null ? [] : [[outcome.value.key, outcome.value.params] satisfies [string, Params]]),
  ];
  for (const [key, params] of said) {
    for (const lang of LANGUAGES) {
      const sentence = sayCheck(check, key, params, lang);
      expect(sentence, `${check.id}: no ${lang} words for "${key}"`).not.toBeNull();
      expect(sentence, `${check.id}: unfilled place in "${key}"`).not.toMatch(/\{\w+\}/);
    }
  }
  return outcome;
}

/** The states of the five stages in order, for one-line expectations. */
export function states(outcome: FeatureOutcome): string {
  return STAGE_NAMES.map((name) => outcome.stages[name].state).join(" ");
}
