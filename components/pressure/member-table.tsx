"use client";
import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import type { PressureMember } from "#server/contract/pressure-places.ts";
import type { Unit } from "../format/unit.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Badge } from "../ui/badge.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { type Figure, figureValue } from "../ui/figure.ts";
import { StateMark } from "../ui/state-mark.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { pressureHref } from "./pressure-links.ts";

export type MemberTableProps = {
  readonly label: string;
  readonly cluster: string;
  readonly members: readonly PressureMember[];
  readonly level: "workload" | "pod";
  readonly csvName: string;
};

/** What runs there: how long it waited, what it used and asked for, how it last ended. */
export function MemberTable({ label, cluster, members, level, csvName }: MemberTableProps) {
  const { t } = useReader();
  const search = useSearchParams();
  const columns = useMemo(() => {
    const figure = (
      id: string,
      header: string,
      unit: Unit,
      of: (member: PressureMember) => Figure,
    ): TableColumn<PressureMember> => ({
      id,
      header,
      unit,
      value: (member) => figureValue(of(member)),
      cell: (member) => <StateMark figure={of(member)} />,
      csvHeader: id,
    });
    const own: TableColumn<PressureMember>[] = [
      {
        id: "name",
        header: t("pressure.column.name"),
        value: (member) => `${member.namespace}/${member.name}`,
        isRowHeader: true,
        isFixed: true,
        widthRem: 16,
      },
      ...(["cpu", "memory", "io"] as const).map((resource) =>
        figure(
          `${resource}WaitingRatio`,
          t("pressure.column.waiting", { resource: t(`pressure.resource.${resource}`) }),
          "ratio",
          (member) => member.shares[resource],
        ),
      ),
      figure("cpuUsedCores", t("pressure.column.cpu-used"), "cores", (member) => member.cpuUsed),
      figure("cpuRequestedCores", t("pressure.column.cpu-requested"), "cores", (member) => member.cpuRequested),
      figure("memoryWorkingSetBytes", t("pressure.column.memory-used"), "bytes", (member) => member.memoryUsed),
      figure("memoryLimitBytes", t("pressure.column.memory-limit"), "bytes", (member) => member.memoryLimit),
      figure("swapUsedBytes", t("pressure.column.swap-used"), "bytes", (member) => member.swapUsed),
      {
        id: "restartCount",
        header: t("pressure.column.restarts"),
        unit: "count",
        value: (member) => member.restartCount,
      },
      {
        id: "lastReason",
        header: t("pressure.column.last-end"),
        value: (member) => member.lastReason,
        cell: (member) =>
          member.lastReason === null ? null : (
            <Badge tone={member.lastReason === "OOMKilled" ? "blocked" : "neutral"} look="outline">
              {member.lastReason}
            </Badge>
          ),
        widthRem: 8,
      },
      ...(level === "pod"
        ? [{ id: "node", header: t("pressure.column.node"), value: (member: PressureMember) => member.nodeName }]
        : [
            {
              id: "podCount",
              header: t("pressure.column.pod-count"),
              unit: "count" as const,
              value: (member: PressureMember) => member.podCount,
            },
          ]),
    ];
    return own;
  }, [t, level]);
  return (
    <DataTable
      label={label}
      rows={members}
      columns={columns}
      rowKey={(member) => `${member.namespace}/${member.kind}/${member.name}`}
      rowHref={(member) => pressureHref({ ...member, cluster, level }, search)}
      urlKey="members"
      csvName={csvName}
    />
  );
}
