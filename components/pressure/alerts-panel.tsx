"use client";
import { Bell } from "lucide-react";
import { useMemo, useState } from "react";
import { type AlertEvent, AlertQuery, type FiringAlert } from "#server/contract/alerts.ts";
import { useAlertList, useRetryDelivery } from "../data/alerts-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { useRefusal } from "../layout/use-refusal.ts";
import { useClusterFilter, useTeamFilter } from "../layout/use-scope.ts";
import { Age } from "../ui/age.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { DeliveryState } from "../ui/delivery-state.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { LinkButton } from "../ui/link-button.tsx";
import { QueryView } from "../ui/query-view.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { useAlertNames } from "./use-alert-names.ts";

const PAGE = 50;
const CHANGE_LOOKS = { fired: "blocked", cleared: "ready", gone: "neutral", "rule-off": "off" } as const;

/** What fires, what was told, and what became of the messages. */
export function AlertsPanel() {
  const { t } = useReader();
  const [clusters] = useClusterFilter();
  const [teams] = useTeamFilter();
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const query = useMemo(
    () =>
      AlertQuery.parse({
        ...(clusters.length === 0 ? {} : { cluster: clusters }),
        ...(teams.length === 0 ? {} : { team: teams }),
        ...(cursor === undefined ? {} : { cursor }),
        limit: PAGE,
      }),
    [clusters, teams, cursor],
  );
  const alerts = useAlertList(query);
  return (
    <QueryView what={t("alerts.tab")} query={alerts}>
      {(data) => (
        <div className="flex min-w-0 flex-col gap-6">
          <div className="flex min-w-0 flex-col gap-3">
            <SectionHeader
              id="firing"
              title={t("alerts.firing")}
              summary={t("alerts.firing-note")}
              actions={
                <LinkButton href="/settings?tab=alerts">
                  <Bell aria-hidden size={14} />
                  {t("alerts.edit-limits")}
                </LinkButton>
              }
            />
            <FiringTable alerts={data.firing} />
          </div>
          <div className="flex min-w-0 flex-col gap-3">
            <SectionHeader id="told" title={t("alerts.history")} summary={t("alerts.history-note")} />
            <EventTable events={data.items} />
            {(cursors.length > 0 || data.nextCursor !== null) && (
              <div className="flex gap-2">
                {cursors.length > 0 && <Button onClick={() => setCursors([])}>{t("alerts.newest")}</Button>}
                {data.nextCursor !== null && (
                  <Button onClick={() => setCursors([...cursors, data.nextCursor ?? ""])}>{t("alerts.older")}</Button>
                )}
              </div>
            )}
          </div>
        </div>
      )}
    </QueryView>
  );
}

function FiringTable({ alerts }: { readonly alerts: readonly FiringAlert[] }) {
  const { t, format } = useReader();
  const names = useAlertNames();
  const columns = useMemo<readonly TableColumn<FiringAlert>[]>(
    () => [
      {
        id: "what",
        header: t("alerts.what"),
        value: (alert) => names.subject(alert),
        isRowHeader: true,
        isFixed: true,
        widthRem: 20,
        cell: (alert) => <Subject name={names.subject(alert)} place={names.place(alert)} />,
      },
      { id: "rule", header: t("alerts.rule"), value: names.rule },
      {
        id: "value",
        header: t("alerts.value"),
        align: "end",
        value: ({ value }) => value,
        cell: ({ value, unit }) => (value === null ? null : format.quantity(value, unit)),
      },
      {
        id: "peak",
        header: t("alerts.peak"),
        align: "end",
        value: ({ peak }) => peak,
        cell: ({ peak, unit }) => (peak === null ? null : format.quantity(peak, unit)),
      },
      {
        id: "limit",
        header: t("alerts.limit"),
        align: "end",
        value: ({ fireAt }) => fireAt,
        cell: ({ fireAt, unit }) => format.quantity(fireAt, unit),
      },
      {
        id: "since",
        header: t("alerts.since"),
        value: ({ firedAt }) => firedAt,
        cell: ({ firedAt, turningSince }) => (
          <span className="inline-flex items-center gap-2">
            {firedAt !== null && <Age at={firedAt} show="age" />}
            {turningSince !== null && <Badge look="outline">{t("alerts.ending")}</Badge>}
          </span>
        ),
      },
    ],
    [t, format, names],
  );
  return (
    <DataTable
      label={t("alerts.firing")}
      rows={alerts}
      columns={columns}
      rowKey={({ ruleId, eventId }) => `${ruleId} ${eventId}`}
      rowHref={({ path }) => path}
      urlKey="firing"
      csvName="sluice-alerts-firing"
      empty={<EmptyNote>{t("alerts.firing-none")}</EmptyNote>}
    />
  );
}

