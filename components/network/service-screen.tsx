"use client";
import { CircleCheck, CircleSlash } from "lucide-react";
import { useMemo } from "react";
import type { NetworkService } from "#server/contract/network.ts";
import { Matrix } from "../charts/matrix.tsx";
import { type ServicePlace, toNetworkWindow, useNetworkService } from "../data/network-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { useTimeRange } from "../layout/use-scope.ts";
import { Badge } from "../ui/badge.tsx";
import { Breadcrumb } from "../ui/breadcrumb.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { CoverageNote } from "../ui/coverage-note.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { useUrlState } from "../url/use-url-state.ts";
import { DailyChart, toStepMarks } from "./daily-chart.tsx";
import { ForecastCard } from "./forecast-card.tsx";
import { settingParam, spreadParam } from "./network-params.ts";
import { Peer, peerText } from "./peer.tsx";
import { Simulator } from "./simulator.tsx";

type PeerRow = NetworkService["peers"][number];

/** One Service: its preference, set and in force; who talks with it; and what another setting would do. */
export function ServiceScreen({ place }: { readonly place: ServicePlace }) {
  const { t, format } = useReader();
  const { range } = useTimeRange();
  const [setting] = useUrlState(settingParam);
  const [spread] = useUrlState(spreadParam);
  const query = useNetworkService(place, { ...toNetworkWindow(range), setting, spread });
  const { data } = query;
  const points = useMemo(
    () =>
      (data?.days ?? []).flatMap((day) => [
        { day: day.day, key: t("network.svc.cross"), value: day.crossZoneBytes },
        { day: day.day, key: t("network.svc.same"), value: day.sameZoneBytes },
      ]),
    [data, t],
  );
  const marks = useMemo(() => {
    const since = data?.forecast?.since ?? null;
    const set =
      since === null ? [] : [{ at: Date.parse(`${since.slice(0, 10)}T00:00:00Z`), label: t("network.svc.set") }];
    return [...toStepMarks(data?.steps ?? [], format), ...set];
  }, [data, t, format]);
  return (
    <div className="flex flex-col gap-6">
      <Breadcrumb
        crumbs={[{ label: t("network.title"), href: "/network" }, { label: place.cluster }, { label: place.name }]}
      />
      <SectionHeader
        level={1}
        title={`${place.namespace}/${place.name}`}
        summary={[
          place.cluster,
          ...(data === undefined
            ? []
            : [
                t("network.window", { from: data.fromDay, to: data.toDay, zone: data.timeZone }),
                `${t("network.svc.owner")}: ${data.team ?? t("network.unowned")}`,
              ]),
        ].join(" · ")}
      />
      {query.error !== null && (
        <ErrorNote error={query.error} isStale={data !== undefined} onRetry={() => void query.refetch()} />
      )}
      {data === undefined ? (
        query.error === null && <Skeleton label={t("ui.loading", { what: place.name })} shape="chart" />
      ) : (
        <>
          <Preference service={data} />
          <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <Simulator service={data} />
            <div className="flex min-w-0 flex-col gap-6">
              <ForecastCard service={data} />
              <DailyChart
                title={t("network.svc.daily")}
                unitWord={t("network.daily.bytes")}
                unit="traffic-bytes"
                points={points}
                query={query}
                note={
                  data.steps.length === 0
                    ? undefined
                    : data.steps
                        .map(
                          (step) =>
                            `${t("network.step.factor", { factor: step.factor.toFixed(1) })} ${t("network.step.since", { day: step.day })}${step.source === null || step.target === null ? "" : ` (${step.source.name} → ${step.target.name})`}`,
                        )
                        .join(" · ")
                }
                marks={marks}
                csvName={`network-${place.name}-days`}
              />
              <Zones service={data} />
            </div>
          </div>
          <Peers service={data} />
          <CoverageNote coverage={data.coverage} />
        </>
      )}
    </div>
  );
}

