"use client";
import { TrendingDown, TrendingUp } from "lucide-react";
import { useMemo } from "react";
import type { Network, NetworkPair } from "#server/contract/network.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Badge } from "../ui/badge.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyNote } from "../ui/empty-note.tsx";
import type { TableColumn } from "../ui/table-column.ts";
import { TextLink } from "../ui/text-link.tsx";
import { FixBadges } from "./fix-badges.tsx";
import { Peer, peerText } from "./peer.tsx";
import { serviceHref } from "./service-href.ts";

/** Who sends across zones to whom, whose it is, what it costs and what would help. The total line is that of the shown rows. */
export function PairsTable({ network }: { readonly network: Network }) {
  const { t, format } = useReader();
  const { currency, pairs, rest } = network;
  const columns = useMemo((): TableColumn<NetworkPair>[] => {
    const unit = `money:${currency}` as const;
    const team = (pair: NetworkPair) =>
      [
        ...new Set(
          [pair.source, pair.target].filter((peer) => !peer.isHidden).map((peer) => peer.team ?? t("network.unowned")),
        ),
      ].join(" → ");
    return [
      {
        id: "source",
        header: t("network.source"),
        isRowHeader: true,
        isFixed: true,
        value: (pair) => peerText(pair.source),
        cell: (pair) => <Peer peer={pair.source} />,
      },
      {
        id: "target",
        header: t("network.target"),
        value: (pair) => peerText(pair.target),
        cell: ({ target, step }) => (
          <span className="flex items-center gap-2">
            <Peer peer={target} />
            {step !== null && (
              <Badge
                tone={step.factor > 1 ? "attention" : "ready"}
                icon={step.factor > 1 ? TrendingUp : TrendingDown}
                title={t("network.step.since", { day: step.day })}
              >
                {t("network.step.factor", { factor: format.number(Math.round(step.factor * 10) / 10) })}
              </Badge>
            )}
          </span>
        ),
      },
      {
        id: "service",
        header: t("network.service"),
        value: ({ service }) => (service === null ? null : `${service.namespace}/${service.name}`),
        cell: ({ service, cluster, isServiceInferred }) =>
          service === null ? null : (
            <span className="whitespace-nowrap" title={isServiceInferred ? t("network.service.inferred") : undefined}>
              <TextLink href={serviceHref(cluster, service)}>{service.name}</TextLink>
              {isServiceInferred && <span className="text-subtle-foreground"> ≈</span>}
            </span>
          ),
      },
      {
        id: "cluster",
        header: t("network.bill.cluster"),
        value: (pair) => pair.cluster,
        cell: (pair) => <span className="whitespace-nowrap">{pair.cluster}</span>,
        widthRem: 6,
      },
      {
        id: "owner",
        header: t("network.owner"),
        value: team,
        cell: (pair) => <span className="whitespace-nowrap">{team(pair)}</span>,
        widthRem: 8,
      },
      {
        id: "bytes",
        header: t("network.cross-bytes"),
        unit: "traffic-bytes",
        csvHeader: "crossZoneBytes",
        value: (pair) => pair.crossZoneBytes,
        total: (rows) => format.quantity(sum(rows.map((row) => row.crossZoneBytes)), "traffic-bytes"),
      },
      {
        id: "cost",
        header: t("network.money"),
        unit,
        csvHeader: `cost${currency}`,
        value: (pair) => pair.cost,
        total: (rows) => format.quantity(sum(rows.map((row) => row.cost ?? 0)), unit),
      },
      {
        id: "fix",
        header: t("network.fix"),
        widthRem: 9,
        value: (pair) =>
          pair.fixes.map((fix) => `${t(`network.fix.${fix.kind}`)}: ${t(`network.why.${fix.reason}`)}`).join("; "),
        cell: (pair) => <FixBadges fixes={pair.fixes} />,
      },
      {
        id: "step",
        header: t("network.change"),
        align: "end",
        isHiddenAtFirst: true,
        csvHeader: "stepFactor",
        value: (pair) => pair.step?.factor ?? null,
        cell: ({ step }) =>
          step === null ? null : t("network.step.factor", { factor: format.number(Math.round(step.factor * 10) / 10) }),
      },
    ];
  }, [t, format, currency]);
  return (
    <Card className="flex flex-col gap-3">
      <CardHeader
        title={t("network.pairs")}
        note={
          rest.pairCount > 0
            ? t("network.pairs.note", {
                shown: pairs.length,
                total: pairs.length + rest.pairCount,
                rest: format.quantity(rest.crossZoneBytes, "traffic-bytes"),
              })
            : t("network.service.inferred")
        }
      />
      <DataTable
        label={t("network.pairs")}
        rows={pairs}
        columns={columns}
        rowKey={(pair) => [pair.cluster, peerKey(pair.source), peerKey(pair.target)].join(">")}
        urlKey="pairs"
        initialSort={{ column: "bytes", isDescending: true }}
        csvName="network-pairs"
        totalRowCount={pairs.length + rest.pairCount}
        empty={<EmptyNote>{t("network.pairs.empty")}</EmptyNote>}
      />
    </Card>
  );
}

function peerKey({ namespace, kind, name, isHidden }: NetworkPair["source"]): string {
  return [namespace, kind, name, isHidden].join("/");
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
