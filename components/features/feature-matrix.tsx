"use client";
import Link from "next/link";
import type { FeatureList, FeatureRow } from "#server/contract/features.ts";
import { inLocale } from "../charts/feature-sentence.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { FeatureCellView } from "./feature-cell-view.tsx";
import { groupFeatures } from "./feature-groups.ts";
import type { OpenCell } from "./features-params.ts";

export type FeatureMatrixProps = {
  readonly rows: readonly FeatureRow[];
  readonly clusters: FeatureList["clusters"];
  /** Keeps clusters and teams in the link to a feature's page. */
  readonly hrefOf: (feature: string) => string;
  readonly openCell: OpenCell | null;
  readonly onOpen: (cell: OpenCell) => void;
};

/** Features × clusters, in groups; names and clusters stay in sight while it scrolls. */
export function FeatureMatrix({ rows, clusters, hrefOf, openCell, onOpen }: FeatureMatrixProps) {
  const { t, locale } = useReader();
  return (
    <section
      aria-label={t("features.matrix")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      className="relative max-h-[calc(100dvh-5rem)] min-w-0 overflow-auto rounded-lg border bg-card shadow-card"
    >
      <table className="w-full border-separate border-spacing-0 text-sm">
        <caption className="sr-only">{t("features.matrix")}</caption>
        <thead>
          <tr>
            <th
              scope="col"
              className="sticky top-0 left-0 z-30 w-44 min-w-36 border-r border-b bg-card px-3 py-2 text-left text-xs font-medium text-muted-foreground sm:w-80 sm:min-w-64"
            >
              {t("features.feature")}
            </th>
            {clusters.map(({ name, minor }) => (
              <th
                key={name}
                scope="col"
                className="sticky top-0 z-20 min-w-52 border-r border-b bg-card px-3 py-2 text-left last:border-r-0"
              >
                <span className="font-semibold">{name}</span>{" "}
                <span className="text-xs font-normal text-muted-foreground">{minor ?? t("state.unknown")}</span>
              </th>
            ))}
          </tr>
        </thead>
        {groupFeatures(rows).map(({ group, rows: own }) => (
          <tbody key={group}>
            <tr>
              <th
                scope="rowgroup"
                colSpan={clusters.length + 1}
                className="border-b bg-sunken text-left text-xs font-medium text-muted-foreground"
              >
                <span className="sticky left-0 inline-block px-3 py-1.5">{t(`features.group.${group}`)}</span>
              </th>
            </tr>
            {own.map((row) => (
              <tr key={row.feature} className="h-px">
                <th
                  scope="row"
                  className="sticky left-0 z-10 border-r border-b bg-card px-3 py-2 text-left align-middle font-normal"
                >
                  <Link
                    href={hrefOf(row.feature)}
                    prefetch={false}
                    className="text-sm font-medium text-foreground hover:text-accent hover:underline"
                  >
                    {inLocale(row.title, locale)}
                  </Link>
                  <span className="mt-0.5 line-clamp-2 text-xs text-muted-foreground max-sm:hidden">
                    {inLocale(row.why, locale)}
                  </span>
                </th>
                {clusters.map(({ name }) => {
                  const cell = row.cells.find(({ cluster }) => cluster === name);
                  return (
                    <td key={name} className="h-px border-r border-b p-0 align-top last:border-r-0">
                      {cell === undefined ? (
                        <span className="hatched flex h-full min-h-16 items-center px-3 text-xs text-status-unknown">
                          {t("features.not-evaluated")}
                        </span>
                      ) : (
                        <FeatureCellView
                          title={inLocale(row.title, locale)}
                          cell={cell}
                          isOpen={openCell?.feature === row.feature && openCell.cluster === name}
                          onOpen={() => onOpen({ feature: row.feature, cluster: name })}
                        />
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </section>
  );
}
