import type { Format } from "../format/make-format.ts";
import type { Unit } from "../format/unit.ts";
import type { CsvValue } from "../ui/csv.ts";
import type { PreparedTimeSeries } from "./prepare-time-series.ts";

/** The same figures as the chart, for the table view and the export. */
export type ChartTable = {
  readonly head: readonly string[];
  readonly rows: readonly (readonly CsvValue[])[];
  /** How a cell reads on screen; the export keeps the raw value. */
  readonly show: (value: CsvValue, column: number) => string;
};

/** Rows of moments, a column per series; `noSample` is the word for a gap. */
export function timeSeriesTable(
  { times, series }: PreparedTimeSeries,
  unit: Unit,
  format: Format,
  words: { readonly time: string; readonly noSample: string },
): ChartTable {
  return {
    head: [words.time, ...series.map(({ label }) => label)],
    rows: times.map((at, index) => [new Date(at).toISOString(), ...series.map(({ values }) => values[index] ?? null)]),
    show: (value, column) => {
      if (column === 0) return format.dateTime(String(value), "minute");
      return typeof value === "number" ? format.quantity(value, unit) : words.noSample;
    },
  };
}
