"use client";
import { useMemo } from "react";
import type { Overview } from "#server/contract/overview.ts";
import { BarList } from "../charts/bar-list.tsx";
import { seriesColours, seriesCss } from "../charts/series-colour.ts";
import { ShareBar } from "../charts/share-bar.tsx";
import { useReader } from "../i18n/reader-provider.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { figureValue } from "../ui/figure.ts";
import { LinkButton } from "../ui/link-button.tsx";
import type { Provenance } from "../ui/provenance.ts";
import { Stat } from "../ui/stat.tsx";
import { StateMark } from "../ui/state-mark.tsx";
import { CardLink } from "./card-link.tsx";
import { toCostParts } from "./cost-parts.ts";

/** What the fleet costs per hour and month, who holds it and where it runs. */
export function CostCard({ overview }: { readonly overview: Overview }) {
  const { t, format } = useReader();
  const { cost, currency } = overview;
  const unit = cost.costPerHour.unit;
  const parts = useMemo(() => {
    const colours = seriesColours(cost.byOwner.flatMap(({ owner, team }) => (owner === "team" && team ? [team] : [])));
    return toCostParts(cost.byOwner, (team) => seriesCss(colours.get(team) ?? 1), t);
  }, [cost.byOwner, t]);
  const priced = cost.byCluster.reduce(
    (sum, { nodeCount, unpricedNodeCount }) => sum + nodeCount - unpricedNodeCount,
    0,
  );
  const nodes = cost.byCluster.reduce((sum, { nodeCount }) => sum + nodeCount, 0);
  const isUnread = overview.coverage.newestAt === null;
  const hasCost = figureValue(cost.costPerHour) !== null && priced > 0;
  return (
    <Card aria-labelledby="overview-cost" className="flex flex-col gap-4">
      <CardHeader
        id="overview-cost"
        title={t("overview.cost")}
        note={t("overview.cost-note", { currency })}
        actions={<CardLink href="/cost" what={t("overview.cost")} />}
      />
      <div className="grid gap-x-8 gap-y-5 lg:grid-cols-[minmax(11rem,auto)_minmax(0,1.7fr)_minmax(0,1fr)]">
        <div className="grid grid-cols-[repeat(auto-fit,minmax(13rem,1fr))] gap-4 lg:grid-cols-1 lg:content-start">
          <Stat
            size="lg"
            label={t("overview.per-hour")}
            figure={cost.costPerHour}
            provenance={toCostProvenance(
              overview,
              cost.costPerHour,
              t("overview.per-hour"),
              t("overview.cost-formula"),
              t("overview.nodes"),
            )}
            note={
              isUnread || nodes === 0
                ? undefined
                : priced < nodes
                  ? t("overview.priced-nodes", { covered: priced, of: nodes })
                  : t("overview.all-priced", { of: nodes })
            }
          />
          <Stat
            size="lg"
            label={t("overview.per-month")}
            figure={cost.costPerMonth}
            provenance={toCostProvenance(
              overview,
              cost.costPerMonth,
              t("overview.per-month"),
              t("overview.month-formula"),
              t("overview.nodes"),
            )}
            note={t("overview.month-basis")}
          />
          <Stat
            label={t("overview.beside-nodes")}
            figure={cost.besideNodes.costPerMonth}
            note={
              cost.besideNodes.day === null
                ? t("overview.beside-nodes-none")
                : t("overview.beside-nodes-note", { day: cost.besideNodes.day })
            }
          />
        </div>
        {hasCost ? (
          <>
            <section aria-labelledby="overview-owners" className="flex min-w-0 flex-col gap-2">
              <h3 id="overview-owners" className="label-caps">
                {t("overview.by-owner")}
              </h3>
              <ShareBar label={t("overview.by-owner")} parts={parts} unit={unit} />
              <p className="text-xs text-muted-foreground">
                {cost.splitAt === null
                  ? t("overview.not-split")
                  : t("overview.split-at", { time: format.dateTime(cost.splitAt, "minute", overview.timeZone) })}{" "}
                {parts.some(({ key }) => key === "unallocated") &&
                  `${t("overview.unallocated")}: ${t("overview.unallocated-why")}.`}
              </p>
            </section>
            <section aria-labelledby="overview-by-cluster" className="flex min-w-0 flex-col gap-2">
              <h3 id="overview-by-cluster" className="label-caps">
                {t("overview.by-cluster")}
              </h3>
              <ClusterCosts cost={cost} />
            </section>
          </>
        ) : (
          <div className="lg:col-span-2">
            {isUnread ? (
              <EmptyNote
                action={
                  <LinkButton href="/clusters" size="sm">
                    {t("coverage.details")}
                  </LinkButton>
                }
              >
                {t("overview.not-read")}
              </EmptyNote>
            ) : nodes === 0 ? (
              <EmptyNote>{t("overview.no-nodes")}</EmptyNote>
            ) : (
              <EmptyNote
                action={
                  <LinkButton href="/settings" size="sm">
                    {t("overview.to-prices")}
                  </LinkButton>
                }
              >
                {t("overview.no-price")}
              </EmptyNote>
            )}
          </div>
        )}
      </div>
    </Card>
  );
}

function ClusterCosts({ cost }: { readonly cost: Overview["cost"] }) {
  const { t } = useReader();
  const items = cost.byCluster
    .flatMap(({ cluster, costPerHour }) => {
      const value = figureValue(costPerHour);
      return value === null
        ? []
        : [{ key: cluster, label: cluster, value, href: `/clusters/${encodeURIComponent(cluster)}` }];
    })
    .sort((a, b) => b.value - a.value);
  const unknown = cost.byCluster.filter(({ costPerHour }) => figureValue(costPerHour) === null);
  return (
    <>
      <BarList label={t("overview.by-cluster")} items={items} unit={cost.costPerHour.unit} />
      {unknown.map(({ cluster, costPerHour }) => (
        <div key={cluster} className="flex items-baseline justify-between gap-3">
          <span className="truncate">{cluster}</span>
          <StateMark figure={costPerHour} size="full" />
        </div>
      ))}
    </>
  );
}

/** The price rows behind the run-rate, one source a cluster. */
function toCostProvenance(
  { cost, coverage, at, currency }: Overview,
  figure: Overview["cost"]["costPerHour"],
  label: string,
  formula: string,
  what: string,
): Provenance {
  const readAt = coverage.newestAt ?? at;
  const of = cost.byCluster.reduce((sum, { nodeCount }) => sum + nodeCount, 0);
  const unpriced = cost.byCluster.reduce((sum, { unpricedNodeCount }) => sum + unpricedNodeCount, 0);
  return {
    label,
    value: figureValue(figure),
    unit: figure.unit,
    takenAt: readAt,
    formula,
    coverage: { seen: of - unpriced, of, what },
    sources: cost.byCluster.map(({ cluster, costPerHour, nodeCount, unpricedNodeCount }) => ({
      kind: "price",
      ref: "price book: rows of the cluster's nodes",
      subject: cluster,
      observed: `${figureValue(costPerHour)?.toFixed(4) ?? "–"} ${currency}/h, ${nodeCount - unpricedNodeCount}/${nodeCount} ${what}`,
      at: readAt,
    })),
  };
}
