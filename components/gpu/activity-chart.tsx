"use client";
import { memo, useMemo } from "react";
import type { Gpu } from "#server/contract/gpu.ts";
import { ChartFrame } from "../charts/chart-frame.tsx";
import { timeSeriesTable } from "../charts/chart-table.ts";
import { prepareTimeSeries } from "../charts/prepare-time-series.ts";
import { TimeSeriesChart } from "../charts/time-series-chart.tsx";
import { useReader } from "../i18n/reader-provider.tsx";
import { shortModel } from "./device-name.ts";

/** How busy each model of each pool was. Drawn anew for new figures, not for every filter below it. */
export const ActivityChart = memo(function ActivityChart({ gpu }: { readonly gpu: Gpu }) {
  const { t, format, timeZone } = useReader();
  const prepared = useMemo(
    () =>
      prepareTimeSeries(
        gpu.activity.series.map(({ model, pool, points }) => ({
          key: `${pool}/${model}`,
          label: `${shortModel(model)} · ${pool}`,
          points,
        })),
        { from: gpu.from, to: gpu.to, stepSeconds: gpu.activity.stepSeconds, timeZone },
      ),
    [gpu, timeZone],
  );
  return (
    <ChartFrame
      title={t("gpu.activity")}
      unit={t("gpu.activity-unit")}
      query={{ data: gpu, error: null, refetch: () => undefined }} // the page above tells of a failure, once
      emptyReason={() => (prepared.hasSamples ? null : t("gpu.activity-empty"))}
      table={() =>
        timeSeriesTable(prepared, "ratio", format, { time: t("chart.time"), noSample: t("chart.no-sample") })
      }
      csvName="sluice-gpu-activity"
      note={() => t("gpu.activity-note")}
    >
      {() => (
        <TimeSeriesChart
          label={t("gpu.activity")}
          prepared={prepared}
          unit="ratio"
          kind="line"
          heightPixels={190}
          domain={[0, 1]}
        />
      )}
    </ChartFrame>
  );
});
