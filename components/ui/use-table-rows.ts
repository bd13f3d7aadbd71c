"use client";
import {
  type ColumnDef,
  columnFilteringFeature,
  createFilteredRowModel,
  createSortedRowModel,
  globalFilteringFeature,
  type RowData,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useMemo } from "react";
import type { TableColumn } from "./table-column.ts";
import type { TableSort } from "./table-state.ts";

const features = tableFeatures({
  columnFilteringFeature,
  globalFilteringFeature,
  rowSortingFeature,
  filteredRowModel: createFilteredRowModel(),
  sortedRowModel: createSortedRowModel(),
});

const collators = new Map<string, Intl.Collator>();
function collator(locale: string): Intl.Collator {
  let found = collators.get(locale);
  if (found === undefined) {
    found = new Intl.Collator(locale, { numeric: true, sensitivity: "base" }); // node-2 before node-10
    collators.set(locale, found);
  }
  return found;
}

/**
 * The rows a table shows: those with the filter text in any column, in order. Rows without a value come last either way.
 * The row model is TanStack Table's; markup, keys and words are ours.
 */
export function useTableRows<Row extends RowData>(
  rows: readonly Row[],
  columns: readonly TableColumn<Row>[],
  { filter, sort, locale }: { readonly filter: string; readonly sort: TableSort | null; readonly locale: string },
): readonly Row[] {
  const definitions = useMemo(
    () =>
      columns.map(
        (column): ColumnDef<typeof features, Row> => ({
          id: column.id,
          accessorFn: (row) => column.value(row) ?? undefined,
          sortUndefined: "last",
          sortFn: (a, b, id) => compare(a.getValue(id), b.getValue(id), locale),
        }),
      ),
    [columns, locale],
  );
  const data = useMemo(() => [...rows], [rows]);
  const sorting = useMemo(
    () =>
      sort === null || !columns.some(({ id }) => id === sort.column)
        ? []
        : [{ id: sort.column, desc: sort.isDescending }],
    [sort, columns],
  );
  const table = useTable({
    features,
    columns: definitions,
    data,
    state: { sorting, globalFilter: filter },
    getColumnCanGlobalFilter: () => true, // the default looks at the first row only, which may have no value
    globalFilterFn: (row, id, text) => contains(row.getValue(id), text),
  });
  return table.getRowModel().rows.map((row) => row.original);
}

function compare(a: unknown, b: unknown, locale: string): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return collator(locale).compare(String(a), String(b));
}
function contains(value: unknown, text: unknown): boolean {
  return (
    value !== undefined && value !== null && String(value).toLowerCase().includes(String(text).trim().toLowerCase())
  );
}
