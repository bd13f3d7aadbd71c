"use client";
import { useMemo, useState } from "react";
import type { Network, NetworkDay } from "#server/contract/network.ts";
import { useImportBill } from "../data/network-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { useRefusal } from "../layout/use-refusal.ts";
import { Card, CardHeader } from "../ui/card.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { figureOf } from "../ui/figure.ts";
import { Select } from "../ui/select.tsx";
import { Stat } from "../ui/stat.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { FileButton } from "./file-button.tsx";

/** Bytes and money that the provider billed, day by day, beside what was measured, and the gap. */
export function BillCard({ network }: { readonly network: Network }) {
  const { t } = useReader();
  const clusters = network.sources.map((source) => source.cluster);
  const [chosen, setChosen] = useState("");
  const cluster = clusters.includes(chosen) ? chosen : (clusters[0] ?? "");
  const bill = useImportBill();
  const refusal = useRefusal("bills");
  const rows = useMemo(() => network.days.filter((day) => day.billedBytes !== null), [network.days]);
  const columns = useBillColumns(network.currency);
  const send = async (file: File) => bill.mutate({ cluster, csv: await file.text() });
  return (
    <Card aria-labelledby="network-bill" className="flex flex-col gap-4">
      <CardHeader id="network-bill" title={t("network.bill")} note={t("network.bill.hint")} />
      {refusal !== undefined && (
        <p className="text-sm text-muted-foreground">{t("network.import.refused", { why: refusal })}</p>
      )}
      {refusal === undefined && (
        <div className="flex flex-wrap items-end gap-3">
          <Select
            label={t("network.bill.cluster")}
            value={cluster}
            options={clusters.map((name) => ({ value: name, label: name }))}
            onChange={setChosen}
          />
          <FileButton
            text={t("network.bill.import")}
            label={t("network.bill.file")}
            accept=".csv,text/csv"
            onFile={(file) => void send(file)}
          />
          {bill.data !== undefined && (
            <output className="text-sm text-muted-foreground">
              {t("network.bill.done", { saved: bill.data.saved, skipped: bill.data.skippedCount })}
              {bill.data.skipped[0] !== undefined &&
                ` · ${t("network.import.line", { line: bill.data.skipped[0].lineNumber, why: bill.data.skipped[0].why })}`}
            </output>
          )}
        </div>
      )}
      {bill.error !== null && <ErrorNote error={bill.error} />}
      {rows.length === 0 ? (
        <p className="text-sm text-muted-foreground">{t("network.bill.none")}</p>
      ) : (
        <>
          <Gap rows={rows} currency={network.currency} />
          <DataTable
            label={t("network.bill")}
            rows={rows}
            columns={columns}
            rowKey={(row) => `${row.cluster}/${row.day}`}
            csvName="network-bill"
          />
        </>
      )}
    </Card>
  );
}

const isMeasured = (day: NetworkDay) => day.coveredHours > 0;
const sum = (values: readonly (number | null)[]) =>
  values.reduce<number | null>((total, value) => (total === null || value === null ? null : total + value), 0);

/** The days that were both billed and measured, together: only they can be compared. */
function Gap({ rows, currency }: { readonly rows: readonly NetworkDay[]; readonly currency: string }) {
  const { t } = useReader();
  const both = rows.filter(isMeasured);
  const measured = both.length === 0 ? null : sum(both.map((day) => day.crossZoneBytes));
  const billed = both.length === 0 ? null : sum(both.map((day) => day.billedBytes));
  const withCost = both.filter((day) => day.billedCost !== null && day.cost !== null);
  const cost = withCost.length === 0 ? null : sum(withCost.map((day) => day.cost));
  const billedCost = withCost.length === 0 ? null : sum(withCost.map((day) => day.billedCost));
  const money = `money:${currency}` as const;
  return (
    <div className="grid grid-cols-[repeat(auto-fit,minmax(9rem,1fr))] gap-5">
      <Stat
        label={t("network.bill.measured")}
        figure={figureOf(measured)}
        unit="traffic-bytes"
        note={t("network.bill.days", { both: both.length, billed: rows.length })}
      />
      <Stat label={t("network.bill.billed")} figure={figureOf(billed)} unit="traffic-bytes" />
      <Stat
        label={t("network.bill.gap")}
        figure={figureOf(measured === null || billed === null || billed === 0 ? null : measured / billed - 1)}
        unit="ratio"
        note={t("network.bill.gap.note")}
      />
      <Stat
        label={t("network.bill.gap-money")}
        figure={figureOf(cost === null || billedCost === null ? null : cost - billedCost)}
        unit={money}
        note={t("network.bill.gap-money.note")}
      />
    </div>
  );
}

function useBillColumns(currency: string): TableColumn<NetworkDay>[] {
  const { t } = useReader();
  return useMemo(() => {
    const money = `money:${currency}` as const;
    return [
      { id: "day", header: t("network.bill.day"), isRowHeader: true, value: (row) => row.day },
      { id: "cluster", header: t("network.bill.cluster"), value: (row) => row.cluster },
      {
        id: "measured",
        header: t("network.bill.measured"),
        unit: "traffic-bytes",
        csvHeader: "measuredBytes",
        value: (row) => (isMeasured(row) ? row.crossZoneBytes : null),
      },
      {
        id: "billed",
        header: t("network.bill.billed"),
        unit: "traffic-bytes",
        csvHeader: "billedBytes",
        value: (row) => row.billedBytes,
      },
      {
        id: "gap",
        header: t("network.bill.gap"),
        unit: "ratio",
        csvHeader: "gapRatio",
        value: (row) =>
          !isMeasured(row) || row.billedBytes === null || row.billedBytes === 0
            ? null
            : row.crossZoneBytes / row.billedBytes - 1,
      },
      {
        id: "cost",
        header: t("network.money"),
        unit: money,
        csvHeader: `cost${currency}`,
        value: (row) => (isMeasured(row) ? row.cost : null),
      },
      {
        id: "billed-cost",
        header: t("network.bill.billed-money"),
        unit: money,
        csvHeader: `billedCost${currency}`,
        value: (row) => row.billedCost,
      },
      {
        id: "hours",
        header: t("network.bill.hours"),
        unit: "count",
        csvHeader: "measuredHours",
        value: (row) => Math.round(row.coveredHours),
      },
    ];
  }, [t, currency]);
}
