import { cn } from "../ui/cn.ts";
import type { ChartTable } from "./chart-table.ts";

export type ChartTableViewProps = { readonly label: string; readonly table: ChartTable };

/** Newest or largest rows are where the chart has them; a table that is longer than this scrolls. */
const MAX_ROWS = 500;

export function ChartTableView({ label, table }: ChartTableViewProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section role="group" tabIndex={0} aria-label={label} className="relative max-h-64 overflow-auto rounded-md border">
      <table className="w-full border-separate border-spacing-0 text-xs">
        <thead>
          <tr>
            {table.head.map((name, column) => (
              <th
                key={name}
                scope="col"
                className={cn(
                  "sticky top-0 border-b bg-card px-2.5 py-1.5 font-medium whitespace-nowrap text-muted-foreground",
                  column === 0 ? "text-left" : "text-right",
                )}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.slice(0, MAX_ROWS).map((row) => (
            <tr key={String(row[0])}>
              {row.map((value, column) => {
                const Cell = column === 0 ? "th" : "td";
                return (
                  <Cell
                    // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its column
                    key={column}
                    scope={column === 0 ? "row" : undefined}
                    className={cn(
                      "border-b border-border/60 px-2.5 py-1 font-normal whitespace-nowrap",
                      column === 0 ? "text-left" : "text-right",
                      value === null && "text-subtle-foreground",
                    )}
                  >
                    {table.show(value, column)}
                  </Cell>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
