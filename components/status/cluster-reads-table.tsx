"use client";
import { useMemo } from "react";
import type { Status } from "#server/contract/status.ts";
import { useFormat, useMessages } from "../i18n/reader-provider.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { FreshnessMark, ReadStatusBadge } from "../ui/read-status.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import type { TableColumn } from "../ui/table-column.ts";

type ClusterStatus = Status["clusters"][number];
const KINDS = ["inventory", "metrics", "gates"] as const;

/** Every cluster with the last attempt of each read and what is failing. */
export function ClusterReadsTable({ clusters }: { readonly clusters: readonly ClusterStatus[] }) {
  const t = useMessages();
  const format = useFormat();
  const columns = useMemo<readonly TableColumn<ClusterStatus>[]>(
    () => [
      {
        id: "cluster",
        header: t("status.cluster"),
        value: ({ cluster }) => cluster,
        cell: ({ cluster }) => <span className="whitespace-nowrap">{cluster}</span>,
        isFixed: true,
      },
      ...KINDS.map(
        (kind): TableColumn<ClusterStatus> => ({
          id: kind,
          header: t(`clusters.kind.${kind}`),
          value: (row) => readOf(row, kind)?.lastStatus ?? "never",
          cell: (row) => {
            const read = readOf(row, kind);
            if (read === undefined) return <ReadStatusBadge status={null} />;
            return (
              <span className="flex flex-col gap-0.5 whitespace-nowrap">
                <ReadStatusBadge status={read.lastStatus} />
                <span className="text-xs text-muted-foreground">
                  <FreshnessMark freshness={read.freshness} />
                </span>
              </span>
            );
          },
        }),
      ),
      {
        id: "failing",
        header: t("status.failing"),
        value: (row) => failing(row).join("; "),
        cell: (row) => (
          <span className="block max-w-md text-xs text-status-blocked">
            {row.reads
              .filter(({ failureCount }) => failureCount > 0)
              .map(({ kind, failureCount, reason, detail }) => (
                <span key={kind} className="block">
                  {t(`clusters.kind.${kind}`)}: {t("clusters.failures", { count: failureCount })}
                  {[reason, detail].filter((part) => part !== null).map((part) => ` – ${part}`)}
                </span>
              ))}
          </span>
        ),
      },
      {
        id: "sources",
        header: t("status.sources"),
        align: "end",
        value: ({ sources }) => sources.of - sources.covered,
        cell: ({ sources }) =>
          t("clusters.of", { part: format.count(sources.covered), whole: format.count(sources.of) }),
        csvHeader: "missingSourceCount",
      },
      {
        id: "history",
        header: t("status.history"),
        align: "end",
        value: ({ backfill }) => backfill.doneCount,
        cell: ({ backfill }) =>
          backfill.state === "not-planned" ? (
            <span className="text-status-unknown">{t("reason.not-yet-read")}</span>
          ) : (
            t("clusters.of", { part: format.count(backfill.doneCount), whole: format.count(backfill.chunkCount) })
          ),
        csvHeader: "backfillChunksDone",
      },
    ],
    [t, format],
  );
  return (
    <section className="flex flex-col gap-2">
      <SectionHeader title={t("status.reads")} />
      <DataTable
        label={t("status.reads")}
        rows={clusters}
        columns={columns}
        rowKey={({ cluster }) => cluster}
        rowHref={({ cluster }) => `/clusters/${encodeURIComponent(cluster)}?tab=reads`}
        urlKey="reads"
        csvName="reads"
        empty={<EmptyNote>{t("clusters.none")}</EmptyNote>}
      />
    </section>
  );
}

function readOf({ reads }: ClusterStatus, kind: (typeof KINDS)[number]) {
  return reads.find((read) => read.kind === kind);
}

function failing({ reads }: ClusterStatus): string[] {
  return reads.flatMap(({ kind, failureCount, reason }) => (failureCount > 0 ? [`${kind}: ${reason ?? ""}`] : []));
}
