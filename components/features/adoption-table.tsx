"use client";
import { useMemo } from "react";
import { useReader } from "../i18n/reader-provider.tsx";
import { DataTable } from "../ui/data-table.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import type { AdoptionRow } from "./adoption-rows.ts";

export type AdoptionTableProps = {
  readonly label: string;
  readonly by: "team" | "namespace";
  readonly rows: readonly AdoptionRow[];
  /** Whether the table brings its own filter and export. */
  readonly csvName?: string;
};

/** Who uses it of those who could, with a total that equals the cluster's count. */
export function AdoptionTable({ label, by, rows, csvName }: AdoptionTableProps) {
  const { t, format } = useReader();
  const columns = useMemo<readonly TableColumn<AdoptionRow>[]>(() => {
    const nameOf = ({ name }: AdoptionRow) =>
      name === null ? t("features.no-name") : name === "" ? t("features.unowned") : name;
    return [
      {
        id: "name",
        header: t(`features.${by}`),
        value: nameOf,
        isRowHeader: true,
        isFixed: true,
        widthRem: 12,
        total: () => t("table.total"),
      },
      {
        id: "met",
        header: t("features.using"),
        value: (row) => row.met,
        unit: "count",
        total: (all) => format.count(sum(all, "met")),
      },
      {
        id: "of",
        header: t("features.could"),
        value: (row) => row.of,
        unit: "count",
        total: (all) => format.count(sum(all, "of")),
      },
      {
        id: "share",
        header: t("features.share"),
        value: (row) => (row.of === 0 ? null : row.met / row.of),
        unit: "ratio",
        cell: (row) => <ShareCell met={row.met} of={row.of} />,
        total: (all) => <ShareCell met={sum(all, "met")} of={sum(all, "of")} />,
      },
    ];
  }, [t, format, by]);
  return (
    <DataTable
      label={label}
      rows={rows}
      columns={columns}
      rowKey={(row) => row.key}
      isBare={csvName === undefined}
      {...(csvName === undefined ? {} : { csvName })}
    />
  );
}

function ShareCell({ met, of }: { readonly met: number; readonly of: number }) {
  const { t, format } = useReader();
  if (of === 0) return <span className="text-status-not-applicable">{t("state.not-applicable")}</span>;
  return (
    <span className="flex items-center justify-end gap-2">
      <span aria-hidden className="h-1.5 w-16 overflow-hidden rounded-full bg-hovered">
        <span className="block h-full rounded-full bg-status-in-use" style={{ width: `${(met / of) * 100}%` }} />
      </span>
      <span className="w-11 text-right">{format.percent(met / of)}</span>
    </span>
  );
}

function sum(rows: readonly AdoptionRow[], key: "met" | "of"): number {
  return rows.reduce((total, row) => total + row[key], 0);
}
