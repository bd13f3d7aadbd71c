"use client";
import { useMemo } from "react";
import type { Gpu, GpuHolderRow } from "#server/contract/gpu.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { figureValue } from "../ui/figure.ts";
import { StateMark } from "../ui/state-mark.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { holderColumns } from "./holder-columns.tsx";

/** Who held devices in the range: hours by what the devices did, and cost; sums under the columns. */
export function HoldersTable({ gpu }: { readonly gpu: Gpu }) {
  const { t, format } = useReader();
  const columns = useMemo<readonly TableColumn<GpuHolderRow>[]>(() => {
    const hours = (id: string, header: string, value: (row: GpuHolderRow) => number): TableColumn<GpuHolderRow> => ({
      id,
      header,
      value,
      unit: "hours",
      csvHeader: `${id}Hours`,
      total: (rows) =>
        format.quantity(
          rows.reduce((sum, row) => sum + value(row), 0),
          "hours",
        ),
    });
    const money = (id: "cost" | "idleCost", header: string): TableColumn<GpuHolderRow> => ({
      id,
      header,
      value: (row) => figureValue(row[id]),
      cell: (row) => <StateMark figure={row[id]} />,
      unit: `money:${gpu.currency}`,
      csvHeader: id,
      total: (rows) =>
        format.money(
          rows.reduce((sum, row) => sum + (figureValue(row[id]) ?? 0), 0),
          gpu.currency,
        ),
    });
    return [
      ...holderColumns<GpuHolderRow>(t),
      hours("active", t("gpu.active-hours"), (row) => row.hours.active ?? 0),
      hours("heldIdle", t("gpu.idle-hours"), (row) => row.hours["held-idle"] ?? 0),
      hours("heldUnknown", t("gpu.silent-hours"), (row) => row.hours["held-unknown"] ?? 0),
      money("cost", t("gpu.workload-cost")),
      money("idleCost", t("gpu.idle-cost")),
    ];
  }, [t, format, gpu.currency]);
  return (
    <DataTable
      label={t("gpu.view.workloads")}
      rows={gpu.holders}
      columns={columns}
      rowKey={holderKey}
      urlKey="w"
      initialSort={{ column: "cost", isDescending: true }}
      csvName="sluice-gpu-workloads"
      empty={<EmptyNote>{t("gpu.no-workloads")}</EmptyNote>}
    />
  );
}

export function holderKey(row: GpuHolderRow): string {
  return [row.cluster, row.namespace, row.kind, row.name, row.team ?? "", row.pool, row.model].join(" ");
}
