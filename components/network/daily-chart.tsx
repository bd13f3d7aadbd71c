"use client";
import { useMemo } from "react";
import type { NetworkDay } from "#server/contract/network.ts";
import { ChartFrame, type ChartFrameProps } from "../charts/chart-frame.tsx";
import { timeSeriesTable } from "../charts/chart-table.ts";
import { prepareTimeSeries } from "../charts/prepare-time-series.ts";
import { TimeSeriesChart } from "../charts/time-series-chart.tsx";
import { useReader } from "../i18n/reader-provider.tsx";

export type DailyPoint = { readonly day: string; readonly key: string; readonly value: number | null };
export type DailyChartProps = {
  readonly title: string;
  readonly unitWord: string;
  readonly unit: "traffic-bytes" | `money:${string}`;
  readonly points: readonly DailyPoint[];
  readonly query: ChartFrameProps<unknown>["query"];
  readonly note?: string | undefined;
  readonly csvName: string;
};

const DAY_MS = 86_400_000;

/** Bars by day. Days are calendar days of the billing zone, drawn on their date. */
export function DailyChart({ title, unitWord, unit, points, query, note, csvName }: DailyChartProps) {
  const { t, format } = useReader();
  const prepared = useMemo(() => {
    const days = points.map(({ day }) => Date.parse(`${day}T00:00:00Z`));
    const from = days.length === 0 ? 0 : Math.min(...days);
    const to = days.length === 0 ? 0 : Math.max(...days) + DAY_MS;
    const series = [...Map.groupBy(points, ({ key }) => key)].map(([key, own]) => ({
      key,
      label: key,
      points: own.map(({ day, value }) => ({ at: Date.parse(`${day}T00:00:00Z`), value })),
    }));
    return prepareTimeSeries(series, { from, to, stepSeconds: 86_400, timeZone: "UTC", limit: 6 });
  }, [points]);
  return (
    <ChartFrame
      title={title}
      unit={unitWord}
      query={query}
      emptyReason={() => (prepared.hasSamples ? null : t("network.daily.empty"))}
      csvName={csvName}
      table={() => timeSeriesTable(prepared, unit, format, { time: t("chart.time"), noSample: t("chart.no-sample") })}
      note={() => note}
    >
      {() => <TimeSeriesChart label={title} prepared={prepared} unit={unit} kind="stacked-bar" />}
    </ChartFrame>
  );
}

/** Points of the overview: money or bytes, a series per cluster. */
export function toDailyPoints(days: readonly NetworkDay[], isMoney: boolean): DailyPoint[] {
  return days
    .filter((day) => day.coveredHours > 0)
    .map((day) => ({ day: day.day, key: day.cluster, value: isMoney ? day.cost : day.crossZoneBytes }));
}
