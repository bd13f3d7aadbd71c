"use client";
import { useRouter, useSearchParams } from "next/navigation";
import { useMemo } from "react";
import type { PressureHeatmap, PressureHeatmapQuery } from "#server/contract/pressure.ts";
import { ChartFrame } from "../charts/chart-frame.tsx";
import type { ChartTable } from "../charts/chart-table.ts";
import { Heatmap } from "../charts/heatmap.tsx";
import { usePressureHeatmap } from "../data/pressure-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { pressureHref } from "./pressure-links.ts";

/** Nodes × time by cluster, pool and zone; a click opens the node. */
export function NodeHeatmap({ query }: { readonly query: PressureHeatmapQuery }) {
  const { t, format } = useReader();
  const answer = usePressureHeatmap(query);
  const step = answer.data?.stepSeconds;
  return (
    <ChartFrame
      title={t("pressure.heatmap")}
      unit={step === undefined ? t("pressure.unit.share") : t("pressure.heatmap-unit", { step: format.duration(step) })}
      query={answer}
      emptyReason={(data) => (hasSample(data) ? null : t("pressure.heatmap-empty"))}
      table={(data) => toTable(data, t("chart.no-sample"), t("chart.time"))}
      csvName="sluice-pressure-heatmap"
    >
      {(data) => <HeatBody data={data} />}
    </ChartFrame>
  );
}

function HeatBody({ data }: { readonly data: PressureHeatmap }) {
  const { t } = useReader();
  const router = useRouter();
  const search = useSearchParams();
  const groups = useMemo(
    () =>
      data.groups.map(({ cluster, pool, zone, nodes }) => ({
        key: `${cluster}/${pool ?? ""}/${zone ?? ""}`,
        label: [pool ?? t("pressure.no-pool"), zone ?? t("pressure.no-zone"), cluster].join(" · "),
        rows: nodes.map(({ name, permille }) => ({
          key: `${cluster}/${name}`,
          label: name,
          values: permille.map((value) => (value === null ? null : value / 1000)),
        })),
      })),
    [data, t],
  );
  const times = useMemo(() => columnTimes(data), [data]);
  return (
    <Heatmap
      label={t("pressure.heatmap")}
      groups={groups}
      times={times}
      unit="ratio"
      onRow={(rowKey) => {
        const at = rowKey.indexOf("/");
        const place = {
          cluster: rowKey.slice(0, at),
          level: "node",
          namespace: "",
          kind: "",
          name: rowKey.slice(at + 1),
        };
        router.push(pressureHref(place, search));
      }}
    />
  );
}

function columnTimes({ range, stepSeconds, groups }: PressureHeatmap): readonly number[] {
  const from = Date.parse(range.from);
  const count = groups[0]?.nodes[0]?.permille.length ?? 0;
  return Array.from({ length: count }, (_, index) => from + index * stepSeconds * 1000);
}

function hasSample({ groups }: PressureHeatmap): boolean {
  return groups.some(({ nodes }) => nodes.some(({ permille }) => permille.some((value) => value !== null)));
}

function toTable(data: PressureHeatmap, noSample: string, time: string): ChartTable {
  const times = columnTimes(data);
  const rows = data.groups.flatMap(({ cluster, nodes }) => nodes.map((node) => ({ ...node, cluster })));
  return {
    head: [time, ...times.map((at) => new Date(at).toISOString().slice(5, 16).replace("T", " "))],
    rows: rows.map(({ cluster, name, permille }) => [
      `${cluster}/${name}`,
      ...permille.map((value) => (value === null ? null : value / 1000)),
    ]),
    show: (value, column) =>
      column === 0 ? String(value) : typeof value === "number" ? `${Math.round(value * 1000) / 10} %` : noSample,
  };
}
