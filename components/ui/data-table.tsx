"use client";
import type { RowData } from "@tanstack/react-table";
import { type ReactNode, useDeferredValue, useId, useMemo } from "react";
import { useReader } from "../i18n/reader-provider.tsx";
import { Button } from "./button.tsx";
import { type CsvValue, toCsv } from "./csv.ts";
import { download } from "./download.ts";
import { EmptyNote } from "./empty-note.tsx";
import { TableBody } from "./table-body.tsx";
import type { TableColumn } from "./table-column.ts";
import { TableHead } from "./table-head.tsx";
import { type TableSort, useTableState } from "./table-state.ts";
import { TableToolbar } from "./table-toolbar.tsx";
import { useTableRows } from "./use-table-rows.ts";

export type DataTableProps<Row extends RowData> = {
  /** What the rows are ("Nodes of prod-us"): the caption for screen readers. */
  readonly label: string;
  /** Stable between renders (a query's data), like `columns` (module scope or `useMemo`). */
  readonly rows: readonly Row[];
  readonly columns: readonly TableColumn<Row>[];
  readonly rowKey: (row: Row) => string;
  /** Keeps filter, sort and columns in the URL under this prefix; unique on the page. */
  readonly urlKey?: string;
  readonly initialSort?: TableSort;
  /** Where a row leads: the row header becomes a link, the whole row clickable. */
  readonly rowHref?: (row: Row) => string;
  /** Instead of a link: the row header becomes a button. */
  readonly onRowClick?: (row: Row) => void;
  /** File name of the export, without ending; no export without it. */
  readonly csvName?: string;
  /** Shown instead of the table when there are no rows at all: one sentence with the next step. */
  readonly empty?: ReactNode;
  /** How many rows the list was cut from ("12 of 80"), when the source gave only the top. */
  readonly totalRowCount?: number;
  /** More controls in the toolbar. */
  readonly tools?: ReactNode;
  /** No toolbar at all, for small tables inside cards. */
  readonly isBare?: boolean;
};

export function DataTable<Row extends RowData>({
  label,
  rows,
  columns,
  rowKey,
  urlKey,
  initialSort,
  rowHref,
  onRowClick,
  csvName,
  empty,
  totalRowCount,
  tools,
  isBare = false,
}: DataTableProps<Row>) {
  const { t, locale } = useReader();
  const captionId = useId();
  const state = useTableState(urlKey, initialSort ?? null);
  const filter = useDeferredValue(state.filter);
  const shown = useTableRows(rows, columns, { filter, sort: state.sort, locale });
  const visible = useMemo(() => visibleColumns(columns, state.columns), [columns, state.columns]);
  const headerColumn = visible.find((column) => column.isRowHeader) ?? visible[0];
  const hasTotals = visible.some((column) => column.total !== undefined) && shown.length > 0;

  const exportCsv = () => {
    const body = shown.map((row) => visible.map((column): CsvValue => (column.csv ?? column.value)(row)));
    const head = visible.map((column) => column.csvHeader ?? column.header);
    download(`${csvName}.csv`, toCsv(head, body), "text/csv");
  };

  if (rows.length === 0) return <>{empty ?? <EmptyNote>{t("table.no-rows")}</EmptyNote>}</>;
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {!isBare && (
        <TableToolbar
          label={label}
          columns={columns}
          visibleIds={visible.map((column) => column.id)}
          state={state}
          shownCount={shown.length}
          totalCount={totalRowCount ?? rows.length}
          onExport={csvName === undefined ? null : exportCsv}
          tools={tools}
        />
      )}
      {shown.length === 0 ? (
        <EmptyNote
          action={
            <Button size="sm" onClick={() => state.setFilter("")}>
              {t("table.reset-filter")}
            </Button>
          }
        >
          {t("table.filtered-out", { text: state.filter })}
        </EmptyNote>
      ) : (
        <TableBody
          captionId={captionId}
          label={label}
          rows={shown}
          columns={visible}
          headerColumnId={headerColumn?.id ?? ""}
          rowKey={rowKey}
          head={<TableHead columns={visible} sort={state.sort} onSort={state.setSort} />}
          hasTotals={hasTotals}
          {...(rowHref === undefined ? {} : { rowHref })}
          {...(onRowClick === undefined ? {} : { onRowClick })}
        />
      )}
    </div>
  );
}

function visibleColumns<Row>(
  columns: readonly TableColumn<Row>[],
  chosen: readonly string[] | null,
): readonly TableColumn<Row>[] {
  return columns.filter((column, index) => {
    if (column.isFixed === true || index === 0) return true;
    return chosen === null ? column.isHiddenAtFirst !== true : chosen.includes(column.id);
  });
}
