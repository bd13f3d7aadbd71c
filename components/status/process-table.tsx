"use client";
import { CircleCheck, OctagonX } from "lucide-react";
import { useMemo } from "react";
import type { Status } from "#server/contract/status.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Age } from "../ui/age.tsx";
import { Badge } from "../ui/badge.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import type { TableColumn } from "../ui/table-column.ts";

type Process = Status["processes"][number];

/** Every process that reported, with its last sign of life. */
export function ProcessTable({ processes }: { readonly processes: readonly Process[] }) {
  const t = useMessages();
  const columns = useMemo<readonly TableColumn<Process>[]>(
    () => [
      { id: "role", header: t("status.role"), value: ({ role }) => role, isFixed: true },
      {
        id: "state",
        header: t("status.state"),
        value: ({ isAlive }) => (isAlive ? t("status.alive") : t("status.silent")),
        cell: ({ isAlive }) => (
          <Badge tone={isAlive ? "ready" : "blocked"} icon={isAlive ? CircleCheck : OctagonX} look="plain">
            {isAlive ? t("status.alive") : t("status.silent")}
          </Badge>
        ),
      },
      { id: "host", header: t("status.host"), value: ({ host }) => host },
      {
        id: "memory",
        header: t("status.memory"),
        unit: "bytes",
        value: ({ facts }) => (typeof facts.memoryBytes === "number" ? facts.memoryBytes : null),
        csvHeader: "memoryBytes",
      },
      {
        id: "started",
        header: t("status.started"),
        value: ({ startedAt }) => startedAt,
        cell: ({ startedAt }) => <Age at={startedAt} />,
        csvHeader: "startedAt",
      },
      {
        id: "beat",
        header: t("status.beat"),
        value: ({ beatAt }) => beatAt,
        cell: ({ beatAt }) => <Age at={beatAt} show="age" />,
        csvHeader: "beatAt",
      },
    ],
    [t],
  );
  return (
    <section className="flex flex-col gap-2">
      <SectionHeader title={t("status.processes")} />
      <DataTable
        label={t("status.processes")}
        rows={processes}
        columns={columns}
        rowKey={({ id }) => id}
        urlKey="processes"
        csvName="processes"
        empty={<EmptyNote>{t("status.no-processes")}</EmptyNote>}
      />
    </section>
  );
}
