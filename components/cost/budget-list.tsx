"use client";
import { Plus } from "lucide-react";
import { useState } from "react";
import type { Cost, TeamBudget } from "#server/contract/cost.ts";
import { useBudgetForm } from "../data/prices-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { useRefusal } from "../layout/use-refusal.ts";
import { Badge } from "../ui/badge.tsx";
import { BudgetDialog } from "../ui/budget-dialog.tsx";
import { Button } from "../ui/button.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import type { Tone } from "../ui/tone.ts";
import { BudgetBar } from "./budget-bar.tsx";

export const BUDGET_TONES: Readonly<Record<TeamBudget["state"], Tone>> = {
  within: "ready",
  "may-be-over": "attention",
  "will-be-over": "attention",
  over: "blocked",
  unknown: "unknown",
};

/** Budgets of the running month, the one that will be missed most first. */
export function BudgetList({ answer }: { readonly answer: Cost }) {
  const { t, format } = useReader();
  const [isOpen, setOpen] = useState(false);
  const refusal = useRefusal("budgets");
  const form = useBudgetForm();
  const money = (amount: number) => format.money(amount, answer.currency);
  return (
    <Card aria-labelledby="cost-budgets" className="flex flex-col gap-4">
      <CardHeader
        id="cost-budgets"
        title={t("cost.budgets")}
        note={t("cost.budgets-note")}
        actions={
          <span className="print:hidden">
            <Button size="sm" variant="ghost" refusal={refusal} onClick={() => setOpen(true)}>
              <Plus aria-hidden size={13} />
              {t("cost.budget.set")}
            </Button>
          </span>
        }
      />
      {answer.budgets.length === 0 && <EmptyNote>{t("cost.no-budgets")}</EmptyNote>}
      <ul className="flex flex-col gap-4">
        {answer.budgets.map((budget) => (
          <li key={budget.team} className="flex flex-col gap-1.5">
            <div className="flex items-center justify-between gap-3">
              <span className="font-medium">{budget.team}</span>
              <Badge tone={BUDGET_TONES[budget.state]}>{t(`cost.budget.${budget.state}`)}</Badge>
            </div>
            <BudgetBar budget={budget} tone={BUDGET_TONES[budget.state]} label={budget.team} />
            <div className="flex flex-wrap justify-between gap-x-3 text-xs text-muted-foreground">
              <span>
                {t("cost.budget.text", { spent: money(budget.monthToDate), budget: money(budget.budgetPerMonth) })}
              </span>
              <span>
                {budget.forecast === null
                  ? t("cost.budget.no-forecast")
                  : t("cost.budget.forecast", {
                      forecast: money(budget.forecast.cost),
                      low: money(budget.forecast.low),
                      high: money(budget.forecast.high),
                    })}
              </span>
            </div>
          </li>
        ))}
      </ul>
      {isOpen && (
        <BudgetDialog
          currency={answer.currency}
          team={answer.budgets[0]?.team ?? ""}
          teams={form.teams}
          isBusy={form.isBusy}
          error={form.error}
          onSave={(budget) => form.save(budget, () => setOpen(false))}
          onClose={() => setOpen(false)}
        />
      )}
    </Card>
  );
}
