"use client";
import { useMemo, useState } from "react";
import type { ClusterDetail, SourceState } from "#server/contract/clusters.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Age } from "../ui/age.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { toRoleYaml } from "../ui/rbac-yaml.ts";
import { SectionHeader } from "../ui/section-header.tsx";
import { SourceStatusBadge } from "../ui/source-status.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { SourceDrawer } from "./source-drawer.tsx";

/** What each source gave or why not, and the role that would open those that were refused. */
export function SourcesPanel({ cluster }: { readonly cluster: ClusterDetail }) {
  const t = useMessages();
  const [openSource, setOpenSource] = useState<string | null>(null);
  const { sourceStates } = cluster;
  const open = sourceStates.find((source) => keyOf(source) === openSource) ?? null;
  const rules = sourceStates.flatMap(({ fix }) => (fix?.rbac === undefined ? [] : [fix.rbac]));
  const columns = useSourceColumns();
  return (
    <div className="flex flex-col gap-5">
      {rules.length > 0 && (
        <Card aria-labelledby="missing-rights" className="flex flex-col gap-3">
          <CardHeader
            id="missing-rights"
            title={t("clusters.missing-rights")}
            note={t("clusters.missing-rights-note", { count: rules.length })}
          />
          <CodeBlock
            label={t("clusters.role-yaml")}
            code={toRoleYaml(rules)}
            fileName={`sluice-missing-rights-${cluster.name}.yaml`}
          />
        </Card>
      )}
      <section className="flex flex-col gap-2">
        <SectionHeader title={t("clusters.coverage")} />
        <DataTable
          label={t("clusters.coverage")}
          rows={sourceStates}
          columns={columns}
          rowKey={keyOf}
          onRowClick={(source) => setOpenSource(keyOf(source))}
          urlKey="sources"
          csvName={`${cluster.name}-sources`}
          empty={<EmptyNote>{t("clusters.no-reads")}</EmptyNote>}
        />
      </section>
      {open !== null && <SourceDrawer source={open} onClose={() => setOpenSource(null)} />}
    </div>
  );
}

function keyOf({ readKind, source }: SourceState): string {
  return `${readKind}/${source}`;
}

function useSourceColumns(): readonly TableColumn<SourceState>[] {
  const t = useMessages();
  return useMemo<readonly TableColumn<SourceState>[]>(
    () => [
      {
        id: "source",
        header: t("clusters.source"),
        value: ({ source }) => source,
        cell: ({ source }) => <code className="font-mono text-xs break-all">{source}</code>,
        isFixed: true,
        widthRem: 26,
      },
      { id: "kind", header: t("clusters.read-kind"), value: ({ readKind }) => t(`clusters.kind.${readKind}`) },
      {
        id: "status",
        header: t("clusters.status"),
        value: ({ status }) => t(`clusters.source-status.${status}`),
        cell: ({ status }) => <SourceStatusBadge status={status} />,
      },
      {
        id: "reason",
        header: t("clusters.reason"),
        value: ({ reason, detail }) =>
          [reason === null ? null : t(`reason.${reason}`), detail].filter((part) => part !== null).join(" – "),
        cell: ({ reason, detail }) => (
          <span className="block max-w-64 truncate" title={detail ?? undefined}>
            {[reason === null ? null : t(`reason.${reason}`), detail].filter((part) => part !== null).join(" – ")}
          </span>
        ),
        widthRem: 24,
      },
      {
        id: "fix",
        header: t("clusters.fix"),
        value: ({ fix }) => (fix === null ? "" : t(`clusters.fix.${fix.code}`)),
        cell: ({ fix }) => (
          <span className="block w-52 text-pretty">{fix !== null && t(`clusters.fix.${fix.code}`)}</span>
        ),
      },
      { id: "objects", header: t("clusters.objects"), unit: "count", value: ({ objectCount }) => objectCount },
      {
        id: "expected",
        header: t("clusters.expected"),
        unit: "count",
        value: ({ expectedCount }) => expectedCount,
        isHiddenAtFirst: true,
      },
      {
        id: "skipped",
        header: t("clusters.skipped"),
        unit: "count",
        value: ({ skippedCount }) => skippedCount,
        isHiddenAtFirst: true,
      },
      {
        id: "bytes",
        header: t("clusters.bytes"),
        unit: "traffic-bytes",
        value: ({ receivedBytes }) => receivedBytes,
        csvHeader: "receivedBytes",
      },
      {
        id: "duration",
        header: t("clusters.duration"),
        unit: "seconds",
        isHiddenAtFirst: true,
        value: ({ durationSeconds }) => durationSeconds,
        csvHeader: "durationSeconds",
      },
      {
        id: "ok",
        header: t("clusters.last-ok"),
        value: ({ lastOkAt }) => lastOkAt,
        cell: ({ lastOkAt }) =>
          lastOkAt === null ? (
            <span className="text-status-unknown">{t("clusters.never-read")}</span>
          ) : (
            <Age at={lastOkAt} show="age" />
          ),
        csvHeader: "lastOkAt",
      },
    ],
    [t],
  );
}
