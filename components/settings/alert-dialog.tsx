"use client";
import { useState } from "react";
import type { AlertRule, AlertWebhook } from "#server/contract/alerts.ts";
import { useResetAlertRule, useSaveAlertRule } from "../data/alerts-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Button } from "../ui/button.tsx";
import { Checkbox } from "../ui/checkbox.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Input } from "../ui/input.tsx";
import { highestOf, readAlertDraft, toAlertDraft } from "./alert-draft.ts";

const FORM_ID = "alert-form";

export type AlertDialogProps = {
  readonly rule: AlertRule;
  /** The rule in words. */
  readonly name: string;
  readonly webhooks: readonly AlertWebhook[];
  readonly onClose: () => void;
};

/** Limits, wait and receivers of one rule, each beside its default. */
export function AlertDialog({ rule, name, webhooks, onClose }: AlertDialogProps) {
  const { t, format } = useReader();
  const save = useSaveAlertRule();
  const reset = useResetAlertRule();
  const [draft, setDraft] = useState(() => toAlertDraft(rule));
  const [wasSent, setSent] = useState(false);
  const { input, problems } = readAlertDraft(draft, rule);
  const defaults = toAlertDraft({ ...rule.defaults, unit: rule.unit, webhooks: null });
  const unit = t(`alerts.unit.${rule.unit}`);
  const hint = (value: string) => t("alerts.default-is", { value });
  const submit = () => {
    setSent(true);
    if (input !== null) save.mutate({ id: rule.id, rule: input }, { onSuccess: onClose });
  };
  const isTold = (webhook: string) => draft.webhooks === null || draft.webhooks.includes(webhook);
  const tell = (webhook: string, isChosen: boolean) => {
    const chosen = webhooks.map((hook) => hook.name).filter((hook) => (hook === webhook ? isChosen : isTold(hook)));
    setDraft({ ...draft, webhooks: chosen.length === webhooks.length ? null : chosen });
  };
  return (
    <Dialog
      title={t("alerts.edit-title", { rule: name })}
      onClose={onClose}
      footer={
        <>
          {rule.isEdited && (
            <Button
              className="mr-auto"
              isBusy={reset.isPending}
              onClick={() => reset.mutate(rule.id, { onSuccess: onClose })}
            >
              {t("alerts.reset")}
            </Button>
          )}
          <Button onClick={onClose}>{t("alerts.cancel")}</Button>
          <Button variant="primary" type="submit" form={FORM_ID} isBusy={save.isPending}>
            {t("alerts.save")}
          </Button>
        </>
      }
    >
      <form
        id={FORM_ID}
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Checkbox
          label={t("alerts.is-on")}
          isChecked={draft.isEnabled}
          onChange={(isEnabled) => setDraft({ ...draft, isEnabled })}
        />
        <Input
          label={`${t("alerts.fire-at")} (${unit})`}
          inputMode="decimal"
          value={draft.fireAt}
          hint={hint(defaults.fireAt)}
          onChange={(event) => setDraft({ ...draft, fireAt: event.target.value })}
          error={
            wasSent && problems.includes("fireAt")
              ? t("alerts.invalid-limit", { highest: format.count(highestOf(rule)) })
              : null
          }
        />
        <Input
          label={`${t("alerts.clear-at")} (${unit})`}
          inputMode="decimal"
          value={draft.clearAt}
          hint={hint(defaults.clearAt)}
          onChange={(event) => setDraft({ ...draft, clearAt: event.target.value })}
          error={wasSent && problems.includes("clearAt") ? t("alerts.invalid-clear") : null}
        />
        <Input
          label={t("alerts.wait-minutes")}
          inputMode="numeric"
          value={draft.waitMinutes}
          hint={hint(defaults.waitMinutes)}
          onChange={(event) => setDraft({ ...draft, waitMinutes: event.target.value })}
          error={wasSent && problems.includes("waitMinutes") ? t("alerts.invalid-wait") : null}
        />
        {webhooks.length > 0 && (
          <fieldset className="flex flex-col gap-1">
            <legend className="mb-1 text-sm font-medium">{t("alerts.told-to")}</legend>
            {webhooks.map((webhook) => (
              <Checkbox
                key={webhook.name}
                label={`${webhook.name} (${webhook.kind})`}
                isChecked={isTold(webhook.name)}
                onChange={(isChosen) => tell(webhook.name, isChosen)}
              />
            ))}
          </fieldset>
        )}
      </form>
      {save.error !== null && <ErrorNote error={save.error} />}
      {reset.error !== null && <ErrorNote error={reset.error} />}
    </Dialog>
  );
}
