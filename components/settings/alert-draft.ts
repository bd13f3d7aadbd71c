import type { AlertRule, AlertRuleInput } from "#server/contract/alerts.ts";

/** What stands in the fields of the dialog: shares as percent, the wait in minutes. */
export type AlertDraft = {
  readonly isEnabled: boolean;
  readonly fireAt: string;
  readonly clearAt: string;
  readonly waitMinutes: string;
  /** Null = every webhook. */
  readonly webhooks: readonly string[] | null;
};
export type AlertProblem = "fireAt" | "clearAt" | "waitMinutes";

const HIGHEST = { ratio: 100, seconds: 30 * 86_400, count: 1_000 } as const;

export function highestOf({ unit }: Pick<AlertRule, "unit">): number {
  return HIGHEST[unit];
}

export function toAlertDraft(rule: Pick<AlertRule, "unit" | "webhooks"> & AlertRule["defaults"]): AlertDraft {
  const shown = (value: number) => String(rule.unit === "ratio" ? Math.round(value * 10_000) / 100 : value);
  return {
    isEnabled: rule.isEnabled,
    fireAt: shown(rule.fireAt),
    clearAt: shown(rule.clearAt),
    waitMinutes: String(rule.forSeconds / 60),
    webhooks: rule.webhooks,
  };
}

/** The draft in base units, or the fields that cannot be sent. */
export function readAlertDraft(
  draft: AlertDraft,
  rule: Pick<AlertRule, "unit">,
): { readonly input: AlertRuleInput | null; readonly problems: readonly AlertProblem[] } {
  const number = (text: string) => (text.trim() === "" ? Number.NaN : Number(text));
  const fireAt = number(draft.fireAt);
  const clearAt = number(draft.clearAt);
  const minutes = number(draft.waitMinutes);
  const problems: AlertProblem[] = [];
  if (!(fireAt > 0 && fireAt <= highestOf(rule))) problems.push("fireAt");
  if (!(clearAt >= 0 && clearAt <= fireAt)) problems.push("clearAt");
  if (!(Number.isInteger(minutes) && minutes >= 0 && minutes <= 1_440)) problems.push("waitMinutes");
  if (problems.length > 0) return { input: null, problems };
  const scale = rule.unit === "ratio" ? 100 : 1;
  return {
    input: {
      isEnabled: draft.isEnabled,
      fireAt: fireAt / scale,
      clearAt: clearAt / scale,
      forSeconds: minutes * 60,
      webhooks: draft.webhooks === null ? null : [...draft.webhooks],
    },
    problems,
  };
}
