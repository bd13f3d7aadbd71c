"use client";
import type { SimulationRisk } from "#server/contract/network.ts";
import { useReader } from "../i18n/reader-provider.tsx";

/** A risk of a routing change in one sentence. */
export function RiskText({ risk }: { readonly risk: SimulationRisk }) {
  const { t, format } = useReader();
  const times = (factor: number) => format.number(Math.round(factor * 10) / 10);
  switch (risk.kind) {
    case "zone-without-endpoints":
      return <span>{t("network.risk.zone-without-endpoints", { zone: risk.zone })}</span>;
    case "endpoint-without-zone":
      return <span>{t("network.risk.endpoint-without-zone", { endpoint: risk.endpoint })}</span>;
    case "uneven-load":
      return <span>{t("network.risk.uneven-load", { zone: risk.zone, factor: times(risk.factor) })}</span>;
    case "uneven-endpoint":
      return <span>{t("network.risk.uneven-endpoint", { endpoint: risk.endpoint, factor: times(risk.factor) })}</span>;
    case "zone-loss-overload":
      return (
        <span>
          {t("network.risk.zone-loss-overload", {
            zone: risk.lostZone,
            factor: times(risk.factor),
            now: risk.factorNow === null ? "–" : times(risk.factorNow),
          })}
        </span>
      );
    case "zone-loss-outage":
      return <span>{t("network.risk.zone-loss-outage", { zone: risk.lostZone })}</span>;
    case "no-ready-endpoints":
      return <span>{t("network.risk.no-ready-endpoints")}</span>;
    default:
      return risk satisfies never;
  }
}
