"use client";
import { ArrowDown, ArrowUp } from "lucide-react";
import { cn } from "./cn.ts";
import { isAtEnd, type TableColumn } from "./table-column.ts";
import type { TableSort } from "./table-state.ts";

export type TableHeadProps<Row> = {
  readonly columns: readonly TableColumn<Row>[];
  readonly sort: TableSort | null;
  readonly onSort: (sort: TableSort) => void;
};

/** Header cells with sort buttons. The first click on numbers shows the largest first, on text A first. */
export function TableHead<Row>({ columns, sort, onSort }: TableHeadProps<Row>) {
  return (
    <thead>
      <tr>
        {columns.map((column) => {
          const isEnd = isAtEnd(column);
          const isSorted = sort?.column === column.id;
          const isDescending = isSorted ? sort.isDescending : isEnd;
          const Arrow = isDescending ? ArrowDown : ArrowUp;
          return (
            <th
              key={column.id}
              scope="col"
              title={column.hint}
              aria-sort={isSorted ? (sort.isDescending ? "descending" : "ascending") : undefined}
              className="sticky top-0 z-10 border-b bg-card p-0 font-medium"
            >
              <button
                type="button"
                onClick={() => onSort({ column: column.id, isDescending: isSorted ? !sort.isDescending : isEnd })}
                className={cn(
                  "group/sort flex h-8 w-full items-center gap-1 px-3 text-xs whitespace-nowrap hover:text-foreground",
                  "-outline-offset-2",
                  isEnd ? "flex-row-reverse text-right" : "text-left",
                  isSorted ? "text-foreground" : "text-muted-foreground",
                )}
              >
                <span
                  className={cn(
                    "truncate",
                    column.hint !== undefined && "underline decoration-dotted underline-offset-3",
                  )}
                >
                  {column.header}
                </span>
                <Arrow
                  aria-hidden
                  size={12}
                  className={cn("shrink-0", isSorted ? "text-accent" : "opacity-0 group-hover/sort:opacity-60")}
                />
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}
