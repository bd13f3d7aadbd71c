"use client";
import { useMemo } from "react";
import type { Network } from "#server/contract/network.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { DataTable } from "../ui/data-table.tsx";
import type { TableColumn } from "../ui/table-column.ts";

type TeamRow = Network["teams"][number];

/** Who pays: the sender what leaves a zone, the receiver what enters. */
export function TeamsTable({ network }: { readonly network: Network }) {
  const { t, format } = useReader();
  const { currency } = network;
  const columns = useMemo((): TableColumn<TeamRow>[] => {
    const unit = `money:${currency}` as const;
    return [
      { id: "team", header: t("network.team"), isRowHeader: true, value: (row) => row.team ?? t("network.unowned") },
      {
        id: "sent",
        header: t("network.sent"),
        unit: "traffic-bytes",
        csvHeader: "sentBytes",
        value: (row) => row.sentBytes,
      },
      {
        id: "received",
        header: t("network.received"),
        unit: "traffic-bytes",
        csvHeader: "receivedBytes",
        value: (row) => row.receivedBytes,
      },
      {
        id: "cost",
        header: t("network.money"),
        unit,
        csvHeader: `cost${currency}`,
        value: (row) => row.cost,
        total: (rows) =>
          format.quantity(
            rows.reduce((sum, row) => sum + (row.cost ?? 0), 0),
            unit,
          ),
      },
    ];
  }, [t, format, currency]);
  return (
    <Card className="flex flex-col gap-3">
      <CardHeader title={t("network.teams")} note={t("network.teams.note")} />
      <DataTable
        label={t("network.teams")}
        rows={network.teams}
        columns={columns}
        rowKey={(row) => row.team ?? ""}
        csvName="network-teams"
        isBare
      />
    </Card>
  );
}
