"use client";
import { useSearchParams } from "next/navigation";
import type { NodePressure } from "#server/contract/pressure-places.ts";
import { useNodePressure } from "../data/pressure-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { figureValue } from "../ui/figure.ts";
import { SectionHeader } from "../ui/section-header.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { StateMark } from "../ui/state-mark.tsx";
import { EpisodeList } from "./episode-list.tsx";
import { hasPressure } from "./has-pressure.ts";
import { MemberTable } from "./member-table.tsx";
import { PlaceHeader } from "./place-header.tsx";
import { PressureCharts } from "./pressure-charts.tsx";
import { pressureHref } from "./pressure-links.ts";
import { usePressureWindow } from "./pressure-params.ts";
import { PressureTimeline } from "./pressure-timeline.tsx";
import { ShareStats } from "./share-stats.tsx";
import { SourceNotes } from "./source-notes.tsx";
import { SuspectList } from "./suspect-list.tsx";

/** One node: what stalled on it, who waited, and whose use moved with it. */
export function NodeScreen({ cluster, node }: { readonly cluster: string; readonly node: string }) {
  const { t } = useReader();
  const search = useSearchParams();
  const [window] = usePressureWindow();
  const { data, error, refetch } = useNodePressure(cluster, node, window);
  const facts = data?.node;
  return (
    <div className="flex flex-col gap-5">
      <PlaceHeader
        crumbs={[
          {
            label: cluster,
            href: pressureHref({ cluster, level: "cluster", namespace: "", kind: "", name: "" }, search),
          },
        ]}
        title={node}
        {...(facts === undefined
          ? {}
          : {
              summary: [facts.pool, facts.zone, facts.instanceType, facts.kubeletVersion].filter(Boolean).join(" · "),
            })}
      />
      {error !== null && <ErrorNote error={error} isStale={data !== undefined} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton label={t("ui.loading", { what: node })} shape="chart" />}
      {data !== undefined && <NodeBody data={data} />}
    </div>
  );
}

function NodeBody({ data }: { readonly data: NodePressure }) {
  const { t, format } = useReader();
  const { node } = data;
  const capacity = (value: number | null) =>
    value === null ? null : { value, label: t("pressure.reference.capacity") };
  const swapUsed = figureValue(node.swap.used);
  const swapCapacity = figureValue(node.swap.capacity);
  const waitsForMemory = data.episodes.some(({ resource }) => resource === "memory");
  const findings =
    swapUsed !== null && swapUsed > 0 && waitsForMemory
      ? [
          t("pressure.finding.swap", {
            used: format.bytes(swapUsed, "memory"),
            capacity: swapCapacity === null ? "–" : format.bytes(swapCapacity, "memory"),
            behavior: node.swap.behavior ?? t("pressure.swap.policy-unknown"),
          }),
        ]
      : [];
  return (
    <>
      <SourceNotes sources={data.source.state === "partly" ? [] : [data.source]} />
      <ShareStats name={node.name} data={data} />
      <div className="grid min-w-0 items-start gap-4 lg:grid-cols-2 2xl:grid-cols-3">
        <EpisodeList episodes={data.episodes} findings={findings} isMeasured={hasPressure(data.series)} />
        <SuspectList
          cluster={data.cluster}
          suspects={data.suspects}
          unmeasured={data.unmeasuredSuspects}
          isMeasured={hasPressure(data.series)}
        />
        <Card aria-labelledby="swap" className="flex flex-col gap-3">
          <CardHeader id="swap" title={t("pressure.swap")} />
          <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 text-sm">
            <dt className="text-muted-foreground">{t("pressure.swap.policy")}</dt>
            <dd>{node.swap.behavior ?? t("pressure.swap.policy-unknown")}</dd>
            <dt className="text-muted-foreground">{t("pressure.reference.capacity")}</dt>
            <dd>
              <StateMark figure={node.swap.capacity} size="full" />
            </dd>
            <dt className="text-muted-foreground">{t("pressure.series.used")}</dt>
            <dd>
              <StateMark figure={node.swap.used} size="full" />
            </dd>
          </dl>
        </Card>
      </div>
      <PressureTimeline
        name={node.name}
        data={data}
        bounds={{ cpuCores: figureValue(node.cpuCapacity), memoryBytes: figureValue(node.memoryCapacity) }}
      />
      <PressureCharts
        name={node.name}
        data={data}
        references={{
          "cpu-use": capacity(figureValue(node.cpuCapacity)),
          "memory-use": capacity(figureValue(node.memoryCapacity)),
          "swap-used": swapCapacity === null || swapCapacity === 0 ? null : capacity(swapCapacity),
        }}
      />
      <div className="flex min-w-0 flex-col gap-3">
        <SectionHeader id="members" title={t("pressure.who-waits")} summary={t("pressure.who-waits-note")} />
        <MemberTable
          label={t("pressure.who-waits")}
          cluster={data.cluster}
          members={data.members}
          level="workload"
          csvName={`sluice-${node.name}-workloads`}
        />
      </div>
    </>
  );
}
