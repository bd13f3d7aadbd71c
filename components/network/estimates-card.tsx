"use client";
import type { CrossZoneEstimate, Network } from "#server/contract/network.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Badge } from "../ui/badge.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { figureOf } from "../ui/figure.ts";
import { Stat } from "../ui/stat.tsx";

/** Clusters whose zones no source names: what could cross at most, marked as an estimate, or why not even that can be said. */
export function EstimatesCard({ network }: { readonly network: Network }) {
  const { t } = useReader();
  if (network.estimates.length === 0) return null;
  return (
    <Card aria-labelledby="network-estimates" className="flex flex-col gap-4">
      <CardHeader id="network-estimates" title={t("network.estimate")} note={t("network.estimate.note")} />
      {network.estimates.map((estimate) => (
        <Estimate key={estimate.cluster} estimate={estimate} currency={network.currency} />
      ))}
    </Card>
  );
}

function Estimate({ estimate, currency }: { readonly estimate: CrossZoneEstimate; readonly currency: string }) {
  const { t, format } = useReader();
  const money = `money:${currency}` as const;
  const bytes = (value: number | null) => (value === null ? "–" : format.quantity(value, "traffic-bytes"));
  return (
    <section aria-label={estimate.cluster} className="flex flex-col gap-3">
      <h3 className="flex flex-wrap items-center gap-2 text-sm font-medium">
        {estimate.cluster}
        <Badge tone={estimate.state === "estimated" ? "attention" : "unknown"} look="dashed">
          {t(`network.estimate.${estimate.state}`)}
        </Badge>
      </h3>
      {estimate.state !== "estimated" ? (
        <p className="text-sm text-muted-foreground">
          {t(`network.estimate.${estimate.state}.why`, { measured: estimate.podCount, pods: estimate.podCountAll })}
        </p>
      ) : (
        <>
          <div className="grid grid-cols-[repeat(auto-fit,minmax(11rem,1fr))] gap-5">
            <Stat
              label={t("network.estimate.high")}
              figure={figureOf(estimate.highBytesPerDay)}
              unit="traffic-bytes"
              note={t("network.estimate.per-day")}
            />
            <Stat
              label={t("network.estimate.expected")}
              figure={figureOf(estimate.expectedBytesPerDay)}
              unit="traffic-bytes"
              note={t("network.estimate.error", { high: bytes(estimate.highBytesPerDay) })}
            />
            <Stat
              label={t("network.estimate.cost")}
              figure={figureOf(estimate.highCostPerMonth, "not-configured")}
              unit={money}
              note={
                estimate.expectedCostPerMonth === null
                  ? t("network.estimate.no-price")
                  : t("network.estimate.cost.note", { money: format.quantity(estimate.expectedCostPerMonth, money) })
              }
            />
          </div>
          <ul className="flex flex-wrap gap-x-5 gap-y-1 text-xs text-muted-foreground">
            {estimate.zones.map((zone) => (
              <li key={zone.zone}>
                {t("network.estimate.zone", {
                  zone: zone.zone === "" ? t("network.zone.unknown") : zone.zone,
                  received: bytes(zone.receivedBytesPerDay),
                  sent: bytes(zone.sentBytesPerDay),
                })}
              </li>
            ))}
          </ul>
          <p className="text-xs text-muted-foreground">
            {t("network.estimate.basis", {
              measured: estimate.podCount,
              pods: estimate.podCountAll,
              host: estimate.hostNetworkPodCount,
              kept: estimate.keptPodCount,
              hours: estimate.hours,
            })}
          </p>
        </>
      )}
    </section>
  );
}
