"use client";
import type { Unit } from "../format/unit.ts";
import { useFormat } from "../i18n/reader-provider.tsx";
import { cn } from "../ui/cn.ts";
import type { PreparedSeries } from "./prepare-time-series.ts";
import { seriesCss } from "./series-colour.ts";

export type ChartLegendProps = {
  readonly series: readonly PreparedSeries[];
  readonly unit: Unit;
  readonly hidden: readonly string[];
  readonly onToggle: (key: string) => void;
};

/** Names, colours and newest values; a click hides or shows a series. */
export function ChartLegend({ series, unit, hidden, onToggle }: ChartLegendProps) {
  const format = useFormat();
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-0.5">
      {series.map(({ key, label, colour, values, level }) => {
        const isHidden = hidden.includes(key);
        const newest = level !== undefined ? level : (values.findLast((value) => value !== null) ?? null);
        return (
          <li key={key} className="min-w-0">
            <button
              type="button"
              aria-pressed={!isHidden}
              onClick={() => onToggle(key)}
              className="flex max-w-64 min-h-6 items-center gap-1.5 text-xs"
            >
              <span
                aria-hidden
                className="size-2 shrink-0 rounded-xs"
                style={{
                  background: isHidden ? "transparent" : seriesCss(colour),
                  outline: `1px solid ${seriesCss(colour)}`,
                }}
              />
              <span className={cn("truncate", isHidden ? "text-subtle-foreground line-through" : "text-foreground")}>
                {label}
              </span>
              {newest !== null && (
                <span className="shrink-0 text-muted-foreground">{format.quantity(newest, unit)}</span>
              )}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
