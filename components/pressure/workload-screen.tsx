"use client";
import { useSearchParams } from "next/navigation";
import type { WorkloadPressure } from "#server/contract/pressure-places.ts";
import { useWorkloadPressure } from "../data/pressure-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { figureValue } from "../ui/figure.ts";
import { SectionHeader } from "../ui/section-header.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { AutoscalingSection } from "./autoscaling-section.tsx";
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

export type WorkloadScreenProps = {
  readonly cluster: string;
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
};

/** One workload: when it stalled, what it used meanwhile, its pods, and who shares its nodes. */
export function WorkloadScreen({ cluster, namespace, kind, name }: WorkloadScreenProps) {
  const { t } = useReader();
  const search = useSearchParams();
  const [window] = usePressureWindow();
  const { data, error, refetch } = useWorkloadPressure(cluster, namespace, kind, name, window);
  const place = { cluster, namespace, kind: "", name: namespace };
  return (
    <div className="flex flex-col gap-5">
      <PlaceHeader
        crumbs={[
          { label: cluster, href: pressureHref({ ...place, level: "cluster" }, search) },
          { label: namespace, href: pressureHref({ ...place, level: "namespace" }, search) },
        ]}
        title={name}
        summary={[kind, namespace, data?.workload.team ?? null].filter(Boolean).join(" · ")}
      />
      {error !== null && <ErrorNote error={error} isStale={data !== undefined} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton label={t("ui.loading", { what: name })} shape="chart" />}
      {data !== undefined && <WorkloadBody data={data} />}
    </div>
  );
}

function WorkloadBody({ data }: { readonly data: WorkloadPressure }) {
  const { t } = useReader();
  const { workload } = data;
  const limit = (value: number | null) => (value === null ? null : { value, label: t("pressure.reference.limit") });
  return (
    <>
      <SourceNotes sources={data.source.state === "partly" ? [] : [data.source]} />
      <ShareStats name={workload.name} data={data} />
      <div className="grid min-w-0 items-start gap-4 lg:grid-cols-2">
        <EpisodeList episodes={data.episodes} findings={useFindings(data)} isMeasured={hasPressure(data.series)} />
        <SuspectList
          cluster={data.cluster}
          suspects={data.suspects}
          unmeasured={data.unmeasuredSuspects}
          isMeasured={hasPressure(data.series)}
        />
      </div>
      <PressureTimeline
        name={workload.name}
        data={data}
        bounds={{
          cpuCores: figureValue(workload.cpuLimit) ?? figureValue(workload.cpuRequested),
          memoryBytes: figureValue(workload.memoryLimit) ?? figureValue(workload.memoryRequested),
        }}
      />
      <PressureCharts
        name={workload.name}
        data={data}
        references={{
          "cpu-use": limit(figureValue(workload.cpuLimit)),
          "memory-use": limit(figureValue(workload.memoryLimit)),
        }}
      />
      <AutoscalingSection cluster={data.cluster} workload={workload} />
      <div className="flex min-w-0 flex-col gap-3">
        <SectionHeader id="members" title={t("pressure.pods")} summary={t("pressure.pods-note")} />
        <MemberTable
          label={t("pressure.pods")}
          cluster={data.cluster}
          members={data.members}
          level="pod"
          csvName={`sluice-${workload.name}-pods`}
        />
      </div>
    </>
  );
}

function useFindings(data: WorkloadPressure): readonly string[] {
  const { t, format } = useReader();
  const findings: string[] = [];
  if (data.looksIdleButStalls === true) findings.push(t("pressure.finding.idle"));
  if (data.oomKilledPodCount > 0) {
    findings.push(t("pressure.finding.oom", { count: data.oomKilledPodCount, restarts: data.restartCount }));
    const memory = data.episodes.find(({ resource, kind }) => resource === "memory" && kind === "waiting");
    if (memory !== undefined) {
      findings.push(
        t("pressure.finding.memory-before", {
          at: format.dateTime(memory.from, "minute"),
          duration: format.duration((Date.parse(memory.to) - Date.parse(memory.from)) / 1000),
        }),
      );
    }
  }
  return findings;
}
