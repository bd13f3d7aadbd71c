"use client";
import { ChartNoAxesColumn, Download, Table2, TriangleAlert } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { useMessages } from "../i18n/reader-provider.tsx";
import { toCsv } from "../ui/csv.ts";
import { download } from "../ui/download.ts";
import { EmptyNote } from "../ui/empty-note.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import type { ChartTable } from "./chart-table.ts";
import { ChartTableView } from "./chart-table-view.tsx";

export type ChartFrameProps<T> = {
  readonly title: string;
  /** In words: "cores", "share of time", "USD per hour". */
  readonly unit: string;
  /** A query's result; anything with these four fields. */
  readonly query: {
    readonly data: T | undefined;
    readonly error: unknown;
    readonly refetch: () => unknown;
    readonly isFetching?: boolean;
  };
  /** A sentence when there is nothing to draw, else `null`. */
  readonly emptyReason: (data: T) => string | null;
  /** A sentence when a part is missing ("3 of 20 clusters did not answer"), else `null`. */
  readonly partialReason?: (data: T) => string | null;
  /** The figures behind the chart: gives the table view and the export. */
  readonly table?: (data: T) => ChartTable;
  /** File name of the export, without ending. */
  readonly csvName?: string;
  /** A line under the chart: basis, "12 of 80", time zone. */
  readonly note?: (data: T) => ReactNode;
  readonly actions?: ReactNode;
  readonly isBare?: boolean;
  readonly children: (data: T) => ReactNode;
};

/** Every state of a chart: loading, empty, partial, failed, stale (an error over older data), ready as chart or table. */
export function ChartFrame<T>({
  title,
  unit,
  query,
  emptyReason,
  partialReason,
  table,
  csvName,
  note,
  actions,
  isBare = false,
  children,
}: ChartFrameProps<T>) {
  const t = useMessages();
  const titleId = useId();
  const [isTable, setTable] = useState(false);
  const { data, error, refetch } = query;
  const hasError = error !== null && error !== undefined;
  const nothing = data === undefined ? null : emptyReason(data);
  const isReady = data !== undefined && nothing === null;
  const partial = data === undefined || partialReason === undefined ? null : partialReason(data);
  const exportCsv = () => {
    if (data === undefined || table === undefined) return;
    const { head, rows } = table(data);
    download(`${csvName ?? title}.csv`, toCsv(head, rows), "text/csv");
  };
  return (
    <figure
      aria-labelledby={titleId}
      aria-busy={query.isFetching === true || undefined}
      className={
        isBare ? "flex min-w-0 flex-col gap-3" : "flex min-w-0 flex-col gap-3 rounded-lg border bg-card p-4 shadow-card"
      }
    >
      <div className="flex min-h-7 flex-wrap items-center gap-2">
        <figcaption id={titleId} className="min-w-0 grow text-base font-semibold">
          {title} <span className="text-sm font-normal text-muted-foreground">({unit})</span>
        </figcaption>
        {actions}
        {isReady && table !== undefined && (
          <div className="flex items-center print:hidden">
            <IconButton
              icon={isTable ? ChartNoAxesColumn : Table2}
              label={isTable ? t("chart.as-chart") : t("chart.as-table")}
              aria-pressed={isTable}
              size="sm"
              onClick={() => setTable(!isTable)}
            />
            <IconButton icon={Download} label={t("chart.export")} size="sm" onClick={exportCsv} />
          </div>
        )}
      </div>
      {hasError && <ErrorNote error={error} isStale={data !== undefined} onRetry={() => void refetch()} />}
      {partial !== null && (
        <p className="flex items-center gap-1.5 text-xs text-status-attention">
          <TriangleAlert aria-hidden size={13} className="shrink-0" />
          {t("chart.partial")}: {partial}
        </p>
      )}
      {data === undefined && !hasError && <Skeleton label={t("ui.loading", { what: title })} />}
      {nothing !== null && <EmptyNote>{nothing}</EmptyNote>}
      {isReady &&
        (isTable && table !== undefined ? <ChartTableView label={title} table={table(data)} /> : children(data))}
      {isReady && note !== undefined && <div className="text-xs text-muted-foreground">{note(data)}</div>}
    </figure>
  );
}
