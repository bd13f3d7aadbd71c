"use client";
import { inLocale } from "../charts/feature-sentence.ts";
import { featureDetailQuery, useFeatureDetail } from "../data/features-queries.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Age } from "../ui/age.tsx";
import { Drawer } from "../ui/drawer.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { LinkButton } from "../ui/link-button.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { VerdictBadge } from "../ui/verdict-badge.tsx";
import { OutcomeView } from "./outcome-view.tsx";

export type CellDrawerProps = {
  readonly feature: string;
  readonly cluster: string;
  /** Shown until the answer brings its own. */
  readonly title: string;
  readonly teams: readonly string[];
  readonly pageHref: string;
  readonly onClose: () => void;
};

/** Why a cell says what it says. */
export function CellDrawer({ feature, cluster, title, teams, pageHref, onClose }: CellDrawerProps) {
  const { t, locale } = useReader();
  const { data, error, refetch } = useFeatureDetail(feature, featureDetailQuery([cluster], teams));
  const own = data?.clusters.find((entry) => entry.cluster === cluster);
  return (
    <Drawer
      size="lg"
      title={data === undefined ? title : inLocale(data.title, locale)}
      description={cluster}
      onClose={onClose}
    >
      {error !== null && <ErrorNote error={error} isStale={data !== undefined} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton label={t("ui.loading", { what: title })} shape="rows" />}
      {data !== undefined && (
        <div className="flex flex-col gap-5">
          <p className="max-w-prose text-muted-foreground">{inLocale(data.why, locale)}</p>
          {own !== undefined && (
            <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted-foreground">
              <VerdictBadge verdict={own.outcome.verdict} />
              <span>
                {t("features.since")} <Age at={own.sinceAt} />
              </span>
            </p>
          )}
          <div className="flex flex-wrap items-center gap-3">
            <LinkButton href={pageHref} size="sm" prefetch={false}>
              {t("features.open-page")}
            </LinkButton>
            <TextLink href={data.docsUrl} isExternal>
              {t("features.docs")}
            </TextLink>
          </div>
          {own === undefined ? (
            <EmptyNote>{t("features.not-evaluated")}</EmptyNote>
          ) : (
            <OutcomeView cluster={cluster} outcome={own.outcome} words={data.words} headingLevel={3} />
          )}
        </div>
      )}
    </Drawer>
  );
}
