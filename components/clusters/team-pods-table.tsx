"use client";
import { useMemo } from "react";
import type { TeamPods } from "#server/contract/clusters.ts";
import { useFormat, useMessages } from "../i18n/reader-provider.tsx";
import { cn } from "../ui/cn.ts";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import type { TableColumn } from "../ui/table-column.ts";

const PHASES = [
  { phase: "Running", word: "running" },
  { phase: "Pending", word: "pending" },
  { phase: "Succeeded", word: "succeeded" },
  { phase: "Failed", word: "failed" },
  { phase: "Unknown", word: "unknown" },
] as const;
/** Phases in which somebody should look. */
const CALLS_FOR_A_LOOK = new Set<string>(["Pending", "Failed", "Unknown"]);

/** Pods of each team by phase; unowned pods have their own row. `isRead`: no rows means no pods, not that nobody looked. */
export function TeamPodsTable({
  cluster,
  pods,
  isRead,
}: {
  readonly cluster: string;
  readonly pods: readonly TeamPods[];
  readonly isRead: boolean;
}) {
  const t = useMessages();
  const format = useFormat();
  const columns = useMemo<readonly TableColumn<TeamPods>[]>(() => {
    const sum = (pick: (row: TeamPods) => number) => (rows: readonly TeamPods[]) =>
      rows.reduce((whole, row) => whole + pick(row), 0);
    const count = (pick: (row: TeamPods) => number) => (rows: readonly TeamPods[]) => format.count(sum(pick)(rows));
    return [
      {
        id: "team",
        header: t("clusters.team"),
        value: ({ team }) => team ?? t("shell.unowned"),
        cell: ({ team }) => team ?? <span className="text-status-attention italic">{t("shell.unowned")}</span>,
        isFixed: true,
      },
      {
        id: "pods",
        header: t("clusters.pods"),
        unit: "count",
        value: ({ podCount }) => podCount,
        total: count(({ podCount }) => podCount),
      },
      ...PHASES.map(
        ({ phase, word }): TableColumn<TeamPods> => ({
          id: phase,
          header: t(`clusters.phase.${word}`),
          unit: "count",
          value: ({ byPhase }) => byPhase[phase],
          cell: ({ byPhase }) => (
            <span
              className={cn(
                byPhase[phase] === 0 && "text-subtle-foreground",
                byPhase[phase] > 0 && CALLS_FOR_A_LOOK.has(phase) && "font-medium text-status-attention",
              )}
            >
              {format.count(byPhase[phase])}
            </span>
          ),
          total: count(({ byPhase }) => byPhase[phase]),
          csvHeader: `pods${phase}`,
        }),
      ),
      {
        id: "restarts",
        header: t("clusters.restarts"),
        unit: "count",
        value: ({ restartCount }) => restartCount,
        total: count(({ restartCount }) => restartCount),
      },
      {
        id: "cpu",
        header: t("clusters.cpu-requested"),
        unit: "cores",
        value: ({ cpuCoresRequested }) => cpuCoresRequested,
        csvHeader: "cpuCoresRequested",
        total: (rows) => format.quantity(sum((row) => row.cpuCoresRequested)(rows), "cores"),
      },
      {
        id: "memory",
        header: t("clusters.memory-requested"),
        unit: "bytes",
        value: ({ memoryBytesRequested }) => memoryBytesRequested,
        csvHeader: "memoryBytesRequested",
        total: (rows) => format.quantity(sum((row) => row.memoryBytesRequested)(rows), "bytes"),
      },
      {
        id: "namespaces",
        header: t("clusters.namespaces"),
        unit: "count",
        value: ({ namespaceCount }) => namespaceCount,
        isHiddenAtFirst: true,
      },
    ];
  }, [t, format]);
  return (
    <section className="flex flex-col gap-2">
      <SectionHeader title={t("clusters.team-pods")} />
      <DataTable
        label={t("clusters.team-pods")}
        rows={pods}
        columns={columns}
        rowKey={({ team }) => team ?? ""}
        urlKey="teams"
        initialSort={{ column: "pods", isDescending: true }}
        csvName={`${cluster}-pods-by-team`}
        empty={<EmptyNote>{t(isRead ? "clusters.zero-pods" : "clusters.no-pods")}</EmptyNote>}
      />
    </section>
  );
}
