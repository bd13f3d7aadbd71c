"use client";
import { useSearchParams } from "next/navigation";
import type { FeatureDetail } from "#server/contract/features.ts";
import { inLocale, toFunnelSteps } from "../charts/feature-sentence.ts";
import { FunnelSteps } from "../charts/funnel-steps.tsx";
import { featureDetailQuery, useFeatureDetail } from "../data/features-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { scopeHref } from "../layout/scope-href.ts";
import { SCOPE_PARAMS, useClusterFilter, useTeamFilter } from "../layout/use-scope.ts";
import { Age } from "../ui/age.tsx";
import { Breadcrumb } from "../ui/breadcrumb.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { CoverageNote } from "../ui/coverage-note.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { StateMark } from "../ui/state-mark.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { VerdictBadge } from "../ui/verdict-badge.tsx";
import { textParam } from "../url/url-param.ts";
import { useUrlState } from "../url/use-url-state.ts";
import { AdoptionTable } from "./adoption-table.tsx";
import { AdoptionTrend } from "./adoption-trend.tsx";
import { OutcomeView } from "./outcome-view.tsx";
import { SignalTable } from "./signal-table.tsx";
import { uncountedFigure } from "./uncounted.ts";

const shownParam = textParam("show");

export type FeatureScreenProps = { readonly feature: string };

/** One feature in every cluster. */
export function FeatureScreen({ feature }: FeatureScreenProps) {
  const { t, locale } = useReader();
  const search = useSearchParams();
  const [clusters] = useClusterFilter();
  const [teams] = useTeamFilter();
  const query = useFeatureDetail(feature, featureDetailQuery(clusters, teams));
  const { data, error, refetch } = query;
  const title = data === undefined ? feature : inLocale(data.title, locale);
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-col gap-2">
        <Breadcrumb
          crumbs={[
            { label: t("features.title"), href: scopeHref("/features", search, SCOPE_PARAMS) },
            { label: title },
          ]}
        />
        <SectionHeader
          level={1}
          title={title}
          {...(data === undefined ? {} : { summary: inLocale(data.why, locale) })}
          actions={data === undefined ? null : <CoverageNote coverage={data.coverage} />}
        />
        {data !== undefined && <Links data={data} />}
      </div>
      {error !== null && <ErrorNote error={error} isStale={data !== undefined} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton label={t("ui.loading", { what: feature })} shape="rows" />}
      {data !== undefined &&
        (data.clusters.length === 0 ? (
          <EmptyNote>{t("features.not-evaluated")}</EmptyNote>
        ) : (
          <>
            <Clusters data={data} />
            {data.clusters.some(({ outcome }) => outcome.adoption !== null) && (
              <div className="grid items-start gap-6 xl:grid-cols-2">
                <AdoptionTrend query={query} />
                <Card>
                  <CardHeader title={t("features.by-team")} />
                  <div className="mt-3">
                    {data.byTeam.length === 0 ? (
                      <EmptyNote>{t("features.team-empty")}</EmptyNote>
                    ) : (
                      <AdoptionTable
                        label={t("features.by-team")}
                        by="team"
                        rows={data.byTeam.map(({ team, met, of }) => ({
                          key: `name:${team ?? ""}`,
                          name: team ?? "",
                          met,
                          of,
                        }))}
                        csvName={`sluice-${feature}-teams`}
                      />
                    )}
                  </div>
                </Card>
              </div>
            )}
            <Card>
              <CardHeader title={t("features.signal-table")} />
              <div className="mt-2">
                <SignalTable signals={data.signals} />
              </div>
            </Card>
          </>
        ))}
    </div>
  );
}

