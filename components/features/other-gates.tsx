"use client";
import { useMemo } from "react";
import type { FeatureList, FeatureRow } from "#server/contract/features.ts";
import type { Verdict } from "#server/contract/verdict.ts";
import { featureMatrixQuery, useFeatureList } from "../data/features-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { VerdictBadge } from "../ui/verdict-badge.tsx";
import { searchFeatures, withVerdict } from "./filter-features.ts";

export type OtherGatesProps = {
  readonly clusters: FeatureList["clusters"];
  readonly clusterFilter: readonly string[];
  readonly teamFilter: readonly string[];
  readonly search: string;
  readonly verdicts: readonly Verdict[];
  readonly hrefOf: (feature: string) => string;
};

/** Every gate without a check of its own: fetched only when the reader opens the group. */
export function OtherGates({ clusters, clusterFilter, teamFilter, search, verdicts, hrefOf }: OtherGatesProps) {
  const { t } = useReader();
  const { data, error, refetch } = useFeatureList(featureMatrixQuery("all", clusterFilter, teamFilter));
  const rows = useMemo(() => {
    const gates = (data?.items ?? []).filter((row) => row.kind === "gate");
    return withVerdict(searchFeatures(gates, search), verdicts);
  }, [data, search, verdicts]);
  const columns = useMemo<readonly TableColumn<FeatureRow>[]>(
    () => [
      {
        id: "gate",
        header: t("features.feature"),
        value: (row) => row.title.en,
        isRowHeader: true,
        isFixed: true,
        widthRem: 22,
      },
      ...clusters.map(({ name }): TableColumn<FeatureRow> => {
        const verdictOf = (row: FeatureRow) => row.cells.find((cell) => cell.cluster === name)?.verdict;
        return {
          id: `cluster-${name}`,
          header: name,
          value: (row) => verdictOf(row) ?? null,
          cell: (row) => {
            const verdict = verdictOf(row);
            return verdict === undefined ? t("features.not-evaluated") : <VerdictBadge verdict={verdict} />;
          },
        };
      }),
    ],
    [t, clusters],
  );
  if (error !== null && data === undefined) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (data === undefined)
    return <Skeleton label={t("ui.loading", { what: t("features.group.others") })} shape="rows" />;
  return (
    <DataTable
      label={t("features.group.others")}
      rows={rows}
      columns={columns}
      rowKey={(row) => row.feature}
      rowHref={(row) => hrefOf(row.feature)}
      urlKey="gates"
      csvName="sluice-other-gates"
      empty={<EmptyNote>{t("features.others-empty")}</EmptyNote>}
    />
  );
}
