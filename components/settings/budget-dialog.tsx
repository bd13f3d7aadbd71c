"use client";
import { useState } from "react";
import { useTeamList } from "../data/fleet-queries.ts";
import { useSaveBudget } from "../data/prices-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Input } from "../ui/input.tsx";

const FORM_ID = "budget-form";
const TEAMS_ID = "budget-teams";

/** A team, an amount per month, a first day. */
export function BudgetDialog({ currency, onClose }: { readonly currency: string; readonly onClose: () => void }) {
  const { t, now } = useReader();
  const teams = useTeamList();
  const save = useSaveBudget();
  const [team, setTeam] = useState("");
  const [amount, setAmount] = useState("");
  // Months are what budgets are compared with, so a new one starts with the current month.
  const [validFrom, setValidFrom] = useState(() => `${new Date(now).toISOString().slice(0, 7)}-01`);
  const [wasSent, setSent] = useState(false);
  const costPerMonth = Number(amount);
  const isAmountFine = amount.trim() !== "" && Number.isFinite(costPerMonth) && costPerMonth >= 0;
  const submit = () => {
    setSent(true);
    if (team.trim() === "" || !isAmountFine || validFrom === "") return;
    save.mutate({ team: team.trim(), costPerMonth, validFrom }, { onSuccess: onClose });
  };
  return (
    <Dialog
      title={t("settings.add-budget")}
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
          {(teams.data?.items ?? []).map((row) => row.team !== null && <option key={row.team} value={row.team} />)}
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
      {save.error !== null && <ErrorNote error={save.error} />}
    </Dialog>
  );
}
