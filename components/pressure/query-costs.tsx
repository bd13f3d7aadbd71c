"use client";
import { useMemo, useState } from "react";
import type { PressureQueriesQuery, PressureQueryCost } from "#server/contract/pressure-queries.ts";
import { usePressureQueries } from "../data/pressure-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Age } from "../ui/age.tsx";
import { Button } from "../ui/button.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { QueryView } from "../ui/query-view.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import type { TableColumn } from "../ui/table-column.ts";

/** What the questions behind this page cost, and rules that make them cheaper – asked for when a reader opens it. */
export function QueryCosts({ query }: { readonly query: PressureQueriesQuery }) {
  const { t } = useReader();
  const [isOpen, setOpen] = useState(false);
  return (
    <section className="flex min-w-0 flex-col gap-3">
      <SectionHeader
        id="query-costs"
        title={t("pressure.queries")}
        summary={t("pressure.queries-note")}
        actions={
          <Button size="sm" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {t(isOpen ? "pressure.queries.hide" : "pressure.queries.show")}
          </Button>
        }
      />
      {isOpen && <Costs query={query} />}
    </section>
  );
}

function Costs({ query }: { readonly query: PressureQueriesQuery }) {
  const { t } = useReader();
  const costs = usePressureQueries(query);
  const columns = useMemo<readonly TableColumn<PressureQueryCost>[]>(
    () => [
      {
        id: "query",
        header: t("pressure.queries.query"),
        value: (row) => t(`pressure.query.${row.query}`),
        isRowHeader: true,
        isFixed: true,
        widthRem: 18,
        csvHeader: "query",
        csv: (row) => row.query,
      },
      { id: "cluster", header: t("pressure.column.cluster"), value: ({ cluster }) => cluster },
      { id: "status", header: t("pressure.queries.status"), value: ({ status, reason }) => reason ?? status },
      { id: "count", header: t("pressure.queries.count"), unit: "count", value: ({ queryCount }) => queryCount },
      { id: "rows", header: t("pressure.queries.rows"), unit: "count", value: ({ rowCount }) => rowCount },
      {
        id: "bytes",
        header: t("pressure.queries.bytes"),
        unit: "traffic-bytes",
        value: ({ receivedBytes }) => receivedBytes,
        csvHeader: "receivedBytes",
      },
      {
        id: "seconds",
        header: t("pressure.queries.seconds"),
        unit: "seconds",
        value: ({ durationSeconds }) => durationSeconds,
        csvHeader: "durationSeconds",
      },
      {
        id: "at",
        header: t("pressure.queries.at"),
        value: ({ askedAt }) => askedAt,
        cell: ({ askedAt }) => <Age at={askedAt} show="age" />,
      },
    ],
    [t],
  );
  return (
    <QueryView what={t("pressure.queries")} query={costs}>
      {({ items, recordingRules }) => (
        <div className="grid min-w-0 items-start gap-4 xl:grid-cols-2">
          <DataTable
            label={t("pressure.queries")}
            rows={items}
            columns={columns}
            rowKey={({ cluster, query: name }) => `${cluster} ${name}`}
            csvName="sluice-pressure-queries"
          />
          <div className="flex min-w-0 flex-col gap-2">
            <p className="max-w-prose text-sm text-muted-foreground">{t("pressure.rules-note")}</p>
            <CodeBlock label={t("pressure.rules")} code={recordingRules} fileName="sluice-pressure-rules.yaml" />
          </div>
        </div>
      )}
    </QueryView>
  );
}
