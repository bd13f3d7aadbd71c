"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { Cost } from "#server/contract/cost.ts";
import { costKeys } from "../data/cost-queries.ts";
import { useTeamList } from "../data/fleet-queries.ts";
import { useSaveBudget } from "../data/prices-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Input } from "../ui/input.tsx";
import { Select } from "../ui/select.tsx";

export type BudgetDialogProps = { readonly answer: Cost; readonly onClose: () => void };

/** A team's amount per month from a day on; saving the same day again replaces it. */
export function BudgetDialog({ answer, onClose }: BudgetDialogProps) {
  const { t } = useReader();
  const formId = useId();
  const client = useQueryClient();
  const list = useTeamList();
  const teams = (list.data?.items ?? []).flatMap(({ team }) => (team === null ? [] : [team]));
  const save = useSaveBudget();
  const [team, setTeam] = useState(answer.budgets[0]?.team ?? "");
  const [amount, setAmount] = useState("");
  const [validFrom, setValidFrom] = useState(`${answer.at.slice(0, 7)}-01`);
  const chosen = team === "" ? (teams[0] ?? "") : team;
  const submit = () =>
    save.mutate(
      { team: chosen, costPerMonth: Number(amount), validFrom },
      { onSuccess: () => client.invalidateQueries({ queryKey: costKeys.all }).then(onClose) },
    );
  return (
    <Dialog
      title={t("cost.budget.set")}
      size="sm"
      onClose={onClose}
      footer={
        <Button
          variant="primary"
          type="submit"
          form={formId}
          isBusy={save.isPending}
          disabled={chosen === "" || amount === "" || !(Number(amount) >= 0)}
        >
          {t("cost.budget.save")}
        </Button>
      }
    >
      <form
        id={formId}
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Select
          label={t("cost.budget.team")}
          value={chosen}
          options={[...new Set([...teams, ...(chosen === "" ? [] : [chosen])])].map((value) => ({
            value,
            label: value,
          }))}
          onChange={setTeam}
        />
        <Input
          label={t("cost.budget.amount", { currency: answer.currency })}
          type="number"
          min="0"
          step="any"
          required
          value={amount}
          onChange={({ target }) => setAmount(target.value)}
        />
        <Input
          label={t("cost.budget.from")}
          type="date"
          required
          value={validFrom}
          onChange={({ target }) => setValidFrom(target.value)}
        />
        {save.error !== null && <ErrorNote error={save.error} />}
      </form>
    </Dialog>
  );
}
