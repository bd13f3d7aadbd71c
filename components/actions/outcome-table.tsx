"use client";
import { useMemo } from "react";
import type { ActionList, ActionOutcome } from "#server/contract/actions.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Badge } from "../ui/badge.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { figureValue } from "../ui/figure.ts";
import { SectionHeader } from "../ui/section-header.tsx";
import { StateMark } from "../ui/state-mark.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import type { Tone } from "../ui/tone.ts";
import { actionSentence } from "./action-sentence.ts";

const TONES: Readonly<Record<ActionOutcome["state"], Tone>> = {
  "not-yet": "attention",
  applied: "ready",
  gone: "ready",
  unknown: "unknown",
};

/** What became of accepted actions: seen in the inventory, and held against what was expected. */
export function OutcomeTable({ answer }: { readonly answer: ActionList }) {
  const { t } = useReader();
  const columns = useColumns();
  return (
    <section aria-labelledby="action-outcomes" className="flex flex-col gap-3">
      <SectionHeader
        level={2}
        id="action-outcomes"
        title={t("actions.outcomes")}
        summary={t("actions.outcomes-note")}
      />
      <DataTable
        label={t("actions.outcomes")}
        rows={answer.outcomes}
        columns={columns}
        rowKey={(row) => row.id}
        urlKey="o"
        csvName="sluice-action-outcomes"
      />
    </section>
  );
}

function useColumns(): TableColumn<ActionOutcome>[] {
  const { t, format } = useReader();
  return useMemo(
    () => [
      {
        id: "what",
        header: t("actions.what"),
        isRowHeader: true,
        isFixed: true,
        widthRem: 26,
        value: (row) => actionSentence(row, { t, format }),
      },
      { id: "cluster", header: t("actions.cluster"), value: (row) => row.cluster, widthRem: 8 },
      {
        id: "decided",
        header: t("actions.accepted"),
        value: (row) => row.decidedAt,
        cell: (row) => t("actions.decided", { by: row.decidedBy, at: format.dateTime(row.decidedAt) }),
      },
      {
        id: "state",
        header: t("actions.seen"),
        value: (row) => t(`actions.outcome.${row.state}`),
        cell: (row) => (
          <span title={row.evidence.map(({ ref, observed }) => `${ref}: ${observed}`).join("\n")}>
            <Badge tone={TONES[row.state]}>{t(`actions.outcome.${row.state}`)}</Badge>
            {row.appliedAt !== null && (
              <span className="block text-2xs text-muted-foreground">{format.dateTime(row.appliedAt)}</span>
            )}
          </span>
        ),
        widthRem: 10,
      },
      {
        id: "forecast",
        header: t("actions.forecast"),
        align: "end",
        value: (row) => figureValue(row.forecastCostPerMonth),
        cell: (row) => <StateMark figure={row.forecastCostPerMonth} size="compact" />,
      },
      {
        id: "measured",
        header: t("actions.measured"),
        hint: t("actions.measured-hint"),
        align: "end",
        value: (row) => figureValue(row.measuredCostPerMonth),
        cell: (row) => (
          <span>
            <StateMark figure={row.measuredCostPerMonth} size="compact" />
            {row.measuredDays > 0 && (
              <span className="block text-2xs text-muted-foreground">
                {t("actions.measured-days", { days: row.measuredDays })}
              </span>
            )}
          </span>
        ),
      },
    ],
    [t, format],
  );
}
