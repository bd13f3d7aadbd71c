"use client";
import { TrendingDown, TrendingUp } from "lucide-react";
import type { Network } from "#server/contract/network.ts";
import { useReader } from "../i18n/reader-provider.tsx";
import { Badge } from "../ui/badge.tsx";
import { Card, CardHeader } from "../ui/card.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { Peer } from "./peer.tsx";
import { serviceHref } from "./service-href.ts";

const MAX_STEPS = 6;

/** Series that moved to another level, largest first, with the day and what it costs a month. */
export function StepsCard({ network }: { readonly network: Network }) {
  const { t, format } = useReader();
  const steps = network.steps.slice(0, MAX_STEPS);
  return (
    <Card aria-labelledby="network-steps" className="flex flex-col gap-3">
      <CardHeader id="network-steps" title={t("network.step.title")} />
      {steps.length === 0 && <p className="text-sm text-muted-foreground">{t("network.step.none")}</p>}
      <ul className="flex flex-col divide-y">
        {steps.map((step) => (
          <li
            key={[step.cluster, step.day, step.source?.name, step.source?.namespace, step.target?.name].join("/")}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 first:pt-0 last:pb-0"
          >
            <Badge tone={step.factor > 1 ? "attention" : "ready"} icon={step.factor > 1 ? TrendingUp : TrendingDown}>
              {t("network.step.factor", { factor: format.compact(Math.round(step.factor * 10) / 10) })}
            </Badge>
            <span className="min-w-0 text-sm">
              {step.source === null || step.target === null ? (
                t("network.step.cluster", { cluster: step.cluster })
              ) : (
                <>
                  <Peer peer={step.source} /> → <Peer peer={step.target} />
                </>
              )}
            </span>
            <span className="text-xs text-muted-foreground">
              {step.cluster} · {t("network.step.since", { day: step.day })}
              {!step.isConfirmed && ` · ${t("network.step.unconfirmed")}`} ·{" "}
              {format.quantity(step.beforeBytesPerDay, "traffic-bytes")} →{" "}
              {format.quantity(step.afterBytesPerDay, "traffic-bytes")} / d
            </span>
            {step.costPerMonthChange !== null && (
              <span className="ml-auto text-sm font-medium whitespace-nowrap">
                {t("network.step.change", { money: format.moneyChange(step.costPerMonthChange, network.currency) })}
              </span>
            )}
            {step.service !== null && (
              <TextLink href={serviceHref(step.cluster, step.service)}>{step.service.name}</TextLink>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
