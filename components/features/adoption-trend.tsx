"use client";
import { useMemo } from "react";
import type { FeatureDetail } from "#server/contract/features.ts";
import { ChartFrame } from "../charts/chart-frame.tsx";
import { timeSeriesTable } from "../charts/chart-table.ts";
import { prepareTimeSeries } from "../charts/prepare-time-series.ts";
import { TimeSeriesChart } from "../charts/time-series-chart.tsx";
import { TREND_DAYS } from "../data/features-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { trendStart } from "./trend-start.ts";

const DAY_SECONDS = 86_400;

export type AdoptionTrendProps = {
  readonly query: {
    readonly data: FeatureDetail | undefined;
    readonly error: unknown;
    readonly refetch: () => unknown;
  };
};

/** The adopted share of each cluster, one point a day. */
export function AdoptionTrend({ query }: AdoptionTrendProps) {
  const { t, format, now } = useReader();
  const { data } = query;
  const day = Math.floor(now / (DAY_SECONDS * 1000));
  const prepared = useMemo(() => {
    const to = new Date((day + 1) * DAY_SECONDS * 1000);
    const from = new Date(to.getTime() - TREND_DAYS * DAY_SECONDS * 1000);
    const series = (data?.clusters ?? []).map(({ cluster, trend }) => ({
      key: cluster,
      label: cluster,
      points: trend.map(({ day: at, adoptedCount, adoptableCount }) => ({
        at: `${at}T00:00:00Z`,
        value:
          adoptedCount === null || adoptableCount === null || adoptableCount === 0
            ? null
            : adoptedCount / adoptableCount,
      })),
    }));
    return prepareTimeSeries(series, { from, to, stepSeconds: DAY_SECONDS, timeZone: "UTC" });
  }, [data, day]);
  const start = trendStart(
    (data?.clusters ?? []).map(({ trend }) => trend),
    TREND_DAYS,
    now,
  );
  return (
    <ChartFrame
      title={t("features.trend")}
      unit={t("features.trend-unit")}
      query={query}
      emptyReason={() => (prepared.hasSamples ? null : t("features.trend-empty"))}
      table={() =>
        timeSeriesTable(prepared, "ratio", format, { time: t("chart.time"), noSample: t("chart.no-sample") })
      }
      csvName={`sluice-${data?.feature ?? "feature"}-adoption`}
      note={() =>
        start === null
          ? t("features.trend-note")
          : `${t("features.trend-note")} ${t("features.trend-start", { day: format.dateTime(`${start}T00:00:00Z`, "day", "UTC") })}`
      }
    >
      {() => (
        <TimeSeriesChart
          label={t("features.trend")}
          prepared={prepared}
          unit="ratio"
          kind="line"
          heightPixels={180}
          timeZone="UTC"
          domain={[0, 1]}
        />
      )}
    </ChartFrame>
  );
}
