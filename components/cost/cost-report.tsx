"use client";
import { useMemo } from "react";
import type { Cost, UsedPrice } from "#server/contract/cost.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { DataTable } from "../ui/data-table.tsx";
import type { TableColumn } from "../ui/table-column.ts";

/** What the page's figures stand on, as the last part of the printed report: assumptions and the price rows. */
export function CostReport({ answer }: { readonly answer: Cost }) {
  const { t, format } = useReader();
  const { range } = answer;
  const assumptions: readonly (readonly [string, string])[] = [
    [t("cost.report.period"), `${range.from} – ${range.to}`],
    [t("cost.report.zone"), answer.timeZone],
    [t("cost.report.currency"), answer.currency],
    [t("cost.report.charged"), t("cost.report.charged-text")],
    [t("cost.report.shared"), t(`cost.shared.${answer.shared}`)],
    [
      t("cost.report.recorded"),
      t("cost.report.recorded-text", {
        recorded: format.count(range.recordedHours),
        expected: format.count(range.expectedHours),
        complete: range.completeDays,
        estimated: range.estimatedDays,
      }),
    ],
    [t("cost.report.made"), format.dateTime(answer.at)],
  ];
  const columns = useColumns(answer.currency);
  return (
    <Card aria-labelledby="cost-report" className="flex flex-col gap-5 print:break-before-page">
      <CardHeader id="cost-report" title={t("cost.report")} note={t("cost.report-note")} />
      <dl className="grid gap-x-6 gap-y-1.5 text-sm sm:grid-cols-[14rem_1fr]">
        {assumptions.map(([what, value]) => (
          <div key={what} className="contents">
            <dt className="text-muted-foreground">{what}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <DataTable
        label={t("cost.report.prices")}
        rows={answer.prices}
        columns={columns}
        rowKey={(row) => String(row.id)}
        isBare
      />
    </Card>
  );
}

function useColumns(currency: string): TableColumn<UsedPrice>[] {
  const { t } = useReader();
  return useMemo(
    () => [
      {
        id: "row",
        header: t("cost.report.row"),
        isRowHeader: true,
        widthRem: 16,
        value: (row) => `${row.provider}/${row.key}${row.region === "" ? "" : ` (${row.region})`}`,
      },
      {
        id: "list",
        header: t("cost.report.list"),
        align: "end",
        value: (row) => row.price,
        cell: (row) => `${row.price} ${row.currency}/${row.unit}`,
      },
      { id: "quantity", header: t("cost.report.quantity"), unit: "number", value: (row) => row.quantity },
      {
        id: "paid",
        header: t("cost.report.paid"),
        align: "end",
        value: (row) => (row.cost === null || row.quantity === 0 ? null : row.cost / row.quantity),
        cell: (row) => (row.cost === null || row.quantity === 0 ? "–" : (row.cost / row.quantity).toPrecision(4)),
      },
      { id: "cost", header: t("cost.report.cost"), unit: `money:${currency}`, value: (row) => row.cost },
      { id: "source", header: t("cost.report.source"), widthRem: 24, value: (row) => row.source },
    ],
    [t, currency],
  );
}
