"use client";
import type { FlowSource, Network } from "#server/contract/network.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Badge } from "../ui/badge.tsx";
import { Card, CardHeader } from "../ui/card.tsx";

const BASIS = ["sender-node", "single-report", "halved", "counted-once"] as const;

/** Which source each cluster's flows come from, what it can say, how double reports were removed, and the price rows in use. */
export function SourcesCard({ network }: { readonly network: Network }) {
  const { t, format } = useReader();
  const money = (amount: number | null) => (amount === null ? "–" : format.money(amount, network.currency));
  return (
    <Card aria-labelledby="network-sources" className="flex flex-col gap-3">
      <CardHeader id="network-sources" title={t("network.sources")} />
      <ul className="flex flex-col gap-3 text-sm">
        {network.sources.map((source) => (
          <li key={source.cluster} className="flex flex-col gap-0.5">
            <SourceLine source={source} />
          </li>
        ))}
      </ul>
      <details className="text-xs text-muted-foreground">
        <summary className="cursor-pointer">{t("network.sources.all")}</summary>
        <ul className="mt-2 flex flex-col gap-1">
          {network.adapters.map(({ adapter, declared }) => (
            <li key={adapter}>
              <span className="font-medium text-foreground">{adapter}</span> · {t(`network.capability.${declared}`)} ·{" "}
              {t(`network.adapter.${adapter}`)}
            </li>
          ))}
        </ul>
      </details>
      {network.repriced !== null && (
        <p className="border-t pt-3 text-sm text-status-attention">
          {t("network.repriced", {
            day: network.repriced.at.slice(0, 10),
            before: money(network.repriced.costBefore),
            after: money(network.repriced.costAfter),
          })}
        </p>
      )}
      {network.prices.length > 0 && (
        <ul className="flex flex-col gap-1 border-t pt-3 text-xs text-muted-foreground">
          {network.prices.map((row) => (
            <li key={row.id}>
              <span title={row.source}>
                {t("network.price", {
                  provider: row.provider,
                  key: row.key,
                  price: format.money(row.price, row.currency),
                  unit: row.unit,
                })}
              </span>{" "}
              {row.superseded.map((old) => (
                <span key={old.id} className="text-status-attention">
                  ·{" "}
                  {t("network.price.replaced", {
                    price: format.money(old.price, row.currency),
                    day: old.at.slice(0, 10),
                  })}
                </span>
              ))}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function SourceLine({ source }: { readonly source: FlowSource }) {
  const { t, format } = useReader();
  const total = source.basis.reduce((sum, { bytes }) => sum + bytes, 0);
  const parts = source.basis.flatMap(({ basis, bytes }) => {
    const known = BASIS.find((word) => word === basis);
    return known === undefined || total === 0
      ? []
      : [t("network.basis.share", { share: format.percent(bytes / total), basis: t(`network.basis.${known}`) })];
  });
  const state =
    source.state === "none"
      ? t("network.source.none")
      : t(`network.source.${source.state}`, { adapter: source.adapter ?? "" });
  return (
    <>
      <span className="flex flex-wrap items-center gap-2">
        <span className="font-medium">{source.cluster}</span>
        <Badge
          tone={source.state === "measured" ? "ready" : source.state === "none" ? "unknown" : "attention"}
          look={source.state === "none" ? "dashed" : "soft"}
        >
          {state}
        </Badge>
      </span>
      <span className="text-xs text-muted-foreground">
        {source.state === "none"
          ? `${source.reason === "prometheus-unreachable" ? `${t("network.source.unreachable")}. ` : ""}${t("network.source.none.why")}`
          : [
              ...(source.capability !== null && source.declared !== null && source.capability !== source.declared
                ? [
                    t("network.source.less", {
                      seen: t(`network.capability.${source.capability}`),
                      declared: t(`network.capability.${source.declared}`),
                    }),
                  ]
                : []),
              t("network.source.hours", {
                hours: format.count(Math.round(source.coveredHours)),
                day: source.firstAt?.slice(0, 10) ?? "",
              }),
              ...parts,
            ].join(" · ")}
      </span>
    </>
  );
}
