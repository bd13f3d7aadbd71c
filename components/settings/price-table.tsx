"use client";
import { Pencil, Trash2 } from "lucide-react";
import { useMemo } from "react";
import { PriceKind, type PriceRow } from "#server/contract/prices.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { useRefusal } from "../layout/use-refusal.ts";
import { Age } from "../ui/age.tsx";
import { Badge } from "../ui/badge.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import type { TableColumn } from "../ui/table-column.ts";

export type PriceTableProps = {
  readonly rows: readonly PriceRow[];
  readonly onCorrect: (row: PriceRow) => void;
  readonly onWithdraw: (row: PriceRow) => void;
};

/** Rows of the price book; replaced ones are marked and cannot be changed again. */
export function PriceTable({ rows, onCorrect, onWithdraw }: PriceTableProps) {
  const { t, locale } = useReader();
  const refusal = useRefusal("prices");
  const columns = useMemo<readonly TableColumn<PriceRow>[]>(() => {
    const kindWord = (row: PriceRow) => {
      const kind = PriceKind.safeParse(row.kind);
      return kind.success ? t(`settings.kind.${kind.data}`) : row.kind;
    };
    return [
      {
        id: "key",
        header: t("settings.key"),
        value: ({ key }) => key,
        cell: ({ key }) => <span className="font-mono text-xs whitespace-nowrap">{key}</span>,
        isFixed: true,
        widthRem: 10.5,
      },
      { id: "kind", header: t("settings.kind"), value: kindWord, widthRem: 6 },
      { id: "provider", header: t("settings.provider"), value: ({ provider }) => provider, widthRem: 5.5 },
      {
        id: "region",
        header: t("settings.region"),
        value: ({ region }) => (region === "" ? t("settings.every-region") : region),
        widthRem: 7.5,
      },
      {
        id: "price",
        header: t("settings.price"),
        align: "end",
        value: ({ price }) => price,
        cell: ({ price, currency, unit }) => (
          <span className="whitespace-nowrap">
            {price.toLocaleString(locale, { maximumSignificantDigits: 8 })}{" "}
            <span className="text-xs text-muted-foreground">{unit === "percent" ? "%" : currency}</span>
          </span>
        ),
        csvHeader: "price",
        widthRem: 8,
      },
      { id: "unit", header: t("settings.unit"), value: ({ unit }) => unit, widthRem: 5 },
      { id: "from", header: t("settings.valid-from"), value: ({ validFrom }) => validFrom, widthRem: 7 },
      {
        id: "to",
        header: t("settings.valid-to"),
        value: ({ validTo }) => validTo ?? "",
        isHiddenAtFirst: true,
        widthRem: 8,
      },
      {
        id: "state",
        header: t("settings.state"),
        value: ({ supersededAt }) => (supersededAt === null ? t("settings.valid") : t("settings.superseded")),
        cell: ({ supersededAt, origin }) =>
          supersededAt === null ? (
            <Badge look="outline" tone={origin === "edited" ? "in-use" : "neutral"}>
              {originWord(origin)}
            </Badge>
          ) : (
            <Badge look="plain" tone="off">
              {t("settings.superseded")}
            </Badge>
          ),
        widthRem: 6.5,
      },
      {
        id: "source",
        header: t("settings.source"),
        value: ({ source }) => source,
        cell: ({ source }) => (
          <span className="block max-w-40 truncate text-muted-foreground" title={source}>
            {source}
          </span>
        ),
        widthRem: 11,
      },
      {
        id: "date",
        header: t("settings.source-date"),
        value: ({ sourceDate }) => sourceDate ?? "",
        isHiddenAtFirst: true,
        widthRem: 7,
      },
      {
        id: "by",
        header: t("settings.edited-by"),
        value: ({ createdBy }) => createdBy,
        cell: ({ createdBy, createdAt }) => (
          <span className="whitespace-nowrap">
            {createdBy} <span className="text-xs text-muted-foreground">· {<Age at={createdAt} show="age" />}</span>
          </span>
        ),
        isHiddenAtFirst: true,
        widthRem: 12,
      },
      {
        id: "change",
        header: t("settings.change"),
        value: () => "",
        cell: (row) =>
          row.supersededAt === null && (
            <span className="flex justify-end">
              <IconButton
                size="sm"
                icon={Pencil}
                label={`${t("settings.correct-price")}: ${row.key}`}
                refusal={refusal}
                onClick={() => onCorrect(row)}
              />
              <IconButton
                size="sm"
                icon={Trash2}
                label={`${t("settings.withdraw")}: ${row.key}`}
                refusal={refusal}
                onClick={() => onWithdraw(row)}
              />
            </span>
          ),
        isFixed: true,
        csvHeader: "id",
        csv: ({ id }) => id,
        widthRem: 6,
      },
    ];
    function originWord(origin: string): string {
      return origin === "shipped" || origin === "file" || origin === "edited" || origin === "opencost"
        ? t(`settings.origin.${origin}`)
        : origin;
    }
  }, [t, locale, onCorrect, onWithdraw, refusal]);
  return (
    <DataTable
      label={t("settings.tab.prices")}
      rows={rows}
      columns={columns}
      rowKey={({ id }) => String(id)}
      urlKey="prices"
      csvName="price-book"
    />
  );
}
