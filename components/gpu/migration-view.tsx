"use client";
import { CircleAlert, CircleCheck, CircleQuestionMark, CircleX, type LucideIcon } from "lucide-react";
import { useMemo, useState } from "react";
import type { GpuMigration, GpuMigrationBlocker, GpuMigrationRow } from "#server/contract/gpu-migration.ts";
import { useGpuMigration } from "../data/gpu-queries.ts";
import type { Translate } from "../i18n/catalogue.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { QueryView } from "../ui/query-view.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import type { Tone } from "../ui/tone.ts";
import { blockerText } from "./blocker-text.ts";
import { shortModel } from "./device-name.ts";
import { MigrationDrawer } from "./migration-drawer.tsx";

type State = GpuMigrationRow["state"];
const STATE_ICON: Readonly<Record<State, LucideIcon>> = {
  ready: CircleCheck,
  blocked: CircleX,
  unknown: CircleQuestionMark,
};
const STATE_TONE: Readonly<Record<State, Tone>> = { ready: "ready", blocked: "blocked", unknown: "unknown" };
const STATE_RANK: Readonly<Record<State, number>> = { ready: 0, unknown: 1, blocked: 2 };

type MigrationViewProps = { readonly clusters: readonly string[]; readonly teams: readonly string[] };

/** Workloads that ask for accelerators by resource, and their way to claims. */
export function MigrationView({ clusters, teams }: MigrationViewProps) {
  const { t } = useReader();
  const query = useMemo(
    () => ({
      ...(clusters.length === 0 ? {} : { cluster: [...clusters] }),
      ...(teams.length === 0 ? {} : { team: [...teams] }),
    }),
    [clusters, teams],
  );
  const migration = useGpuMigration(query);
  return (
    <div className="flex flex-col gap-3">
      <SectionHeader level={2} title={t("gpu.migration-title")} summary={t("gpu.migration-note")} />
      <QueryView what={t("gpu.migration-title")} query={migration}>
        {(data) => <MigrationTable migration={data} />}
      </QueryView>
    </div>
  );
}

function MigrationTable({ migration }: { readonly migration: GpuMigration }) {
  const { t, format } = useReader();
  const [opened, setOpened] = useState<GpuMigrationRow | null>(null);
  const columns = useMemo<readonly TableColumn<GpuMigrationRow>[]>(
    () => [
      {
        id: "workload",
        header: t("gpu.workload"),
        isRowHeader: true,
        isFixed: true,
        value: (row) => `${row.namespace}/${row.name}`,
        cell: (row) => (
          <span className="flex flex-col">
            <span className="font-medium">{row.name}</span>
            <span className="text-xs text-muted-foreground">
              {row.namespace} · {row.kind}
            </span>
          </span>
        ),
      },
      {
        id: "state",
        header: t("gpu.state"),
        value: (row) => STATE_RANK[row.state],
        cell: (row) => (
          <Badge
            icon={STATE_ICON[row.state]}
            tone={STATE_TONE[row.state]}
            look={row.state === "unknown" ? "dashed" : "soft"}
          >
            {t(`gpu.migration.${row.state}`)}
          </Badge>
        ),
        align: "start",
        csv: (row) => row.state,
      },
      {
        id: "asks",
        header: t("gpu.asks"),
        value: (row) => row.asks.map(({ count, resource }) => `${count} × ${resource}`).join(", "),
      },
      {
        id: "claims",
        header: t("gpu.claims-then"),
        value: (row) => row.requests.map(({ count, className }) => `${count} × ${className}`).join(", "),
        cell: (row) => (
          <span className="flex min-w-44 flex-col">
            {row.requests.map((request) => (
              <span key={`${request.claim} ${request.className}`}>
                {format.count(request.count)} × {request.className}
                <span className="block text-xs text-muted-foreground">
                  {request.models.length > 0 && `${request.models.map(shortModel).join(", ")} · `}
                  {request.matchingDevices === null
                    ? t("gpu.matching-unknown")
                    : t("gpu.matching", { count: request.matchingDevices })}
                </span>
              </span>
            ))}
          </span>
        ),
      },
      {
        id: "blockers",
        header: t("gpu.in-the-way"),
        widthRem: 24,
        value: (row) => row.blockers.map((blocker) => blockerText(blocker, t)).join(" "),
        cell: (row) => <Blockers blockers={row.blockers} t={t} />,
        csv: (row) => row.blockers.map(({ key, severity }) => `${severity}: ${key}`).join("; "),
      },
      { id: "pods", header: t("gpu.pods"), value: (row) => row.podCount, unit: "count", csvHeader: "podCount" },
      { id: "team", header: t("gpu.team"), value: (row) => row.team ?? t("gpu.unowned"), widthRem: 8 },
      { id: "cluster", header: t("gpu.cluster"), value: (row) => row.cluster, widthRem: 8 },
      {
        id: "objects",
        header: t("gpu.objects"),
        value: () => null,
        cell: (row) => (
          <Button size="sm" aria-label={t("gpu.objects-of", { name: row.name })} onClick={() => setOpened(row)}>
            {t("gpu.objects")}
          </Button>
        ),
        csv: (row) => row.requests.map(({ selectorCel }) => selectorCel).join("; "),
        csvHeader: "selectorCel",
      },
    ],
    [t, format],
  );
  return (
    <>
      <ul className="flex flex-wrap gap-x-5 gap-y-1 text-xs text-muted-foreground">
        {migration.clusters.map((cluster) => (
          <li key={cluster.cluster}>
            {t("gpu.migration-cluster", {
              cluster: cluster.cluster,
              minor: cluster.minor ?? "?",
              asking: format.count(cluster.askingCount),
              claiming: format.count(cluster.claimingCount),
            })}
          </li>
        ))}
      </ul>
      <DataTable
        label={t("gpu.migration-title")}
        rows={migration.rows}
        columns={columns}
        rowKey={(row) => `${row.cluster} ${row.kind} ${row.namespace}/${row.name}`}
        urlKey="m"
        csvName="sluice-gpu-migration"
        empty={<EmptyNote>{t("gpu.migration-none")}</EmptyNote>}
      />
      {opened !== null && <MigrationDrawer row={opened} onClose={() => setOpened(null)} />}
    </>
  );
}

const SEVERITY_ICON = { blocking: CircleX, warning: CircleAlert, unknown: CircleQuestionMark } as const;
const SEVERITY_COLOUR = {
  blocking: "text-status-blocked",
  warning: "text-status-attention",
  unknown: "text-status-unknown",
} as const;

function Blockers({ blockers, t }: { readonly blockers: readonly GpuMigrationBlocker[]; readonly t: Translate }) {
  if (blockers.length === 0) return <span className="text-muted-foreground">{t("gpu.nothing-in-the-way")}</span>;
  return (
    <ul className="flex max-w-[34rem] flex-col gap-1 py-1 text-xs whitespace-normal">
      {blockers.map((blocker) => {
        const Icon = SEVERITY_ICON[blocker.severity];
        return (
          <li key={blocker.key + JSON.stringify(blocker.params)} className="flex gap-1.5">
            <Icon
              role="img"
              aria-label={t(`gpu.severity.${blocker.severity}`)}
              size={13}
              className={`mt-0.5 shrink-0 ${SEVERITY_COLOUR[blocker.severity]}`}
            />
            <span title={blocker.evidence.join("\n")}>{blockerText(blocker, t)}</span>
          </li>
        );
      })}
    </ul>
  );
}
