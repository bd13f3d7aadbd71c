"use client";
import { Plus, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { type Budget, BudgetQuery } from "#server/contract/prices.ts";
import { useBudgetForm, useBudgetList, useDeleteBudget } from "../data/prices-queries.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { useRefusal } from "../layout/use-refusal.ts";
import { Age } from "../ui/age.tsx";
import { BudgetDialog } from "../ui/budget-dialog.tsx";
import { Button } from "../ui/button.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { QueryView } from "../ui/query-view.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { ConfirmDialog } from "./confirm-dialog.tsx";

const BUDGET_QUERY = BudgetQuery.parse({ limit: 1000 });

/** What each team may spend per month, from which day on. */
export function BudgetsPanel() {
  const t = useMessages();
  const budgets = useBudgetList(BUDGET_QUERY);
  const [isAdding, setAdding] = useState(false);
  const [deleting, setDeleting] = useState<Budget | null>(null);
  const remove = useDeleteBudget();
  const form = useBudgetForm();
  const refusal = useRefusal("budgets");
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-start gap-3">
        <p className="max-w-prose text-muted-foreground">{t("settings.budgets-note")}</p>
        <Button className="ml-auto" variant="primary" refusal={refusal} onClick={() => setAdding(true)}>
          <Plus aria-hidden size={14} />
          {t("settings.add-budget")}
        </Button>
      </div>
      <QueryView what={t("settings.tab.budgets")} query={budgets}>
        {({ items, currency }) => <BudgetTable budgets={items} currency={currency} onDelete={setDeleting} />}
      </QueryView>
      {isAdding && (
        <BudgetDialog
          currency={budgets.data?.currency ?? ""}
          teams={form.teams}
          isBusy={form.isBusy}
          error={form.error}
          onSave={(budget) => form.save(budget, () => setAdding(false))}
          onClose={() => setAdding(false)}
        />
      )}
      {deleting !== null && (
        <ConfirmDialog
          title={t("settings.delete-budget", { team: deleting.team })}
          text={`${deleting.team}, ${deleting.validFrom}`}
          verb={t("settings.delete")}
          isBusy={remove.isPending}
          error={remove.error}
          onClose={() => setDeleting(null)}
          onConfirm={() => remove.mutate(deleting.id, { onSuccess: () => setDeleting(null) })}
        />
      )}
    </div>
  );
}

type BudgetTableProps = {
  readonly budgets: readonly Budget[];
  readonly currency: string;
  readonly onDelete: (budget: Budget) => void;
};

function BudgetTable({ budgets, currency, onDelete }: BudgetTableProps) {
  const t = useMessages();
  const refusal = useRefusal("budgets");
  const columns = useMemo<readonly TableColumn<Budget>[]>(
    () => [
      { id: "team", header: t("settings.team"), value: ({ team }) => team, isFixed: true },
      {
        id: "amount",
        header: t("settings.per-month"),
        unit: `money:${currency}`,
        value: ({ costPerMonth }) => costPerMonth,
        csvHeader: "costPerMonth",
      },
      { id: "from", header: t("settings.valid-from"), value: ({ validFrom }) => validFrom },
      { id: "by", header: t("settings.edited-by"), value: ({ createdBy }) => createdBy },
      {
        id: "at",
        header: t("settings.entered-at"),
        value: ({ createdAt }) => createdAt,
        cell: ({ createdAt }) => <Age at={createdAt} show="age" />,
        csvHeader: "createdAt",
      },
      {
        id: "change",
        header: t("settings.change"),
        value: () => "",
        cell: (budget) => (
          <span className="flex justify-end">
            <IconButton
              size="sm"
              icon={Trash2}
              label={`${t("settings.delete")}: ${budget.team} ${budget.validFrom}`}
              refusal={refusal}
              onClick={() => onDelete(budget)}
            />
          </span>
        ),
        isFixed: true,
        csvHeader: "id",
        csv: ({ id }) => id,
      },
    ],
    [t, currency, onDelete, refusal],
  );
  return (
    <DataTable
      label={t("settings.tab.budgets")}
      rows={budgets}
      columns={columns}
      rowKey={({ id }) => String(id)}
      urlKey="budgets"
      csvName="budgets"
      empty={<EmptyNote>{t("settings.no-budgets")}</EmptyNote>}
    />
  );
}
