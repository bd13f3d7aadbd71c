"use client";
import { useMemo } from "react";
import type { OverviewQuery } from "#server/contract/overview.ts";
import { useOverview } from "../data/overview-queries.ts";
import { useMessages } from "../i18n/reader-provider.tsx";
import { useClusterFilter, useTeamFilter } from "../layout/use-scope.ts";
import { CoverageNote } from "../ui/coverage-note.tsx";
import { QueryView } from "../ui/query-view.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import { CostCard } from "./cost-card.tsx";
import { GapsCard } from "./gaps-card.tsx";
import { PressureCard } from "./pressure-card.tsx";
import { ReadinessCard } from "./readiness-card.tsx";

/** The four questions of the first page: what it costs, what hurts, what is ready, what we cannot see. */
export function OverviewView() {
  const t = useMessages();
  const [clusters] = useClusterFilter();
  const [teams] = useTeamFilter();
  const query = useMemo<OverviewQuery>(() => toOverviewQuery(clusters, teams), [clusters, teams]);
  const overview = useOverview(query);
  return (
    <div className="flex flex-col gap-5">
      <SectionHeader
        level={1}
        title={t("overview.title")}
        summary={t("overview.summary")}
        actions={
          // The top bar tells what the whole fleet covers; a filter changes the answer.
          overview.data !== undefined && clusters.length + teams.length > 0 ? (
            <CoverageNote coverage={overview.data.coverage} />
          ) : undefined
        }
      />
      <QueryView what={t("overview.title")} query={overview} shape="chart">
        {(data) => (
          <>
            <CostCard overview={data} />
            <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1.65fr)_minmax(0,1fr)]">
              <PressureCard pressure={data.pressure} />
              <GapsCard gaps={data.gaps} />
            </div>
            <ReadinessCard readiness={data.readiness} />
          </>
        )}
      </QueryView>
    </div>
  );
}

/** The same question on the server and in the browser, so that the prefetched answer is found. */
export function toOverviewQuery(clusters: readonly string[], teams: readonly string[]): OverviewQuery {
  return {
    ...(clusters.length === 0 ? {} : { cluster: [...clusters] }),
    ...(teams.length === 0 ? {} : { team: [...teams] }),
  };
}
