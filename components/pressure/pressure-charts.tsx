"use client";
import { useMemo } from "react";
import type { NodePressure, PressureSeries } from "#server/contract/pressure-places.ts";
import { ChartFrame } from "../charts/chart-frame.tsx";
import { timeSeriesTable } from "../charts/chart-table.ts";
import { prepareTimeSeries } from "../charts/prepare-time-series.ts";
import { type ChartMark, TimeSeriesChart } from "../charts/time-series-chart.tsx";
import type { Unit } from "../format/unit.ts";
import type { MessageKey } from "../i18n/catalogue.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { eventMoments } from "./timeline-lanes.ts";

type Metric = PressureSeries["metric"];
type Reference = { readonly value: number; readonly label: string };
type Plan = {
  readonly id: string;
  readonly title: Extract<MessageKey, `pressure.chart.${string}`>;
  readonly unitWord: Extract<MessageKey, `pressure.unit.${string}`>;
  readonly unit: Unit;
  readonly lines: readonly (readonly [Metric, Extract<MessageKey, `pressure.series.${string}`>])[];
  readonly kind?: "line" | "area";
};

const PLANS: readonly Plan[] = [
  pressurePlan("cpu"),
  pressurePlan("memory"),
  pressurePlan("io"),
  {
    id: "cpu-use",
    title: "pressure.chart.cpu-use",
    unitWord: "pressure.unit.cores",
    unit: "cores",
    lines: [
      ["cpuUsedCores", "pressure.series.used"],
      ["cpuRequestedCores", "pressure.series.requested"],
    ],
  },
  {
    id: "memory-use",
    title: "pressure.chart.memory-use",
    unitWord: "pressure.unit.bytes",
    unit: "bytes",
    lines: [
      ["memoryWorkingSetBytes", "pressure.series.used"],
      ["memoryRequestedBytes", "pressure.series.requested"],
    ],
  },
  {
    id: "io-use",
    title: "pressure.chart.io-use",
    unitWord: "pressure.unit.byte-rate",
    unit: "bytes/s",
    lines: [
      ["ioReadBytesPerSecond", "pressure.series.read"],
      ["ioWriteBytesPerSecond", "pressure.series.write"],
    ],
  },
  {
    id: "throttling",
    title: "pressure.chart.throttling",
    unitWord: "pressure.unit.periods",
    unit: "ratio",
    lines: [["cpuThrottledRatio", "pressure.series.throttled"]],
  },
  {
    id: "swap",
    title: "pressure.chart.swap",
    unitWord: "pressure.unit.byte-rate",
    unit: "bytes/s",
    lines: [
      ["swapInBytesPerSecond", "pressure.series.swap-in"],
      ["swapOutBytesPerSecond", "pressure.series.swap-out"],
    ],
  },
  {
    id: "swap-used",
    title: "pressure.chart.swap-used",
    unitWord: "pressure.unit.bytes",
    unit: "bytes",
    lines: [["swapUsedBytes", "pressure.series.used"]],
  },
  {
    id: "events",
    title: "pressure.chart.events",
    unitWord: "pressure.unit.events",
    unit: "events/s",
    lines: [
      ["oomKillsPerSecond", "pressure.series.oom"],
      ["restartsPerSecond", "pressure.series.restarts"],
    ],
  },
];

function pressurePlan(resource: "cpu" | "memory" | "io"): Plan {
  return {
    id: resource,
    title: `pressure.chart.${resource}`,
    unitWord: "pressure.unit.share",
    unit: "ratio",
    kind: "area",
    lines: [
      [`${resource}WaitingRatio`, "pressure.series.some"],
      [`${resource}StalledRatio`, "pressure.series.full"],
    ],
  };
}

export type PressureChartsProps = {
  readonly name: string;
  readonly data: Pick<NodePressure, "series" | "range" | "stepSeconds" | "limits">;
  /** Which container's lines; empty = the whole thing. */
  readonly container?: string;
  readonly references?: Partial<Record<string, Reference | null>>;
};

/** Stalls, use, throttling, swap and events on one time axis; what has no sample says so instead of drawing 0. */
export function PressureCharts({ name, data, container = "", references = {} }: PressureChartsProps) {
  const { t } = useReader();
  const marks = useMarks(data, container);
  return (
    <div className="grid min-w-0 gap-4 lg:grid-cols-2 2xl:grid-cols-3">
      {PLANS.map((plan) => (
        <PressureChart
          key={plan.id}
          name={name}
          plan={plan}
          data={data}
          container={container}
          marks={plan.id === "events" ? NO_MARKS : marks}
          reference={
            references[plan.id] ??
            (plan.id === "cpu" || plan.id === "memory" || plan.id === "io"
              ? { value: data.limits[plan.id].waiting.attention, label: t("pressure.reference.attention") }
              : null)
          }
        />
      ))}
    </div>
  );
}

type PressureChartProps = {
  readonly name: string;
  readonly plan: Plan;
  readonly data: PressureChartsProps["data"];
  readonly container: string;
  readonly reference: Reference | null;
  readonly marks: readonly ChartMark[];
};

const NO_MARKS: readonly ChartMark[] = [];

/** Kills and restarts stand on every chart, so that what came before them is read on the same axis. */
function useMarks(
  { series, range, stepSeconds }: PressureChartsProps["data"],
  container: string,
): readonly ChartMark[] {
  const { t } = useReader();
  return useMemo(() => {
    const moments = (metric: Metric) =>
      eventMoments(
        series.find((candidate) => candidate.metric === metric && candidate.container === container)?.values,
        Date.parse(range.from),
        stepSeconds,
      );
    const kills = moments("oomKillsPerSecond");
    const restarts = moments("restartsPerSecond").filter((at) => !kills.includes(at));
    return [
      ...kills.map((at) => ({ at, label: t("pressure.mark.oom") })),
      ...restarts.map((at) => ({ at, label: t("pressure.mark.restart") })),
    ];
  }, [series, range, stepSeconds, container, t]);
}

function PressureChart({ name, plan, data, container, reference, marks }: PressureChartProps) {
  const { t, format, timeZone } = useReader();
  const prepared = useMemo(() => {
    const from = Date.parse(data.range.from);
    const lines = plan.lines.flatMap(([metric, label]) => {
      const found = data.series.find((series) => series.metric === metric && series.container === container);
      if (found === undefined) return [];
      const points = found.values.map((value, index) => ({ at: from + index * data.stepSeconds * 1000, value }));
      return [{ key: metric, label: t(label), points }];
    });
    return prepareTimeSeries(lines, { from, to: data.range.to, stepSeconds: data.stepSeconds, timeZone });
  }, [data, plan, container, t, timeZone]);
  const title = t(plan.title);
  const isShown = reference !== null && prepared.hasSamples;
  return (
    <ChartFrame
      title={title}
      unit={t(plan.unitWord)}
      query={{ data: prepared, error: null, refetch: () => undefined }}
      emptyReason={({ hasSamples }) => (hasSamples ? null : t("pressure.no-series"))}
      table={(ready) =>
        timeSeriesTable(ready, plan.unit, format, { time: t("chart.time"), noSample: t("chart.no-sample") })
      }
      csvName={`sluice-${name}-${plan.id}`}
    >
      {(ready) => (
        <TimeSeriesChart
          label={`${name}: ${title}`}
          prepared={ready}
          unit={plan.unit}
          kind={plan.kind ?? "line"}
          heightPixels={168}
          {...(isShown ? { reference } : {})}
          marks={marks}
        />
      )}
    </ChartFrame>
  );
}
