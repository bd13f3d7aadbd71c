"use client";
import { ChevronDown, ChevronRight, Download, Search } from "lucide-react";
import { useSearchParams } from "next/navigation";
import { lazy, Suspense, useDeferredValue, useMemo } from "react";
import type { FeatureList, FeatureRow } from "#server/contract/features.ts";
import { inLocale, stageReached } from "../charts/feature-sentence.ts";
import { featureMatrixQuery, TREND_DAYS, useFeatureList } from "../data/features-queries.ts";
import type { Locale } from "../i18n/locale.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { scopeHref } from "../layout/scope-href.ts";
import { SCOPE_PARAMS, useClusterFilter, useTeamFilter } from "../layout/use-scope.ts";
import { Button } from "../ui/button.tsx";
import { CoverageNote } from "../ui/coverage-note.tsx";
import { toCsv } from "../ui/csv.ts";
import { download } from "../ui/download.ts";
import { EmptyNote } from "../ui/empty-note.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Input } from "../ui/input.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { useUrlState } from "../url/use-url-state.ts";
import { FeatureMatrix } from "./feature-matrix.tsx";
import { cellParam, othersParam, searchParam, verdictParam } from "./features-params.ts";
import { searchFeatures, withVerdict } from "./filter-features.ts";
import { OtherGates } from "./other-gates.tsx";
import { trendStart } from "./trend-start.ts";
import { VerdictFilter } from "./verdict-filter.tsx";

const CellDrawer = lazy(() => import("./cell-drawer.tsx").then((module) => ({ default: module.CellDrawer })));

/** The matrix of features × clusters with its filters, and the drawer that explains a cell. */
export function FeaturesScreen() {
  const { t } = useReader();
  const [clusterFilter] = useClusterFilter();
  const [teamFilter] = useTeamFilter();
  const query = useFeatureList(featureMatrixQuery("named", clusterFilter, teamFilter));
  const { data, error, refetch } = query;
  return (
    <div className="flex flex-col gap-4">
      <SectionHeader
        level={1}
        title={t("features.title")}
        summary={t("features.summary")}
        actions={data === undefined ? null : <CoverageNote coverage={data.coverage} />}
      />
      {error !== null && <ErrorNote error={error} isStale={data !== undefined} onRetry={() => void refetch()} />}
      {data === undefined && error === null && (
        <Skeleton label={t("ui.loading", { what: t("features.matrix") })} shape="rows" />
      )}
      {data !== undefined &&
        (data.clusters.length === 0 ? (
          <EmptyNote>{t("features.no-clusters")}</EmptyNote>
        ) : (
          <LoadedFeatures data={data} clusterFilter={clusterFilter} teamFilter={teamFilter} />
        ))}
    </div>
  );
}

type LoadedFeaturesProps = {
  readonly data: FeatureList;
  readonly clusterFilter: readonly string[];
  readonly teamFilter: readonly string[];
};

function LoadedFeatures({ data, clusterFilter, teamFilter }: LoadedFeaturesProps) {
  const { t, format, locale, now } = useReader();
  const search = useSearchParams();
  const [text, setText] = useUrlState(searchParam);
  const [verdicts, setVerdicts] = useUrlState(verdictParam);
  const [isOthersOpen, setOthersOpen] = useUrlState(othersParam);
  const [openCell, setOpenCell] = useUrlState(cellParam);
  const wanted = useDeferredValue(text);
  const found = useMemo(() => searchFeatures(data.items, wanted), [data, wanted]);
  const rows = useMemo(() => withVerdict(found, verdicts), [found, verdicts]);
  const start = useMemo(
    () =>
      trendStart(
        data.items.flatMap((row) => row.cells.map((cell) => cell.trend)),
        TREND_DAYS,
        now,
      ),
    [data, now],
  );
  const hrefOf = (feature: string) => scopeHref(`/features/${encodeURIComponent(feature)}`, search, SCOPE_PARAMS);
  const Chevron = isOthersOpen ? ChevronDown : ChevronRight;
  const reset = () => {
    setText("", "replace");
    setVerdicts([]);
  };
  return (
    <>
      <div className="flex flex-col gap-2">
        <div className="flex items-center gap-2">
          <Input
            label={t("features.search")}
            isLabelHidden
            icon={Search}
            type="search"
            placeholder={t("features.search")}
            value={text}
            onChange={(event) => setText(event.target.value, "replace")}
            className="min-w-0 grow sm:max-w-72"
          />
          <span className="grow max-sm:hidden" />
          <Button
            variant="ghost"
            size="sm"
            onClick={() => download("sluice-features.csv", toCsv(CSV_HEAD, csvRows(rows)), "text/csv")}
          >
            <Download aria-hidden size={13} />
            {t("table.export")}
          </Button>
        </div>
        <VerdictFilter rows={found} chosen={verdicts} onChange={setVerdicts} />
      </div>
      {start !== null && (
        <p className="text-xs text-muted-foreground">
          {t("features.trend-start", { day: format.dateTime(`${start}T00:00:00Z`, "day", "UTC") })}
        </p>
      )}
      {rows.length === 0 ? (
        <EmptyNote
          action={
            <Button size="sm" onClick={reset}>
              {t("features.reset")}
            </Button>
          }
        >
          {t("features.no-match")}
        </EmptyNote>
      ) : (
        <FeatureMatrix
          rows={rows}
          clusters={data.clusters}
          hrefOf={hrefOf}
          openCell={openCell}
          onOpen={(cell) => setOpenCell(cell)}
        />
      )}
      <div className="flex flex-col gap-3">
        <SectionHeader
          level={2}
          id="other-gates"
          title={t("features.group.others")}
          summary={t("features.others-note")}
          actions={
            <Button size="sm" aria-expanded={isOthersOpen} onClick={() => setOthersOpen(!isOthersOpen)}>
              <Chevron aria-hidden size={13} />
              {isOthersOpen ? t("features.others-hide") : t("features.others-show")}
            </Button>
          }
        />
        {isOthersOpen && (
          <OtherGates
            clusters={data.clusters}
            clusterFilter={clusterFilter}
            teamFilter={teamFilter}
            search={wanted}
            verdicts={verdicts}
            hrefOf={hrefOf}
          />
        )}
      </div>
      {openCell !== null && (
        <Suspense>
          <CellDrawer
            key={`${openCell.feature}@${openCell.cluster}`}
            {...openCell}
            title={titleOf(data.items, openCell.feature, locale)}
            teams={teamFilter}
            pageHref={hrefOf(openCell.feature)}
            onClose={() => setOpenCell(null)}
          />
        </Suspense>
      )}
      <p className="sr-only" role="status">
        {t("table.rows-of", { shown: format.count(rows.length), total: format.count(data.items.length) })}
      </p>
    </>
  );
}

/** An id of a gate without a check of its own begins with "gate:". */
function titleOf(items: readonly FeatureRow[], feature: string, locale: Locale): string {
  const row = items.find((item) => item.feature === feature);
  return row === undefined ? feature.replace(/^gate:/, "") : inLocale(row.title, locale);
}

const CSV_HEAD = [
  "feature",
  "cluster",
  "verdict",
  "stageReached",
  "adoptedCount",
  "adoptableCount",
  "obstacleCount",
  "sinceAt",
];

function csvRows(rows: readonly FeatureRow[]) {
  return rows.flatMap((row) =>
    row.cells.map((cell) => [
      row.feature,
      cell.cluster,
      cell.verdict,
      stageReached(cell.stages),
      cell.adoptedCount,
      cell.adoptableCount,
      cell.blockerCount,
      cell.sinceAt,
    ]),
  );
}
