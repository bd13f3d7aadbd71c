"use client";
import { CircleCheck, OctagonX } from "lucide-react";
import { useMemo } from "react";
import type { Status } from "#server/contract/status.ts";
import { useStatus } from "../data/status-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Age } from "../ui/age.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { figureOf } from "../ui/figure.ts";
import { QueryView } from "../ui/query-view.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import { Stat } from "../ui/stat.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { TextLink } from "../ui/text-link.tsx";
import { ClusterReadsTable } from "./cluster-reads-table.tsx";
import { ProcessTable } from "./process-table.tsx";
import { RunningReads } from "./running-reads.tsx";

type TableSize = Status["database"]["largestTables"][number];

/** Whether the machinery works: what is alive, what waits, how large the database is, which reads fail. */
export function StatusView() {
  const { t } = useReader();
  const status = useStatus();
  return (
    <div className="flex flex-col gap-5">
      <SectionHeader
        level={1}
        title={t("status.title")}
        summary={t("status.summary")}
        actions={
          <span className="flex flex-wrap gap-4 text-sm">
            <TextLink href="/api/metrics" isExternal>
              {t("status.metrics-link")}
            </TextLink>
            <TextLink href="/api/readyz" isExternal>
              {t("status.health-link")}
            </TextLink>
            <TextLink href="/api/v1/openapi.json" isExternal>
              {t("status.api-link")}
            </TextLink>
          </span>
        }
      />
      <QueryView what={t("status.title")} query={status}>
        {(data) => <StatusBody status={data} />}
      </QueryView>
    </div>
  );
}

function StatusBody({ status }: { readonly status: Status }) {
  const { t, format } = useReader();
  const { queue, database, isCollectorAlive } = status;
  const Icon = isCollectorAlive ? CircleCheck : OctagonX;
  const columns = useMemo<readonly TableColumn<TableSize>[]>(
    () => [
      { id: "table", header: t("status.table"), value: ({ table }) => table, isFixed: true },
      {
        id: "size",
        header: t("status.size"),
        unit: "bytes",
        value: ({ sizeBytes }) => sizeBytes,
        csvHeader: "sizeBytes",
      },
      { id: "rows", header: t("status.rows"), unit: "count", value: ({ rowEstimate }) => rowEstimate },
    ],
    [t],
  );
  return (
    <>
      <p
        role="status"
        className={
          isCollectorAlive
            ? "flex items-center gap-2 text-status-ready"
            : "flex items-center gap-2 rounded-lg border tone-line tone-wash px-4 py-3 text-status-blocked"
        }
      >
        <Icon aria-hidden size={16} className="shrink-0" />
        {isCollectorAlive ? t("status.collector-alive") : t("status.collector-silent")}
      </p>
      <Card className="grid grid-cols-2 gap-4 md:grid-cols-3 xl:grid-cols-6">
        <Stat label={t("status.waiting")} figure={figureOf(queue.waitingCount)} unit="count" note={t("status.queue")} />
        <Stat label={t("status.active")} figure={figureOf(queue.activeCount)} unit="count" note={t("status.queue")} />
        <Stat label={t("status.failed")} figure={figureOf(queue.failedCount)} unit="count" note={t("status.queue")} />
        <div className="flex flex-col gap-1">
          <div className="label-caps">{t("status.oldest-waiting")}</div>
          <div className="flex min-h-8 items-center">
            {queue.oldestWaitingAt === null ? (
              <span className="text-muted-foreground">{t("status.nothing-waiting")}</span>
            ) : (
              <Age at={queue.oldestWaitingAt} show="age" />
            )}
          </div>
        </div>
        <Stat
          label={t("status.database")}
          figure={{ state: "value", value: database.sizeBytes }}
          unit="bytes"
          note={t("status.postgres", { version: database.serverVersion })}
        />
        <div className="flex flex-col gap-1">
          <div className="label-caps">{t("status.version")}</div>
          <div className="flex min-h-8 items-center text-2xl font-semibold tracking-tight">{status.version}</div>
          <div className="text-xs text-muted-foreground">{format.dateTime(status.at)}</div>
        </div>
      </Card>
      <ProcessTable processes={status.processes} />
      <RunningReads reads={status.running} />
      <ClusterReadsTable clusters={status.clusters} />
      <Card aria-labelledby="tables" className="flex flex-col gap-3">
        <CardHeader id="tables" title={t("status.tables")} note={format.bytes(database.sizeBytes)} />
        <DataTable
          label={t("status.tables")}
          rows={database.largestTables}
          columns={columns}
          rowKey={({ table }) => table}
          urlKey="tables"
          csvName="tables"
        />
      </Card>
    </>
  );
}
