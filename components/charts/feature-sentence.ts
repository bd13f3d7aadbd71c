import type { FeatureCell, FeatureDetail, StageName } from "#server/contract/features.ts";
import { formatBytes } from "../format/bytes.ts";
import type { Locale } from "../i18n/locale.ts";
import type { FunnelStep } from "./funnel-steps.tsx";

export const STAGE_NAMES = [
  "available",
  "enabled",
  "ready",
  "adopted",
  "effective",
] as const satisfies readonly StageName[];

type Params = Readonly<Record<string, string | number>>;
export type InBothLanguages = { readonly en: string; readonly zh: string };

export function inLocale(words: InBothLanguages, locale: Locale): string {
  return locale === "zh-CN" ? words.zh : words.en;
}

/**
 * The rules' sentence of a key with its places filled, as the rules themselves fill them; a key without words is shown as it
 * is rather than hidden.
 */
export function saySentence(words: FeatureDetail["words"], key: string, params: Params, locale: Locale): string {
  const sentences = locale === "zh-CN" ? words.zh : words.en;
  const fill = (template: string): string =>
    template.replace(PLACE, (place, name: string, one?: string, many?: string) => {
      const value = params[name];
      if (one !== undefined) return (Number(value) === 1 ? one : many) ?? one;
      if (value === undefined) return place;
      if (name === "unit") return fill(sentences[String(value)] ?? String(value));
      if (name === "part" || name === "why") return sentences[`${name}.${value}`] ?? String(value);
      return typeof value === "number" && /bytes$/i.test(name) ? formatBytes(value, "memory", locale) : String(value);
    });
  return fill(sentences[key] ?? key);
}

const PLACE = /\{(\w+)(?:\|([^{}|]*)\|([^{}|]*))?\}/g;

type Stage = Pick<FeatureCell["stages"]["available"], "state" | "met" | "of">;
export type StageMap = Readonly<Record<StageName, Stage>>;

/**
 * The funnel as it is drawn: an inferred stage counts as met and is marked; behind a stage that is known false on the way to
 * use (available, enabled), stages that are not met were never reached.
 */
export function toFunnelSteps(stages: StageMap): FunnelStep[] {
  let isStopped = false;
  return STAGE_NAMES.map((stage) => {
    const { state, met, of } = stages[stage];
    const isBehind = isStopped && state !== "met" && state !== "partly" && state !== "inferred";
    if (state === "not-met" && (stage === "available" || stage === "enabled")) isStopped = true;
    if (isBehind) return { stage, state: "not-reached", met: null, of: null, isInferred: false };
    return { stage, state: state === "inferred" ? "met" : state, met, of, isInferred: state === "inferred" };
  });
}

/** The last stage that is met, at least in part, before the first that is known false; `null` = none. */
export function stageReached(stages: StageMap): StageName | null {
  let reached: StageName | null = null;
  for (const stage of STAGE_NAMES) {
    const { state } = stages[stage];
    if (state === "not-met") return reached;
    if (state === "met" || state === "partly" || state === "inferred") reached = stage;
  }
  return reached;
}
