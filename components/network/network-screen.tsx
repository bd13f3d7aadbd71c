"use client";
import { Download } from "lucide-react";
import { useMemo } from "react";
import { networkExportUrl, toNetworkQuery, toNetworkWindow, useNetwork } from "../data/network-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { useClusterFilter, useTeamFilter, useTimeRange } from "../layout/use-scope.ts";
import { buttonStyle } from "../ui/button-style.ts";
import { CoverageNote } from "../ui/coverage-note.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { useUrlState } from "../url/use-url-state.ts";
import { BillCard } from "./bill-card.tsx";
import { DailyChart, toDailyPoints, toStepMarks } from "./daily-chart.tsx";
import { EstimatesCard } from "./estimates-card.tsx";
import { FlowLogCard } from "./flow-log-card.tsx";
import { Headline } from "./headline.tsx";
import { unitParam } from "./network-params.ts";
import { PairsTable } from "./pairs-table.tsx";
import { SimulateAll } from "./simulate-all.tsx";
import { SourcesCard } from "./sources-card.tsx";
import { StepsCard } from "./steps-card.tsx";
import { TeamsTable } from "./teams-table.tsx";
import { ZoneMatrix } from "./zone-matrix.tsx";

/** Cross-zone traffic that finance can audit: from the month's money to the pair, its owner and the fix. */
export function NetworkScreen() {
  const { t, format, locale } = useReader();
  const [clusters] = useClusterFilter();
  const [teams] = useTeamFilter();
  const { range } = useTimeRange();
  const [unit] = useUrlState(unitParam);
  const window = useMemo(() => toNetworkWindow(range), [range]);
  const asked = useMemo(() => toNetworkQuery(clusters, teams, window), [clusters, teams, window]);
  const query = useNetwork(asked);
  const { data } = query;
  const points = useMemo(() => toDailyPoints(data?.days ?? [], unit === "money"), [data, unit]);
  const marks = useMemo(() => toStepMarks(data?.steps ?? [], format), [data, format]);
  const today = data?.days.filter((day) => day.day === data.toDay) ?? [];
  const hours = Math.max(0, ...today.map((day) => day.coveredHours));
  const language = locale === "en" ? "en" : "zh";
  // Without any source there is nothing to say of pairs or steps: "none" would read as a measured zero.
  const hasFlows = data?.sources.some((source) => source.state !== "none") === true;
  return (
    <div className="flex flex-col gap-6">
      <SectionHeader
        level={1}
        title={t("network.title")}
        summary={t("network.summary")}
        actions={(["workbook.xlsx", "pairs.csv"] as const).map((file) => (
          <a
            key={file}
            className={buttonStyle("secondary", "md")}
            href={networkExportUrl(file, asked, language)}
            download={file === "pairs.csv" ? "network-pairs.csv" : "network.xlsx"}
          >
            <Download aria-hidden size={14} />
            {t(file === "pairs.csv" ? "network.export.csv" : "network.export.xlsx")}
          </a>
        ))}
      />
      {query.error !== null && (
        <ErrorNote error={query.error} isStale={data !== undefined} onRetry={() => void query.refetch()} />
      )}
      {data === undefined ? (
        query.error === null && <Skeleton label={t("ui.loading", { what: t("network.title") })} shape="chart" />
      ) : (
        <>
          <Headline network={data} />
          {hasFlows && (
            <>
              <StepsCard network={data} />
              <PairsTable network={data} />
              <div className="grid gap-6 xl:grid-cols-2">
                <DailyChart
                  title={t("network.daily")}
                  unitWord={unit === "money" ? t("network.daily.unit") : t("network.daily.bytes")}
                  unit={unit === "money" ? `money:${data.currency}` : "traffic-bytes"}
                  points={points}
                  query={query}
                  csvName="network-days"
                  marks={marks}
                  note={hours < 24 ? t("network.daily.note", { hours: format.count(Math.round(hours)) }) : undefined}
                />
                <ZoneMatrix network={data} />
              </div>
            </>
          )}
          <EstimatesCard network={data} />
          <div className={hasFlows ? "grid items-start gap-6 xl:grid-cols-2" : "contents"}>
            {hasFlows && <TeamsTable network={data} />}
            <SourcesCard network={data} />
          </div>
          {hasFlows && <SimulateAll network={data} window={window} />}
          <div className="grid items-start gap-6 xl:grid-cols-2">
            <BillCard network={data} />
            <FlowLogCard network={data} />
          </div>
          <CoverageNote coverage={data.coverage} />
        </>
      )}
    </div>
  );
}
