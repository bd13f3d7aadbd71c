"use client";
import { useMemo } from "react";
import type { Cost } from "#server/contract/cost.ts";
import { ChartFrame } from "../charts/chart-frame.tsx";
import { timeSeriesTable } from "../charts/chart-table.ts";
import { prepareTimeSeries } from "../charts/prepare-time-series.ts";
import { seriesColours } from "../charts/series-colour.ts";
import { TimeSeriesChart } from "../charts/time-series-chart.tsx";
import type { useCost } from "../data/cost-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { useHolderName } from "./holder-name.ts";

/** Stacked days. Days are calendar days of the billing zone, so they stand on an axis without clock changes. */
export function CostDaily({ query }: { readonly query: ReturnType<typeof useCost> }) {
  const { t, format } = useReader();
  const name = useHolderName();
  const { data } = query;
  const prepared = useMemo(() => (data === undefined ? null : prepareDays(data, name)), [data, name]);
  const unit = `money:${data?.currency ?? "USD"}` as const;
  return (
    <ChartFrame
      title={t("cost.daily")}
      unit={data?.currency ?? ""}
      query={query}
      emptyReason={() => (prepared?.hasSamples === true ? null : t("cost.nothing"))}
      partialReason={({ range }) =>
        range.recordedHours < range.expectedHours
          ? t("cost.partial", {
              recorded: format.count(range.recordedHours),
              expected: format.count(range.expectedHours),
            })
          : null
      }
      csvName="sluice-cost-days"
      table={() =>
        prepared === null
          ? { head: [], rows: [], show: String }
          : timeSeriesTable(prepared, unit, format, { time: t("chart.time"), noSample: t("chart.no-sample") })
      }
      note={({ range, daily }) =>
        [
          daily.states.some((state) => state !== "complete") ? t("cost.daily-note-pale") : null,
          range.estimatedDays > 0 ? t("cost.daily-note", { count: range.estimatedDays }) : null,
        ]
          .filter((words) => words !== null)
          .join(" ")
      }
    >
      {() =>
        prepared !== null && (
          <TimeSeriesChart
            label={t("cost.daily")}
            prepared={prepared}
            unit={unit}
            kind="stacked-bar"
            heightPixels={260}
            timeZone="UTC"
          />
        )
      }
    </ChartFrame>
  );
}

const SERIES_LIMIT = 12;
const NOBODY: readonly string[] = ["rest", "unowned", "overhead", "unallocated"];

function prepareDays(
  answer: Cost,
  name: (holder: { holder: Cost["rows"][number]["holder"]; team: string | null }) => string,
) {
  const { days, series } = answer.daily;
  const from = `${days[0] ?? answer.range.from}T00:00:00Z`;
  const to = new Date(Date.parse(`${days.at(-1) ?? answer.range.to}T00:00:00Z`) + 86_400_000);
  const prepared = prepareTimeSeries(
    series.map((own) => ({
      key: own.team ?? own.holder,
      label: name(own),
      points: days.map((day, index) => ({ at: `${day}T00:00:00Z`, value: own.costs[index] ?? null })),
    })),
    { from, to, stepSeconds: 86_400, timeZone: "UTC", limit: SERIES_LIMIT },
  );
  // A day that runs or lacks hours is no level: it is pale, and the legend tells the last complete one.
  const isComplete = answer.daily.states.map((state) => state === "complete");
  const last = isComplete.lastIndexOf(true);
  const unfinished = new Set(prepared.times.filter((_, index) => isComplete[index] === false));
  // Teams at the bottom, what nobody holds on top and grey: its size must not drown those who can change something.
  const colours = seriesColours(prepared.series.map(({ key }) => key).filter((key) => key !== "unallocated"));
  const rank = (key: string) => NOBODY.indexOf(key);
  return {
    ...prepared,
    unfinished,
    series: prepared.series
      .map((own) => ({
        ...own,
        colour: colours.get(own.key) ?? 0,
        level: last < 0 ? null : (own.values[last] ?? null),
      }))
      .toSorted((a, b) => rank(a.key) - rank(b.key)),
  };
}
