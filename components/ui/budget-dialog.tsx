"use client";
import { useState } from "react";
import { useReader } from "../i18n/reader-provider.tsx";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { ErrorNote } from "./error-note.tsx";
import { Input } from "./input.tsx";

const FORM_ID = "budget-form";
const TEAMS_ID = "budget-teams";

export type BudgetAmount = { readonly team: string; readonly costPerMonth: number; readonly validFrom: string };
export type BudgetDialogProps = {
  readonly currency: string;
  /** Chosen at first; another may be named. */
  readonly team?: string;
  readonly teams: readonly string[];
  readonly isBusy: boolean;
  readonly error: Error | null;
  readonly onSave: (budget: BudgetAmount) => void;
  readonly onClose: () => void;
};

/** A team's amount per month from a day on; saving the same day again replaces it. */
export function BudgetDialog(props: BudgetDialogProps) {
  const { currency, team: first = "", teams, isBusy, error, onSave, onClose } = props;
  const { t, now } = useReader();
  const [team, setTeam] = useState(first);
  const [amount, setAmount] = useState("");
  // Months are what budgets are compared with, so a new one starts with the current month.
  const [validFrom, setValidFrom] = useState(() => `${new Date(now).toISOString().slice(0, 7)}-01`);
  const [wasSent, setSent] = useState(false);
  const costPerMonth = Number(amount);
  const isAmountFine = amount.trim() !== "" && Number.isFinite(costPerMonth) && costPerMonth >= 0;
  const submit = () => {
    setSent(true);
    if (team.trim() === "" || !isAmountFine || validFrom === "") return;
    onSave({ team: team.trim(), costPerMonth, validFrom });
  };
  return (
    <Dialog
      title={t("settings.add-budget")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("settings.cancel")}</Button>
          <Button variant="primary" type="submit" form={FORM_ID} isBusy={isBusy}>
            {t("settings.save")}
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
        <Input
          label={t("settings.team")}
          list={TEAMS_ID}
          value={team}
          onChange={(event) => setTeam(event.target.value)}
          error={wasSent && team.trim() === "" ? t("settings.required") : null}
        />
        <datalist id={TEAMS_ID}>
          {teams.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <Input
          label={`${t("settings.per-month")} (${currency})`}
          inputMode="decimal"
          value={amount}
          onChange={(event) => setAmount(event.target.value)}
          error={wasSent && !isAmountFine ? t("settings.price-invalid") : null}
        />
        <Input
          label={t("settings.valid-from")}
          type="date"
          value={validFrom}
          onChange={(event) => setValidFrom(event.target.value)}
          error={wasSent && validFrom === "" ? t("settings.required") : null}
        />
      </form>
      {error !== null && <ErrorNote error={error} />}
    </Dialog>
  );
}
