"use client";
import { lazy, Suspense, useMemo, useState } from "react";
import type { Unit } from "../format/unit.ts";
import { useMessages, useReader } from "../i18n/reader-provider.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { ChartLegend } from "./chart-legend.tsx";
import type { PreparedTimeSeries } from "./prepare-time-series.ts";
import { useAfterLoad } from "./use-after-load.ts";

const Renderer = lazy(() =>
  import("./time-series-recharts.tsx").then((module) => ({ default: module.TimeSeriesRecharts })),
);

export type TimeSeriesKind = "line" | "area" | "stacked-area" | "bar" | "stacked-bar";
export type ChartMark = { readonly at: number; readonly label: string };
export type TimeSeriesChartProps = {
  readonly label: string;
  readonly prepared: PreparedTimeSeries;
  readonly unit: Unit;
  readonly kind?: TimeSeriesKind;
  readonly heightPixels?: number;
  /** Zone of the axis; the reader's by default. Give the billing zone for money. */
  readonly timeZone?: string;
  /** A horizontal line with a word: capacity, budget. */
  readonly reference?: { readonly value: number; readonly label: string };
  /** Moments that are marked on the time axis, each with a few characters: a step, a roll-out. */
  readonly marks?: readonly ChartMark[];
  /** Fixes the axis (ratios: `[0, 1]`); by default it starts at 0 and fits. */
  readonly domain?: readonly [number, number];
};

/** Lines, areas or bars over time. The library behind it is loaded after the page. */
export function TimeSeriesChart({
  label,
  prepared,
  unit,
  kind = "line",
  heightPixels = 224,
  timeZone,
  reference,
  marks,
  domain,
}: TimeSeriesChartProps) {
  const t = useMessages();
  const { timeZone: readerZone } = useReader();
  const isLoaded = useAfterLoad();
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const visible = useMemo(
    () => ({ ...prepared, series: prepared.series.filter(({ key }) => !hidden.includes(key)) }),
    [prepared, hidden],
  );
  const notes = [
    prepared.shownCount < prepared.totalCount
      ? t("chart.shown-of", { shown: prepared.shownCount, total: prepared.totalCount })
      : null,
    timeZone !== undefined && timeZone !== readerZone ? t("chart.time-zone", { zone: timeZone }) : null,
  ].filter((note) => note !== null);
  const loading = <Skeleton label={t("ui.loading", { what: label })} />;
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div role="img" aria-label={label} style={{ height: heightPixels }} className="min-w-0">
        {isLoaded ? (
          <Suspense fallback={loading}>
            <Renderer
              prepared={visible}
              unit={unit}
              kind={kind}
              timeZone={timeZone ?? readerZone}
              reference={reference ?? null}
              marks={marks ?? []}
              domain={domain ?? null}
            />
          </Suspense>
        ) : (
          loading
        )}
      </div>
      {prepared.series.length > 1 && (
        <ChartLegend
          series={prepared.series}
          unit={unit}
          hidden={hidden}
          onToggle={(key) =>
            setHidden(hidden.includes(key) ? hidden.filter((other) => other !== key) : [...hidden, key])
          }
        />
      )}
      {notes.length > 0 && <p className="text-xs text-muted-foreground">{notes.join(" · ")}</p>}
    </div>
  );
}
