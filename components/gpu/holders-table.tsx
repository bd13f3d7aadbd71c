"use client";
import { useMemo } from "react";
import type { Gpu, GpuHolderRow, GpuTotal } from "#server/contract/gpu.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { figureValue } from "../ui/figure.ts";
import { StateMark } from "../ui/state-mark.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { holderColumns } from "./holder-columns.tsx";

/** A holder of devices, or the part of a cluster that nobody holds. */
export type HolderLine = GpuHolderRow & { readonly holder: GpuTotal["holder"] };

/** Who held devices in the range, and what nobody held: hours by what the devices did, and cost; the sums are the headline's. */
export function HoldersTable({ gpu }: { readonly gpu: Gpu }) {
  const { t, format, now } = useReader();
  const minute = Math.floor(now / 60_000) * 60_000;
  const rows = useMemo(() => toHolderLines(gpu), [gpu]);
  const columns = useMemo<readonly TableColumn<HolderLine>[]>(() => {
    const hours = (id: string, header: string, value: (row: HolderLine) => number): TableColumn<HolderLine> => ({
      id,
      header,
      value,
      cell: (row) => <span className="whitespace-nowrap">{format.quantity(value(row), "hours")}</span>,
      unit: "hours",
      csvHeader: `${id}Hours`,
      total: (rows) =>
        format.quantity(
          rows.reduce((sum, row) => sum + value(row), 0),
          "hours",
        ),
    });
    const money = (id: "cost" | "idleCost", header: string): TableColumn<HolderLine> => ({
      id,
      header,
      value: (row) => figureValue(row[id]),
      cell: (row) => <StateMark figure={row[id]} />,
      unit: `money:${gpu.currency}`,
      csvHeader: id,
      // Whole cents each: added as such.
      total: (rows) =>
        format.money(
          rows.reduce((sum, row) => sum + Math.round((figureValue(row[id]) ?? 0) * 100), 0) / 100,
          gpu.currency,
        ),
    });
    return [
      ...holderColumns<HolderLine>(t, format, minute),
      hours("active", t("gpu.active-hours"), (row) => row.hours.active),
      hours("heldIdle", t("gpu.idle-hours"), (row) => row.hours["held-idle"]),
      hours("heldUnknown", t("gpu.silent-hours"), (row) => row.hours["held-unknown"]),
      hours("unheld", t("gpu.unheld-hours"), (row) => row.hours.free + row.hours.unavailable),
      money("cost", t("gpu.workload-cost")),
      money("idleCost", t("gpu.idle-cost")),
    ];
  }, [t, format, gpu.currency, minute]);
  return (
    <DataTable
      label={t("gpu.view.workloads")}
      rows={rows}
      columns={columns}
      rowKey={holderKey}
      urlKey="w"
      initialSort={{ column: "cost", isDescending: true }}
      csvName="sluice-gpu-workloads"
      empty={<EmptyNote>{t("gpu.no-workloads")}</EmptyNote>}
    />
  );
}

export function holderKey(row: GpuHolderRow & { readonly holder?: GpuTotal["holder"] }): string {
  return [row.holder ?? "", row.cluster, row.namespace, row.kind, row.name, row.team ?? "", row.pool, row.model].join(
    " ",
  );
}

/** Kind and name under which the server tells the smallest holders together. */
const REST = "*";

/** Holders, and for each cluster what was free or out of reach: every hour and every cent of the headline once. */
export function toHolderLines(gpu: Gpu): HolderLine[] {
  const unit = `money:${gpu.currency}` as const;
  const unheld = gpu.totals.workload
    .filter((row) => row.holder === "free" || row.holder === "unavailable")
    .map(
      (row): HolderLine => ({
        holder: row.holder,
        cluster: row.cluster ?? "",
        namespace: "",
        kind: "",
        name: "",
        team: null,
        model: "",
        pool: "",
        deviceCount: 0,
        hours: row.hours,
        cost:
          row.cost === null
            ? { state: "unknown", unit, reason: "not-configured" }
            : { state: "value", unit, value: row.cost },
        idleCost: { state: "not-applicable", unit },
        activity: { state: "not-applicable", unit: "ratio" },
        heldSince: null,
      }),
    );
  return [
    ...gpu.holders.map((row) => ({
      ...row,
      holder: row.kind === REST ? ("rest" as const) : row.name === "" ? ("unknown-owner" as const) : ("held" as const),
    })),
    ...unheld,
  ];
}
