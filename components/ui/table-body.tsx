"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type KeyboardEvent, type MouseEvent, type ReactNode, useRef } from "react";
import { useFormat, useMessages } from "../i18n/reader-provider.tsx";
import { cn } from "./cn.ts";
import { isAtEnd, type TableColumn } from "./table-column.ts";

/** From this many rows on only those in sight are drawn. */
export const VIRTUAL_FROM_ROWS = 100;
const ROW_HEIGHT_PIXELS = 34;
const OVERSCAN_ROWS = 12;

export type TableBodyProps<Row> = {
  readonly captionId: string;
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly TableColumn<Row>[];
  readonly headerColumnId: string;
  readonly rowKey: (row: Row) => string;
  readonly head: ReactNode;
  readonly hasTotals: boolean;
  readonly rowHref?: (row: Row) => string;
  readonly onRowClick?: (row: Row) => void;
};

/** A real table in a scrolling region; many rows are virtual, with their positions told to screen readers. */
export function TableBody<Row>({ captionId, label, rows, columns, head, hasTotals, ...rest }: TableBodyProps<Row>) {
  const scrollRef = useRef<HTMLElement>(null);
  const isVirtual = rows.length > VIRTUAL_FROM_ROWS;
  const virtualizer = useVirtualizer({
    count: isVirtual ? rows.length : 0,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => ROW_HEIGHT_PIXELS,
    overscan: OVERSCAN_ROWS,
    initialRect: { width: 0, height: 640 }, // what the server draws
  });
  const items = virtualizer.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0);
  const drawn = isVirtual ? items.map((item) => item.index) : rows.map((_, index) => index);
  return (
    <section
      ref={scrollRef}
      role="group"
      aria-labelledby={captionId}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      className={cn("relative min-w-0 overflow-auto rounded-lg border bg-card", isVirtual && "max-h-[70vh]")}
      onKeyDown={moveBetweenRows}
    >
      <table
        aria-rowcount={isVirtual ? rows.length + 1 : undefined}
        className={cn("w-full border-separate border-spacing-0 text-sm", isVirtual && "table-fixed")}
      >
        <caption id={captionId} className="sr-only">
          {label}
        </caption>
        {isVirtual && (
          <colgroup>
            {columns.map((column) => (
              <col key={column.id} style={{ width: `${column.widthRem ?? (isAtEnd(column) ? 8 : 14)}rem` }} />
            ))}
          </colgroup>
        )}
        {head}
        <tbody>
          {above > 0 && <Spacer height={above} span={columns.length} />}
          {drawn.map((index) => {
            const row = rows[index];
            if (row === undefined) return null;
            return (
              <TableRow
                key={rest.rowKey(row)}
                row={row}
                index={index}
                columns={columns}
                isVirtual={isVirtual}
                {...rest}
              />
            );
          })}
          {isVirtual && below > 0 && <Spacer height={below} span={columns.length} />}
        </tbody>
        {hasTotals && <Totals rows={rows} columns={columns} />}
      </table>
    </section>
  );
}

type RowProps<Row> = Pick<TableBodyProps<Row>, "columns" | "headerColumnId" | "rowHref" | "onRowClick"> & {
  readonly row: Row;
  readonly index: number;
  readonly isVirtual: boolean;
};

function TableRow<Row>({ row, index, columns, headerColumnId, rowHref, onRowClick, isVirtual }: RowProps<Row>) {
  const router = useRouter();
  const href = rowHref?.(row);
  const isActive = href !== undefined || onRowClick !== undefined;
  const openByMouse = (event: MouseEvent<HTMLTableRowElement>) => {
    if (!(event.target instanceof Element) || event.target.closest("a,button,input,label,dialog,[popover]") !== null)
      return;
    if (window.getSelection()?.toString() !== "") return; // someone copies a name
    if (onRowClick !== undefined) onRowClick(row);
    else if (href === undefined) return;
    else if (event.metaKey || event.ctrlKey) window.open(href, "_blank", "noopener");
    else router.push(href);
  };
  return (
    <tr
      aria-rowindex={isVirtual ? index + 2 : undefined}
      onClick={isActive ? openByMouse : undefined}
      className={cn(
        "group/row",
        isActive && "cursor-pointer hover:bg-hovered",
        "has-[[data-row]:focus-visible]:bg-selected",
      )}
    >
      {columns.map((column) => {
        const isHeader = column.id === headerColumnId;
        const Cell = isHeader ? "th" : "td";
        const content = <CellContent column={column} row={row} />;
        return (
          <Cell
            key={column.id}
            scope={isHeader ? "row" : undefined}
            className={cn(
              "h-[34px] border-b border-border/70 px-3 py-1 font-normal group-last/row:border-b-0",
              isAtEnd(column) ? "text-right" : "text-left",
              isVirtual && "truncate",
            )}
          >
            {isHeader && href !== undefined ? (
              <Link data-row href={href} prefetch={false} className="font-medium hover:underline">
                {content}
              </Link>
            ) : isHeader && onRowClick !== undefined ? (
              <button
                type="button"
                data-row
                onClick={() => onRowClick(row)}
                className="text-left font-medium hover:underline"
              >
                {content}
              </button>
            ) : (
              content
            )}
          </Cell>
        );
      })}
    </tr>
  );
}

function CellContent<Row>({ column, row }: { readonly column: TableColumn<Row>; readonly row: Row }) {
  const format = useFormat();
  const t = useMessages();
  if (column.cell !== undefined) return <>{column.cell(row)}</>;
  const value = column.value(row);
  if (value === null) return <span className="text-status-unknown">{t("state.unknown")}</span>;
  if (typeof value === "number" && column.unit !== undefined) return <>{format.quantity(value, column.unit)}</>;
  return <>{value}</>;
}

function Totals<Row>({
  rows,
  columns,
}: {
  readonly rows: readonly Row[];
  readonly columns: readonly TableColumn<Row>[];
}) {
  const t = useMessages();
  return (
    <tfoot>
      <tr>
        {columns.map((column, index) => (
          <td
            key={column.id}
            className={cn(
              "sticky bottom-0 h-[34px] border-t border-border-strong bg-card px-3 py-1 font-medium",
              isAtEnd(column) && "text-right",
            )}
          >
            {column.total?.(rows) ?? (index === 0 ? t("table.total") : null)}
          </td>
        ))}
      </tr>
    </tfoot>
  );
}

function Spacer({ height, span }: { readonly height: number; readonly span: number }) {
  return (
    <tr aria-hidden>
      <td colSpan={span} style={{ height, padding: 0 }} />
    </tr>
  );
}

/** Arrow keys go from row to row while a row's link or button has the focus. */
function moveBetweenRows(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0 || !(event.target instanceof HTMLElement) || event.target.dataset.row === undefined) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-row]")];
  const next = links[links.indexOf(event.target) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
