"use client";
import { useMemo } from "react";
import type { ClusterList, ClusterSummary } from "#server/contract/clusters.ts";
import { useClusterList } from "../data/fleet-queries.ts";
import { useFormat, useMessages } from "../i18n/reader-provider.tsx";
import { useClusterFilter } from "../layout/use-scope.ts";
import { Badge } from "../ui/badge.tsx";
import { Card } from "../ui/card.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import { figureValue } from "../ui/figure.ts";
import { toProvenance } from "../ui/provenance.ts";
import { QueryView } from "../ui/query-view.tsx";
import { FreshnessList } from "../ui/read-status.tsx";
import { SectionHeader } from "../ui/section-header.tsx";
import { Stat } from "../ui/stat.tsx";
import { StateMark } from "../ui/state-mark.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { Why } from "../ui/why.tsx";
import { addFigures } from "./add-figures.ts";
import { NodesReady } from "./nodes-ready.tsx";
import { SourceCountsMark } from "./source-counts.tsx";

/** Every cluster: version, provider, nodes, pods, cost, how fresh each read is and how many sources answer. */
export function ClustersView() {
  const t = useMessages();
  const clusters = useClusterList();
  return (
    <div className="flex flex-col gap-5">
      <SectionHeader level={1} title={t("clusters.title")} summary={t("clusters.summary")} />
      <QueryView what={t("clusters.title")} query={clusters}>
        {(data) => <ClusterTable list={data} />}
      </QueryView>
    </div>
  );
}

function ClusterTable({ list }: { readonly list: ClusterList }) {
  const t = useMessages();
  const format = useFormat();
  const [chosen] = useClusterFilter();
  const items = useMemo(
    () => list.items.filter(({ name }) => chosen.length === 0 || chosen.includes(name)),
    [list.items, chosen],
  );
  const unit = `money/h:${list.currency}` as const;
  const columns = useMemo<readonly TableColumn<ClusterSummary>[]>(
    () => [
      {
        id: "name",
        header: t("clusters.name"),
        value: ({ name }) => name,
        cell: ({ name }) => <span className="whitespace-nowrap">{name}</span>,
        isFixed: true,
      },
      {
        id: "version",
        header: t("clusters.version"),
        value: ({ gitVersion }) => gitVersion,
        cell: ({ gitVersion }) =>
          gitVersion === null ? <StateMark figure={{ state: "unknown", reason: "not-yet-read" }} /> : gitVersion,
      },
      {
        id: "provider",
        header: t("clusters.provider"),
        value: ({ provider }) => provider,
        cell: ({ provider }) =>
          provider === null ? (
            <span className="text-muted-foreground">{t("clusters.no-provider")}</span>
          ) : (
            <Badge look="outline">{provider}</Badge>
          ),
      },
      {
        id: "nodes",
        header: t("clusters.nodes-ready"),
        align: "end",
        value: ({ nodeCount }) => figureValue(nodeCount),
        cell: ({ nodeCount, readyNodeCount }) => <NodesReady nodes={nodeCount} ready={readyNodeCount} />,
        csvHeader: "nodeCount",
        total: (rows) => <StateMark figure={addFigures(rows.map(({ nodeCount }) => nodeCount))} unit="count" />,
      },
      {
        id: "ready",
        header: t("clusters.ready"),
        unit: "count",
        isHiddenAtFirst: true,
        value: ({ readyNodeCount }) => figureValue(readyNodeCount),
        csvHeader: "readyNodeCount",
      },
      {
        id: "pods",
        header: t("clusters.pods"),
        unit: "count",
        value: ({ podCount }) => figureValue(podCount),
        cell: ({ podCount }) => <WhyFigure figure={podCount} label={t("clusters.pods")} />,
        csvHeader: "podCount",
        total: (rows) => <StateMark figure={addFigures(rows.map(({ podCount }) => podCount))} unit="count" />,
      },
      {
        id: "cost",
        header: t("clusters.cost"),
        unit,
        hint: t("clusters.list-price"),
        value: ({ costPerHour }) => figureValue(costPerHour),
        cell: ({ costPerHour }) => <WhyFigure figure={costPerHour} label={t("clusters.cost")} />,
        csvHeader: "costPerHour",
        total: (rows) => <StateMark figure={addFigures(rows.map(({ costPerHour }) => costPerHour))} unit={unit} />,
      },
      {
        id: "freshness",
        header: t("clusters.freshness"),
        value: ({ reads }) => oldest(reads),
        cell: ({ reads }) => <FreshnessList reads={reads} />,
        csvHeader: "oldestReadAt",
      },
      {
        id: "sources",
        header: t("clusters.sources"),
        hint: t("clusters.sources-hint"),
        align: "end",
        value: ({ sources }) => sources.failed + sources.partial + sources.skipped,
        cell: ({ sources }) => <SourceCountsMark counts={sources} />,
        csvHeader: "missingSourceCount",
      },
    ],
    [t, unit],
  );
  const figures = (pick: (row: ClusterSummary) => ClusterSummary["nodeCount"]) => addFigures(items.map(pick));
  const nodeCount = figureValue(figures((row) => row.nodeCount));
  return (
    <>
      <Card className="grid grid-cols-2 gap-4 md:grid-cols-4">
        <Stat label={t("clusters.title")} figure={{ state: "value", value: items.length }} unit="count" />
        <Stat
          label={t("clusters.nodes-ready")}
          figure={figures(({ readyNodeCount }) => readyNodeCount)}
          unit="count"
          {...(nodeCount === null ? {} : { note: t("clusters.of-nodes", { whole: format.count(nodeCount) }) })}
        />
        <Stat label={t("clusters.pods")} figure={figures(({ podCount }) => podCount)} unit="count" />
        <Stat
          label={t("clusters.cost")}
          figure={figures(({ costPerHour }) => costPerHour)}
          unit={unit}
          note={t("clusters.list-price")}
        />
      </Card>
      <DataTable
        label={t("clusters.title")}
        rows={items}
        columns={columns}
        rowKey={({ name }) => name}
        rowHref={({ name }) => `/clusters/${encodeURIComponent(name)}`}
        urlKey="clusters"
        csvName="clusters"
        empty={<EmptyNote>{t("clusters.none")}</EmptyNote>}
      />
    </>
  );
}

function WhyFigure({ figure, label }: { readonly figure: ClusterSummary["podCount"]; readonly label: string }) {
  const t = useMessages();
  const provenance = toProvenance(figure, { label, what: t("clusters.nodes") });
  const mark = <StateMark figure={figure} />;
  return provenance === undefined ? mark : <Why provenance={provenance}>{mark}</Why>;
}

/** ISO text sorts as time; a kind that was never read makes the cluster the oldest of all. */
function oldest(reads: ClusterSummary["reads"]): string | null {
  const moments = reads.map(({ freshness }) => freshness.takenAt ?? "");
  return moments.sort()[0] ?? null;
}
