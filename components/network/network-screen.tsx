"use client";
import { Download } from "lucide-react";
import { useMemo } from "react";
import type { Network, NetworkFix } from "#server/contract/network.ts";
import { ShareBar } from "../charts/share-bar.tsx";
import { networkExportUrl, toNetworkQuery, useNetwork } from "../data/network-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { useClusterFilter, useTeamFilter } from "../layout/use-scope.ts";
import { buttonStyle } from "../ui/button-style.ts";
import { Card, CardHeader } from "../ui/card.tsx";
import { CoverageNote } from "../ui/coverage-note.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import type { Figure } from "../ui/figure.ts";
import { toProvenance } from "../ui/provenance.ts";
import { SectionHeader } from "../ui/section-header.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Stat } from "../ui/stat.tsx";
import { useUrlState } from "../url/use-url-state.ts";
import { BillCard } from "./bill-card.tsx";
import { DailyChart, toDailyPoints } from "./daily-chart.tsx";
import { DAY_CHOICES, daysParam, unitParam } from "./network-params.ts";
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
  const [days, setDays] = useUrlState(daysParam);
  const [unit] = useUrlState(unitParam);
  const asked = useMemo(() => toNetworkQuery(clusters, teams, Number(days)), [clusters, teams, days]);
  const query = useNetwork(asked);
  const { data } = query;
  const points = useMemo(() => toDailyPoints(data?.days ?? [], unit === "money"), [data, unit]);
  const today = data?.days.filter((day) => day.day === data.toDay) ?? [];
  const hours = Math.max(0, ...today.map((day) => day.coveredHours));
  const language = locale === "en" ? "en" : "zh";
  const measured = data?.sources.filter((source) => source.state === "measured") ?? [];
  // Without any source there is nothing to say of pairs or steps: "none" would read as a measured zero.
  const hasFlows = data?.sources.some((source) => source.state !== "none") === true;
  return (
    <div className="flex flex-col gap-6">
      <SectionHeader
        level={1}
        title={t("network.title")}
        summary={t("network.summary")}
        actions={
          <>
            <Segmented
              label={t("network.days")}
              value={days}
              options={DAY_CHOICES.map((value) => ({ value, label: t("network.days.n", { count: Number(value) }) }))}
              onChange={(value) => setDays(value, "push")}
            />
            {(["workbook.xlsx", "pairs.csv"] as const).map((file) => (
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
          </>
        }
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
                  note={[
                    hours < 24 ? t("network.daily.note", { hours: format.count(Math.round(hours)) }) : "",
                    ...data.steps.slice(0, 3).map((step) => {
                      const what =
                        step.source === null || step.target === null
                          ? step.cluster
                          : `${step.source.namespace}/${step.source.name} → ${step.target.namespace}/${step.target.name}`;
                      const factor = format.number(Math.round(step.factor * 10) / 10);
                      return `▲ ${step.day.slice(5)} ${what} ${t("network.step.factor", { factor })}`;
                    }),
                  ]
                    .filter((part) => part !== "")
                    .join(" · ")}
                />
                <ZoneMatrix network={data} />
              </div>
            </>
          )}
          <div className="grid items-start gap-6 xl:grid-cols-2">
            {hasFlows && <TeamsTable network={data} />}
            <SourcesCard network={data} />
            {measured.slice(0, 4).map((source) => (
              <SimulateAll key={source.cluster} cluster={source.cluster} />
            ))}
          </div>
          <BillCard network={data} />
          <CoverageNote coverage={data.coverage} />
        </>
      )}
    </div>
  );
}

function Headline({ network }: { readonly network: Network }) {
  const { t } = useReader();
  const { total, currency } = network;
  const money = `money:${currency}` as const;
  const why = (figure: Figure & Network["total"]["cost"], label: string) =>
    toProvenance(figure, { label, formula: t("network.cost.formula") });
  const stat = (label: string, figure: Network["total"]["cost"], note: string, size: "md" | "lg" = "md") => {
    const provenance = why(figure, label);
    return (
      <Stat
        label={label}
        figure={figure}
        note={note}
        size={size}
        {...(provenance === undefined ? {} : { provenance })}
      />
    );
  };
  return (
    <Card aria-labelledby="network-headline" className="flex flex-col gap-5">
      <CardHeader
        id="network-headline"
        title={t("network.cost")}
        note={t("network.window", { from: network.fromDay, to: network.toDay, zone: network.timeZone })}
      />
      <div className="grid grid-cols-[repeat(auto-fit,minmax(10rem,1fr))] gap-5">
        {stat(t("network.cost"), total.cost, t("network.cost.note"), "lg")}
        {stat(t("network.rate"), total.costPerMonth, t("network.rate.note"))}
        {stat(t("network.routable"), total.routingCostPerMonth, t("network.routable.note"))}
        {stat(
          t("network.bytes"),
          total.crossZoneBytes,
          t("network.days.n", {
            count: network.days.length === 0 ? 0 : new Set(network.days.map(({ day }) => day)).size,
          }),
        )}
        {stat(t("network.unpriced"), total.unpricedBytes, t("network.unpriced.note"))}
      </div>
      {network.fixes.length > 0 && (
        <ShareBar
          label={t("network.fixes")}
          unit={isPriced(network.fixes) ? money : "traffic-bytes"}
          parts={fixParts(network.fixes, t)}
        />
      )}
    </Card>
  );
}

function isPriced(fixes: readonly NetworkFix[]): boolean {
  return fixes.every((fix) => fix.cost !== null);
}

const FIX_COLOUR = {
  routing: "var(--status-ready)",
  placement: "var(--status-attention)",
  none: "var(--status-unknown)",
} as const;

function fixParts(fixes: readonly NetworkFix[], t: ReturnType<typeof useReader>["t"]) {
  const priced = isPriced(fixes);
  return fixes.map((fix) => ({
    key: `${fix.kind}/${fix.reason}`,
    label: `${t(`network.fix.${fix.kind}`)} – ${t(`network.why.${fix.reason}`)}`,
    value: priced ? (fix.cost ?? 0) : fix.bytes,
    colour: FIX_COLOUR[fix.kind],
  }));
}
