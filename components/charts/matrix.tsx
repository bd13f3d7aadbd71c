"use client";
import type { ReactNode } from "react";
import type { Unit } from "../format/unit.ts";
import { useFormat, useMessages } from "../i18n/reader-provider.tsx";

export type MatrixCell = { readonly from: string; readonly to: string; readonly value: number | null };
export type MatrixProps = {
  /** What a cell is ("Traffic between zones"). */
  readonly label: string;
  readonly rowsLabel: string;
  readonly columnsLabel: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly cells: readonly MatrixCell[];
  readonly unit: Unit;
  /** Cells that are marked as "inside" instead of coloured, e.g. the same zone. */
  readonly isInside?: (from: string, to: string) => boolean;
  readonly onCell?: (from: string, to: string) => void;
};

/** The strongest wash that still leaves text at 4.5:1 in both themes. */
const MAX_WASH_PERCENT = 34;

/** A table whose cells are washed by value: zone × zone, cluster × version. Numbers stay readable text. */
export function Matrix({ label, rowsLabel, columnsLabel, rows, columns, cells, unit, isInside, onCell }: MatrixProps) {
  const t = useMessages();
  const format = useFormat();
  const byPair = new Map(cells.map((cell) => [`${cell.from}\u0000${cell.to}`, cell.value]));
  const outside = cells.filter(({ from, to }) => isInside?.(from, to) !== true);
  const top = Math.max(0, ...outside.map(({ value }) => value ?? 0));
  const draw = (value: number | null | undefined): ReactNode =>
    value === undefined ? (
      <span className="text-subtle-foreground">–</span>
    ) : value === null ? (
      <span className="text-status-unknown">{t("state.unknown")}</span>
    ) : (
      format.quantity(value, unit)
    );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section role="group" tabIndex={0} aria-label={label} className="relative overflow-x-auto">
      <table className="border-separate border-spacing-0.5 text-xs">
        <caption className="sr-only">{label}</caption>
        <thead>
          <tr>
            <th scope="col" className="px-2 py-1 text-left font-normal whitespace-nowrap text-subtle-foreground">
              {rowsLabel} → {columnsLabel}
            </th>
            {columns.map((column) => (
              <th key={column} scope="col" className="px-2 py-1 text-right font-medium text-muted-foreground">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row}>
              <th scope="row" className="px-2 py-1 text-left font-medium whitespace-nowrap text-muted-foreground">
                {row}
              </th>
              {columns.map((column) => {
                const value = byPair.get(`${row}\u0000${column}`);
                const inside = isInside?.(row, column) === true;
                const share = !inside && typeof value === "number" && top > 0 ? value / top : 0;
                const wash = `color-mix(in oklab, var(--series-2) ${Math.round(Math.sqrt(share) * MAX_WASH_PERCENT)}%, var(--surface))`;
                return (
                  <td
                    key={column}
                    className="min-w-20 rounded-sm p-0 text-right"
                    style={{ background: inside ? "var(--sunken)" : value === null ? undefined : wash }}
                  >
                    {onCell !== undefined && value !== undefined ? (
                      <button
                        type="button"
                        onClick={() => onCell(row, column)}
                        className="w-full px-2 py-1.5 text-right hover:underline"
                      >
                        {draw(value)}
                      </button>
                    ) : (
                      <div className={value === null ? "hatched rounded-sm px-2 py-1.5" : "px-2 py-1.5"}>
                        {draw(value)}
                      </div>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
