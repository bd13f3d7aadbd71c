"use client";
import { useMemo } from "react";
import type { PriceEventList } from "#server/contract/prices.ts";
import { usePriceEvents } from "../data/prices-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { QueryView } from "../ui/query-view.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import type { TableColumn } from "../ui/table-column.ts";

type PriceEvent = PriceEventList["items"][number];

/** Who changed what in the price book, newest first. */
export function PriceEvents() {
  const { t } = useReader();
  const events = usePriceEvents();
  const columns = useColumns();
  return (
    <section aria-labelledby="price-events" className="flex flex-col gap-3 pt-4">
      <SectionHeader level={2} id="price-events" title={t("settings.events")} summary={t("settings.events-note")} />
      <QueryView what={t("settings.events")} query={events}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyNote>{t("settings.no-events")}</EmptyNote>
          ) : (
            <DataTable
              label={t("settings.events")}
              rows={items}
              columns={columns}
              rowKey={(row) => `${row.at}/${row.event}/${row.key ?? ""}/${row.priceAfter ?? ""}`}
              csvName="price-book-changes"
              urlKey="events"
            />
          )
        }
      </QueryView>
    </section>
  );
}

function useColumns(): TableColumn<PriceEvent>[] {
  const { t, format } = useReader();
  return useMemo(
    () => [
      {
        id: "at",
        header: t("settings.event-at"),
        isRowHeader: true,
        value: (row) => row.at,
        cell: (row) => format.dateTime(row.at),
        widthRem: 11,
      },
      { id: "by", header: t("settings.edited-by"), value: (row) => row.by, widthRem: 10 },
      { id: "event", header: t("settings.event"), value: (row) => t(`settings.event.${row.event}`), widthRem: 8 },
      {
        id: "row",
        header: t("settings.key"),
        value: (row) =>
          row.key === null
            ? t("settings.event-rows", { count: row.rowCount ?? 0 })
            : `${row.provider}/${row.kind}/${row.key}`,
        widthRem: 16,
      },
      {
        id: "price",
        header: t("settings.price"),
        value: (row) =>
          [row.priceBefore, row.priceAfter]
            .filter((price) => price !== null)
            .map(String)
            .join(" → "),
        cell: (row) => {
          const prices = [row.priceBefore, row.priceAfter].filter((price) => price !== null);
          return prices.length === 0 ? "–" : `${prices.join(" → ")} ${row.unit === "percent" ? "%" : row.currency}`;
        },
        widthRem: 10,
      },
      { id: "source", header: t("settings.source"), value: (row) => row.source ?? "", widthRem: 16 },
    ],
    [t, format],
  );
}
