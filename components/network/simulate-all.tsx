"use client";
import { useMemo } from "react";
import type { ServiceSimulation } from "#server/contract/network.ts";
import { useNetworkSimulation } from "../data/network-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { serviceHref } from "./service-href.ts";

/** Every Service of a cluster, as if each kept its traffic in the zone. */
export function SimulateAll({ cluster }: { readonly cluster: string }) {
  const { t, format } = useReader();
  const query = useNetworkSimulation({ cluster, setting: "PreferSameZone", spread: false, days: 7 });
  const { data } = query;
  const currency = data?.currency ?? "USD";
  const columns = useMemo((): TableColumn<ServiceSimulation>[] => {
    const unit = `money:${currency}` as const;
    return [
      {
        id: "service",
        header: t("network.service"),
        isRowHeader: true,
        value: (row) => `${row.namespace}/${row.name}`,
      },
      { id: "owner", header: t("network.svc.owner"), value: (row) => row.team ?? t("network.unowned") },
      { id: "now", header: t("network.now"), unit, value: (row) => row.measuredCostPerMonth },
      {
        id: "saved",
        header: t("network.saved"),
        unit,
        value: saved,
        total: (rows) =>
          format.quantity(
            rows.reduce((sum, row) => sum + (saved(row) ?? 0), 0),
            unit,
          ),
      },
      { id: "risks", header: t("network.risks"), unit: "count", value: (row) => row.risks.length },
    ];
  }, [t, format, currency]);
  return (
    <Card className="flex flex-col gap-3">
      <CardHeader title={t("network.simulate-all")} note={t("network.simulate-all.note", { cluster })} />
      {query.error !== null && (
        <ErrorNote error={query.error} isStale={data !== undefined} onRetry={() => void query.refetch()} />
      )}
      {data === undefined ? (
        query.error === null && <Skeleton label={t("ui.loading", { what: t("network.simulate-all") })} shape="rows" />
      ) : (
        <DataTable
          label={`${t("network.simulate-all")} – ${cluster}`}
          rows={data.services}
          columns={columns}
          rowKey={(row) => `${row.namespace}/${row.name}`}
          rowHref={(row) => serviceHref(cluster, row)}
          isBare
        />
      )}
    </Card>
  );
}

function saved(row: ServiceSimulation): number | null {
  const { measuredCostPerMonth: before, simulatedCostPerMonth: after } = row;
  return before === null || after === null ? null : before - after;
}
