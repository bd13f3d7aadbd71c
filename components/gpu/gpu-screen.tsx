"use client";
import { Download } from "lucide-react";
import { useMemo } from "react";
import { toApiUrl } from "../data/api-client.ts";
import { toGpuQuery, toHours, useGpu } from "../data/gpu-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { useClusterFilter, useTeamFilter, useTimeRange } from "../layout/use-scope.ts";
import { CoverageNote } from "../ui/coverage-note.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { LinkButton } from "../ui/link-button.tsx";
import { QueryView } from "../ui/query-view.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { choiceParam } from "../url/url-param.ts";
import { useUrlState } from "../url/use-url-state.ts";
import { ActivityChart } from "./activity-chart.tsx";
import { DeviceGrid } from "./device-grid.tsx";
import { GpuHeadline } from "./gpu-headline.tsx";
import { MigrationView } from "./migration-view.tsx";
import { RepackView } from "./repack-view.tsx";
import { TotalsView } from "./totals-table.tsx";
import { WaitingView } from "./waiting-view.tsx";
import { WasteTable } from "./waste-table.tsx";

const VIEWS = ["devices", "workloads", "waste", "claims", "repack", "migration"] as const;
const viewParam = choiceParam("view", VIEWS, "devices");

/** Accelerators: headline, activity, and one view at a time below. */
export function GpuScreen() {
  const { t, locale } = useReader();
  const [clusters] = useClusterFilter();
  const [teams] = useTeamFilter();
  const { range, resolved } = useTimeRange();
  const [view, setView] = useUrlState(viewParam);
  const query = useMemo(
    () => toGpuQuery(toHours(range, resolved), clusters, teams),
    [range, resolved, clusters, teams],
  );
  const gpu = useGpu(query);
  return (
    <div className="flex flex-col gap-5">
      <SectionHeader
        level={1}
        title={t("gpu.title")}
        summary={t("gpu.summary")}
        actions={
          gpu.data === undefined ? null : (
            <>
              <CoverageNote coverage={gpu.data.coverage} />
              <LinkButton
                href={toApiUrl("/api/v1/gpu/export.xlsx", { ...query, language: locale === "zh-CN" ? "zh" : "en" })}
                size="sm"
                variant="ghost"
              >
                <Download aria-hidden size={13} />
                {t("gpu.workbook")}
              </LinkButton>
            </>
          )
        }
      />
      <QueryView what={t("gpu.title")} query={gpu} shape="chart">
        {(data) =>
          data.deviceCount === 0 && data.holders.length === 0 && data.waiting.length === 0 ? (
            <EmptyNote>
              {t(data.coverage.newestAt === null ? "gpu.not-read" : teams.length > 0 ? "gpu.none-of-team" : "gpu.none")}
            </EmptyNote>
          ) : (
            <>
              <GpuHeadline gpu={data} />
              <ActivityChart gpu={data} />
              <Tabs
                label={t("gpu.view")}
                current={view}
                onChange={(next) => setView(next, "replace")}
                tabs={VIEWS.map((id) => ({
                  id,
                  label: t(`gpu.view.${id}`),
                  ...(id === "waste" ? { count: data.waste.length } : {}),
                  ...(id === "claims" ? { count: data.waiting.length } : {}),
                  ...(id === "devices" ? { count: data.devices.length } : {}),
                  ...(id === "workloads" ? { count: data.holders.length } : {}),
                }))}
              >
                {view === "devices" && <DeviceGrid devices={data.devices} />}
                {view === "workloads" && <TotalsView gpu={data} />}
                {view === "waste" && <WasteTable gpu={data} />}
                {view === "claims" && <WaitingView gpu={data} />}
                {view === "migration" && <MigrationView clusters={clusters} teams={teams} />}
                {view === "repack" && <RepackView clusters={clusters} teams={teams} />}
              </Tabs>
            </>
          )
        }
      </QueryView>
    </div>
  );
}
