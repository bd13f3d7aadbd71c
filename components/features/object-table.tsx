"use client";
import { useMemo } from "react";
import type { FeatureDetail, FeatureOutcome } from "#server/contract/features.ts";
import { saySentence } from "../charts/feature-sentence.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { DataTable } from "../ui/data-table.tsx";
import type { TableColumn } from "../ui/table-column.ts";

type List = FeatureOutcome["objects"][number];
type Item = List["items"][number];
export type ObjectTableProps = {
  readonly list: List;
  readonly words: FeatureDetail["words"];
  readonly csvName: string;
};

/** The objects that a rule listed, each with what it says of them. */
export function ObjectTable({ list, words, csvName }: ObjectTableProps) {
  const { t, locale } = useReader();
  const columns = useMemo<readonly TableColumn<Item>[]>(
    () => [
      {
        id: "name",
        header: t("features.name"),
        value: (item) => item.ref.name,
        isRowHeader: true,
        isFixed: true,
        widthRem: 15,
      },
      { id: "kind", header: t("features.kind"), value: (item) => item.ref.kind, widthRem: 11 },
      {
        id: "namespace",
        header: t("features.namespace"),
        value: (item) => (item.ref.namespace === "" ? t("features.cluster-scoped") : item.ref.namespace),
        csv: (item) => item.ref.namespace,
        widthRem: 10,
      },
      {
        id: "note",
        header: t("features.note"),
        value: (item) => saySentence(words, item.noteKey, item.params, locale),
        cell: (item) => (
          <span className="whitespace-normal text-muted-foreground">
            {saySentence(words, item.noteKey, item.params, locale)}
          </span>
        ),
        widthRem: 20,
      },
    ],
    [t, words, locale],
  );
  const label = saySentence(words, list.key, {}, locale);
  return (
    <DataTable
      label={label}
      rows={list.items}
      columns={columns}
      rowKey={({ ref }) => `${ref.kind}/${ref.namespace}/${ref.name}`}
      totalRowCount={list.total}
      csvName={csvName}
    />
  );
}
