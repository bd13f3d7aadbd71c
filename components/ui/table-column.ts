import type { ReactNode } from "react";
import type { Unit } from "../format/unit.ts";
import type { CsvValue } from "./csv.ts";

/** One column of a data table. `value` is what sorting, filtering and the export see. */
export type TableColumn<Row> = {
  readonly id: string;
  readonly header: string;
  /** `null` = no value: sorts last in both directions and exports as an empty field. */
  readonly value: (row: Row) => string | number | null;
  /** What is drawn; default: the text, or the number in `unit`. */
  readonly cell?: (row: Row) => ReactNode;
  /** Base unit of a numeric `value`. */
  readonly unit?: Unit;
  /** Numbers stand at the end, so that digits line up. Default: `end` when `unit` is given. */
  readonly align?: "start" | "end";
  /** Words on hover of the header. */
  readonly hint?: string;
  /** The cell that names the row for screen readers and carries the row's link. Default: the first column. */
  readonly isRowHeader?: boolean;
  readonly isHiddenAtFirst?: boolean;
  /** Always shown, absent from the column choice. */
  readonly isFixed?: boolean;
  /** Width in rem, used by tables with virtual rows. Default 8 for numbers, 14 for text. */
  readonly widthRem?: number;
  /** The cell of the total row, from the rows that are shown. */
  readonly total?: (rows: readonly Row[]) => ReactNode;
  /** Header and value in the export when they differ: base unit in the name ("memoryBytes"). */
  readonly csvHeader?: string;
  readonly csv?: (row: Row) => CsvValue;
};

export function isAtEnd<Row>(column: TableColumn<Row>): boolean {
  return column.align === undefined ? column.unit !== undefined : column.align === "end";
}
