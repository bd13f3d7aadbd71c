"use client";
import { useMemo } from "react";
import type { Gpu, GpuTotal } from "#server/contract/gpu.ts";
import type { Translate } from "../i18n/catalogue.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { type Figure, figureOf } from "../ui/figure.ts";
import { Segmented } from "../ui/segmented.tsx";
import { StateMark } from "../ui/state-mark.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { choiceParam } from "../url/url-param.ts";
import { useUrlState } from "../url/use-url-state.ts";
import { shortModel } from "./device-name.ts";
import { HoldersTable } from "./holders-table.tsx";

const CUTS = ["workload", "team", "pool", "model"] as const;
type Cut = (typeof CUTS)[number];
const cutParam = choiceParam<Cut>("by", CUTS, "workload");

/** All device-hours and their cost, cut four ways; under each cut the same sum as in the headline. */
export function TotalsView({ gpu }: { readonly gpu: Gpu }) {
  const { t } = useReader();
  const [cut, setCut] = useUrlState(cutParam);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <Segmented
          label={t("gpu.cut")}
          value={cut}
          options={CUTS.map((value) => ({ value, label: t(`gpu.cut.${value}`) }))}
          onChange={(next) => setCut(next, "replace")}
        />
        <p className="text-xs text-muted-foreground">{t("gpu.totals-note")}</p>
      </div>
      {cut === "workload" ? <HoldersTable gpu={gpu} /> : <TotalsTable key={cut} gpu={gpu} cut={cut} />}
    </div>
  );
}

/** What stands for a part that nobody's name stands for. */
export function holderWord(holder: GpuTotal["holder"], t: Translate): string {
  return holder === "held" ? "" : t(`gpu.holder.${holder}`);
}

function TotalsTable({ gpu, cut }: { readonly gpu: Gpu; readonly cut: Exclude<Cut, "workload"> }) {
  const { t, format } = useReader();
  const rows = gpu.totals[cut];
  const columns = useMemo<readonly TableColumn<GpuTotal>[]>(() => {
    const nameOf = (row: GpuTotal): string => {
      if (cut === "pool") return row.pool || t("gpu.no-pool");
      if (cut === "model") return shortModel(row.model);
      return row.team ?? holderWord(row.holder, t);
    };
    const hours = (id: string, header: string, value: (row: GpuTotal) => number): TableColumn<GpuTotal> => ({
      id,
      header,
      value,
      cell: (row) => <span className="whitespace-nowrap">{format.quantity(value(row), "hours")}</span>,
      unit: "hours",
      csvHeader: `${id}Hours`,
      total: (shown) => format.quantity(sum(shown, value), "hours"),
    });
    const money = (id: "cost" | "idleCost", header: string): TableColumn<GpuTotal> => ({
      id,
      header,
      value: (row) => row[id],
      cell: (row) => <StateMark figure={moneyFigure(row[id], gpu.currency)} />,
      unit: `money:${gpu.currency}`,
      csvHeader: id,
      total: (shown) => format.money(sum(shown, (row) => Math.round((row[id] ?? 0) * 100)) / 100, gpu.currency),
    });
    return [
      {
        id: "name",
        header: t(`gpu.cut.${cut}`),
        isRowHeader: true,
        isFixed: true,
        value: nameOf,
        cell: (row) => (
          <span className={row.holder === "held" ? "font-medium" : "text-muted-foreground"}>{nameOf(row)}</span>
        ),
        csv: (row) => (row.holder === "held" ? nameOf(row) : row.holder),
      },
      ...(cut === "pool"
        ? [{ id: "cluster", header: t("gpu.cluster"), value: (row: GpuTotal) => row.cluster, widthRem: 8 }]
        : []),
      hours("active", t("gpu.active-hours"), (row) => row.hours.active),
      hours("heldIdle", t("gpu.idle-hours"), (row) => row.hours["held-idle"]),
      hours("heldUnknown", t("gpu.silent-hours"), (row) => row.hours["held-unknown"]),
      hours("free", t("gpu.free-count"), (row) => row.hours.free),
      hours("unavailable", t("gpu.unavailable-hours"), (row) => row.hours.unavailable),
      hours("all", t("gpu.all-hours"), (row) => Object.values(row.hours).reduce((all, value) => all + value, 0)),
      money("cost", t("gpu.workload-cost")),
      money("idleCost", t("gpu.idle-cost")),
    ];
  }, [t, format, gpu.currency, cut]);
  return (
    <DataTable
      label={t(`gpu.cut.${cut}`)}
      rows={rows}
      columns={columns}
      rowKey={(row) => row.key}
      urlKey="t"
      csvName={`sluice-gpu-by-${cut}`}
      empty={<EmptyNote>{t("gpu.no-workloads")}</EmptyNote>}
    />
  );
}

export function moneyFigure(amount: number | null, currency: string): Figure {
  return { ...figureOf(amount, "not-configured"), unit: `money:${currency}` };
}

function sum<Row>(rows: readonly Row[], value: (row: Row) => number): number {
  return rows.reduce((all, row) => all + value(row), 0);
}
