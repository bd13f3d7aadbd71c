"use client";
import { useMemo } from "react";
import {
  PRESSURE_CHOICES,
  PRESSURE_LEVELS,
  type PressureQuery,
  type PressureRanking,
} from "#server/contract/pressure.ts";
import { usePressureRanking } from "../data/pressure-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { useClusterFilter, useTeamFilter } from "../layout/use-scope.ts";
import { Badge } from "../ui/badge.tsx";
import { Card } from "../ui/card.tsx";
import { CoverageNote } from "../ui/coverage-note.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { figureValue } from "../ui/figure.ts";
import { SectionHeader } from "../ui/section-header.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Select } from "../ui/select.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { useUrlState } from "../url/use-url-state.ts";
import { NodeHeatmap } from "./node-heatmap.tsx";
import { PressureLeaders } from "./pressure-leaders.tsx";
import { usePressureWindow } from "./pressure-params.ts";
import { heatmapQuery, kindParam, levelParam, rankingQuery, resourceParam, windowParam } from "./pressure-query.ts";
import { PressureTable } from "./pressure-table.tsx";
import { QueryCosts } from "./query-costs.tsx";
import { SourceNotes } from "./source-notes.tsx";
import { WindowControl } from "./window-control.tsx";

const NO_FILTER = {};

/** The ranking by resource, kind, window and level, beside the nodes over time. */
export function HotSpots() {
  const { t } = useReader();
  const [clusters] = useClusterFilter();
  const [teams] = useTeamFilter();
  const [resource, setResource] = useUrlState(resourceParam);
  const [kind, setKind] = useUrlState(kindParam);
  const [level, setLevel] = useUrlState(levelParam);
  const [window] = usePressureWindow();
  const query = useMemo(
    () =>
      rankingQuery((name) => {
        if (name === "cluster") return clusters;
        if (name === "team") return teams;
        if (name === resourceParam.name) return [resource];
        if (name === kindParam.name) return [kind];
        if (name === levelParam.name) return [level];
        return name === windowParam.name ? [window] : [];
      }),
    [clusters, teams, resource, kind, level, window],
  );
  const { data, error, refetch } = usePressureRanking(query);
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center gap-2">
        <Segmented
          label={t("pressure.resource")}
          value={resource}
          options={PRESSURE_CHOICES.map((value) => ({ value, label: t(`pressure.resource.${value}`) }))}
          onChange={(value) => setResource(value)}
        />
        <Segmented
          label={t("pressure.kind")}
          value={kind}
          options={(["waiting", "stalled"] as const).map((value) => ({ value, label: t(`pressure.kind.${value}`) }))}
          onChange={(value) => setKind(value)}
        />
        <span className="grow" />
        <WindowControl />
      </div>
      {error !== null && <ErrorNote error={error} isStale={data !== undefined} onRetry={() => void refetch()} />}
      {data === undefined && error === null && (
        <Skeleton label={t("ui.loading", { what: t("pressure.hot-spots") })} shape="rows" />
      )}
      {data !== undefined && (
        <>
          <Headline ranking={data} query={query} window={t(`pressure.window.${window}`)} />
          <SourceNotes sources={data.sources} />
          <div className="grid min-w-0 items-start gap-5 2xl:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)]">
            <div className="min-w-0 2xl:order-last">
              <NodeHeatmap query={heatmapQuery(query)} />
            </div>
            <div className="flex min-w-0 flex-col gap-3">
              <SectionHeader
                id="hot-spots"
                title={t("pressure.hot-spots")}
                summary={t(resource === "any" ? "pressure.hot-spots-any" : "pressure.hot-spots-note")}
                actions={
                  <Select
                    label={t("pressure.level")}
                    isLabelHidden
                    value={level}
                    options={PRESSURE_LEVELS.map((value) => ({ value, label: t(`pressure.level.${value}`) }))}
                    onChange={(value) => setLevel(value)}
                  />
                }
              />
              <PressureTable ranking={data} level={level} kind={kind} />
              <Basis ranking={data} kind={kind} />
            </div>
          </div>
          <QueryCosts query={clusters.length === 0 ? NO_FILTER : { cluster: [...clusters] }} />
        </>
      )}
    </div>
  );
}

function Headline({
  ranking,
  query,
  window,
}: {
  readonly ranking: PressureRanking;
  readonly query: PressureQuery;
  readonly window: string;
}) {
  const { t, format } = useReader();
  const { counts } = ranking;
  const { kind } = query;
  const worst = ranking.items.find(({ severity }) => severity !== null && severity !== "calm");
  const share = worst?.resource == null ? null : figureValue(worst.shares[worst.resource][kind]);
  const measured = counts.critical + counts.attention + counts.calm;
  return (
    <Card className="flex flex-col gap-2">
      <p className="text-lg font-medium text-balance" data-testid="pressure-headline">
        {worst?.resource != null && share !== null
          ? t("pressure.headline.hurt", {
              name: [worst.namespace, worst.name].filter((part) => part !== "").join("/"),
              resource: t(`pressure.noun.${worst.resource}`),
              share: format.percent(share),
              window,
              stalled: format.duration(worst.stalledSeconds ?? 0),
              peak: format.percent(figureValue(worst.peak) ?? 0),
            })
          : t(measured === 0 ? "pressure.headline.none" : "pressure.headline.calm", { window })}
      </p>
      <div className="flex flex-wrap items-center gap-1.5">
        <Badge tone={counts.critical > 0 ? "blocked" : "neutral"} look="soft">
          {format.count(counts.critical)} · {t("pressure.severity.critical")}
        </Badge>
        <Badge tone={counts.attention > 0 ? "attention" : "neutral"} look="soft">
          {format.count(counts.attention)} · {t("pressure.severity.attention")}
        </Badge>
        <Badge tone="neutral" look="outline">
          {format.count(counts.calm)} · {t("pressure.severity.calm")}
        </Badge>
        {counts.unmeasured > 0 && (
          <Badge tone="unknown" look="dashed">
            {format.count(counts.unmeasured)} · {t("pressure.unmeasured")}
          </Badge>
        )}
        <span className="ml-auto">
          <CoverageNote coverage={ranking.coverage} />
        </span>
      </div>
      <PressureLeaders ranking={ranking} query={query} />
    </Card>
  );
}

function Basis({ ranking, kind }: { readonly ranking: PressureRanking; readonly kind: PressureQuery["kind"] }) {
  const { t, format } = useReader();
  return (
    <p className="text-xs text-muted-foreground">
      {t("pressure.basis", {
        basis: t(`pressure.basis.${ranking.basis}`),
        from: format.dateTime(ranking.range.from, "minute"),
      })}{" "}
      {t("pressure.limits-note", {
        limits: (["cpu", "memory", "io"] as const)
          .map((resource) => {
            const { attention, critical } = ranking.limits[resource][kind];
            return `${t(`pressure.resource.${resource}`)} ${format.percent(attention)} / ${format.percent(critical)}`;
          })
          .join(" · "),
      })}
    </p>
  );
}
