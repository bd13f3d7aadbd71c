"use client";
import { useMemo } from "react";
import type { NetworkDay, NetworkStep } from "#server/contract/network.ts";
import { ChartFrame, type ChartFrameProps } from "../charts/chart-frame.tsx";
import { timeSeriesTable } from "../charts/chart-table.ts";
import { prepareTimeSeries } from "../charts/prepare-time-series.ts";
import { type ChartMark, TimeSeriesChart } from "../charts/time-series-chart.tsx";
import { type useFormat, useReader } from "../i18n/reader-provider.tsx";

export type DailyPoint = { readonly day: string; readonly key: string; readonly value: number | null };
export type DailyChartProps = {
  readonly title: string;
  readonly unitWord: string;
  readonly unit: "traffic-bytes" | `money:${string}`;
  readonly points: readonly DailyPoint[];
  readonly query: ChartFrameProps<unknown>["query"];
  readonly note?: string | undefined;
  /** Days on which a level changed. */
  readonly marks?: readonly ChartMark[];
  readonly csvName: string;
};

const DAY_MS = 86_400_000;

/** Bars by day. Days are calendar days of the billing zone, drawn on their date. */
export function DailyChart({ title, unitWord, unit, points, query, note, marks, csvName }: DailyChartProps) {
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
      {() => <TimeSeriesChart label={title} prepared={prepared} unit={unit} kind="stacked-bar" marks={marks ?? []} />}
    </ChartFrame>
  );
}

/** One mark a day, with the largest change of the day: the day and the factor say which step it is. */
export function toStepMarks(steps: readonly NetworkStep[], format: ReturnType<typeof useFormat>): ChartMark[] {
  const change = (step: NetworkStep) => Math.abs(step.afterBytesPerDay - step.beforeBytesPerDay);
  return [...Map.groupBy(steps, (step) => step.day)].flatMap(([day, own]) => {
    const [largest] = own
      .filter((step) => step.source !== null || own.length === 1)
      .sort((a, b) => change(b) - change(a));
    if (largest === undefined) return [];
    const factor = format.number(Math.round(largest.factor * 10) / 10);
    return [{ at: Date.parse(`${day}T00:00:00Z`), label: `${largest.factor > 1 ? "▲" : "▼"} ${factor}×` }];
  });
}

/** Points of the overview: money or bytes, a series per cluster. */
export function toDailyPoints(days: readonly NetworkDay[], isMoney: boolean): DailyPoint[] {
  return days
    .filter((day) => day.coveredHours > 0)
    .map((day) => ({ day: day.day, key: day.cluster, value: isMoney ? day.cost : day.crossZoneBytes }));
}
