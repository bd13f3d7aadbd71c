"use client";
import { Download } from "lucide-react";
import { useMemo } from "react";
import type { AuditEvent } from "#server/contract/audit.ts";
import { auditCsvUrl, useAuditEvents } from "../data/access-queries.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { Age } from "../ui/age.tsx";
import { Button } from "../ui/button.tsx";
import { buttonStyle } from "../ui/button-style.ts";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { QueryView } from "../ui/query-view.tsx";
import { Select } from "../ui/select.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { choiceParam } from "../url/url-param.ts";
import { useUrlState } from "../url/use-url-state.ts";

const KINDS = ["all", "sign-in", "export", "poll", "price", "user", "token"] as const;
const kindParam = choiceParam("events", KINDS, "all");

/** Who did what from where. */
export function AuditPanel() {
  const t = useMessages();
  const [kind, setKind] = useUrlState(kindParam);
  const filter = useMemo(() => (kind === "all" ? {} : { event: kind }), [kind]);
  const events = useAuditEvents(filter);
  const { data, error, refetch, hasNextPage, isFetchingNextPage } = events;
  const rows = useMemo(() => data?.pages.flatMap(({ items }) => items), [data]);
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-end gap-3">
        <p className="mr-auto max-w-prose text-muted-foreground">{t("access.audit.note")}</p>
        <Select
          label={t("access.audit.kind")}
          value={kind}
          onChange={(next) => setKind(next)}
          options={KINDS.map((value) => ({ value, label: t(`access.audit.kind.${value}`) }))}
        />
        <a href={auditCsvUrl(filter)} download className={buttonStyle("secondary", "md")}>
          <Download aria-hidden size={14} />
          {t("access.audit.export")}
        </a>
      </div>
      <QueryView what={t("settings.tab.audit")} query={{ data: rows, error, refetch }}>
        {(items) => <AuditTable events={items} />}
      </QueryView>
      {hasNextPage && (
        <Button className="self-center" isBusy={isFetchingNextPage} onClick={() => void events.fetchNextPage()}>
          {t("access.audit.more")}
        </Button>
      )}
    </div>
  );
}

function AuditTable({ events }: { readonly events: readonly AuditEvent[] }) {
  const t = useMessages();
  const columns = useMemo<readonly TableColumn<AuditEvent>[]>(
    () => [
      { id: "at", header: t("access.audit.at"), value: ({ at }) => at, cell: ({ at }) => <Age at={at} /> },
      { id: "actor", header: t("access.audit.actor"), value: ({ actor }) => actor },
      {
        id: "event",
        header: t("access.audit.event"),
        value: ({ event }) => event,
        cell: ({ event }) => <code className="font-mono text-xs">{event}</code>,
        isRowHeader: true,
      },
      { id: "subject", header: t("access.audit.subject"), value: ({ subject }) => subject },
      {
        id: "address",
        header: t("access.audit.address"),
        value: ({ address }) => address ?? "–",
        csv: ({ address }) => address,
      },
      {
        id: "detail",
        header: t("access.audit.detail"),
        value: ({ detail }) => detailText(detail),
        cell: ({ detail }) => (
          <span className="block max-w-xs truncate font-mono text-xs text-muted-foreground" title={detailText(detail)}>
            {detailText(detail)}
          </span>
        ),
        widthRem: 20,
      },
    ],
    [t],
  );
  return (
    <DataTable
      label={t("settings.tab.audit")}
      rows={events}
      columns={columns}
      rowKey={({ id }) => String(id)}
      urlKey="audit"
      empty={<EmptyNote>{t("access.audit.none")}</EmptyNote>}
    />
  );
}

function detailText(detail: AuditEvent["detail"]): string {
  return Object.keys(detail).length === 0 ? "" : JSON.stringify(detail);
}