function Links({ data }: { readonly data: FeatureDetail }) {
  const { t } = useReader();
  return (
    <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-xs text-muted-foreground">
      <TextLink href={data.docsUrl} isExternal>
        {t("features.docs")}
      </TextLink>
      {data.gates.length === 0 ? (
        <span>{t("features.no-gates")}</span>
      ) : (
        <span className="flex flex-wrap gap-x-2">
          {t("features.gates")}:
          {data.gates.map((gate) => (
            <TextLink key={gate} href={`/gates?q=${encodeURIComponent(gate)}`}>
              {gate}
            </TextLink>
          ))}
        </span>
      )}
    </p>
  );
}

/** The clusters side by side as tabs: verdict and funnel in the tab, everything else below. */
function Clusters({ data }: { readonly data: FeatureDetail }) {
  const { t } = useReader();
  const [shown, setShown] = useUrlState(shownParam);
  const current = data.clusters.find(({ cluster }) => cluster === shown) ?? data.clusters[0];
  if (current === undefined) return null;
  const outcome = (
    <OutcomeView
      key={current.cluster}
      cluster={current.cluster}
      outcome={current.outcome}
      words={data.words}
      headingLevel={3}
    />
  );
  return (
    <section aria-label={t("features.clusters")} className="flex flex-col gap-4">
      <div className="overflow-x-auto rounded-lg border bg-card shadow-card">
        <table className="w-full text-sm">
          <caption className="sr-only">{t("features.clusters")}</caption>
          <thead>
            <tr className="text-left text-xs text-muted-foreground">
              <th scope="col" className="px-4 py-2 font-medium">
                {t("features.cluster")}
              </th>
              <th scope="col" className="px-4 py-2 font-medium">
                {t("features.state")}
              </th>
              <th scope="col" className="px-4 py-2 font-medium">
                {t("features.funnel")}
              </th>
              <th scope="col" className="px-4 py-2 text-right font-medium">
                {t("features.adoption-title")}
              </th>
              <th scope="col" className="px-4 py-2 text-right font-medium">
                {t("features.evaluated")}
              </th>
            </tr>
          </thead>
          <tbody>
            {data.clusters.map((entry) => (
              <ClusterRow key={entry.cluster} entry={entry} />
            ))}
          </tbody>
        </table>
      </div>
      <Card>
        <h2 className="sr-only">{current.cluster}</h2>
        {data.clusters.length === 1 ? (
          outcome
        ) : (
          <Tabs
            label={t("features.clusters")}
            tabs={data.clusters.map(({ cluster }) => ({ id: cluster, label: cluster }))}
            current={current.cluster}
            onChange={(cluster) => setShown(cluster, "replace")}
          >
            {outcome}
          </Tabs>
        )}
      </Card>
    </section>
  );
}

function ClusterRow({ entry }: { readonly entry: FeatureDetail["clusters"][number] }) {
  const { t, format } = useReader();
  const { adoption } = entry.outcome;
  return (
    <tr>
      <th scope="row" className="border-t px-4 py-2 text-left font-medium">
        {entry.cluster}
      </th>
      <td className="border-t px-4 py-2">
        <VerdictBadge verdict={entry.outcome.verdict} />
      </td>
      <td className="border-t px-4 py-2">
        <FunnelSteps size="compact" label={t("features.funnel")} steps={toFunnelSteps(entry.outcome.stages)} />
      </td>
      <td className="border-t px-4 py-2 text-right whitespace-nowrap">
        {adoption === null ? (
          <StateMark figure={uncountedFigure(entry.outcome.stages.adopted)} />
        ) : adoption.denominator === 0 ? (
          <span className="text-subtle-foreground">{t("features.nothing-could")}</span>
        ) : (
          <>
            <span className="font-semibold">{format.percent(adoption.numerator / adoption.denominator)}</span>{" "}
            <span className="text-xs text-muted-foreground">
              {t("features.adoption", {
                met: format.count(adoption.numerator),
                of: format.count(adoption.denominator),
              })}
            </span>
          </>
        )}
      </td>
      <td className="border-t px-4 py-2 text-right text-xs whitespace-nowrap text-muted-foreground">
        <Age at={entry.evaluatedAt} show="age" />
      </td>
    </tr>
  );
}
