"use client";
import { useState } from "react";
import { PriceKind, type PriceRow, PriceUnit } from "#server/contract/prices.ts";
import { useSavePrice } from "../data/prices-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";
import { type DraftField, draftProblems, type PriceDraft, toDraft, toPriceInput, unitFor } from "./price-draft.ts";

export type PriceDialogProps = {
  /** The row to correct; `null` = a new one. */
  readonly row: PriceRow | null;
  readonly currency: string;
  readonly onClose: () => void;
};

const FORM_ID = "price-form";

/** Adds a price or corrects one; the source is part of the row, for whoever audits it later. */
export function PriceDialog({ row, currency, onClose }: PriceDialogProps) {
  const { t, now } = useReader();
  const today = new Date(now).toISOString().slice(0, 10);
  const [draft, setDraft] = useState<PriceDraft>(() => toDraft(row, currency, today));
  const [wasSent, setSent] = useState(false);
  const save = useSavePrice();
  const problems = draftProblems(draft);
  const errorOf = (field: DraftField) => {
    const problem = wasSent ? problems.get(field) : undefined;
    return problem === undefined ? null : t(`settings.${problem}`);
  };
  const text = (field: Exclude<DraftField, "kind" | "unit">) => ({
    value: draft[field],
    error: errorOf(field),
    onChange: (event: { readonly target: { readonly value: string } }) =>
      setDraft({ ...draft, [field]: event.target.value }),
  });
  const submit = () => {
    setSent(true);
    if (problems.size > 0) return;
    save.mutate({ id: row?.id ?? null, row: toPriceInput(draft, today) }, { onSuccess: onClose });
  };
  return (
    <Dialog
      size="lg"
      title={row === null ? t("settings.add-price") : t("settings.correct-price")}
      {...(row === null ? {} : { description: t("settings.correct-note") })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("settings.cancel")}</Button>
          <Button variant="primary" type="submit" form={FORM_ID} isBusy={save.isPending}>
            {t("settings.save")}
          </Button>
        </>
      }
    >
      <form
        id={FORM_ID}
        noValidate
        className="grid gap-4 sm:grid-cols-2"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Select
          label={t("settings.kind")}
          value={draft.kind}
          onChange={(kind) => setDraft({ ...draft, kind, unit: unitFor(kind, draft.unit) })}
          options={PriceKind.options.map((value) => ({ value, label: t(`settings.kind.${value}`) }))}
        />
        <Input label={t("settings.key")} hint={t("settings.key-hint")} {...text("key")} />
        <Input label={t("settings.provider")} {...text("provider")} />
        <Input label={t("settings.region")} placeholder={t("settings.every-region")} {...text("region")} />
        <Input label={t("settings.price")} inputMode="decimal" {...text("price")} />
        <div className="grid grid-cols-2 gap-3">
          <Select
            label={t("settings.unit")}
            value={draft.unit}
            onChange={(unit) => setDraft({ ...draft, unit })}
            options={PriceUnit.options.map((value) => ({ value, label: value }))}
          />
          <Input label={t("settings.currency")} maxLength={3} {...text("currency")} />
        </div>
        <Input label={t("settings.valid-from")} type="date" {...text("validFrom")} />
        <Input label={t("settings.valid-to")} type="date" {...text("validTo")} />
        <Input
          className="sm:col-span-2"
          label={t("settings.source")}
          hint={t("settings.source-hint")}
          {...text("source")}
        />
      </form>
      {save.error !== null && (
        <div className="pt-4">
          <ErrorNote error={save.error} />
        </div>
      )}
    </Dialog>
  );
}
