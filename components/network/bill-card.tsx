"use client";
import { Upload } from "lucide-react";
import { useMemo, useState } from "react";
import type { Network, NetworkDay } from "#server/contract/network.ts";
import { useImportBill } from "../data/network-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Select } from "../ui/select.tsx";
import type { TableColumn } from "../ui/table-column.ts";

/** Bytes that the provider billed, day by day, beside what was measured. */
export function BillCard({ network }: { readonly network: Network }) {
  const { t } = useReader();
  const clusters = network.sources.map((source) => source.cluster);
  const [chosen, setChosen] = useState(clusters[0] ?? "");
  const bill = useImportBill();
  const rows = useMemo(() => network.days.filter((day) => day.billedBytes !== null), [network.days]);
  const columns = useMemo(
    (): TableColumn<NetworkDay>[] => [
      { id: "day", header: t("network.bill.day"), isRowHeader: true, value: (row) => row.day },
      { id: "cluster", header: t("network.bill.cluster"), value: (row) => row.cluster },
      { id: "measured", header: t("network.bill.measured"), unit: "traffic-bytes", value: (row) => row.crossZoneBytes },
      { id: "billed", header: t("network.bill.billed"), unit: "traffic-bytes", value: (row) => row.billedBytes },
      {
        id: "gap",
        header: t("network.bill.gap"),
        unit: "ratio",
        value: (row) =>
          row.billedBytes === null || row.billedBytes === 0 ? null : row.crossZoneBytes / row.billedBytes - 1,
      },
    ],
    [t],
  );
  const send = async (file: File | undefined) => {
    if (file === undefined || chosen === "") return;
    bill.mutate({ cluster: chosen, csv: await file.text() });
  };
  return (
    <Card className="flex flex-col gap-3">
      <CardHeader title={t("network.bill")} note={t("network.bill.hint")} />
      <div className="flex flex-wrap items-end gap-3">
        <Select
          label={t("network.bill.cluster")}
          value={chosen}
          options={clusters.map((cluster) => ({ value: cluster, label: cluster }))}
          onChange={setChosen}
        />
        <label className="inline-flex h-8 cursor-pointer items-center gap-1.5 rounded-md border bg-card px-3 text-sm font-medium hover:bg-hovered has-focus-visible:outline-2 has-focus-visible:outline-focus">
          <Upload aria-hidden size={14} />
          {t("network.bill.import")}
          <input
            type="file"
            accept=".csv,text/csv"
            aria-label={t("network.bill.file")}
            className="sr-only"
            onChange={(event) => void send(event.target.files?.[0])}
          />
        </label>
        {bill.data !== undefined && (
          <output className="text-sm text-muted-foreground">
            {t("network.bill.done", { saved: bill.data.saved, skipped: bill.data.skippedCount })}
          </output>
        )}
      </div>
      {bill.error !== null && <ErrorNote error={bill.error} />}
      {rows.length === 0 ? (
        <p className="text-sm text-muted-foreground">{t("network.bill.none")}</p>
      ) : (
        <DataTable
          label={t("network.bill")}
          rows={rows}
          columns={columns}
          rowKey={(row) => `${row.cluster}/${row.day}`}
          csvName="network-bill"
        />
      )}
    </Card>
  );
}
