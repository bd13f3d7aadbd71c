"use client";
import { useMemo } from "react";
import type { ReadRecord } from "#server/contract/polls.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Age } from "../ui/age.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { ReadProgressBar } from "../ui/read-progress.tsx";
import { ReadStatusBadge } from "../ui/read-status.tsx";
import type { TableColumn } from "../ui/table-column.ts";

export type ReadsTableProps = {
  readonly cluster: string;
  readonly reads: readonly ReadRecord[];
  readonly onOpen: (read: ReadRecord) => void;
};

const MISSING = new Set(["failed", "partial", "skipped"]);

/** Read records, newest first; a click shows what each source gave. */
export function ReadsTable({ cluster, reads, onOpen }: ReadsTableProps) {
  const t = useMessages();
  const columns = useMemo<readonly TableColumn<ReadRecord>[]>(
    () => [
      {
        id: "started",
        header: t("clusters.started"),
        value: ({ startedAt }) => startedAt,
        cell: ({ startedAt }) => <Age at={startedAt} />,
        csvHeader: "startedAt",
        isFixed: true,
      },
      { id: "kind", header: t("clusters.read-kind"), value: ({ kind }) => t(`clusters.kind.${kind}`) },
      {
        id: "status",
        header: t("clusters.status"),
        value: ({ status }) => t(`clusters.status.${status}`),
        cell: (read) =>
          read.status === "running" && read.progress !== null ? (
            <ReadProgressBar read={read} />
          ) : (
            <ReadStatusBadge status={read.status} />
          ),
      },
      {
        id: "duration",
        header: t("clusters.duration"),
        unit: "seconds",
        value: ({ durationSeconds }) => durationSeconds,
        csvHeader: "durationSeconds",
      },
      { id: "objects", header: t("clusters.objects"), unit: "count", value: ({ objectCount }) => objectCount },
      {
        id: "bytes",
        header: t("clusters.bytes"),
        unit: "traffic-bytes",
        value: ({ receivedBytes }) => receivedBytes,
        csvHeader: "receivedBytes",
      },
      { id: "queries", header: t("clusters.queries"), unit: "count", value: ({ queryCount }) => queryCount },
      {
        id: "missing",
        header: t("clusters.failed-sources"),
        unit: "count",
        value: ({ sources }) => sources.filter(({ status }) => MISSING.has(status)).length,
        csvHeader: "missingSourceCount",
      },
      { id: "by", header: t("clusters.requested-by"), value: ({ requestedBy }) => requestedBy },
    ],
    [t],
  );
  return (
    <DataTable
      label={t("clusters.recent-reads")}
      rows={reads}
      columns={columns}
      rowKey={({ id }) => id}
      onRowClick={onOpen}
      urlKey="reads"
      csvName={`${cluster}-reads`}
      empty={<EmptyNote>{t("clusters.no-reads")}</EmptyNote>}
    />
  );
}
