"use client";
import { useSearchParams } from "next/navigation";
import { useMemo, useState } from "react";
import type { PodContainer, PodPressure } from "#server/contract/pressure-places.ts";
import { usePodDetailRequest, usePodPressure } from "../data/pressure-queries.ts";
import type { Unit } from "../format/unit.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { type Figure, figureValue } from "../ui/figure.ts";
import { SectionHeader } from "../ui/section-header.tsx";
import { Select } from "../ui/select.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { StateMark } from "../ui/state-mark.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { TextLink } from "../ui/text-link.tsx";
import { textParam } from "../url/url-param.ts";
import { useUrlState } from "../url/use-url-state.ts";
import { EpisodeList } from "./episode-list.tsx";
import { hasPressure } from "./has-pressure.ts";
import { PlaceHeader } from "./place-header.tsx";
import { PressureCharts } from "./pressure-charts.tsx";
import { pressureHref } from "./pressure-links.ts";
import { usePressureWindow } from "./pressure-params.ts";
import { PressureTimeline } from "./pressure-timeline.tsx";
import { ShareStats } from "./share-stats.tsx";
import { SourceNotes } from "./source-notes.tsx";

const containerParam = textParam("container");

export type PodScreenProps = { readonly cluster: string; readonly namespace: string; readonly pod: string };

/** One pod and its containers: stored records at once, its recent window as soon as a collector has read it. */
export function PodScreen({ cluster, namespace, pod }: PodScreenProps) {
  const { t } = useReader();
  const search = useSearchParams();
  const [window] = usePressureWindow();
  const [turn, setTurn] = useState(0);
  const request = usePodDetailRequest(cluster, namespace, pod, window, turn);
  const { data, error, refetch } = usePodPressure(cluster, namespace, pod, window, request.data?.untilAt);
  const facts = data?.pod;
  const place = { cluster, namespace, kind: "", name: namespace };
  return (
    <div className="flex flex-col gap-5">
      <PlaceHeader
        crumbs={[
          { label: cluster, href: pressureHref({ ...place, level: "cluster" }, search) },
          { label: namespace, href: pressureHref({ ...place, level: "namespace" }, search) },
          ...(facts === undefined
            ? []
            : [
                {
                  label: facts.workloadName,
                  href: pressureHref(
                    { cluster, level: "workload", namespace, kind: facts.workloadKind, name: facts.workloadName },
                    search,
                  ),
                },
              ]),
        ]}
        title={pod}
        summary={
          facts === undefined ? undefined : (
            <>
              {[facts.phase, facts.qosClass].filter(Boolean).join(" · ")}
              {facts.nodeName !== null && (
                <>
                  {" · "}
                  <TextLink
                    href={pressureHref(
                      { cluster, level: "node", namespace: "", kind: "", name: facts.nodeName },
                      search,
                    )}
                  >
                    {t("pressure.node-of", { node: facts.nodeName })}
                  </TextLink>
                </>
              )}
            </>
          )
        }
      />
      {error !== null && <ErrorNote error={error} isStale={data !== undefined} onRetry={() => void refetch()} />}
      {request.error !== null && error === null && (
        <ErrorNote error={request.error} isStale={data !== undefined} onRetry={() => setTurn(turn + 1)} />
      )}
      {data === undefined && error === null && <Skeleton label={t("ui.loading", { what: pod })} shape="chart" />}
      {data !== undefined && (
        <PodBody data={data} isAsked={request.data !== undefined} onAgain={() => setTurn(turn + 1)} />
      )}
    </div>
  );
}

