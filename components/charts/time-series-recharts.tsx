"use client";
import { useMemo } from "react";
import {
  Area,
  Bar,
  CartesianGrid,
  Cell,
  ComposedChart,
  Line,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { Unit } from "../format/unit.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { ChartTooltip } from "./chart-tooltip.tsx";
import type { PreparedTimeSeries } from "./prepare-time-series.ts";
import { seriesCss } from "./series-colour.ts";
import type { ChartMark, TimeSeriesKind } from "./time-series-chart.tsx";

export type TimeSeriesRechartsProps = {
  readonly prepared: PreparedTimeSeries;
  readonly unit: Unit;
  readonly kind: TimeSeriesKind;
  readonly timeZone: string;
  readonly reference: { readonly value: number; readonly label: string } | null;
  readonly marks: readonly ChartMark[];
  readonly domain: readonly [number, number] | null;
};

const TICK = { fill: "var(--ink-subtle)", fontSize: 11 } as const;

/** Draws what `prepareTimeSeries` decided; nothing is computed here. Lines run straight and break at gaps. */
export function TimeSeriesRecharts({
  prepared,
  unit,
  kind,
  timeZone,
  reference,
  marks,
  domain,
}: TimeSeriesRechartsProps) {
  const { format } = useReader();
  const { times, series, ticks, from, to } = prepared;
  const data = useMemo(
    () => times.map((at, index) => ({ at, values: series.map(({ values }) => values[index] ?? null) })),
    [times, series],
  );
  const spanSeconds = (to - from) / 1000;
  const isStacked = kind.startsWith("stacked");
  const isBar = kind.endsWith("bar");
  const halfStep = ((times[1] ?? to) - (times[0] ?? from)) / 2;
  // The name of a line at the upper edge has room below it only; elsewhere it stands above, clear of the axis.
  const isUpper =
    reference !== null && series.every(({ values }) => values.every((value) => (value ?? 0) <= reference.value));
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart
        data={data}
        margin={{ top: 6, right: 8, bottom: 0, left: 0 }}
        accessibilityLayer={false}
        barCategoryGap={1}
      >
        <CartesianGrid vertical={false} stroke="var(--line)" strokeDasharray="none" />
        <XAxis
          dataKey="at"
          type="number"
          scale="time"
          // A bar stands around its moment: half a step of room on the left, or the first one covers the axis.
          domain={[isBar ? from - halfStep : from, isBar ? to - halfStep : (times.at(-1) ?? to)]}
          ticks={[...ticks]}
          tickFormatter={(at: number) => format.tick(at, spanSeconds, timeZone)}
          tick={TICK}
          tickLine={false}
          axisLine={{ stroke: "var(--line-strong)" }}
          minTickGap={24}
          height={24}
        />
        <YAxis
          tick={TICK}
          tickLine={false}
          axisLine={false}
          width="auto"
          tickCount={5}
          domain={domain === null ? [0, "auto"] : [domain[0], domain[1]]}
          allowDataOverflow={domain !== null}
          tickFormatter={(value: number) => format.axis(value, unit)}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={isBar ? { fill: "var(--hovered)" } : { stroke: "var(--line-strong)" }}
          content={({ active, label }) =>
            active === true && typeof label === "number" ? (
              <ChartTooltip prepared={prepared} at={label} unit={unit} timeZone={timeZone} isTotalled={isStacked} />
            ) : null
          }
        />
        {reference !== null && (
          <ReferenceLine
            y={reference.value}
            stroke="var(--ink-muted)"
            strokeDasharray="4 3"
            label={{
              value: reference.label,
              position: isUpper ? "insideTopRight" : "insideBottomRight",
              fill: "var(--ink-muted)",
              fontSize: 11,
            }}
          />
        )}
        {marks.map(({ at, label }) => (
          <ReferenceLine
            key={`${at}/${label}`}
            x={at}
            stroke="var(--status-attention)"
            strokeDasharray="2 3"
            label={{
              value: label,
              position: "insideTop",
              fill: "var(--status-attention)",
              fontSize: 11,
              fontWeight: 600,
            }}
          />
        ))}
        {series.map(({ key, label, colour, isolated }, index) => {
          const shared = {
            name: label,
            dataKey: (row: { readonly values: readonly (number | null)[] }) => row.values[index] ?? null,
            isAnimationActive: false,
            ...(isStacked ? { stackId: "all" } : {}),
          };
          const css = seriesCss(colour);
          if (isBar)
            return (
              <Bar key={key} {...shared} fill={css} radius={isStacked ? 0 : [2, 2, 0, 0]}>
                {prepared.unfinished !== undefined &&
                  times.map((at) => <Cell key={at} fillOpacity={prepared.unfinished?.has(at) ? 0.35 : 1} />)}
              </Bar>
            );
          const dot = (point: { readonly index?: number; readonly cx?: number; readonly cy?: number }) =>
            point.index !== undefined && isolated.has(point.index) && point.cy !== null ? (
              <circle key={point.index} cx={point.cx} cy={point.cy} r={2.5} fill={css} />
            ) : (
              <g key={point.index} />
            );
          const stroke = { stroke: css, strokeWidth: 1.5, type: "linear" as const, connectNulls: false, dot };
          const activeDot = { r: 3, strokeWidth: 0, fill: css };
          return kind === "line" ? (
            <Line key={key} {...shared} {...stroke} activeDot={activeDot} />
          ) : (
            <Area
              key={key}
              {...shared}
              {...stroke}
              activeDot={activeDot}
              fill={css}
              fillOpacity={isStacked ? 0.55 : 0.12}
              strokeWidth={isStacked ? 1 : 1.5}
            />
          );
        })}
      </ComposedChart>
    </ResponsiveContainer>
  );
}
