"use client";
import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import type { PressureRanking, PressureRow } from "#server/contract/pressure.ts";
import { Sparkline } from "../charts/sparkline.tsx";
import { useReader } from "../i18n/reader-provider.tsx";
import { Badge } from "../ui/badge.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { type Figure, figureValue } from "../ui/figure.ts";
import { toProvenance } from "../ui/provenance.ts";
import { StateMark } from "../ui/state-mark.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { Why } from "../ui/why.tsx";
import { pressureHref } from "./pressure-links.ts";
import { SeverityBadge } from "./severity-badge.tsx";

export type PressureTableProps = {
  readonly ranking: PressureRanking;
  readonly level: PressureRow["level"];
  readonly kind: "waiting" | "stalled";
};

/** The ranking: worst first, each figure with its source, each row a way down. */
export function PressureTable({ ranking, level, kind }: PressureTableProps) {
  const { t, format } = useReader();
  const search = useSearchParams();
  const columns = useMemo(() => {
    const share = (row: PressureRow): Figure =>
      row.resource === null ? row.shares.cpu[kind] : row.shares[row.resource][kind];
    const own: TableColumn<PressureRow>[] = [
      {
        id: "name",
        header: t("pressure.column.name"),
        value: (row) => [row.namespace, row.name, row.container].filter((part) => part !== "").join("/"),
        isRowHeader: true,
        isFixed: true,
        widthRem: 18,
        cell: (row) => (
          <span className="flex min-w-0 flex-col py-0.5">
            <span className="flex flex-wrap items-center gap-x-2">
              <span className="font-medium">{row.container === "" ? row.name : row.container}</span>
              {row.looksIdleButStalls === true && row.severity !== "calm" && (
                <Badge tone="drift" look="outline" title={t("pressure.idle-why")}>
                  {t("pressure.idle")}
                </Badge>
              )}
            </span>
            <span className="text-xs text-muted-foreground">{placeOf(row)}</span>
          </span>
        ),
      },
      {
        id: "severity",
        header: t("pressure.column.severity"),
        value: (row) => (row.severity === null ? null : t(`pressure.severity.${row.severity}`)),
        cell: (row) =>
          row.severity === null || row.resource === null ? (
            <StateMark figure={share(row)} />
          ) : (
            <SeverityBadge
              severity={row.severity}
              title={t("pressure.severity.why", {
                attention: format.percent(ranking.limits[row.resource][kind].attention),
                critical: format.percent(ranking.limits[row.resource][kind].critical),
              })}
            />
          ),
      },
      {
        id: "resource",
        header: t("pressure.resource"),
        value: (row) => (row.resource === null ? null : t(`pressure.resource.${row.resource}`)),
        cell: (row) => (row.resource === null ? null : t(`pressure.resource.${row.resource}`)),
        widthRem: 6,
      },
      {
        id: "share",
        header: t("pressure.column.share"),
        unit: "ratio",
        value: (row) => figureValue(share(row)),
        csvHeader: `${kind}Ratio`,
        cell: (row) => {
          const figure = share(row);
          const provenance = toProvenance(
            { ...figure, evidence: row.evidence, at: row.evidence[0]?.at },
            {
              label: `${row.name} · ${row.resource === null ? "" : t(`pressure.resource.${row.resource}`)} · ${t(`pressure.kind.${kind}`)}`,
              formula: t("pressure.formula"),
              detailOf: ({ ref }) =>
                ref === "nodes" || ref === "podPressure" || ref === "containerPressure"
                  ? t(`pressure.query.${ref}`)
                  : undefined,
            },
          );
          return provenance === undefined ? (
            <StateMark figure={figure} />
          ) : (
            <Why provenance={provenance}>
              <StateMark figure={figure} />
            </Why>
          );
        },
      },
      {
        id: "stalled",
        header: t("pressure.column.stalled"),
        unit: "seconds",
        value: (row) => row.stalledSeconds,
        csvHeader: "stalledSeconds",
        cell: (row) => (row.stalledSeconds === null ? null : format.duration(row.stalledSeconds)),
      },
      {
        id: "peak",
        header: t("pressure.column.peak"),
        unit: "ratio",
        value: (row) => figureValue(row.peak),
        csvHeader: "peakRatio",
        cell: (row) => <StateMark figure={row.peak} />,
      },
      {
        id: "trend",
        header: t("pressure.column.trend"),
        value: () => null,
        csv: () => null,
        widthRem: 9,
        cell: (row) =>
          row.trend.some((value) => value !== null) ? (
            <Sparkline
              label={t("pressure.trend-label", {
                name: row.name,
                peak: format.percent(Math.max(...row.trend.map((value) => value ?? 0))),
              })}
              values={row.trend}
              width={112}
              height={20}
              colour={row.severity === "critical" ? "var(--status-blocked)" : "var(--series-1)"}
            />
          ) : null,
      },
      {
        id: "pattern",
        header: t("pressure.column.pattern"),
        hint: t("pressure.pattern.why"),
        value: (row) => (row.resource === null ? null : row.pattern),
        csvHeader: "pattern",
        cell: (row) => (row.resource === null || level === "cluster" ? null : t(`pressure.pattern.${row.pattern}`)),
        widthRem: 8,
      },
      {
        id: "longest",
        header: t("pressure.column.longest"),
        unit: "seconds",
        value: (row) => (row.resource === null || row.runCount === 0 ? null : row.longestRunSeconds),
        csvHeader: "longestRunSeconds",
        isHiddenAtFirst: true,
      },
      {
        id: "cpu",
        header: t("pressure.column.cpu-used"),
        unit: "ratio",
        hint: t("pressure.idle-why"),
        value: (row) => {
          const used = figureValue(row.cpuUsed);
          const of = figureValue(row.cpuOf);
          return used === null || of === null || of === 0 ? null : used / of;
        },
        csvHeader: "cpuUsedRatio",
      },
      {
        id: "team",
        header: t("pressure.column.team"),
        value: (row) => row.team ?? (level === "node" || level === "cluster" ? null : t("pressure.unowned")),
        isHiddenAtFirst: level === "node" || level === "cluster",
        widthRem: 8,
      },
      {
        id: "cluster",
        header: t("pressure.column.cluster"),
        value: (row) => row.cluster,
        isHiddenAtFirst: true,
      },
    ];
    return own;
  }, [t, format, kind, level, ranking.limits]);
  return (
    <DataTable
      label={t("pressure.hot-spots")}
      rows={ranking.items}
      columns={columns}
      rowKey={(row) => [row.cluster, row.level, row.namespace, row.kind, row.name, row.container].join("/")}
      rowHref={(row) => pressureHref(row, search)}
      urlKey="hot"
      csvName={`sluice-pressure-${level}`}
      totalRowCount={ranking.total}
    />
  );
}

function placeOf(row: PressureRow): string {
  const parts =
    row.level === "node"
      ? [row.cluster, row.pool, row.zone]
      : row.level === "container"
        ? [row.cluster, row.namespace, row.name]
        : [row.cluster, row.namespace, row.kind, row.nodeName];
  return parts.filter((part) => part !== null && part !== "").join(" · ");
}