function PodBody({
  data,
  isAsked,
  onAgain,
}: {
  readonly data: PodPressure;
  readonly isAsked: boolean;
  readonly onAgain: () => void;
}) {
  const { t, format, now } = useReader();
  const [container, setContainer] = useUrlState(containerParam);
  const { detail } = data;
  const chosen = data.containers.find(({ name }) => name === container);
  const limit = (value: number | null) => (value === null ? null : { value, label: t("pressure.reference.limit") });
  const of = chosen === undefined ? data.containers : [chosen];
  return (
    <>
      <SourceNotes sources={data.source.state === "partly" ? [] : [data.source]} />
      <div role="status" className="flex flex-wrap items-center gap-2 text-sm text-muted-foreground">
        {detail.state === "done" ? (
          <>
            <span>
              {t("pressure.detail.done", {
                age: detail.finishedAt === null ? "" : format.age(detail.finishedAt, now),
              })}
            </span>
            <Button size="sm" variant="ghost" onClick={onAgain}>
              {t("pressure.detail.again")}
            </Button>
          </>
        ) : detail.state === "failed" ? (
          <>
            <span>{t("pressure.detail.failed", { reason: detail.detail ?? detail.reason ?? "" })}</span>
            <Button size="sm" variant="ghost" onClick={onAgain}>
              {t("pressure.detail.again")}
            </Button>
          </>
        ) : (
          <span>{t(isAsked ? "pressure.detail.reading" : "pressure.detail.slow")}</span>
        )}
      </div>
      <ShareStats name={data.pod.name} data={data} />
      <EpisodeList episodes={data.episodes} findings={[]} isMeasured={hasPressure(data.series)} />
      <div className="flex min-w-0 flex-col gap-3">
        <SectionHeader id="containers" title={t("pressure.containers")} summary={t("pressure.containers-note")} />
        <ContainerTable containers={data.containers} pod={data.pod.name} onChoose={setContainer} />
      </div>
      <section aria-label={t("pressure.column.trend")} className="flex min-w-0 flex-col gap-3">
        <div className="w-full sm:w-64">
          <Select
            label={t("pressure.container")}
            value={container}
            options={[
              { value: "", label: t("pressure.container-all") },
              ...data.containers.map(({ name }) => ({ value: name, label: name })),
            ]}
            onChange={(value) => setContainer(value)}
          />
        </div>
        <PressureTimeline
          name={data.pod.name}
          data={data}
          container={chosen?.name ?? ""}
          bounds={{
            cpuCores: boundOf(of, "cpuLimit") ?? boundOf(of, "cpuRequested"),
            memoryBytes: boundOf(of, "memoryLimit") ?? boundOf(of, "memoryRequested"),
          }}
        />
        <PressureCharts
          name={data.pod.name}
          data={data}
          container={chosen?.name ?? ""}
          references={{
            "cpu-use": limit(boundOf(of, "cpuLimit")),
            "memory-use": limit(boundOf(of, "memoryLimit")),
          }}
        />
      </section>
    </>
  );
}

/** A bound of several containers is one only when each has it. */
function boundOf(
  containers: readonly PodContainer[],
  bound: "cpuLimit" | "cpuRequested" | "memoryLimit" | "memoryRequested",
): number | null {
  const values = containers.map((container) => figureValue(container[bound]));
  if (values.length === 0 || values.includes(null)) return null;
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

function ContainerTable({
  containers,
  pod,
  onChoose,
}: {
  readonly containers: readonly PodContainer[];
  readonly pod: string;
  readonly onChoose: (name: string) => void;
}) {
  const { t } = useReader();
  const columns = useMemo(() => {
    const figure = (
      id: string,
      header: string,
      unit: Unit,
      of: (container: PodContainer) => Figure,
    ): TableColumn<PodContainer> => ({
      id,
      header,
      unit,
      value: (container) => figureValue(of(container)),
      cell: (container) => <StateMark figure={of(container)} />,
      csvHeader: id,
    });
    const own: TableColumn<PodContainer>[] = [
      { id: "name", header: t("pressure.container"), value: ({ name }) => name, isRowHeader: true },
      { id: "state", header: t("pressure.column.state"), value: ({ stateReason, state }) => stateReason ?? state },
      figure("cpuCoresRequested", t("pressure.column.cpu-requested"), "cores", ({ cpuRequested }) => cpuRequested),
      figure("cpuCoresLimit", t("pressure.column.cpu-limit"), "cores", ({ cpuLimit }) => cpuLimit),
      figure("memoryBytesRequested", t("pressure.column.memory-requested"), "bytes", (row) => row.memoryRequested),
      figure("memoryBytesLimit", t("pressure.column.memory-limit"), "bytes", ({ memoryLimit }) => memoryLimit),
      figure("swapLimitBytes", t("pressure.column.swap-limit"), "bytes", ({ swapLimit }) => swapLimit),
      { id: "restartCount", header: t("pressure.column.restarts"), unit: "count", value: (row) => row.restartCount },
      {
        id: "lastReason",
        header: t("pressure.column.last-end"),
        value: ({ lastTerminatedReason }) => lastTerminatedReason,
        cell: ({ lastTerminatedReason }) =>
          lastTerminatedReason === null ? null : (
            <Badge tone={lastTerminatedReason === "OOMKilled" ? "blocked" : "neutral"} look="outline">
              {lastTerminatedReason}
            </Badge>
          ),
      },
    ];
    return own;
  }, [t]);
  return (
    <DataTable
      label={t("pressure.containers")}
      rows={containers}
      columns={columns}
      rowKey={({ name }) => name}
      onRowClick={({ name }) => onChoose(name)}
      csvName={`sluice-${pod}-containers`}
      isBare
    />
  );
}
