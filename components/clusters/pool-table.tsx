"use client";
import { useMemo } from "react";
import type { NodePoolZone } from "#server/contract/clusters.ts";
import { useFormat, useMessages } from "../i18n/reader-provider.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { figureValue } from "../ui/figure.ts";
import { SectionHeader } from "../ui/section-header.tsx";
import { StateMark } from "../ui/state-mark.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { addFigures } from "./add-figures.ts";

export type PoolTableProps = {
  readonly cluster: string;
  readonly nodes: readonly NodePoolZone[];
  readonly currency: string;
};

/** The same nodes with what they are and cost: machine types, capacity, versions, allocatable, list price. */
export function PoolTable({ cluster, nodes, currency }: PoolTableProps) {
  const t = useMessages();
  const format = useFormat();
  const unit = `money/h:${currency}` as const;
  const columns = useMemo<readonly TableColumn<NodePoolZone>[]>(() => {
    const sum = (pick: (row: NodePoolZone) => number) => (rows: readonly NodePoolZone[]) =>
      format.count(rows.reduce((whole, row) => whole + pick(row), 0));
    return [
      {
        id: "pool",
        header: t("clusters.pool"),
        value: ({ pool }) => pool ?? t("clusters.no-pool"),
        cell: ({ pool }) => <span className="whitespace-nowrap">{pool ?? t("clusters.no-pool")}</span>,
        isFixed: true,
      },
      {
        id: "zone",
        header: t("clusters.zone"),
        value: ({ zone }) => zone ?? t("clusters.no-zone"),
        cell: ({ zone }) => <span className="whitespace-nowrap">{zone ?? t("clusters.no-zone")}</span>,
      },
      {
        id: "nodes",
        header: t("clusters.nodes"),
        unit: "count",
        value: ({ nodeCount }) => nodeCount,
        total: sum(({ nodeCount }) => nodeCount),
      },
      {
        id: "ready",
        header: t("clusters.ready"),
        unit: "count",
        value: ({ readyCount }) => readyCount,
        total: sum(({ readyCount }) => readyCount),
      },
      { id: "types", header: t("clusters.instance-types"), value: ({ instanceTypes }) => instanceTypes.join(", ") },
      { id: "capacity", header: t("clusters.capacity-types"), value: ({ capacityTypes }) => capacityTypes.join(", ") },
      { id: "kubelet", header: t("clusters.kubelet-versions"), value: (row) => row.kubeletVersions.join(", ") },
      {
        id: "cpu",
        header: t("clusters.cpu"),
        unit: "cores",
        value: (row) => figureValue(row.cpuCoresAllocatable),
        cell: (row) => <StateMark figure={row.cpuCoresAllocatable} />,
        csvHeader: "cpuCoresAllocatable",
        total: (rows) => <StateMark figure={addFigures(rows.map((row) => row.cpuCoresAllocatable))} unit="cores" />,
      },
      {
        id: "memory",
        header: t("clusters.memory"),
        unit: "bytes",
        value: (row) => figureValue(row.memoryBytesAllocatable),
        cell: (row) => <StateMark figure={row.memoryBytesAllocatable} />,
        csvHeader: "memoryBytesAllocatable",
        total: (rows) => <StateMark figure={addFigures(rows.map((row) => row.memoryBytesAllocatable))} unit="bytes" />,
      },
      {
        id: "cost",
        header: t("clusters.cost"),
        unit,
        value: (row) => figureValue(row.costPerHour),
        cell: (row) => <StateMark figure={row.costPerHour} />,
        csvHeader: "costPerHour",
        total: (rows) => <StateMark figure={addFigures(rows.map((row) => row.costPerHour))} unit={unit} />,
      },
    ];
  }, [t, format, unit]);
  return (
    <section className="flex flex-col gap-2">
      <SectionHeader title={t("clusters.pool-table")} />
      <DataTable
        label={t("clusters.pool-table")}
        rows={nodes}
        columns={columns}
        rowKey={({ pool, zone }) => JSON.stringify([pool, zone])}
        urlKey="pools"
        csvName={`${cluster}-nodes`}
      />
    </section>
  );
}
