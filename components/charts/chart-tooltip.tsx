"use client";
import type { Unit } from "../format/unit.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import type { PreparedTimeSeries } from "./prepare-time-series.ts";
import { seriesCss } from "./series-colour.ts";

export type ChartTooltipProps = {
  readonly prepared: PreparedTimeSeries;
  /** Epoch milliseconds of the moment under the pointer. */
  readonly at: number;
  readonly unit: Unit;
  readonly timeZone: string;
  readonly isTotalled: boolean;
};

/** Exact time and every series at it, largest first; a gap says that there was no sample. */
export function ChartTooltip({ prepared, at, unit, timeZone, isTotalled }: ChartTooltipProps) {
  const { t, format } = useReader();
  const index = prepared.times.indexOf(at);
  const entries = prepared.series
    .map(({ key, label, colour, values }) => ({ key, label, colour, value: values[index] ?? null }))
    .sort((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity));
  const known = entries.flatMap(({ value }) => (value === null ? [] : [value]));
  return (
    <div className="max-w-80 rounded-md border bg-raised px-2.5 py-2 text-xs text-foreground shadow-float">
      <p className="mb-1 text-muted-foreground">{format.dateTime(at, "minute", timeZone)}</p>
      <ul className="flex flex-col gap-0.5">
        {entries.map(({ key, label, colour, value }) => (
          <li key={key} className="flex items-center gap-1.5">
            <span aria-hidden className="size-2 shrink-0 rounded-xs" style={{ background: seriesCss(colour) }} />
            <span className="grow truncate">{label}</span>
            <span className={value === null ? "pl-3 text-subtle-foreground" : "pl-3 font-medium"}>
              {value === null ? t("chart.no-sample") : format.quantity(value, unit)}
            </span>
          </li>
        ))}
        {isTotalled && known.length > 1 && (
          <li className="mt-0.5 flex justify-between border-t pt-1 font-medium">
            <span>{t("table.total")}</span>
            <span>
              {format.quantity(
                known.reduce((sum, value) => sum + value, 0),
                unit,
              )}
            </span>
          </li>
        )}
      </ul>
    </div>
  );
}