function EventTable({ events }: { readonly events: readonly AlertEvent[] }) {
  const { t, format } = useReader();
  const names = useAlertNames();
  const retry = useRetryDelivery();
  const refusal = useRefusal("alerts");
  const { mutate, isPending } = retry;
  const columns = useMemo<readonly TableColumn<AlertEvent>[]>(
    () => [
      {
        id: "at",
        header: t("alerts.at"),
        value: ({ at }) => at,
        cell: ({ at }) => <Age at={at} show="both" />,
        isFixed: true,
        widthRem: 12,
      },
      {
        id: "change",
        header: t("alerts.change"),
        value: ({ change }) => t(`alerts.change.${change}`),
        cell: ({ change }) => <Badge tone={CHANGE_LOOKS[change]}>{t(`alerts.change.${change}`)}</Badge>,
        csvHeader: "change",
        csv: ({ change }) => change,
      },
      {
        id: "what",
        header: t("alerts.what"),
        value: (event) => names.subject(event),
        isRowHeader: true,
        widthRem: 18,
        cell: (event) => <Subject name={names.subject(event)} place={names.place(event)} />,
      },
      { id: "rule", header: t("alerts.rule"), value: names.rule },
      {
        id: "value",
        header: t("alerts.value"),
        align: "end",
        value: ({ change, value, peak }) => (change === "fired" ? value : peak),
        cell: ({ change, value, peak, unit }) => {
          if (change === "fired") return value === null ? null : format.quantity(value, unit);
          return peak === null ? null : `${t("alerts.peak")} ${format.quantity(peak, unit)}`;
        },
      },
      {
        id: "messages",
        header: t("alerts.messages"),
        widthRem: 20,
        value: ({ deliveries }) => deliveries.map(({ webhook, status }) => `${webhook} ${status}`).join(", "),
        cell: ({ deliveries }) =>
          deliveries.length === 0 ? (
            <span className="text-muted-foreground">{t("alerts.no-webhook")}</span>
          ) : (
            <span className="flex flex-col items-start gap-1 py-0.5">
              {deliveries.map((delivery) => (
                <span key={delivery.id} className="flex flex-wrap items-center gap-2">
                  <DeliveryState delivery={delivery} />
                  {delivery.status === "failed" && (
                    <Button size="sm" isBusy={isPending} refusal={refusal} onClick={() => mutate(delivery.id)}>
                      {t("alerts.retry")}
                    </Button>
                  )}
                </span>
              ))}
            </span>
          ),
      },
    ],
    [t, format, names, mutate, isPending, refusal],
  );
  return (
    <>
      {retry.error !== null && <ErrorNote error={retry.error} />}
      <DataTable
        label={t("alerts.history")}
        rows={events}
        columns={columns}
        rowKey={({ id }) => String(id)}
        rowHref={({ path }) => path}
        urlKey="told"
        csvName="sluice-alerts"
        empty={<EmptyNote>{t("alerts.history-none")}</EmptyNote>}
      />
    </>
  );
}

function Subject({ name, place }: { readonly name: string; readonly place: string }) {
  return (
    <span className="flex min-w-0 flex-col py-0.5">
      <span className="font-medium">{name}</span>
      <span className="text-xs text-muted-foreground">{place}</span>
    </span>
  );
}