function Preference({ service }: { readonly service: NetworkService }) {
  const { t } = useReader();
  const { effective } = service;
  const facts: readonly (readonly [string, string])[] = [
    [t("network.svc.distribution"), service.trafficDistribution ?? t("network.svc.not-set")],
    ["type", service.type],
    ...(service.topologyMode === null ? [] : [["topology-mode", service.topologyMode] as const]),
    ...(service.internalTrafficPolicy === null
      ? []
      : [["internalTrafficPolicy", service.internalTrafficPolicy] as const]),
  ];
  return (
    <Card className="flex flex-wrap items-center gap-x-8 gap-y-3">
      {facts.map(([name, value]) => (
        <div key={name} className="flex flex-col">
          <span className="label-caps">{name}</span>
          <span className="font-mono text-sm">{value}</span>
        </div>
      ))}
      <div className="flex flex-col items-start gap-1">
        <span className="text-xs text-muted-foreground">
          {service.isHeadless
            ? t("network.svc.headless")
            : t("network.svc.hints", { hinted: effective.hintedCount, ready: effective.readyCount })}
        </span>
        <Badge
          tone={effective.isInForce ? "ready" : service.trafficDistribution === null ? "neutral" : "attention"}
          icon={effective.isInForce ? CircleCheck : CircleSlash}
        >
          {effective.isInForce ? t("network.svc.effective") : t("network.svc.not-effective")}
        </Badge>
      </div>
    </Card>
  );
}

function Zones({ service }: { readonly service: NetworkService }) {
  const { t } = useReader();
  const zones = [
    ...new Set([
      ...service.matrix.flatMap((cell) => [cell.from, cell.to]),
      ...service.endpoints.flatMap((endpoint) => (endpoint.zone === null ? [] : [endpoint.zone])),
    ]),
  ].sort();
  const ready = (zone: string) => service.endpoints.filter((one) => one.zone === zone && one.isReady).length;
  return (
    <Card aria-labelledby="network-zones" className="flex flex-col gap-3">
      <CardHeader id="network-zones" title={t("network.svc.endpoints")} note={t("network.matrix.note")} />
      <ul className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
        {zones.map((zone) => (
          <li key={zone}>
            <span className="text-muted-foreground">{zone}</span> <span className="font-medium">{ready(zone)}</span>
          </li>
        ))}
      </ul>
      <Matrix
        label={t("network.svc.endpoints")}
        rowsLabel={t("network.from")}
        columnsLabel={t("network.to")}
        rows={zones}
        columns={zones}
        cells={service.matrix.map(({ from, to, bytes }) => ({ from, to, value: bytes }))}
        unit="traffic-bytes"
        isInside={(from, to) => from === to}
      />
    </Card>
  );
}

function Peers({ service }: { readonly service: NetworkService }) {
  const { t } = useReader();
  const { currency } = service;
  const columns = useMemo(
    (): TableColumn<PeerRow>[] => [
      {
        id: "peer",
        header: t("network.svc.peer"),
        isRowHeader: true,
        value: (row) => peerText(row.peer),
        cell: (row) => <Peer peer={row.peer} />,
      },
      { id: "owner", header: t("network.svc.owner"), value: (row) => row.peer.team ?? t("network.unowned") },
      {
        id: "requests",
        header: t("network.svc.requests"),
        unit: "traffic-bytes",
        csvHeader: "requestBytes",
        value: (row) => row.requestBytes,
      },
      {
        id: "replies",
        header: t("network.svc.replies"),
        unit: "traffic-bytes",
        csvHeader: "replyBytes",
        value: (row) => row.replyBytes,
      },
      {
        id: "cross",
        header: t("network.cross-bytes"),
        unit: "traffic-bytes",
        csvHeader: "crossZoneBytes",
        value: (row) => row.crossZoneBytes,
      },
      { id: "cost", header: t("network.money"), unit: `money:${currency}`, value: (row) => row.cost },
    ],
    [t, currency],
  );
  return (
    <Card className="flex flex-col gap-3">
      <CardHeader
        title={t("network.svc.peers")}
        {...(service.peers.some((row) => row.isInferred) ? { note: t("network.service.inferred") } : {})}
      />
      <DataTable
        label={t("network.svc.peers")}
        rows={service.peers}
        columns={columns}
        rowKey={(row) => `${peerText(row.peer)}/${row.peer.kind}/${row.peer.isHidden}`}
        csvName={`network-${service.name}-peers`}
        empty={<EmptyNote>{t("network.svc.no-traffic")}</EmptyNote>}
        isBare
      />
    </Card>
  );
}
