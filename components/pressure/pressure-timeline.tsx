"use client";
import { useMemo } from "react";
import type { NodePressure } from "#server/contract/pressure-places.ts";
import { ChartFrame } from "../charts/chart-frame.tsx";
import type { ChartTable } from "../charts/chart-table.ts";
import { timeTicks } from "../charts/time-ticks.ts";
import type { Unit } from "../format/unit.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { type Lane, type LaneBounds, type LaneId, pathOf, toLanes } from "./timeline-lanes.ts";

const UNITS: Readonly<Record<LaneId, Unit>> = {
  cpu: "ratio",
  memory: "ratio",
  "memory-stalled": "ratio",
  io: "ratio",
  throttled: "ratio",
  "cpu-use": "ratio",
  "memory-use": "ratio",
  swap: "bytes/s",
  oom: "events/s",
  restarts: "events/s",
};
const LEVEL_FILLS = [
  [0, "var(--sunken)", 1],
  [1, "var(--status-attention)", 0.35],
  [2, "var(--status-attention)", 0.85],
  [3, "var(--status-blocked)", 1],
] as const;
const MAX_TICKS = 5;

export type PressureTimelineProps = {
  readonly name: string;
  readonly data: Pick<NodePressure, "series" | "limits" | "range" | "stepSeconds">;
  /** What use is measured against: limits, else requests; a node's capacity. */
  readonly bounds: LaneBounds;
  readonly container?: string;
};

/** Everything that happened to one thing, lane under lane on one time axis: what came before what is read straight down. */
export function PressureTimeline({ name, data, bounds, container = "" }: PressureTimelineProps) {
  const { t, format } = useReader();
  const { cpuCores, memoryBytes } = bounds;
  const lanes = useMemo(
    () => toLanes(data, { cpuCores, memoryBytes }, container),
    [data, cpuCores, memoryBytes, container],
  );
  return (
    <ChartFrame
      title={t("pressure.timeline")}
      unit={t("pressure.timeline-note", { step: format.duration(data.stepSeconds) })}
      query={{ data: lanes, error: null, refetch: () => undefined }}
      emptyReason={(ready) => (ready.length === 0 ? t("pressure.no-series") : null)}
      table={(ready) => toTable(ready, data, (id) => t(`pressure.lane.${id}`), t("chart.time"), t("chart.no-sample"))}
      csvName={`sluice-${name}-timeline`}
    >
      {(ready) => <Lanes lanes={ready} data={data} />}
    </ChartFrame>
  );
}

function Lanes({ lanes, data }: { readonly lanes: readonly Lane[]; readonly data: PressureTimelineProps["data"] }) {
  const { t, format, timeZone } = useReader();
  const from = Date.parse(data.range.from);
  const to = Date.parse(data.range.to);
  const ticks = timeTicks(from, to, timeZone, MAX_TICKS);
  const count = lanes[0]?.levels.length ?? 1;
  return (
    <div className="grid grid-cols-[minmax(5.5rem,auto)_minmax(0,1fr)] items-center gap-x-3 gap-y-1 text-xs">
      {lanes.map((lane) => {
        const at = format.dateTime(new Date(from + lane.peakIndex * data.stepSeconds * 1000).toISOString(), "minute");
        const isEvent = lane.id === "oom" || lane.id === "restarts";
        const words =
          lane.peak === 0
            ? t("pressure.timeline.quiet", { lane: t(`pressure.lane.${lane.id}`) })
            : isEvent
              ? t("pressure.timeline.event", { lane: t(`pressure.lane.${lane.id}`), at })
              : t("pressure.timeline.peak", {
                  lane: t(`pressure.lane.${lane.id}`),
                  peak: format.quantity(lane.peak, UNITS[lane.id]),
                  at,
                });
        return (
          <div key={lane.id} className="contents">
            <span className="truncate text-muted-foreground">{t(`pressure.lane.${lane.id}`)}</span>
            <svg
              role="img"
              aria-label={words}
              viewBox={`0 0 ${count} 1`}
              preserveAspectRatio="none"
              className="h-4 w-full rounded-xs border bg-card"
            >
              <title>{words}</title>
              {LEVEL_FILLS.map(([level, fill, opacity]) => {
                const path = pathOf(lane.levels, level);
                return path === "" ? null : <path key={level} d={path} fill={fill} fillOpacity={opacity} />;
              })}
            </svg>
          </div>
        );
      })}
      <span />
      <div aria-hidden className="relative h-4 text-subtle-foreground tabular">
        {ticks.map((tick) => (
          <span
            key={tick}
            className="absolute -translate-x-1/2 whitespace-nowrap"
            style={{ left: `${((tick - from) / (to - from)) * 100}%` }}
          >
            {shortTime(format.dateTime(new Date(tick).toISOString(), "minute"), to - from)}
          </span>
        ))}
      </div>
    </div>
  );
}

/** A day or less needs no date. */
function shortTime(text: string, spanMs: number): string {
  const [date = "", time = ""] = text.split(" ");
  return spanMs <= 86_400_000 * 1.1 ? time || date : date;
}

function toTable(
  lanes: readonly Lane[],
  data: PressureTimelineProps["data"],
  nameOf: (id: LaneId) => string,
  time: string,
  noSample: string,
): ChartTable {
  const from = Date.parse(data.range.from);
  const count = lanes[0]?.values.length ?? 0;
  return {
    head: [time, ...lanes.map(({ id }) => nameOf(id))],
    rows: Array.from({ length: count }, (_, index) => [
      new Date(from + index * data.stepSeconds * 1000).toISOString(),
      ...lanes.map(({ values }) => values[index] ?? null),
    ]),
    show: (value) => (value === null ? noSample : typeof value === "number" ? value.toPrecision(3) : String(value)),
  };
}
