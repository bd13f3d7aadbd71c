"use client";
import { Columns3, Download, Search } from "lucide-react";
import type { ReactNode } from "react";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Button } from "./button.tsx";
import { Checkbox } from "./checkbox.tsx";
import { cn } from "./cn.ts";
import { Popover } from "./popover.tsx";
import type { TableColumn } from "./table-column.ts";
import type { TableState } from "./table-state.ts";

export type TableToolbarProps<Row> = {
  readonly label: string;
  readonly columns: readonly TableColumn<Row>[];
  readonly visibleIds: readonly string[];
  readonly state: TableState;
  readonly shownCount: number;
  readonly totalCount: number;
  readonly onExport: (() => void) | null;
  readonly tools?: ReactNode;
};

/** Filter, count, column choice, export. */
export function TableToolbar<Row>({
  label,
  columns,
  visibleIds,
  state,
  shownCount,
  totalCount,
  onExport,
  tools,
}: TableToolbarProps<Row>) {
  const t = useMessages();
  const choosable = columns.filter((column, index) => index > 0 && column.isFixed !== true);
  return (
    <div className="flex flex-wrap items-center gap-2">
      {/* A report tells what it was filtered by, and has nothing to press. */}
      <div className={cn("relative w-56 max-w-full", state.filter === "" && "print:hidden")}>
        <Search
          aria-hidden
          size={13}
          className="pointer-events-none absolute top-1/2 left-2 -translate-y-1/2 text-subtle-foreground"
        />
        <input
          type="search"
          data-table-filter
          aria-label={`${t("table.filter")}: ${label}`}
          placeholder={t("table.filter")}
          value={state.filter}
          onChange={(event) => state.setFilter(event.target.value)}
          className="h-7 w-full rounded-md border border-border-control bg-card pr-2 pl-7 text-xs"
        />
      </div>
      {tools}
      <div className="ml-auto flex items-center gap-2">
        <span role="status" className="text-xs text-muted-foreground">
          {shownCount === totalCount
            ? t("table.rows", { count: totalCount })
            : t("table.rows-of", { shown: shownCount, total: totalCount })}
        </span>
        {choosable.length > 0 && (
          <Popover
            label={t("table.columns")}
            align="end"
            trigger={(props) => (
              <Button {...props} className="print:hidden" size="sm" variant="ghost">
                <Columns3 aria-hidden size={13} />
                {t("table.columns")}
              </Button>
            )}
          >
            <div className="flex w-48 flex-col">
              {choosable.map((column) => (
                <Checkbox
                  key={column.id}
                  label={column.header}
                  isChecked={visibleIds.includes(column.id)}
                  onChange={(isChecked) =>
                    state.setColumns(
                      choosable
                        .map(({ id }) => id)
                        .filter((id) => (id === column.id ? isChecked : visibleIds.includes(id))),
                    )
                  }
                />
              ))}
              {state.columns !== null && (
                <Button size="sm" variant="ghost" onClick={() => state.setColumns(null)}>
                  {t("table.reset-columns")}
                </Button>
              )}
            </div>
          </Popover>
        )}
        {onExport !== null && (
          <Button
            className="print:hidden"
            size="sm"
            variant="ghost"
            aria-label={t("table.export-label", { count: shownCount })}
            onClick={onExport}
          >
            <Download aria-hidden size={13} />
            {t("table.export")}
          </Button>
        )}
      </div>
    </div>
  );
}
